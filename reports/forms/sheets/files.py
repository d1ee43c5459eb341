"""The PDFs of a year: the worksheets, the rows of Form 8949, the payments of Form 1040-ES, and Form 1040-X."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lotwork.reports.forms.drawn import Drawing, Drawn
from lotwork.reports.forms.sheets.amended import sheet_of_amendment
from lotwork.reports.forms.sheets.cover import cover
from lotwork.reports.forms.sheets.estimated import sheets_of_2210, vouchers
from lotwork.reports.forms.sheets.of_forms import in_order, sheets_of_forms
from lotwork.reports.forms.sheets.paper import Document, Sheet
from lotwork.reports.forms.sheets.rigs import rig_sheets
from lotwork.reports.forms.sheets.sales import sheets_of_8949
from lotwork.reports.forms.sheets.typeset import pdf
from lotwork.rules.us.two_businesses import SUFFIX

FOOT_DIGITS = 12
"""So many digits of a digest stand at the foot of a page; the cover has them all."""
MOST_TAGGED = 40
"""Of a sheet of more tables than that, rows of Form 8949, no screen reader is told each cell."""
LETTERS = "A letter that the fonts here lack stands as its Unicode number, [U+65E5]; the CSV files have it whole."


def sheet_files(drawing: Drawing) -> Iterator[Drawn]:
    """Yield each PDF. Raises UsageError without the extra."""
    if drawing.owed is None:
        return
    draft = (*drawing.draft, *drawing.unfiled)
    sheets = _of_the_return(drawing, draft)
    worksheets = _file("worksheets.pdf", f"Worksheets {drawing.form.year}", sheets, drawing)
    yield worksheets._replace(notes=tuple(f"the PDFs say DRAFT on each page: {why}" for why in drawing.unfiled))
    yield _file("8949.pdf", f"Form 8949, {drawing.form.year}", tuple(sheets_of_8949(drawing)), drawing)
    if drawing.payments is not None:
        payments = drawing.payments
        yield _file("1040-es.pdf", f"Form 1040-ES, {payments.year}", (vouchers(payments),), drawing)
    if drawing.amended is not None:
        sheet = sheet_of_amendment(drawing.amended)
        yield _file("1040-x.pdf", f"Form 1040-X, {drawing.form.year}", (sheet,), drawing)


def _of_the_return(drawing: Drawing, draft: Sequence[str]) -> tuple[Sheet, ...]:
    if drawing.owed is None:
        return ()
    forms = sheets_of_forms(drawing.owed.lines)
    if drawing.payments is not None:
        forms |= {each.name: each for each in sheets_of_2210(drawing.payments)}
    for years, suffix in zip(drawing.rigs, ("", SUFFIX), strict=False):
        forms |= {each.name: each for each in rig_sheets(years, suffix)}
    return (cover(drawing, drawing.owed, draft, LETTERS), *in_order(forms))


def _file(name: str, title: str, sheets: Sequence[Sheet], drawing: Drawing) -> Drawn:
    draft = bool(drawing.draft or drawing.unfiled)
    foot = (
        f"Lotwork, book {drawing.book}, position {drawing.position}, head {drawing.head[:FOOT_DIGITS]}, law "
        f"{drawing.law[:FOOT_DIGITS]}"
    )
    tagged = all(len(sheet.blocks) <= MOST_TAGGED for sheet in sheets)
    told = Document(title=title, year=drawing.form.year, foot=foot, draft=draft, sheets=sheets, tagged=tagged)
    return Drawn(name, "pdf", pdf(told), len(sheets), draft=draft)
