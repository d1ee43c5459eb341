"""Power is deducted once: by its meter or by its bill (26 U.S.C. 162(a), 461(a)); and in dollars, not in cents."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from lotwork.projections.expenses import ExpenseBook
from tests.projections.house import book_of

RATE = {"kind": "tariff", "id": "t", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "price_usd": "0.10"}


def read(begin: str, end: str, kwh: str = "1000", name: str = "n") -> dict[str, Any]:
    return {"kind": "energy", "id": name, "at": f"{end}T12:00:00Z", "kwh": kwh, "meter": "rigs", "from": begin,
            "to": end}  # fmt: skip


def bill(day: str, amount: str = "100", name: str = "bill", **more: Any) -> dict[str, Any]:
    return {"kind": "expense", "id": name, "at": f"{day}T12:00:00Z", "category": "electricity",
            "amount_usd": amount} | more  # fmt: skip


def told(*lines: dict[str, Any], year: int = 2025) -> ExpenseBook:
    return book_of(*lines).expenses.result(year)


def asked(*lines: dict[str, Any], year: int = 2025) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.event) for finding in told(*lines, year=year).findings]


NOVEMBER = read("2025-11-01", "2025-12-01")


@pytest.mark.parametrize(
    "line",
    [
        bill("2025-12-05"),
        bill("2025-12-28", "131.40"),
        bill("2025-12-05", category="utilities"),
        bill("2025-12-05", category="Power"),
        bill("2025-12-05", business_share="0.4"),
        bill("2025-12-20", **{"from": "2025-11-15", "to": "2025-12-15"}),
    ],
)
def test_a_bill_for_what_a_meter_tells_is_asked_about(line: dict[str, Any]) -> None:
    assert asked(RATE, NOVEMBER, line) == [("power_told_twice", "bill")]
    assert asked(RATE, NOVEMBER, line | {"may_repeat": "none"}) == []


@pytest.mark.parametrize(
    "line",
    [
        bill("2025-10-20"),
        bill("2025-12-05", "20"),
        bill("2025-12-05", category="internet"),
        bill("2025-12-05", **{"from": "2025-09-01", "to": "2025-10-01"}),
    ],
)
def test_a_bill_for_other_power_is_not_asked_about(line: dict[str, Any]) -> None:
    assert asked(RATE, NOVEMBER, line) == []


def test_a_bill_of_january_is_held_against_the_meter_of_december() -> None:
    december = read("2025-12-01", "2025-12-31")
    assert asked(RATE, december, bill("2026-01-20")) == []
    assert asked(RATE, december, bill("2026-01-20"), year=2026) == [("power_told_twice", "bill")]


def test_readings_of_hours_are_taken_together() -> None:
    hours = [read(f"2025-11-{day:02}", f"2025-11-{day + 1:02}", "33", f"n{day}") for day in range(1, 30)]
    assert asked(RATE, *hours, bill("2025-12-05")) == [("power_told_twice", "bill")]


@pytest.mark.parametrize(
    "lines",
    [
        [bill("2025-12-05")],
        [bill("2025-12-05", category="power")],
        [bill("2026-01-10")],
        [bill("2025-10-15")],
        [bill("2025-12-20", **{"from": "2025-11-01", "to": "2025-12-01"})],
    ],
)
def test_a_meter_without_a_tariff_beside_bills_is_only_observed(lines: list[dict[str, Any]]) -> None:
    """Who records the bill records no tariff, so that the power is deducted once."""
    assert asked(NOVEMBER, *lines) == []


def test_a_meter_of_a_year_of_bills_is_only_observed() -> None:
    months = [f"2025-{month:02}-01" for month in range(1, 13)]
    readings = [read(begin, end, name=f"n{begin}") for begin, end in pairwise(months)]
    assert asked(*readings, *(bill(day[:-2] + "20", name=day) for day in months[1:])) == []


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [bill("2025-12-05", category="internet")],
        [bill("2025-06-05")],
        [bill("2026-03-05")],
        [bill("2025-12-05"), RATE | {"to": "2025-11-15"}],
    ],
)
def test_a_meter_that_neither_a_tariff_nor_a_bill_prices_is_told(lines: list[dict[str, Any]]) -> None:
    assert ("energy_without_tariff", "n") in asked(NOVEMBER, *lines)


@pytest.mark.parametrize("price", ["12", "8.5", "3.01"])
def test_cents_told_as_dollars_are_asked_about(price: str) -> None:
    line = RATE | {"price_usd": price}
    assert asked(line, NOVEMBER) == [("tariff_unlikely", "t")]
    assert asked(line | {"may_repeat": "none"}, NOVEMBER) == []


@pytest.mark.parametrize(
    "more",
    [
        {"price_usd": "0.95"},
        {"price_usd": "-0.01"},
        {"price_usd": "5", "from": "2025-11-03T17:00:00Z", "to": "2025-11-03T18:00:00Z"},
    ],
)
def test_a_price_that_may_be_is_not(more: dict[str, Any]) -> None:
    assert "tariff_unlikely" not in {code for code, _ in asked(RATE | more, NOVEMBER)}
