"""What a bill charges beside its kWh: by the day, by the month, and by the kW of the month's highest demand.

A charge counts for the days of a bill's month that readings of its meter cover, so that a month half read is charged
by half. Its business share is that of the month's kWh, and it is paid when the last of the month's readings is.

A demand is the highest average over the interval of the tariff, mostly 15 minutes. Readings of longer parts show less
of it than the bill, never more; then that is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from lotwork.ledger.events import Energy
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import KWH_DECIMALS, MICROS, MICROSECOND, ONE_DAY, PRICE_DECIMALS, divide, unscaled
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.metered import MeteredCost
from lotwork.projections.costs.readings import HOUR_MICROS, Cell, Reading
from lotwork.projections.costs.tariff_bands import Band, BillMonth, bill_month
from lotwork.projections.costs.tariffs import Tariffs
from lotwork.projections.costs.usage import WHOLE
from lotwork.projections.findings import Finding

MICRO_DOLLARS = 10**PRICE_DECIMALS // MICROS


class _Month(NamedTuple):
    """A bill's month of a meter: its readings, and the days that they cover, each with its first instant."""

    span: BillMonth
    readings: list[Reading]
    days: dict[date, datetime]


class _Demand(NamedTuple):
    """The highest demand of a month: kW, and over how long it was measured."""

    kw: Fraction
    over: timedelta


def charges_of(
    meter: str,
    readings: Sequence[Reading],
    year: int,
    tariffs: Tariffs,
    paid_at: Callable[[Energy], datetime],
    calendar: Calendar,
    findings: list[Finding],
) -> list[MeteredCost]:
    """Return what is charged for the months of *meter* that were paid in *year*; *findings* gain what is unsure."""
    bands = tariffs.charges(meter)
    rows: list[MeteredCost] = []
    holes: dict[BillMonth, int] = {}
    coarse: list[tuple[Band, BillMonth, _Demand]] = []
    for begins_on in sorted({band.bill_day for band in bands}):
        months = _months(readings, begins_on, calendar)
        for month in months:
            paid = max(paid_at(reading.energy) for reading in month.readings)
            if calendar.day(paid).year != year:
                continue
            if month is not months[0] and month is not months[-1] and len(month.days) < month.span.days:
                holes[month.span] = month.span.days - len(month.days)
            for band in bands:
                if band.bill_day == begins_on:
                    amount, demand = _charge(band, bands, month, tariffs)
                    if demand is not None and demand.over > band.interval:
                        coarse.append((band, month.span, demand))
                    rows += [_row(band, month, amount, paid, calendar)] if amount else []
    findings += [_partly_read(meter, holes)] if holes else []
    findings += _coarse(meter, coarse, tariffs.settled)
    return rows


def _months(readings: Iterable[Reading], begins_on: int, calendar: Calendar) -> list[_Month]:
    """Return the bill's months that *readings* cover, in order; a reading is of each month it touches."""
    months: dict[BillMonth, _Month] = {}
    for reading in readings:
        day, last = calendar.day(reading.counted_from), calendar.day(reading.end - MICROSECOND)
        while day <= last:
            span = bill_month(day, begins_on)
            month = months.setdefault(span, _Month(span, [], {}))
            if not month.readings or month.readings[-1] is not reading:
                month.readings.append(reading)
            month.days.setdefault(day, max(calendar.midnight(day), reading.counted_from))
            day += ONE_DAY
    return [months[span] for span in sorted(months)]


def _charge(band: Band, bands: Sequence[Band], month: _Month, tariffs: Tariffs) -> tuple[Fraction, _Demand | None]:
    """Return what *band* charges for *month*, in 10**-18 dollars, and the demand it is for."""
    rivals = [each for each in bands if each.charge == band.charge]
    factor = Fraction(0)
    for at in month.days.values():
        if next((each for each in rivals if _is_in_force(each, at, tariffs)), None) is band:
            factor += tariffs.factor(band.meter or "", at)
    if not factor:
        return Fraction(0), None
    if band.per == "day":
        return band.price * factor, None
    part = factor / month.span.days
    if band.per == "month":
        return band.price * part, None
    demand = _highest(band, month, tariffs)
    return (Fraction(0), None) if demand is None else (band.price * demand.kw * part, demand)


