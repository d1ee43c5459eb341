"""The PDFs of a year: worksheets, Form 8949, the payments of Form 1040-ES and of the state, and what amends either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import UnsetType

from lotwork.reports.amended import AmendmentListing
from lotwork.reports.forms.drawn import Drawing, Drawn
from lotwork.reports.forms.sheets.amended import sheet_of_amendment, sheet_of_state
from lotwork.reports.forms.sheets.cover import cover
from lotwork.reports.forms.sheets.estimated import sheets_of_2210, vouchers
from lotwork.reports.forms.sheets.of_forms import in_order, sheets_of_forms
from lotwork.reports.forms.sheets.paper import Document, Sheet
from lotwork.reports.forms.sheets.rigs import rig_sheets
from lotwork.reports.forms.sheets.sales import sheets_of_8949
from lotwork.reports.forms.sheets.state import state_sheets, state_vouchers
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
        own = payments.state
        if not isinstance(own, UnsetType) and own.installments:
            sheet = state_vouchers(own, payments.year, payments.as_of)
            yield _file("state-payments.pdf", f"{sheet.name}, {payments.year}", (sheet,), drawing)
    if drawing.amended is not None:
        yield from _amended(drawing.amended, drawing)


def _amended(told: AmendmentListing, drawing: Drawing) -> Iterator[Drawn]:
    """Yield what amends the federal return, and what amends the state's, each where a line of it moved."""
    year, own = drawing.form.year, told.state
    if told.lines:
        yield _file("1040-x.pdf", f"Form 1040-X, {year}", (sheet_of_amendment(told),), drawing)
    if not isinstance(own, UnsetType) and own.lines:
        yield _file("state-amended.pdf", f"{own.form}, amended, {year}", (sheet_of_state(own),), drawing)


def _of_the_return(drawing: Drawing, draft: Sequence[str]) -> tuple[Sheet, ...]:
    if drawing.owed is None:
        return ()
    forms = sheets_of_forms(drawing.owed.lines)
    if drawing.payments is not None:
        forms |= {each.name: each for each in sheets_of_2210(drawing.payments)}
    for years, suffix in zip(drawing.rigs, ("", SUFFIX), strict=False):
        forms |= {each.name: each for each in rig_sheets(years, suffix)}
    of_state = () if drawing.state is None else tuple(state_sheets(drawing.state))
    return (cover(drawing, drawing.owed, draft, LETTERS), *in_order(forms), *of_state)


def _file(name: str, title: str, sheets: Sequence[Sheet], drawing: Drawing) -> Drawn:
    draft = bool(drawing.draft or drawing.unfiled)
    foot = (
        f"Lotwork, book {drawing.book}, position {drawing.position}, head {drawing.head[:FOOT_DIGITS]}, law "
        f"{drawing.law[:FOOT_DIGITS]}"
    )
    tagged = all(len(sheet.blocks) <= MOST_TAGGED for sheet in sheets)
    told = Document(title=title, year=drawing.form.year, foot=foot, draft=draft, sheets=sheets, tagged=tagged)
    return Drawn(name, "pdf", pdf(told), len(sheets), draft=draft)
