"""Cost-basis lots: what was acquired, what is left of it, and which lots each disposal took.

Law: until 2024 a taxpayer's lots of an asset form one pool over all wallets; from 1 January 2025 each wallet is a pool
of its own (Treas. Reg. 1.1012-1(j)), and what was open on that day is allocated to the wallets that hold the coins
(Rev. Proc. 2024-28). A transfer between own wallets carries lots with their basis and acquisition time; its fee is a
disposal. A disposal of more than the pool holds takes a part without basis, and says so. What is given or inherited
comes with its own basis and time (`projections.basis.gifts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from operator import attrgetter
from sys import intern
from typing import ClassVar, assert_never, cast

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.units import AssetTable, unscaled
from lotwork.ledger.zones import Calendar
from lotwork.projections.basis.allocation import Allocations, allocated, pooled
from lotwork.projections.basis.disposals import Disposal, Moved, Sink, disposal_of, fee_of, parts_of
from lotwork.projections.basis.elections import Choices, ChoiceState, Orders
from lotwork.projections.basis.gifts import lot_given
from lotwork.projections.basis.holdings import ACQUIRED, Coins, Holdings
from lotwork.projections.basis.lot_matching import match_lots
from lotwork.projections.basis.missing import Missing, Short
from lotwork.projections.basis.open_lots import OpenLot, open_lot
from lotwork.projections.basis.pools import PARTS, Lot, Pool, place
from lotwork.projections.basis.same_instant import ARRIVALS
from lotwork.projections.basis.waiting import Waiting, WaitingHoldings, WaitingPool
from lotwork.projections.basis.wash import WashSales, WashState
from lotwork.projections.findings import Finding
from lotwork.projections.questions.unexplained import unexplained

PER_WALLET_FROM = date(2025, 1, 1)
"""Treas. Reg. 1.1012-1(j); T.D. 10000."""

EVERYWHERE = ""
"""The wallet key of the pool over all wallets, until 2024."""


class LotState(msgspec.Struct):
    """What a LotFold goes on from: each pool's lots and each wallet's coins, under (wallet, asset), by age."""

    pools: list[tuple[str, str, list[Lot]]]
    lying: list[tuple[str, str, list[Coins]]]
    per_wallet: bool
    sequence: int
    day: int
    choices: ChoiceState
    wash: WashState | None
    shorts: list[Short]


@dataclass(slots=True)
class LotFold:
    """Replays history into open lots; every part of a disposal goes to *sink*."""

    calendar: Calendar
    assets: AssetTable
    orders: Orders
    choices: Choices
    allocations: Allocations
    sink: Sink = lambda *_part: None
    moved: Moved = lambda *_part: None
    turned: Callable[[Mapping[tuple[str, str], Pool]], None] = lambda _pools: None
    """Told of the pools of each wallet, once, when 2025 begins."""
    findings: list[Finding] = field(default_factory=list)
    pools: dict[tuple[str, str], Pool] = field(default_factory=lambda: defaultdict(Pool))
    holdings: Holdings = field(default_factory=Holdings)
    per_wallet: bool = False
    sequence: int = 0
    """Counts the acquisitions that were folded, in steps of PARTS."""
    day: int = 0
    """The latest day of one: a taxpayer who moves west may live a day twice."""
    wash: WashSales | None = None
    """What matches losses with purchases, where the book knows an asset the wash sale rule reaches."""
    book: str = MAIN_BOOK
    """Which book is folded: the commands in a finding name it."""
    missing: Missing = field(init=False)
    _at: datetime = field(init=False)
    """The instant of the disposal that is being folded."""
    _places: int = 0
    """The place in the order at which `day` begins."""
    _threshold: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._at = self._threshold = self.calendar.midnight(PER_WALLET_FROM).astimezone(UTC)
        self.missing = Missing(self.findings)

    def state(self) -> LotState:
        """Return what another fold of the same taxpayer can go on from; write it down before this one goes on."""
        return LotState(
            [(wallet, asset, pool.lots()) for (wallet, asset), pool in self.pools.items()],
            self.holdings.state(),
            self.per_wallet,
            self.sequence,
            self.day,
            self.choices.state(),
            None if self.wash is None else self.wash.state(),
            self.missing.shorts,
        )

    def resume(self, state: LotState, waiting: Waiting | None = None) -> None:
        """Go on from *state*, and from what it leaves out and is *waiting*, as if its events had been folded here."""
        self.per_wallet, self.sequence = state.per_wallet, state.sequence
        self.day, self._places = state.day, place(state.day, 0)
        self.missing.shorts = list(state.shorts)
        for wallet, asset, lots in state.pools:
            self.pools[wallet, asset].put_kept(lots)
        self.holdings.resume(state.lying)
        if waiting is not None:
            self.pools.update(((wallet, asset), WaitingPool.of(lots)) for wallet, asset, lots in waiting.pools)
            self.holdings = WaitingHoldings(waiting.lying)
        self.choices.resume(state.choices)
        if self.wash is not None and state.wash is not None:
            self.wash.resume(state.wash)

    def covers(self, event: e.Sale | e.Transfer) -> bool:
        """Say if the pool that *event* takes from holds as much, and the lots it names."""
        self._turn(event.at)
        if isinstance(event, e.Sale):
            wallet, wanted = event.wallet, event.quantity
        else:
            wallet, wanted = event.from_wallet, event.quantity + (event.fee_quantity or 0)
            if not self.per_wallet:
                return self.holdings.hold(wallet, event.asset, wanted)
        pool = self.pools.get((wallet if self.per_wallet else EVERYWHERE, event.asset))
        return pool is not None and pool.holds(wanted, event.lots)

    TAKES: ClassVar = frozenset({e.Receipt, e.Sale, e.Purchase, e.Transfer, e.GiftReceived, e.Movement})
    """The kinds of events it has something to do with."""

    def take_all(self, told: Sequence[e.Event], days: Sequence[date], singly: Iterable[int]) -> None:
        """Fold events with the taxpayer's day of each, in order of (at, position), those of one instant `in_turn`.

        What stands elsewhere than at the places *singly* is a receipt with a value and without a doubt; where 2025
        begins among them (`turns_by`), each is taken singly.
        """
        begin = 0
        for single in singly:
            if begin < single:
                self._take_plain(told[begin:single], days[begin:single])
            begin = single + 1
            if type(told[single]) in self.TAKES:
                self.take_on(told[single], days[single])
        if begin < len(told):
            self._take_plain(told[begin:], days[begin:])

    def _take_plain(self, receipts: Sequence[e.Event], days: Sequence[date]) -> None:
        if self.missing.shorts:
            for event, day in zip(receipts, days, strict=True):
                self.take_on(event, day)
        else:
            self._receive(cast("Sequence[e.Receipt]", receipts), days)

    def turns_by(self, instant: datetime) -> bool:
        """Say if 2025 begins for this fold with what it takes next, up to *instant*."""
        return not self.per_wallet and instant >= self._threshold

    def take(self, event: e.Event) -> None:
        """Fold one event; the same."""
        self.take_on(event, self.calendar.day(event.at))

    def take_on(self, event: e.Event, day: date) -> None:
        """Fold one event of the taxpayer's *day*."""
        if self.missing.shorts and isinstance(event, ARRIVALS):
            self.missing.arrive(event)
        match event:
            case e.Receipt():
                if event.value_usd_micros is not None and (event.doubt is None or not event.in_doubt):
                    self._turn(event.at)
                    self._receive((event,), (day,))
            case e.Sale():
                self._sell(event, day)
            case e.Purchase():
                self._buy(event, day)
            case e.Transfer():
                self._transfer(event, day)
            case e.GiftReceived():
                self._receive_gift(event, day)
            case e.Movement() if event.is_fee:
                self._spend(event, day)
            case e.Movement():
                self.findings.append(unexplained(event, self.assets.decimals(event.asset), self.book))
            case e.PriceSample() | e.ExchangeRate() | e.Balance() | e.BrokerReport() | e.BusinessIncome():
                pass
            case e.Expense() | e.Usage() | e.HomeOffice() | e.Energy() | e.Tariff() | e.EnergyEstimate() | e.Sharing():
                pass
            case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.Election() | e.Selection() | e.ActivityEvidence() | e.Void() | e.Correction():
                pass
            case e.HashrateTold() | e.Difficulty() | e.Credit() | e.Suspense() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def _receive(self, receipts: Sequence[e.Receipt], days: Sequence[date]) -> None:
        """Make a lot of each of *receipts*, which have a value; their wallet's name is held once, not in each."""
        came: dict[tuple[str, str], list[Lot]] = {}
        per_wallet, sequence, today, lots = self.per_wallet, self.sequence, None, list[Lot]()
        last, where = None, EVERYWHERE
        for event, day in zip(receipts, days, strict=True):
            if day is not today:
                today, acquired = day, self._begin(day)
                places = self._places
            sequence += PARTS
            wallet, asset, basis = event.wallet, event.asset, event.value_usd_micros or 0
            if asset != last or (per_wallet and wallet != where):
                last, where = asset, wallet if per_wallet else EVERYWHERE
                lots = came.setdefault((where, asset), [])
            lots.append(Lot(event.id, places + sequence, acquired, event.quantity, basis, intern(wallet)))
        self.sequence = sequence
        for key, lots in came.items():
            self.pools[key].put_all(lots)
            if not per_wallet:
                self.holdings.receive(key[1], lots)

    def _begin(self, day: date) -> int:
        """Return the ordinal of *day*, one object for all lots of a day; the order goes on from it."""
        acquired = day.toordinal()
        if acquired > self.day:
            self.day, self._places = acquired, place(acquired, 0)
        return self.day if acquired == self.day else acquired

    def _buy(self, event: e.Purchase, day: date) -> None:
        self._turn(event.at)
        self.sequence += PARTS
        acquired, basis = self._begin(day), event.cost_usd_micros + event.fee_usd_micros
        lot = Lot(
            event.id, self._places + self.sequence, acquired, event.quantity, basis, event.wallet, bought_here=True
        )
        if not self.per_wallet:
            self.holdings.receive(event.asset, [lot])
        pool = self._pool(event.wallet, event.asset)
        if self.wash is not None and self.wash.may_reach(event.asset):
            for part in self.wash.buy(event.asset, lot):
                pool.add(part)
        else:
            pool.put(lot)

    def _receive_gift(self, event: e.GiftReceived, day: date) -> None:
        self._turn(event.at)
        self.sequence += PARTS
        lot = lot_given(event, day, self.sequence, self.findings)
        if not self.per_wallet:
            self.holdings.arrive(event.wallet, event.asset, Coins(lot.sequence, lot.quantity, ACQUIRED))
        self._pool(event.wallet, event.asset).add(lot)

    def _sell(self, event: e.Sale, day: date) -> None:
        self._turn(event.at)
        self._at = event.at
        method = self._method(event.wallet, event, day)
        self._dispose(disposal_of(event, day), method, self.choices.of(event))

    def _transfer(self, event: e.Transfer, day: date) -> None:
        self._turn(event.at)
        self._at = event.at
        method = self._method(event.from_wallet, event, day)
        if event.fee_quantity:
            fee = fee_of(event, event.fee_quantity, day, self.assets.decimals(event.asset))
            self._dispose(fee, method, ())
        if not self.per_wallet:
            self.holdings.move(event.from_wallet, event.to_wallet, event.asset, event.quantity, event.arrives_as)
            if event.to_asset is None:
                return
        target = self._pool(event.to_wallet, event.arrives_as)
        missing = event.quantity
        source, chosen = self._pool(event.from_wallet, event.asset), self.choices.of(event)
        for given in match_lots(source, event.id, missing, method, chosen, self.findings):
            missing = given.left
            parts = [lot.moved(event.to_wallet) for lot in given.whole]
            if given.part is not None:
                lot, quantity = given.part
                parts.append(lot.part(quantity, event.to_wallet))
            for part in parts:
                self.moved(event, part, self.per_wallet)
                target.add(part)
        if missing:
            self._short(event.id, event.from_wallet, event.asset, missing, "transferred")

    def _spend(self, event: e.Movement, day: date) -> None:
        """Dispose of a network's fee that has no price yet: pending, as a transfer's fee is."""
        self._turn(event.at)
        self._at = event.at
        method = self._method(event.wallet, event, day)
        fee = (event.id, event.wallet, event.asset, event.quantity, None, day.toordinal(), day.year, "spent", event.at)
        self._dispose(Disposal(*fee), method, ())

    def _dispose(self, disposal: Disposal, method: e.Method, chosen: tuple[e.LotChoice, ...]) -> None:
        sink, missing = self.sink, disposal.quantity
        pool = self._pool(disposal.wallet, disposal.asset)
        for given in match_lots(pool, disposal.id, missing, method, chosen, self.findings):
            missing = given.left
            if parts := parts_of(given):
                sink(disposal, parts)
        if not self.per_wallet:
            self.holdings.leave(disposal.wallet, disposal.asset, disposal.quantity)
        if missing:
            self._short(disposal.id, disposal.wallet, disposal.asset, missing, disposal.disposition)
            sink(disposal, [(None, missing, 0)])
        if self.wash is not None and self.wash.may_reach(disposal.asset):
            self.wash.replace_from(self.pools, disposal.asset, disposal.day)

    def _short(self, event_id: str, wallet: str, asset: str, missing: int, verb: str) -> None:
        quantity = unscaled(missing, self.assets.decimals(asset))
        self.missing.tell(Short(self._at, wallet, asset, event_id), f"{quantity} {asset}", verb)

    def _method(self, wallet: str, event: e.Sale | e.Transfer | e.Movement, day: date) -> e.Method:
        return self.orders.in_force(wallet, event.asset, day, event) if self.orders else "fifo"

    def _pool(self, wallet: str, asset: str) -> Pool:
        return self.pools[wallet if self.per_wallet else EVERYWHERE, asset]

    def _turn(self, at: datetime) -> None:
        if not self.per_wallet and at >= self._threshold:
            self.turn_per_wallet()

    def turn_per_wallet(self) -> None:
        """Cross into 2025: allocate every open lot to a wallet (Rev. Proc. 2024-28)."""
        self.pools = pooled(allocated(self.pools, self.holdings, self.allocations, self.findings))
        self.per_wallet = True
        self.holdings = Holdings()
        self.turned(self.pools)

    def open_lots(self, at: date | None, findings: list[Finding]) -> Iterator[OpenLot]:
        """Yield the open lots by asset, wallet and age, each in the wallet its coins lie in.

        Before 2025 the wallets are those the allocation of 2025 would give; only from then on is it a finding.
        """
        if self.per_wallet:
            lying = {where: pool.lots() for where, pool in self.pools.items()}
        else:
            told = findings if at is None or at >= PER_WALLET_FROM else []
            lying = allocated(self.pools, self.holdings, self.allocations, told)
        for asset, wallet in sorted((asset, wallet) for wallet, asset in lying):
            for lot in sorted(lying[wallet, asset], key=attrgetter("sequence")):
                yield open_lot(asset, wallet, lot)
