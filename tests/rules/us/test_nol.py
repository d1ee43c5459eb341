"""Net operating losses: how one arises, what a later year deducts of it, and what goes on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.events import FilingStatus
from lotwork.rules.figures import STATUSES
from lotwork.rules.line import Line, line
from lotwork.rules.us.individual import Filer, Return, compute
from lotwork.rules.us.nol import LossYear, nol_of_year
from tests.rules.us.law import LAW, usd

ZERO = Decimal(0)


def made(**facts: Any) -> Return:
    told: dict[str, Any] = {"year": 2026, "status": "single"} | facts
    return compute(Filer(**told), LAW)


def told(name: str, amount: str) -> Line:
    return line(("told", name), name, usd(amount), cites=("law",))


def test_glenn_johnsons_loss_of_publication_536_is_1_775() -> None:
    """Pub. 536, Illustrated Form 1045, Schedule A (2012): lines 1, 9, 22 and the loss."""
    steps = nol_of_year(
        LossYear(
            year=2023,
            agi=told("agi", "-2350"),
            deduction=told("standard deduction", "5950"),
            retirement=told("none", "0"),
            nonbusiness_income=(told("interest", "425"),),
            capital=told("Schedule D", "1000"),
            taken=told("taken", "1000"),
            business_gain=told("real estate", "2000"),
            deducted=told("none", "0"),
        )
    )
    amounts = {each.line: each.amount for each in steps}
    assert [amounts["1"], amounts["2"], amounts["6"], amounts["7"]] == [-8_300, 1_000, 5_950, 425]
    assert [amounts["9"], amounts["22"], amounts["24"]] == [5_525, 1_000, -1_775]
    assert steps[0].form == "Form 1045 Schedule A"


@pytest.mark.parametrize(
    ("facts", "nol"),
    [
        ({"schedule_c_net": "-50000"}, "50000"),
        ({"schedule_c_net": "-50000", "wages": "20000"}, "30000"),
        # nonbusiness income: the standard deduction of 16,100 takes it first
        ({"schedule_c_net": "-50000", "taxable_interest": "10000"}, "50000"),
        ({"schedule_c_net": "-50000", "taxable_interest": "20000"}, "46100"),
        ({"schedule_c_net": "-50000", "hobby_income": "20000"}, "46100"),
        ({"schedule_c_net": "-50000", "long_term_net": "20000"}, "46100"),
        # no capital loss beyond gains
        ({"schedule_c_net": "-50000", "short_term_net": "-9000"}, "50000"),
        ({"schedule_c_net": "-50000", "short_term_net": "-1000"}, "50000"),
        ({"schedule_c_net": "-50000", "wages": "60000"}, "0"),
        ({"wages": "1000"}, "0"),
    ],
)
def test_a_loss_counts_without_what_172_d_takes_out(facts: dict[str, str], nol: str) -> None:
    """26 U.S.C. 172(d)(2), (4), (6)."""
    year = made(**{name: usd(amount) for name, amount in facts.items()})
    assert year.carryforwards.nol.amount == usd(nol)
    assert year.carryforwards.excess_loss.amount == 0


def test_the_loss_of_another_year_makes_none_of_this_one() -> None:
    """172(d)(1)."""
    assert made(wages=usd("5000"), nol_carryover=usd("90000")).carryforwards.nol.amount == 90_000


@pytest.mark.parametrize(
    ("wages", "deducted"),
    [
        ("66100", "40000"),
        ("16100", "0"),
        ("16110", "8"),
        ("78600", "50000"),
        ("78599", "49999.20"),
        ("500000", "50000"),
    ],
)
def test_a_loss_offsets_80_percent_of_taxable_income(wages: str, deducted: str) -> None:
    """172(a)(2)(B)(ii): of wages less the standard deduction of 16,100, and 50,000 carried in."""
    year = made(wages=usd(wages), nol_carryover=usd("50000"))
    assert year.income.nol.deduction.amount == usd(deducted)
    assert year.summary["agi"] == usd(wages) - usd(deducted)
    assert year.carryforwards.nol.amount == 50_000 - usd(deducted)
    assert {each.ref: each.amount for each in year.lines}["Schedule 1 line 8a"] == -usd(deducted)


def test_a_loss_lowers_neither_the_self_employment_tax_nor_the_business_income_deducted() -> None:
    """1402(a)(4); Treas. Reg. 1.199A-3(b)(1)(v)."""
    plain, year = made(schedule_c_net=usd("90000")), made(schedule_c_net=usd("90000"), nol_carryover=usd("20000"))
    assert year.summary["se_tax"] == plain.summary["se_tax"]
    assert year.taxable.qbi.business_income.amount == plain.taxable.qbi.business_income.amount
    assert year.taxable.qbi.income_limit.amount < plain.taxable.qbi.income_limit.amount


def test_a_capital_loss_is_no_help_where_a_loss_is_absorbed() -> None:
    """172(b)(2)(A), (d)(2)(A): the year absorbs 80 percent of income without the 3,000, and deducts 80 with it."""
    year = made(wages=usd("66100"), short_term_net=usd("-3000"), nol_carryover=usd("90000"))
    assert year.income.nol.deduction.amount == 47_000 * Decimal("0.80")
    assert year.carryforwards.nol.amount == 90_000 - 50_000 * Decimal("0.80")


def test_an_excess_business_loss_becomes_next_years_net_operating_loss() -> None:
    """461(l)(2), Form 461 line 16: a loss of 300,000 is allowed to 256,000 in 2026; wages use that up."""
    year = made(schedule_c_net=usd("-300000"), wages=usd("400000"))
    assert year.summary["agi"] == 144_000
    assert [year.carryforwards.nol.amount, year.carryforwards.excess_loss.amount] == [44_000, 44_000]
    both = made(schedule_c_net=usd("-300000"))
    assert [both.carryforwards.nol.amount, both.carryforwards.excess_loss.amount] == [300_000, 44_000]
    assert both.taxable.qbi.loss_carried_forward.amount == -256_000


def test_an_excess_business_loss_counts_as_business_loss_in_the_year_it_is_deducted() -> None:
    """Treas. Reg. 1.199A-3(b)(1)(v); of the two losses the ordinary one is used first."""
    facts = {"schedule_c_net": usd("90000"), "nol_carryover": usd("30000")}
    none, part, whole = (made(**facts, excess_loss_carryover=usd(each)) for each in ("0", "10000", "30000"))
    first = none.taxable.qbi.business_income.amount
    assert part.taxable.qbi.business_income.amount == first - 10_000
    assert whole.taxable.qbi.business_income.amount == first - 30_000
    cut = made(wages=usd("28600"), nol_carryover=usd("30000"), excess_loss_carryover=usd("12000"))
    assert cut.carryforwards.nol.amount == 20_000
    assert cut.carryforwards.excess_loss.amount == 12_000


def test_the_minimum_tax_has_its_own_loss_up_to_90_percent_of_its_income() -> None:
    """26 U.S.C. 56(d)(1)(A)(i)(II); Form 6251 lines 2e and 2f."""
    year = made(wages=usd("200000"), nol_carryover=usd("500000"))
    amounts = {each.line: each.amount for each in year.minimum.lines}
    assert amounts["2e"] == 183_900 * Decimal("0.80")
    assert amounts["2f"] == -200_000 * Decimal("0.90")
    assert amounts["4"] == 20_000
    assert year.carryforwards.amt_nol.amount == 500_000 - 180_000
    assert made(wages=usd("200000"), nol_carryover=usd("500000"), amt_nol_carryover=ZERO).minimum.nol.amount == 0


def test_the_minimum_taxs_loss_is_figured_without_the_standard_deduction() -> None:
    """56(b)(1)(D), 56(d)(2)(A): 20,000 of interest are taxed by it whole."""
    year = made(schedule_c_net=usd("-50000"), taxable_interest=usd("20000"))
    assert year.carryforwards.nol.amount == 46_100
    assert year.carryforwards.amt_nol.amount == 30_000


amounts = st.integers(0, 600_000).map(Decimal)
signed = st.integers(-600_000, 300_000).map(Decimal)


@settings(max_examples=150)
@given(
    status=st.sampled_from(STATUSES), year=st.sampled_from([2023, 2024, 2025, 2026]), profit=signed, wages=amounts,
    interest=amounts, short=signed, long=signed, carried=amounts,
)  # fmt: skip
def test_no_loss_is_used_twice_and_none_is_lost(
    status: FilingStatus, year: int, profit: Decimal, wages: Decimal, interest: Decimal, short: Decimal, long: Decimal,
    carried: Decimal,
) -> None:  # fmt: skip
    filer = Filer(
        year=year, status=status, schedule_c_net=profit, wages=wages, taxable_interest=interest,
        short_term_net=short, long_term_net=long, nol_carryover=carried,
    )  # fmt: skip
    told = compute(filer, LAW)
    left, nol = told.carryforwards, told.income.nol
    own = left.nol.amount - (carried - nol.absorbed.amount)
    disallowed = told.income.excess_loss.amount
    assert nol.deduction.amount <= nol.absorbed.amount <= carried
    assert 0 <= left.excess_loss.amount <= left.nol.amount
    assert ZERO <= own <= max(ZERO, -profit)
    assert nol.deduction.amount == 0 or own == disallowed
    assert left.amt_nol.amount >= 0


@settings(max_examples=100)
@given(wages=amounts, profit=amounts, carried=amounts, more=st.integers(1, 90_000).map(Decimal))
def test_a_greater_loss_carried_in_never_raises_the_tax(
    wages: Decimal, profit: Decimal, carried: Decimal, more: Decimal
) -> None:
    facts = {"wages": wages, "schedule_c_net": profit}
    less = made(**facts, nol_carryover=carried + more).total.amount
    assert less <= made(**facts, nol_carryover=carried).total.amount
