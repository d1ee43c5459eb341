"""The demo book: a sample miner's 2025 and 2026, so that every page shows something in the first minute, offline.

Everything in it is made up and says so: the prices run through round numbers, the machines are nobody's, each event
carries the source "demo", and it lives in a book of its own. The lines are written as a user would write them and go
through the same door, `ledger.public_form.contract.parse_event`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Protocol

from lotwork.demo.market import coins, dollars, price_cents
from lotwork.demo.mine import LAST_DAY, at, machines, power, txid
from lotwork.demo.pool import price_at, receipts
from lotwork.ledger.events import Event
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.storage.batch import DEMO_BOOK, Appended, Batch
from lotwork.ledger.units import AssetTable, scaled

BOOK = DEMO_BOOK
SOURCE = "demo"
BEGINNING = "2025-01-01T06:00:00Z"

POWER_BILL_DAY, SALE_DAY, SAVING_DAY = 20, 21, 27
SOLD_FOR_POWER_PERCENT = 45
SAVED_PERCENT = 80
TO_THE_MILLI = 100_000
TRANSFER_FEE = 1_450
EXCHANGE_FEE_PER_MILLE = 4
LONG_SALES = ((date(2026, 3, 12), 8_000_000), (date(2026, 8, 19), 11_000_000))
"""Coins of the year before, brought from cold storage and sold: long-term."""
UNEXPLAINED = (date(2026, 11, 14), 1_500_000)

BALANCE_OF_2025 = (date(2026, 4, 14), 1_027_12)
PAYMENTS = (
    (2025, date(2025, 4, 15), 900_00),
    (2025, date(2025, 6, 13), 900_00),
    (2025, date(2025, 9, 12), 1_200_00),
    (2025, date(2026, 1, 14), 2_600_00),
    (2026, date(2026, 4, 14), 1_900_00),
    (2026, date(2026, 6, 12), 1_700_00),
    (2026, date(2026, 9, 11), 1_450_00),
)


class Appender(Protocol):
    """What the demo asks of a store."""

    def append(self, *batches: Batch) -> tuple[Appended, ...]:
        """Record the batches, all or none."""
        ...


def build_demo(store: Appender) -> int:
    """Record the demo in its own book and return how many events were new: all of them once, none after."""
    (done,) = store.append(Batch(book=BOOK, events=demo_events(AssetTable())))
    return len(done.new)


def demo_events(assets: AssetTable) -> list[Event]:
    """Return the sample miner's two years, in order of time; the same events on every machine, for ever."""
    lines = [*_who(), *machines(), *power(), *receipts(), *_bills(), *_payments()]
    lines += _wallets_at_work(lines)
    lines.sort(key=lambda line: (line["at"], line["id"]))
    return [
        parse_event({**line, "source": SOURCE}, assets, f"demo:{number}") for number, line in enumerate(lines, start=1)
    ]


def _who() -> Iterator[dict[str, Any]]:
    yield {
        "kind": "profile", "id": "demo:profile", "at": BEGINNING, "jurisdiction": "us", "filing_status": "single",
        "time_zone": "America/Chicago", "activity": "business", "material_participation": True,
        "note": "A made-up miner: no figure of this book is anybody's",
    }  # fmt: skip
    for wallet, custody in (("cold", "self"), ("hot", "self"), ("exchange", "broker")):
        yield {"kind": "wallet", "id": f"demo:wallet:{wallet}", "at": BEGINNING, "wallet": wallet, "custody": custody}
    outside = {
        2025: {"wages_usd": "71500.00", "withholding_usd": "7650.00", "taxable_interest_usd": "410.00",
               "qualified_dividends_usd": "260.00", "ordinary_dividends_usd": "260.00",
               "prior_year_tax_usd": "9870.00", "prior_year_agi_usd": "70240.00"},
        2026: {"wages_usd": "74800.00", "withholding_usd": "8020.00", "taxable_interest_usd": "380.00",
               "qualified_dividends_usd": "280.00", "ordinary_dividends_usd": "280.00",
               "prior_year_tax_usd": "14277.00", "prior_year_agi_usd": "93428.00"},
    }  # fmt: skip
    for year, facts in outside.items():
        yield {
            "kind": "year_facts", "id": f"demo:facts:{year}", "at": f"{year}-01-02T15:00:00Z", "year": year, **facts,
        }  # fmt: skip


