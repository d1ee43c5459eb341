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
from lotwork.projections.findings import Finding
from lotwork.projections.questions import alike, alike_money
from lotwork.projections.questions.alike import Coins, Sent
from lotwork.projections.questions.alike_money import Money
from lotwork.projections.questions.asking import ask_of_coins, ask_of_money, ask_of_sent
from lotwork.projections.questions.elsewhere import Elsewhere
from lotwork.projections.questions.gross_twice import GrossTwice
from lotwork.projections.questions.in_parts import InParts, Traded
from lotwork.projections.questions.lately import Lately
from lotwork.projections.questions.likely_swaps import SwapFold
from lotwork.projections.questions.rows_twice import COINS, MONEY, ROW_ID, Line, RowsTwice
from lotwork.projections.questions.said_pending import MAY_BE_HELD, Held, PendingFold
from lotwork.projections.questions.told_as_two import Arrived, ToldAsTwo
from lotwork.projections.questions.unexplained import UNEXPLAINED

TOLD_IN_LINES = COINS + MONEY
_OF_COINS = alike.who_told, alike.stands_at, alike.looks_of
_OF_SENT = alike.who_told, alike.leaves_at, alike.looks_where_left
_OF_MONEY = alike_money.who_billed, alike_money.stands_at, alike_money.looks_of


