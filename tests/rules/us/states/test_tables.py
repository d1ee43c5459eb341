"""The tables that ship: every state answers in every year and status it tells, and says what it lacks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from lotwork.rules.errors import CaseRefusedError, StateNotCoveredError, UnenactedFigureError, UnknownFigureError
from lotwork.rules.figures import STATUSES
from lotwork.rules.us.states.case import StateCase, StateDepreciation, StateFacts
from lotwork.rules.us.states.gaps import CONDITIONS
from lotwork.rules.us.states.state_return import state_return
from lotwork.rules.us.states.table import ROOM, covered
from tests.rules.us.law import LAW, usd
from tests.rules.us.states.made import federal, of_state

WITHOUT = ("AK", "FL", "NH", "NV", "SD", "TN", "TX", "WY")


@pytest.mark.parametrize("state", covered(LAW))
@pytest.mark.parametrize("year", [2025, 2026])
def test_every_state_has_a_return_for_every_status_and_each_line_cites_its_law(state: str, year: int) -> None:
    for status in STATUSES:
        made = of_state(state, federal(year, status, wages=90_000, schedule_c_net=20_000, long_term_net=5_000))
        assert made.has_income_tax == (state not in WITHOUT)
        assert made.words
        assert len({each.ref for each in made.lines}) == len(made.lines)
        for each in made.lines:
            assert all((each.form, each.line, each.label, each.cites)), each.ref
        assert all(path.startswith(f"{ROOM}{state.lower()}/") for path in made.unverified)


@pytest.mark.parametrize("state", WITHOUT)
def test_a_state_without_an_income_tax_taxes_nothing_and_says_what_else_is_asked(state: str) -> None:
    made = of_state(state, federal(wages=90_000, schedule_c_net=200_000, long_term_net=900_000), withholding=5)
    assert not any((made.tax, made.base, made.balance_due, made.lines))
    assert len(made.words) > 1


@pytest.mark.parametrize("state", covered(LAW))
def test_every_gap_that_a_table_names_has_a_condition(state: str) -> None:
    path = f"{ROOM}{state.lower()}/not_covered"
    if path in LAW.paths():
        assert set(LAW.in_year(path, 2025).names()) <= set(CONDITIONS)


@pytest.mark.parametrize("state", ["NJ", "DC", "XX"])
def test_a_state_without_a_table_is_refused_with_what_to_do(state: str) -> None:
    with pytest.raises(StateNotCoveredError, match=r"not covered; covered are AK, CA, CO, .* by hand"):
        of_state(state, federal(wages=90_000))


def test_a_year_that_a_table_does_not_tell_is_unknown_and_never_carried_over() -> None:
    with pytest.raises(UnknownFigureError, match="us/states/ga/"):
        of_state("GA", federal(2024, wages=90_000))


def test_a_federal_return_of_another_year_is_refused() -> None:
    case = StateCase(state="GA", year=2026, federal=federal(2025, wages=90_000))
    with pytest.raises(CaseRefusedError, match="the federal return is of 2025, not 2026"):
        state_return(case, LAW)


def test_facts_that_are_no_amounts_are_refused_all_at_once() -> None:
    with pytest.raises(CaseRefusedError) as refused:
        StateFacts(dependents=31, withholding=usd("-1"), other_state_tax=usd("5"))
    assert [each.key for each in refused.value.problems] == ["withholding", "dependents", "other_state_income"]


def test_what_the_states_own_depreciation_took_from_memory_is_named_only_where_it_was_used() -> None:
    told = federal(wages=90_000)
    plain = of_state("GA", told)
    assert plain.unverified == ()
    lines = of_state("KY", told, StateDepreciation(federal=usd("9"), own=usd("4"), lines=plain.lines[:1]))
    assert lines.unverified == ()
    later = replace(told, filer=told.filer)
    assert of_state("WA", later).unverified == ()
    assert of_state("WA", federal(2026, wages=1)).unverified == ("us/states/wa/gain_deduction",)


@pytest.mark.parametrize(
    ("name", "value"),
    [("standard_deduction", "8850"), ("standard_deduction_extra", "2050"), ("exemption_credit", "176"),
     ("dependent_credit", "176")],
)  # fmt: skip
def test_what_a_model_projects_for_nebraska_never_files(name: str, value: str) -> None:
    """PolicyEngine's files of them end with 2025: what it has for 2026 is that figure, carried on by inflation."""
    path = f"us/states/ne/{name}"
    told, before = LAW.in_year(path, 2026), LAW.in_year(path, 2025)
    assert (told.status, before.status) == ("projected", "enacted")
    single = told.by_status("single") if "deduction" in name else told.amount()
    assert single == Decimal(value)
    case = federal(2026, wages=50_000, aged=1)
    assert path in of_state("NE", case, dependents=1).unverified
    with pytest.raises(UnenactedFigureError):
        of_state("NE", case, law=LAW.enacted_only(), dependents=1)
