"""Which lots to sell: the choice that costs the least tax of the whole return, whatever rates it meets.

The year's tax depends on a sale through two sums only, the short-term gain and the long-term gain, and rises with
neither falling. So for any division of the quantity between short-term and long-term lots the dearest lots of each
term are the best: what is left to decide is one number, how many coins are long-term. Between two divisions at which a
lot is used up both gains run straight, and the tax bends only where a bracket, a zone or the loss limit is crossed.
Every such division is computed (of very many, a spread of them), and beside the best ones the bends are closed in on
coin unit by coin unit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple, TypeAlias, TypeVar

import msgspec

from lotwork.ledger.units import divide, usd_decimal
from lotwork.projections.basis.holding_period import Term, is_long
from lotwork.projections.basis.open_lots import OpenLot

TaxOf: TypeAlias = Callable[[Decimal, Decimal], Decimal]
"""The tax of the year with a short-term and a long-term gain beside its own."""

MOST_DIVISIONS = 400
"""Divisions computed one by one; of more, evenly spread ones."""
T = TypeVar("T")
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


class Terms(msgspec.Struct, frozen=True):
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


class _Ladder:
    """Lots of one term, the dearest first, and the basis of however many units of them are sold."""

    def __init__(self, lots: Sequence[OpenLot]) -> None:
        self.lots = lots
        self.tops = list(accumulate(lot.quantity for lot in lots))
        self._bases = [0, *accumulate(lot.basis_usd_micros for lot in lots)]

    def basis(self, quantity: int) -> int:
        """Return the basis of the first *quantity* units, in micro-dollars."""
        whole = bisect_right(self.tops, quantity)
        rest = quantity - (self.tops[whole - 1] if whole else 0)
        return self._bases[whole] + (Part(self.lots[whole], rest).basis if rest else 0)

    def taken(self, quantity: int) -> list[Part]:
        """Return the first *quantity* units, lot by lot."""
        starts = [0, *self.tops]
        return [
            Part(lot, min(lot.quantity, quantity - start))
            for lot, start in zip(self.lots, starts, strict=False)
            if start < quantity
        ]


def least_tax(terms: Terms, quantity: int, proceeds: int, tax_of: TaxOf) -> Choice:
    """Return the lots for a sale of *quantity* units for *proceeds* micro-dollars that leave the least tax.

    Of equals the one with the fewest long-term coins wins. The lots must hold *quantity*.
    """
    short_held, long_held = terms.held()
    low, high = max(0, quantity - short_held), min(quantity, long_held)
    short, long = _Ladder(terms.short), _Ladder(terms.long)
    known: dict[int, tuple[Decimal, Decimal, Decimal]] = {}

    def at(mark: int) -> Decimal:
        if mark not in known:
            credited = divide(proceeds * mark, quantity)
            gains = (
                usd_decimal(proceeds - credited - short.basis(quantity - mark)),
                usd_decimal(credited - long.basis(mark)),
            )
            known[mark] = (*gains, tax_of(*gains))
        return known[mark][2]

    marks = evenly_spread(sorted(_divisions(short, long, quantity, low, high)), MOST_DIVISIONS)
    places = {mark: place for place, mark in enumerate(marks)}
    for mark in sorted(marks, key=lambda mark: (at(mark), mark))[:CLOSEST]:
        place = places[mark]
        for left, right in zip(marks[max(place - 1, 0) : place + 1], marks[place : place + 2], strict=False):
            _close_in(left, right, at)
    best = min(known, key=lambda mark: (known[mark][2], mark))
    parts = sorted(
        (*short.taken(quantity - best), *long.taken(best)), key=lambda part: (part.lot.acquired, part.lot.lot)
    )
    return Choice(tuple(parts), *known[best])


def _divisions(short: _Ladder, long: _Ladder, quantity: int, low: int, high: int) -> set[int]:
    """Return the long-term quantities at which a lot of either term is used up."""
    marks = (*long.tops, *(quantity - used for used in short.tops))
    return {low, high, *(mark for mark in marks if low <= mark <= high)}


def evenly_spread(values: list[T], most: int) -> list[T]:
    """Return *values*, or *most* of them where there are more: the first, the last, and others evenly between."""
    if len(values) <= most:
        return values
    last = len(values) - 1
    return [values[place * last // (most - 1)] for place in range(most)]


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
