"""Depreciation as the states count it: rigs of 10,000 and more, by hand from the tables of Pub. 946."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.us.asset import Asset179
from lotwork.rules.us.depreciation import depreciate
from lotwork.rules.us.states.case import StateDepreciation
from lotwork.rules.us.states.depreciation import (
    SpreadYear,
    differs,
    gain_difference,
    is_spread,
    overlay,
    own_depreciation,
    second_form_4562,
    spread,
)
from tests.rules.us.law import LAW, usd
from tests.rules.us.states.made import STATE, federal, law_with, of_state

SPRING = date(2025, 3, 1)


def rig(name: str = "a", cost: str = "10000", placed: date = SPRING, **told: Any) -> Asset179:
    return Asset179(name=name, cost=usd(cost), acquired=placed, placed_in_service=placed, **told)


def beside(state: str, assets: list[Asset179], year: int) -> StateDepreciation:
    return second_form_4562(depreciate(assets, year, LAW, None), own_depreciation(assets, year, LAW, state, None))


@pytest.mark.parametrize(("year", "own"), [(2025, "2000"), (2026, "3200")])
def test_georgia_and_kentucky_know_no_bonus_and_take_the_table(year: int, own: str) -> None:
    """20 and 32 percent of 10,000; federally all of it in the year of service (168(k))."""
    for state in ("GA", "KY"):
        told = beside(state, [rig()], year)
        assert told.federal == usd("10000" if year == 2025 else "0")
        assert told.own == usd(own)
        assert told.lines[-1].ref == f"{state} Form 4562 line 22"


def test_a_rate_elected_federally_is_no_rate_of_the_state() -> None:
    """40 percent may be elected for 2025 (168(k)(10)): 4,000 and 20 percent of 6,000; Georgia 20 percent of 10,000."""
    told = beside("GA", [rig(bonus=Decimal("0.40"))], 2025)
    assert (told.federal, told.own) == (usd("5200"), usd("2000"))


def test_every_federal_rate_of_the_bonus_has_the_states_in_its_place() -> None:
    law = overlay(LAW, "GA", 2025)
    for name in ("bonus_full_rate", "bonus_phase_down", "bonus_before_2017", "bonus_elected_rate"):
        for version in LAW.entry(f"us/depreciation/{name}").in_force:
            assert law.figure(f"us/depreciation/{name}", version.from_).amount() == 0
    assert law.in_year("us/depreciation/section_179_limit", 2025).amount() == 2_500_000


def test_a_state_that_expenses_more_than_the_federal_law_has_its_own_rate() -> None:
    """A rig contracted for before 2025-01-20 has 40 percent federally; the state's rate of 100 takes it whole."""
    law = law_with({"bonus_rate": ("fraction", "1"), "rate": ("fraction", "0.05")})
    old = rig(placed=date(2025, 1, 10))
    assert own_depreciation([old], 2025, law, STATE, None).total == usd("10000")
    assert depreciate([old], 2025, LAW, None).total == usd("5200")
    assert own_depreciation([rig(bonus="none")], 2025, law, STATE, None).total == usd("2000")


def test_kentuckys_section_179_ends_at_100_000_and_does_not_phase_out() -> None:
    """150,000 elected: 100,000 and 20 percent of 50,000; a million placed in service takes nothing off it."""
    told = beside("KY", [rig(cost="150000", section_179=usd("150000"))], 2025)
    assert (told.federal, told.own, told.added) == (usd("150000"), usd("110000"), usd("40000"))
    large = [rig(cost="150000", section_179=usd("150000")), rig("b", "5000000", bonus="none")]
    assert beside("KY", large, 2025).own == usd("110000") + usd("1000000")


def test_kentucky_knows_no_15_year_property_for_an_improvement_and_says_so() -> None:
    told = federal(wages=90_000)
    plain, improved = beside("KY", [rig()], 2025), beside("KY", [rig(), rig("b", recovery_class="qip")], 2025)
    assert not any("over 39 years" in each for each in of_state("KY", told, plain).not_covered)
    assert any("over 39 years" in each for each in of_state("KY", told, improved).not_covered)


