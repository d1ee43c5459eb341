"""Costs on the screen: what the law leaves of each bill, and what became of every rig."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from tests.web.conftest import Ask, record
from tests.web.markup import read

PROFILE = {
    "kind": "profile", "id": "p", "at": "2024-01-01T12:00:00Z", "filing_status": "single", "activity": "business",
    "time_zone": "UTC", "jurisdiction": "us", "business_began": "2024-01-01",
}  # fmt: skip
BILL = {"kind": "expense", "id": "b", "at": "2026-05-01T12:00:00Z", "category": "rent", "amount_usd": "900",
        "business_share": "0.333"}  # fmt: skip


def rig(name: str) -> dict[str, object]:
    return {"kind": "equipment", "id": name, "at": "2024-03-01T12:00:00Z", "equipment": f"rig {name}",
            "cost_usd": "10000", "acquired": "2024-03-01", "placed_in_service": "2024-03-01",
            "bonus": "none"}  # fmt: skip


def left(name: str, how: str, proceeds: str) -> dict[str, object]:
    return {"kind": "equipment_sale", "id": f"left {name}", "at": "2026-06-01T12:00:00Z", "equipment": f"rig {name}",
            "proceeds_usd": proceeds, "how": how}  # fmt: skip


def test_a_bill_shows_what_was_paid_and_what_of_it_is_deducted(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, BILL)
    text = read(ask(tmp_path).get("/costs").text).text
    assert "Costs 2026 $299.70" in text
    assert "May 1, 2026 Rent 20b 33.3% $900.00 $299.70" in text
    assert "Rent or lease: other business property 20b 1 $900.00 $299.70" in text


def test_what_the_law_cuts_is_not_told_as_deducted(tmp_path: Path, ask: Ask) -> None:
    """Half of a business meal is not deducted (26 U.S.C. 274(n)): the law is asked, not the bill."""
    record(tmp_path, PROFILE, {**BILL, "category": "meals", "business_share": "1"})
    assert "$900.00 $450.00" in read(ask(tmp_path).get("/costs").text).text


def test_a_rig_says_how_it_left_and_what_is_given_back(tmp_path: Path, ask: Ask) -> None:
    lines = [rig(name) for name in ("a", "b", "c", "d")]
    gone = (("a", "sold", "9000"), ("b", "traded_in", "1000"), ("c", "abandoned", "0"), ("d", "casualty", "2000"))
    record(tmp_path, PROFILE, *lines, *(left(*each) for each in gone))
    text = read(ask(tmp_path).get("/costs").text).text.partition("Rigs that left")[2]
    for how in ("Sold", "Traded in", "Abandoned", "Destroyed or stolen"):
        assert f"{how} Jun 1, 2026" in text
    assert "rig a Sold Jun 1, 2026 $9,000.00 $3,840.00 $5,160.00 $5,160.00" in text
    assert "rig c Abandoned Jun 1, 2026 $0.00 $3,840.00 \N{MINUS SIGN}$3,840.00 $0.00" in text


def test_a_hobby_is_told_that_it_deducts_nothing(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, {**PROFILE, "activity": "hobby"}, BILL)
    assert "A hobby deducts none of it." in read(ask(tmp_path).get("/costs").text).text


def test_the_rigs_of_the_demo_stand_with_what_is_left_of_them(demo: TestClient) -> None:
    text = read(demo.get("/costs?book=demo").text).text
    assert "Shelf D: 10 Antminer S21 XP In service Apr 6, 2026 $39,000.00 $0.00 $0.00 $7,800.00" in text
    assert "All rigs $36,184.00 $73,776.00" in text


def test_a_year_without_law_still_has_a_page(demo: TestClient) -> None:
    assert demo.get("/costs?book=demo&year=2012").status_code == 200
