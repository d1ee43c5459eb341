"""Which price of electricity holds for a meter at an instant.

A tariff holds from the instant of its `from` to before that of its `to`, in its months, on its weekdays or days and at
its hours as the taxpayer's wall clock, or its own, shows them; on the day the clocks change, an hour that happens twice
is priced twice. Of several that hold at once, one for the meter beats one for all meters; then the later `from` beats
the earlier, so that a new price list replaces the old one, its night rate too; then one for days that it names beats
the rest, as a holiday does; then the one that names more of hours, weekdays and months.

A rider comes on top, each name of one for itself, and the same decides between two of a name. A step of a month's kWh
is the price of those kWh alone. A charge on the bill raises each price by its fraction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lotwork.ledger.events import Tariff
from lotwork.ledger.public_form.time_bands import MINUTES_A_DAY
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import MICROSECOND, ONE_DAY, PRICE_DECIMALS, AmountError
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.tariff_bands import MOST_OF, Band, BillMonth, band_of, bill_month
from lotwork.projections.findings import Finding

MINUTE = timedelta(minutes=1)
ONE = 10**PRICE_DECIMALS
UNITS = {"kwh": "a kWh", "kw": "a kW", "bill": "of each dollar of the bill"}


def _in_cents(tariff: Tariff) -> Finding:
    return Finding(
        "tariff_unlikely",
        f"{tariff.id} tells ${tariff.price_usd} {UNITS[tariff.thing]}: cents may have been told as dollars: correct "
        f"price_usd; if it is right, correct it with may_repeat={SETTLED}",
        tariff.id,
    )


class Step(NamedTuple):
    """The price of a bill month's kWh up to `up_to`, from where the step before ends; None: of all the rest."""

    up_to: Fraction | None
    price: Fraction | int | None


class Stretch(NamedTuple):
    """A stretch of one day under one price list; a step's `price` is None where no tariff holds."""

    begin: datetime
    end: datetime
    steps: tuple[Step, ...]
    """By the kWh of the month, the first first; one alone where the price hangs on no kWh."""
    month: BillMonth | None
    """The month that the steps count in; None where there is one alone."""
    by_clock: bool
    """Whether the price hangs on the hour or the day of the week."""


