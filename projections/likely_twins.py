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
from typing import NamedTuple, assert_never

from lotwork.ledger import events as e
from lotwork.ledger.known_rows import FROM_A_FILE, core_of, says_no_other
from lotwork.ledger.txids import txid_key
from lotwork.ledger.units import ONE_DAY, AssetTable
from lotwork.projections.findings import Finding

FEE_SHARE = 50
"""What arrives may be less than what left by a fiftieth of it: an exchange keeps its fee of a withdrawal."""
_ROW_OF_FORMER_RELEASE = re.compile(r"csv-[0-9a-f]{24}")


class Seen(NamedTuple):
    """Coins that came to a wallet, or left one (`left`), as a source tells them; in base units."""

    at: datetime
    event: str
    source: str | None
    wallet: str
    asset: str
    quantity: int
    gross: int
    txid: str | None
    left: bool
    income: bool


@dataclass(slots=True)
class TwinFold:
    """Holds what came and left against the day before it; each event is asked about once."""

    assets: AssetTable
    answered: Collection[str]
    """Events of which a person said what income they are."""
    findings: list[Finding]
    _recent: deque[Seen] = field(default_factory=deque)
    _by_amount: dict[tuple[str, int], list[Seen]] = field(default_factory=dict)
    _left: list[Seen] = field(default_factory=list)
    _rows: dict[str, e.Event] = field(default_factory=dict)
    _rows_at: datetime | None = None

    def state(self) -> list[Seen]:
        """Return what another fold can go on from: the last day's coins."""
        return list(self._recent)

    def resume(self, state: list[Seen]) -> None:
        """Go on from *state*."""
        for seen in state:
            self._keep(seen)

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        match event:
            case e.Receipt():
                self._look(_seen(event, event.wallet, event.gross_quantity or event.quantity))
                self._told_before(event)
            case e.Transfer():
                self._look(_seen(event, event.to_wallet, event.quantity, income=False))
                self._told_before(event)
            case e.Movement():
                if not event.is_fee:
                    self._look(_seen(event, event.wallet, event.quantity + (event.fee_quantity or 0), left=True))
            case e.Sale() | e.Purchase() | e.GiftReceived() | e.Expense() | e.Energy():
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

    def _look(self, coins: Seen) -> None:
        """Ask about *coins* where another source tells as much within the day before; each is asked about once."""
        self._forget(coins.at)
        for other in self._others(coins):
            if _may_be_one(coins, other):
                one, two = (coins, other) if coins.income else (other, coins)
                if one.event not in self.answered:
                    self._recent.remove(other)
                    self._drop(other)
                    code, words = ("likely_transfer", _TRANSFER) if two.left else ("likely_twins", _TWINS)
                    self.findings.append(Finding(code, words.format(one=one, two=two), one.event))
                    return
        self._keep(coins)

    def _others(self, coins: Seen) -> Iterator[Seen]:
        """Yield what *coins* may be, of the day before: as much that came, or as much and a fee that left."""
        if coins.left:
            yield from (other for other in tuple(self._recent) if _left_as(coins, other))
            return
        for amount in dict.fromkeys((coins.quantity, coins.gross)):
            yield from tuple(self._by_amount.get((coins.asset, amount), ()))
        yield from (other for other in tuple(self._left) if _left_as(other, coins))

    def _keep(self, coins: Seen) -> None:
        self._recent.append(coins)
        if coins.left:
            self._left.append(coins)
            return
        for amount in dict.fromkeys((coins.quantity, coins.gross)):
            self._by_amount.setdefault((coins.asset, amount), []).append(coins)

    def _forget(self, at: datetime) -> None:
        """Forget what is more than a day before *at*."""
        while self._recent and at - self._recent[0].at > ONE_DAY:
            self._drop(self._recent.popleft())

    def _drop(self, coins: Seen) -> None:
        if coins.left:
            self._left.remove(coins)
            return
        for amount in dict.fromkeys((coins.quantity, coins.gross)):
            same = self._by_amount[coins.asset, amount]
            same.remove(coins)
            if not same:
                del self._by_amount[coins.asset, amount]

    def _told_before(self, event: e.Event) -> None:
        """Ask about a row that an earlier release recorded twice, since it was spelled otherwise."""
        if not is_row_of_former_release(event):
            return
        if event.at != self._rows_at:
            self._rows, self._rows_at = {}, event.at
        first = self._rows.setdefault(core_of(event, self.assets), event)
        if first is not event and first.source == event.source and says_no_other(first, event):
            self.findings.append(Finding("row_told_twice", _ROW.format(event=event, first=first), event.id))


_TWINS = (
    "{one.event} ({one.source}, into {one.wallet}) and {two.event} ({two.source}, into {two.wallet}) tell as much "
    "{one.asset} within a day: if it is one payment, void one of them; if these are two, say so with a correction that "
    "sets the income of {one.event}"
)
_TRANSFER = (
    "{one.event} counts as income what {two.event} saw leave {two.wallet} within a day: if it is one transfer, correct "
    "{one.event} into a transfer from {two.wallet} and void {two.event}; if these are two things, say so with a "
    "correction that sets the income of {one.event}"
)
_ROW = (
    "{event.id} says what {first.id} says: a row of a file that was recorded twice, in two spellings or by two maps: "
    "void one of them, if it is one"
)


def _seen(
    event: e.Receipt | e.Transfer | e.Movement, wallet: str, gross: int, *, left: bool = False, income: bool = True
) -> Seen:
    quantity = gross if left else event.quantity
    return Seen(
        event.at, event.id, event.source, wallet, event.asset, quantity, gross, event.txid, left, income and not left
    )


def is_row_of_former_release(event: e.Event) -> bool:
    """Say if *event* was a row of a file that a release read which kept no digest of its cells."""
    return event.row is None and _ROW_OF_FORMER_RELEASE.fullmatch(event.id) is not None


def _left_as(gone: Seen, came: Seen) -> bool:
    """Say if what *came* is what is *gone* from another wallet, less a fee."""
    return (
        gone.left
        and came.income
        and gone.asset == came.asset
        and gone.wallet != came.wallet
        and 0 <= gone.quantity - came.quantity <= gone.quantity // FEE_SHARE
    )


def _may_be_one(coins: Seen, other: Seen) -> bool:
    """Say if two sources may tell one thing: a file's own source is as many as there are wallets it tells of."""
    if not (coins.income or other.income):
        return False
    moved = not (coins.income and other.income) and not (coins.left or other.left)
    if moved and coins.wallet != other.wallet:
        return False
    if coins.source == other.source and (coins.source != FROM_A_FILE or coins.wallet == other.wallet):
        return False
    if coins.txid is None or other.txid is None:
        return True
    return (coins.left or other.left) and txid_key(coins.txid) == txid_key(other.txid)
