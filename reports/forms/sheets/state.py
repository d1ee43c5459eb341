"""The return of the state on paper: what it comes to and lacks, each of its forms, its depreciation, its figures.

Its forms are sheets of ours with the state's own names and numbers, as the federal ones are; no form of a state is
filled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from lotwork.reports.forms.sheets.estimated import as_of_words, day_in_words
from lotwork.reports.forms.sheets.of_forms import LEFT_TO_YOU, lines_of, sheet_of_parts
from lotwork.reports.forms.sheets.paper import Block, Columns, Facts, Sheet, Voucher, Words, amount
from lotwork.reports.lines import NOTHING, cents
from lotwork.reports.state_payments import StateInstallmentRow, StateQuarterlyListing
from lotwork.reports.states import (
    ElsewhereRow,
    StateDepreciationListing,
    StateFigureRow,
    StateListing,
    StatePapers,
    StateRigRow,
    StateSpreadRow,
)
from lotwork.reports.traced import TracedLineRow
from lotwork.rules.line import by_form

WORKSHEET = " worksheet"
"""How the name of a form ends whose lines have names, since no number of theirs was looked up."""
FIGURES = (
    ("Income of the state", "income_usd"), ("Taxable income of the state", "taxable_income_usd"),
    ("Tax before credits", "tax_usd"), ("Tax after credits", "tax_after_credits_usd"), ("Paid so far", "payments_usd"),
    ("Still due", "balance_due_usd"),
)  # fmt: skip
NOT_LOOKED_UP = (
    "The return rests on these, which nobody looked up or which are not enacted. Hold each against the form and the "
    "law of the year before you file; the sheet of figures says where each is from."
)
NOT_FILLED = "No form of the state is filled here: copy the lines to the state's own, by the numbers that stand here."
BY_NAME = "A line that stands here under a name has no number that was looked up: find it on the form by its name."
RIGS = (
    "Equipment", "Federal, in the year", "State, in the year", "Federal basis left", "State basis left", "Federal gain",
    "State gain",
)  # fmt: skip
YEARS = ("Placed in service in", "Bonus", "Section 179", "Section 179 by the state's limit")
OF_FIGURES = ("Figure", "Since", "Status", "Law", "Read in", "How sure")
HOW_TO_PAY = (
    "{name} has its own way to be paid, and its own voucher: those of the year stand on the pages of its department of "
    "revenue. Paid? Record it: lotwork add payment type=estimated year={year} state={state} amount_usd=... at=..."
)


def state_sheets(papers: StatePapers) -> Iterator[Sheet]:
    """Yield what the return comes to, its forms, its depreciation beside the federal one, and its figures."""
    told = papers.listing
    yield _summary(told)
    yield from _forms(told)
    if told.depreciation is not None and (told.depreciation.rigs or told.depreciation.years):
        yield _depreciation(told, told.depreciation)
    if papers.figures:
        yield _figures(told, papers.figures)


def _summary(told: StateListing) -> Sheet:
    blocks: list[Block] = [
        Facts("", tuple((title, amount(getattr(told, name))) for title, name in FIGURES), amounts=True)
    ]
    if told.due is not None:
        blocks.append(Facts("", (("The return and its balance are due", day_in_words(told.due)),)))
    if told.not_covered:
        blocks.append(Words("What the return does not cover", told.not_covered))
    if told.unverified:
        blocks.append(Words("Not looked up, or not enacted", (NOT_LOOKED_UP, ", ".join(told.unverified))))
    if told.rigs_elsewhere:
        blocks.append(Words("Rigs in other states", tuple(map(_elsewhere, told.rigs_elsewhere))))
    if told.words:
        blocks.append(Words(f"What else {told.name} asks", told.words))
    blocks.append(Words("", (NOT_FILLED, BY_NAME)))
    where = "" if told.locality is None else f" ({told.locality})"
    about = f"The return of the state, {told.form}: what it comes to, and what it lacks"
    return Sheet(name=f"{told.name}{where}", about=about, blocks=tuple(blocks))


def _elsewhere(row: ElsewhereRow) -> str:
    form = f"see its {row.form}" if row.form else "it has no income tax"
    return f"{row.state}: {row.days} days, {row.kwh} kWh; what they earned there is not reckoned, {form}."


def _forms(told: StateListing) -> Iterator[Sheet]:
    """Yield a sheet a form, the return itself first; lines without a number stand on their form's sheet."""
    rows = by_form(told.lines, lambda row: (row.form, row.line))
    parts: dict[str, list[tuple[str, Sequence[TracedLineRow]]]] = {}
    for form in sorted(rows, key=lambda form: (_bare(form) != told.form, form != _bare(form))):
        parts.setdefault(_bare(form), []).append((form, rows[form]))
    for form, own in parts.items():
        about = f"The return of {told.name}" if form == told.form else f"Beside the return of {told.name}"
        yield sheet_of_parts(form, about, own, LEFT_TO_YOU)


