"""Items of the de minimis election that came before the business began are start-up costs as its bills are.

Law: 26 U.S.C. 195(b)(1), (c)(1)(B); Treas. Reg. 1.263(a)-1(f)(3)(iv): what the election takes in is deducted as an
expense of the business, and before there is one it waits for the beginning.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.liability import Liability, liability
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()
ME = {
    "kind": "profile", "id": "me", "at": "2023-01-01T00:00:00Z", "filing_status": "single", "time_zone": "UTC",
    "activity": "business", "business_began": "2025-03-01", "material_participation": True,
}  # fmt: skip
COIN = receipt("coin", "2025-03-01", "0.1", "100000")


def small(name: str, placed: str, usd: str = "1000", **keys: Any) -> dict[str, Any]:
    """Return an item that the election of its year takes in."""
    line = {"kind": "equipment", "id": name, "at": f"{placed}T12:00:00Z", "equipment": name, "cost_usd": usd}
    return line | {"acquired": placed, "placed_in_service": placed} | keys


def elected(year: int) -> dict[str, Any]:
    """Return the election of *year*."""
    at = f"{year}-01-01T12:00:00Z"
    return {"kind": "election", "id": f"e{year}", "at": at, "method": "de_minimis", "from": f"{year}-01-01"}


def owed(*lines: dict[str, Any], year: int = 2025) -> Liability:
    """Return what is owed for *year*."""
    return liability(book_of(elected(2024), elected(2025), *lines), LAW, year)


def net(made: Liability) -> Decimal:
    """Return line 31."""
    (amount,) = (each.line.amount for each in made.lines if each.line.ref == "Schedule C line 31")
    return amount


@pytest.mark.parametrize("placed", ["2025-02-02", "2025-02-28", "2024-11-05"])
def test_a_small_item_before_the_beginning_is_a_start_up_cost_deducted_at_once(placed: str) -> None:
    """A year ahead as well: nothing of it in 2024, 10,000 - 1,000 in 2025, nothing more in 2026."""
    lines = (ME, COIN, small("b", placed))
    assert net(owed(*lines)) == 9_000
    (startup,) = (each for each in owed(*lines).lines if each.line.ref == "Start-up costs line 1")
    assert startup.line.amount == 1_000
    assert startup.because == ("b",)
    for other in (2024, 2026):
        assert owed(*lines, year=other).business.deducted == 0


def test_a_small_item_from_the_beginning_on_is_an_expense_of_its_day() -> None:
    made = owed(ME, COIN, small("b", "2025-03-01"))
    assert net(made) == 9_000
    assert "Start-up costs line 1" not in [each.line.ref for each in made.lines]


def test_small_items_and_bills_share_the_limit_of_what_is_deducted_at_once() -> None:
    """26 U.S.C. 195(b)(1): 5,000 of 7,400, and the rest over 180 months, ten of them in 2025."""
    power = {"kind": "expense", "id": "p", "at": "2025-01-05T12:00:00Z", "category": "electricity"}
    lines = (ME, COIN, small("a", "2024-12-05", "2500"), small("b", "2025-01-05", "2500"), small("c", "2025-02-05"))
    made = owed(*lines, power | {"amount_usd": "1400"})
    assert made.business.deducted.quantize(Decimal("0.01")) == Decimal("5133.33")


def test_only_the_business_part_of_a_small_item_is_a_start_up_cost() -> None:
    assert net(owed(ME, COIN, small("b", "2025-02-02", business_share="0.25"))) == 9_750


@pytest.mark.parametrize(("placed", "code"), [("2025-02-02", []), ("2024-11-05", ["business_began_assumed"])])
def test_a_small_item_before_the_first_receipt_is_deducted_where_no_beginning_is_told(
    placed: str, code: list[str]
) -> None:
    unsaid = {key: value for key, value in ME.items() if key != "business_began"}
    made = owed(unsaid, COIN, small("b", placed))
    assert net(made) == 9_000
    assert [finding.code for finding in made.findings] == code


def test_a_hobbys_small_item_stays_undeducted_when_it_becomes_a_business() -> None:
    """26 U.S.C. 67(g), 183."""
    hobby = {key: value for key, value in ME.items() if key != "business_began"} | {"activity": "hobby"}
    turn = {"kind": "profile", "id": "t", "at": "2025-01-01T00:00:00Z", "activity": "business"}
    lines = (hobby, turn, receipt("r24", "2024-06-01", "0.1", "100"), COIN, small("b", "2024-11-05"))
    assert net(owed(*lines)) == 10_000


def test_a_spouses_small_item_waits_for_the_spouses_business() -> None:
    hers = {"kind": "wallet", "id": "w", "at": "2025-01-01T00:00:00Z", "wallet": "hers", "owner": "spouse"}
    coin = receipt("her", "2025-03-05", "0.1", "100000", wallet="hers")
    made = owed(ME | {"filing_status": "mfj"}, hers, COIN, coin, small("b", "2025-02-02", owner="spouse"))
    assert [each.net for each in made.businesses] == [10_000, 9_000]


def sold(name: str, on: str, usd: str = "1200") -> dict[str, Any]:
    """Return the sale of an item."""
    return {
        "kind": "equipment_sale",
        "id": f"sold {name}",
        "at": f"{on}T12:00:00Z",
        "equipment": name,
        "proceeds_usd": usd,
    }


def early(made: Liability) -> list[tuple[str | None, bool]]:
    """Return the sale of each item that never served, and whether its gain is told."""
    found = [finding for finding in made.findings if finding.code == "small_item_sold_early"]
    return [(finding.event, "a gain of 200.00" in finding.message) for finding in found]


@pytest.mark.parametrize(
    ("placed", "on"), [("2025-01-05", "2025-02-28"), ("2024-11-05", "2025-01-10"), ("2024-11-05", "2024-12-10")]
)
def test_what_was_bought_and_sold_before_the_beginning_is_in_no_figure_and_asked_about(placed: str, on: str) -> None:
    """26 U.S.C. 195(c)(1)(A): what is paid for a business that begins; 1221(a): what serves none is a capital asset."""
    lines = (ME, COIN, small("b", placed), sold("b", on))
    made, year = owed(*lines), int(on[:4])
    assert net(made) == 10_000
    assert "Start-up costs line 1" not in [each.line.ref for each in made.lines]
    assert early(owed(*lines, year=year)) == [("sold b", True)]
    other = 2024 if year == 2025 else 2025
    assert early(owed(*lines, year=other)) == []
    assert owed(*lines, year=2024).business.net == 0
    assert [row.label for row in owed(*lines, year=int(placed[:4])).business.expenses.rows] == [
        "Sold before the business began: no cost of it"
    ]
    assert "sold b" not in {event for each in made.lines for event in each.because}


def test_what_is_sold_from_the_beginning_on_was_a_cost_of_it_and_its_price_is_income() -> None:
    """Treas. Reg. 1.263(a)-1(f)(3)(iii): neither a capital asset nor property of section 1231."""
    made = owed(ME, COIN, small("b", "2025-01-05"), sold("b", "2025-03-01"))
    assert net(made) == 10_000 - 1_000 + 1_200
    assert early(made) == []


def test_of_many_of_one_invoice_those_sold_early_are_left_out_and_the_others_wait() -> None:
    lines = (ME, COIN, small("b", "2025-01-05", "3000", quantity=3), sold("b", "2025-02-01") | {"quantity": 1})
    made = owed(*lines)
    assert net(made) == 8_000
    assert early(made) == [("sold b", True)]


def test_where_no_beginning_is_told_a_sale_in_the_year_of_the_first_receipt_stays_in_the_business() -> None:
    """Nothing hangs on the assumed day there: the cost is deducted at once, and what it brought is income."""
    unsaid = {key: value for key, value in ME.items() if key != "business_began"}
    assert net(owed(unsaid, COIN, small("b", "2025-02-02"), sold("b", "2025-02-20"))) == 10_200
    made = owed(unsaid, COIN, small("b", "2024-11-05"), sold("b", "2024-12-20"), year=2024)
    assert early(made) == [("sold b", True)]
