"""Where a receipt belongs: to the trade, to a hobby, or to neither, by what it was for and what the activity was then.

Law: a miner's business has what it was paid for mining, for sending coins there, and by those it hosts; a validator's
reward is income when it is his to dispose of (Rev. Rul. 2023-14), as are a fork's coins (Rev. Rul. 2019-24) and what
lent coins earn, without any trade of his being carried on for it: on Schedule 1, without self-employment tax (26 U.S.C.
1402(a), (c)) and without the deduction for business income (199A(c)(3)). Who stakes or lends as a trade says so, with
`trade` on the receipt or on its wallet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias

from lotwork.ledger import events as e
from lotwork.ledger.events import BUSINESS, HOBBY
from lotwork.ledger.zones import Calendar
from lotwork.projections.filer.activities import Activities

Place: TypeAlias = Literal["business", "hobby", "outside"]
OF_THE_TRADE = ("block_reward", "transaction_fee", "pool_payout", "bonus", "referral", "hosting")
"""What a miner's business is paid for."""
OF_NO_ACTIVITY = ("fork", "airdrop")
"""Coins that came without anybody doing anything for them (Rev. Rul. 2019-24)."""
OUTSIDE: Place = "outside"


class Origin(NamedTuple):
    """What is told of a receipt that decides where it belongs; the activity is the one of its instant."""

    income: str
    trade: e.Trade | None
    """As the receipt or its wallet says, if either does."""
    activity: e.Activity
    owner: e.Owner | None = None
    """Whose wallet it came into; left out: the taxpayer's."""

    def place(self, whole: e.Activity | None = None) -> Place:
        """Return where the receipt belongs, had its *whole* year been one or the other where that is supposed."""
        if self.trade == "no" or (self.income in OF_NO_ACTIVITY and not self.trade):
            return OUTSIDE
        if (whole or self.activity) == HOBBY:
            return HOBBY
        return BUSINESS if self.trade or self.income in OF_THE_TRADE else OUTSIDE


def whose(owner: e.Owner | None) -> e.Owner:
    """Return whose a thing is: the taxpayer's, where nobody said otherwise."""
    return owner or e.TAXPAYER


Dated: TypeAlias = tuple[e.Event, date, Origin | None]
"""An event, the taxpayer's day of it, and of a receipt its origin."""


class Origins:
    """Tells of each receipt where it comes from."""

    def __init__(self, activities: Activities | None = None, wallets: Collection[e.WalletDeclared] = ()) -> None:
        self._activities = activities or Activities(Calendar())
        self._trade: Mapping[str, e.Trade] = {event.wallet: event.trade for event in wallets if event.trade is not None}
        self._owner = {event.wallet: event.owner for event in wallets if event.owner is not None}
        self._known: dict[tuple[str, e.Trade | None, e.Activity, e.Owner | None], Origin] = {}
        self._alike: dict[tuple[str, str, e.Trade | None], Origin] = {}
        """By wallet, kind and trade, where the activity was always one."""

    def of_all(self, events: Iterable[e.Event]) -> list[Origin | None]:
        """Return the origin of each of *events* that is a receipt, and None for each that is not."""
        alike, never_turns, found = self._alike, self._activities.never_turn, list[Origin | None]()
        for event in events:
            origin = None
            if type(event) is e.Receipt:
                told = event.wallet, event.income, event.trade
                origin = alike.get(told)
                if origin is None:
                    origin = self.of(event)
                    if never_turns:
                        alike[told] = origin
            found.append(origin)
        return found

    def activity(self, instant: datetime) -> e.Activity:
        """Return what the activity was at *instant*."""
        return self._activities.at(instant)

    def of(self, receipt: e.Receipt) -> Origin:
        """Return the origin of *receipt*, one object for all that are alike."""
        wallet = receipt.wallet
        trade = receipt.trade or self._trade.get(wallet)
        told = receipt.income, trade, self._activities.at(receipt.at), self._owner.get(wallet)
        origin = self._known.get(told)
        if origin is None:
            origin = self._known[told] = Origin(*told)
        return origin
