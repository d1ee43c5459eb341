"""Which years a table tells, and what is said of one that it does not."""

from __future__ import annotations

import pytest

from lotwork.rules.load import Law
from lotwork.rules.us.states.table import covered
from lotwork.rules.us.states.years import not_told, why, years_told
from tests.rules.us.law import LAW
from tests.rules.us.states.made import STATE, federal, law_with, of_state


@pytest.mark.parametrize("state", covered(LAW))
def test_every_table_tells_2025_and_2026_and_no_later_year_where_figures_end_with_theirs(state: str) -> None:
    told = years_told(LAW, state)
    assert told in ((), (2025, 2026), (2023, 2024, 2025, 2026))
    assert not any(not_told(LAW, state, year) for year in (2025, 2026))
    if told == (2025, 2026):
        assert f"the table of {state} tells 2025 and 2026, not 2024: make the return" in not_told(LAW, state, 2024)
    assert bool(told) == bool(not_told(LAW, state, 2027))


@pytest.mark.parametrize("state", ["AK", "FL", "NV", "SD", "TN", "TX", "WY"])
def test_a_state_without_an_income_tax_has_its_words_in_2023_and_2024_too(state: str) -> None:
    for year in (2023, 2024):
        made = of_state(state, federal(year, wages=90_000, schedule_c_net=9_000))
        assert made.words
        assert not made.lines
    assert "tells the years from 2023 on, not 2022" in not_told(LAW, state, 2022)


def test_new_hampshire_taxed_interest_and_dividends_to_2024() -> None:
    assert "tells the years from 2025 on, not 2024" in not_told(LAW, "NH", 2024)


def test_a_year_is_told_where_every_figure_is_whoever_told_it() -> None:
    """One figure that ends with its year leaves the year untold; a book's own rule may tell it."""
    law = law_with({"rate": ("fraction", "0.05")})
    assert (years_told(law, STATE), not_told(law, STATE, 2023), not_told(law, STATE, 2031)) == ((), "", "")
    table = law.files["us/states/zz"].replace(b'cite = "ZZ Code rate"', b'cite = "ZZ Code"\nindexed = true')
    indexed = Law({**LAW.files, "us/states/zz": table})
    assert years_told(indexed, STATE) == (2023,)
    assert "tells 2023, not 2024" in not_told(indexed, STATE, 2024)


def test_a_year_that_is_told_keeps_its_own_words() -> None:
    with pytest.raises(Exception, match="nothing") as raised:
        LAW.in_year("us/states/ga/nothing", 2025)
    assert why(LAW, "GA", 2025, raised.value) == str(raised.value)  # type: ignore[arg-type] # an UnknownFigureError
