"""A miner's book, line by line, for the pages that are asked over it."""

from __future__ import annotations

PROFILE = {
    "kind": "profile", "id": "p", "at": "2025-01-01T12:00:00Z", "filing_status": "single", "activity": "business",
    "time_zone": "UTC", "jurisdiction": "us", "recognition": "on_payout", "material_participation": True,
    "business_began": "2025-01-01",
}  # fmt: skip
FACTS = {
    "kind": "year_facts", "id": "f", "at": "2026-01-01T13:00:00Z", "year": 2026, "prior_year_tax_usd": "10000",
    "prior_year_agi_usd": "200000",
}  # fmt: skip


def receipt(name: str, day: str, quantity: str = "0.01", **more: object) -> dict[str, object]:
    """Return a payout of the pool OCEAN, at 100,000 dollars a coin."""
    return {"kind": "receipt", "id": name, "at": f"{day}T12:00:00Z", "wallet": "cellar", "asset": "BTC",
            "quantity": quantity, "income": "pool_payout", "pool": "ocean", "price_usd": "100000"} | more  # fmt: skip


def unpriced(name: str, day: str) -> dict[str, object]:
    """Return a payout whose price nobody has told."""
    return {key: value for key, value in receipt(name, day).items() if key != "price_usd"}


def paid(name: str, day: str, year: int, dollars: str) -> dict[str, object]:
    """Return an estimated payment."""
    return {"kind": "payment", "id": name, "at": f"{day}T12:00:00Z", "year": year, "amount_usd": dollars}
