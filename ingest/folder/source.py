"""A folder of files, declared; how it is read stands in `ingest.folder.reading`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.sections import Name, Seconds, Section
from lotwork.ledger.errors import ConfigError, UsageError
from lotwork.ledger.storage.batch import MAIN_BOOK

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.ports import ReceiptSource


class FolderSection(Section, frozen=True, kw_only=True):
    """`[[sources.files]]`: a folder whose *.jsonl and tables are imported once each, known by their SHA-256."""

    name: Name
    folder: str
    book: Name = MAIN_BOOK
    map: str | None = None
    """A profile or a column map; left out, each table is known by its face."""
    set: dict[str, str] = msgspec.field(default_factory=dict)
    """What the tables do not say, as `lotwork import --set`."""
    wallet: Name | None = None
    """The wallet of rows that name none."""
    every_seconds: Seconds = 60


def build(section: FolderSection, context: BuildContext) -> ReceiptSource:
    """Return the folder; a map that cannot be used is refused here."""
    from lotwork.ingest.folder.reading import FolderSource  # noqa: PLC0415 - the same
    from lotwork.ingest.profiles.profile import profiles  # noqa: PLC0415 - only where it is used
    from lotwork.ingest.profiles.reading import told_of  # noqa: PLC0415 - the same
    from lotwork.ingest.sheets.column_map import load_map, presets  # noqa: PLC0415 - the same

    given = section.map
    column_map = None
    if given is None or given in profiles():
        try:
            told_of(section.set)
        except UsageError as wrong:
            raise ConfigError(f"source {section.name}: set: {wrong}") from None
    else:
        said = {**section.set, **({"wallet": section.wallet} if section.wallet else {})}
        column_map = load_map(given if given in presets() else context.placed(given), said or None)
    return FolderSource(
        name=section.name,
        book=section.book,
        folder=context.placed(section.folder),
        column_map=column_map,
        log=context.log,
        clock=context.clock,
        evidence=context.own_files,
        profile=given if column_map is None else None,
        settings=section.set,
        wallet=section.wallet,
        named=context.names_in(section.book),
    )


SOURCE = DeclaredSource(
    kind="files",
    word=lambda _section: Word(is_proven=False, says="what the files say, on the word of who wrote them"),
    label="A folder",
    settings=FolderSection,
    build=build,
    example="""\
[[sources.files]]             # a folder; each *.jsonl, and each export that is known, is imported once
name = "receipts"
folder = "inbox"
""",
    units="whole coins and dollars in decimals, as in every [event](events.md)",
    times="RFC 3339 with an offset; in a table, as its profile or its map says",
    docs="""\
Every `*.jsonl` and every table (`*.csv`, `*.xlsx`, `*.ofx`, …, packed by gzip or not) in the folder is let in once,
whole or not at all; a file that cannot be is named until it is mended, and holds up no other. One that was written to
within the last hour may still be being written (a date up to a day ahead of the clock counts as such): it is refused in
words alone, and `lotwork file` stops at it (`folder_not_let_in`), as at any file that no look has met. Once it is an
hour old and still refused, it is in suspense. What Excel (`~$`) and macOS (`._`) lay beside a file is none.
The folder is a boundary: a link, a pipe or a file with a second name is
not read, nor is evidence that a file names anywhere but below it. What is
[known by its face](#files-that-are-known-by-their-face) needs no map; any other CSV has a
[column map](#column-maps). What the files do not say stands in `set`, as `--set` says it:
`set = { inflow = "pool_payout", pool = "braiins" }`; where it does not say what coins that came in are, they are held
in the book as questions (`inflow = "held"`).
""",
    cannot_see="the folders within it, and a file written to within the last two seconds, which may not be whole yet.",
)
