"""The sheets of docs/states.md: every state with a return has one, and its figures are those of its table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from lotwork.rules.us.states.table import StateTable, covered
from tests.rules.us.law import LAW

PAGE = (Path(__file__).parents[4] / "docs" / "states.md").read_text()
SHEET = re.compile(r"^## ([A-Z][A-Za-z ]+) \((?:Form )?[A-Z0-9][^)]*\)\n(.*?)(?=^## )", re.DOTALL | re.MULTILINE)
SHEETS = dict(SHEET.findall(PAGE))
MOST_LINES = 18
TAXED = tuple(state for state in covered(LAW) if StateTable(LAW, state, 2025).has("lines"))


def figures(table: StateTable) -> Iterator[Decimal]:
    """Yield what a reader looks for first: the deduction, and from when estimated tax is asked."""
    if table.has("standard_deduction"):
        yield table.figure("standard_deduction").by_status("single")
    for name in (
        "estimated_threshold", "estimated_free_up_to", "estimated_free_below", "estimated_high_agi",
        "estimated_no_prior_from",
    ):  # fmt: skip
        if table.has(name):
            yield table.figure(name).by_status("single")
    yield table.figure("estimated_current_fraction").amount() * 100
    if table.has("rate"):
        yield table.figure("rate").amount() * 100


@pytest.mark.parametrize("state", TAXED)
def test_a_sheet_tells_the_figures_of_its_table(state: str) -> None:
    table = StateTable(LAW, state, 2025)
    sheet = " ".join(SHEETS[table.figure("name").text()].split())
    for amount in figures(table):
        told = f"{amount.normalize():,f}"
        assert re.search(rf"(?<![\d.,]){re.escape(told)}(?![\d]|[.,]\d)", sheet), (state, told)
    assert "Depreciation" in sheet
    assert "Not covered: " in sheet
    assert "Sources: " in sheet


@pytest.mark.parametrize("state", TAXED)
def test_a_sheet_is_short(state: str) -> None:
    sheet = SHEETS[StateTable(LAW, state, 2025).figure("name").text()]
    assert len(sheet.strip().splitlines()) <= MOST_LINES


def test_there_is_no_sheet_without_a_table_and_no_untaxed_state_without_its_row() -> None:
    assert len(SHEETS) == len(TAXED)
    for state in set(covered(LAW)) - set(TAXED):
        assert f"| {StateTable(LAW, state, 2025).figure('name').text()} |" in PAGE
