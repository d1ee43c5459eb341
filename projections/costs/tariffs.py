"""Which price of electricity holds for a meter at an instant.

A tariff holds from the instant of its `from` to before that of its `to`, at its hours and on its weekdays as the
taxpayer's wall clock shows them; on the day the clocks change, an hour that happens twice is priced twice. Of several
that hold at once, one for the meter beats one for all meters; then the later `from` beats the earlier, so that a new
price list replaces the old one, its night rate too; then the one that names more of hours and weekdays beats the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from lotwork.ledger.events import Tariff
from lotwork.ledger.public_form.time_bands import MINUTES_A_DAY, Hours, parse_hours, parse_weekdays
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import MICROSECOND, ONE_DAY, PRICE_DECIMALS, AmountError, scaled
from lotwork.ledger.zones import Calendar
from lotwork.projections.findings import Finding

MINUTE = timedelta(minutes=1)
MOST_A_KWH = 3 * 10**PRICE_DECIMALS
"""No price list has a kWh at three dollars; cents told as dollars are more."""


class Band(NamedTuple):
    """A tariff made ready: its price in 10**-18 dollars per kWh, and when it holds."""

    id: str
    told: datetime
    meter: str | None
    begin: datetime
    end: datetime | None
    price: int
    hours: Hours | None
    weekdays: frozenset[int] | None

    @property
    def rank(self) -> tuple[bool, datetime, int]:
        """What decides between bands that hold at once: the greater wins."""
        return self.meter is not None, self.begin, (self.hours is not None) + (self.weekdays is not None)

    def hold(self, instant: datetime, local: datetime) -> bool:
        """Say whether this band holds at *instant*, which the wall clock shows as *local*."""
        return (
            self.begin <= instant
            and (self.end is None or instant < self.end)
            and (self.weekdays is None or local.weekday() in self.weekdays)
            and (self.hours is None or self.hours.hold(local.hour * 60 + local.minute))
        )


def _in_cents(tariff: Tariff) -> Finding:
    return Finding(
        "tariff_unlikely",
        f"{tariff.id} tells ${tariff.price_usd} a kWh: cents may have been told as dollars: correct price_usd; if it "
        f"is right, correct it with may_repeat={SETTLED}",
        tariff.id,
    )


class Stretch(NamedTuple):
    """A stretch of one day under one price; `price` is None where no tariff holds."""

    begin: datetime
    end: datetime
    day: date
    price: int | None


class Tariffs:
    """The price lists of one taxpayer."""

    def __init__(self, told: Iterable[Tariff], calendar: Calendar) -> None:
        self._calendar = calendar
        self.findings: list[Finding] = []
        bands = [band for tariff in told if (band := self._band(tariff)) is not None]
        bands.sort(key=lambda band: (band.rank, band.told, band.id), reverse=True)
        self._bands = bands

    def _band(self, tariff: Tariff) -> Band | None:
        begin = self._calendar.moment(tariff.from_)
        end = None if tariff.to is None else self._calendar.moment(tariff.to)
        if end is not None and end <= begin:
            self.findings.append(
                Finding("tariff_never_holds", f"{tariff.id} ends before it begins: correct `from` or `to`", tariff.id)
            )
            return None
        try:
            hours = None if tariff.hours is None else parse_hours(tariff.hours)
            weekdays = None if tariff.weekdays is None else parse_weekdays(tariff.weekdays)
        except AmountError as unreadable:
            self.findings.append(Finding("tariff_unreadable", f"{tariff.id}: {unreadable}; it is left out", tariff.id))
            return None
        price = scaled(tariff.price_usd, PRICE_DECIMALS)
        longer = end is None or end - begin > ONE_DAY  # a market's price of an hour may be five dollars
        if price > MOST_A_KWH and longer and tariff.may_repeat != SETTLED:
            self.findings.append(_in_cents(tariff))
        return Band(tariff.id, tariff.at, tariff.meter, begin, end, price, hours, weekdays)

    def stretches(self, meter: str, begin: datetime, end: datetime) -> Iterator[Stretch]:
        """Yield the time from *begin* to *end* cut wherever the taxpayer's day or the price on *meter* may change."""
        bands = [
            band
            for band in self._bands
            if band.meter in (None, meter) and band.begin < end and (band.end is None or begin < band.end)
        ]
        for since, until in pairwise(self._cuts(begin, end, bands)):
            local = self._local(since)
            holding = [band for band in bands if band.hold(since, local)]
            if len(holding) > 1 and holding[0].rank == holding[1].rank and holding[0].price != holding[1].price:
                self._disagree(holding[0], holding[1])
            yield Stretch(since, until, local.date(), holding[0].price if holding else None)

    def _disagree(self, taken: Band, other: Band) -> None:
        finding = Finding(
            "tariffs_disagree",
            f"{taken.id} and {other.id} give two prices for the same hours: {taken.id}, told later, is used; "
            "end one of them with `to`, or void it",
            taken.id,
        )
        if finding not in self.findings:
            self.findings.append(finding)

    def _cuts(self, begin: datetime, end: datetime, bands: list[Band]) -> list[datetime]:
        """Return the instants at which a day begins, a band of the day begins or ends, or the clock is changed."""
        edges = {0, *(edge % MINUTES_A_DAY for band in bands for edge in band.hours or ())}
        borders = {edge for band in bands for edge in (band.begin, band.end) if edge is not None}
        cuts = {begin, end, *(edge for edge in borders if begin < edge < end)}
        for since, until, offset in self._offsets(begin, end):
            cuts.add(since)
            midnight = datetime.combine((since + offset).date(), time(), tzinfo=UTC) - offset
            while midnight < until:
                cuts.update(cut for edge in edges if since < (cut := midnight + edge * MINUTE) < until)
                midnight += ONE_DAY
        return sorted(cuts)

    def _offsets(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
        """Yield (from, to, offset) for each part of the span in which the wall clock keeps its offset from UTC."""
        since, offset = begin, self._offset(begin)
        while since < end:
            until = min(since + ONE_DAY, end)
            after = self._offset(until)
            if after != offset:
                until = self._change(since, until, offset)
            yield since, until, offset
            since, offset = until, self._offset(until)

    def _change(self, before: datetime, after: datetime, offset: timedelta) -> datetime:
        """Return the first instant in (*before*, *after*] whose offset is no longer *offset*."""
        while after - before > MICROSECOND:
            middle = before + (after - before) // MICROSECOND // 2 * MICROSECOND
            if self._offset(middle) == offset:
                before = middle
            else:
                after = middle
        return after

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(self._calendar.zone(instant))

    def _offset(self, instant: datetime) -> timedelta:
        return self._local(instant).utcoffset() or timedelta()
