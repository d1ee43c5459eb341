"""The return of a state as sheets, before they are set: what it lacks and what nobody looked up come first."""

from __future__ import annotations

import pytest

from lotwork.reports.forms.sheets.paper import Columns, Lines, Sheet, Words
from lotwork.reports.forms.sheets.state import state_sheets
from lotwork.reports.states import StatePapers, papers_of
from lotwork.rules.us.states.table import StateTable, covered
from tests.projections.states.miner import BOTH, LAW, me, state_of

ASKING = tuple(state for state in covered(LAW) if StateTable(LAW, state, 2025).has("lines") or state == "WA")
"""The states that ask for a return: of an income, and Washington's of gains."""


def papers(state: str, year: int = 2025, **more: str) -> StatePapers:
    told = papers_of(state_of(year, me(state=state, **more), *BOTH), LAW)
    assert told is not None
    return told


def titled(sheet: Sheet) -> dict[str, tuple[str, ...]]:
    return {block.title: block.paragraphs for block in sheet.blocks if isinstance(block, Words)}


def test_what_a_return_lacks_and_what_nobody_looked_up_stand_on_the_first_sheet() -> None:
    told = papers("NY", locality="nyc")
    first, *_ = state_sheets(told)
    assert first.name == "New York (nyc)"
    assert told.listing.not_covered
    assert titled(first)["What the return does not cover"] == told.listing.not_covered
    projected = papers("CA", 2026)
    first, *_ = state_sheets(projected)
    _, paths = titled(first)["Not looked up, or not enacted"]
    assert paths.split(", ") == list(projected.listing.unverified)
    assert paths


@pytest.mark.parametrize("state", ASKING)
def test_each_line_of_each_state_stands_on_one_sheet_the_return_first(state: str) -> None:
    told = papers(state)
    sheets = list(state_sheets(told))
    drawn = [row[:2] for sheet in sheets for block in sheet.blocks if isinstance(block, Lines) for row in block.rows]
    assert sorted(drawn) == sorted((line.line, line.label) for line in told.listing.lines)
    assert sheets[1].name == told.listing.form
    assert len({sheet.name for sheet in sheets}) == len(sheets)
    rows = [block.rows for sheet in sheets for block in sheet.blocks if isinstance(block, Columns)]
    assert len(rows[-1]) == len(told.figures)
    own = told.listing.depreciation
    assert len(rows) == 1 + (0 if own is None else bool(own.rigs) + bool(own.years))
