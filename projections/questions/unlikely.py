"""An amount that is probably told in another unit: a price far from all that the book knows, or coins worth millions.

A file gives satoshis where coins are meant, the total where the price of one coin is, `90.000` for ninety thousand, or
nothing for want of a price. Each is a number like any other, and only what other events say of the same coin shows it.
So a price that is sixty times another one of the month before, or a sixtieth of it, is a question, and one of twenty
times where a price and a total, or two coins, may have been mixed up. So is a receipt of a hundred million dollars. The
figures have them as they are told, until a person says what is right.

Where what a market said of the same hour is recorded, that is what an amount is held against, and five times is far: so
a coin that did move by sixty times in a month is not asked about, and a slip of ten times is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Context, Decimal
from typing import ClassVar, TypeAlias, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.tellers import FROM_FILES
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import MICROS, PRICE_DECIMALS, AssetTable, scaled, unscaled, usd_text
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import AMOUNT, add_command, correct_command
from lotwork.projections.questions.in_suspense import in_suspense

TIMES = 20
"""Prices that are less apart are one level: no coin with a large market moved so far in the days below."""
SPAN = 4
"""Prices within as much of one are near each other: at most sixteen times apart, and what is cut off of `COARSE`."""
FINE, COARSE = 40, 100
"""A price is told in so many bits more than a base unit's; what comes to no more than so much says too little."""
SLIPPED = 60
"""Thin coins, and books of small round numbers, move less; cents, grouped thousands and small units move farther."""
MIXED_UP = 150
"""In percent: what is left of the difference is the days between, where a total was told as a price, or the reverse."""
DAYS = timedelta(days=30)
WORTH_ASKING = MICROS
"""A dollar: what is less apart is the rounding of dust."""
MILLIONS = 100_000_000 * MICROS
"""Micro-dollars of one receipt from which it is asked about: 1,100 BTC; 1,100 satoshis taken for coins are as much."""
SMALL_UNITS = 100_000
"""So many whole coins in one receipt are asked about from a tenth of that: a koinu is of a coin worth cents."""
LEAST_MILLIONS = MILLIONS // 10
LEAST_FEE = 50 * MICROS
"""A fee of less is asked about by nobody: a network takes as much of any amount."""
MOST_LEVELS = 4
OF_THE_HOUR = timedelta(hours=1)
"""So near to an event what a market said is nearer than all of the month."""
FAR_IN_AN_HOUR = 5
"""No market of a coin that anybody mines moved so far in an hour; a fee may be most of a small trade."""
WORTH_HOLDING = 50 * MICROS
"""An amount that is worth less by either price is held against no market: its fee may be most of it."""
FOR_MONEY = frozenset({"sold", "spent", "swapped"})
"""How coins left for what they are worth; a gift or a loss brings nothing."""

Priced: TypeAlias = e.Receipt | e.Purchase | e.Sale | e.PriceSample

_PRICE = (
    "{event.id} tells {event.asset} at ${price} a coin and {other.id} at ${known}, within {days} days: an amount may "
    "be in another unit, or the total where a price is due: correct what is wrong, here `{mend}`; if both are right,"
    " say so: `{right}`"
)
_FEE = (
    "{event.id} tells a fee of ${fee} for ${paid}: it may be the total, or in another unit: correct it: `{mend}`; if "
    "it is right, say so: `{right}`"
)
_MILLIONS = (
    "{event.id} counts {quantity} {event.asset} as income of ${value}: a smaller unit, such as satoshis, may have been "
    "told as coins: correct it: `{mend}`; if it is right, say so: `{right}`"
)


class Level(msgspec.Struct):
    """A price that events of an asset agree on: so many units for one amount of coins, by whom and when last."""

    value: int
    quantity: int
    at: datetime
    id: str
    told: int = 1
    """How many events told it."""

    def is_near(self, value: int, quantity: int) -> bool:
        """Say if *value* for *quantity* is at this level."""
        here, there = value * self.quantity, self.value * quantity
        return here < there * TIMES and there < here * TIMES

    def move(self, event: Priced, value: int, quantity: int, told: int = 1) -> None:
        """Follow so many events that *told* it, the last of them *event*: *value* for *quantity*."""
        self.value, self.quantity, self.at, self.id = value, quantity, event.at, event.id
        self.told += told


class UnlikelyState(msgspec.Struct):
    """What an UnlikelyFold goes on from."""

    levels: dict[str, list[Level]]
    marks: dict[str, Level]


