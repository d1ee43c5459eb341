"""`lotwork compute us-state`: one case of a state from standard input, with no log."""

from __future__ import annotations

import json

import pytest

from tests.commands.calling import Caller

CASE = {"year": 2025, "status": "single", "wages": "80000", "state": "ga"}


def test_a_case_of_a_state_has_its_figures_lines_and_words(lotwork: Caller) -> None:
    given = CASE | {"state_facts": {"dependents": 1, "withholding": "3000"}, "state_depreciation": {"federal": 100}}
    told = lotwork("compute", "us-state", "--json", given=json.dumps(given)).result
    assert told["schema"] == "lotwork.compute_us_state.v1"
    assert told["state_taxable_income"] == "64100.00"
    assert (told["state_tax"], told["state_balance_due"]) == ("3326.79", "326.79")
    assert told["return"] == {
        "state": "GA", "name": "Georgia", "form": "GA Form 500", "year": 2025, "has_income_tax": True,
        "due": "2026-04-15",
    }  # fmt: skip
    (tax,) = [each for each in told["lines"] if (each["form"], each["line"]) == ("GA Form 500", "16")]
    assert (tax["amount"], tax["figures"]) == ("3326.79", ["us/states/ga/rate"])
    assert told["words"]
    assert told["unverified"] == []


def test_depreciation_that_is_not_told_is_said_to_be_taken_as_federal(lotwork: Caller) -> None:
    """Of a business alone, where the state differs at all, and not where the case says that there is none."""
    business = CASE | {"schedule_c_net": 5_000}
    said = {}
    for name, case in (
        ("untold", business), ("told", business | {"state_depreciation": {}}), ("wages", CASE),
        ("alike", business | {"state": "CO"}),
    ):  # fmt: skip
        told = lotwork("compute", "us-state", "--json", given=json.dumps(case)).result
        said[name] = any("counts depreciation otherwise" in each for each in told["not_covered"])
    assert said == {"untold": True, "told": False, "wages": False, "alike": False}


def test_a_separate_case_that_does_not_tell_what_the_spouse_deducts_is_told_so(lotwork: Caller) -> None:
    """Where the state follows the federal deduction; of the others their own words tell it."""
    said = {}
    for name, more in (
        ("GA", {}), ("CO", {}), ("MT", {}), ("OH", {}), ("TX", {}), ("no", {"state": "GA", "must_itemize": False}),
        ("yes", {"state": "GA", "must_itemize": True}), ("single", {"state": "GA", "status": "single"}),
    ):  # fmt: skip
        case = CASE | {"state": name, "status": "mfs"} | more
        told = lotwork("compute", "us-state", "--json", given=json.dumps(case)).result
        said[name] = any("Tell `must_itemize`" in each for each in told["not_covered"])
    assert {name for name, is_said in said.items() if is_said} == {"GA", "CO", "MT"}


def test_a_state_without_an_income_tax_says_so_in_words(lotwork: Caller) -> None:
    told = lotwork("compute", "us-state", "--json", given=json.dumps(CASE | {"state": "TX"})).result
    assert (told["state_tax"], told["lines"], told["return"]["has_income_tax"]) == ("0.00", [], False)
    assert any("Franchise tax" in each for each in told["words"])


@pytest.mark.parametrize("place", ["nyc", "NYC", " Nyc ", "nYC"])
def test_a_place_is_the_same_in_every_spelling(lotwork: Caller, place: str) -> None:
    """The City's brackets on 72,000: 12,000 at 3.078, 13,000 at 3.762, 25,000 at 3.819 and 22,000 at 3.876 percent."""
    case = CASE | {"state": "ny", "state_facts": {"locality": place}}
    told = lotwork("compute", "us-state", "--json", given=json.dumps(case)).result
    (city,) = [each for each in told["lines"] if each["label"] == "Tax of New York City"]
    assert city["amount"] == "2665.89"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"state": "NJ"}, "not covered"),
        ({"state": "Georgia"}, "two letters"),
        ({"state": 7}, "two letters"),
        ({"county": "Fulton"}, "not a key of a case"),
        ({"state_facts": [1]}, "no object"),
        ({"state_facts": {"withheld": 1}}, "not a key of a case"),
        ({"state_facts": {"dependents": "1.5"}}, "not whole"),
        ({"state_facts": {"withholding": -1}}, "0 or more"),
        ({"state_facts": {"locality": 3}}, "no place"),
        ({"state": "NY", "state_facts": {"locality": "New York City"}}, "say nyc or yonkers"),
        ({"state": "ny", "state_facts": {"locality": "brooklyn"}}, "say nyc or yonkers"),
        ({"state": "NY", "state_facts": {"locality": ""}}, "say nyc or yonkers"),
        ({"state_depreciation": {"lines": 1}}, "not a key of a case"),
        ({"state_depreciation": {"spread_in": "-100"}}, "-100 is no amount"),
        ({"state_depreciation": {"federal": -5}}, "-5 is no amount"),
        ({"state_depreciation": {"own": "-0.01"}}, "-0.01 is no amount"),
        ({"state_depreciation": {"federal": 5, "spouse_federal": 6}}, "it is a part of `federal`"),
        ({"state_depreciation": {"spouse_own": 6}}, "it is a part of `own`"),
        ({"wages": -1}, "negative"),
    ],
)
def test_a_case_that_is_none_is_refused_in_words(lotwork: Caller, more: dict[str, object], words: str) -> None:
    told = lotwork("compute", "us-state", "--json", given=json.dumps(CASE | more), code=3)
    assert words in json.dumps(told.result)


def test_a_year_that_the_table_does_not_tell_is_refused_by_the_years_it_tells(lotwork: Caller) -> None:
    case = {"year": 2024, "status": "single", "wages": "90000", "state": "GA"}
    told = lotwork("compute", "us-state", "--json", given=json.dumps(case), code=None)
    said = told.result["message"]
    assert told.code
    assert said.startswith("the table of GA tells 2025 and 2026, not 2024: make the return of that year by hand")
    assert "us/states/ga/" in said.partition("first of all: ")[2]