class Tariffs:
    """The price lists of one taxpayer."""

    def __init__(self, told: Iterable[Tariff], calendar: Calendar) -> None:
        self._calendar = calendar
        self.findings: list[Finding] = []
        told = list(told)
        self.settled = frozenset(tariff.id for tariff in told if tariff.may_repeat == SETTLED)
        """The ids of those of which a person said that they are right."""
        bands = [band for tariff in told if (band := self._band(tariff)) is not None]
        bands.sort(key=lambda band: (band.rank, band.told, band.id), reverse=True)
        self._bands = bands

    def _band(self, tariff: Tariff) -> Band | None:
        try:
            band = band_of(tariff, self._calendar)
        except AmountError as unreadable:
            self.findings.append(Finding("tariff_unreadable", f"{tariff.id}: {unreadable}; it is left out", tariff.id))
            return None
        if band.end is not None and band.end <= band.begin:
            self.findings.append(
                Finding("tariff_never_holds", f"{tariff.id} ends before it begins: correct `from` or `to`", tariff.id)
            )
            return None
        longer = band.end is None or band.end - band.begin > ONE_DAY  # a market's price of an hour may be five dollars
        if band.per in MOST_OF and band.says_more_than(MOST_OF[band.per]) and longer and tariff.may_repeat != SETTLED:
            self.findings.append(_in_cents(tariff))
        return band

    def charges(self, meter: str) -> list[Band]:
        """Return what is charged for *meter* by the day, the month or the kW."""
        return [band for band in self._bands if band.meter == meter and band.per in ("day", "month", "kw")]

    def zones(self, meter: str) -> set[ZoneInfo]:
        """Return the zones that price lists of *meter* name for its clock."""
        return {band.zone for band in self._bands if band.zone is not None and band.meter in (None, meter)}

    def of_all_meters(self) -> list[str]:
        """Return the ids of the prices of a kWh that name no meter, riders left out."""
        return sorted(band.id for band in self._bands if band.meter is None and band.per == "kwh" and not band.rider)

    def has_own(self, meter: str) -> bool:
        """Return whether a price of a kWh is for *meter* by its name."""
        return any(band.meter == meter and band.per == "kwh" and not band.rider for band in self._bands)

    def has_steps(self, meter: str) -> bool:
        """Return whether a price of *meter* hangs on how many kWh were used in the month."""
        return any(band.has_steps for band in self._bands if band.meter == meter)

    def factor(self, meter: str, instant: datetime) -> Fraction:
        """Return what each price of *meter* is multiplied by at *instant*: 1 and the fractions charged on the bill."""
        bands = [band for band in self._bands if band.meter == meter and band.per == "bill"]
        return 1 + Fraction(sum(band.price for band in _first_of_each(self._holding(bands, instant))), ONE)

    def hold(self, band: Band, instant: datetime) -> bool:
        """Return whether *band* holds at *instant*, by its own clock or the taxpayer's."""
        return band.hold(instant, self._local(instant, band.zone))

    def day(self, band: Band, instant: datetime) -> date:
        """Return the day of *instant* by the clock of *band*."""
        return self._local(instant, band.zone).date()

    def stretches(self, meter: str, begin: datetime, end: datetime) -> Iterator[Stretch]:
        """Yield the time from *begin* to *end* cut wherever the taxpayer's day or the price on *meter* may change."""
        bands = [
            band
            for band in self._bands
            if band.meter in (None, meter)
            and band.per in ("kwh", "bill")
            and band.begin < end
            and (band.end is None or begin < band.end)
        ]
        for since, until in pairwise(self._cuts(begin, end, bands)):
            holding = self._holding(bands, since)
            prices = [band for band in holding if band.per == "kwh"]
            factor = sum(band.price for band in _first_of_each(band for band in holding if band.per == "bill"))
            yield self._stretch(since, until, prices, Fraction(ONE + factor, ONE) if factor else 1)

    def _stretch(self, since: datetime, until: datetime, holding: Sequence[Band], factor: Fraction | int) -> Stretch:
        by_clock = any(band.hangs_on_the_clock for band in holding)
        stepped = [band for band in holding if band.has_steps]
        if not stepped:
            return Stretch(since, until, (Step(None, self._price(holding, factor)),), None, by_clock)
        self._check_bill_days(stepped)
        day = self.day(stepped[0], since)
        bounds = [band.step(day) for band in holding]
        edges = sorted({edge for bound in bounds for edge in bound if edge})
        steps = []
        for low, high in pairwise([Fraction(0), *edges, None]):
            reached = low or Fraction(0)
            inside = [
                band
                for band, (above, up_to) in zip(holding, bounds, strict=True)
                if above <= reached and (up_to is None or reached < up_to)
            ]
            steps.append(Step(high, self._price(inside, factor)))
        return Stretch(since, until, tuple(steps), bill_month(day, stepped[0].bill_day), by_clock)

    def _price(self, holding: Sequence[Band], factor: Fraction | int) -> Fraction | int | None:
        """Return the price of a kWh of which all of *holding*, the first first, are prices."""
        base = [band for band in holding if band.rider is None]
        if not base:
            return None
        if len(base) > 1 and base[0].rank == base[1].rank and base[0].price != base[1].price:
            self._disagree(base[0], base[1])
        return sum(band.price for band in _first_of_each(holding)) * factor

    def _holding(self, bands: Iterable[Band], instant: datetime) -> list[Band]:
        """Return those of *bands* that hold at *instant*."""
        local = self._local(instant)
        return [
            band
            for band in bands
            if band.hold(instant, local if band.zone is None else self._local(instant, band.zone))
        ]

    def _check_bill_days(self, stepped: Sequence[Band]) -> None:
        other = next((band for band in stepped if band.bill_day != stepped[0].bill_day), None)
        if other is not None:
            self._tell(
                f"{stepped[0].id} and {other.id} count the kWh of months that begin on different days: that of "
                f"{stepped[0].id} is used; correct `bill_day`",
                stepped[0].id,
            )

    def _disagree(self, taken: Band, other: Band) -> None:
        self._tell(
            f"{taken.id} and {other.id} give two prices for the same hours: {taken.id}, told later, is used; "
            "end one of them with `to`, or void it",
            taken.id,
        )

    def _tell(self, words: str, event: str) -> None:
        finding = Finding("tariffs_disagree", words, event)
        if finding not in self.findings:
            self.findings.append(finding)

    def _cuts(self, begin: datetime, end: datetime, bands: Sequence[Band]) -> list[datetime]:
        """Return the instants at which a day begins, a band of the day begins or ends, or the clock is changed."""
        borders = {edge for band in bands for edge in (band.begin, band.end) if edge is not None}
        cuts = {begin, end, *(edge for edge in borders if begin < edge < end)}
        for zone in {None, *(band.zone for band in bands)}:
            edges = {0, *(edge % MINUTES_A_DAY for band in bands if band.zone is zone for edge in band.hours or ())}
            for since, until, offset in self._offsets(begin, end, zone):
                cuts.add(since)
                midnight = datetime.combine((since + offset).date(), time(), tzinfo=UTC) - offset
                while midnight < until:
                    cuts.update(cut for edge in edges if since < (cut := midnight + edge * MINUTE) < until)
                    midnight += ONE_DAY
        return sorted(cuts)

    def _offsets(
        self, begin: datetime, end: datetime, zone: ZoneInfo | None
    ) -> Iterator[tuple[datetime, datetime, timedelta]]:
        """Yield (from, to, offset) for each part of the span in which the wall clock keeps its offset from UTC."""

        def offset_at(instant: datetime) -> timedelta:
            return self._local(instant, zone).utcoffset() or timedelta()

        since, offset = begin, offset_at(begin)
        while since < end:
            until = min(since + ONE_DAY, end)
            if offset_at(until) != offset:
                until = _change(offset_at, since, until)
            yield since, until, offset
            since, offset = until, offset_at(until)

    def _local(self, instant: datetime, zone: ZoneInfo | None = None) -> datetime:
        return instant.astimezone(zone or self._calendar.zone(instant))


def _first_of_each(holding: Iterable[Band]) -> Iterator[Band]:
    """Yield of the bands that hold the first of each charge."""
    seen: set[object] = set()
    for band in holding:
        if band.charge not in seen:
            seen.add(band.charge)
            yield band


def _change(offset_at: Callable[[datetime], timedelta], before: datetime, after: datetime) -> datetime:
    """Return the first instant in (*before*, *after*] whose offset is no longer that of *before*."""
    offset = offset_at(before)
    while after - before > MICROSECOND:
        middle = before + (after - before) // MICROSECOND // 2 * MICROSECOND
        if offset_at(middle) == offset:
            before = middle
        else:
            after = middle
    return after
