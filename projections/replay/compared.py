"""What holding all of history against itself found, event by event: a stop rests on it, as far as it had come.

What is told twice, and what may be no income, is found from the whole log before the first event is folded. What was
found when a stop was kept lies beside it, under the hash of what is in it: where something else is found by now, only
what is found otherwise of an event that happened before the stop takes that stop away.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import msgspec

from lotwork.ledger.history import History, Log
from lotwork.projections.filer.activities import FOR_EVER
from lotwork.projections.replay.files import write_whole
from lotwork.projections.replay.reach import instants_of

SUFFIX = ".found"
Found: TypeAlias = dict[str, tuple[str, datetime | None]]
"""Of each event something was found of: the hash of what, and when the transfer happened that takes its place."""


def found_in(history: History) -> Found:
    """Return what is found of each event of *history*."""
    same, doubts = history.same_coins, history.doubts
    names = {*same.ids, *same.joined, *same.departed, *same.listed, *doubts}
    found: Found = {}
    for name in sorted(names):
        joined = same.joined.get(name)
        what = (name in same.ids, joined, name in same.departed, same.listed.get(name), doubts.get(name))
        found[name] = hashlib.sha256(repr(what).encode()).hexdigest(), None if joined is None else joined.at
    return found


def name_of(found: Found) -> str:
    """Return the hash that *found* is named by."""
    return hashlib.sha256(msgspec.json.encode(found)).hexdigest()


def write_found(folder: Path, found: Found) -> bool:
    """Write *found* beside the stops in *folder*; say if the disk took it. Nothing found needs no file."""
    return not found or write_whole(folder / f"{name_of(found)}{SUFFIX}", (msgspec.json.encode(found),))


def read_found(folder: Path, name: str) -> Found | None:
    """Return what was found under *name*; None where it is gone, or not what was written."""
    if name == name_of({}):
        return {}
    try:
        content = (folder / f"{name}{SUFFIX}").read_bytes()
        if hashlib.sha256(content).hexdigest() == name:
            return msgspec.json.decode(content, type=Found)
    except (OSError, msgspec.MsgspecError):
        pass
    return None


def differing(one: Found, other: Found) -> frozenset[str]:
    """Return the events of which not the same was found."""
    return frozenset(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def first_of(names: frozenset[str], found: tuple[Found, Found], history: History, log: Log) -> datetime:
    """Return the first instant at which any of *names*, or what takes its place by what was *found*, happened."""
    if not names:
        return FOR_EVER
    told = log.read(history.book, ids=names)
    instants = [each for _, event in told for each in instants_of(event, history.corrections.get(event.id, ()))]
    moved = (each[name][1] for each in found for name in names if name in each)
    return min((*instants, *(at for at in moved if at is not None)), default=FOR_EVER)
