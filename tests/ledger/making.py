"""Events and ledgers for the tests of the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from lotwork.ledger import events as e
from lotwork.ledger.clock import SetClock
from lotwork.ledger.storage.port import Database
from lotwork.ledger.store import Batch, EventStore

NOON = datetime(2025, 1, 10, 12, tzinfo=UTC)
CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def receipt(
    number: int, *, quantity: int = 50_000_000, minutes: int | None = None, txid: str | None = None
) -> e.Receipt:
    """Return a pool payout, *number* minutes after noon unless *minutes* says otherwise."""
    return e.Receipt(
        id=f"r{number}",
        at=NOON + timedelta(minutes=number if minutes is None else minutes),
        source="ocean",
        wallet="cold",
        asset="BTC",
        quantity=quantity,
        income="pool_payout",
        price_usd="93012.55",
        txid=txid,
    )


def receipts(first: int, last: int) -> Iterator[e.Receipt]:
    """Yield the pool payouts numbered from *first* to *last*."""
    return map(receipt, range(first, last + 1))


def open_store(home: Path, clock: SetClock | None = None, *, database: Database | None = None) -> EventStore:
    """Open the ledger of *home* on a clock that stands still."""
    return EventStore.open(home, clock=clock or SetClock(CREATED), database=database)


def filled(home: Path, events: int, book: str = "main") -> None:
    """Make a ledger of so many receipts in *home*."""
    with open_store(home) as store:
        store.append(Batch(book, receipts(1, events)))


def one_of_each_kind() -> tuple[e.Event, ...]:
    """Return one event of every kind the vocabulary has, most keys filled."""
    lots = (e.LotChoice(lot="r1", quantity=20_000_000),)
    day = date(2025, 3, 1)
    at = NOON
    return (
        e.AssetDeclared(id="k-asset", at=at, asset="RVN", decimals=8, chain="ravencoin"),
        e.WalletDeclared(id="k-wallet", at=at, wallet="cold", chain="bitcoin", watch="bc1q…é", meaning="pool_payout"),
        receipt(1, txid="aa" * 32),
        e.Purchase(
            id="k-purchase", at=at, wallet="hot", asset="ETH", quantity=10**24, cost_usd_micros=3, note="10²⁴ wei"
        ),
        e.Sale(id="k-sale", at=at, wallet="cold", asset="BTC", quantity=3 * 10**7, proceeds_usd_micros=9, lots=lots),
        e.Transfer(
            id="k-transfer", at=at, from_wallet="cold", to_wallet="hot", asset="BTC", quantity=1, fee_quantity=2
        ),
        e.Movement(id="k-movement", at=at, wallet="cold", asset="BTC", quantity=5, txid="bb" * 32),
        e.Expense(id="k-expense", at=at, category="electricity", amount_usd_micros=1_200_000_000, business_share="0.9"),
        e.Energy(id="k-energy", at=at, kwh="1.5", from_="2025-01-01T00:00:00Z", to="2025-01-02T00:00:00Z", meter="m1"),
        e.Tariff(id="k-tariff", at=at, from_="2025-01-01T00:00:00Z", price_usd="0.12", hours="22:00-06:00"),
        e.Equipment(id="k-equipment", at=at, equipment="S21", cost_usd_micros=5, acquired=day, placed_in_service=day),
        e.EquipmentSale(id="k-equipment-sale", at=at, equipment="S21", proceeds_usd_micros=4),
        e.PriceSample(id="k-price", at=at, source="kraken", asset="BTC", price_usd="93000.1", interval="1m"),
        e.Payment(id="k-payment", at=at, year=2025, amount_usd_micros=7),
        e.Profile(id="k-profile", at=at, jurisdiction="us", filing_status="single", time_zone="America/Denver"),
        e.YearFacts(id="k-year-facts", at=at, year=2025, wages_usd_micros=10),
        e.Election(id="k-election", at=at, from_=day, method="hifo", wallet="cold"),
        e.Selection(id="k-selection", at=at, wallet="cold", asset="BTC", lots=lots, for_="k-sale"),
        e.Balance(id="k-balance", at=at, wallet="cold", asset="BTC", quantity=0),
        e.BrokerReport(id="k-broker", at=at, wallet="cold", asset="BTC", quantity=1, proceeds_usd_micros=2, sold=day),
        e.Void(id="k-void", at=at, target="k-movement", reason="seen twice"),
        e.Correction(id="k-correction", at=at, set_={"quantity": "0.2"}, reason="typing", target="r1"),
        e.Rule(id="k-rule", at=at, figure="a/b", from_=day, value="184500", cite="26 U.S.C. 1402", reason="published"),
        e.Filing(id="k-filing", at=at, year=2025, figures={"tax": "1.00"}, law="ab", position=3, head="cd"),
        e.GiftReceived(
            id="k-gift", at=at, wallet="cold", asset="BTC", quantity=4, donor_basis_usd_micros=5, donor_acquired=day
        ),
        e.Usage(id="k-usage", at=at, usage="garage", from_=day, watts="3250", hours="720", total_kwh="4000"),
        e.HomeOffice(id="k-home-office", at=at, year=2025, method="simplified", office_sqft="120", months=9),
        e.EquipmentUse(id="k-equipment-use", at=at, equipment="S21", year=2026, business_share="0.8"),
        e.ActivityEvidence(
            id="k-evidence", at=at, factor="time_and_effort", supports="business", note="a log of hours"
        ),
        e.ExchangeRate(id="k-rate", at=at, currency="EUR", per_usd="0.9275"),
        e.HashrateTold(
            id="k-hashrate", at=at, asset="LTC", from_="2025-01-01", to="2025-01-02", hashrate="9 GH/s", merged=("X",)
        ),
        e.Difficulty(id="k-difficulty", at=at, asset="BTC", difficulty="146472570619930.78", height=905184),
        e.Credit(id="k-credit", at=at, pool="braiins", asset="BTC", quantity=3),
        e.BusinessIncome(id="k-earned", at=at, category="curtailment", amount_usd_micros=8, owner="spouse"),
        e.EnergyEstimate(
            id="k-estimate", at=at, rig="axe", kwh="0.42", from_="2025-01-01", to="2025-01-02", hours="23.5", meter="m1"
        ),
        e.Sharing(
            id="k-sharing", at=at, party="host", share="0.25", as_="contract", from_=day, wallet="cold", withheld="yes"
        ),
        e.Suspense(
            id="k-suspense",
            at=at,
            source="kraken",
            subject="trade 8842",
            reason="a margin trade",
            remedy="record it by hand",
            dated="no",
        ),
    )
