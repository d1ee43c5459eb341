"""Each stage of a state's return by itself, of a state of our own making: on where its figures stand in the table."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.us.states.case import StateDepreciation
from tests.rules.us.law import usd
from tests.rules.us.states.made import STATE, federal, for_all, law_with, line_of, of_state

FLAT = {"rate": ("fraction", "0.05")}
OHIO = {
    "business_income_free": ("usd by filing status", for_all("250000")),
    "business_income_rate": ("fraction", "0.03"),
    "exemption_tops": ("usd list by filing status", for_all("[40000, 80000]")),
    "exemption_by_income": ("usd row by filing status", for_all("[2400, 2150, 1900]")),
    "no_tax_below": ("usd", "26050"),
    "tops": ("usd list by filing status", for_all("[26050, 100000]")),
    "rates": ("fractions", "[0, 0.0275, 0.03125]"),
    "base_tax": ("usd row by filing status", for_all("[0, 342, 2394.32]")),
}


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("start", "federal_agi_"),
        ("start", "Federal_AGI"),
        ("start", ""),
        ("start", "federal_taxable"),
        ("deduction_choice", "as federal"),
        ("other_state_credit", "shares"),
    ],
)
def test_a_word_that_the_return_does_not_know_is_never_taken_for_one_it_does(name: str, word: str) -> None:
    """A `rule` may bring one in: `federal_taxable` was taken for federal adjusted gross income."""
    figures = FLAT | {"standard_deduction": ("usd by filing status", for_all("1000"))}
    owed: dict[str, Any] = {"other_state_tax": 9, "other_state_income": 100}
    told = federal(wages=60_000)
    assert of_state(STATE, told, law=law_with(figures), **owed).base == 59_000
    law = law_with(figures | {name: ("text", f'"{word}"')})
    with pytest.raises(UnknownFigureError, match=f"us/states/zz/{name} says '{word}' for 2025, which is none of"):
        of_state(STATE, told, law=law, **owed)


def test_brackets_begin_with_the_amount_the_law_writes_and_leave_small_incomes_free() -> None:
    """60,000 less 2,150 (the step above 40,000): 342 and 2.75 percent of what is above 26,050."""
    law = law_with(OHIO)
    assert of_state(STATE, federal(wages=60_000), law=law).tax == usd("1216.50")
    assert of_state(STATE, federal(wages=40_000), law=law).base == usd("37600")
    assert of_state(STATE, federal(wages=28_450), law=law).tax == 0
    assert of_state(STATE, federal(wages=28_451), law=law).tax == usd("342.0275")
    assert of_state(STATE, federal(wages=201_900), law=law).tax == usd("2394.32") + usd("100000") * usd("0.03125")


def test_business_income_is_free_up_to_an_amount_and_taxed_apart_above_it() -> None:
    """Of 400,000 of profit 250,000 is free, 150,000 bears 3 percent, and 20,000 of wages nothing at all.

    The exemption goes by income with the free part added back; depreciation of the state is no business income.
    """
    told, law = federal(wages=20_000, schedule_c_net=400_000), law_with(OHIO)
    made = of_state(STATE, told, law=law)
    assert line_of(made, "ZZ Form 1 worksheet line business deduction").amount == 250_000
    assert line_of(made, "ZZ Form 1 worksheet line business tax").amount == 4_500
    assert line_of(made, "ZZ Form 1 worksheet line exemptions").amount == 1_900
    assert made.income == told.income.agi.amount - 250_000
    assert made.tax == 4_500
    more = of_state(STATE, told, StateDepreciation(federal=usd("30000"), own=usd("5000")), law)
    assert line_of(more, "ZZ Form 1 worksheet line business income").amount == 400_000
    assert more.base == made.income + 25_000 - 1_900 - 150_000


def test_business_income_is_no_more_than_adjusted_gross_income_and_no_less_than_nothing() -> None:
    law = law_with(OHIO)
    lost = of_state(STATE, federal(schedule_c_net=100_000, short_term_net=-3_000), law=law)
    whole = federal(schedule_c_net=100_000, short_term_net=-3_000).income.agi.amount
    assert line_of(lost, "ZZ Form 1 worksheet line business income").amount == whole
    loss = of_state(STATE, federal(wages=90_000, schedule_c_net=-40_000), law=law)
    assert line_of(loss, "ZZ Form 1 worksheet line business income").amount == 0


def test_long_term_gains_stand_on_top_of_other_income_in_brackets_of_their_own() -> None:
    """20,000 at 4.7 percent; of 10,000 of gain 1,100 up to 21,100 at 3 and 8,900 above it at 4.1 percent."""
    figures = {
        "tops": ("usd list by filing status", for_all("[21100]")), "rates": ("fractions", "[0.047, 0.059]"),
        "gain_tops": ("usd list by filing status", for_all("[21100]")), "gain_rates": ("fractions", "[0.03, 0.041]"),
    }  # fmt: skip
    made = of_state(STATE, federal(wages=20_000, long_term_net=10_000), law=law_with(figures))
    assert made.tax == usd("940") + usd("33") + usd("364.90")
    short = of_state(STATE, federal(wages=20_000, short_term_net=10_000), law=law_with(figures))
    assert short.tax == usd("21100") * usd("0.047") + usd("8900") * usd("0.059")
    lost = of_state(STATE, federal(wages=20_000, long_term_net=10_000, short_term_net=-4_000), law=law_with(figures))
    assert line_of(lost, "ZZ Form 1 worksheet line gain").amount == 6_000


@pytest.mark.parametrize(
    ("wages", "recaptured"),
    [(60_000, "0"), (60_001, "0.016"), (90_000, "480"), (109_999, "799.984"), (110_000, "800"), (110_001, "800.0132"),
     (135_000, "1130"), (160_000, "1460"), (900_000, "1460")],
)  # fmt: skip
def test_lower_brackets_are_taken_back_as_income_goes_through_the_width(wages: int, recaptured: str) -> None:
    """The row of taxable income, of it the base and as much of the benefit as income has gone beyond its threshold."""
    figures = FLAT | {
        "standard_deduction": ("usd by filing status", for_all("10000")),
        "recapture_tops": ("usd list by filing status", for_all("[100000]")),
        "recapture_from": ("usd row by filing status", for_all("[60000, 110000]")),
        "recapture_base": ("usd row by filing status", for_all("[0, 800]")),
        "recapture_benefit": ("usd row by filing status", for_all("[800, 660]")),
        "recapture_width": ("usd", "50000"),
    }
    made = of_state(STATE, federal(wages=wages), law=law_with(figures))
    assert line_of(made, "ZZ Form 1 worksheet line recapture").amount == usd(recaptured)
    assert made.tax == (wages - 10_000) * usd("0.05") + usd(recaptured)


def test_a_high_income_bears_a_tax_more_and_credits_of_persons_fall_with_it() -> None:
    """1 percent above a million; 153 a person less 6 for each 2,500, or part of it, above 250,000."""
    figures = FLAT | {
        "surtax_above": ("usd", "1000000"), "surtax_rate": ("fraction", "0.01"),
        "exemption_credit": ("usd", "153"), "dependent_credit": ("usd", "475"), "aged_credit": ("usd", "153"),
        "exemption_credit_from": ("usd by filing status", for_all("250000")),
        "exemption_credit_step": ("usd by filing status", for_all("2500")), "exemption_credit_less": ("usd", "6"),
    }  # fmt: skip
    law = law_with(figures)
    assert of_state(STATE, federal(wages=1_200_000), law=law).tax == usd("62000")

    def credited(wages: int, **more: int) -> Decimal:
        made = of_state(STATE, federal(wages=wages, aged=more.get("aged", 0)), law=law, dependents=more.get("of", 0))
        return made.tax - made.tax_after_credits

    assert credited(250_000, of=2, aged=1) == 153 + 2 * 475 + 153
    assert credited(250_001) == 147
    assert credited(260_001) == 153 - 5 * 6
    assert credited(400_000, of=1) == 475 - 360


def test_a_place_has_brackets_or_a_part_of_the_states_tax() -> None:
    """3 percent up to 12,000 and 4 above; 16.75 percent of the tax after credits."""
    figures = FLAT | {
        "local_nyc_tops": ("usd list by filing status", for_all("[12000]")),
        "local_nyc_rates": ("fractions", "[0.03, 0.04]"), "local_yonkers_part": ("fraction", "0.1675"),
    }  # fmt: skip
    law = law_with(figures)
    city = of_state(STATE, federal(wages=20_000), law=law, locality="nyc")
    assert (city.tax, city.tax_after_credits) == (usd("1000"), usd("1680"))
    part = of_state(STATE, federal(wages=20_000), law=law, locality="yonkers", nonrefundable_credits=200)
    assert part.tax_after_credits == usd("800") * usd("1.1675")
    other = of_state(STATE, federal(wages=20_000), law=law, locality="buffalo")
    assert other.tax_after_credits == usd("1000")
    assert other.not_covered == ("the tax of buffalo is not covered: pay and file it as the place asks",)


def test_exemptions_are_a_persons_or_a_dependents_and_the_standard_deduction_grows_with_age() -> None:
    figures = FLAT | {
        "standard_deduction": ("usd by filing status", for_all("6350")),
        "standard_deduction_extra": ("usd by filing status", for_all("1000")),
        "personal_exemption": ("usd by filing status", for_all("1000").replace("mfj = 1000", "mfj = 2000")),
        "dependent_exemption": ("usd", "1000"),
    }
    made = of_state(STATE, federal(status="mfj", wages=60_000, aged=1, blind=1), law=law_with(figures), dependents=3)
    assert made.base == 60_000 - 6_350 - 2_000 - 2_000 - 3_000


def test_a_state_without_a_credit_for_other_states_says_so() -> None:
    made = of_state(STATE, federal(wages=60_000), law=law_with(FLAT), other_state_tax=5, other_state_income=100)
    assert made.tax_after_credits == usd("3000")
    assert "another state" in made.not_covered[0]


def test_a_figure_from_memory_or_only_announced_is_named_where_it_is_used() -> None:
    law = law_with(FLAT)
    content = law.content("us/states/zz")
    assert content is not None
    doubtful = content.replace(b'cite = "ZZ Code rate"', b'cite = "memory"', 1)
    head, rate = doubtful.split(b"[rate]")
    remembered = head + b"[rate]" + rate.replace(b'confidence = "made"', b'confidence = "memory: look it up"', 1)
    projected = head + b"[rate]" + rate.replace(b'status = "enacted"', b'status = "projected"', 1)
    for made in (remembered, projected):
        changed = type(law)({**law.files, "us/states/zz": made})
        assert of_state(STATE, federal(wages=60_000), law=changed).unverified == ("us/states/zz/rate",)
    assert of_state(STATE, federal(wages=60_000), law=law).unverified == ()
