"""What the law of a year lacks: figures that a computation of it is refused, or takes though they are not enacted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import partial
from typing import Literal, TypeAlias

import msgspec

from lotwork.ledger.units import MONTHS
from lotwork.rules.figures import BY_QUARTER, QUARTER_MONTHS, Entry, Version
from lotwork.rules.load import Law
from lotwork.rules.us.states.table import ROOM

Lack: TypeAlias = Literal["value", "enactment"]


class Missing(msgspec.Struct, frozen=True):
    """A figure that a year lacks: its value, or that it is enacted."""

    path: str
    entry: Entry
    lacks: Lack
    last: Version
    """The version that is not enacted; where the year has none, the last before it, or else the first after."""


def missing(law: Law, year: int, shipped: Law, states: Collection[str] = ()) -> tuple[Missing, ...]:
    """Return what *law* lacks on some day of *year*, in order of topic and file; of the states only *states* ("GA").

    A figure lacks nothing on a day on which the law does not have it (`introduced`, `expired`). One that only *shipped*
    has is lacking too: the formulas ask for it.
    """
    known = law.paths(partial(_of_one, states))
    other = shipped.paths(partial(_of_one, states)) if law.files != shipped.files else ()
    unknown = set(other) - set(known)
    found = [_missing(path, law.entry(path), year) for path in known]
    found += [_unknown(path, shipped.entry(path), year) for path in sorted(unknown)]
    return tuple(each for each in found if each is not None)


def _of_one(states: Collection[str], topic: str) -> bool:
    """Say whether a topic is of a country, or of one of *states*."""
    return not topic.startswith(ROOM) or topic.removeprefix(ROOM).partition("/")[0].upper() in states


def _missing(path: str, entry: Entry, year: int) -> Missing | None:
    days = list(_turns(entry, year))
    if any(entry.is_law(day) and entry.on(day) is None for day in days):
        return Missing(path, entry, "value", _nearest(entry, year))
    versions = (version for day in days if (version := entry.on(day)) is not None)
    unenacted = next((version for version in versions if version.status != "enacted"), None)
    return None if unenacted is None else Missing(path, entry, "enactment", unenacted)


def _unknown(path: str, entry: Entry, year: int) -> Missing | None:
    """Return a figure that another edition of the law has, where the law has it in *year*."""
    is_law = any(map(entry.is_law, _turns(entry, year)))
    return Missing(path, entry, "value", _nearest(entry, year)) if is_law else None


def _turns(entry: Entry, year: int) -> Iterator[date]:
    """Yield the first day of *year* and each on which something about the figure changes, or may."""
    months = range(1, MONTHS + 1, QUARTER_MONTHS) if entry.unit == BY_QUARTER else (1,)
    yield from (date(year, month, 1) for month in months)
    told = [entry.introduced, entry.expired]
    for version in entry.in_force:
        told += (version.from_, version.until)
    yield from (day for day in told if day is not None and day.year == year)


def _nearest(entry: Entry, year: int) -> Version:
    before = [version for version in entry.in_force if version.from_.year <= year]
    return max(before, key=lambda version: version.from_) if before else entry.in_force[0]
