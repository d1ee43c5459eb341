"""More profit never lowers the tax, save where the law itself has a cliff; each is named here.

The one cliff is the least deduction of 26 U.S.C. 199A(i), from 2026: at 1,000 of business income it is 400 at once. At
400 of net earnings the tax rises at once.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.events import FilingStatus
from lotwork.rules.figures import STATUSES
from lotwork.rules.us.individual import Filer, Return, compute
from tests.rules.us.law import LAW, usd

ZERO = Decimal(0)
HIGHEST_RATE = Decimal("0.37")
YEARS = (2023, 2024, 2025, 2026)


def made(**facts: Any) -> Return:
    told: dict[str, Any] = {"year": 2026, "status": "single"} | facts
    return compute(Filer(**told), LAW)


def least_taken(told: Return) -> bool:
    """Say if the deduction is the least of 199A(i), more than the ordinary one."""
    qbi = told.taxable.qbi
    return bool(qbi.minimum) and qbi.minimum[-1].amount > qbi.minimum[0].amount


whole = st.integers(0, 900_000).map(Decimal)
small = st.integers(0, 60_000).map(Decimal)
signed = st.integers(-400_000, 900_000).map(Decimal)
filers = st.fixed_dictionaries(
    {
        "year": st.sampled_from(YEARS),
        "status": st.sampled_from(STATUSES),
        "wages": whole,
        "short_term_net": st.integers(-20_000, 200_000).map(Decimal),
        "long_term_net": st.integers(-20_000, 900_000).map(Decimal),
        "qualified_dividends": small,
        "taxable_interest": small,
        "ubia": whole,
        "nol_carryover": whole,
        "qbi_loss_carryover": small,
        "retirement_contribution": small,
        "retirement_plan": st.sampled_from([None, "sep", "solo_401k"]),
        "health_insurance": small,
        "itemized_deductions": small,
        "aged": st.sampled_from([0, 1]),
    }
)


@settings(max_examples=400)
@given(facts=filers, profit=signed, more=st.one_of(st.just(Decimal(1)), st.integers(1, 50_000).map(Decimal)))
def test_more_profit_never_lowers_the_tax_but_at_the_named_cliff(
    facts: dict[str, Any], profit: Decimal, more: Decimal
) -> None:
    before, after = made(**facts, schedule_c_net=profit), made(**facts, schedule_c_net=profit + more)
    fallen = before.total.amount - after.total.amount
    if least_taken(after):
        assert fallen <= 400 * HIGHEST_RATE
    else:
        assert fallen <= 0


@settings(max_examples=100)
@given(facts=filers, more=st.integers(1, 90_000).map(Decimal), name=st.sampled_from(["wages", "taxable_interest"]))
def test_more_wages_or_interest_never_lower_it(facts: dict[str, Any], more: Decimal, name: str) -> None:
    assert made(**facts | {name: facts[name] + more}).total.amount >= made(**facts).total.amount


def test_the_named_cliff_at_1_000_of_business_income() -> None:
    """One cent more of profit, and 200 more of a deduction that was 200."""
    facts = {"wages": usd("60000")}
    below, at = made(**facts, schedule_c_net=usd("1076.01")), made(**facts, schedule_c_net=usd("1076.02"))
    assert below.taxable.qbi.business_income.amount < 1_000 <= at.taxable.qbi.business_income.amount
    assert below.total.amount - at.total.amount > 200 * Decimal("0.12") - 1


def test_at_400_of_net_earnings_the_tax_rises_at_once() -> None:
    """26 U.S.C. 1402(b)(2)."""
    assert made(schedule_c_net=usd("433.14")).total.amount - made(schedule_c_net=usd("433.13")).total.amount > 61


STATUS: FilingStatus = "single"


@settings(max_examples=60)
@given(profit=whole, year=st.sampled_from(YEARS), split=st.integers(0, 100))
def test_gain_taxed_as_long_term_never_costs_more_than_as_ordinary_income(
    profit: Decimal, year: int, split: int
) -> None:
    gain = profit * split / 100
    long = made(year=year, status=STATUS, wages=profit - gain, long_term_net=gain)
    short = made(year=year, status=STATUS, wages=profit - gain, short_term_net=gain)
    assert long.summary["income_tax"] <= short.summary["income_tax"]