class TwinState(msgspec.Struct):
    """What a TwinFold goes on from: the coins and sales of a day, the money of some days, what may be elsewhere."""

    coins: list[Coins]
    sent: list[Sent]
    sales: list[e.Sale]
    money: list[Money]
    elsewhere: list[e.Receipt]
    sold: list[e.Sale]
    asked: list[e.Receipt]
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
    findings: list[Finding]
    book: str = MAIN_BOOK
    voided: Collection[str] = ()
    doubted: Collection[str] = ()
    """Receipts that their own transaction makes doubtful: those are asked about as such."""
    _coins: Lately[Coins] = field(default_factory=lambda: Lately(ONE_DAY, *_OF_COINS))
    _sent: Lately[Sent] = field(default_factory=lambda: Lately(ONE_DAY, *_OF_SENT))
    _sales: Lately[e.Sale] = field(default_factory=lambda: Lately(ONE_DAY, *_OF_COINS))
    _money: Lately[Money] = field(default_factory=lambda: Lately(alike_money.FEW_DAYS, *_OF_MONEY))
    _gross: GrossTwice = field(default_factory=GrossTwice)
    _kinds: ToldAsTwo = field(default_factory=ToldAsTwo)
    _parts: InParts = field(init=False)
    _elsewhere: Elsewhere = field(init=False)
    _swaps: SwapFold = field(init=False)
    _rows: RowsTwice = field(init=False)
    _pending: PendingFold = field(init=False)

    def __post_init__(self) -> None:
        self._parts = InParts(self.findings, self.book)
        self._elsewhere = Elsewhere(self._is_answered)
        self._swaps = SwapFold(self.findings, self.book, self.doubted)
        self._rows = RowsTwice(self.assets, self.findings, self.book, self.voided)
        self._pending = PendingFold(self.findings, self.book)

    def state(self) -> TwinState:
        """Return what another fold can go on from."""
        return TwinState(
            coins=self._coins.kept(),
            sent=self._sent.kept(),
            sales=self._sales.kept(),
            money=self._money.kept(),
            elsewhere=self._elsewhere.state(),
            sold=list(self._swaps.sold),
            asked=list(self._swaps.asked.values()),
            lines=self._rows.lines(),
            gross=list(self._gross.recent),
            traded=self._parts.kept(),
            pending=self._pending.held(),
            arrived=self._kinds.kept(),
            marked=sorted(self._rows.marked),
        )

    def resume(self, state: TwinState) -> None:
        """Go on from *state*."""
        for coins in state.coins:
            self._coins.resume(coins)
        for sent in state.sent:
            self._sent.resume(sent)
        for sale in state.sales:
            self._sales.resume(sale)
        for money in state.money:
            self._money.resume(money)
        self._elsewhere.resume(state.elsewhere)
        self._rows.resume(state.lines)
        self._rows.marked.update(state.marked)
        self._gross.recent.extend(state.gross)
        self._parts.resume(state.traded)
        self._pending.resume(state.pending)
        self._kinds.resume(state.arrived)
        self._swaps.sold.extend(state.sold)
        self._swaps.asked.update((came.id, came) for came in state.asked)

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        self.take_all((event,))

    def take_all(self, events: Iterable[e.Event]) -> None:
        """Fold *events*, in order."""
        rows, pending = self._rows, self._pending
        for event in events:
            if event.may_repeat is not None:
                rows.take_marked(event)
            beside = self._receive(event) if type(event) is e.Receipt else self._take(event)  # as nine of ten are
            if event.row is None:
                if event.id.startswith(ROW_ID):
                    rows.take_row(event)
                elif isinstance(event, TOLD_IN_LINES):
                    rows.take_line(event)
            if (event.note is not None or pending.waiting) and beside is not None and isinstance(event, MAY_BE_HELD):
                pending.take(event, beside)

    def _take(self, event: e.Event) -> Sequence[e.Event] | None:
        """Fold one event, and return what came lately beside which it may stand; None where it stands by itself."""
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
                self._take_sent(event)
                self._take_coins(event)
                return self._sent.recent
            case e.Sale():
                self._parts.take(event)
                self._take_sent(event)
                self._take_sale(event)
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
        net, coins, source = self._gross.find(receipt), self._coins, receipt.source
        if net is not None and self._may_ask(receipt, net) and self._may_ask(net, receipt):
            self.findings.append(ask_of_coins(self.book, self.assets, receipt, net))
        else:
            if coins.several or not coins.is_alone(receipt, alike.who_told(receipt) if source else ()):
                self._take_coins(receipt)
            other = self._elsewhere.find(receipt) if source is None else None
            if other is not None:
                self.findings.append(ask_of_coins(self.book, self.assets, receipt, other))
        if self._kinds.is_income_alone:  # as nearly all is
            self._kinds.keep(receipt)
        else:
            self._take_kinds(receipt)
        return coins.recent

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
        for other in sorted(found, key=_is_bought):  # what was seen to leave comes before what was bought
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

    def _take_sent(self, sent: Sent) -> None:
        """Ask of a movement and a transfer or sale of one wallet if they are one; arrivals are held against both."""
        for other in self._sent.find(sent):
            seen, said = (sent, other) if isinstance(sent, e.Movement) else (other, sent)
            if not isinstance(seen, e.Movement) or isinstance(said, e.Movement):
                continue
            if self._may_ask(seen, said) and alike.may_be_one(seen, said):
                self._sent.drop(other)
                self._ask_of_unexplained(ask_of_sent(self.book, self.assets, seen, said))
                return
        self._sent.keep(sent)

    def _ask_of_unexplained(self, asked: Finding) -> None:
        """Ask in the place of what says that nobody explained the movement: its other answers make it a sale too."""
        for place in range(len(self.findings) - 1, -1, -1):
            if (self.findings[place].code, self.findings[place].event) == (UNEXPLAINED, asked.event):
                self.findings[place] = asked
                return
        self.findings.append(asked)

    def _take_sale(self, sale: e.Sale) -> None:
        self._swaps.take_sale(sale, reversed(self._coins.recent))
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
        asked = one.may_repeat == two.id or two.may_repeat == one.id
        return not asked and not self._is_answered(one)

    def _is_answered(self, one: e.Event) -> bool:
        return one.may_repeat == SETTLED or one.id in self.answered


def _is_bought(coins: Coins) -> bool:
    return isinstance(coins, e.Purchase)
