"""A couple who both mine: a plan that reckons one business says so, and no other plan does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from lotwork.projections.findings import Finding
from lotwork.projections.plan.activity import plan_activity
from lotwork.projections.plan.set_aside import plan_set_aside
from lotwork.projections.plan.structure import plan_structure
from lotwork.projections.plan.year_end import plan_year_end
from tests.projections.house import book_of, receipt
from tests.rules.us.law import LAW

CODE = "plan_of_taxpayer_alone"
TODAY = date(2025, 11, 20)
ME = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "mfj", "activity": "business",
    "material_participation": True,
}  # fmt: skip
HERS = {"kind": "wallet", "id": "w", "at": "2024-01-01T00:00:00Z", "wallet": "hers", "owner": "spouse"}
MINE = receipt("mine", "2025-02-01", "1", "90000")
HER_COIN = receipt("hers", "2025-03-01", "1", "60000", wallet="hers")
HER_BILL = {
    "kind": "expense", "id": "bill", "at": "2025-03-01T00:00:00Z", "category": "electricity", "amount_usd": "900",
    "owner": "spouse",
}  # fmt: skip
HER_DOLLARS = {
    "kind": "business_income", "id": "hosting", "at": "2025-03-01T00:00:00Z", "category": "hosting",
    "amount_usd": "900", "owner": "spouse",
}  # fmt: skip


def findings(*lines: dict[str, Any]) -> Iterable[tuple[Finding, ...]]:
    """Yield the findings of each plan that changes or repeats a business."""
    book = book_of(*lines)
    yield plan_structure(book, LAW, 2025).findings
    yield plan_activity(book, LAW, 2025).findings
    yield plan_set_aside(book, LAW, 2025, TODAY, LAW).findings
    yield plan_year_end(book, LAW, None, TODAY).findings


@pytest.mark.parametrize(
    "lines",
    [(MINE, HER_COIN), (HER_COIN,), (MINE, HER_BILL), (MINE, HER_DOLLARS)],
    ids=["both mine", "only the spouse mines", "the spouse has a bill", "the spouse has dollars"],
)
def test_a_plan_of_one_business_says_that_the_spouses_is_left_out(lines: tuple[dict[str, Any], ...]) -> None:
    """26 U.S.C. 1402(b): the spouse's 60,000 x 0.9235 x 15.3 percent stay, whatever the taxpayer's business becomes."""
    for told in findings(ME, HERS, *lines):
        assert [finding.code for finding in told].count(CODE) == 1


@pytest.mark.parametrize("lines", [(MINE,), (MINE, receipt("before", "2024-03-01", "1", "60000", wallet="hers"))])
def test_a_year_in_which_one_mines_says_nothing_of_the_kind(lines: tuple[dict[str, Any], ...]) -> None:
    for told in findings(ME, HERS, *lines):
        assert CODE not in {finding.code for finding in told}


def test_a_year_that_turned_is_planned_as_a_whole_one_and_says_so() -> None:
    turned = {"kind": "profile", "id": "turn", "at": "2025-06-01T00:00:00Z", "activity": "hobby"}
    back = {"kind": "profile", "id": "back", "at": "2025-09-01T00:00:00Z", "activity": "business"}
    later = receipt("later", "2025-07-01", "1", "20000")
    for lines in ((turned, later), (turned, back, later)):
        plan = plan_structure(book_of(ME, MINE, *lines), LAW, 2025)
        assert "structure_turned" in {finding.code for finding in plan.findings}
        assert plan.profit == 110_000
    assert "structure_turned" not in {one.code for one in plan_structure(book_of(ME, MINE), LAW, 2025).findings}
