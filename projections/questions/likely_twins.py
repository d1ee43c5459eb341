"""Events that look like one: the same coins told by two sources, without a transaction that would say so.

A pool lists a payout and the exchange lists what it received; a node sees coins leave and an exchange books a deposit.
Where both name the transaction they are counted once (`ledger.same_coins`). Where one does not, as much of a coin
within a day from another source is a question, and a person answers it: both stay in the figures until then, and the
return is not filed. What a file told twice to an earlier release, in two spellings, is asked about too.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, assert_never

from lotwork.ledger import events as e
from lotwork.ledger.known_rows import FROM_A_FILE, core_of, says_no_other
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.txids import txid_key
from lotwork.ledger.units import ONE_DAY, AssetTable, unscaled
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import add_command, correct_command

FEE_SHARE = 50
"""What arrives may be less than what left by a fiftieth of it: an exchange keeps its fee of a withdrawal."""
_FILE = f"{FROM_A_FILE}-"
_ROW_OF_FORMER_RELEASE = re.compile(r"csv-[0-9a-f]{24}")


Gone: TypeAlias = e.Movement | e.Purchase
"""What left a wallet, or was bought into one and may have been sent on."""
Coins: TypeAlias = e.Receipt | e.Transfer | Gone
"""What came to a wallet, or left one, as a source tells it."""
Teller: TypeAlias = tuple[str | None, str | None]
"""A source; a file's own is as many as there are wallets it tells of."""


@dataclass(slots=True)
class TwinFold:
    """Holds what came and left against the day before it; each event is asked about once."""

    assets: AssetTable
    answered: Collection[str]
    """Events of which a person said what income they are."""
    findings: list[Finding]
    book: str = MAIN_BOOK
    voided: Collection[str] = ()
    _recent: deque[Coins] = field(default_factory=deque)
    _teller: Teller | None = None
    """The one who tells all of it; there is nothing to compare until there is a second."""
    _several: bool = False
    _by_amount: dict[tuple[str, int], list[Coins]] = field(default_factory=dict)
    _left: list[Gone] = field(default_factory=list)
    _rows: dict[str, e.Event] = field(default_factory=dict)
    _rows_at: datetime | None = None

    def state(self) -> list[Coins]:
        """Return what another fold can go on from: the last day's coins."""
        return list(self._recent)

    def resume(self, state: list[Coins]) -> None:
        """Go on from *state*."""
        for coins in state:
            if not self._alone(coins):
                self._keep(coins)

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        if event.may_repeat not in (None, SETTLED) and event.may_repeat not in self.voided:
            self._ask_of_row(event, str(event.may_repeat))
        match event:
            case e.Receipt() | e.Transfer() | e.Purchase():
                in_doubt = isinstance(event, e.Receipt) and event.in_doubt  # in no figure, and asked about already
                if not in_doubt and not self._alone(event):
                    self._look(event)
                if event.id[: len(_FILE)] == _FILE:
                    self._told_before(event)
            case e.Movement():
                if not event.is_fee and not self._alone(event):
                    self._look(event)
            case e.Sale() | e.GiftReceived() | e.BusinessIncome() | e.Expense() | e.Energy():
                if event.id[: len(_FILE)] == _FILE:
                    self._told_before(event)
            case e.PriceSample() | e.ExchangeRate() | e.Balance() | e.BrokerReport():
                pass
            case e.Usage() | e.HomeOffice() | e.Tariff() | e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.Election() | e.Selection() | e.ActivityEvidence():
                pass
            case e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def _alone(self, coins: Coins) -> bool:
        """Keep *coins* and say so while one source has told everything of the last day or more."""
        if self._several:
            return False
        recent, at = self._recent, coins.at
        while recent and at - recent[0].at > ONE_DAY:
            recent.popleft()
        teller = _teller(coins)
        if teller != self._teller and recent:
            told, self._several = tuple(recent), True
            recent.clear()
            for other in told:
                self._keep(other)
            return False
        self._teller = teller
        recent.append(coins)
        return True

    def _look(self, coins: Coins) -> None:
        """Ask about *coins* where another source tells as much within the day before; each is asked about once."""
        while self._recent and coins.at - self._recent[0].at > ONE_DAY:
            self._drop(self._recent.popleft())
        for other in self._others(coins):
            one, two = (coins, other) if isinstance(coins, e.Receipt) else (other, coins)
            if isinstance(one, e.Receipt) and one.id not in self.answered and _may_be_one(one, two):
                self._recent.remove(other)
                self._drop(other)
                self.findings.append(self._question(one, two))
                return
        self._keep(coins)

    def _others(self, coins: Coins) -> Iterator[Coins]:
        """Yield what *coins* may be, of the day before: as much that came, or as much and a fee that left."""
        if isinstance(coins, e.Movement | e.Purchase):
            yield from (other for other in tuple(self._recent) if _left_as(coins, other))
            return
        for amount in _amounts(coins):
            yield from tuple(self._by_amount.get((coins.asset, amount), ()))
        left = [other for other in self._left if _left_as(other, coins)]
        yield from sorted(left, key=lambda other: isinstance(other, e.Purchase))  # what was seen to leave comes first

    def _keep(self, coins: Coins) -> None:
        self._recent.append(coins)
        if isinstance(coins, e.Movement | e.Purchase):
            self._left.append(coins)
            return
        for amount in _amounts(coins):
            self._by_amount.setdefault((coins.asset, amount), []).append(coins)

    def _drop(self, coins: Coins) -> None:
        if isinstance(coins, e.Movement | e.Purchase):
            self._left.remove(coins)
            return
        for amount in _amounts(coins):
            same = self._by_amount[coins.asset, amount]
            same.remove(coins)
            if not same:
                del self._by_amount[coins.asset, amount]

    def _told_before(self, event: e.Event) -> None:
        """Ask about a row that an earlier release recorded twice, since it was spelled otherwise."""
        if not is_row_of_former_release(event) or event.may_repeat == SETTLED:
            return
        if event.at != self._rows_at:
            self._rows, self._rows_at = {}, event.at
        first = self._rows.setdefault(core_of(event, self.assets), event)
        if first is not event and first.source == event.source and says_no_other(first, event):
            self._ask_of_row(event, first.id)

    def _question(self, one: e.Receipt, two: Coins) -> Finding:
        """Return what to ask of a receipt and of what it may be, with the command of each answer."""
        elsewhere = {e.Movement: _TRANSFER, e.Purchase: _BOUGHT}.get(type(two)) if one.wallet != _wallet(two) else None
        code, words = ("likely_twins", _TWINS) if elsewhere is None else ("likely_transfer", elsewhere)
        gone = two if isinstance(two, e.Movement) else None
        told = two if gone is not None or (elsewhere is None and one.vout is not None) else one
        change: dict[str, str] = {"kind": "transfer", "from_wallet": _wallet(two)}
        if gone is not None and (fee := gone.quantity + (gone.fee_quantity or 0) - one.quantity):
            change["fee_quantity"] = unscaled(fee, self.assets.decimals(one.asset))
        message = words.format(
            one=one,
            two=two,
            wallet=_wallet(two),
            void=add_command(self.book, "void", f"target={told.id}", "reason=told twice"),
            apart=correct_command(self.book, one.id, {"income": one.income}, "these are two"),
            moved=correct_command(self.book, one.id, change, "own coins"),
        )
        return Finding(code, message, one.id)

    def _ask_of_row(self, event: e.Event, first: str) -> None:
        void = add_command(self.book, "void", f"target={event.id}", "reason=told twice")
        two = correct_command(self.book, event.id, {"may_repeat": SETTLED}, "these are two")
        words = _ROW.format(event=event, first=first, void=void, two=two)
        self.findings.append(Finding("row_told_twice", words, event.id))


