"""What a receipt without a price was worth: the price samples of the log, held against its instant.

A sample with an interval is a candle, and holds for the instants inside it: the shortest one that covers the instant is
the price, the minute's where there is one, of several as long the one that was recorded first. A sample without an
interval is somebody's own reading, and holds for an hour around it, the nearest first. Where nothing covers the instant
the receipt stays pending; it is never worth 0. A price that was known first and is none any more is told.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import NamedTuple, TypeAlias, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.public_form.time_bands import parse_interval
from lotwork.ledger.units import AssetTable, value_usd_micros
from lotwork.projections.findings import Finding

NEAR = timedelta(hours=1)
APART = Decimal("0.02")

Unpriced: TypeAlias = e.Receipt | e.Transfer | e.Movement
"""What may wait for a price: a receipt, a transfer with a fee, and a movement that is a fee."""


class Waiting(NamedTuple):
    """An event without a price, and what makes the event it is at a price of its coin and a value in micro-dollars."""

    event: Unpriced
    valued: Callable[[str, int], e.Event]


class Quote(NamedTuple):
    """A price that holds at an instant, with what it rests on."""

    price_usd: str
    source: str
    event: str


class Prices:
    """Every price sample of a book, found by asset and instant; nothing is read until a price is asked for."""

    def __init__(
        self, samples: Iterable[e.Event] = (), recorded: Callable[[], Mapping[str, int]] | None = None
    ) -> None:
        self._unread: Iterable[e.Event] = samples
        self._recorded = recorded
        self._positions: Mapping[str, int] | None = None
        self.asked: dict[str, datetime] = {}
        """The last instant at which a price of each asset was asked for."""
        self._candles: defaultdict[str, defaultdict[timedelta, list[e.PriceSample]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._points: defaultdict[str, list[e.PriceSample]] = defaultdict(list)
        self._candle_ids: set[str] = set()

    def _read(self) -> None:
        samples, self._unread = self._unread, ()
        for sample in samples:
            if isinstance(sample, e.PriceSample):
                if sample.interval is None:
                    self._points[sample.asset].append(sample)
                else:
                    self._candles[sample.asset][parse_interval(sample.interval)].append(sample)
                    self._candle_ids.add(sample.id)
        for length in self._candles.values():
            for candles in length.values():
                candles.sort(key=lambda sample: sample.at)
        for points in self._points.values():
            points.sort(key=lambda sample: sample.at)

    def at(self, asset: str, instant: datetime) -> tuple[Quote | None, list[Quote]]:
        """Return the price of *asset* at *instant*, and the quotes that other sources give for the same interval."""
        self.asked[asset] = max(instant, self.asked.get(asset, instant))
        return self._quotes(asset, instant)

    def know(self, asset: str, instant: datetime) -> bool:
        """Say if there is a price of *asset* at *instant*; no fold rests on the answer."""
        return self._quotes(asset, instant)[0] is not None

    def _quotes(self, asset: str, instant: datetime) -> tuple[Quote | None, list[Quote]]:
        self._read()
        for length in sorted(self._candles.get(asset, ())):
            covering = self._covering(asset, length, instant)
            if len(covering) > 1:
                covering.sort(key=self._position)
            if covering:
                quotes = [_quote(sample) for sample in covering]
                return quotes[0], quotes[1:]
        return self._nearest(asset, instant), []

    def _covering(self, asset: str, length: timedelta, instant: datetime) -> list[e.PriceSample]:
        """Return the candles of *length* that cover *instant*, in order of their times."""
        candles = self._candles[asset][length]
        index = bisect_right(candles, instant, key=lambda sample: sample.at)
        first = index
        while first and instant < candles[first - 1].at + length:
            first -= 1
        return candles[first:index]

    def known_before(self, asset: str, instant: datetime, quote: Quote) -> Quote | None:
        """Return the price of *asset* at *instant* that was recorded before *quote*, a shorter candle; else None."""
        lengths = sorted(self._candles.get(asset, ()))
        if quote.event not in self._candle_ids or (len(lengths) < 2 and asset not in self._points):  # noqa: PLR2004 - two
            return None
        others = [sample for length in lengths for sample in self._covering(asset, length, instant)]
        others += [point for point in self._points.get(asset, []) if abs(point.at - instant) <= NEAR]
        first = min(others, key=self._position)
        return None if first.id == quote.event or self._recorded is None else _quote(first)

    def _position(self, sample: e.PriceSample) -> int:
        """Return where in the log *sample* was recorded; 0 where that is not known."""
        if self._positions is None:
            self._positions = {} if self._recorded is None else self._recorded()
        return self._positions.get(sample.id, 0)

    def _nearest(self, asset: str, instant: datetime) -> Quote | None:
        points = self._points.get(asset, [])
        index = bisect_right(points, instant, key=lambda sample: sample.at)
        beside = [point for point in points[max(index - 1, 0) : index + 1] if abs(point.at - instant) <= NEAR]
        return _quote(min(beside, key=lambda point: abs(point.at - instant))) if beside else None


def _quote(sample: e.PriceSample) -> Quote:
    return Quote(sample.price_usd, sample.source or "manual", sample.id)


def priced(
    events: Iterable[e.Event], prices: Prices, assets: AssetTable, findings: list[Finding], told: dict[str, Quote]
) -> Iterator[e.Event]:
    """Return *events*, each as `valued` returns it."""
    return (valued(event, prices, assets, findings, told) for event in events)


def valued(
    event: e.Event, prices: Prices, assets: AssetTable, findings: list[Finding], told: dict[str, Quote]
) -> e.Event:
    """Return *event*; a receipt or a fee that had no price valued where the log knows one.

    *told* collects the quote behind each event valued here, by its id. What may be no income is valued too: that is
    what a sale it is the other side of brought in.
    """
    waiting = without_price(event)
    if waiting is None:
        if type(event) is not e.Movement or not event.is_fee or event.price_usd is None:
            return event
        value = value_usd_micros(event.quantity, event.price_usd, assets.decimals(event.asset))
        return _spent(event, event.price_usd, value)
    coins = waiting.event
    quote = _asked(prices, coins, findings)
    if quote is None:
        return event
    told[event.id] = quote
    return waiting.valued(
        quote.price_usd, value_usd_micros(coins.quantity, quote.price_usd, assets.decimals(coins.asset))
    )


def without_price(event: e.Event) -> Waiting | None:
    """Return *event* where only a price would say what it is worth: a receipt, a transfer's fee, or a fee alone."""
    match event:
        case e.Receipt():
            return Waiting(event, partial(_received, event)) if event.value_usd_micros is None else None
        case e.Transfer():
            return Waiting(event, partial(_sent, event)) if event.fee_quantity and event.price_usd is None else None
        case e.Movement():
            return Waiting(event, partial(_spent, event)) if event.is_fee and event.price_usd is None else None
        case e.PriceSample() | e.Purchase() | e.Sale() | e.GiftReceived() | e.Balance():
            return None
        case (
            e.BusinessIncome()
            | e.Expense()
            | e.Usage()
            | e.HomeOffice()
            | e.Energy()
            | e.Tariff()
            | e.EnergyEstimate()
            | e.Sharing()
        ):
            return None
        case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
            return None
        case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
            return None
        case e.Election() | e.Selection() | e.ActivityEvidence() | e.ExchangeRate() | e.BrokerReport():
            return None
        case (
            e.HashrateTold()
            | e.Difficulty()
            | e.Credit()
            | e.Suspense()
            | e.Void()
            | e.Correction()
            | e.Rule()
            | e.Filing()
        ):
            return None
        case _:
            assert_never(event)


