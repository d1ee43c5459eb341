"""Short words for tests of estimated payments: a miner, what was mined, facts, payments, and what is asked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from lotwork.ledger.units import CENT
from lotwork.projections.estimated.open_year import year_asked
from lotwork.projections.quarterly import By, Quarterly, quarterly
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()
PROFILE = {
    "kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
}  # fmt: skip


def profile(name: str, at: str, **keys: Any) -> dict[str, Any]:
    return {"kind": "profile", "id": name, "at": f"{at}T00:00:00Z"} | keys


def mined(day: str, usd: str) -> dict[str, Any]:
    return receipt(f"mined {day}", day, "1", usd)


def facts(year: int = 2025, name: str = "", **keys: Any) -> dict[str, Any]:
    at = f"{year}-01-01T00:00:00Z"
    return {"kind": "year_facts", "id": f"facts {year} {name}", "at": at, "year": year} | keys


def through(day: str, **keys: Any) -> dict[str, Any]:
    return facts(int(day[:4]), day, through=day, **keys)


def payment(at: str, usd: str, year: int = 2025, **keys: Any) -> dict[str, Any]:
    return {"kind": "payment", "id": f"paid {at}", "at": f"{at}T12:00:00Z", "year": year, "amount_usd": usd} | keys


def asked(*lines: dict[str, Any], as_of: date, year: int = 2025, by: By = "regular") -> Quarterly:
    """Return the payments of *year* from *lines*, with all that had happened by *as_of*."""
    book = book_of(PROFILE, *lines, years=(year,), until=min(as_of, date(year, 12, 31)))
    return quarterly(book, LAW, year_asked(book, LAW, year), as_of, by)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT)
