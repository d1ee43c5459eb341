"""When the return of each state and its balance are due, and what its amended return is."""

from __future__ import annotations

from datetime import date

import pytest

from lotwork.rules.us.amended import due_day as federal_day
from lotwork.rules.us.states.due import RETURN_DUE, due_day
from lotwork.rules.us.states.table import StateTable, covered
from tests.rules.us.law import LAW
from tests.rules.us.states.made import STATE, federal, law_with, of_state

ASKING = tuple(state for state in covered(LAW) if StateTable(LAW, state, 2025).has("lines") or state == "WA")


@pytest.mark.parametrize("state", ASKING)
@pytest.mark.parametrize("year", [2025, 2026])
def test_every_state_that_asks_for_a_return_tells_its_day_and_its_amended_return(state: str, year: int) -> None:
    """April 15 of 2026 is a Wednesday and that of 2027 a Thursday: no state's day moves."""
    made = of_state(state, federal(year, wages=90_000))
    assert made.due == date(year + 1, 4, 15) == federal_day(year)
    assert StateTable(LAW, state, year).text("amended_form")
    assert f"us/states/{state.lower()}/{RETURN_DUE}" not in made.unverified


@pytest.mark.parametrize("state", sorted(set(covered(LAW)) - set(ASKING)))
def test_a_state_that_asks_for_no_return_has_no_day(state: str) -> None:
    assert of_state(state, federal(wages=90_000)).due is None


def test_a_weekend_and_the_holiday_after_it_move_the_day_as_the_federal_one() -> None:
    """April 15 of 2028 is a Saturday, and the Monday after it Emancipation Day (26 U.S.C. 7503)."""
    law = law_with({RETURN_DUE: ("days of the year", '["04-15"]')})
    assert due_day(StateTable(law, STATE, 2027)) == date(2028, 4, 18)
    law = law_with({RETURN_DUE: ("days of the year", '["05-01"]')})
    assert due_day(StateTable(law, STATE, 2025)) == date(2026, 5, 1)
    assert due_day(StateTable(law_with({}), STATE, 2025)) is None
