"""Last year's tax of the state, told for the estimated payments, beside what the return of that year comes to."""

from __future__ import annotations

from typing import Any

from lotwork.projections.filing.check import prepare
from lotwork.rules.line import to_cents
from tests.projections.house import book_of
from tests.projections.states.miner import LAW, MINED, facts, me, moved, state_of

CODE = "state_prior_year_tax_differs"


def told_for_2026(usd: str) -> dict[str, Any]:
    return facts(2026, state_prior_year_tax_usd=usd)


def stops(*lines: dict[str, Any]) -> list[str]:
    """Return the messages of the code at which the return of 2025 stops."""
    return [each.message for each in prepare(book_of(*lines), LAW, 2025, None).open if each.code == CODE]


def test_last_years_tax_told_otherwise_than_the_return_stops_it_and_names_both() -> None:
    book = (me(state="GA"), *MINED, facts(2025, dependents=0))
    tax = to_cents(state_of(2025, *book).tax)
    (said,) = stops(*book, told_for_2026("1000"))
    assert f"the tax of Georgia of 2025 was 1,000.00, and the return here comes to {tax:,}" in said
    assert stops(*book, told_for_2026(str(tax))) == []
    assert stops(*book, told_for_2026(f"{tax:.0f}")) == [], "rounding to whole dollars is no difference"
    assert stops(*book) == []


def test_a_return_to_another_state_and_a_state_without_income_tax_are_not_compared() -> None:
    away = moved("2026-01-01", state="NC")
    assert stops(me(state="GA"), away, *MINED, facts(2025, dependents=0), told_for_2026("1000")) == []
    assert stops(me(state="TX"), *MINED, told_for_2026("1000")) == []
