"""What the plans of these tests are about: a miner with a lot at a gain, one at a loss, and a price."""

from __future__ import annotations

from typing import Any

from tests.projections.house import receipt

PROFILE = {
    "kind": "profile",
    "id": "me",
    "at": "2024-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}
PRICE = {"kind": "price", "id": "p", "at": "2026-05-30T00:00:00Z", "asset": "BTC", "price_usd": "80000"}
ON = ("--as-of", "2026-06-01")


def mined() -> tuple[dict[str, Any], ...]:
    return (
        PROFILE,
        PRICE,
        receipt("old", "2025-02-01", "1", "20000"),
        receipt("new", "2026-01-10", "1", "95000"),
    )
