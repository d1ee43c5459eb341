"""Receipts of one amount that nobody is named for: the pool's word and the exchange's, perhaps, or a line told twice.

Two wallets may tell one payment within a day. What has the same instant, the same or quite another price, and an id of
its own each, was written as two, and so are payouts of two instants that both name their pool, as no exchange does. In
one wallet they are two as a rule, but those a minute apart of which one has no id of its own: a script wrote them anew,
and cut the seconds or added a note.

Everything typed by hand, and every file of JSON Lines that names no source, comes here: a log of a hundred thousand of
them is held against the day before by its amounts alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain, islice, takewhile
from typing import TypeAlias

from lotwork.ledger.codec import has_derived_id
from lotwork.ledger.doubts import named
from lotwork.ledger.events import Receipt
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.questions.lately import MOST_LOOKED_AT

Same: TypeAlias = dict[str, deque[Receipt]]
"""Receipts of one quantity by wallet, the earliest first."""
ByAmount: TypeAlias = dict[int, Receipt | Same]
"""One receipt of a quantity mostly; where there are more, of whatever coin, those of each wallet."""
ONE_MINUTE = timedelta(minutes=1)
ONE_PRICE = 95
"""In percent: what two sources of prices say of one instant is no farther apart."""
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
        """Return what *receipt*, for which no source is named, may be: as much of the day before.

        What is found is paired and not found again; else *receipt* is kept.
        """
        quantity = receipt.quantity
        if quantity in self._now or quantity in self._before:
            for day in () if self.is_answered(receipt) else (self._before, self._now):
                told = day.get(quantity)
                if told is None:
                    continue
                if isinstance(told, Receipt):  # as most are
                    if _may_be(receipt, told):
                        day[quantity] = {told.wallet: deque()}
                        return told
                    continue
                for wallet, others in told.items():
                    near = _of_the_minute(others, receipt.at) if wallet == receipt.wallet else others
                    other = next((each for each in islice(near, MOST_LOOKED_AT) if _may_be(receipt, each)), None)
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


def _by_wallet(told: Receipt | Same) -> Same:
    return {told.wallet: deque((told,))} if isinstance(told, Receipt) else told


def _may_be(one: Receipt, other: Receipt) -> bool:
    """Say if *one* may be what came before as *other*, into its wallet within a minute or into another."""
    if one.wallet == other.wallet:
        return one.at - other.at <= ONE_MINUTE and _may_be_again(one, other)
    return _may_be_elsewhere(one, other)


def _of_the_minute(told: deque[Receipt], at: datetime) -> Iterator[Receipt]:
    """Yield those of *told* that came in the minute before *at*, the latest first."""
    return takewhile(lambda each: at - each.at <= ONE_MINUTE, reversed(told))


def _may_be_again(one: Receipt, other: Receipt) -> bool:
    """Say if receipts into one wallet in one minute may be one: an id or a note of its own for each means two."""
    if one.note is not None and other.note is not None and one.note != other.note:
        return False
    return (has_derived_id(one) or has_derived_id(other)) and _may_be_one(one, other)


def _may_be_elsewhere(one: Receipt, other: Receipt) -> bool:
    """Say if receipts into two wallets may be one: two lists have clocks and prices of their own, one hand has not."""
    if one.at != other.at and one.pool is not None and other.pool is not None:
        return False
    by_one_hand = one.at == other.at and not (has_derived_id(one) or has_derived_id(other))
    if by_one_hand and one.txid is None and other.txid is None:
        worth = sorted(each.value_usd_micros or 0 for each in (one, other))
        if worth[0] and (worth[0] == worth[1] or worth[0] * 100 < worth[1] * ONE_PRICE):
            return False
    return _may_be_one(one, other)


def _may_be_one(one: Receipt, other: Receipt) -> bool:
    """Say if two receipts may be one: within a day, from no two pools, and not by two transactions."""
    if one.asset != other.asset or one.at - other.at >= ONE_DAY:
        return False
    if one.txid is not None and other.txid is not None:
        return False
    return one.pool is None or other.pool is None or named(one.pool) == named(other.pool)
