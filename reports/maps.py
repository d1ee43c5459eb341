"""The listings of what reads a stranger's file: profiles, column maps, and what a file looks like."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeAlias

from lotwork.reports.rows import Row, Shown, Table, Words

Several: TypeAlias = Annotated[tuple[str, ...], Shown(folds=True)]


class MapRow(Row, frozen=True, kw_only=True):
    """A profile or a column map by its name, what it reads, and into which wallet."""

    name: str
    kind: str
    """`profile`: the file is known by its face; `map`: it is named with --map."""
    title: Words
    wallet: str | None


class MapListing(Row, frozen=True, kw_only=True):
    """What `lotwork map list` tells."""

    rows: tuple[MapRow, ...]


class MapText(Row, frozen=True, kw_only=True):
    """What `lotwork map show` tells: the profile or map as it is written."""

    name: str
    kind: str
    toml: str


class ExploredColumn(Row, frozen=True, kw_only=True):
    """A column of a file: its first cells, and the key it may be."""

    column: str
    first: Several
    guess: str | None


class ExploredFile(Row, frozen=True, kw_only=True):
    """What a file looks like; map: where one to edit was written."""

    file: str
    known: Several
    columns: tuple[ExploredColumn, ...]
    map: str | None


class ExploredListing(Row, frozen=True, kw_only=True):
    """What `lotwork import --explore` tells."""

    files: tuple[ExploredFile, ...]


MAPS = Table(MapRow, lambda row: (row.name, row.kind, row.wallet, row.title)).leaving(lambda row: (row.wallet,))


def list_maps(rows: Iterable[MapRow]) -> MapListing:
    """Return the profiles and maps there are."""
    return MapListing(rows=tuple(rows))
