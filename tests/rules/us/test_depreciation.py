"""Section 179, bonus and MACRS, by the statute's words at their edges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.rules.errors import CaseRefusedError, UnknownFigureError
from lotwork.rules.figures import Figure
from lotwork.rules.load import Law
from lotwork.rules.us.asset import Asset179
from lotwork.rules.us.bonus import bonus_rate
from lotwork.rules.us.convention import Convention, declining_percents
from lotwork.rules.us.depreciation import YearDepreciation, depreciate
from lotwork.rules.us.form_4562 import section_179_limit
from tests.rules.us.law import LAW, usd


def rig(cost: str = "10000", placed: date = date(2026, 3, 1), **facts: Any) -> Asset179:
    told: dict[str, Any] = {"name": "rig", "acquired": placed, "bonus": "none"} | facts
    return Asset179(cost=usd(cost), placed_in_service=placed, **told)


def year(number: int, *assets: Asset179, income: str | None = None, carried: str = "0") -> YearDepreciation:
    limit = None if income is None else usd(income)
    return depreciate(assets, number, LAW, limit, section_179_carried_in=usd(carried))


def macrs(number: int, *assets: Asset179) -> list[Decimal]:
    return [each.macrs for each in year(number, *assets).assets]


def test_a_rig_is_deducted_over_six_tax_years_from_the_year_it_is_placed_in_service() -> None:
    """Pub. 946 Table A-1, 5-year property."""
    asset = rig(placed=date(2024, 6, 30), acquired=date(2023, 12, 1))
    assert [sum(macrs(each, asset)) for each in range(2023, 2031)] == [0, 2000, 3200, 1920, 1152, 1152, 576, 0]
    assert year(2029, asset).assets[0].remaining_basis == 0


def test_the_order_is_section_179_then_bonus_then_macrs() -> None:
    asset = rig(acquired=date(2024, 12, 1), section_179=usd("4000"), bonus="auto")
    (made,) = year(2026, asset).assets
    assert made.section_179 == 4_000
    assert made.bonus == 1_200  # 20 percent of 6,000: under contract before 2025-01-20, in service in 2026
    assert made.macrs == 960  # 20 percent of the 4,800 that are left
    assert made.total == made.accumulated == 6_160
    assert made.remaining_basis == 3_840
    assert year(2026, asset).total == 6_160


@pytest.mark.parametrize(
    ("contract", "placed", "rate"),
    [
        (date(2025, 1, 19), date(2025, 6, 1), "0.40"),
        (date(2025, 1, 20), date(2025, 6, 1), "1.00"),
        (date(2025, 1, 19), date(2026, 2, 1), "0.20"),
        (date(2025, 1, 19), date(2027, 2, 1), "0"),
        (date(2024, 5, 1), date(2024, 6, 1), "0.60"),
        (date(2023, 5, 1), date(2023, 6, 1), "0.80"),
        (date(2022, 5, 1), date(2022, 6, 1), "1"),
        (date(2018, 1, 1), date(2018, 1, 1), "1"),
        (date(2021, 5, 1), date(2021, 12, 31), "1"),
        (date(2026, 5, 1), date(2026, 6, 1), "1"),
    ],
)
def test_bonus_goes_by_the_day_of_the_contract(contract: date, placed: date, rate: str) -> None:
    """P.L. 119-21 s.70301: acquired after 2025-01-19."""
    assert bonus_rate(rig(placed=placed, acquired=contract, bonus="auto"), LAW)[0] == Decimal(rate)


def test_forty_percent_may_be_elected_in_the_first_year_only() -> None:
    first = rig(placed=date(2025, 6, 1), acquired=date(2025, 2, 1), bonus=Decimal("0.4"))
    assert bonus_rate(first, LAW)[0] == Decimal("0.4")
    later = rig(placed=date(2026, 6, 1), acquired=date(2025, 2, 1), bonus=Decimal("0.4"))
    with pytest.raises(CaseRefusedError, match="no rate that may be elected"):
        bonus_rate(later, LAW)
    with pytest.raises(CaseRefusedError, match=r"bonus 0\.5"):
        bonus_rate(rig(placed=date(2024, 6, 1), bonus=Decimal("0.5")), LAW)
    assert bonus_rate(rig(placed=date(2024, 6, 1), bonus=Decimal(0)), LAW)[0] == 0


def test_a_building_has_no_bonus() -> None:
    assert bonus_rate(rig(recovery_class="39", bonus="auto"), LAW)[0] == 0


def test_exactly_40_percent_in_the_last_quarter_is_half_year_and_a_dollar_more_is_mid_quarter() -> None:
    """26 U.S.C. 168(d)(3)(A): "exceed 40 percent"."""
    early, late = rig("6000"), rig("4000", placed=date(2026, 10, 1))
    assert [str(each.convention) for each in year(2026, early, late).assets] == ["half-year", "half-year"]
    early, late = rig("6000"), rig("4001", placed=date(2026, 10, 1))
    assert [str(each.convention) for each in year(2026, early, late).assets] == ["mid-quarter Q1", "mid-quarter Q4"]
    assert macrs(2026, early, late) == [2_100, usd("200.05")]


def test_the_mid_quarter_test_looks_at_basis_after_section_179_but_before_bonus() -> None:
    """Treas. Reg. 1.168(d)-1(b)(4)."""
    early = rig("6000", bonus="auto")
    late = rig("6000", placed=date(2026, 12, 1), section_179=usd("2000"))
    assert str(year(2026, early, late).assets[0].convention) == "half-year"
    late = rig("6000", placed=date(2026, 12, 1), bonus="auto")
    assert str(year(2026, early, late).assets[0].convention) == "mid-quarter Q1"


def test_what_left_in_its_first_year_is_not_depreciated_nor_counted_in_the_test() -> None:
    """Treas. Reg. 1.168(d)-1(b)(3)(ii)."""
    stays = rig("1000")
    left = rig("9000", placed=date(2026, 11, 1), disposed=date(2026, 12, 1), bonus="auto")
    made = year(2026, stays, left).assets
    assert str(made[0].convention) == "half-year"
    assert made[1].total == 0
    assert made[1].remaining_basis == 9_000


def test_a_later_year_keeps_the_convention_of_the_year_in_service() -> None:
    late = rig("10000", placed=date(2024, 11, 1))
    assert [sum(macrs(each, late)) for each in range(2024, 2030)] == [500, 3800, 2280, 1368, 1094, 958]


@pytest.mark.parametrize(
    ("disposed", "second_year"),
    [(date(2027, 2, 1), "475"), (date(2027, 5, 1), "1425"), (date(2027, 8, 1), "2375"), (date(2027, 11, 1), "3325")],
)
def test_a_mid_quarter_asset_leaves_in_the_middle_of_a_quarter(disposed: date, second_year: str) -> None:
    asset = rig("10000", placed=date(2026, 11, 1), disposed=disposed)
    assert macrs(2027, asset) == [usd(second_year)]
    assert macrs(2028, asset) == [0]


def test_a_half_year_asset_has_half_of_its_amount_in_the_year_it_leaves() -> None:
    asset = rig("10000", disposed=date(2028, 1, 2))
    assert macrs(2028, asset) == [960]
    assert year(2029, asset).assets[0].accumulated == 2_000 + 3_200 + 960


def test_in_the_last_year_the_recovery_period_has_ended_by_the_deemed_disposal() -> None:
    assert macrs(2031, rig("10000", disposed=date(2031, 2, 1))) == [576]
    early_left = rig("10000", placed=date(2026, 11, 1), disposed=date(2031, 2, 1))
    assert macrs(2031, early_left) == [958 * Decimal("0.125") / Decimal("0.875")]


def test_section_179_is_limited_and_falls_dollar_for_dollar() -> None:
    assert section_179_limit(usd("4090000"), LAW, 2026)[0] == 2_560_000
    assert section_179_limit(usd("4090001"), LAW, 2026)[0] == 2_559_999
    assert section_179_limit(usd("9000000"), LAW, 2026)[0] == 0
    big = rig("3000000", section_179=usd("3000000"))
    (made,) = year(2026, big).assets
    assert made.section_179 == 2_560_000
    assert made.macrs == 440_000 * Decimal("0.20")


def test_elections_above_the_limit_are_cut_in_the_order_given() -> None:
    first, second = (rig("2000000", section_179=usd("2000000")) for _ in range(2))
    assert [each.section_179 for each in year(2026, first, second).assets] == [2_000_000, 560_000]


def test_section_179_waits_for_business_income() -> None:
    """26 U.S.C. 179(b)(3): the basis falls at once, the deduction waits."""
    made = year(2026, rig("10000", section_179=usd("10000")), income="6000")
    assert [made.section_179, made.section_179_carryforward] == [6_000, 4_000]
    assert made.assets[0].remaining_basis == 0
    nothing = year(2026, rig("10000", section_179=usd("10000")), income="-500", carried="100")
    assert [nothing.section_179, nothing.section_179_carryforward] == [0, 10_100]


def test_a_carryover_is_deducted_in_a_later_year_without_any_election() -> None:
    made = year(2026, rig("10000", placed=date(2025, 3, 1)), income="9000", carried="4000")
    assert [made.section_179, made.section_179_carryforward, made.macrs] == [4_000, 0, 3_200]
    assert made.total == 7_200


def test_only_the_business_share_is_depreciated() -> None:
    assert macrs(2026, rig("10000", business_share=Decimal("0.6"))) == [1_200]


def test_a_figure_of_an_unknown_year_is_missed_only_where_it_is_needed() -> None:
    old = rig(placed=date(2019, 5, 1))
    assert macrs(2023, old) == [1_152]
    with pytest.raises(UnknownFigureError, match="bonus_phase_down"):
        year(2023, rig(placed=date(2017, 12, 31), bonus="auto"))
    with pytest.raises(UnknownFigureError, match="section_179_limit"):
        year(2023, rig(placed=date(2017, 5, 1), section_179=usd("1")))
    assert macrs(2023, rig(placed=date(2022, 5, 1), bonus="auto")) == [0]


def test_software_is_straight_line_over_36_months() -> None:
    """26 U.S.C. 167(f)(1)."""
    asset = rig("3600", placed=date(2024, 4, 20), recovery_class="software")
    assert [sum(macrs(each, asset)) for each in range(2024, 2029)] == [900, 1200, 1200, 300, 0]
    sold = rig("3600", placed=date(2024, 4, 20), recovery_class="software", disposed=date(2025, 7, 9))
    assert macrs(2025, sold) == [600]


def test_a_building_is_straight_line_by_the_middle_of_the_month() -> None:
    """26 U.S.C. 168(c), (d)(2); Pub. 946 Table A-7a: 2.461 percent for January, 0.107 for December."""
    assert round(macrs(2026, rig("100000", placed=date(2026, 1, 5), recovery_class="39"))[0]) == 2_457
    assert round(macrs(2026, rig("100000", placed=date(2026, 12, 5), recovery_class="39"))[0]) == 107
    assert round(macrs(2027, rig("100000", placed=date(2026, 12, 5), recovery_class="39"))[0]) == 2_564
    sold = rig("46800", placed=date(2026, 1, 5), recovery_class="39", disposed=date(2028, 3, 30))
    assert macrs(2028, sold) == [250]


def test_every_line_of_form_4562_is_cited() -> None:
    assets = (rig(section_179=usd("100"), bonus="auto"), rig(recovery_class="software"), rig(placed=date(2025, 2, 1)))
    made = year(2026, *assets)
    refs = {line.ref: line for line in made.lines}
    assert {f"Form 4562 line {number}" for number in ("12", "13", "14", "16", "17", "19b", "22")} <= set(refs)
    assert all(line.cites for line in made.lines)
    assert refs["Form 4562 line 22"].amount == made.total
    assert all("Pub. 946" in " ".join(each.cites) for each in made.assets if each.asset.recovery_class == "5")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"cost": "0"}, "more than 0"),
        ({"business_share": Decimal("1.2")}, "between 0 and 1"),
        ({"acquired": date(2026, 3, 2)}, "after it was placed"),
        ({"disposed": date(2026, 2, 1)}, "before it was placed"),
        ({"section_179": usd("10001")}, "at most its business basis"),
        ({"section_179": usd("1"), "recovery_class": "39"}, "no section 179 property"),
        ({"section_179": usd("1"), "business_share": Decimal("0.5")}, "more than half"),
        ({"section_179": usd("1"), "disposed": date(2026, 9, 1)}, "one year"),
    ],
)
def test_an_impossible_asset_is_refused_by_its_rule(facts: dict[str, Any], told: str) -> None:
    with pytest.raises(CaseRefusedError, match=told):
        rig(**facts)


@settings(max_examples=60)
@given(
    cost=st.integers(1, 1_000_000),
    month=st.integers(1, 12),
    recovery_class=st.sampled_from(["3", "5", "7", "15", "software"]),
    bonus=st.sampled_from(["auto", "none"]),
    expensed=st.integers(0, 100),
)
def test_the_whole_basis_is_deducted_in_the_end(
    cost: int, month: int, recovery_class: str, bonus: str, expensed: int
) -> None:
    asset = rig(
        str(cost),
        placed=date(2024, month, 1),
        recovery_class=recovery_class,
        bonus=bonus,
        section_179=Decimal(cost) * expensed / 100,
    )
    assert abs(year(2040, asset).assets[0].remaining_basis) < Decimal("0.000001")


# shares of later years, improvements, the minimum tax


@pytest.mark.parametrize(
    ("recovery_class", "quarter", "percents"),
    [
        ("5", None, "15.00 25.50 17.85 16.66 16.66 8.33"),
        ("7", None, "10.71 19.13 15.03 12.25 12.25 12.25 12.25 6.13"),
        ("3", None, "25.00 37.50 25.00 12.50"),
        ("5", 1, "26.25 22.13 16.52 16.52 16.52 2.06"),
    ],
)
def test_the_declining_balance_of_the_minimum_tax_is_that_of_the_tables(
    recovery_class: str, quarter: int | None, percents: str
) -> None:
    """Pub. 946, Tables A-14 and A-15, 150 percent declining balance."""
    convention = Convention("mid-quarter" if quarter else "half-year", quarter)
    assert list(declining_percents(recovery_class, convention, Decimal("1.5"))) == [
        Decimal(each) for each in percents.split()
    ]


@pytest.mark.parametrize("recovery_class", ["3", "5", "7"])
@pytest.mark.parametrize("quarter", [None, 1, 2, 3, 4])
def test_the_tables_on_file_are_200_percent_declining_balance(recovery_class: str, quarter: int | None) -> None:
    """The same formula with 2 instead of 1.5 gives the tables of the regular tax, to the last digit's rounding."""
    table = "half_year" if quarter is None else f"mid_quarter_{quarter}"
    filed = LAW.in_year(f"us/depreciation/table_{table}", 2025).percents(recovery_class)
    made = declining_percents(recovery_class, Convention("", quarter), Decimal(2))
    assert all(abs(ours - theirs) <= Decimal("0.02") for ours, theirs in zip(made, filed, strict=True))


