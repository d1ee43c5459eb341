"""Form 2210 with its charges and Schedule AI, and what each payment of Form 1040-ES comes to.

No address stands here: where a payment by mail goes depends on where one lives, and is in the instructions of the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from lotwork.reports.estimated import InstallmentRow, QuarterlyListing
from lotwork.reports.estimated_words import MEASURES
from lotwork.reports.form_2210 import AnnualizedListing, Form2210
from lotwork.reports.forms.sheets.of_forms import lines_of
from lotwork.reports.forms.sheets.paper import Block, Columns, Facts, Sheet, Voucher, Words, amount
from lotwork.reports.lines import NOTHING, SourcedLineRow
from lotwork.rules.us.estimated import LETTERS
from lotwork.rules.us.estimated_annualized import FACTORS

PART_III = 10
"""The first line of Form 2210 that has a column for each installment."""
CHARGES = ("Payment", "Underpaid", "After", "Through", "Days", "Rate", "Interest")
DIRECT_PAY = (
    "IRS Direct Pay (irs.gov/directpay): from a bank account, free, without an account at the IRS. Reason: Estimated "
    "Tax; apply to: 1040-ES; the tax year above. Or an IRS Individual Online Account (irs.gov/account)."
)
EFTPS = (
    "EFTPS (eftps.gov): for who is enrolled already; individuals cannot enroll anew, says the IRS in 2026. Form 1040, "
    "estimated; the tax year above; schedule it the day before at the latest."
)
MAIL = (
    "By mail: a check or money order to United States Treasury, with the IRS's own voucher of Form 1040-ES, the social "
    "security number and the year on it. Its instructions say to which address; it counts by the postmark."
)
PAID = "Paid? Record it: lotwork add payment type=estimated year={year} amount_usd=... at=..."
HOW_TO_PAY = (DIRECT_PAY, EFTPS, MAIL, PAID)


def sheets_of_2210(told: QuarterlyListing) -> Iterator[Sheet]:
    """Yield Form 2210, and its Schedule AI where it was reckoned."""
    form = told.form_2210
    first = [row for row in form.lines if _number(row) < PART_III]
    blocks: list[Block] = [
        Facts("", (
            ("Boxes of Part II", ", ".join(_boxes(form)) or "none"),
            ("Penalty", f"{amount(told.penalty_usd)} through {told.penalty_through}"),
            ("As of", told.as_of.isoformat()),
        )),
        lines_of(first),
        _in_columns("Part III, by installment", [row for row in form.lines if _number(row) >= PART_III]),
    ]  # fmt: skip
    if form.charges:
        blocks.append(_charges(form))
    blocks.append(Words("A waiver", tuple(f"The IRS may waive it where {why}." for why in form.waiver)))
    yield Sheet(name="Form 2210", about="Underpayment of estimated tax by individuals", blocks=tuple(blocks))
    if told.annualized is not None:
        yield _schedule_ai(told.annualized)


def _boxes(form: Form2210) -> Iterator[str]:
    boxes = form.boxes
    for letter, ticked in (("C", boxes.annualized), ("D", boxes.actual_dates), ("E", boxes.joint_changed)):
        if ticked:
            yield letter


def _schedule_ai(told: AnnualizedListing) -> Sheet:
    says = "is used" if told.applies else "costs more or as much, and is not used"
    facts = Facts(
        "",
        (
            ("The annualized method", says),
            ("Penalty by it", amount(told.annualized_penalty_usd)),
            ("By the regular one", amount(told.regular_penalty_usd)),
            ("Periods", "; ".join(f"({each.column}) through {each.through}" for each in told.columns)),
        ),
    )
    about = "Annualized income installment method"
    return Sheet(name="Form 2210 Schedule AI", about=about, blocks=(facts, _in_columns("", told.lines)))


def _in_columns(title: str, rows: Iterable[SourcedLineRow]) -> Columns:
    """Return lines such as 10a to 18d with a column for each installment."""
    numbers: dict[str, dict[str, str]] = {}
    labels: dict[str, str] = {}
    for row in rows:
        number = row.line.rstrip(LETTERS)
        told = row.amount_usd if number in FACTORS and "Schedule AI" in row.form else amount(row.amount_usd)
        numbers.setdefault(number, {})[row.line.removeprefix(number)] = told
        labels.setdefault(number, row.label)
    return Columns(
        title=title,
        names=("Line", "", *(f"({letter})" for letter in LETTERS)),
        right=(False, False, True, True, True, True),
        widths=(0, 1, 0, 0, 0, 0),
        rows=tuple(
            (number, labels[number], *(own.get(letter, "") for letter in LETTERS)) for number, own in numbers.items()
        ),
    )


def _charges(form: Form2210) -> Columns:
    return Columns(
        title="Interest on each underpayment",
        names=CHARGES,
        right=(False, True, False, False, True, True, True),
        widths=(1, 1, 1, 1, 1, 1, 1),
        rows=tuple(
            (str(each.quarter), amount(each.underpaid_usd), each.after.isoformat(), each.through.isoformat(),
             str(each.days), each.rate, amount(each.amount_usd))
            for each in form.charges
        ),
    )  # fmt: skip


def as_of_words(as_of: date, year: int) -> tuple[str, ...]:
    """Return as of which day payments of *year* are told, and what may still move them."""
    if as_of.year > year:
        return f"As of {as_of}.", f"The year {year} is over: what is still owed after January is paid with the return."
    return (f"As of {as_of}, on the figures so far: more income asks for more.",)


def vouchers(told: QuarterlyListing) -> Sheet:
    """Return what is to pay by each of the four days, as of a day, and how."""
    year = told.year
    notes = list(as_of_words(told.as_of, year))
    if told.overdue_since is not None and told.overdue_usd != NOTHING:
        notes.append(f"Overdue since {told.overdue_since}: {amount(told.overdue_usd)}. Each day costs interest.")
    return Sheet(
        name="Form 1040-ES",
        about="Estimated tax for individuals: the four payments",
        blocks=(
            Words("", tuple(notes)),
            *(_voucher(each, year) for each in told.installments),
            Words("How to pay", tuple(words.format(year=year) for words in HOW_TO_PAY)),
        ),
    )


def _voucher(row: InstallmentRow, year: int) -> Voucher:
    return Voucher(
        title=f"Payment {row.quarter} of 4, tax year {year}",
        due=day_in_words(row.due),
        amount=amount(row.shortfall_usd),
        rows=(
            ("Required", amount(row.required_usd)),
            ("Paid towards it", amount(row.paid_usd)),
            ("Measured by", MEASURES.get(row.method, row.method)),
        ),
    )


def day_in_words(day: date) -> str:
    """Return a day as a person writes it: "April 15, 2026"."""
    return f"{day:%B} {day.day}, {day.year}"


def _number(row: SourcedLineRow) -> int:
    digits = "".join(letter for letter in row.line if letter.isdecimal())
    return int(digits or 0)
