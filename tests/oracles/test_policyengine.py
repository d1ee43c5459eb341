"""State returns beside those of PolicyEngine-US, for filers nobody thought of; 500 a year by `tests.oracles.states`."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from tests.oracles.readings_of_policyengine import POLICYENGINE
from tests.oracles.state_filers import STATES
from tests.oracles.states import YEARS, Compared, compared, explained

FILERS_A_YEAR = 40
FEW = 8
"""So many filers of a state and year, at the least, owe it tax."""


@cache
def asked() -> list[Compared]:
    return compared(FILERS_A_YEAR)


@pytest.mark.seeded
@pytest.mark.parametrize("state", STATES)
def test_every_tax_of_every_state_agrees_or_differs_by_a_reading_that_makes_it_agree(state: str) -> None:
    used: Counter[str] = Counter()
    mine = [one for one in asked() if one.case.state == state]
    for one in mine:
        if not one.differ:
            continue
        readings = explained(one)
        found = {key: (one.ours[key], one.theirs[key]) for key in one.differ}
        assert readings is not None, (one.case.federal.filer, one.case.facts, found)
        used.update(reading.name for reading in readings)
    assert len(mine) == FILERS_A_YEAR * len(YEARS)
    print(f"\n{state}: {len(mine)} filers, {dict(used)}")  # noqa: T201 - how often each reading was needed is the finding


def test_the_filers_owe_tax_in_every_state_and_year() -> None:
    """A comparison of noughts would prove nothing; Washington taxes only large gains."""
    owing = Counter((one.case.state, one.case.year) for one in asked() if one.theirs["state_tax_after_credits"] > 0)
    assert {key for key, count in owing.items() if count >= FEW} >= {
        (state, year) for state in STATES if state != "WA" for year in YEARS
    }
    assert all(owing["WA", year] for year in YEARS)


def test_a_fault_of_ours_is_no_reading() -> None:
    """Had we taxed a state's income at a tenth too little, no set of readings would have hidden it."""
    honest = next(one for one in asked() if one.case.state == "MT" and one.theirs["state_tax_after_credits"] > 0)
    spoiled = {
        key: amount * 9 / 10 if key == "state_tax_after_credits" else amount for key, amount in honest.theirs.items()
    }
    assert explained(honest._replace(theirs=spoiled)) is None


def test_every_reading_names_the_law_of_its_state() -> None:
    assert all(reading.state in (None, *STATES) and " " in reading.law for reading in POLICYENGINE)


def test_the_filers_have_all_that_is_compared() -> None:
    """Of each kind of income, deduction and person some, federal and of the state."""
    cases = [one.case for one in asked()]
    filers = [case.federal.filer for case in cases]
    for key in (
        "schedule_c_net", "spouse_schedule_c_net", "other_ordinary_income", "hobby_income", "digital_income",
        "retirement_contribution", "health_insurance", "short_term_carryover", "long_term_carryover", "nol_carryover",
        "aged", "blind",
    ):  # fmt: skip
        assert sum(1 for filer in filers if getattr(filer, key)) >= FEW, key
    assert sum(1 for case in cases if case.federal.taxable.itemized) >= FEW
    assert sum(1 for case in cases if case.facts.itemized_deductions) >= FEW
    assert {case.facts.dependents for case in cases} == set(range(7))
    for key in ("se_tax", "qbi_deduction", "niit", "amt", "additional_medicare"):
        assert sum(1 for one in asked() if one.theirs.get(key, 0) > 0) >= FEW, key
