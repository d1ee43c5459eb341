"""What a state's return lacks is said exactly where it applies, with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.rules.us.form_4797 import BusinessSale
from lotwork.rules.us.states.case import StateDepreciation
from tests.rules.us.law import usd
from tests.rules.us.states.made import federal, line_of, of_state


@pytest.mark.parametrize(
    ("state", "more", "words"),
    [
        ("GA", {"aged": 1}, "retirement income exclusion"),
        ("GA", {"nol_carryover": 5_000}, "Form 500 line 15b"),
        ("GA", {"itemized_deductions": 40_000}, "line 19"),
        ("NC", {"nol_carryover": 5_000}, "105-153.5A"),
        ("KY", {"status": "mfj"}, "divide their income"),
        ("CO", {"itemized_deductions": 40_000}, "DR 0104 line 2"),
        ("PA", {"hobby_income": 900}, "Coins of a hobby"),
        ("PA", {"other_ordinary_income": 900}, "named classes alone"),
        ("PA", {"status": "mfj", "spouse_schedule_c_net": 900}, "Each spouse's profit stands alone"),
        ("WA", {"long_term_carryover": 900}, "loss carried in only so far"),
        ("NC", {"status": "mfs"}, "where the spouse itemizes"),
        ("NH", {"schedule_c_net": 200_000}, "business profits tax of 7.5 percent"),
        ("NH", {"status": "mfj", "spouse_schedule_c_net": -1}, "business profits tax of 7.5 percent"),
        ("WA", {"status": "mfs", "long_term_net": 1}, "one standard deduction between them"),
    ],
)
def test_a_gap_is_told_where_it_applies_and_not_where_it_does_not(state: str, more: dict[str, Any], words: str) -> None:
    plain = of_state(state, federal(wages=90_000))
    assert not any(words in each for each in plain.not_covered)
    assert any(words in each for each in of_state(state, federal(wages=90_000, **more)).not_covered)


@pytest.mark.parametrize("state", ["NC", "NY", "CA", "KY", "NE"])
def test_spouses_who_file_apart_are_asked_to_choose_alike_until_the_other_ones_choice_is_told(state: str) -> None:
    """N.C.G.S. 105-153.5(a)(1); where the federal choice binds (Georgia, Oklahoma) the federal return asks."""
    words = "where the spouse itemizes" if state == "NC" else "both take the standard deduction"
    said = {
        must: sum(words in each for each in of_state(state, federal(status="mfs", wages=90_000, **told)).not_covered)
        for must, told in ((None, {}), (True, {"must_itemize": True}), (False, {"must_itemize": False}))
    }
    assert said == {None: 1, True: 1, False: 0}
    for other in ("GA", "OK", "IL", "PA", "OH", "CO", "MT"):
        assert not any(words in each for each in of_state(other, federal(status="mfs", wages=90_000)).not_covered)


@pytest.mark.parametrize("more", [{"status": "mfs"}, {"status": "mfj", "long_term_net": 600_000}])
def test_washington_gives_spouses_one_deduction_and_says_so_of_a_separate_gain_alone(more: dict[str, Any]) -> None:
    """RCW 82.87.060(1): limited to one, whether they file joint or separate returns."""
    assert of_state("WA", federal(wages=90_000, **more)).not_covered == ()


def test_montana_says_that_additions_to_a_loss_are_taxed_from_the_first_dollar() -> None:
    """Form 1040 line 15 is no less than 0: 3,000 added to 5,000 of wages bear 4.7 percent."""
    poor, words = federal(wages=5_000), "was not found"
    made = of_state("MT", poor, additions=3_000)
    assert (made.base, made.tax) == (usd("3000"), usd("141"))
    assert any(words in each for each in made.not_covered)
    assert not any(words in each for each in of_state("MT", poor).not_covered)
    assert not any(words in each for each in of_state("MT", federal(wages=50_000), additions=3_000).not_covered)


def test_oklahoma_says_that_pay_alone_is_credited_where_another_states_tax_is_told() -> None:
    told, words = federal(wages=90_000), "on pay for personal services alone"
    assert not any(words in each for each in of_state("OK", told).not_covered)
    told_tax = of_state("OK", told, other_state_tax=900, other_state_income=9_000)
    assert any(words in each for each in told_tax.not_covered)


@pytest.mark.parametrize(("state", "words"), [("GA", "credits for children"), ("NC", "child deduction"),
                                              ("KY", "qualifying child"), ("CO", "earned income")])  # fmt: skip
def test_what_hangs_on_a_childs_age_is_told_with_a_dependent(state: str, words: str) -> None:
    told = federal(wages=90_000)
    assert not any(words in each for each in of_state(state, told).not_covered)
    assert any(words in each for each in of_state(state, told, dependents=1).not_covered)


@pytest.mark.parametrize(
    ("state", "status", "dependents", "highest"),
    [("GA", "single", 0, 19_999), ("GA", "mfj", 2, 19_999), ("PA", "single", 0, 8_749), ("PA", "mfj", 2, 34_249)],
)
def test_a_credit_for_low_income_is_told_below_its_last_step(
    state: str, status: str, dependents: int, highest: int
) -> None:
    """Georgia's below 20,000; Pennsylvania's tables end at 8,750, or 15,250 and 9,500 a child (Schedule SP)."""
    below, above = (federal(status=status, wages=wages) for wages in (highest, highest + 1))
    told = [of_state(state, each, dependents=dependents).not_covered for each in (below, above)]
    credit = "low income credit" if state == "GA" else "Tax forgiveness"
    assert [any(credit in each for each in gaps) for gaps in told] == [True, False]


@pytest.mark.parametrize(
    "told",
    [
        {"federal": usd("4,992")},
        {"federal": usd("100"), "own": usd("900")},
        {"federal": usd("50"), "own": usd("50"), "gain_difference": usd("7")},
    ],
)
def test_oklahoma_says_that_its_deduction_at_once_is_an_option(told: dict[str, Any]) -> None:
    """68 O.S. 2358.6A: of a rig of 2023 it was not taken on, the return adds what is deducted back."""
    business, words = federal(schedule_c_net=40_000), "option of each year's return"
    alike = StateDepreciation(federal=usd("900"), own=usd("900"))
    assert not any(words in each for each in of_state("OK", business, alike).not_covered)
    assert any(words in each for each in of_state("OK", business, StateDepreciation(**told)).not_covered)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"schedule_c_net": 50_000}, False),
        ({"schedule_c_net": 50_001}, True),
        ({"wages": 90_000}, False),
        ({"status": "mfj", "schedule_c_net": 30_000, "spouse_schedule_c_net": 50_001}, True),
        ({"status": "mfj", "schedule_c_net": 30_000, "spouse_schedule_c_net": 30_000}, False),
    ],
)
def test_the_mobility_tax_of_new_york_is_told_by_the_profit_of_each_person(more: dict[str, Any], said: bool) -> None:
    gaps = of_state("NY", federal(**more)).not_covered
    assert any("mobility tax" in each for each in gaps) is said


def test_a_rig_sold_counts_among_pennsylvanias_gains_with_the_states_basis() -> None:
    """5,000 for a rig with nothing of its basis left federally; 2,000 were left to the state: 3,000 on line 5."""
    sale = BusinessSale(
        name="rig",
        proceeds=usd("5000"),
        adjusted_basis=usd("0"),
        deducted=usd("9000"),
        recaptured=usd("5000"),
        held_long=True,
    )
    own = StateDepreciation(gain_difference=usd("-2000"))
    made = of_state("PA", federal(wages=90_000, sales=(sale,)), own)
    assert line_of(made, "PA-40 line 5").amount == usd("3000")
    assert any("belongs to line 4" in each for each in made.not_covered)


@pytest.mark.parametrize(("wages", "credit"), [(32_399, 20), (32_400, 0), (32_401, 0), (20_000, 0)])
def test_ohios_credit_of_the_exemptions_ends_below_30_000(wages: int, credit: int) -> None:
    """Income less the exemption of 2,400 must be less than 30,000 (R.C. 5747.022); without tax there is none to use."""
    made = of_state("OH", federal(wages=wages))
    assert made.tax - made.tax_after_credits == credit


@pytest.mark.parametrize(
    ("state", "said"), [("GA", True), ("OH", True), ("OK", True), ("KY", False), ("PA", False), ("CO", False)]
)
def test_a_loss_that_the_federal_return_limits_is_another_under_the_states_depreciation(state: str, said: bool) -> None:
    """26 U.S.C. 461(l): 500,000 of loss from the bonus is cut to 313,000; without the bonus there is none to cut.

    Kentucky's table has words of its own, Pennsylvania starts from no federal figure, Colorado depreciates alike.
    """
    loss = federal(schedule_c_net=-500_000, wages=90_000)
    own = StateDepreciation(federal=usd("500000"), own=usd("100000"))
    words = "Form 461, 26 U.S.C. 461(l)"
    given = StateDepreciation(federal=usd("500000"), own=usd("500000")) if state == "CO" else own
    assert any(words in each for each in of_state(state, loss, given).not_covered) is said
    assert not any(words in each for each in of_state(state, federal(schedule_c_net=-50_000), own).not_covered)