_TWINS = (
    "{one.id} ({one.source}, into {one.wallet}) and {two.id} ({two.source}, into {wallet}) tell as much {one.asset} "
    "within a day: if it is one payment, void one of them: `{void}`; if these are two, say so: `{apart}`"
)
_TRANSFER = (
    "{one.id} counts as income what {two.id} saw leave {wallet} within a day: if it is one transfer, correct {one.id} "
    "into a transfer from {wallet} and void {two.id}: `{moved} && {void}`; if these are two things, say so: `{apart}`"
)
_BOUGHT = (
    "{one.id} counts as income what {two.id} bought into {wallet} within a day: if the coins were sent on from there, "
    "correct {one.id} into a transfer from {wallet}: `{moved}`, or void it where that is told: `{void}`; if these are "
    "two things, say so: `{apart}`"
)
_ROW = (
    "{event.id} says what {first} says: a row of a file that was recorded twice, in two spellings, by two maps or out "
    "of two exports: if it is one, void one of them: `{void}`; if these are two, say so: `{two}`"
)


def is_row_of_former_release(event: e.Event) -> bool:
    """Say if *event* was a row of a file that a release read which kept no digest of its cells."""
    return event.row is None and _ROW_OF_FORMER_RELEASE.fullmatch(event.id) is not None


def _teller(coins: Coins) -> Teller:
    return coins.source, _wallet(coins) if coins.source == FROM_A_FILE else None


def _wallet(coins: Coins) -> str:
    return coins.to_wallet if isinstance(coins, e.Transfer) else coins.wallet


def _amounts(coins: e.Receipt | e.Transfer) -> Collection[int]:
    """Return how much came: what a receipt brought, and what it was before a pool's fee."""
    gross = coins.gross_quantity if isinstance(coins, e.Receipt) else None
    return (coins.quantity,) if gross in (None, 0, coins.quantity) else (coins.quantity, gross or 0)


def _left_as(gone: Gone, came: Coins) -> bool:
    """Say if what *came* is what is *gone* from another wallet, less a fee; or all that was bought, where it was."""
    if not isinstance(came, e.Receipt) or gone.asset != came.asset:
        return False
    if gone.wallet == came.wallet:
        return isinstance(gone, e.Purchase) and gone.quantity == came.quantity
    fee: int = getattr(gone, "fee_quantity", None) or 0
    left = gone.quantity + fee
    return 0 <= left - came.quantity <= left // FEE_SHARE


def _may_be_one(one: e.Receipt, two: Coins) -> bool:
    """Say if two sources may tell one thing: they name no transactions, or one of coins that left and came."""
    if _teller(one) == _teller(two) or (isinstance(two, e.Transfer) and one.wallet != two.to_wallet):
        return False
    named: str | None = getattr(two, "txid", None)
    if one.txid is None or named is None:
        return True
    return isinstance(two, e.Movement) and txid_key(one.txid) == txid_key(named)
