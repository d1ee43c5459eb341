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
    assert all(reading.state in STATES and " " in reading.law for reading in POLICYENGINE)
