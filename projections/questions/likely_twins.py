"""Events that look like one: the same coins, or the same bill, told by two tellers, without a transaction to say so.

A pool lists a payout and the exchange lists what it received; a node sees coins leave and an exchange books a deposit;
a bank's export and a hand both tell a bill. Where both name the transaction they are counted once
(`ledger.same_coins`). Where one does not, as much of a coin within a day from another teller is a question, and a
person answers it: both stay in the figures until then, and the return is not filed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import ONE_DAY, AssetTable
from lotwork.projections.findings import Findings
from lotwork.projections.questions import alike, alike_money
from lotwork.projections.questions.alike import Coins, Sent
from lotwork.projections.questions.alike_money import Money
from lotwork.projections.questions.asking import ask_of_coins, ask_of_money
from lotwork.projections.questions.elsewhere import Elsewhere, ElsewhereState
from lotwork.projections.questions.gross_twice import GrossTwice
from lotwork.projections.questions.in_parts import InParts, Traded
from lotwork.projections.questions.lately import Lately, Recent
from lotwork.projections.questions.likely_swaps import SwapFold
from lotwork.projections.questions.pieces import Pieces
from lotwork.projections.questions.rows_twice import Line, RowsTwice
from lotwork.projections.questions.said_pending import MAY_BE_HELD, Held, PendingFold
from lotwork.projections.questions.sent_twice import SentTwice
from lotwork.projections.questions.told_as_two import Arrived, ToldAsTwo

_OF_COINS = alike.who_told, alike.stands_at, alike.looks_of
_OF_MONEY = alike_money.who_billed, alike_money.stands_at, alike_money.looks_of


class TwinState(msgspec.Struct):
    """What a TwinFold goes on from: the coins and sales of a day, the money of some days, what may be elsewhere."""

    coins: Recent[Coins]
    sent: Recent[Sent]
    sales: Recent[e.Sale]
    money: Recent[Money]
    elsewhere: ElsewhereState
    sold: list[e.Sale]
    asked: list[e.Receipt]
    rows: list[e.Event]
    lines: list[Line]
    gross: list[e.Receipt]
    traded: list[Traded]
    pending: list[Held]
    arrived: list[Arrived]
    marked: list[str]


@dataclass(slots=True)
class TwinFold:
    """Holds what came, left and was paid against what others told lately; each event is asked about once."""

    assets: AssetTable
    answered: Collection[str]
    """Events of which a person said what income they are."""
    findings: Findings
    book: str = MAIN_BOOK
    voided: Collection[str] = ()
    doubted: Collection[str] = ()
    """Receipts that their own transaction makes doubtful: those are asked about as such."""
    _coins: Lately[Coins] = field(default_factory=lambda: Lately(ONE_DAY, *_OF_COINS))
    _sales: Lately[e.Sale] = field(default_factory=lambda: Lately(ONE_DAY, *_OF_COINS))
    _money: Lately[Money] = field(default_factory=lambda: Lately(alike_money.FEW_DAYS, *_OF_MONEY))
    _gross: GrossTwice = field(default_factory=GrossTwice)
    _kinds: ToldAsTwo = field(default_factory=ToldAsTwo)
    _sent: SentTwice = field(init=False)
    _parts: InParts = field(init=False)
    _elsewhere: Elsewhere = field(init=False)
    _swaps: SwapFold = field(init=False)
    _rows: RowsTwice = field(init=False)
    _pending: PendingFold = field(init=False)
    _pieces: Pieces = field(default_factory=Pieces)

    def __post_init__(self) -> None:
        self._sent = SentTwice(self.assets, self.findings, self.book, self._may_ask)
        self._parts = InParts(self.findings, self.book)
        self._elsewhere = Elsewhere(self._is_answered)
        self._swaps = SwapFold(self.findings, self.book, self.doubted)
        self._rows = RowsTwice(self.assets, self.findings, self.book, self.voided)
        self._pending = PendingFold(self.findings, self.book)

    def state(self) -> TwinState:
        """Return what another fold can go on from."""
        return TwinState(
            coins=self._coins.state(),
            sent=self._sent.lately.state(),
            sales=self._sales.state(),
            money=self._money.state(),
            elsewhere=self._elsewhere.state(),
            sold=list(self._swaps.sold),
            asked=list(self._swaps.asked.values()),
            rows=self._rows.rows(),
            lines=self._rows.lines(),
            gross=list(self._gross.recent),
            traded=self._parts.kept(),
            pending=self._pending.held(),
            arrived=self._kinds.kept(),
            marked=sorted(self._rows.marked),
        )

    def resume(self, state: TwinState) -> None:
        """Go on from *state*."""
        self._coins.resume(state.coins)
        self._sent.lately.resume(state.sent)
        self._sales.resume(state.sales)
        self._money.resume(state.money)
        self._elsewhere.resume(state.elsewhere)
        self._rows.resume(state.rows, state.lines)
        self._rows.marked.update(state.marked)
        self._gross.recent.extend(state.gross)
        self._parts.resume(state.traded)
        self._pending.resume(state.pending)
        self._kinds.resume(state.arrived)
        self._swaps.sold.extend(state.sold)
        self._swaps.asked.update((came.id, came) for came in state.asked)

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        self._take_each((event,))

    def take_all(self, events: Sequence[e.Event], *, share_instants: bool = True) -> None:
        """Fold *events*, in order of time; of one instant are two of them only where they *share_instants*."""
        begin = 0
        for piece, is_plain in self._pieces.of(events):
            if is_plain:
                self._take_plain(piece, begin, share_instants=share_instants)
            else:
                self._take_each(self.findings.along(piece, begin))
            begin += len(piece)

    def _take_plain(self, events: Sequence[e.Event], begin: int, *, share_instants: bool) -> None:
        """Fold *events*, a plain piece of a stretch from the place *begin* on."""
        sales = [event for event in events if type(event) is e.Sale]
        receipts = self._receipts_at_rest(events, sales)
        if receipts and self._rows.are_at_rest(events, share_instants=share_instants):
            self._pass_by(receipts, sales, events, begin)
            self._rows.pass_by(events)
        elif receipts and not (self._pending.waiting or any(event.note is not None for event in events)):
            self._pass_by(receipts, sales, events, begin)
            for event in self.findings.along(events, begin):
                self._rows.take(event)
        else:  # what pends is asked about after what is a row
            self._take_each(self.findings.along(events, begin))

    def _take_each(self, events: Iterable[e.Event]) -> None:
        """Hold each of *events* against all that may be what it is."""
        rows, recent = self._rows, self._coins.recent
        for event in events:
            if event.may_repeat is not None:
                rows.take_marked(event)
            beside = self._receive(event) if type(event) is e.Receipt else self._take(event, recent)
            rows.take(event)
            self._take_pending(event, beside)

    def _receipts_at_rest(self, events: Sequence[e.Event], sales: Sequence[e.Sale]) -> list[e.Receipt]:
        """Return the receipts of *events*, which are plain, if all there is to ask is whether one amount came twice.

        None where one may be more: bought, given or moved by another's word, or told by two, in parts, or before a fee.
        """
        receipts = [event for event in events if type(event) is e.Receipt]
        if not receipts or [each for each in receipts if each.note is not None or each.doubt is not None]:
            return []
        is_at_rest = (
            self._kinds.is_at_rest(receipts[0].at)
            and not self._pending.awaits(e.Receipt)
            and self._gross.are_at_rest(receipts)
            and self._swaps.are_at_rest(receipts, sales, events[0].at, self._coins.recent)
            and self._coins_at_rest(receipts)
        )
        return receipts if is_at_rest else []

    def _coins_at_rest(self, receipts: Sequence[e.Receipt]) -> bool:
        """Say if none of *receipts* can be what another teller tells: one alone tells, or all are known to be two."""
        tellers, first = alike.tellers_of(receipts), receipts[0]
        if len(tellers) == 1 and self._coins.is_told_by(alike.who_told(first), first.at):
            return True
        told_by_sources = len(tellers) == 1 or () not in tellers
        return told_by_sources and self._coins.are_apart(receipts, alike.kind_of, alike.are_two_payments)

    def _sales_at_rest(self, sales: Sequence[e.Sale]) -> bool:
        """Say if nothing may be one of *sales*, beside which receipts are at rest; there are some."""
        first, at = sales[0], sales[0].at
        return (
            self._parts.are_at_rest(sales)
            and not [each for each in sales if each.note is not None]
            and not self._pending.awaits(e.Sale)
            and self._sent.lately.is_told_by(alike.who_told(first), at)
            and self._sales.is_told_by(alike.who_told(first), at)
        )

    def _pass_by(
        self, receipts: Sequence[e.Receipt], sales: Sequence[e.Sale], events: Sequence[e.Event], begin: int
    ) -> None:
        """Fold *events*, whose *receipts* are at rest: what else there is, *sales* too, stands beside none of these."""
        self._coins.pass_by(receipts)
        self._kinds.pass_by(receipts)
        self._gross.pass_by(receipts)
        unnamed = [each for each in receipts if each.txid is None]
        if unnamed and self._parts.are_at_rest(unnamed):
            self._parts.pass_by(unnamed)
        elif unnamed:
            for event in self.findings.along(events, begin):
                if type(event) is e.Receipt and event.txid is None:
                    self._parts.take(event)
        if receipts[0].source is None:
            for receipt, other in self._elsewhere.pairs(self.findings.along(events, begin)):
                self.findings.append(ask_of_coins(self.book, self.assets, receipt, other))
        passed: set[type[e.Event]] = {e.Receipt}
        if sales and self._sales_at_rest(sales):
            passed.add(e.Sale)
            self._swaps.pass_by(sales)
            self._parts.pass_by(sales)
            self._sent.lately.pass_by(sales)
            self._sales.pass_by(sales)
        if not passed.issuperset(map(type, events)):
            for event in self.findings.along(events, begin):
                if type(event) not in passed:
                    self._take_pending(event, self._take(event, ()))

    def _take_pending(self, event: e.Event, beside: Sequence[e.Event] | None) -> None:
        if (event.note is not None or self._pending.waiting) and beside is not None and isinstance(event, MAY_BE_HELD):
            self._pending.take(event, beside)

    def _take(self, event: e.Event, came: Sequence[e.Event]) -> Sequence[e.Event] | None:
        """Fold one event, and return what came lately beside which it may stand; None where it stands by itself.

        A sale is held against what *came* before it.
        """
        match event:
            case e.Receipt():
                return self._receive(event)
            case e.Purchase():
                self._parts.take(event)
                self._take_coins(event)
                self._take_kinds(event)
                return self._coins.recent
            case e.GiftReceived():
                self._take_coins(event)
                self._take_kinds(event)
                return self._coins.recent
            case e.Transfer() | e.Movement():
                if isinstance(event, e.Movement) and event.is_fee:
                    return None
                self._sent.take(event)
                self._take_coins(event)
                return self._sent.lately.recent
            case e.Sale():
                self._parts.take(event)
                self._sent.take(event)
                self._take_sale(event, came)
                return self._sales.recent
            case e.Expense() | e.BusinessIncome() | e.Equipment() | e.Payment():
                self._take_money(event)
                return self._money.recent
            case e.Energy() | e.PriceSample() | e.ExchangeRate() | e.Balance() | e.BrokerReport():
                return None
            case e.Usage() | e.HomeOffice() | e.Tariff() | e.EquipmentUse() | e.EquipmentSale() | e.EnergyEstimate():
                return None
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Sharing():
                return None
            case e.Election() | e.Selection() | e.ActivityEvidence() | e.HashrateTold() | e.Difficulty() | e.Credit():
                return None
            case e.Suspense() | e.Void() | e.Correction() | e.Rule() | e.Filing():
                return None
            case _:
                assert_never(event)

    def _receive(self, receipt: e.Receipt) -> Sequence[e.Event] | None:
        if receipt.doubt is not None and receipt.doubt != "none":
            return None  # it is in no figure, and asked about already
        if self._swaps.sold:
            self._swaps.take_receipt(receipt)
        if receipt.txid is None:
            self._parts.take(receipt)
        net = self._gross.find(receipt)
        if net is not None and self._may_ask(receipt, net) and self._may_ask(net, receipt):
            self.findings.append(ask_of_coins(self.book, self.assets, receipt, net))
        else:
            self._take_coins(receipt)
            other = self._elsewhere.find(receipt) if receipt.source is None else None
            if other is not None:
                self.findings.append(ask_of_coins(self.book, self.assets, receipt, other))
        self._take_kinds(receipt)
        return self._coins.recent

    def _take_kinds(self, event: Arrived) -> None:
        """Ask of what one teller tells of one wallet as income and as bought or given within minutes."""
        for other in self._kinds.find(event):
            one, two = (event, other) if isinstance(event, e.Receipt) else (other, event)
            if self._may_ask(event, other) and self._may_ask(other, event):
                self._kinds.drop(other)
                self.findings.append(ask_of_coins(self.book, self.assets, one, two))
                return
        self._kinds.keep(event)

    def _take_coins(self, coins: Coins) -> None:
        found = self._coins.find(coins)
        # what was seen to leave comes before what was bought
        for other in sorted(found, key=lambda other: type(other) is e.Purchase):
            one, two = (coins, other) if isinstance(coins, e.Receipt) or type(coins) is type(other) else (other, coins)
            if self._may_ask(one, two) and alike.may_be_one(one, two) and not self._goes_on(coins, other):
                self._coins.drop(other)
                self.findings.append(ask_of_coins(self.book, self.assets, one, two))
                return
        self._coins.keep(coins)

    def _goes_on(self, coins: Coins, other: Coins) -> bool:
        """Say if *coins* is of an export that goes on from that of *other*, where each payout is of one amount."""
        return alike.are_two_exports(coins, other) and any(
            each.quantity == other.quantity and each.at != other.at and alike.who_told(each) == alike.who_told(other)
            for each in self._coins.kept()
            if type(each) is type(other)
        )

    def _take_sale(self, sale: e.Sale, came: Sequence[e.Event]) -> None:
        self._swaps.take_sale(sale, reversed(came))
        for other in self._sales.find(sale):
            if self._may_ask(sale, other) and alike.may_be_one(sale, other):
                self._sales.drop(other)
                self.findings.append(ask_of_coins(self.book, self.assets, sale, other))
                return
        self._sales.keep(sale)

    def _take_money(self, money: Money) -> None:
        for other in sorted(self._money.find(money), key=lambda other: money.at - other.at):
            if self._may_ask(money, other) and alike_money.may_be_one_bill(money, other):
                self._money.drop(other)
                amount = alike_money.amount_of(money)
                self.findings.append(ask_of_money(self.book, money, other, amount, alike_money.DAYS))
                return
        self._money.keep(money)

    def _may_ask(self, one: e.Event, two: e.Event) -> bool:
        """Say if nobody answered yet what *one* is, and no other question asks of these two."""
        return two.id != one.may_repeat and one.id != two.may_repeat and not self._is_answered(one)

    def _is_answered(self, one: e.Event) -> bool:
        return one.may_repeat == SETTLED or one.id in self.answered
