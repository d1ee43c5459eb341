"""The second Form 4562 of a book's rigs, and what North Carolina adds back and lets come back, reckoned by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.units import CENT, MICROS
from lotwork.rules.load import Law
from tests.projections.house import receipt
from tests.projections.states.miner import BOTH, LAW, MINED, RIG, SOLD, codes, facts, me, moved, on, state_of

GA, NC = me(state="GA"), me(state="NC")


def test_georgia_follows_no_bonus_and_keeps_a_basis_of_its_own_to_the_sale() -> None:
    """Work it out: the federal return deducts the 50,000 of the rig in 2025 (100 percent, 168(k)).

    Georgia: 200 percent declining balance over five years, half a year first: 10,000 in 2025 and 8,000 in 2026, half of
    16,000 for the year of sale, so that 32,000 are left. Federal AGI is 50,000 less half of 7,064.775 in 2025. In 2026
    it is 60,000 and the gain of 20,000 less half of 8,477.73; Georgia's is a loss of 12,000. 5.19 and 4.99 percent
    (HB 111, HB 463) of what is above 12,000 and 15,000.
    """
    first, second = state_of(2025, GA, *BOTH), state_of(2026, GA, *BOTH)
    assert on(first, "Federal adjusted gross income") == Decimal("46467.61")
    assert on(first, "Federal depreciation above the state's") == 40_000
    assert on(first, "Taxable income of the state") == Decimal("74467.61")
    assert first.tax.quantize(CENT) == Decimal("3864.87")
    assert on(second, "Federal adjusted gross income") == Decimal("75761.14")
    assert on(second, "Depreciation of the state above the federal one") == 8_000
    assert on(second, "Gain on what was sold, less by the state's basis") == 32_000
    assert second.tax.quantize(CENT) == Decimal("1035.98")
    assert first.depreciation is not None
    assert second.depreciation is not None
    assert [each[2:] for each in (*first.depreciation.rigs, *second.depreciation.rigs)] == [
        (50_000 * MICROS, 10_000 * MICROS, 0, 40_000 * MICROS, None, None),
        (0, 8_000 * MICROS, 0, 0, 20_000 * MICROS, -12_000 * MICROS),
    ]


def test_north_carolina_adds_85_percent_back_and_lets_it_come_back_over_five_years() -> None:
    """Work it out: 85 percent of 50,000 is 42,500 more in 2025, and a fifth of it, 8,500, less in 2026 (105-153.6).

    The basis stays the federal one, so that the sale is no difference. 4.25 and 3.99 percent of what is above 12,750.
    """
    first, second = state_of(2025, NC, *BOTH), state_of(2026, NC, *BOTH)
    assert on(first, "Federal depreciation above the state's") == 42_500
    assert first.tax.quantize(CENT) == Decimal("3239.25")
    assert on(second, "Depreciation added back in earlier years, this year's part") == 8_500
    assert second.tax.quantize(CENT) == Decimal("2174.99")
    assert second.depreciation is not None
    assert second.depreciation.told.gain_difference == 0


def test_what_is_expensed_above_the_states_own_limit_is_spread_with_the_bonus() -> None:
    """Section 179 of 30,000 is 5,000 above North Carolina's 25,000; the other 20,000 are bonus: 85 percent of both."""
    told = state_of(2025, NC, *MINED, RIG | {"section_179_usd": "30000"})
    assert on(told, "Federal depreciation above the state's") == Decimal("21250.00")
    assert told.depreciation is not None
    (year,) = told.depreciation.years
    assert [year.bonus, year.section_179, year.own_section_179] == [20_000, 30_000, 25_000]


@pytest.mark.parametrize(("state", "part", "of_2024"), [("NC", Decimal("0.85"), 0), ("OH", Decimal(5) / 6, 25_000)])
def test_the_states_limit_is_held_against_what_was_deducted_federally_and_the_federal_basis_stays(
    state: str, part: Decimal, of_2024: int
) -> None:
    """N.C.G.S. 105-153.6(c): "the amount by which the expense deduction exceeds the dollar and investment limitations".

    The rig of 2024 was expensed up to that year's income and, in North Carolina, above the state's investment limit.
    What waited is deducted in 2025 with 60,000 more; 25,000 of that year's is within the limit, whatever its income.
    """
    own = {"bonus": "none"}
    old, new = (
        RIG | own | {
            "id": name, "equipment": name, "at": f"{day}T12:00:00Z", "acquired": day, "placed_in_service": day,
            "cost_usd": cost, "section_179_usd": elected,
        }
        for name, day, cost, elected in (
            ("S19", "2024-06-01", "300000", "150000"),
            ("S21", "2025-11-15", "60000", "60000"),
        )
    )  # fmt: skip
    mined = tuple(receipt(f"mined {year}", f"{year}-03-01", "2", "50000") for year in (2024, 2025))
    told = state_of(2025, me(state=state), *mined, old, new)
    assert told.depreciation is not None
    before, now = told.depreciation.years
    assert [before.section_179, before.own_section_179] == [70_000, of_2024]
    assert [now.section_179, now.own_section_179] == [52_000, 25_000]
    own_part = told.depreciation.told
    assert own_part.federal - own_part.own == pytest.approx(27_000 * part)
    assert own_part.spread_in == pytest.approx((70_000 - of_2024) * part / 5)


