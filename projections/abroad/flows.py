"""What came and went, in the currency of the return: the events of coins as every cost method reads them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Literal, NamedTuple, TypeAlias, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.units import AssetTable, value_usd_micros
from lotwork.ledger.zones import Calendar
from lotwork.projections.abroad.rates import Rates
from lotwork.projections.basis.same_instant import by_instant, in_turn, may_wait
from lotwork.projections.findings import Finding
from lotwork.projections.pricing import priced
from lotwork.projections.questions.payers import Payers
from lotwork.projections.replay.book import Book

How: TypeAlias = Literal["receipt", "purchase", "gift"]


class Arrival(NamedTuple):
    """Coins that came: in base units, worth or costing so many millionths of the currency."""

    event: str
    day: date
    wallet: str
    asset: str
    quantity: int
    cost: int
    how: How
    since: date
    """The day from which they count as held."""
    income: str | None = None
    """What a receipt was for; None: it is none."""


class Departure(NamedTuple):
    """Coins that left for good, and what came for them."""

    event: str
    day: date
    wallet: str
    asset: str
    quantity: int
    proceeds: int
    disposition: e.Disposition


class Move(NamedTuple):
    """Coins that went from one own wallet to another."""

    event: str
    day: date
    from_wallet: str
    to_wallet: str
    asset: str
    quantity: int
    to_asset: str
    """What they arrived as: the same, or wrapped or unwrapped."""


Flow: TypeAlias = Arrival | Departure | Move


class FlowFold(msgspec.Struct):
    """Turns events into flows, in their order."""

    calendar: Calendar
    assets: AssetTable
    rates: Rates
    year: int
    """What was disposed of before it is not converted: it is in no figure of the year."""
    findings: list[Finding]
    flows: list[Flow] = msgspec.field(default_factory=list)
    _held: dict[tuple[str, str], int] = msgspec.field(default_factory=lambda: defaultdict(int))
    _counted: int = 0

    def covers(self, event: e.Sale | e.Transfer) -> bool:
        """Say if the wallet that *event* takes from holds as much."""
        for flow in self.flows[self._counted :]:
            match flow:
                case Arrival():
                    self._held[flow.wallet, flow.asset] += flow.quantity
                case Departure():
                    self._held[flow.wallet, flow.asset] -= flow.quantity
                case Move():
                    self._held[flow.from_wallet, flow.asset] -= flow.quantity
                    self._held[flow.to_wallet, flow.asset] += flow.quantity
        self._counted = len(self.flows)
        if isinstance(event, e.Sale):
            return self._held[event.wallet, event.asset] >= event.quantity
        return self._held[event.from_wallet, event.asset] >= event.quantity + (event.fee_quantity or 0)

    def take(self, event: e.Event) -> None:
        """Fold one event; prices have been found before."""
        match event:
            case e.Receipt():
                if event.value_usd_micros is not None and not event.in_doubt:
                    self._arrive(event, event.value_usd_micros, "receipt")
            case e.Purchase():
                self._arrive(event, event.cost_usd_micros + event.fee_usd_micros, "purchase")
            case e.GiftReceived():
                self._gift(event)
            case e.Sale():
                self._depart(event, event.proceeds_usd_micros - event.fee_usd_micros)
            case e.Transfer():
                self._transfer(event)
            case e.Movement():
                pass
            case e.PriceSample() | e.ExchangeRate() | e.Balance() | e.BrokerReport() | e.BusinessIncome():
                pass
            case e.Expense() | e.Usage() | e.HomeOffice() | e.Energy() | e.Tariff() | e.EnergyEstimate() | e.Sharing():
                pass
            case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.Election() | e.Selection() | e.ActivityEvidence():
                pass
            case e.HashrateTold() | e.Difficulty() | e.Credit() | e.Suspense():
                pass
            case e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def _arrive(self, event: e.Receipt | e.Purchase | e.GiftReceived, usd_micros: int, how: How) -> None:
        day = self.calendar.day(event.at)
        cost = self.rates.convert(usd_micros, day)
        income = event.income if isinstance(event, e.Receipt) else None
        self.flows.append(Arrival(event.id, day, event.wallet, event.asset, event.quantity, cost, how, day, income))

    def _depart(self, event: e.Sale, usd_micros: int) -> None:
        day = self.calendar.day(event.at)
        proceeds = self._proceeds(usd_micros, day)
        self.flows.append(
            Departure(event.id, day, event.wallet, event.asset, event.quantity, proceeds, event.disposition)
        )

    def _proceeds(self, usd_micros: int, day: date) -> int:
        return self.rates.convert(usd_micros, day) if day.year >= self.year else 0

    def _gift(self, event: e.GiftReceived) -> None:
        """Take a gift with the giver's cost and time where they are known, else at its value."""
        day = self.calendar.day(event.at)
        since = event.donor_acquired or day
        if event.donor_basis_usd_micros is not None:
            cost = self.rates.convert(event.donor_basis_usd_micros, since)
        else:
            cost = self.rates.convert(event.fair_value_usd_micros or 0, day)
            if event.fair_value_usd_micros is None:
                self.findings.append(
                    Finding(
                        "gift_cost_unknown",
                        f"{event.id}: neither what the giver paid nor what it was worth is recorded: it counts as "
                        "having cost nothing; correct it with donor_basis_usd or fair_value_usd",
                        event.id,
                    )
                )
        self.flows.append(Arrival(event.id, day, event.wallet, event.asset, event.quantity, cost, "gift", since))

    def _transfer(self, event: e.Transfer) -> None:
        day = self.calendar.day(event.at)
        if event.fee_quantity and event.price_usd is not None:
            worth = value_usd_micros(event.fee_quantity, event.price_usd, self.assets.decimals(event.asset))
            proceeds = self._proceeds(worth, day)
            self.flows.append(
                Departure(event.id, day, event.from_wallet, event.asset, event.fee_quantity, proceeds, "spent")
            )
        self.flows.append(
            Move(event.id, day, event.from_wallet, event.to_wallet, event.asset, event.quantity, event.arrives_as)
        )


def _not_abroad(each: e.Sharing) -> Finding:
    return Finding(
        "sharing_not_abroad",
        f"{each.id}: what of a shared farm is another's is worked out by the law of the United States alone: here all "
        "that came and was paid counts; have the parts told by somebody who knows this country's law",
        each.id,
    )


def flows_of(book: Book, rates: Rates, year: int, findings: list[Finding]) -> tuple[Flow, ...]:
    """Return what came and went up to the end of *year*, priced as the book priced it."""
    history = book.history
    findings += (_not_abroad(each) for each in book.shares.told)
    fold = FlowFold(history.calendar, history.assets, rates, year, findings)
    payers = Payers.of(book.taxpayer.wallets.values())
    valued = priced(payers.compared(history.events()), book.prices, history.assets, [], {})
    for together in by_instant(valued):
        if history.calendar.day(together[0].at).year > year:
            break
        for event in in_turn(together, fold.covers) if may_wait(together) else together:
            fold.take(event)
    return tuple(fold.flows)
