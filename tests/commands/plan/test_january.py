"""Plans in January, when the law of the year is not out: they rest on the year before's figures, and say so."""

from __future__ import annotations

from datetime import date

import pytest

from tests.commands.calling import Caller, codes
from tests.commands.plan.mining import PRICE, PROFILE, mined
from tests.projections.house import receipt

JANUARY = ("--as-of", "2027-01-10", "--json")


@pytest.mark.parametrize(
    "words",
    [("sale", "0.5"), ("set-aside",), ("harvest",), ("structure",), ("activity",), ("year-end", "--rig", "5000")],
)
def test_in_january_a_plan_rests_on_the_figures_of_the_year_before_and_says_so(
    lotwork: Caller, words: tuple[str, ...]
) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", *words, *JANUARY, code=1).result
    assert "plan_law_assumed" in codes(told["findings"])
    assert told["law"] == lotwork("lots", "--json").result["law"], "the digest is that of the law as it is known"


def test_a_sale_in_january_adds_the_tax_that_the_same_sale_adds_a_year_before(lotwork: Caller) -> None:
    """5,000 of long-term gain beside 95,000 mined, under the figures of 2026 either way."""
    lotwork.take(PROFILE, PRICE, receipt("old", "2024-02-01", "1", "70000"), receipt("new", "2026-01-10", "1", "95000"))
    lotwork.take_on(date(2027, 1, 10), receipt("next", "2027-01-05", "1", "95000"))
    ways = [
        lotwork("plan", "sale", "0.5", "--price", "80000", "--as-of", day, "--json", code=code).result["wallets"][0][
            "rows"
        ]
        for day, code in (("2026-06-01", 0), ("2027-01-10", 1))
    ]
    assert [row["added_tax_usd"] for row in ways[0]] == [row["added_tax_usd"] for row in ways[1]]


def test_what_is_due_in_january_is_told_by_the_prior_year_and_not_by_a_plan(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "set-aside", *JANUARY, code=1).result
    asked = lotwork("quarterly", "--year", "2027", *JANUARY, code=1).result
    assert told["next"]["pay_usd"] == told["next"]["enough_usd"] == asked["next_payment"]["safe_usd"]
    assert "current_year_unknown" in codes(told["findings"])