@pytest.mark.parametrize(
    ("elected", "mined", "more", "deducted", "within"),
    [
        ("60000", "52000", (), 20_000, 20_000),
        ("120000", "40000", (), 80_000, 25_000),
        ("60000", "52000", (RIG | {"id": "new", "at": "2026-02-02T12:00:00Z", "equipment": "S23", "cost_usd": "215000",
                                   "acquired": "2026-02-01", "placed_in_service": "2026-02-02", "bonus": "none"},),
         20_000, 10_000),
        ("0", "90000", (facts(2026, section_179_carryforward_usd="18000"),), 18_000, 18_000),
    ],
)  # fmt: skip
def test_what_waited_for_income_is_within_the_states_limit_though_nothing_is_elected_in_the_year(
    elected: str, mined: str, more: tuple[dict[str, Any], ...], deducted: int, within: int
) -> None:
    """N.C.G.S. 105-153.6(c): 25,000 of 2026, less what was placed in service above 200,000, whenever it was elected."""
    rig = RIG | {"cost_usd": "120000", "section_179_usd": elected, "bonus": "none"}
    years = (receipt("of 2025", "2025-03-01", "1", mined), receipt("of 2026", "2026-03-01", "1", "300000"))
    told = state_of(2026, NC, *years, rig, *more)
    assert told.depreciation is not None
    now = told.depreciation.years[-1]
    assert [now.year, now.section_179.quantize(CENT), now.own_section_179.quantize(CENT)] == [2026, deducted, within]


@pytest.mark.parametrize(
    ("state", "carried", "found"),
    [("GA", "18000", True), ("CA", "18000", True), ("PA", "18000", True), ("GA", "0", False), ("NC", "18000", False),
     ("CO", "18000", False)],
)  # fmt: skip
def test_what_was_carried_in_from_before_the_book_is_told_of_the_federal_returns_alone(
    state: str, carried: str, found: bool
) -> None:
    """A state that keeps the federal basis, or depreciates as federal, has no carryforward of its own."""
    told = state_of(2025, me(state=state), *MINED, facts(2025, section_179_carryforward_usd=carried))
    assert ("state_carryforward_untold" in codes(told)) is found


@pytest.mark.parametrize("bonus", ["auto", "0.4"])
def test_a_rate_of_bonus_that_was_elected_is_none_of_georgias(bonus: str) -> None:
    """40 percent may be elected for 2025 (168(k)(10)): 20,000, and 6,000 of the rest; Georgia deducts 10,000 anyhow."""
    told = state_of(2025, GA, *MINED, RIG | {"bonus": bonus})
    assert told.depreciation is not None
    assert told.depreciation.told.own == 10_000
    assert told.depreciation.told.federal == (50_000 if bonus == "auto" else 26_000)


def test_an_election_of_40_percent_is_none_of_georgias_either() -> None:
    election = {"kind": "election", "id": "e", "at": "2026-02-01T12:00:00Z", "from": "2025-01-01", "method": "bonus_40"}
    told = state_of(2025, GA, *MINED, RIG, election)
    assert told.depreciation is not None
    assert [told.depreciation.told.federal, told.depreciation.told.own] == [26_000, 10_000]


def test_a_rig_without_bonus_is_no_difference() -> None:
    told = state_of(2025, GA, *MINED, RIG | {"bonus": "none"})
    assert told.depreciation is not None
    assert told.depreciation.told.added == 0
    assert told.tax.quantize(CENT) == state_of(2025, GA, *MINED, RIG | {"bonus": "none", "note": "x"}).tax.quantize(
        CENT
    )


def test_each_spouse_has_a_form_of_the_state() -> None:
    theirs = receipt("hers", "2025-04-01", "1", "80000", wallet="hers")
    wallet = {"kind": "wallet", "id": "w", "at": "2025-01-01T00:00:00Z", "wallet": "hers", "owner": "spouse"}
    other = RIG | {"id": "other", "equipment": "S19", "cost_usd": "20000", "owner": "spouse"}
    told = state_of(2025, me(state="GA", filing_status="mfj"), *MINED, wallet, theirs, RIG, other)
    assert told.depreciation is not None
    own = told.depreciation.told
    assert [own.federal, own.own, own.spouse_federal, own.spouse_own] == [70_000, 14_000, 20_000, 4_000]
    assert {"GA Form 4562", "GA Form 4562 (spouse)"} <= {each.line.form for each in told.lines}
    assert on(told, "Federal depreciation above the state's") == 56_000


def test_a_hobby_has_no_depreciation_in_any_state() -> None:
    for state in ("GA", "NC"):
        told = state_of(2025, me(state=state, activity="hobby"), *MINED, RIG)
        assert told.depreciation is not None
        assert [told.depreciation.told.federal, told.depreciation.told.own] == [0, 0]


