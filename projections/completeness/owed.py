"""What a pool owes: credited and not paid, by the log. A change to another pool takes nothing of it away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from lotwork.ledger.doubts import named
from lotwork.projections.completeness.told import WorkFold


class Owed(NamedTuple):
    """What one pool owes of one coin, in the coin's smallest units."""

    pool: str
    asset: str
    quantity: int
    last: date | None
    """The day of the last row, a credit or a payout; None where there is none."""
    said: int | None = None
    """What the pool itself said last that it owes; None where it says nothing."""
    said_on: date | None = None


def owed(told: WorkFold, held: Mapping[tuple[str, str], int]) -> tuple[Owed, ...]:
    """Return what each pool owes: what wallets at pools hold, and credits that are income when they are paid.

    *held* is what each wallet holds, by (wallet, asset).
    """
    return tuple(sorted(_owed(told, held), key=lambda one: (one.pool, one.asset)))


def _owed(told: WorkFold, held: Mapping[tuple[str, str], int]) -> Iterator[Owed]:
    wallets = {(named(wallet), asset): quantity for (wallet, asset), quantity in held.items()}
    for account in {*told.rows, *told.credits, *((pool, asset) for pool, asset, _ in told.balances)}:
        pool, asset = account
        said = told.owed(account)
        rows, credits_ = told.rows.get(account, []), told.credits.get(account, [])
        last = max((row.day for row in (*rows, *credits_)), default=None)
        paid = [row for row in told.paid.get(account, ()) if credits_ and row.day >= credits_[0].day]
        waits = sum(row.quantity for row in credits_) - sum(row.quantity for row in paid)
        quantity = max(wallets.get(account, 0), 0) + max(waits, 0)
        if quantity > 0 or said is not None:
            words = (None, None) if said is None else (said.quantity, said.day)
            yield Owed(told.name(pool), asset, quantity, last, *words)