def _received(receipt: e.Receipt, price_usd: str, value: int) -> e.Event:
    return msgspec.structs.replace(receipt, price_usd=price_usd, value_usd_micros=value)


def _sent(transfer: e.Transfer, price_usd: str, _: int) -> e.Event:
    return msgspec.structs.replace(transfer, price_usd=price_usd)


def _spent(fee: e.Movement, _: str, value: int) -> e.Event:
    """Return the disposal that a network's fee is: coins spent for a service worth as much."""
    return e.Sale(
        id=fee.id,
        at=fee.at,
        source=fee.source,
        note=fee.note,
        evidence=fee.evidence,
        wallet=fee.wallet,
        asset=fee.asset,
        quantity=fee.quantity,
        proceeds_usd_micros=value,
        disposition="spent",
    )


def _asked(prices: Prices, event: Unpriced, findings: list[Finding]) -> Quote | None:
    quote, others = prices.at(event.asset, event.at)
    before = None if quote is None else prices.known_before(event.asset, event.at, quote)
    if quote is not None and before is not None and Decimal(before.price_usd) != Decimal(quote.price_usd):
        findings.append(
            Finding(
                "price_revised",
                f"{event.id} was priced {before.price_usd} by {before.source} ({before.event}); {quote.event} of "
                f"{quote.source}, recorded later, says {quote.price_usd} of a shorter time, and is the price: void the "
                "one that is wrong",
                event.id,
            )
        )
    for other in others:
        if quote is not None and other.source != quote.source:
            apart = abs(Decimal(other.price_usd) - Decimal(quote.price_usd)) / Decimal(quote.price_usd)
            if apart > APART:
                findings.append(
                    Finding(
                        "prices_apart",
                        f"{event.id}: {quote.source} says {quote.price_usd} and {other.source} {other.price_usd} for "
                        f"{event.asset}, more than 2 percent apart: void the price that is wrong",
                        event.id,
                    )
                )
    return quote
