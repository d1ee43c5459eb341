"""Sold rigs: recapture, the netting of section 1231, its look-back, and where each part of a gain is taxed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.rules.us.form_4797 import BusinessSale, Form4797, form_4797
from lotwork.rules.us.individual import Filer, Return, compute
from tests.rules.us.law import LAW, usd

ZERO = Decimal(0)


def sold(proceeds: str, cost: str, deducted: str, name: str = "rig", **facts: Any) -> BusinessSale:
    """Return a sale of a rig, whose whole deductions are given back before anything else (1245)."""
    basis = usd(cost) - usd(deducted)
    gain = usd(proceeds) - basis
    told: dict[str, Any] = {"recaptured": max(ZERO, min(gain, usd(deducted))), "held_long": True} | facts
    return BusinessSale(name=name, proceeds=usd(proceeds), adjusted_basis=basis, deducted=usd(deducted), **told)


def hall(proceeds: str, cost: str, deducted: str) -> BusinessSale:
    return sold(proceeds, cost, deducted, "hall", recaptured=ZERO, real_property=True)


def lines(made: Form4797) -> dict[str, Decimal]:
    return {each.line: each.amount for each in made.lines}


def made(**facts: Any) -> Return:
    told: dict[str, Any] = {"year": 2026, "status": "single"} | facts
    return compute(Filer(**told), LAW)


def test_the_farmers_example_of_publication_225_is_all_recapture() -> None:
    """Pub. 225, chapter 20, filled-in Form 4797, Part III: 852 on lines 30 and 31, nothing on line 32."""
    told = form_4797(
        [sold("700", "4390", "4390", "A"), sold("70", "1200", "1200", "B"), sold("670", "1200", "612", "C")], ZERO
    )
    amounts = lines(told)
    assert [amounts[f"25b ({name})"] for name in "ABC"] == [700, 70, 82]
    assert amounts["23 (C)"] == 588
    assert [amounts["30"], amounts["31"], amounts["32"]] == [852, 852, 0]
    assert told.ordinary.amount == 852
    assert told.capital.amount == 0


def test_earlier_losses_are_given_back_first_as_the_instructions_example_has_it() -> None:
    """Instructions for Form 4797, line 8: 7,000 of losses wait, a gain of 2,000 is ordinary altogether."""
    told = form_4797([sold("3000", "1000", "0")], usd("7000"))
    assert [told.net_1231.amount, told.recaptured_before.amount] == [2_000, 2_000]
    assert [told.ordinary.amount, told.capital.amount] == [2_000, 0]
    more = form_4797([sold("10000", "1000", "0")], usd("7000"))
    assert [more.ordinary.amount, more.capital.amount] == [7_000, 2_000]


def test_a_gain_over_cost_is_long_term_and_what_was_deducted_is_ordinary() -> None:
    told = form_4797([sold("12000", "10000", "6000")], ZERO)
    assert told.ordinary.amount == 6_000
    assert told.capital.amount == 2_000


def test_gains_and_losses_of_the_year_are_netted_and_a_net_loss_is_ordinary() -> None:
    """26 U.S.C. 1231(a)(1), (2)."""
    won, lost = sold("12000", "10000", "6000", "won"), sold("1000", "9000", "2000", "lost")
    told = form_4797([won, lost], ZERO)
    assert told.net_1231.amount == 2_000 - 6_000
    assert told.ordinary.amount == 6_000 - 4_000
    assert lines(told)["11"] == -4_000
    assert told.capital.amount == 0


@pytest.mark.parametrize(
    ("facts", "number"), [({"held_long": False}, "10"), ({"how": "abandoned"}, "10"), ({"how": "casualty"}, "14")]
)
def test_what_was_held_for_a_year_or_less_or_lost_without_a_sale_is_ordinary(
    facts: dict[str, Any], number: str
) -> None:
    """26 U.S.C. 1231(b)(1), 165(a), 1231(a)(4)(C): such a loss takes nothing from the year's gains."""
    told = form_4797([sold("0", "9000", "2000", **facts), sold("3000", "1000", "0", "won")], ZERO)
    assert lines(told)[number] == told.ordinary.amount == -7_000
    assert told.net_1231.amount == told.capital.amount == 2_000
    gained = form_4797([sold("9000", "9000", "2000", how="casualty")], ZERO)
    assert gained.ordinary.amount == 2_000
    short = form_4797([sold("12000", "9000", "2000", held_long=False)], usd("100"))
    assert [short.ordinary.amount, short.recaptured_before.amount] == [5_000, 0]


def test_a_building_gives_its_straight_line_depreciation_back_at_25_percent_at_most() -> None:
    """26 U.S.C. 1(h)(1)(E), (6): 20,000 of it, 10,000 of gain over cost; the top of the 15 percent zone is far away."""
    told = form_4797([hall("110000", "100000", "20000")], ZERO)
    assert [told.ordinary.amount, told.capital.amount, told.unrecaptured_1250.amount] == [0, 30_000, 20_000]
    filer = {"wages": usd("300000"), "sales": (hall("110000", "100000", "20000"),)}
    with_it, without = made(**filer), made(wages=usd("300000"))
    added = with_it.summary["income_tax"] - without.summary["income_tax"]
    assert added == 20_000 * Decimal("0.25") + 10_000 * Decimal("0.15")
    assert with_it.tax.at_twenty_five is not None
    assert with_it.tax.at_twenty_five.ref == "Schedule D Tax Worksheet line 39"
    assert with_it.tax.tax.ref == "Schedule D Tax Worksheet line 47"


