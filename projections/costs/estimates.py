"""What rigs say of themselves that they drew, beside what meters and bills tell: a check on both, and no figure.

Watts times hours are no measure of what was paid for: a supply loses a tenth of it, a fan is beside it. So an estimate
is deducted nowhere. It shows two faults of what is: a meter that counted less than hung behind it, as one does whose Wh
are told for kWh; and a year of power that nothing tells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from lotwork.ledger.events import Energy, EnergyEstimate
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import KWH_DECIMALS, MICROSECOND, divide, scaled, unscaled
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.usage import WHOLE
from lotwork.projections.findings import Finding

ABOVE = Fraction(11, 10)
"""Rigs may say a tenth more than a meter counts: what they say is an estimate."""
LEAST_KWH = 1
Span: TypeAlias = tuple[datetime, datetime]


class EstimateRow(NamedTuple):
    """What one rig said of itself in a year; kWh and hours in thousandths, those of the meter None without one."""

    rig: str
    first: date
    last: date
    kwh_thousandths: int
    hours_thousandths: int | None
    meter: str | None
    metered_kwh_thousandths: int | None
    """What its meter counted in the time it speaks of, of all that hangs behind it."""


class _Told(NamedTuple):
    """An estimate and the part of its span that no earlier one of the rig covers."""

    event: EnergyEstimate
    begin: datetime
    end: datetime
    whole: int

    @property
    def span(self) -> Span:
        return self.begin, self.end

    def kwh(self, seconds: int | None = None) -> Fraction:
        """Return what of its kWh falls on so many microseconds of it; none told, on all that is left."""
        part = (self.end - self.begin) // MICROSECOND if seconds is None else seconds
        return Fraction(scaled(self.event.kwh, SHARE_DECIMALS) * part, self.whole * WHOLE)


def estimates_of(
    told: Iterable[EnergyEstimate], meters: Iterable[Energy], calendar: Calendar, year: int
) -> list[EstimateRow]:
    """Return what each rig said of itself in *year*, beside what its meter counted then."""
    readings = _readings(meters, calendar)
    by_rig: defaultdict[str, list[_Told]] = defaultdict(list)
    for each in _of_year(told, calendar, year):
        by_rig[each.event.rig].append(each)
    return [_row(rig, rows, readings, calendar) for rig, rows in sorted(by_rig.items())]


def doubts_of(
    told: Iterable[EnergyEstimate], meters: Iterable[Energy], calendar: Calendar, year: int, *, is_told: bool
) -> Iterator[Finding]:
    """Yield what the estimates of *year* say against what is told of its power.

    *is_told* says whether any bill or reading of the year tells of power.
    """
    mine = [each for each in _of_year(told, calendar, year) if each.event.may_repeat != SETTLED]
    whole = sum((each.kwh() for each in mine), Fraction(0))
    if not is_told and whole >= LEAST_KWH:
        yield _untold(mine, whole, year)
    readings = _readings(meters, calendar)
    by_meter: defaultdict[str, list[_Told]] = defaultdict(list)
    for each in mine:
        by_meter[each.event.meter or ""].append(each)
    for meter, rows in sorted(by_meter.items()):
        counted = readings.get(meter, [])
        covered = _Times(span for span, _ in counted)
        said = sum((row.kwh(covered.shared_with(*row.span)) for row in rows), Fraction(0))
        metered = _metered(counted, [row.span for row in rows])
        if meter and said >= LEAST_KWH and said > metered * ABOVE:
            yield _above(meter, rows[-1].event, said, metered)


def _of_year(told: Iterable[EnergyEstimate], calendar: Calendar, year: int) -> list[_Told]:
    found: list[_Told] = []
    reached: dict[str, datetime] = {}
    spans = [(calendar.moment(each.from_), calendar.moment(each.to), each) for each in told]
    for begin, end, event in sorted(spans, key=lambda span: (span[0], span[1], span[2].id)):
        start = max(begin, reached.get(event.rig, begin))
        if start < end and calendar.day(begin).year == year:
            found.append(_Told(event, start, end, (end - begin) // MICROSECOND))
        reached[event.rig] = max(end, reached.get(event.rig, end))
    return found


def _readings(meters: Iterable[Energy], calendar: Calendar) -> dict[str, list[tuple[Span, Energy]]]:
    """Return the readings of each meter with their spans; one that ends before it begins is told elsewhere."""
    found: defaultdict[str, list[tuple[Span, Energy]]] = defaultdict(list)
    for each in meters:
        span = calendar.moment(each.from_), calendar.moment(each.to)
        if span[0] < span[1]:
            found[each.meter].append((span, each))
    return found


def _row(
    rig: str, rows: list[_Told], readings: dict[str, list[tuple[Span, Energy]]], calendar: Calendar
) -> EstimateRow:
    hours = [each.event.hours for each in rows]
    known = [scaled(each, SHARE_DECIMALS) for each in hours if each is not None]
    meter = rows[-1].event.meter
    counted = readings.get(meter or "", [])
    return EstimateRow(
        rig=rig,
        first=calendar.day(rows[0].begin),
        last=calendar.day(rows[-1].end - MICROSECOND),
        kwh_thousandths=_thousandths(sum((each.kwh() for each in rows), Fraction(0))),
        hours_thousandths=_thousandths(Fraction(sum(known), WHOLE)) if known else None,
        meter=meter,
        metered_kwh_thousandths=_thousandths(_metered(counted, [each.span for each in rows])) if counted else None,
    )


def _thousandths(number: Fraction) -> int:
    return divide(number.numerator * 10**KWH_DECIMALS, number.denominator)


def _metered(readings: Iterable[tuple[Span, Energy]], spans: Iterable[Span]) -> Fraction:
    """Return what *readings* counted within *spans*, each reading spread evenly over its time."""
    within, total = _Times(spans), Fraction(0)
    for (begin, end), reading in readings:
        part = within.shared_with(begin, end)
        if part:
            total += Fraction(scaled(reading.kwh, SHARE_DECIMALS) * part, ((end - begin) // MICROSECOND) * WHOLE)
    return total


class _Times:
    """Spans of time, what they cover counted once."""

    def __init__(self, spans: Iterable[Span]) -> None:
        joined: list[list[datetime]] = []
        for begin, end in sorted(spans):
            if joined and begin <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([begin, end])
        self._begins = [begin for begin, _ in joined]
        self._ends = [end for _, end in joined]
        self._before = [0, *accumulate((end - begin) // MICROSECOND for begin, end in joined)]

    def shared_with(self, begin: datetime, end: datetime) -> int:
        """Return how many microseconds from *begin* to *end* they cover."""
        return self._until(end) - self._until(begin)

    def _until(self, instant: datetime) -> int:
        place = bisect_right(self._begins, instant)
        if not place:
            return 0
        last = min(instant, self._ends[place - 1])
        return self._before[place - 1] + (last - self._begins[place - 1]) // MICROSECOND


def _untold(rows: list[_Told], whole: Fraction, year: int) -> Finding:
    event = rows[-1].event
    return Finding(
        "power_untold",
        f"by their own word the rigs drew about {_shown(whole)} kWh in {year}, and no reading of a meter, no bill of "
        "electricity and none of a host tells of it: record what was paid; where nobody asked you for it, correct the "
        f"estimates with may_repeat={SETTLED}",
        event.id,
    )


def _above(meter: str, event: EnergyEstimate, said: Fraction, metered: Fraction) -> Finding:
    return Finding(
        "estimate_above_meter",
        f"meter {meter} counted {_shown(metered)} kWh in the time in which the rigs behind it say that they drew about "
        f"{_shown(said)}: it may be told in another unit, or stand elsewhere; correct what is wrong, or, where another "
        f"meter counts them, the estimates with may_repeat={SETTLED}",
        event.id,
    )


def _shown(kwh: Fraction) -> str:
    return unscaled(_thousandths(kwh), KWH_DECIMALS)
