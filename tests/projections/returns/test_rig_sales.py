"""Sold rigs on their way to the return: a business's on Form 4797, a hobby's on Schedule D."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.liability import Liability, liability
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()
ME = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single", "activity": "business"}
RIG = {
    "kind": "equipment", "id": "rig", "equipment": "S19", "cost_usd": "10000", "at": "2024-03-01T00:00:00Z",
    "acquired": "2024-03-01", "placed_in_service": "2024-03-01", "bonus": "none",
}  # fmt: skip


def sold(proceeds: str, day: str = "2026-08-01", **facts: Any) -> dict[str, Any]:
    told = {"kind": "equipment_sale", "id": "sold", "equipment": "S19", "proceeds_usd": proceeds}
    return told | {"at": f"{day}T12:00:00Z"} | facts


def owed(*lines: dict[str, Any], activity: str = "business", year: int = 2026) -> Liability:
    mined = receipt("mined", f"{year}-03-01", "1", "90000")
    return liability(book_of(ME | {"activity": activity}, RIG, mined, *lines), LAW, year)


def amounts(told: Liability) -> dict[str, Decimal]:
    return {each.line.ref: each.line.amount for each in told.lines}


def test_a_sold_rig_fills_form_4797_line_by_line() -> None:
    """10,000 in 2024, no bonus: 2,000, 3,200 and, sold in 2026, half of 1,920 are deducted (Pub. 946, Table A-1)."""
    told = amounts(owed(sold("11000")))
    form = {ref.removeprefix("Form 4797 line "): each for ref, each in told.items() if ref.startswith("Form 4797")}
    assert {number: form[f"{number} (S19, rig)"] for number in ("22", "23", "24", "25", "26", "27b")} == {
        "22": 11_000, "23": 10_000, "24": 6_160, "25": 3_840, "26": 7_160, "27b": 6_160,
    }  # fmt: skip
    assert [form["33"], form["8"], form["20b"], form["10"]] == [6_160, 1_000, 6_160, 1_000]
    assert told["Schedule 1 line 4"] == 6_160
    assert told["Schedule D line 11"] == told["Schedule D line 15"] == 1_000


def test_the_form_knows_the_rig_and_nothing_is_left_to_be_found() -> None:
    none = {"kind": "year_facts", "at": "2026-01-01T00:00:00Z", "wages_usd": "0"}
    told = owed(sold("11000"), none | {"year": 2024, "id": "a"}, none | {"year": 2025, "id": "b"})
    assert told.findings == ()
    behind = {each.line.ref: each.because for each in told.lines}
    assert behind["Form 4797 line 32"] == behind["Schedule 1 line 4"] == ("rig",)
    assert all(behind[f"Form 4797 line {number} (S19, rig)"] == ("rig",) for number in ("22", "23", "24", "26", "27b"))


@pytest.mark.parametrize(
    ("proceeds", "how", "number", "amount"),
    [
        ("1000", "sold", "2", -2_840),
        ("0", "abandoned", "11", -3_840),
        ("1000", "casualty", "15", -2_840),
        ("4840", "traded_in", "33", 1_000),
    ],
)
def test_each_way_a_rig_leaves_has_its_line(proceeds: str, how: str, number: str, amount: int) -> None:
    assert amounts(owed(sold(proceeds, how=how)))[f"Form 4797 line {number}"] == amount


def test_a_rig_held_for_less_than_a_year_gains_ordinary_income_only() -> None:
    """In 2025 half of 3,200 is deducted, after 2,000: 6,400 of basis are left."""
    told = amounts(owed(sold("12000", "2025-02-01"), year=2025))
    assert told["Form 4797 line 10"] == told["Form 4797 line 18b"] == 12_000 - 6_400
    assert told["Form 4797 line 7"] == 0


def test_a_hobby_fills_no_form_4797() -> None:
    told = owed(sold("12000"), activity="hobby")
    assert not any(ref.startswith("Form 4797") for ref in amounts(told))
    assert amounts(told)["Schedule D line 10"] == 2_000
    assert [each.code for each in told.findings] == ["hobby_deducts_nothing", "hobby_rig_sold"]