@pytest.mark.parametrize("placed", [date(2024, 3, 1), date(2025, 11, 1)])
@pytest.mark.parametrize("bonus", ["none", "auto"])
@pytest.mark.parametrize("recovery_class", ["3", "5", "7", "15", "qip", "software", "39"])
def test_all_years_together_deduct_the_basis(recovery_class: Any, bonus: Any, placed: date) -> None:
    asset = rig(placed=placed, recovery_class=recovery_class, bonus=bonus, acquired=date(2024, 2, 1))
    years = [year(each, asset).assets[0] for each in range(placed.year, placed.year + 41)]
    assert sum(each.total for each in years) == pytest.approx(10_000, abs=Decimal("0.000001"))
    assert sum(each.bonus + each.amt_macrs for each in years) == pytest.approx(10_000, abs=Decimal("0.000001"))


@given(
    shares=st.lists(
        st.tuples(st.integers(2025, 2032), st.sampled_from(["0", "0.2", "0.5", "0.51", "0.9", "1"])), max_size=4
    ),
    first=st.sampled_from(["0", "0.4", "0.6", "1"]),
    bonus=st.sampled_from(["none", "auto"]),
)
@settings(max_examples=60)
def test_a_share_that_changes_never_deducts_more_than_all_business_would(
    shares: list[tuple[int, str]], first: str, bonus: Any
) -> None:
    uses = tuple(sorted({since: Decimal(share) for since, share in shares}.items()))
    asset = rig(placed=date(2024, 3, 1), bonus=bonus, business_share=Decimal(first), uses=uses)
    for each in range(2024, 2033):
        (made,) = year(each, asset).assets
        assert made.macrs >= 0
        assert 0 <= made.accumulated <= made.all_business + Decimal("0.000001") <= asset.cost + Decimal("0.000002")