def _bare(form: str) -> str:
    return form.removesuffix(WORKSHEET)


def _depreciation(told: StateListing, own: StateDepreciationListing) -> Sheet:
    facts = [
        ("Deducted on Form 4562, line 22", amount(own.federal_usd)),
        (f"Deducted by the law of {told.name}", amount(own.state_usd)),
        ("Its gain on rigs sold, less the federal one", amount(own.gain_difference_usd)),
    ]
    if own.years:
        facts.append(("Added back in earlier years, comes back in this one", amount(own.comes_back_usd)))
    blocks: list[Block] = [Facts("", tuple(facts), amounts=True)]
    if own.rigs:
        blocks.append(Columns(
            title="Rig by rig", names=RIGS, right=(False, *(True,) * 6), widths=(1, 0, 0, 0, 0, 0, 0),
            rows=tuple(map(_rig, own.rigs)),
        ))  # fmt: skip
    if own.years:
        blocks.append(Columns(
            title="What each year deducted at once", names=YEARS, right=(False, True, True, True), widths=(1, 1, 1, 1),
            rows=tuple(map(_year, own.years)),
        ))  # fmt: skip
    about = "Depreciation by the state's law beside the federal one"
    return Sheet(name=f"{told.name}, depreciation", about=about, blocks=tuple(blocks))


def _rig(row: StateRigRow) -> tuple[str, ...]:
    amounts = (row.federal_usd, row.state_usd, row.federal_basis_left_usd, row.state_basis_left_usd)
    gains = (row.federal_gain_usd, row.state_gain_usd)
    return (row.equipment, *map(_usd, amounts), *("" if gain is None else _usd(gain) for gain in gains))


def _year(row: StateSpreadRow) -> tuple[str, ...]:
    return str(row.year), *map(amount, (row.bonus_usd, row.section_179_usd, row.state_section_179_usd))


def _figures(told: StateListing, rows: Iterable[StateFigureRow]) -> Sheet:
    table = Columns(
        names=OF_FIGURES, right=(False,) * 6, widths=(4, 0, 0, 3, 3, 5),
        rows=tuple((f"{row.title} ({row.path})", row.from_.isoformat(), row.status, row.cite, row.source,
                    row.confidence) for row in rows),
    )  # fmt: skip
    about = "The figures of its law behind the return: since when, their status, and where each was read"
    return Sheet(name=f"{told.name}, figures", about=about, blocks=(table,))


def _usd(exact: str) -> str:
    return amount(cents(Decimal(exact)))


def state_vouchers(told: StateQuarterlyListing, year: int, as_of: date) -> Sheet:
    """Return what is to pay to the state by each of its days, as of a day, and by which measure."""
    notes = list(as_of_words(as_of, year))
    if told.overdue_since is not None and told.overdue_usd != NOTHING:
        notes.append(
            f"Overdue since {told.overdue_since}: {amount(told.overdue_usd)}. What {told.name} charges is not reckoned."
        )
    if told.unverified:
        notes.append(f"Not looked up, or not enacted: {', '.join(told.unverified)}.")
    return Sheet(
        name=f"{told.name}, estimated payments",
        about=f"Its own days and parts, {told.form}",
        blocks=(
            Words("", tuple(notes)),
            *(_voucher(row, told, year) for row in told.installments),
            lines_of(told.lines),
            Words("How to pay", (HOW_TO_PAY.format(name=told.name, year=year, state=told.state),)),
        ),
    )


def _voucher(row: StateInstallmentRow, told: StateQuarterlyListing, year: int) -> Voucher:
    return Voucher(
        title=f"{told.name}, payment {row.quarter} of {len(told.installments)}, tax year {year}",
        due=day_in_words(row.due),
        amount=amount(row.shortfall_usd),
        rows=(
            ("Required", amount(row.required_usd)),
            ("Paid towards it", amount(row.paid_usd)),
            ("Measured by", told.measure or told.why),
        ),
    )
