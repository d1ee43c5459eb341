"""Short words for tests: events in the public form, a log in memory, and the book they come to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from lotwork.ledger.events import AssetDeclared, Event
from lotwork.ledger.history import History
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.units import Asset, AssetTable
from lotwork.projections.gains import GainRow
from lotwork.projections.replay.book import Book
from tests.ingest.memory_log import MemoryLog, SharingLog

MAIN = "main"


def told(*lines: Mapping[str, Any]) -> list[Event]:
    """Parse *lines* in the public form; those that declare assets first."""
    assets = AssetTable()
    events = []
    for line in sorted(lines, key=lambda line: line["kind"] != "asset"):
        event = parse_event(line, assets, "test")
        if isinstance(event, AssetDeclared):
            assets = assets.with_declared([Asset(event.asset, event.decimals, event.asset_class)])
        events.append(event)
    return events


def shared_book(*lines: Mapping[str, Any], former: int = 0) -> Book:
    """Return the folded book of *lines*, whose transactions are compared; *former*: so many are of a former version."""
    log = SharingLog(former)
    log.append(told(*lines))
    return Book.begin(History.read(log, MAIN), (2023, 2024, 2025, 2026)).fold()


def logged(events: Iterable[Event]) -> MemoryLog:
    """Return a log that holds *events*."""
    log = MemoryLog()
    log.append(list(events))
    return log


def book_of(
    *lines: Mapping[str, Any], years: Collection[int] = (2023, 2024, 2025, 2026), until: date | None = None
) -> Book:
    """Return the folded book of *lines*."""
    return Book.begin(History.read(logged(told(*lines)), MAIN), years).fold(until=until)


def receipt(name: str, at: str, quantity: str, price: str | None = "100", **more: Any) -> dict[str, Any]:
    """Return a receipt of BTC; *at* is a day, whose noon in UTC is meant."""
    line = {"kind": "receipt", "id": name, "at": instant(at), "wallet": "cold", "asset": "BTC", "quantity": quantity}
    line |= {"income": "pool_payout"} if price is None else {"income": "pool_payout", "price_usd": price}
    return line | more


def sale(name: str, at: str, quantity: str, proceeds: str, **more: Any) -> dict[str, Any]:
    """Return a sale of BTC."""
    return {
        "kind": "sale",
        "id": name,
        "at": instant(at),
        "wallet": "cold",
        "asset": "BTC",
        "quantity": quantity,
        "proceeds_usd": proceeds,
    } | more


def transfer(name: str, at: str, quantity: str, giver: str, taker: str, **more: Any) -> dict[str, Any]:
    """Return a transfer of BTC between two wallets."""
    return {
        "kind": "transfer",
        "id": name,
        "at": instant(at),
        "from_wallet": giver,
        "to_wallet": taker,
        "asset": "BTC",
        "quantity": quantity,
    } | more


def instant(at: str) -> str:
    """Return an instant: a day means its noon in UTC."""
    return at if "T" in at else f"{at}T12:00:00Z"


def codes(book: Book) -> list[str]:
    """Return the codes of the book's findings, in order."""
    return [finding.code for finding in book.told()]


def summed_by_box(rows: Iterable[GainRow]) -> dict[tuple[int, str], list[int]]:
    """Return what *rows* of Form 8949 come to by year and box: proceeds, basis and adjustment."""
    sums: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        before = sums.get((row.sold.year, row.box), [0, 0, 0])
        told = (row.proceeds_usd_micros, row.basis_usd_micros, row.adjustment_usd_micros)
        sums[row.sold.year, row.box] = [one + more for one, more in zip(before, told, strict=True)]
    return sums