def test_a_year_of_ten_thousand_rigs_takes_one_mid_quarter_test() -> None:
    """Each rig of a year was once tested against all others of it: time grew with the square of the farm."""
    asked = []

    class Counting(Law):
        def figure(self, path: str, on: date) -> Figure:
            if path.endswith("mid_quarter_threshold"):
                asked.append(path)
            return super().figure(path, on)

    law = Counting({topic: LAW.content(topic) or b"" for topic in LAW.topics()})
    rigs = [rig(name=str(number)) for number in range(300)]
    depreciate(rigs, 2026, law, None)
    assert len(asked) == 301  # the test of the year, and the citation on each rig


@pytest.mark.parametrize(("number", "when"), [("19i", 2024), ("19j", 2025)])
def test_buildings_moved_down_a_line_when_line_19h_became_50_year_property(number: str, when: int) -> None:
    """Form 4562 of 2025."""
    made = year(
        when, rig(placed=date(when, 3, 1), recovery_class="39"), rig(placed=date(when, 3, 1), recovery_class="qip")
    )
    assert [each.line for each in made.lines] == ["14", "17", "19e", number, "22"]


def test_software_stays_on_line_16_in_every_year() -> None:
    made = year(2027, rig("3600", date(2025, 5, 1), recovery_class="software"))
    assert {each.line: each.amount for each in made.lines} == {"14": 0, "16": 1_200, "17": 0, "22": 1_200}