@dataclass(slots=True)
class UnlikelyFold:
    """Holds the price of each event against those of its asset of the month before."""

    assets: AssetTable
    findings: list[Finding]
    book: str = MAIN_BOOK
    _levels: defaultdict[str, list[Level]] = field(default_factory=lambda: defaultdict(list))

    _marks: dict[str, Level] = field(default_factory=dict)
    """What a market said last of each coin."""

    def state(self) -> UnlikelyState:
        """Return what another fold can go on from."""
        return UnlikelyState(dict(self._levels), dict(self._marks))

    def resume(self, state: UnlikelyState) -> None:
        """Go on from *state*."""
        self._levels.update(state.levels)
        self._marks.update(state.marks)

    TAKES: ClassVar = frozenset({e.Receipt, e.Purchase, e.Sale, e.PriceSample, e.Suspense})
    """The kinds of events it has something to do with."""

    def take_all(self, events: Iterable[e.Event]) -> None:
        """Fold *events*, in order of time."""
        rest = iter(events)
        event = next(rest, None)
        while event is not None:
            self.take(event)
            event = self._pass_by(event.asset, rest) if type(event) is e.Receipt else next(rest, None)

    def _pass_by(self, asset: str, rest: Iterator[e.Event]) -> e.Event | None:
        """Note the receipts and sales of *asset* that are next, each near its first level; return what is none."""
        levels, mark = self._levels.get(asset), self._marks.get(asset)
        if not levels:
            return next(rest, None)
        value, quantity, last, told = levels[0].value, levels[0].quantity, None, 0
        least = most = 0
        for event in rest:
            if type(event) is e.Receipt and event.doubt is None:
                worth = event.value_usd_micros or 0
            elif type(event) is e.Sale and event.disposition in FOR_MONEY and event.fee_usd_micros < LEAST_FEE:
                worth = event.proceeds_usd_micros
            else:
                break
            units = event.quantity
            if worth >= LEAST_MILLIONS or event.asset != asset:
                break
            price = (worth << FINE) // units
            if not least < price < most:  # two of one span are near, and most are of the first event's
                here, there = worth * quantity, value * units
                if here >= there * TIMES or there >= here * TIMES:
                    break
                least, most = max(price // SPAN, COARSE), price * SPAN
            if mark is not None and event.at - mark.at <= OF_THE_HOUR:
                break
            value, quantity, last, told = worth, units, event, told + 1
        else:
            event = None
        if last is not None:
            levels[0].move(last, value, quantity, told)
        return event

    def take(self, event: e.Event) -> None:
        """Fold one event, in order of time."""
        match event:
            case e.Receipt():
                self._receive(event)
            case e.Purchase():
                self._hold(event, event.cost_usd_micros, event.quantity)
                self._weigh(event, event.cost_usd_micros)
            case e.Sale():
                if event.disposition in FOR_MONEY:
                    self._hold(event, event.proceeds_usd_micros, event.quantity)
                    self._weigh(event, event.proceeds_usd_micros)
            case e.PriceSample():
                coin = 10 ** self.assets.decimals(event.asset)
                value, quantity = scaled(event.price_usd, PRICE_DECIMALS), coin * 10**PRICE_DECIMALS // MICROS
                self._hold(event, value, quantity)
                if event.interval is not None and event.source not in FROM_FILES and value:
                    self._marks[event.asset] = Level(value, quantity, event.at, event.id)
            case e.GiftReceived() | e.Transfer() | e.Movement() | e.Balance() | e.BrokerReport() | e.ExchangeRate():
                pass
            case e.Expense() | e.Usage() | e.HomeOffice() | e.Energy() | e.Tariff() | e.BusinessIncome():
                pass
            case e.EnergyEstimate() | e.Sharing():
                pass
            case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.Election() | e.Selection() | e.ActivityEvidence():
                pass
            case e.HashrateTold() | e.Difficulty() | e.Credit():
                pass
            case e.Suspense():
                self.findings.append(in_suspense(event, self.book))
            case e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def _weigh(self, event: e.Purchase | e.Sale, paid: int) -> None:
        """Ask about a fee that is most of what was paid."""
        fee = event.fee_usd_micros
        if fee < LEAST_FEE or fee * 2 <= paid or event.may_repeat == SETTLED:
            return
        mend = correct_command(self.book, event.id, {"fee_usd": AMOUNT}, "the fee")
        words = _FEE.format(event=event, fee=usd_text(fee), paid=usd_text(paid), mend=mend, right=self._right(event))
        self.findings.append(Finding("amount_unlikely", words, event.id))

    def _receive(self, receipt: e.Receipt) -> None:
        value = receipt.value_usd_micros
        if not value or (receipt.doubt is not None and receipt.in_doubt):
            return  # what waits, is deferred or has no market has no price
        if value >= LEAST_MILLIONS and receipt.may_repeat != SETTLED:
            units = receipt.quantity >= SMALL_UNITS * 10 ** self.assets.decimals(receipt.asset)
            if units or value >= MILLIONS:
                self._ask_of_millions(receipt, value)
        self._hold(receipt, value, receipt.quantity)

    def _hold(self, event: Priced, value: int, quantity: int) -> None:
        """Ask about *event*, *value* micro-dollars for *quantity* base units, where no level is near it."""
        levels = self._levels[event.asset]
        mark = self._mark_of(event) if self._marks else None
        is_by_the_market = False
        if mark is not None:
            here, there = value * mark.quantity, mark.value * quantity
            is_by_the_market = here < there * FAR_IN_AN_HOUR and there < here * FAR_IN_AN_HOUR
            least = min(value * mark.quantity, mark.value * quantity)
            if not is_by_the_market and least < WORTH_HOLDING * mark.quantity:
                mark = None
        if mark is not None and not is_by_the_market:
            if event.may_repeat != SETTLED:
                self._ask(event, value, quantity, mark)
            return
        for level in levels:
            if level.is_near(value, quantity):
                level.move(event, value, quantity)
                return
        levels[:] = [level for level in levels if event.at - level.at <= DAYS][-MOST_LEVELS + 1 :]
        if levels and event.may_repeat != SETTLED and not is_by_the_market:
            other = max(levels, key=lambda level: level.told)
            if not _is_dust(value, quantity, other) and self._is_a_slip(event, value, quantity, other):
                self._ask(event, value, quantity, other)
        if value:
            levels.append(Level(value, quantity, event.at, event.id))

    def _mark_of(self, event: Priced) -> Level | None:
        """Return what a market said of the hour of *event*; None where nobody did, and of what it says itself."""
        mark = self._marks.get(event.asset)
        near = mark is not None and event.at - mark.at <= OF_THE_HOUR
        return mark if near and type(event) is not e.PriceSample else None

    def _is_a_slip(self, event: Priced, value: int, quantity: int, other: Level) -> bool:
        """Say if the price is as far off as a unit or a point is, as far as a total is from it, or another coin's."""
        here, there = value * other.quantity, other.value * quantity
        if max(here, there) >= SLIPPED * min(here, there):
            return True
        coin = 10 ** self.assets.decimals(event.asset)
        less, more = sorted((here, there))
        for size in (quantity, other.quantity) if other.told == 1 else (quantity,):
            if _is_about(more * size, less * coin) or _is_about(more * coin, less * size):
                return True
        return self._is_of_another_coin(event, value, quantity)

    def _is_of_another_coin(self, event: Priced, value: int, quantity: int) -> bool:
        """Say if the price is one of another coin of these days."""
        coin = 10 ** self.assets.decimals(event.asset)
        return any(
            event.at - level.at <= DAYS
            and _is_about(value * coin * level.quantity, level.value * 10 ** self.assets.decimals(asset) * quantity)
            for asset, levels in self._levels.items()
            if asset != event.asset
            for level in levels
        )

    def _ask(self, event: Priced, value: int, quantity: int, other: Level) -> None:
        decimals = self.assets.decimals(event.asset)
        words = _PRICE.format(
            event=event,
            other=other,
            price=_price(value, quantity, decimals),
            known=_price(other.value, other.quantity, decimals),
            days=DAYS.days,
            mend=self._mended(event),
            right=self._right(event),
        )
        stands_at = other.id if other.told == 1 and other.at.year < event.at.year else event.id
        self.findings.append(Finding("amount_unlikely", words, stands_at))

    def _ask_of_millions(self, receipt: e.Receipt, value: int) -> None:
        words = _MILLIONS.format(
            event=receipt,
            quantity=unscaled(receipt.quantity, self.assets.decimals(receipt.asset)),
            value=usd_text(value),
            mend=correct_command(self.book, receipt.id, {"quantity": AMOUNT}, "told in another unit"),
            right=self._right(receipt),
        )
        self.findings.append(Finding("amount_unlikely", words, receipt.id))

    def _mended(self, event: Priced) -> str:
        if type(event) is e.PriceSample:
            return add_command(self.book, "void", f"target={event.id}", "reason=a wrong price")
        key = "price_usd" if getattr(event, "price_usd", None) else _MONEY[type(event)]
        return correct_command(self.book, event.id, {key: AMOUNT}, "told in another unit")

    def _right(self, event: Priced) -> str:
        return correct_command(self.book, event.id, {"may_repeat": SETTLED}, "looked at, and right")


def _is_dust(value: int, quantity: int, level: Level) -> bool:
    """Say if *quantity* is worth about as much by either price."""
    return abs(value * level.quantity - level.value * quantity) < WORTH_ASKING * level.quantity


def _is_about(one: int, other: int) -> bool:
    """Say if two are one but for what a price moves in some days."""
    return one * 100 <= other * MIXED_UP and other * 100 <= one * MIXED_UP


def _price(value: int, quantity: int, decimals: int) -> str:
    coin = Decimal(value) * 10**decimals / (Decimal(quantity) * MICROS)
    return f"{coin.normalize(_SHOWN):f}"


_SHOWN = Context(prec=6)
_MONEY = {e.Receipt: "value_usd", e.Purchase: "cost_usd", e.Sale: "proceeds_usd"}
