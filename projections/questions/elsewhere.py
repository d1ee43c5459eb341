"""Receipts of one amount in two wallets, and nobody says who told them: the pool's word and the exchange's, perhaps.

Everything typed by hand, and every file of JSON Lines that names no source, comes here: a log of a hundred thousand of
them is held against the day before by its amounts alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TypeAlias

from lotwork.ledger.doubts import named
from lotwork.ledger.events import Receipt
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.questions.lately import MOST_LOOKED_AT

Same: TypeAlias = dict[str, deque[Receipt]]
"""Receipts of one quantity by wallet, the earliest first."""
ByAmount: TypeAlias = dict[int, Receipt | Same]
"""One receipt of a quantity mostly; where there are more, of whatever coin, those of each wallet."""
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Elsewhere:
    """The receipts of two days, by how much came, that no other was found to be."""

    is_answered: Callable[[Receipt], bool]
    """Says if a person told that a receipt is none that another tells."""
    _now: ByAmount = field(default_factory=dict)
    _before: ByAmount = field(default_factory=dict)
    _turn: datetime = LONG_AGO
    """When the receipts of now become those of before."""

    def state(self) -> list[Receipt]:
        """Return what another can go on from."""
        return [receipt for day in (self._before, self._now) for told in day.values() for receipt in _each(told)]

    def resume(self, state: list[Receipt]) -> None:
        """Go on from *state*."""
        for receipt in sorted(state, key=lambda each: each.at):
            self._keep(receipt)

    def find(self, receipt: Receipt) -> Receipt | None:
        """Return what *receipt*, for which no source is named, may be: as much of the day before, in another wallet.

        What is found is paired and not found again; else *receipt* is kept.
        """
        quantity = receipt.quantity
        if quantity in self._now or quantity in self._before:
            for day in () if self.is_answered(receipt) else (self._before, self._now):
                same = day[quantity] = _by_wallet(day.get(quantity))
                for wallet, others in same.items():
                    looked_at = () if wallet == receipt.wallet else islice(others, MOST_LOOKED_AT)
                    other = next((each for each in looked_at if _may_be_one(receipt, each)), None)
                    if other is not None:
                        others.remove(other)
                        return other
        elif receipt.at < self._turn:  # as nearly every receipt is
            self._now[quantity] = receipt
            return None
        self._keep(receipt)
        return None

    def _keep(self, receipt: Receipt) -> None:
        if receipt.at >= self._turn:
            self._before = self._now if receipt.at - self._turn < ONE_DAY else {}
            self._now, self._turn = {}, receipt.at + ONE_DAY
        told = self._now.setdefault(receipt.quantity, receipt)
        if told is not receipt:
            same = self._now[receipt.quantity] = _by_wallet(told)
            same.setdefault(receipt.wallet, deque()).append(receipt)


def _each(told: Receipt | Same) -> list[Receipt]:
    return [told] if isinstance(told, Receipt) else list(chain.from_iterable(told.values()))


def _by_wallet(told: Receipt | Same | None) -> Same:
    if told is None:
        return {}
    return {told.wallet: deque((told,))} if isinstance(told, Receipt) else told


def _may_be_one(one: Receipt, other: Receipt) -> bool:
    """Say if receipts into two wallets may be one: within a day, from no two pools, and not by two transactions."""
    if one.asset != other.asset or one.at - other.at >= ONE_DAY:
        return False
    if one.txid is not None and other.txid is not None:
        return False
    return one.pool is None or other.pool is None or named(one.pool) == named(other.pool)
