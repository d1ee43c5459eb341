"""Columns that nothing reads: told, and refused where one is a column that the map reads, in another spelling.

An optional column that a file spells otherwise would be passed over, and with it a price or a fee: a wrong figure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from lotwork.ingest.sheets.likeness import is_spelled_otherwise, likest
from lotwork.ingest.sheets.table import SHOWN, Part
from lotwork.ledger.errors import Problem

COLUMNS_NAMED = 20
NAMELESS = "a column without a name"


class Unread(NamedTuple):
    """A column that nothing reads, and the one that it perhaps is."""

    column: str
    meant: str | None = None

    def __str__(self) -> str:
        shown = self.column[:SHOWN]
        return shown if self.meant is None else f"{shown} (did you mean {self.meant}?)"


def unread_of(part: Part, read: Collection[str], optional: Collection[str]) -> tuple[Unread, ...]:
    """Return the columns of *part* that are not among those *read*, each with the absent *optional* one it may be."""
    absent = [column for column in optional if column not in part.header]
    named = dict.fromkeys(column for column in part.header if column and column not in read)
    told = [Unread(column, likest(column, absent)) for column in named]
    return (*told, *([Unread(NAMELESS)] if part.nameless else []))


def misspelled(name: str, part: Part, unread: Collection[Unread]) -> Iterable[Problem]:
    """Yield a problem for each of the *unread* columns of *part* that is an optional one in another spelling."""
    for column, meant in unread:
        if meant is not None and is_spelled_otherwise(column, meant):
            remedy = f"did you mean {meant}? Name it so, or let the map read it"
            yield Problem(f"{name}:{part.line}", column[:SHOWN], "the column is not read", remedy)


def unread_in_words(unread: Collection[Unread]) -> str:
    """Return which columns are not read."""
    shown = ", ".join(str(each) for each in tuple(unread)[:COLUMNS_NAMED])
    more = f" and {len(unread) - COLUMNS_NAMED} more" if len(unread) > COLUMNS_NAMED else ""
    return f"{len(unread)} column{'s are' if len(unread) > 1 else ' is'} not read: {shown}{more}"
