"""The business of a year: Schedule C from gross receipts to net profit, with the rigs of Form 4562 in it.

Law: the ordinary and necessary expenses of a trade or business, depreciation among them (26 U.S.C. 162, 167, 179); a
hobby deducts nothing (26 U.S.C. 183, 67(g)).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from ledger.units import usd_decimal
from projections.book import Book
from projections.equipment import EquipmentBook
from projections.expenses import ExpenseBook
from projections.findings import Finding
from projections.taxpayer import Standing
from rules.line import Line, line
from rules.load import Law

SCHEDULE_C = "Schedule C"
ZERO = Decimal(0)
HOME_OFFICE_LINE = "30"
"""Business use of the home stands below line 28."""


@dataclass(frozen=True, slots=True)
class Business:
    """Schedule C of a year, down to the net profit; of a hobby, only what it received."""

    receipts: Decimal
    expenses: ExpenseBook
    equipment: EquipmentBook
    deducted: Decimal
    depreciation: Decimal
    lines: tuple[Line, ...]

    @property
    def net(self) -> Decimal:
        """Line 31."""
        return self.receipts - self.deducted - self.depreciation


def business_of(book: Book, law: Law, year: int, standing: Standing, findings: list[Finding]) -> Business:
    """Return the business of *year*, or what a hobby received; what it cannot deduct is told in *findings*."""
    receipts = usd_decimal(sum(book.income.of_year(year).values()))
    expenses = book.expenses.result(year)
    equipment = equipment_of(book, law, year)
    if standing.activity == "hobby":
        line_1 = line((SCHEDULE_C, "1"), "Not used: a hobby reports its coins on Schedule 1", ZERO)
        if expenses.rows or equipment.rows:
            findings.append(
                Finding(
                    "hobby_deducts_nothing",
                    f"a hobby's expenses and rigs are not deducted in {year} (26 U.S.C. 67(g), 183): if the mining is "
                    "a business, record a `profile` with activity=business",
                )
            )
        return Business(receipts, expenses, equipment, ZERO, ZERO, (line_1,))
    depreciation = usd_decimal(equipment.depreciation_usd_micros)
    deducted = usd_decimal(expenses.deductible_usd_micros)
    lines = _schedule_c(receipts, expenses, deducted, depreciation, equipment)
    return Business(receipts, expenses, equipment, deducted, depreciation, lines)


def _schedule_c(
    receipts: Decimal, expenses: ExpenseBook, deducted: Decimal, depreciation: Decimal, equipment: EquipmentBook
) -> tuple[Line, ...]:
    gross = line(
        (SCHEDULE_C, "1"), "Gross receipts: coins at their value when received", receipts, cites=("26 U.S.C. 61",)
    )
    income = line((SCHEDULE_C, "7"), "Gross income", receipts, inputs=(gross,))
    labels = {row.line: row.label for row in expenses.rows}
    parts = [
        line((SCHEDULE_C, number), labels[number], usd_decimal(total), cites=("26 U.S.C. 162(a)",))
        for number, total in expenses.by_line.items()
    ]
    rigs = line(
        (SCHEDULE_C, "13"),
        "Depreciation and section 179 expense deduction",
        depreciation,
        cites=("26 U.S.C. 167, 168, 179",),
        inputs=[each for each in equipment.form.lines if each.line == "22"],
    )
    home = [each for each in parts if each.line == HOME_OFFICE_LINE]
    above = [each for each in parts if each.line != HOME_OFFICE_LINE]
    spent = deducted + depreciation - sum((each.amount for each in home), ZERO)
    total = line((SCHEDULE_C, "28"), "Total expenses", spent, inputs=(*above, rigs))
    return (*equipment.form.lines, gross, income, *above, rigs, total, *home)


def equipment_of(book: Book, law: Law, year: int) -> EquipmentBook:
    """Return the depreciation of *year*, section 179 limited by the business income of each year it is taken in."""
    return book.equipment.result(year, law, partial(_income_before_179, book, law))


def _income_before_179(book: Book, law: Law, year: int) -> Decimal | None:
    """Return the income section 179 is limited to: wages and the profit before it (26 U.S.C. 179(b)(3))."""
    without = book.equipment.result(year, law, _none)
    profit = (
        sum(book.income.of_year(year).values())
        - book.expenses.result(year).deductible_usd_micros
        - without.depreciation_usd_micros
    )
    return usd_decimal(profit + (book.taxpayer.facts(year).wages_usd_micros or 0))


def _none(_year: int) -> Decimal:
    return ZERO
