"""Which lots to sell: the choice that costs the least tax of the whole return, whatever rates it meets.

The year's tax depends on a sale through two sums only, the short-term gain and the long-term gain, and rises with
neither falling. So for any division of the quantity between short-term and long-term lots the dearest lots of each
term are the best: what is left to decide is one number, how many coins are long-term. Between two divisions at which a
lot is used up both gains run straight, and the tax bends only where a bracket, a zone or the loss limit is crossed.
Every such division is computed (of very many, a spread of them), and beside the best ones the bends are closed in on
coin unit by coin unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from ledger.units import divide, usd_decimal
from projections.lots import OpenLot
from projections.terms import Term, is_long

TaxOf: TypeAlias = Callable[[Decimal, Decimal], Decimal]
"""The tax of the year with a short-term and a long-term gain beside its own."""

MOST_DIVISIONS = 400
"""Divisions computed one by one; of more, evenly spread ones."""
CLOSEST = 4
"""How many of the best divisions are looked at more closely."""


class Part(NamedTuple):
    """So much of one open lot."""

    lot: OpenLot
    quantity: int

    @property
    def basis(self) -> int:
        """Its part of the lot's basis, in micro-dollars."""
        return divide(self.lot.basis_usd_micros * self.quantity, self.lot.quantity)


class Choice(NamedTuple):
    """Lots for a sale, with the gains they give by term and the tax of the year with them."""

    parts: tuple[Part, ...]
    short: Decimal
    long: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """The open lots of one wallet on the day of a sale, by term, the dearest first and of equals the older."""

    short: tuple[OpenLot, ...]
    long: tuple[OpenLot, ...]

    @classmethod
    def on(cls, lots: Iterable[OpenLot], day: int) -> Terms:
        """Sort *lots* for a sale on *day* (a proleptic ordinal)."""
        told: dict[Term, list[OpenLot]] = {"short": [], "long": []}
        for lot in lots:
            told["long" if is_long(lot.acquired.toordinal(), day) else "short"].append(lot)
        return cls(*(tuple(sorted(told[term], key=_dearest_first)) for term in ("short", "long")))

    def held(self) -> tuple[int, int]:
        """Return how many coins are short-term, and how many long-term."""
        return sum(lot.quantity for lot in self.short), sum(lot.quantity for lot in self.long)


def _dearest_first(lot: OpenLot) -> Decimal:
    return -Decimal(lot.basis_usd_micros) / lot.quantity


def least_tax(terms: Terms, quantity: int, proceeds: int, tax_of: TaxOf) -> Choice:
    """Return the lots for a sale of *quantity* units for *proceeds* micro-dollars that leave the least tax.

    Of equals the one with the fewest long-term coins wins. The lots must hold *quantity*.
    """
    short_held, long_held = terms.held()
    low, high = max(0, quantity - short_held), min(quantity, long_held)
    known: dict[int, Choice] = {}

    def at(long_quantity: int) -> Decimal:
        if long_quantity not in known:
            known[long_quantity] = _divided(terms, quantity, long_quantity, proceeds, tax_of)
        return known[long_quantity].tax

    marks = _spread(sorted(_divisions(terms, quantity, low, high)))
    best = sorted(marks, key=lambda mark: (at(mark), mark))[:CLOSEST]
    places = {mark: place for place, mark in enumerate(marks)}
    for mark in best:
        place = places[mark]
        for left, right in zip(marks[max(place - 1, 0) : place + 1], marks[place : place + 2], strict=False):
            _close_in(left, right, at)
    return min(known.items(), key=lambda item: (item[1].tax, item[0]))[1]


def _divisions(terms: Terms, quantity: int, low: int, high: int) -> set[int]:
    """Return the long-term quantities at which a lot of either term is used up."""
    long = accumulate(lot.quantity for lot in terms.long)
    short = (quantity - used for used in accumulate(lot.quantity for lot in terms.short))
    return {low, high, *(mark for mark in (*long, *short) if low <= mark <= high)}


def _spread(marks: list[int]) -> list[int]:
    if len(marks) <= MOST_DIVISIONS:
        return marks
    last = len(marks) - 1
    return sorted({marks[place * last // (MOST_DIVISIONS - 1)] for place in range(MOST_DIVISIONS)})


def _close_in(left: int, right: int, at: Callable[[int], Decimal]) -> None:
    """Narrow [left, right] down to the unit where the tax is least, by thirds; what is computed is remembered."""
    while right - left > 2:  # noqa: PLR2004 - a third of three units is one
        third = (right - left) // 3
        first, second = left + third, right - third
        if at(first) <= at(second):
            right = second
        else:
            left = first
    for mark in range(left, right + 1):
        at(mark)


def _divided(terms: Terms, quantity: int, long_quantity: int, proceeds: int, tax_of: TaxOf) -> Choice:
    short = _taken(terms.short, quantity - long_quantity)
    long = _taken(terms.long, long_quantity)
    short_gain, long_gain = (
        usd_decimal(sum(divide(proceeds * part.quantity, quantity) - part.basis for part in parts))
        for parts in (short, long)
    )
    parts = tuple(sorted((*short, *long), key=lambda part: (part.lot.acquired, part.lot.lot)))
    return Choice(parts, short_gain, long_gain, tax_of(short_gain, long_gain))


def _taken(lots: Sequence[OpenLot], quantity: int) -> tuple[Part, ...]:
    parts = []
    for lot in lots:
        if not quantity:
            break
        used = min(lot.quantity, quantity)
        parts.append(Part(lot, used))
        quantity -= used
    return tuple(parts)
