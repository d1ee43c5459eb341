"""The year so far on the first page: its lines from Mined to the net profit add up."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lotwork.web.reading import BookCache
from lotwork.web.views.overview import overview_view
from tests.web.conftest import clock, record

PROFILE = {
    "kind": "profile", "id": "p", "at": "2026-01-01T00:00:00Z", "filing_status": "mfj", "activity": "business",
    "time_zone": "UTC", "jurisdiction": "us", "material_participation": True,
}  # fmt: skip
COIN = {
    "kind": "receipt", "id": "r", "at": "2026-02-01T12:00:00Z", "wallet": "w", "asset": "BTC", "quantity": "0.1",
    "income": "pool_payout", "value_usd": "9000",
}  # fmt: skip
BILL = {"kind": "expense", "id": "b", "at": "2026-03-01T12:00:00Z", "category": "electricity", "amount_usd": "700"}
CREDIT = {
    "kind": "business_income", "id": "h", "at": "2026-04-01T12:00:00Z", "category": "curtailment", "amount_usd": "5000",
}  # fmt: skip
TURNED = {"kind": "profile", "id": "t", "at": "2026-07-01T00:00:00Z", "activity": "hobby"}
BY_HOBBY = ({**COIN, "id": "r2", "at": "2026-08-01T12:00:00Z"}, {**CREDIT, "id": "h2", "at": "2026-08-02T12:00:00Z"})


@pytest.mark.parametrize(
    ("lines", "other"),
    [
        ((COIN, BILL), 0),
        ((COIN, BILL, CREDIT), 5000),
        ((COIN, CREDIT, {**CREDIT, "id": "hers", "owner": "spouse"}), 10000),
        ((COIN, CREDIT, TURNED, *BY_HOBBY), 5000),
        ((COIN, TURNED, *BY_HOBBY), 0),
    ],
)
def test_the_lines_of_the_year_add_up_to_its_net_profit(
    lines: tuple[dict[str, Any], ...], other: int, tmp_path: Path
) -> None:
    record(tmp_path, PROFILE, *lines)
    cache = BookCache(tmp_path, clock())
    figures = overview_view(cache.read("main", 2026), None).figures
    cache.close()
    place = next(place for place, line in enumerate(figures) if line.label.startswith("Net profit"))
    assert sum(line.amount for line in figures[:place]) == figures[place].amount
    told = [line.amount for line in figures[:place] if line.label.startswith("Other income")]
    assert told == ([Decimal(other)] if other else [])


PRICES = ("9000", "9001.37", "8123.456789", "99999.999999", "31.415926")


@pytest.mark.parametrize("price", PRICES)
@pytest.mark.parametrize("year", [2025, 2026])
def test_every_total_that_is_shown_is_the_sum_of_what_is_shown_above_it(price: str, year: int, tmp_path: Path) -> None:
    coin = {**COIN, "at": f"{year}-02-01T12:00:00Z", "value_usd": price}
    bill = {**BILL, "at": f"{year}-03-01T12:00:00Z", "amount_usd": "7.777777"}
    paid = {"kind": "payment", "id": "y", "at": f"{year}-04-01T12:00:00Z", "year": year, "amount_usd": "123.45"}
    record(tmp_path, {**PROFILE, "at": "2025-01-01T00:00:00Z"}, coin, bill, paid)
    cache = BookCache(tmp_path, clock())
    reading = cache.read("main", year)
    cache.close()
    figures = overview_view(reading, None).figures
    ends = [place for place, line in enumerate(figures) if line.total]
    net, tax, left = ends
    assert sum(line.amount for line in figures[:net]) == figures[net].amount
    assert sum(line.amount for line in figures[net + 1 : tax]) == figures[tax].amount
    back = 1 if figures[left].label == "Still to pay" else -1
    assert sum(line.amount for line in figures[tax:left]) == back * figures[left].amount
    assert all(line.amount.as_tuple().exponent == -2 for line in figures)
    between = [line.amount for line in figures if line.label.startswith("Cents")]
    assert all(abs(amount) <= Decimal("0.02") for amount in between)
    assert reading.payments is not None
    kept = reading.payments.set_aside
    assert kept is not None
    assert kept.usd == max(Decimal(0), back * figures[left].amount), "beside it, to the cent"
