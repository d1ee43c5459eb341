"""The conventions of MACRS: when in its first and last year a thing is deemed to enter and leave (26 U.S.C. 168(d))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.figures import Figure
from rules.load import Law

ZERO = Decimal(0)
HALF = Decimal("0.5")
HUNDRED = Decimal(100)
MONTHS = 12
QUARTERS = 4
OCTOBER = 10
STRAIGHT_LINE = ("39", "software")
"""What has no MACRS table: buildings by months of 39 years, software over 36 months (168(c), 167(f)(1))."""


@dataclass(frozen=True, slots=True)
class Convention:
    """A convention by name, with the quarter it begins in where it is mid-quarter, and its percentage table."""

    name: str
    quarter: int | None = None
    figures: tuple[Figure, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} Q{self.quarter}" if self.quarter else self.name

    @property
    def enters(self) -> Decimal:
        """The point of the first year at which the thing is deemed placed in service, as part of the year."""
        return HALF if self.quarter is None else (self.quarter - HALF) / QUARTERS


def convention_of(
    placed: date,
    recovery_class: str,
    together: Sequence[tuple[date, str, bool]],
    rests: Sequence[Decimal],
    law: Law,
) -> Convention:
    """Return the convention of a thing *placed* in service in one year with *together*.

    *together* tells of each: day, class, and whether it left in the same year; *rests* its basis after section 179 and
    before bonus. Mid-quarter for all if *more than* 40 percent falls in the last three months (168(d)(3)(A); Treas.
    Reg. 1.168(d)-1(b)(4)); exactly 40 percent is half-year.
    """
    if recovery_class in STRAIGHT_LINE:
        name = "real_property_years" if recovery_class == "39" else "software_months"
        return Convention("mid-month" if recovery_class == "39" else "months", None, (_figure(name, placed, law),))
    share = _figure("mid_quarter_threshold", placed, law)
    whole = late = ZERO
    for (day, tested_class, left), rest in zip(together, rests, strict=True):
        if tested_class in STRAIGHT_LINE or left:
            continue
        whole += rest
        late += rest if day.month >= OCTOBER else ZERO
    if late > whole * share.amount():
        quarter = quarter_of(placed)
        return Convention("mid-quarter", quarter, (share, _figure(f"table_mid_quarter_{quarter}", placed, law)))
    return Convention("half-year", None, (share, _figure("table_half_year", placed, law)))


def macrs(
    basis: Decimal,
    placed: date,
    recovery_class: str,
    convention: Convention,
    year: int,
    disposed: date | None,
    law: Law,
) -> tuple[Decimal, tuple[Figure, ...]]:
    """Return what of *basis* is deducted in *year*, and the figures of a disposal in it.

    Nothing where the thing left in the year it entered (Treas. Reg. 1.168(d)-1(b)(3)(ii)), and nothing after it left.
    """
    if disposed is not None and (disposed.year < year or disposed.year == placed.year):
        return ZERO, ()
    left = disposed if disposed is not None and disposed.year == year else None
    figure = convention.figures[-1]
    if recovery_class in STRAIGHT_LINE:
        return _straight_line(basis, placed, figure, recovery_class, year, left), ()
    percents = figure.percents(recovery_class)
    place = year - placed.year
    if place >= len(percents):
        return ZERO, ()
    amount = basis * percents[place] / HUNDRED
    if left is None:
        return amount, ()
    part, used = _disposal(convention, left, law)
    if place == len(percents) - 1:
        # The last amount covers the year only up to the point the recovery period ends, not the whole of it.
        part = min(Decimal(1), part / convention.enters)
    return amount * part, (used,)


def quarter_of(day: date) -> int:
    """Return the quarter of the calendar year, 1 to 4."""
    return (day.month - 1) // (MONTHS // QUARTERS) + 1


def _disposal(convention: Convention, left: date, law: Law) -> tuple[Decimal, Figure]:
    """Return how much of its last year a thing disposed of is deemed in service (26 U.S.C. 168(d)(4))."""
    if convention.quarter is None:
        figure = _figure("disposal_half_year", left, law)
        return figure.amount(), figure
    figure = _figure("disposal_mid_quarter", left, law)
    return figure.amounts()[quarter_of(left) - 1], figure


def _straight_line(
    basis: Decimal, placed: date, figure: Figure, recovery_class: str, year: int, left: date | None
) -> Decimal:
    """Return the part of *basis* for the months in service in *year*.

    A building counts half of the month it enters and of the month it leaves (168(d)(2)); software whole months from
    the one it enters, none for the one it leaves (167(f)(1); Treas. Reg. 1.167(a)-14(b)).
    """
    building = recovery_class == "39"
    whole = figure.amount() * (MONTHS if building else 1)
    begin = Decimal(placed.month - 1) + (HALF if building else ZERO)
    start = Decimal((year - placed.year) * MONTHS) - begin
    end = start + MONTHS
    if left is not None:
        end = start + Decimal(left.month - 1) + (HALF if building else ZERO)
    months = min(end, whole) - min(max(start, ZERO), whole)
    return basis * max(ZERO, months) / whole


def _figure(name: str, day: date, law: Law) -> Figure:
    return law.figure(f"us/depreciation/{name}", day)