@pytest.mark.parametrize(
    ("when", "limit", "start"),
    [(2018, "1,000,000", "2,500,000"), (2019, "1,020,000", "2,550,000"), (2020, "1,040,000", "2,590,000"),
     (2021, "1,050,000", "2,620,000"), (2022, "1,080,000", "2,700,000")],
)  # fmt: skip
def test_the_limits_of_the_years_before_2023_are_known_for_what_still_waits(when: int, limit: str, start: str) -> None:
    assert section_179_limit(usd(start), LAW, when)[0] == usd(limit)
    assert section_179_limit(usd(start) + 1, LAW, when)[0] == usd(limit) - 1


def test_part_one_shows_every_line_to_the_carryover() -> None:
    made = year(2026, rig("4,100,000", section_179=usd("2,560,000")), income="2,000,000")
    told = {each.line: each.amount for each in made.lines}
    assert [told[number] for number in ("1", "2", "3", "4", "5")] == [
        2_560_000,
        4_100_000,
        4_090_000,
        10_000,
        2_550_000,
    ]
    assert [told[number] for number in ("6: rig", "8", "9", "10", "11", "12", "13")] == [
        2_560_000, 2_560_000, 2_550_000, 0, 2_000_000, 2_000_000, 550_000,
    ]  # fmt: skip
