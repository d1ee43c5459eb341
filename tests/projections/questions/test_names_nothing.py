"""What names nothing is told and stops the filing: a slip in it would leave a figure as it was, in silence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lotwork.projections.filing.check import prepare
from lotwork.projections.findings import Finding
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt, sale

NOW = datetime(2026, 11, 29, tzinfo=UTC)
ME: dict[str, Any] = {"kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "mfj",
                      "time_zone": "UTC", "activity": "business", "jurisdiction": "us"}  # fmt: skip
LINES = (
    ME,
    receipt("a", "2025-02-01", "1", "100000", source="ocean"),
    receipt("b", "2025-03-01", "1", "80000", source="ocean"),
    sale("s", "2025-06-01", "0.5", "45000"),
    {
        "kind": "receipt",
        "id": "p",
        "at": "2025-04-01T12:00:00Z",
        "wallet": "cold",
        "asset": "BTC",
        "quantity": "0.1",
        "income": "pool_payout",
        "pool": "Braiins",
        "value_usd": "9000",
    },
    {"kind": "expense", "id": "h", "at": "2025-04-01T12:00:00Z", "category": "internet", "amount_usd": "60"},
    {
        "kind": "energy",
        "id": "m",
        "at": "2025-03-02T00:00:00Z",
        "meter": "rigs",
        "kwh": "10",
        "from": "2025-03-01",
        "to": "2025-03-02",
    },
    {"kind": "tariff", "id": "t", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "price_usd": "0.10"},
)
LATER: dict[str, Any] = {"id": "slip", "at": "2025-05-01T12:00:00Z"}


def correction(select: dict[str, str]) -> dict[str, Any]:
    return LATER | {"kind": "correction", "select": select, "set": {"note": "mended"}, "reason": "a slip"}


def election(wallet: str) -> dict[str, Any]:
    return LATER | {"kind": "election", "from": "2025-01-02", "wallet": wallet, "asset": "BTC", "method": "lifo"}


def selection(sold: str) -> dict[str, Any]:
    return LATER | {"kind": "selection", "wallet": "cold", "asset": "BTC", "for": sold,
                    "lots": [{"lot": "b", "quantity": "0.5"}]}  # fmt: skip


def wallet(name: str, **said: str) -> dict[str, Any]:
    return LATER | {"kind": "wallet", "wallet": name, **said}


def sharing(**of: str) -> dict[str, Any]:
    return LATER | {"kind": "sharing", "party": "Ann", "share": "0.2", "as": "owner", "from": "2025-01-01", **of}


def metered(kind: str, meter: str, **more: str) -> dict[str, Any]:
    return LATER | {"kind": kind, "from": "2025-02-01", "meter": meter, **more}


def found(*lines: dict[str, Any]) -> list[Finding]:
    return [each for each in book_of(*LINES, *lines).told() if each.code == "names_nothing"]


SLIPS = [
    correction({"wallet": "clod"}),
    correction({"source": "Ocean"}),
    correction({"kind": "purchase"}),
    correction({"source": "ocean", "from": "2025-04-01"}),
    correction({"wallet": "cold", "kind": "receipt", "to": "2025-01-01"}),
    election("clod"),
    election("Cold "),
    election("kraken"),
    selection("S"),
    selection("sale-1"),
    selection("a"),
    wallet("clod", owner="spouse"),
    wallet("cold1", trade="no"),
    wallet("Cold", owner="spouse"),
    sharing(wallet="clod"),
    sharing(wallet="Cold"),
    sharing(wallet="farm"),
    sharing(pool="brains"),
    sharing(pool="ocean"),
    sharing(category="electricty"),
    sharing(category="Power"),
    sharing(category="utilities"),
    sharing(category="internett"),
    metered("tariff", "Rigs", price_usd="20", per="month", rider="base"),
    metered("tariff", "rigs ", price_usd="0.2"),
    metered("energy_estimate", "rig", rig="r", kwh="1", to="2025-02-02"),
]
RIGHT = [
    correction({"wallet": "cold"}),
    correction({"source": "ocean", "from": "2025-03-01"}),
    correction({"kind": "sale"}),
    election("cold"),
    selection("s"),
    wallet("cold", owner="spouse"),
    wallet("hers", owner="spouse"),
    wallet("clod"),
    sharing(wallet="cold"),
    sharing(wallet="farm") | {"from": "2025-12-01"},
    sharing(wallet="farm", to="2025-01-15"),
    sharing(pool=" BRAIINS"),
    sharing(category="Electricity"),
    sharing(category="internet"),
    sharing(category="rent"),
    metered("tariff", "rigs", price_usd="0.2"),
    metered("tariff", "house", price_usd="0.2"),
    metered("energy_estimate", "rigs", rig="r", kwh="1", to="2025-02-02"),
]


@pytest.mark.parametrize("line", SLIPS)
def test_what_names_nothing_is_told_and_stops_the_filing(line: dict[str, Any]) -> None:
    (finding,) = found(line)
    assert finding.event == "slip"
    book = book_of(*LINES, line)
    assert finding in prepare(book_of(*LINES, line), Law.load(), 2025, NOW).open
    assert book.told() == book.told()


@pytest.mark.parametrize("line", RIGHT)
def test_what_names_something_is_not(line: dict[str, Any]) -> None:
    assert found(line) == []


def test_a_slip_that_is_void_or_declared_is_told_no_more() -> None:
    void = {"kind": "void", "id": "v", "at": "2025-07-01T12:00:00Z", "target": "slip", "reason": "a slip"}
    for line in SLIPS:
        assert found(line, void) == []
    assert found(election("kraken"), wallet("kraken") | {"id": "declared"}) == []


def test_lots_chosen_for_a_sale_to_come_wait_for_it() -> None:
    """A selection is recorded before the sale (Treas. Reg. 1.1012-1(j)(2)), and may know its id by then."""
    chosen = selection("to-come") | {"at": "2025-07-01T12:00:00Z"}
    assert found(chosen) == []
    assert len(found(chosen, sale("other", "2025-08-01", "0.1", "9000"))) == 1
    assert found(chosen, sale("to-come", "2025-08-01", "0.1", "9000")) == []
