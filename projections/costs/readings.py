"""What a meter told of a span of time, and in which part of it how much was used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from lotwork.ledger import events as e
from lotwork.ledger.kinds.hour_cells import HOUR, cut_by_hours
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS
from lotwork.ledger.units import MICROS, MICROSECOND, PRICE_DECIMALS, scaled

HOUR_MICROS = HOUR // MICROSECOND
DOLLARS = 10**SHARE_DECIMALS * 10**PRICE_DECIMALS // MICROS
"""What scaled kWh times a scaled price must be divided by to give micro-dollars."""


class Cell(NamedTuple):
    """A part of a reading in which power is taken to have been used evenly; kWh in 10**-12."""

    begin: datetime
    end: datetime
    kwh: int

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.begin

    @property
    def micros(self) -> int:
        """How many microseconds it covers."""
        return self.length // MICROSECOND


class Reading:
    """A reading and its span; what lies before `counted_from` was told by an earlier reading of the meter."""

    def __init__(self, energy: e.Energy, begin: datetime, end: datetime, counted_from: datetime) -> None:
        self.energy = energy
        self.begin = begin
        self.end = end
        self.counted_from = counted_from

    @cached_property
    def share(self) -> int:
        """Its business share, scaled."""
        return scaled(self.energy.business_share, SHARE_DECIMALS)

    @property
    def kw(self) -> Fraction:
        """Its average power, scaled."""
        return Fraction(scaled(self.energy.kwh, SHARE_DECIMALS) * HOUR_MICROS, (self.end - self.begin) // MICROSECOND)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Its hours, where they were told; else the whole of it."""
        if self.energy.hourly is None:
            return (Cell(self.begin, self.end, scaled(self.energy.kwh, SHARE_DECIMALS)),)
        told = self.energy.hourly.split()
        hours = cut_by_hours(self.begin, self.end)
        return tuple(Cell(*span, scaled(kwh, SHARE_DECIMALS)) for span, kwh in zip(hours, told, strict=True))

    def overlaps(self, begin: datetime, end: datetime) -> Iterator[tuple[Cell, int]]:
        """Yield each cell that is partly between *begin* and *end*, with the microseconds of it that are."""
        for cell in self.cells:
            micros = (min(cell.end, end) - max(cell.begin, begin)) // MICROSECOND
            if micros > 0:
                yield cell, micros
