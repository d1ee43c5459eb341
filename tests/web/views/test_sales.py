"""Sales on the screen: rows of Form 8949 with their code, gifts and what is inherited, and what left without a sale."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.projections.house import told
from tests.web.conftest import Ask, record, record_events
from tests.web.markup import read

PROFILE = {
    "kind": "profile", "id": "p", "at": "2025-01-01T12:00:00Z", "filing_status": "single", "activity": "business",
    "time_zone": "UTC", "jurisdiction": "us",
}  # fmt: skip
GIVEN = {
    "kind": "gift", "id": "g", "at": "2026-03-01T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "1",
    "donor_basis_usd": "60000", "fair_value_usd": "40000", "donor_acquired": "2024-05-01",
}  # fmt: skip
INHERITED = {
    "kind": "gift", "id": "i", "at": "2026-10-01T12:00:00Z", "wallet": "hot", "asset": "BTC", "quantity": "1",
    "how": "inheritance", "fair_value_usd": "70000",
}  # fmt: skip
FUND = {"kind": "asset", "id": "a", "at": "2026-01-01T12:00:00Z", "asset": "FUND", "decimals": 8,
        "class": "security"}  # fmt: skip


def bought(name: str, day: str, cost: str, asset: str = "FUND") -> dict[str, object]:
    return {"kind": "purchase", "id": name, "at": f"{day}T12:00:00Z", "wallet": "broker", "asset": asset,
            "quantity": "1", "cost_usd": cost}  # fmt: skip


def sold(name: str, day: str, proceeds: str, **more: object) -> dict[str, object]:
    return {"kind": "sale", "id": name, "at": f"{day}T12:00:00Z", "wallet": "broker", "asset": "FUND",
            "quantity": "1", "proceeds_usd": proceeds} | more  # fmt: skip


def test_a_gift_has_two_bases_and_its_giver_s_time_and_what_is_inherited_is_long_term_at_once(
    tmp_path: Path, ask: Ask
) -> None:
    record(tmp_path, PROFILE, GIVEN, INHERITED)
    client = ask(tmp_path)
    text = read(client.get("/lots").text).text
    assert "May 1, 2024 gift cold 1.00000000 BTC $60,000.00 $40,000.00 for a loss" in text
    assert "Oct 1, 2026 inherited hot 1.00000000 BTC $70,000.00" in text
    assert "Long-term already: 2.00000000 BTC" in text
    assert "2 lots" in read(client.get("/lots?term=long").text).text


def test_between_the_two_bases_of_a_gift_there_is_neither_gain_nor_loss(tmp_path: Path, ask: Ask) -> None:
    sale = sold("s", "2026-04-01", "50000", wallet="cold", asset="BTC")
    record(tmp_path, PROFILE, GIVEN, sale)
    text = read(ask(tmp_path).get("/sales").text).text
    assert "Sales 2026 $0.00" in text
    assert "between the two bases of a gift: neither gain nor loss" in text


@pytest.mark.parametrize(
    ("price", "gain"), [("70000", "$10,000.00"), ("50000", "$0.00"), ("30000", "\N{MINUS SIGN}$10,000.00")]
)
def test_a_gift_would_gain_over_the_higher_basis_and_lose_below_the_lower(
    tmp_path: Path, ask: Ask, price: str, gain: str
) -> None:
    sample = {"kind": "price", "id": "x", "at": "2026-11-01T12:00:00Z", "asset": "BTC", "price_usd": price}
    record(tmp_path, PROFILE, GIVEN, sample)
    assert f"${int(price):,}.00 {gain} now" in read(ask(tmp_path).get("/lots").text).text


def test_a_wash_sale_bears_code_w_and_what_it_disallows(tmp_path: Path, ask: Ask) -> None:
    lines = (bought("b1", "2026-02-01", "1000"), sold("s", "2026-05-01", "600"), bought("b2", "2026-05-10", "650"))
    record_events(tmp_path, list(told(PROFILE, FUND, *lines)))
    client = ask(tmp_path)
    text = read(client.get("/sales").text).text
    assert "Wash sales (code W) disallow $400.00 of losses" in text
    assert "$600.00 $1,000.00 W $400.00 $0.00" in text
    lots = read(client.get("/lots").text).text
    assert "replaced a loss broker 1.00000000 FUND $1,050.00" in lots


def test_what_left_without_a_sale_is_listed_with_its_form(tmp_path: Path, ask: Ask) -> None:
    gone = [
        sold(how, f"2026-06-0{day}", "500", asset="BTC", wallet="broker", disposition=how)
        for day, how in enumerate(("gift", "donated", "lost", "stolen"), start=1)
    ]
    kept = [bought(f"b{number}", "2026-01-02", "300", "BTC") for number in range(4)]
    record(tmp_path, PROFILE, *kept, *gone)
    text = read(ask(tmp_path).get("/sales").text).text.partition("Left without a sale")[2]
    for how in ("Gift", "Donated Schedule A, Form 8283", "Lost", "Stolen Form 4684, Section B"):
        assert how in text
    assert "Jun 1, 2026 Gift Form 709 1.00000000 BTC $500.00 $300.00 $0.00" in text


def test_what_a_filed_year_gave_away_is_no_problem_of_this_year(tmp_path: Path, ask: Ask) -> None:
    gone = sold("s", "2026-06-01", "500", asset="BTC", disposition="lost")
    filing = {"kind": "filing", "id": "f", "at": "2026-10-01T12:00:00Z", "year": 2026, "figures": {}, "law": "0" * 64,
              "position": 1, "head": "0" * 64}  # fmt: skip
    record(tmp_path, PROFILE, bought("b", "2026-01-02", "300", "BTC"), gone, filing)
    client = ask(tmp_path)
    title = "A loss that is not deducted"
    assert title in read(client.get("/problems?year=2026").text).text
    assert title not in read(client.get("/problems?year=2025").text).text


def test_the_pages_of_sales_hold_every_row_of_the_year(demo: TestClient) -> None:
    first = read(demo.get("/sales?book=demo").text).text
    assert "Sales 2026 $5,370.87" in first
    assert "Short-term $41,032.92 $37,084.04 $0.00 $3,948.88" in first
    assert "1\N{EN DASH}60 of 238 rows" in first
    assert "181\N{EN DASH}238 of 238 rows" in read(demo.get("/sales?book=demo&page=4").text).text