def _is_in_force(band: Band, at: datetime, tariffs: Tariffs) -> bool:
    """Return whether *band* is on the price list on the day of *at*, at whichever of its hours."""
    return tariffs.hold(band._replace(hours=None, weekdays=None, days=None), at)


def _highest(band: Band, month: _Month, tariffs: Tariffs) -> _Demand | None:
    """Return the highest average power of a part of the month's readings that begins in the hours of *band*."""
    highest: _Demand | None = None
    for reading in month.readings:
        for cell in reading.cells:
            if cell.end <= reading.counted_from or not _is_in(month.span, band, cell, tariffs):
                continue
            kw = Fraction(cell.kwh * HOUR_MICROS, cell.micros * WHOLE)
            if highest is None or (kw, cell.length) > highest:
                highest = _Demand(kw, cell.length)
    return highest


def _is_in(span: BillMonth, band: Band, cell: Cell, tariffs: Tariffs) -> bool:
    """Return whether some of *cell* is in the bill's month and at an hour at which *band* holds."""
    at = cell.begin
    while at < cell.end:
        if span.first <= tariffs.day(band, at) < span.after and tariffs.hold(band, at):
            return True
        at += band.interval
    return False


def _row(band: Band, month: _Month, amount: Fraction, paid: datetime, calendar: Calendar) -> MeteredCost:
    """Return what is charged for a month as a row, its business share that of the month's kWh."""
    shares: defaultdict[int, int] = defaultdict(int)
    for reading in month.readings:
        shares[reading.share] += sum(cell.kwh for cell in reading.cells)
    whole = sum(shares.values())
    weighed = sum(share * kwh for share, kwh in shares.items())
    share = Fraction(weighed, whole * WHOLE) if whole else Fraction(month.readings[-1].share, WHOLE)
    return MeteredCost(
        energy=band.id,
        date=calendar.day(paid),
        meter=band.meter or "",
        kwh_thousandths=0,
        amount_usd_micros=_micros(amount),
        business_share=_plain(share),
        deductible_usd_micros=_micros(amount * share),
        paid_at=paid,
        used_from=month.span.first,
        used_to=month.span.after,
    )


def _micros(amount: Fraction) -> int:
    return divide(amount.numerator, amount.denominator * MICRO_DOLLARS)


def _plain(share: Fraction) -> str:
    text = unscaled(divide(share.numerator * WHOLE, share.denominator), SHARE_DECIMALS)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _partly_read(meter: str, holes: dict[BillMonth, int]) -> Finding:
    first, days = min(holes), sum(holes.values())
    return Finding(
        "bill_month_partly_read",
        f"meter {meter}: {days} day{'s' if days > 1 else ''} of the bill's month from {first.first} "
        f"{'and of others ' if len(holes) > 1 else ''}no reading covers: what is charged by day, month and kW is "
        "counted for the other days alone; record a reading of them, or the bill as an `expense` and no tariff",
    )


def _coarse(meter: str, told: Iterable[tuple[Band, BillMonth, _Demand]], settled: frozenset[str]) -> Iterator[Finding]:
    """Yield, for each tariff, that its demand was measured over more than the bill measures it."""
    seen: set[str] = set(settled)
    for band, span, demand in told:
        if band.id in seen:
            continue
        seen.add(band.id)
        kw = divide(demand.kw.numerator * 10**KWH_DECIMALS, demand.kw.denominator)
        minutes, billed = demand.over // timedelta(minutes=1), band.interval // timedelta(minutes=1)
        yield Finding(
            "demand_estimated",
            f"{band.id}: the demand on meter {meter} is told by readings of {minutes} minutes and billed by {billed}: "
            f"{unscaled(kw, KWH_DECIMALS)} kW in the month from {span.first} is the least it was: record the bill as "
            "an `expense` instead, or readings as fine; if the load is even, correct the tariff with "
            f"may_repeat={SETTLED}",
            band.id,
        )
