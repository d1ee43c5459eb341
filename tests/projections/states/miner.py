"""A miner with one rig, told in few words, and what the state's return of a year comes to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lotwork.ledger.units import CENT
from lotwork.projections.liability import liability
from lotwork.projections.states.liability import StateLiability, state_liability
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()
RIG = {
    "kind": "equipment", "id": "rig", "at": "2025-02-02T12:00:00Z", "equipment": "S21", "cost_usd": "50000",
    "acquired": "2025-02-01", "placed_in_service": "2025-02-02",
}  # fmt: skip
SOLD = {
    "kind": "equipment_sale", "id": "gone", "at": "2026-06-01T12:00:00Z", "equipment": "S21", "proceeds_usd": "20000",
}  # fmt: skip
MINED = (receipt("mined 2025", "2025-03-01", "1", "100000"), receipt("mined 2026", "2026-03-01", "1", "60000"))
BOTH = (*MINED, RIG, SOLD)


def me(**told: Any) -> dict[str, Any]:
    """Return a profile from the beginning of 2020 on."""
    profile = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z"}
    return profile | {"filing_status": "single", "activity": "business"} | told


def moved(day: str, **told: Any) -> dict[str, Any]:
    """Return a profile that says from *day* on what is *told*."""
    return {"kind": "profile", "id": f"moved {day}", "at": f"{day}T12:00:00Z"} | told


def facts(year: int, **told: Any) -> dict[str, Any]:
    """Return facts of *year*."""
    return {"kind": "year_facts", "id": f"facts {sorted(told)}", "at": "2026-01-02T12:00:00Z", "year": year} | told


def paid(state: str | None, usd: str, of: str = "estimated", year: int = 2025) -> dict[str, Any]:
    """Return tax paid for *year*, to a state or the United States."""
    line = {"kind": "payment", "id": f"{state} {of} {usd}", "at": "2025-06-15T12:00:00Z", "year": year, "type": of}
    return line | {"amount_usd": usd} | ({} if state is None else {"state": state})


def state_of(year: int, *lines: dict[str, Any], law: Law = LAW) -> StateLiability:
    """Return the state's return of *year* of a book of *lines*."""
    book = book_of(*lines)
    return state_liability(book, law, liability(book, law, year))


def on(told: StateLiability, label: str) -> Decimal:
    """Return the dollars of the line *label*, to the cent."""
    (amount,) = {each.line.amount for each in told.lines if each.line.label == label}
    return amount.quantize(CENT)


def codes(told: StateLiability) -> list[str]:
    """Return the codes of what is found."""
    return [finding.code for finding in told.findings]
