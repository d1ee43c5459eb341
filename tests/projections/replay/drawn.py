"""Histories with an event of every kind in them, months apart: many come late, some speak of what was before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from lotwork.ledger.codec import KINDS
from tests.projections.replay.test_checkpoint import Line, content

BEGIN = datetime(2024, 11, 20, 3, tzinfo=UTC)
DRAWN_ELSEWHERE = frozenset(
    {
        "receipt", "purchase", "gift", "sale", "transfer", "movement", "balance", "price", "void", "correction",
        "payment", "year_facts", "rule",
    }
)  # fmt: skip
OFTEN = (
    "receipt", "receipt", "receipt", "sale", "sale", "purchase", "transfer", "expense", "correction", "void",
    "profile", "election", "selection", "wallet", "sharing", "price",
)  # fmt: skip
NEVER_BY_HAND = ("filing", "asset")
"""What `lotwork file` alone writes, and what must stand before all that names it: no line here names a new asset."""
gaps = st.sampled_from((0, 1, 5, 24, 24, 200, 700)).map(lambda hours: timedelta(hours=hours))
days = st.integers(0, 360).map(lambda day: (BEGIN + timedelta(days=day)).date().isoformat())


@st.composite
def long_histories(draw: st.DrawFn, most: int = 14) -> list[Line]:
    """Draw up to *most* lines from the end of 2024 on, about one in four of them late by hours or months."""
    at, lines = BEGIN, list[Line]()
    kinds = (*OFTEN, *(kind for kind in sorted(KINDS) if kind not in NEVER_BY_HAND))
    for number in range(draw(st.integers(1, most))):
        at += draw(gaps)
        late = timedelta(hours=draw(st.sampled_from((0, 0, 0, 0, 0, 1, 30, 1500))))
        lines.append(draw(line_of(draw(st.sampled_from(kinds)), number, at - late, lines)))
    return lines


@st.composite
def line_of(draw: st.DrawFn, kind: str, number: int, at: datetime, before: list[Line]) -> Line:
    """Draw a line of *kind* that may speak of the lines *before* it."""
    known = [line["id"] for line in before] or ["nobody"]
    told = draw(content(kind, known)) if kind in DRAWN_ELSEWHERE else draw(_other(kind, known))
    if kind in ("void", "correction"):
        told["target"] = draw(st.sampled_from(known))
    if kind == "correction":
        told["set"] = draw(st.sampled_from((told["set"], {"at": f"{draw(days)}T00:00:00Z"})))
    return {"kind": kind, "id": f"{kind}-{number}", "at": at.isoformat()} | told


@st.composite
def _other(draw: st.DrawFn, kind: str, known: list[str]) -> Line:
    money, day, later = str(draw(st.integers(1, 10_000))), draw(days), draw(days)
    first, last = sorted((day, later))
    begin, end = f"{first}T00:00:00Z", f"{last}T01:00:00Z"
    coins: Line = {"asset": "BTC", "quantity": "0.5"}
    match kind:
        case "expense":
            bills: tuple[Line, ...] = (
                {"category": "rent"},
                {"category": "rent", "from": first, "to": last} if first < last else {"category": "supplies"},
                {"category": "electricity", "payee": "grid"},
                {"category": "repairs"} | ({"refund_of": known[-1]} if known[-1].startswith("expense") else {}),
                {"category": "home_rent", "business_share": "0.25"},
                {"category": "software", "usage": "garage"},
            )  # fmt: skip
            return {"amount_usd": money} | draw(st.sampled_from(bills))
        case "profile":
            facts: tuple[Line, ...] = (
                {"time_zone": "America/New_York"}, {"time_zone": "Asia/Tokyo"}, {"activity": "hobby"},
                {"activity": "business"}, {"filing_status": "single"},
            )  # fmt: skip
            return draw(st.sampled_from(facts))
        case "wallet":
            said: tuple[Line, ...] = ({}, {"trade": "no"}, {"watch": "a"}, {"watch": "a, b"})
            named = draw(st.sampled_from(("cold", "hot", "attic")))
            custody = draw(st.sampled_from(("broker", "self")))
            return {"wallet": named, "custody": custody} | draw(st.sampled_from(said))
        case "election":
            told: Line = draw(st.sampled_from(({}, {}, {"wallet": "hot"}, {"asset": "BTC"})))
            if draw(st.integers(0, 4)) == 0:
                return {"from": "2025-01-01", "method": "safe_harbor_allocation", "allocation": "global"} | told
            return {"from": day, "method": draw(st.sampled_from(("hifo", "lofo", "lifo")))} | told
        case "selection":
            chosen = [{"lot": draw(st.sampled_from(known)), "quantity": "0.5"}]
            whose: Line = draw(st.sampled_from(({}, {"for": draw(st.sampled_from(known))})))
            return {"wallet": draw(st.sampled_from(("cold", "hot"))), "asset": "BTC", "lots": chosen} | whose
        case "usage":
            return {"usage": "garage", "from": first, "business_sqft": "10", "total_sqft": "100"}
        case "home_office":
            return {"year": 2025, "method": "simplified", "office_sqft": "100"}
        case "energy":
            return {"kwh": money, "from": begin, "to": end, "meter": "rigs"}
        case "energy_estimate":
            return {"rig": "axe", "kwh": "0.4", "from": begin, "to": end}
        case "tariff":
            return {"from": first, "price_usd": "0.1"}
        case "sharing":
            part: Line = draw(
                st.sampled_from(({"as": "contract"}, {"as": "owner"}, {"as": "contract", "withheld": "yes"}))
            )
            return {"party": "host", "share": "0.25", "from": first, "wallet": "cold"} | part
        case "equipment":
            return {
                "equipment": "rig",
                "cost_usd": money,
                "acquired": first,
                "placed_in_service": first,
                "bonus": "none",
            }
        case "equipment_use":
            return {"equipment": "rig", "year": 2025, "business_share": "0.8"}
        case "equipment_sale":
            return {"equipment": "rig", "proceeds_usd": money}
        case "broker_report":
            return {**coins, "wallet": "hot", "proceeds_usd": money, "sold": day}
        case "business_income":
            return {"category": draw(st.sampled_from(("hosting", "other"))), "amount_usd": money}
        case "activity_evidence":
            return {"factor": "manner", "supports": "business"}
        case "exchange_rate":
            return {"currency": "EUR", "per_usd": "0.9"}
        case "hashrate":
            return {"asset": "BTC", "from": begin, "to": end, "hashrate": "110 TH/s"}
        case "difficulty":
            return {"asset": "BTC", "difficulty": "120000000000000"}
        case "credit":
            return {**coins, "pool": "p"}
        case "suspense":
            return {"subject": "trade 8842", "reason": "a margin trade", "remedy": "record it by hand"}
        case _:
            raise AssertionError(kind)