def test_what_another_state_added_back_does_not_come_back_here() -> None:
    """The 42,500 of 2025 were added to North Carolina's income; who lived in Texas then has nothing to come back."""
    told = state_of(2026, me(state="TX"), moved("2026-01-01", state="NC"), *MINED, RIG)
    assert told.depreciation is not None
    assert told.depreciation.told.spread_in == 0
    assert [year.year for year in told.depreciation.years] == [2026]


def test_a_rig_of_a_year_in_another_state_is_asked_about() -> None:
    lines = (me(state="NC"), moved("2026-01-01", state="GA"), *MINED, RIG)
    told = state_of(2026, *lines)
    assert "rig_of_another_state" in codes(told)
    assert "rig_of_another_state" not in codes(state_of(2025, *lines))
    gone = state_of(2026, *lines, RIG | {"id": "old", "equipment": "old", "placed_in_service": "2026-02-01"}, SOLD)
    assert codes(gone).count("rig_of_another_state") == 1


def test_what_came_back_of_a_part_of_a_year_is_asked_about() -> None:
    told = state_of(2026, me(state="GA"), moved("2025-07-01", state="NC"), *MINED, RIG)
    assert told.depreciation is not None
    assert told.depreciation.told.spread_in == 8_500
    assert "add_back_of_part_year" in codes(told)


def test_every_line_rests_on_the_events_of_the_federal_one_it_comes_from() -> None:
    told = state_of(2025, GA, *BOTH)
    behind = {each.line.label: each.because for each in told.lines}
    assert set(behind["Federal adjusted gross income"]) == {"mined 2025", "rig"}
    assert behind["5-year property"] == behind["Federal depreciation above the state's"] == ("rig",)
    assert set(behind["Tax after credits"]) == {"mined 2025", "rig"}


@pytest.mark.parametrize(("placed", "back"), [(2012, 0), (2019, 0), (2020, 8_500), (2024, 5_100)])
def test_what_was_added_back_comes_back_in_the_five_years_after_and_no_longer(placed: int, back: int) -> None:
    """50,000 at 100 percent of bonus in 2020, at 60 in 2024: 85 percent of it, a fifth of that a year."""
    rig = RIG | {"acquired": f"{placed}-02-01", "placed_in_service": f"{placed}-02-02"}
    told = state_of(2025, NC, *MINED, rig)
    assert told.depreciation is not None
    assert told.depreciation.told.spread_in == back


def test_a_state_that_goes_with_the_federal_law_has_no_form_of_its_own() -> None:
    told = state_of(2025, me(state="CO"), *MINED, RIG)
    assert told.depreciation is not None
    assert [told.depreciation.told.federal, told.depreciation.told.own] == [50_000, 50_000]
    assert not told.depreciation.rigs
    assert not told.depreciation.told.lines


def test_pennsylvania_takes_a_straight_line_for_what_had_the_bonus() -> None:
    """Work it out: five years, half a year first: 5,000 in 2025, and half of 10,000 in 2026, the year of sale.

    40,000 are left, so that the sale for 20,000 is a loss of 20,000, where the federal one is a gain of 20,000. A rig
    of seven years that was elected out of the bonus goes by the federal table: 14.29 percent of 10,000.
    """
    out = RIG | {"id": "out", "equipment": "S19", "cost_usd": "10000", "bonus": "none", "class": "7"}
    pa = me(state="PA")
    first, second = state_of(2025, pa, *BOTH), state_of(2026, pa, *BOTH)
    assert first.depreciation is not None
    assert second.depreciation is not None
    assert [first.depreciation.told.own, second.depreciation.told.own] == [5_000, 5_000]
    assert second.depreciation.told.gain_difference == -40_000
    assert first.tax == Decimal("0.0307") * 95_000
    both = state_of(2025, pa, *BOTH, out).depreciation
    assert both is not None
    assert {each.id: each.own_usd_micros for each in both.rigs} == {"rig": 5_000 * MICROS, "out": 1_429 * MICROS}
    assert both.told.own == 6_429
    assert {each.label: each.amount for each in both.told.lines}["Depreciation and section 179"] == 6_429


@pytest.mark.parametrize(("placed", "reckoned"), [(2018, True), (2020, False), (2022, True)])
def test_what_a_state_gave_a_rig_is_asked_while_it_is_depreciated_and_no_longer(placed: int, reckoned: bool) -> None:
    """Five years, half a year first: a rig of 2018 is deducted whole in 2023, one of 2020 in 2025."""
    told_from = (b"from = 2003-01-01, value = 0,", b"from = 2022-01-01, value = 0,")
    files = dict(LAW.files) | {"us/states/ga": LAW.files["us/states/ga"].replace(*told_from)}
    assert files["us/states/ga"] != LAW.files["us/states/ga"]
    rig = RIG | {"acquired": f"{placed}-02-01", "placed_in_service": f"{placed}-02-02"}
    told = state_of(2025, GA, *MINED, rig, law=Law(files))
    assert (told.computed is not None) is reckoned
    assert ("state_year_unknown" in codes(told)) is not reckoned
