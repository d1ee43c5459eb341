"""Mined coins are miscellaneous income, taxed together with all other income (Income Tax Act Art. 35, 89).

Incomes are taken after their deductions. A loss of miscellaneous income offsets no other class. Resident tax is shown
beside the national tax on the same base, though its own deductions differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from lotwork.ledger.units import HUNDRED, ZERO
from lotwork.rules.case import amounts, tax_year
from lotwork.rules.load import Law

LATEST = 2026
THOUSAND = Decimal(1_000)


class Assessed(NamedTuple):
    """National and resident tax on one year's aggregate income."""

    taxable: Decimal
    rate: Decimal
    deduction: Decimal
    before_surtax: Decimal
    surtax: Decimal
    tax: Decimal
    """National, surtax in it, cut to 100 yen."""
    resident: Decimal


def assess(income: Decimal, law: Law, year: int, apart: Decimal = ZERO) -> Assessed:
    """Return the tax on *income*, which is taken after its deductions; *apart* is national tax on what stands apart."""
    taxable = cut(max(ZERO, income), THOUSAND)
    tops = law.in_year("jp/income/tops", year).amounts()
    # The table's tops are whole thousands less one step: 1,949,000 is the last income of its bracket.
    place = sum(1 for top in tops if taxable > top)
    rate = law.in_year("jp/income/rates", year).amounts()[place]
    deduction = law.in_year("jp/income/quick_deductions", year).amounts()[place]
    national = taxable * rate - deduction
    surtax = law.in_year("jp/income/surtax_rate", year).amount()
    tax = cut((national + apart) * (1 + surtax), HUNDRED)
    return Assessed(taxable, rate, deduction, national, surtax, tax, _resident(taxable, law, year))


def compute_case(case: Mapping[str, object], law: Law) -> dict[str, str | list[str]]:
    """Return `taxable`, `tax` (national, surtax in it) and the steps of `miscellaneous_income` and `other_income`."""
    told = amounts(case, ("miscellaneous_income", "other_income"), words=("year",))
    year = tax_year(case, LATEST)
    income = max(ZERO, told["miscellaneous_income"]) + told["other_income"]
    made = assess(max(ZERO, income), law, year)
    return {
        "taxable": f"{made.taxable:.0f}",
        "tax": f"{made.tax:.0f}",
        "income_tax_before_surtax": f"{made.before_surtax:.0f}",
        "resident_tax": f"{made.resident:.0f}",
        "total": f"{made.tax + made.resident:.0f}",
        "steps": [
            f"{income:f} cut to {made.taxable:.0f}",
            f"{made.taxable:.0f} x {made.rate:%} less {made.deduction:.0f} is {made.before_surtax:.0f}",
            f"x {1 + made.surtax:f}, cut to 100 yen, is {made.tax:.0f}",
            f"resident tax on the same base is {made.resident:.0f}",
        ],
    }


def _resident(taxable: Decimal, law: Law, year: int) -> Decimal:
    if not taxable:
        return ZERO
    rate, head = law.in_year("jp/income/resident_rate", year), law.in_year("jp/income/resident_per_capita", year)
    return taxable * rate.amount() + head.amount()


def cut(amount: Decimal, unit: Decimal) -> Decimal:
    """Return *amount* cut down to whole *unit*s."""
    return (amount / unit).to_integral_value(ROUND_DOWN) * unit
