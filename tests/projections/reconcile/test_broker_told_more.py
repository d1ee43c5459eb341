"""What a broker told the IRS of a year is in its return, or is asked about before it is filed (26 U.S.C. 61, 6045)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lotwork.projections.filing.check import prepare
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt, sale

LAW, NOW = Law.load(), datetime(2026, 11, 29, tzinfo=UTC)
ME = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
      "time_zone": "UTC"}  # fmt: skip
MINED = receipt("r", "2025-02-01", "1", "90000")
SOLD = sale("s", "2025-06-01", "0.1", "9000", fee_usd="45")
LINE = {"kind": "broker_report", "id": "b", "at": "2026-02-01T00:00:00Z", "wallet": "cold", "asset": "BTC",
        "quantity": "0.1", "proceeds_usd": "9000", "sold": "2025-06-01"}  # fmt: skip


def stops(*lines: dict[str, Any]) -> list[str]:
    return [each.code for each in prepare(book_of(ME, MINED, *lines, years=(2025,)), LAW, 2025, NOW).open]


@pytest.mark.parametrize(
    "line",
    [
        LINE | {"quantity": "0.2", "proceeds_usd": "18000"},
        LINE | {"proceeds_usd": "19000"},
        LINE | {"wallet": "coinbase"},
        LINE | {"asset": "LTC", "quantity": "1", "proceeds_usd": "90"},
        LINE | {"id": "more", "sold": "2025-07-01", "proceeds_usd": "9500"},
    ],
)
def test_more_than_the_return_has_is_asked_about(line: dict[str, Any]) -> None:
    assert stops(SOLD, LINE, line | {"id": "more"}) == ["broker_told_more"]


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        LINE | {"proceeds_usd": "8955"},
        LINE | {"quantity": "0.05", "proceeds_usd": "4500"},
        LINE | {"sold": "2024-06-01"},
        LINE | {"sold": "2025-12-31", "quantity": "5"},
        LINE | {"sold": "2026-01-01", "quantity": "5"},
    ],
)
def test_what_the_return_has_is_not(line: dict[str, Any]) -> None:
    assert stops(SOLD, line) == []