def test_a_year_whose_limit_the_state_does_not_tell_is_refused() -> None:
    with pytest.raises(UnknownFigureError, match="us/states/ky/section_179_limit"):
        own_depreciation([rig(placed=date(2002, 3, 1), section_179=usd("500"))], 2025, LAW, "KY", None)


def test_a_rig_sold_has_the_basis_that_each_law_left_it() -> None:
    """Sold in its third year: 4,616 deducted federally with 80 percent of bonus, 3,080 by the table alone."""
    sold = rig(cost="5000", placed=date(2023, 3, 1), disposed=date(2025, 6, 1))
    told = beside("GA", [sold, rig()], 2025)
    assert told.gain_difference == usd("3080") - usd("4616")
    assert beside("GA", [sold], 2026).gain_difference == 0
    with pytest.raises(UnknownFigureError, match="other equipment"):
        gain_difference(depreciate([sold], 2025, LAW, None), depreciate([rig()], 2025, LAW, None))


def test_pennsylvania_takes_a_straight_line_where_the_bonus_was_taken_and_the_table_where_it_was_not() -> None:
    """Half of a fifth of 10,000 in the first year, a fifth in the second; 20 and 32 percent of the other rig."""
    assets = [rig(), rig("b", bonus="none"), rig("c", placed=date(2026, 2, 1))]
    assert beside("PA", assets, 2025).own == usd("1000") + usd("2000")
    assert beside("PA", assets, 2026).own == usd("2000") + usd("3200") + usd("1000")
    lines = {each.line: each.amount for each in beside("PA", assets, 2025).lines}
    assert (lines["14"], lines["19b"], lines["22"]) == (usd("0"), usd("3000"), usd("3000"))
    years = [own_depreciation([rig()], year, LAW, "PA", None).total for year in range(2025, 2031)]
    assert sum(years, usd("0")) == 10_000


def test_pennsylvanias_section_179_was_25_000_before_2023() -> None:
    old = rig(cost="60000", placed=date(2022, 3, 1), section_179=usd("60000"))
    assert own_depreciation([old], 2022, LAW, "PA", None).section_179 == usd("25000")
    new = rig(cost="60000", section_179=usd("60000"))
    assert own_depreciation([new], 2025, LAW, "PA", None).section_179 == usd("60000")


def test_north_carolina_adds_85_percent_back_and_gives_a_fifth_of_it_in_each_of_five_years() -> None:
    """18,000 of bonus and 35,000 of section 179 above 25,000: 45,050; 4,000 of 2023 bring back 680 a year."""
    assets = [rig("a", "18000"), rig("b", "60000", section_179=usd("60000"))]
    made, own = depreciate(assets, 2025, LAW, None), own_depreciation(assets, 2025, LAW, "NC", None)
    this = SpreadYear(year=2025, bonus=made.bonus, section_179=made.section_179, own_section_179=own.section_179)
    earlier = SpreadYear(year=2023, bonus=usd("4000"))
    told = spread(made.total, [this, earlier], 2025, LAW, "NC")
    assert (told.federal, told.added, told.spread_in) == (usd("78000"), usd("45050"), usd("680"))
    assert [each.amount for each in told.lines] == [usd(each) for each in ("3400", "45050", "45050", "680")]
    after = [spread(usd("0"), [earlier], year, LAW, "NC").spread_in for year in range(2023, 2030)]
    assert after == [usd("0"), *[usd("680")] * 5, usd("0")]


def test_five_sixths_are_exact() -> None:
    """Ohio's part is no finite decimal: 5/6 of 12,000 is 10,000, and a fifth of that 2,000."""
    law = law_with({"bonus_added_back": ("factors", "[5, 6]"), "spread_years": ("years", "5")})
    years = [SpreadYear(year=2025, bonus=usd("12000"))]
    assert spread(usd("12000"), years, 2025, law, STATE).added == usd("10000")
    assert spread(usd("0"), years, 2026, law, STATE).spread_in == usd("2000")


def test_who_differs_at_all() -> None:
    own = [state for state in ("CO", "GA", "KY", "NC", "PA", "TX") if differs(LAW, state, 2025)]
    assert own == ["GA", "KY", "NC", "PA"]
    assert [state for state in own if is_spread(LAW, state, 2025)] == ["NC"]
    assert own_depreciation([rig()], 2025, LAW, "CO", None).total == depreciate([rig()], 2025, LAW, None).total
