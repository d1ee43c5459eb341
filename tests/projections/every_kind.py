"""One event of every kind, all in 2025: what a fold must be able to be handed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args

from lotwork.ledger import events as e

AT = datetime(2025, 6, 30, 12, tzinfo=UTC)
DAY = date(2025, 6, 30)

EVERY_KIND: tuple[e.Event, ...] = (
    e.AssetDeclared(id="a", at=AT, asset="FOO", decimals=8),
    e.WalletDeclared(id="b", at=AT, wallet="cold"),
    e.Receipt(id="c", at=AT, wallet="cold", asset="BTC", quantity=1, income="pool_payout"),
    e.Purchase(id="d", at=AT, wallet="cold", asset="BTC", quantity=1, cost_usd_micros=1),
    e.Sale(id="e", at=AT, wallet="cold", asset="BTC", quantity=1, proceeds_usd_micros=1),
    e.Transfer(id="f", at=AT, from_wallet="cold", to_wallet="hot", asset="BTC", quantity=1),
    e.Movement(id="g", at=AT, wallet="cold", asset="BTC", quantity=1),
    e.Expense(id="h", at=AT, category="rent", amount_usd_micros=1_000_000),
    e.Energy(id="i", at=AT, kwh="10", from_="2025-06-01", to="2025-06-02", meter="rigs"),
    e.EnergyEstimate(id="af", at=AT, rig="axe", kwh="0.4", from_="2025-06-01", to="2025-06-02"),
    e.Sharing(id="ag", at=AT, party="host", share="0.25", as_="contract", from_=DAY, pool="braiins"),
    e.Tariff(id="j", at=AT, from_="2025-01-01", price_usd="0.1"),
    e.Equipment(
        id="k",
        at=AT,
        equipment="rig",
        cost_usd_micros=1_000_000_000,
        acquired=date(2025, 2, 1),
        placed_in_service=date(2025, 2, 1),
        bonus="none",
    ),
    e.EquipmentSale(id="l", at=datetime(2026, 6, 30, 12, tzinfo=UTC), equipment="rig", proceeds_usd_micros=900_000_000),
    e.PriceSample(id="m", at=AT, asset="BTC", price_usd="100000"),
    e.Payment(id="n", at=AT, year=2025, amount_usd_micros=1),
    e.Profile(id="o", at=AT, time_zone="UTC"),
    e.YearFacts(id="p", at=AT, year=2025),
    e.Election(id="q", at=AT, from_=DAY, method="fifo"),
    e.Selection(id="r", at=AT, wallet="cold", asset="BTC", lots=(e.LotChoice(lot="c", quantity=1),)),
    e.Balance(id="s", at=AT, wallet="cold", asset="BTC", quantity=1),
    e.BrokerReport(id="t", at=AT, wallet="hot", asset="BTC", quantity=1, proceeds_usd_micros=1, sold=DAY),
    e.Void(id="u", at=AT, target="nothing", reason="a sample"),
    e.Correction(id="v", at=AT, target="h", set_={"category": "rent"}, reason="a sample"),
    e.Rule(id="w", at=AT, figure="us/a/b", from_=DAY, value=1, cite="a law", reason="a sample"),
    e.GiftReceived(id="y", at=AT, wallet="cold", asset="BTC", quantity=1, donor_basis_usd_micros=1),
    e.Usage(id="z", at=AT, usage="garage", from_=DAY, business_sqft="10", total_sqft="100"),
    e.HomeOffice(id="aa", at=AT, year=2025, method="simplified", office_sqft="100"),
    e.EquipmentUse(id="ab", at=AT, equipment="rig", year=2026, business_share="0.8"),
    e.ActivityEvidence(id="ac", at=AT, factor="manner", supports="business"),
    e.ExchangeRate(id="ad", at=AT, currency="EUR", per_usd="0.9"),
    e.BusinessIncome(id="ae", at=AT, category="hosting", amount_usd_micros=1_000_000),
    e.HashrateTold(id="af", at=AT, asset="BTC", from_="2025-06-01", to="2025-06-02", hashrate="110 TH/s"),
    e.Difficulty(id="ag", at=AT, asset="BTC", difficulty="120000000000000"),
    e.Credit(id="ah", at=AT, pool="foundry", asset="BTC", quantity=1),
    e.Suspense(id="ai", at=AT, subject="trade 8842", reason="a margin trade", remedy="record it by hand"),
    e.Filing(id="x", at=AT, year=2025, figures={}, law="0", position=1, head="0"),
)

assert {type(event) for event in EVERY_KIND} == set(get_args(e.Event)), "a new kind of event needs a sample here"
