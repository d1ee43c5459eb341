"""Receipts of one amount that nobody is named for: the pool's word and the exchange's, perhaps, or a line told twice.

Two wallets may tell one payment within a day. What has the same instant, the same or quite another price, and an id of
its own each, was written as two, and so are payouts of two instants that both name their pool, as no exchange does. In
one wallet they are two as a rule, but those a minute apart of which one has no id of its own: a script wrote them anew,
and cut the seconds or added a note.

Everything typed by hand, and every file of JSON Lines that names no source, comes here: a log of a hundred thousand of
them is held against the day before by its amounts alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import TypeAlias

import msgspec

from lotwork.ledger.codec import has_derived_id
from lotwork.ledger.doubts import named
from lotwork.ledger.events import Event, Receipt
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.questions.lately import LONG_AGO, MOST_LOOKED_AT

Same: TypeAlias = dict[str, list[Receipt]]
"""Receipts of one quantity by wallet, the earliest first."""
ByAmount: TypeAlias = dict[int, Receipt | Same]
"""One receipt of a quantity mostly; where there are more, of whatever coin, those of each wallet."""
ONE_MINUTE = timedelta(minutes=1)
ONE_PRICE = 95
"""In percent: what two sources of prices say of one instant is no farther apart."""


class ElsewhereState(msgspec.Struct):
    """What an Elsewhere goes on from: of two days the receipts of each quantity, by wallet, in the order they stand.

    A wallet all of whose receipts are paired keeps its place before those that are looked at after it.
    """

    before: dict[int, dict[str, list[Receipt]]]
    now: dict[int, dict[str, list[Receipt]]]
    turn: datetime


@dataclass(slots=True)
class Elsewhere:
    """The receipts of two days, by how much came, that no other was found to be."""

    is_answered: Callable[[Receipt], bool]
    """Says if a person told that a receipt is none that another tells."""
    _now: ByAmount = field(default_factory=dict)
    _before: ByAmount = field(default_factory=dict)
    _turn: datetime = LONG_AGO
    """When the receipts of now become those of before."""

    def state(self) -> ElsewhereState:
        """Return what another can go on from."""
        return ElsewhereState(_told(self._before), _told(self._now), self._turn)

    def resume(self, state: ElsewhereState) -> None:
        """Go on from *state*."""
        self._before, self._now, self._turn = _by_amount(state.before), _by_amount(state.now), state.turn

    def pairs(self, events: Iterable[Event]) -> Iterator[tuple[Receipt, Receipt]]:
        """Yield each receipt of *events*, none of which names a source, with what it may be, as soon as it is read.

        What is found is paired and not found again; each receipt that is no other is kept.
        """
        now, before, turn = self._now, self._before, self._turn
        for event in events:
            if type(event) is not Receipt:
                continue
            quantity = event.quantity
            if quantity in before or quantity in now:
                other = self._earlier(event)
                if other is not None:
                    yield event, other
                    continue
            elif event.at < turn:  # as most are
                now[quantity] = event
                continue
            self._keep(event)
            now, before, turn = self._now, self._before, self._turn

    def find(self, receipt: Receipt) -> Receipt | None:
        """Return what *receipt*, for which no source is named, may be, if anything; as `pairs`."""
        return next((other for _, other in self.pairs((receipt,))), None)

    def _earlier(self, receipt: Receipt) -> Receipt | None:
        """Return what *receipt* may be, of as much that came the day before, and pair it."""
        quantity = receipt.quantity
        for day in (self._before, self._now):
            told = day.get(quantity)
            if told is None:
                continue
            if isinstance(told, Receipt):
                if _may_be(receipt, told) and not self.is_answered(receipt):
                    day[quantity] = {told.wallet: []}
                    return told
                continue
            other = _among(told, receipt)
            if other is not None and not self.is_answered(receipt):
                told[other.wallet].remove(other)
                return other
        return None

    def _keep(self, receipt: Receipt) -> None:
        if receipt.at >= self._turn:
            self._before = self._now if receipt.at - self._turn < ONE_DAY else {}
            self._now, self._turn = {}, receipt.at + ONE_DAY
        told = self._now.setdefault(receipt.quantity, receipt)
        if told is not receipt:
            same = self._now[receipt.quantity] = _by_wallet(told)
            same.setdefault(receipt.wallet, []).append(receipt)


def _told(day: ByAmount) -> dict[int, dict[str, list[Receipt]]]:
    """Return the receipts of a *day* as they are written down."""
    return {
        quantity: {wallet: list(same) for wallet, same in _by_wallet(told).items()} for quantity, told in day.items()
    }


def _by_amount(told: dict[int, dict[str, list[Receipt]]]) -> ByAmount:
    return {quantity: {wallet: [*same] for wallet, same in each.items()} for quantity, each in told.items()}


def _by_wallet(told: Receipt | Same) -> Same:
    return {told.wallet: [told]} if isinstance(told, Receipt) else told


def _among(told: Same, receipt: Receipt) -> Receipt | None:
    """Return what *receipt* may be of what was *told* of each wallet."""
    for wallet, others in told.items():
        if not others:
            continue
        if wallet != receipt.wallet:
            near = iter(others)
        elif receipt.at - others[-1].at <= ONE_MINUTE:
            near = _of_the_minute(others, receipt.at)
        else:  # as mostly
            continue
        for other in islice(near, MOST_LOOKED_AT):
            if _may_be(receipt, other):
                return other
    return None


def _may_be(one: Receipt, other: Receipt) -> bool:
    """Say if *one* may be what came before as *other*, into its wallet within a minute or within a day into another.

    They are from no two pools, and name no two transactions.
    """
    if one.asset != other.asset or (one.txid is not None and other.txid is not None):
        return False
    if one.pool is not None and other.pool is not None and named(one.pool) != named(other.pool):
        return False
    if one.wallet == other.wallet:
        return one.at - other.at <= ONE_MINUTE and _may_be_again(one, other)
    return one.at - other.at < ONE_DAY and _may_be_elsewhere(one, other)


def _of_the_minute(told: list[Receipt], at: datetime) -> Iterator[Receipt]:
    """Yield those of *told* that came in the minute before *at*, the latest first."""
    return takewhile(lambda each: at - each.at <= ONE_MINUTE, reversed(told))


def _may_be_again(one: Receipt, other: Receipt) -> bool:
    """Say if receipts into one wallet in one minute may be one: an id or a note of its own for each means two."""
    if one.note is not None and other.note is not None and one.note != other.note:
        return False
    return has_derived_id(one) or has_derived_id(other)


def _may_be_elsewhere(one: Receipt, other: Receipt) -> bool:
    """Say if receipts into two wallets may be one: two lists have clocks and prices of their own, one hand has not."""
    if one.at != other.at:
        return one.pool is None or other.pool is None
    by_one_hand = not (has_derived_id(one) or has_derived_id(other))
    if not by_one_hand or one.txid is not None or other.txid is not None:
        return True
    worth = sorted(each.value_usd_micros or 0 for each in (one, other))
    return not worth[0] or (worth[0] != worth[1] and worth[0] * 100 >= worth[1] * ONE_PRICE)