def test_below_the_25_percent_rate_the_brackets_tax_it_for_less() -> None:
    """The worksheet's line 19: what the 10 to 24 percent brackets still have room for is taxed there."""
    filer = {"wages": usd("66100"), "sales": (hall("100000", "100000", "20000"),)}
    added = made(**filer).summary["income_tax"] - made(wages=usd("66100")).summary["income_tax"]
    assert added == 400 * Decimal("0.12") + 19_600 * Decimal("0.22")


def test_losses_take_from_the_25_percent_gain_first() -> None:
    """Unrecaptured Section 1250 Gain Worksheet lines 15 to 18."""
    filer = {"wages": usd("300000"), "sales": (hall("110000", "100000", "20000"),), "short_term_net": usd("-5000")}
    assert made(**filer).income.capital.unrecaptured.amount == 15_000
    assert made(**filer | {"long_term_carryover": usd("40000")}).income.capital.unrecaptured.amount == 0
    assert made(**filer, section_1231_losses=usd("25000")).income.capital.unrecaptured.amount == 0


def test_gains_on_rigs_are_business_income_but_no_earnings_and_no_investment() -> None:
    """Treas. Reg. 1.199A-3(b)(1); 26 U.S.C. 1402(a)(3), 1411(c)(1)(A)(iii)."""
    rigs = (sold("260000", "250000", "200000"),)
    plain, told = made(schedule_c_net=usd("100000")), made(schedule_c_net=usd("100000"), sales=rigs)
    assert told.summary["se_tax"] == plain.summary["se_tax"]
    assert told.taxable.qbi.business_income.amount - plain.taxable.qbi.business_income.amount == 200_000
    assert told.income.capital.long.amount == 10_000
    assert told.summary["niit"] == 0
    assert {each.ref: each.amount for each in told.lines}["Schedule 1 line 4"] == 200_000


def test_a_passive_owners_gain_on_rigs_is_investment_income() -> None:
    rigs = (sold("260000", "250000", "200000"),)
    told = made(wages=usd("300000"), sales=rigs, material_participation=False)
    assert told.investment.income.amount == 210_000
    active = made(wages=usd("300000"), sales=rigs)
    assert active.investment.income.amount == 0


def test_coins_sold_beside_rigs_stay_investment_income() -> None:
    """Treas. Reg. 1.1411-4(f)(4): without the rigs' 10,000 the coins' loss is 4,000, of which 3,000 count."""
    rigs = (sold("20000", "10000", "0"),)
    told = made(wages=usd("300000"), sales=rigs, short_term_net=usd("-4000"), taxable_interest=usd("5000"))
    assert told.income.capital.taken.amount == 6_000
    amounts = {each.line: each.amount for each in told.investment.lines}
    assert [amounts["5a"], amounts["5b"], amounts["5d"]] == [6_000, -9_000, -3_000]
    assert told.investment.income.amount == 2_000


def test_a_gain_on_rigs_makes_room_for_a_business_loss_and_a_gain_on_coins_does_not() -> None:
    """26 U.S.C. 461(l)(3): 256,000 in 2026."""
    loss = {"schedule_c_net": usd("-300000"), "wages": usd("400000")}
    assert made(**loss).income.excess_loss.amount == 44_000
    assert made(**loss, long_term_net=usd("50000")).income.excess_loss.amount == 44_000
    assert made(**loss, sales=(sold("30000", "40000", "40000"),)).income.excess_loss.amount == 14_000
    assert made(**loss, sales=(sold("30000", "10000", "0"),)).income.excess_loss.amount == 24_000
    both = made(**loss, sales=(sold("30000", "10000", "0"),), long_term_net=usd("-15000"))
    assert both.income.excess_loss.amount == 39_000, "no more of it than was gained on the whole"


def test_without_a_sale_the_form_is_not_filled() -> None:
    assert form_4797((), usd("5000")).lines == ()
    assert not any(each.form == "Form 4797" for each in made(wages=usd("5")).lines)


money = st.integers(0, 90_000).map(Decimal)
sales = st.builds(
    lambda name, price, cost, part, held: sold(str(price), str(cost), str(cost * part // 4), str(name), held_long=held),
    st.integers(1, 99), money, money, st.integers(0, 4), st.booleans(),
)  # fmt: skip


@settings(max_examples=200)
@given(rigs=st.lists(sales, max_size=5, unique_by=lambda rig: rig.name), before=money)
def test_every_dollar_of_gain_or_loss_is_either_ordinary_or_capital(rigs: list[BusinessSale], before: Decimal) -> None:
    told = form_4797(rigs, before)
    assert told.ordinary.amount + told.capital.amount == sum((rig.gain for rig in rigs), ZERO)
    assert told.capital.amount >= 0
    assert told.recaptured_before.amount <= before