def _bills() -> Iterator[dict[str, Any]]:
    for year in (2025, 2026):
        for month in range(1, 13):
            day = date(year, month, 5)
            if day <= LAST_DAY:
                yield _expense(day, "rent", 650_00, "1")
                yield _expense(day, "internet", 89_00, "0.8")
                yield _expense(day, "software", 24_00, "1")
            if month % 3 == 0 and day <= LAST_DAY:
                yield _expense(day.replace(day=17), "repairs", 340_00 + 45_00 * month, "1")
        yield _expense(date(year, 2, 3), "insurance", 1_120_00, "1")
        yield _expense(date(year, 3, 20), "professional", 480_00, "1")


def _expense(day: date, category: str, cents: int, share: str) -> dict[str, Any]:
    name = f"{category}:{day}"
    return {
        "kind": "expense", "id": f"demo:{name}", "at": at(day, name), "category": category,
        "amount_usd": dollars(cents), "business_share": share,
    }  # fmt: skip


def _payments() -> Iterator[dict[str, Any]]:
    for year, day, cents in PAYMENTS:
        yield {
            "kind": "payment", "id": f"demo:payment:{day}", "at": f"{day}T17:00:00Z", "year": year,
            "amount_usd": dollars(cents), "type": "estimated",
        }  # fmt: skip
    day, cents = BALANCE_OF_2025
    yield {
        "kind": "payment", "id": f"demo:balance:{day}", "at": f"{day}T16:00:00Z", "year": 2025,
        "amount_usd": dollars(cents), "type": "balance",
    }  # fmt: skip


def _wallets_at_work(lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what the miner does with the coins: sells some for power, saves most, sells old ones in the second year."""
    arrived: defaultdict[tuple[int, int], int] = defaultdict(int)
    for line in lines:
        if line["kind"] == "receipt" and line["asset"] == "BTC" and int(line["at"][8:10]) < POWER_BILL_DAY:
            arrived[int(line["at"][:4]), int(line["at"][5:7])] += scaled(line["quantity"], 8)
    for (year, month), sats in sorted(arrived.items()):
        sold = sats * SOLD_FOR_POWER_PERCENT // 100 // TO_THE_MILLI * TO_THE_MILLI
        if sold and date(year, month, SALE_DAY) <= LAST_DAY:
            yield _transfer(date(year, month, POWER_BILL_DAY), "hot", "exchange", sold)
            yield _sale(date(year, month, SALE_DAY), "exchange", sold)
        saved = (sats - sold) * SAVED_PERCENT // 100 // TO_THE_MILLI * TO_THE_MILLI
        if saved and date(year, month, SAVING_DAY) <= LAST_DAY:
            yield _transfer(date(year, month, SAVING_DAY), "hot", "cold", saved)
    for day, sats in LONG_SALES:
        yield _transfer(day, "cold", "exchange", sats)
        yield _sale(day.replace(day=day.day + 1), "exchange", sats)
    yield _movement(*UNEXPLAINED)


def _transfer(day: date, from_wallet: str, to_wallet: str, sats: int) -> dict[str, Any]:
    name = f"transfer:{from_wallet}:{day}"
    return {
        "kind": "transfer", "id": f"demo:{name}", "at": at(day, name), "from_wallet": from_wallet,
        "to_wallet": to_wallet, "asset": "BTC", "quantity": coins(sats), "fee_quantity": coins(TRANSFER_FEE),
        "price_usd": price_at("BTC", day, name)["price_usd"], "txid": txid(name),
    }  # fmt: skip


def _sale(day: date, wallet: str, sats: int) -> dict[str, Any]:
    name = f"sale:{day}"
    cents = price_cents("BTC", day, name) * sats // 100_000_000
    return {
        "kind": "sale", "id": f"demo:{name}", "at": at(day, name), "wallet": wallet, "asset": "BTC",
        "quantity": coins(sats), "proceeds_usd": dollars(cents),
        "fee_usd": dollars(cents * EXCHANGE_FEE_PER_MILLE // 1000),
    }  # fmt: skip


def _movement(day: date, sats: int) -> dict[str, Any]:
    name = f"movement:{day}"
    return {
        "kind": "movement", "id": f"demo:{name}", "at": at(day, name), "wallet": "hot", "asset": "BTC",
        "quantity": coins(sats), "fee_quantity": coins(TRANSFER_FEE), "txid": txid(name),
    }  # fmt: skip
