"""What a pool owes less than before, and does not say that it paid: a payout its list dropped, or coins it took back.

Credits only raise what is owed, so that a fall is a payout at least as large. A bound, as all else of completeness: a
payout's own fee may take a tenth of it, and a list may tell it some days later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.units import ONE_DAY
from lotwork.projections.completeness.told import Account, DayTold, Fall
from lotwork.projections.completeness.unnamed import Claim
from lotwork.projections.completeness.unpaid import SHARE_OF_A_PAYOUT

LATE = timedelta(days=5)
"""How much later than what was owed fell a payout may be dated: so long one is under way."""


class Fallen(NamedTuple):
    """A fall that no payout covers, and how much was paid about then, in the coin's smallest units."""

    account: Account
    first: date
    last: date
    quantity: int
    paid: int
    event: str
    """The balance that was less."""


def fallen(
    falls: Mapping[Account, Sequence[Fall]],
    paid: Mapping[Account, Sequence[DayTold]],
    explained: Mapping[Account, Collection[date]],
    today: date | None,
) -> Iterator[Fallen]:
    """Yield the falls of each account that its payouts do not cover, each payout covering one; none that is explained.

    *today* is the last day that anything is told of: a fall of the days before it may be told still.
    """
    for account, told in sorted(falls.items()):
        left = [*paid.get(account, ())]
        for fall in sorted(told, key=lambda one: (one.last, one.first)):
            came = 0
            while left and left[0].day < fall.first - ONE_DAY:
                left.pop(0)
            while left and left[0].day <= fall.last + LATE and not _covers(came, fall.quantity):
                came += left.pop(0).quantity
            is_early = today is None or today <= fall.last + LATE
            if not (_covers(came, fall.quantity) or is_early or fall.last in explained.get(account, ())):
                yield Fallen(account, fall.first, fall.last, fall.quantity, came, fall.event)


def of_fall(one: Fallen) -> Claim:
    """Return what lacks of payouts."""
    return Claim(one.account[1], one.first - ONE_DAY, one.last + LATE, Decimal(one.quantity - one.paid))


def _covers(came: int, quantity: int) -> bool:
    return came * SHARE_OF_A_PAYOUT >= quantity * (SHARE_OF_A_PAYOUT - 1)
