"""Form 1040-X, the amended return: what was filed, what is correct, and the change between them.

The columns: A as filed or previously adjusted, B the net change, C the correct amount. Payments stand in column C.
The lines are those of the revision of December 2025, which amends every year: until then line 4a was reserved.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import ZERO


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one return that Form 1040-X asks for."""

    agi: Decimal
    deductions: Decimal
    additional_deductions: Decimal
    qbi_deduction: Decimal
    taxable_income: Decimal
    tax: Decimal
    """With the alternative minimum tax (Form 1040 line 18)."""
    credits: Decimal
    """Nonrefundable ones (line 20)."""
    refundable: Decimal
    other_taxes: Decimal
    """Self-employment tax, net investment income tax, Additional Medicare Tax (Form 1040 line 23)."""
    total_tax: Decimal


class Payments(msgspec.Struct, frozen=True, kw_only=True):
    """What was paid towards the year, and what of it came back with the original return."""

    withheld: Decimal
    estimated: Decimal
    with_returns: Decimal
    """With the request for an extension, with the original return, and after it."""
    overpaid_originally: Decimal


class Row(NamedTuple):
    """One line of the form; columns that do not apply are None."""

    line: str
    label: str
    original: Decimal | None
    change: Decimal | None
    correct: Decimal


def form_1040x(original: Column, correct: Column, payments: Payments) -> tuple[Row, ...]:
    """Return lines 1 to 21."""

    def row(number: str, label: str, before: Decimal, now: Decimal) -> Row:
        return Row(number, label, before, now - before, now)

    def paid(number: str, label: str, amount: Decimal) -> Row:
        return Row(number, label, None, None, amount)

    a, c = original, correct
    total_paid = payments.withheld + payments.estimated + payments.with_returns
    total_paid += c.refundable
    returned = (paid("15", "Refundable credits", c.refundable),) if c.refundable else ()
    available = total_paid - payments.overpaid_originally
    return (
        row("1", "Adjusted gross income", a.agi, c.agi),
        row("2", "Itemized or standard deduction", a.deductions, c.deductions),
        row("3", "Line 1 less line 2", a.agi - a.deductions, c.agi - c.deductions),
        row("4a", "Deduction for business income", a.qbi_deduction, c.qbi_deduction),
        row("4b", "Additional deductions of Schedule 1-A", a.additional_deductions, c.additional_deductions),
        row("5", "Taxable income", a.taxable_income, c.taxable_income),
        row("6", "Tax", a.tax, c.tax),
        row("7", "Nonrefundable credits", a.credits, c.credits),
        row("8", "Line 6 less line 7", max(ZERO, a.tax - a.credits), max(ZERO, c.tax - c.credits)),
        row("10", "Other taxes", a.other_taxes, c.other_taxes),
        row("11", "Total tax", a.total_tax, c.total_tax),
        paid("12", "Tax withheld", payments.withheld),
        paid("13", "Estimated tax payments", payments.estimated),
        *returned,
        paid("16", "Paid with the extension, with the original return and after it", payments.with_returns),
        paid("17", "Total payments", total_paid),
        paid("18", "Overpayment as shown on the original return", payments.overpaid_originally),
        paid("19", "Line 17 less line 18", available),
        paid("20", "Amount owed", max(ZERO, c.total_tax - available)),
        paid("21", "Overpaid", max(ZERO, available - c.total_tax)),
    )
