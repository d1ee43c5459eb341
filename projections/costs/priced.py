"""What a reading comes to at the prices it meets, exact; what of it has no price, and what is only spread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from lotwork.ledger.kinds.hour_cells import HOUR
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import KWH_DECIMALS, divide
from lotwork.projections.costs.readings import DOLLARS, Reading
from lotwork.projections.costs.tariff_bands import BillMonth
from lotwork.projections.costs.tariffs import Stretch
from lotwork.projections.costs.usage import WHOLE

Used: TypeAlias = defaultdict[BillMonth, Fraction]
"""How many kWh, scaled, of a bill's month were used so far."""


class Gap(NamedTuple):
    """Time of a reading that no tariff covers."""

    reading: Reading
    begin: datetime
    end: datetime
    kwh: Fraction


class Spread(NamedTuple):
    """Power told in one amount that met prices which hang on the clock: as spread, and at the least and the most."""

    reading: Reading
    kwh: Fraction
    cost: Fraction
    least: Fraction
    most: Fraction


class Priced(NamedTuple):
    """What a reading comes to: kWh and dollars, both scaled."""

    reading: Reading
    kwh: Fraction
    cost: Fraction
    gaps: tuple[Gap, ...]
    spread: Spread | None


def priced_by(reading: Reading, stretches: Iterable[Stretch], used: Used) -> Priced:
    """Return what *reading* comes to over its *stretches*; what it uses of a month is added to *used*."""
    parts: list[tuple[Fraction, Fraction]] = []
    gaps: list[Gap] = []
    by_clock = False
    for stretch in stretches:
        over = reading.overlaps(stretch.begin, stretch.end)
        amount = sum((Fraction(cell.kwh * micros, cell.micros) for cell, micros in over), Fraction(0))
        kwh, cost = _cost(amount, stretch, used)
        if kwh:
            parts.append((kwh, cost))
            by_clock = by_clock or stretch.by_clock
        if kwh < amount:
            gaps.append(Gap(reading, stretch.begin, stretch.end, amount - kwh))
    whole = sum((kwh for kwh, _ in parts), Fraction(0))
    cost = sum((cost for _, cost in parts), Fraction(0))
    prices = {cost / kwh for kwh, cost in parts}
    is_long = reading.energy.hourly is None and reading.end - reading.begin > HOUR
    spread = None
    if by_clock and is_long and len(prices) > 1 and reading.energy.may_repeat != SETTLED:
        spread = Spread(reading, whole, cost, whole * min(prices), whole * max(prices))
    return Priced(reading, whole, cost, tuple(gaps), spread)


def _cost(amount: Fraction, stretch: Stretch, used: Used) -> tuple[Fraction, Fraction]:
    """Return how much of *amount* has a price in *stretch*, and what that comes to."""
    if stretch.month is None:
        price = stretch.steps[0].price
        return (Fraction(0), Fraction(0)) if price is None else (amount, amount * price)
    reached = used[stretch.month]
    used[stretch.month] += amount
    end, known, cost = reached + amount, Fraction(0), Fraction(0)
    for step in stretch.steps:
        until = end if step.up_to is None else min(end, step.up_to * WHOLE)
        if until > reached and step.price is not None:
            known += until - reached
            cost += (until - reached) * step.price
        reached = max(reached, until)
    return known, cost


def usd_micros(cost: Fraction) -> int:
    """Return scaled dollars in micro-dollars."""
    return divide(cost.numerator, cost.denominator * DOLLARS)


def kwh_thousandths(kwh: Fraction) -> int:
    """Return scaled kWh in thousandths."""
    return divide(kwh.numerator * 10**KWH_DECIMALS, kwh.denominator * WHOLE)
