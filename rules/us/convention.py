"""The conventions of MACRS: when in its first and last year a thing is deemed to enter and leave (26 U.S.C. 168(d))."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from lotwork.ledger.units import HUNDRED, MONTHS, ZERO
from lotwork.rules.figures import QUARTERS, Figure, quarter_of
from lotwork.rules.load import Law

HALF = Decimal("0.5")
OCTOBER = 10
FINE = Decimal(1).scaleb(-12)
HUNDREDTH = Decimal("0.01")
QIP = "qip"
STRAIGHT_LINE = ("39", "software")
"""What has no MACRS table: buildings by months of 39 years, software over 36 months (168(c), 167(f)(1))."""


class Convention(msgspec.Struct, frozen=True):
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


def is_mid_quarter(placed: Iterable[tuple[date, Decimal]], threshold: Figure) -> bool:
    """Say whether a year is on the mid-quarter convention.

    *placed* tells of each thing of the year the test counts its day and its basis, after section 179 and before bonus:
    no building, no software, nothing that left in the same year. Mid-quarter for all if *more than* 40 percent falls
    in the last three months (168(d)(3)(A); Treas. Reg. 1.168(d)-1(b)(4)); exactly 40 percent is half-year.
    """
    whole = late = ZERO
    for day, basis in placed:
        whole += basis
        late += basis if day.month >= OCTOBER else ZERO
    return late > whole * threshold.amount()


def counts_for_test(recovery_class: str, *, left_in_first_year: bool) -> bool:
    """Say whether a thing counts in the mid-quarter test (168(d)(3)(B); Treas. Reg. 1.168(d)-1(b)(3))."""
    return recovery_class not in STRAIGHT_LINE and not left_in_first_year


def convention_of(placed: date, recovery_class: str, law: Law, *, mid_quarter: bool) -> Convention:
    """Return the convention of a thing *placed* in service in a year that is on mid-quarter or not, with its table."""
    if recovery_class in STRAIGHT_LINE:
        name = "real_property_years" if recovery_class == "39" else "software_months"
        return Convention("mid-month" if recovery_class == "39" else "months", None, (_figure(name, placed, law),))
    share = _figure("mid_quarter_threshold", placed, law)
    if mid_quarter:
        quarter = quarter_of(placed)
        return Convention("mid-quarter", quarter, (share, _figure(f"table_mid_quarter_{quarter}", placed, law)))
    return Convention("half-year", None, (share, _figure("table_half_year", placed, law)))


def percents_of(recovery_class: str, convention: Convention, law: Law, placed: date) -> tuple[Decimal, ...]:
    """Return what is deducted in each recovery year, in percent: by the table of the class, or in a straight line.

    Qualified improvement property is 15-year property in a straight line, on the convention of the year's other things
    (26 U.S.C. 168(b)(3)(G), (e)(3)(E)(vii)).
    """
    if recovery_class != QIP:
        return convention.figures[-1].percents(recovery_class)
    years = int(_figure("improvement_years", placed, law).amount())
    full = (HUNDRED / years).quantize(FINE)
    taken = ((1 - convention.enters) * full, *[full] * (years - 1))
    return (*taken, HUNDRED - sum(taken))


def declining_percents(recovery_class: str, convention: Convention, rate: Decimal) -> tuple[Decimal, ...]:
    """Return the percentages of a class by a declining balance of *rate* (1.5), to two decimals as in Pub. 946.

    Straight line from the year it gives more (26 U.S.C. 168(b)(1)(B)); the last year takes what is left.
    """
    life = Decimal(recovery_class)
    yearly, left, passed = rate / life, HUNDRED, ZERO
    percents: list[Decimal] = []
    for year in range(int(recovery_class)):
        part = 1 - convention.enters if not year else Decimal(1)
        amount = left * max(yearly, 1 / (life - passed)) * part
        left, passed = left - amount, passed + part
        percents.append(amount.quantize(HUNDREDTH, ROUND_HALF_UP))
    return (*percents, HUNDRED - sum(percents))


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How a thing is deducted over its years: its class, its days, and its convention."""

    recovery_class: str
    placed: date
    disposed: date | None
    convention: Convention


def macrs(
    basis: Decimal, course: Course, year: int, law: Law, percents: tuple[Decimal, ...] = ()
) -> tuple[Decimal, tuple[Figure, ...]]:
    """Return what of *basis* is deducted in *year*, and the figures of a disposal in it.

    Nothing where the thing left in the year it entered (Treas. Reg. 1.168(d)-1(b)(3)(ii)), and nothing after it left.
    *percents* stand for those of its class, where given.
    """
    disposed, placed, convention = course.disposed, course.placed, course.convention
    if year < placed.year or (disposed is not None and (disposed.year < year or disposed.year == placed.year)):
        return ZERO, ()
    left = disposed if disposed is not None and disposed.year == year else None
    if course.recovery_class in STRAIGHT_LINE:
        return _straight_line(basis, placed, convention.figures[-1], course.recovery_class, year, left), ()
    percents = percents or percents_of(course.recovery_class, convention, law, placed)
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


def last_year(course: Course, law: Law) -> int:
    """Return the last year in which the recovery period of a thing runs."""
    if course.recovery_class in STRAIGHT_LINE:
        figure = course.convention.figures[-1]
        return course.placed.year + int(figure.amount() if course.recovery_class == "39" else figure.amount() / MONTHS)
    return course.placed.year + len(percents_of(course.recovery_class, course.convention, law, course.placed)) - 1


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
