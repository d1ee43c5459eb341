"""The forms of a return, one sheet each: every line of `lotwork liability --tax-table` by the form's own numbers.

What Lotwork has no line for is said and left empty: no figure is made up to fill a form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lotwork.projections.returns.traced_lines import TracedLine
from lotwork.reports.forms.sheets.paper import Block, Lines, Sheet, Words, amount
from lotwork.reports.lines import LineRow
from lotwork.reports.traced import TracedLineRow, traced_line_row
from lotwork.rules.line import by_form
from lotwork.rules.us.two_businesses import SUFFIX

ABOUT = {
    "Form 1040": "U.S. individual income tax return",
    "Schedule 1": "Additional income and adjustments to income",
    "Schedule 1-A": "Additional deductions",
    "Schedule 2": "Additional taxes",
    "Schedule 3": "Additional credits and payments",
    "Schedule C": "Profit or loss from business",
    "Schedule D": "Capital gains and losses",
    "Schedule SE": "Self-employment tax",
    "Form 172": "Net operating losses",
    "Form 461": "Limitation on business losses",
    "Form 2210": "Underpayment of estimated tax by individuals",
    "Form 4562": "Depreciation and amortization",
    "Form 4797": "Sales of business property",
    "Form 6251": "Alternative minimum tax",
    "Form 7206": "Self-employed health insurance deduction",
    "Form 8829": "Expenses for business use of your home",
    "Form 8959": "Additional Medicare Tax",
    "Form 8960": "Net investment income tax",
    "Form 8995": "Deduction for qualified business income, simplified",
    "Form 8995-A": "Deduction for qualified business income",
}
NOT_HERE = {
    "Form 1040": "names, addresses, dependents, the digital asset question, bank accounts, signatures",
    "Schedule C": "lines A to J above Part I, the questions beside it, Part III on inventory and Part IV on a vehicle",
    "Schedule D": "the question above Part I, Schedules K-1 and Form 1099-DIV, the worksheets of lines 18 and 19",
    "Form 4562": "listed property (Part V) and amortization other than start-up costs",
    "Form 4797": "property other than the rigs of this book",
    "Form 6251": "adjustments of income that the book does not know of",
    "Form 8960": "rents, royalties, partnerships and deductions that the book does not know of",
}
LEFT_TO_YOU = "A line of the form that does not stand here is not computed by Lotwork, and left to whoever files."
MOST_NAMED = 2
"""Of the events behind a line so many are named; `liability --json` names them all."""


def in_order(sheets: Mapping[str, Sheet]) -> list[Sheet]:
    """Return *sheets* in their order: Form 1040 first, then schedules, forms and worksheets."""
    return [sheets[name] for name in sorted(sheets, key=_order)]


def sheets_of_forms(lines: Iterable[TracedLine]) -> dict[str, Sheet]:
    """Return a sheet for each form of a return by its name; a part that has lines of its own stands on its form's."""
    forms = by_form(lines, lambda traced: (traced.line.form, traced.line.line))
    parts: dict[str, list[tuple[str, list[TracedLine]]]] = {}
    for form in forms:
        own = form.partition(" Part ")[0]
        where = own if own in forms else form
        parts.setdefault(where, []).insert(0 if form == where else len(parts), (form, forms[form]))
    return {form: _sheet(form, own) for form, own in parts.items()}


def _sheet(form: str, parts: Sequence[tuple[str, list[TracedLine]]]) -> Sheet:
    bare = form.removesuffix(SUFFIX)
    left = f"{LEFT_TO_YOU} Among them: {NOT_HERE[bare]}." if bare in NOT_HERE else LEFT_TO_YOU
    told = [(name, [traced_line_row(each) for each in lines]) for name, lines in parts]
    return sheet_of_parts(form, ABOUT.get(bare, "A worksheet of the instructions"), told, left)


def sheet_of_parts(form: str, about: str, parts: Iterable[tuple[str, Iterable[TracedLineRow]]], left: str) -> Sheet:
    """Return the sheet of *form* with its lines part by part, and what is *left* to whoever files below them."""
    blocks: list[Block] = []
    for name, rows in parts:
        if name != form:
            blocks.append(Words(name, ()))
        blocks.append(Lines(tuple(map(_row, rows))))
    return Sheet(name=form, about=about, blocks=(*blocks, Words("", (left,))))


def _row(row: TracedLineRow) -> tuple[str, str, str, str]:
    return row.line, row.label, amount(row.amount_usd), " · ".join((*_law(row), *_sources(row.from_), *_events(row)))


def _law(row: LineRow) -> Iterator[str]:
    if row.cites:
        yield "; ".join(row.cites)


def _sources(refs: Sequence[str]) -> Iterator[str]:
    """Yield from which lines it comes; what stands on one form is named once."""
    if refs:
        told: dict[str, list[str]] = {}
        for ref in refs:
            form, _, number = ref.partition(" line ")
            told.setdefault(form, []).append(number)
        yield "from " + "; ".join(f"{form} {', '.join(filter(None, own))}".strip() for form, own in told.items())


def _events(row: TracedLineRow) -> Iterator[str]:
    count = row.because_count if isinstance(row.because_count, int) else len(row.because)
    if count:
        named = ", ".join(row.because[:MOST_NAMED])
        more = f" and {count - MOST_NAMED} more" if count > MOST_NAMED else ""
        yield f"{'event' if count == 1 else 'events'} {named}{more}"


def lines_of(rows: Iterable[LineRow]) -> Lines:
    """Return lines that no return holds, such as those of Form 2210, as a sheet has them."""
    return Lines(tuple((row.line, row.label, amount(row.amount_usd), " · ".join(_law(row))) for row in rows))


def _order(form: str) -> tuple[int, str, int, str]:
    bare = form.removesuffix(SUFFIX)
    if bare.startswith("Form 1040"):
        return (0, "", 0, form)
    kind = 1 if bare.startswith("Schedule") else 2 if bare.startswith("Form") else 3
    number = re.search(r"\d+", bare)
    return (kind, "" if number and kind > 1 else bare, int(number.group()) if number else 0, form)
