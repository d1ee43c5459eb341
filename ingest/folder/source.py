"""A folder of files, declared; how it is read stands in `ingest.folder.reading`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.sections import Name, Seconds, Section
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.storage.evidence import Evidence

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.ports import ReceiptSource


class FolderSection(Section, frozen=True, kw_only=True):
    """`[[sources.files]]`: a folder whose *.jsonl and *.csv are imported once each, known by their SHA-256."""

    name: Name
    folder: str
    book: Name = MAIN_BOOK
    map: str | None = None
    wallet: Name | None = None
    """The wallet of a CSV's rows that name none."""
    every_seconds: Seconds = 60


def build(section: FolderSection, context: BuildContext) -> ReceiptSource:
    """Return the folder; a map that cannot be used is refused here."""
    from lotwork.ingest.folder.reading import FolderSource  # noqa: PLC0415 - the same
    from lotwork.ingest.sheets.column_map import load_map, presets  # noqa: PLC0415 - only where it is used

    given = section.map
    column_map = None
    if given is not None:
        column_map = load_map(
            given if given in presets() else context.placed(given),
            {"wallet": section.wallet} if section.wallet else None,
        )
    return FolderSource(
        name=section.name,
        book=section.book,
        folder=context.placed(section.folder),
        column_map=column_map,
        log=context.log,
        clock=context.clock,
        evidence=Evidence(context.home),  # the taxpayer's own files, kept to the byte
    )


SOURCE = DeclaredSource(
    kind="files",
    word=lambda _section: Word(is_proven=False, says="what the files say, on the word of who wrote them"),
    label="A folder",
    settings=FolderSection,
    build=build,
    example="""\
[[sources.files]]             # a folder; each *.jsonl and *.csv in it is imported once
name = "receipts"
folder = "inbox"
""",
    units="whole coins and dollars in decimals, as in every [event](events.md)",
    times="RFC 3339 with an offset; in a CSV, by the format and the time zone of its map",
    docs="""\
Every `*.jsonl` and `*.csv` in the folder is let in once, whole or not at all; a file that cannot be is named until it
is mended, and holds up no other. The folder is a boundary: a link, a pipe or a file with a second name is not read, nor
is evidence that a file names anywhere but below it. A CSV needs a column map: see [Column maps](#column-maps).
""",
    cannot_see="the folders within it, and a file written to within the last two seconds, which may not be whole yet.",
)
