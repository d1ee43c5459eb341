"""What `lotwork upgrade-check` tells: in which versions the log is written, and what another program makes of it."""

from __future__ import annotations

from collections.abc import Mapping

from lotwork.reports.rows import Row, Table, Usd, Words


class ProgramRow(Row, frozen=True, kw_only=True):
    """One program over the log: what it calls itself, whether it opens the log, and under which law."""

    version: str
    opens: bool
    message: Words
    law: str | None


class MovedFigure(Row, frozen=True, kw_only=True):
    """A line of a year's return that the other program works out otherwise; None where it has no such line."""

    book: str
    year: int
    form: Words
    line: Words
    now_usd: Usd | None
    then_usd: Usd | None


class UpgradeListing(Row, frozen=True, kw_only=True):
    """The formats and versions that the log uses and those that this program reads; then the other program's word."""

    ok: bool
    events: int
    formats: tuple[int, ...]
    reads_format: int
    schema_versions: Mapping[str, int]
    reads_schema_version: int
    now: ProgramRow
    then: ProgramRow | None
    years_compared: Mapping[str, tuple[int, ...]]
    moved: tuple[MovedFigure, ...]


MOVES = Table(
    MovedFigure, lambda row: (row.book, row.year, row.form, row.line, row.now_usd, row.then_usd)
).leaving(lambda row: (row.book,))  # fmt: skip
