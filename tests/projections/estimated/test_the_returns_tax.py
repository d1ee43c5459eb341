"""Once a year is over, its estimated payments are measured by the tax of the return: line 38 is what `quarterly` tells.

26 U.S.C. 6654(d)(1)(B)(i): 90 percent of the tax "shown on the return", which below 100,000 is that of the Tax Table
(26 U.S.C. 3; Form 1040 instructions, line 16).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.estimated.open_year import year_asked
from lotwork.projections.filing.penalty import with_penalty
from lotwork.projections.liability import liability
from lotwork.projections.quarterly import By, Quarterly, quarterly
from lotwork.rules.line import to_cents
from tests.projections.estimating import LAW, PROFILE, asked, facts, mined, payment
from tests.projections.house import book_of

APRIL = date(2026, 4, 15)
PRIOR = facts(prior_year_tax_usd="90000", prior_year_agi_usd="100000")
YEARS: dict[str, tuple[dict[str, Any], ...]] = {
    "one payout": (mined("2025-02-01", "50030"),),
    "a windfall": (mined("2025-02-01", "9012"), mined("2025-12-20", "70000")),
    "wages": (mined("2025-03-01", "40010"), facts(name="pay", wages_usd="30017", withholding_usd="500")),
    "paid in part": (mined("2025-02-01", "60055"), payment("2025-06-10", "1234.56")),
    "above the Table": (mined("2025-02-01", "300000"),),
}


def line_38(*lines: dict[str, Any]) -> Decimal:
    book = book_of(PROFILE, *lines, years=(2025,))
    filed = with_penalty(book, LAW, liability(book, LAW, 2025, tax_table=True))
    return next(each.line.amount for each in filed.lines if each.line.ref == "Form 1040 line 38")


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("prior", [(), (PRIOR,)], ids=["no prior year", "prior year"])
def test_line_38_is_what_is_told_of_a_year_that_is_over(year: str, prior: tuple[dict[str, Any], ...]) -> None:
    lines = (*YEARS[year], *prior)
    told = asked(*lines, as_of=APRIL, by="cheaper")
    assert line_38(*lines) == to_cents(told.penalty) > 0
    book = book_of(PROFILE, *lines, years=(2025,))
    returned = liability(book, LAW, 2025, tax_table=True)
    assert told.required.tax is not None
    assert told.required.tax.amount == returned.tax
    assert told.set_aside is not None
    assert told.set_aside.usd == to_cents(max(Decimal(0), returned.balance_due))


def test_the_ninety_percent_are_those_of_the_tables_tax_by_hand() -> None:
    """50,030: self-employment tax 7,069.01, half of it 3,534.51; 46,495.49 less 15,750, less a fifth: 24,596.39.

    The Table taxes 24,550 to 24,600 as 24,575: 1,192.50 and 12 percent of 12,650 are 2,710.50, printed as 2,711.
    """
    told = asked(mined("2025-02-01", "50030"), as_of=APRIL)
    assert told.required.parts[0].amount == 2_711
    assert told.required.ninety_percent is not None
    assert to_cents(told.required.ninety_percent.amount) == Decimal("8802.01")
    during = asked(mined("2025-02-01", "50030"), as_of=date(2025, 12, 31))
    assert to_cents(during.required.parts[0].amount) == Decimal("2713.07")


def by_both(as_of: date, *lines: dict[str, Any], by: By = "annualized") -> Quarterly:
    book = book_of(PROFILE, *lines, years=(2025,), until=min(as_of, date(2025, 12, 31)))
    return quarterly(book, LAW, year_asked(book, LAW, 2025), as_of, by)


@pytest.mark.parametrize("cents", range(0, 50, 7))
def test_what_is_enough_during_the_year_is_enough_by_the_table_too(cents: int) -> None:
    """The larger of both is told, so that who follows it is short by neither; a step of the Table is 50 dollars."""
    lines = (mined("2025-02-01", str(8_000 + cents)),)
    told = by_both(date(2025, 4, 15), *lines)
    after = by_both(APRIL, *lines)
    assert told.next_payment is not None
    assert told.next_payment.safe is not None
    assert told.comparison is not None
    assert after.comparison is not None
    exact, by_table = told.comparison.schedule.installments, told.comparison.schedule.by_table
    assert told.next_payment.safe == max(exact[0].required, by_table[0].required)
    assert after.comparison.schedule.installments == after.comparison.schedule.by_table
    assert told.next_payment.safe >= after.quarters[0].required  # type: ignore[operator] # the law of 2025 is known
