"""The files of a year, drawn together: which there are, what they are called, and the manifest that lists them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

import msgspec

from lotwork.ledger.errors import UsageError
from lotwork.projections.forms.form_8949 import ScheduleDLine, Total, total_of
from lotwork.projections.liability import Liability
from lotwork.reports.forms import irs, preparers
from lotwork.reports.forms.drawn import Drawing, Drawn, money
from lotwork.reports.forms.readme import of_the_state, readme, words_of
from lotwork.reports.forms.state import state_files
from lotwork.reports.forms.txf import txf
from lotwork.reports.forms.worksheets import worksheets
from lotwork.reports.rows import Number, Row, Table, Usd, Words

DRAFT = "-DRAFT"
MANIFEST = "manifest.json"
PDF = "pdf"


def _workbook(drawing: Drawing) -> Iterator[Drawn]:
    from lotwork.reports.forms.workbook import workbook  # noqa: PLC0415 - the library of workbooks is of few commands

    yield workbook(drawing)


def _sheets(drawing: Drawing) -> Iterator[Drawn]:
    from lotwork.reports.forms.sheets.files import sheet_files  # noqa: PLC0415 - of who asks for paper alone

    return sheet_files(drawing)


def _returns(drawing: Drawing, owed: Liability) -> Iterator[Drawn]:
    yield from worksheets(owed)
    if drawing.state is not None:
        yield from state_files(drawing.state)


FORMATS: Mapping[str, Callable[[Drawing], Iterable[Drawn]]] = {
    "8949": lambda drawing: (*irs.by_box(drawing), irs.schedule_d(drawing)),
    "lots": lambda drawing: (irs.lots(drawing),),
    "return": lambda drawing: () if drawing.owed is None else _returns(drawing, drawing.owed),
    "drake": lambda drawing: (preparers.drake(drawing),),
    "taxact": preparers.taxact,
    "turbotax": lambda drawing: (preparers.turbotax(drawing),),
    "xlsx": _workbook,
    "txf": lambda drawing: (txf(drawing),),
    PDF: _sheets,
}
ASKED_FOR_ALONE = frozenset({"txf", PDF})
"""A legacy, and what needs an extra: nobody gets them unasked."""


class FileRow(Row, frozen=True, kw_only=True):
    """One file: its format, how many sales are in it, and its digest."""

    name: Words
    format: str
    rows: int
    bytes: int
    sha256: str


class TotalRow(Row, frozen=True, kw_only=True):
    """Rows of Form 8949 added up, in dollars and cents."""

    rows: int
    proceeds_usd: Usd
    basis_usd: Usd
    adjustment_usd: Usd
    gain_usd: Usd


class ScheduleDRow(Row, frozen=True, kw_only=True):
    """One line of Schedule D that Form 8949 leads to; `return_usd` is what `liability` has there."""

    line: str
    boxes: str
    rows: int
    proceeds_usd: Usd
    basis_usd: Usd
    adjustment_usd: Usd
    gain_usd: Usd
    return_usd: Usd


class LeftOutRow(Row, frozen=True, kw_only=True):
    """Sales that a layout has no place for."""

    file: str
    rows: int
    proceeds_usd: Number
    gain_usd: Number
    why: Words


class FormsListing(Row, frozen=True, kw_only=True):
    """What `lotwork forms` tells; `draft_because` is empty where the files are no draft."""

    year: int
    out: str
    draft: bool
    draft_because: tuple[str, ...]
    files: tuple[FileRow, ...]
    totals: Mapping[str, TotalRow]
    schedule_d: tuple[ScheduleDRow, ...]
    left_out: tuple[LeftOutRow, ...]
    notes: tuple[str, ...]


FILES = Table(FileRow, lambda row: (row.name, row.format, row.rows, row.bytes))
SCHEDULE_D = Table(
    ScheduleDRow, lambda row: (
        row.line, row.boxes, row.rows, row.proceeds_usd, row.basis_usd, row.adjustment_usd, row.gain_usd,
    ),
).leaving(lambda row: (row.boxes, row.rows))  # fmt: skip


def formats_named(words: str | None) -> tuple[str, ...]:
    """Return the formats that *words*, with commas between them, name; what all get where none is said."""
    if words is None:
        return tuple(name for name in FORMATS if name not in ASKED_FOR_ALONE)
    named = tuple(dict.fromkeys(word.strip().casefold() for word in words.split(",") if word.strip()))
    for name in named:
        if name not in FORMATS:
            near = get_close_matches(name, FORMATS, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise UsageError(f"--format {name}: {hint}there are {', '.join(FORMATS)}")
    if not named:
        raise UsageError(f"--format: name one of {', '.join(FORMATS)}, or several with commas between them")
    return named


def draw(drawing: Drawing, formats: Sequence[str]) -> tuple[Drawn, ...]:
    """Return the files of *formats* with the one that tells what they are; of a draft each name says so."""
    files = [each for name in formats for each in FORMATS[name](drawing)]
    files = [each._replace(name=drafted(each.name)) if drawing.draft or each.draft else each for each in files]
    about = readme(drawing, files)
    return (*files, about._replace(name=drafted(about.name)) if drawing.draft else about)


def drafted(name: str) -> str:
    """Return *name* as that of a draft: "8949-I-DRAFT.csv"."""
    stem, _, kind = name.rpartition(".")
    return f"{stem}{DRAFT}.{kind}"


def list_forms(drawing: Drawing, files: Sequence[Drawn], out: str) -> FormsListing:
    """Return what was drawn, with the totals by box and by line of Schedule D."""
    left = [(each.name, each_left) for each in files for each_left in each.left_out]
    return FormsListing(
        year=drawing.form.year,
        out=out,
        draft=bool(drawing.draft),
        draft_because=drawing.draft,
        files=tuple(map(_file, files)),
        totals={box: _total(total_of(rows)) for box, rows in drawing.form.by_box.items()},
        schedule_d=tuple(map(_line, drawing.form.schedule_d)),
        left_out=tuple(
            LeftOutRow(file=name, rows=each.total.rows, proceeds_usd=money(each.total.proceeds),
                       gain_usd=money(each.total.gain), why=each.why)
            for name, each in left
        ),
        notes=(
            *(f"{name}: {words_of(each)}" for name, each in left),
            *(note for each in files for note in each.notes),
            *of_the_state(drawing, files),
        ),
    )  # fmt: skip


def manifest(listing: FormsListing, drawing: Drawing) -> bytes:
    """Return the file that lists the others by their digests; the folder they lie in is none of its words."""
    told = {
        "schema": "lotwork.forms_manifest.v1",
        "book": drawing.book,
        "year": listing.year,
        "draft": listing.draft,
        "position": drawing.position,
        "head": drawing.head,
        "law": drawing.law,
        "files": listing.files,
        "schedule_d": listing.schedule_d,
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def _file(each: Drawn) -> FileRow:
    digest = hashlib.sha256(each.content).hexdigest()
    return FileRow(name=each.name, format=each.format, rows=each.rows, bytes=len(each.content), sha256=digest)


def _line(line: ScheduleDLine) -> ScheduleDRow:
    total = line.total
    return ScheduleDRow(
        line=line.line, boxes=line.boxes, rows=total.rows, proceeds_usd=money(total.proceeds),
        basis_usd=money(total.basis), adjustment_usd=money(total.adjustment), gain_usd=money(total.gain),
        return_usd=money(line.on_return),
    )  # fmt: skip


def _total(total: Total) -> TotalRow:
    return TotalRow(
        rows=total.rows, proceeds_usd=money(total.proceeds), basis_usd=money(total.basis),
        adjustment_usd=money(total.adjustment), gain_usd=money(total.gain),
    )  # fmt: skip
