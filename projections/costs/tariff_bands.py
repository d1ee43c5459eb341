"""A tariff made ready to be asked: when it holds, of what it is the price, and what decides between two that hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lotwork.ledger.events import Per, Tariff
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS, zone_named
from lotwork.ledger.public_form.time_bands import (
    Hours,
    parse_days,
    parse_hours,
    parse_interval,
    parse_season,
    parse_weekdays,
)
from lotwork.ledger.units import HUNDRED, PRICE_DECIMALS, scaled
from lotwork.ledger.zones import Calendar

MOST_OF = {"kwh": Decimal(3), "kw": HUNDRED, "bill": Decimal("0.5")}
"""No price list has a kWh at three dollars, a kW at a hundred, or half of the bill on top of it."""
QUARTER_HOUR = timedelta(minutes=15)


class BillMonth(NamedTuple):
    """The days that one bill is for: from `first` to before `after`."""

    first: date
    after: date

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.after - self.first).days


def bill_month(day: date, begins_on: int) -> BillMonth:
    """Return the month of the bill that *day* is on, where such a month begins on the day *begins_on* of a month."""
    first = day.replace(day=begins_on) if day.day >= begins_on else _month_on(day.replace(day=1), -1, begins_on)
    return BillMonth(first, _month_on(first, 1, begins_on))


def _month_on(day: date, months: int, begins_on: int) -> date:
    whole = day.year * 12 + day.month - 1 + months
    return date(whole // 12, whole % 12 + 1, begins_on)


class Band(NamedTuple):
    """A tariff made ready: its price in 10**-18 dollars, and when it holds."""

    id: str
    told: datetime
    meter: str | None
    begin: datetime
    end: datetime | None
    price: int
    hours: Hours | None
    weekdays: frozenset[int] | None
    season: frozenset[int] | None
    days: frozenset[date] | None
    zone: ZoneInfo | None
    """The clock of its hours and days; None where that is the taxpayer's."""
    per: Per
    rider: str | None
    above: Fraction
    """The kWh of a bill's month (or of one of its days) that it is not the price of."""
    up_to: Fraction | None
    by_day: bool
    bill_day: int
    interval: timedelta

    @property
    def rank(self) -> tuple[bool, datetime, bool, int]:
        """What decides between bands that hold at once: the greater wins."""
        named = sum(each is not None for each in (self.hours, self.weekdays, self.season))
        return self.meter is not None, self.begin, self.days is not None, named

    @property
    def hangs_on_the_clock(self) -> bool:
        """Whether it holds in some hours of a month, and not in others."""
        return self.hours is not None or self.weekdays is not None or self.days is not None

    @property
    def has_steps(self) -> bool:
        """Whether it is the price of some of a month's kWh alone."""
        return self.above > 0 or self.up_to is not None

    @property
    def charge(self) -> tuple[object, ...]:
        """Which charge it is the price of: of those that hold at once, one alone counts."""
        window = (self.hours, self.weekdays, self.days) if self.per == "kw" else ()
        return self.per, self.rider, *window

    def hold(self, instant: datetime, local: datetime) -> bool:
        """Say whether this band holds at *instant*, which the wall clock shows as *local*."""
        return (
            self.begin <= instant
            and (self.end is None or instant < self.end)
            and (self.weekdays is None or local.weekday() in self.weekdays)
            and (self.season is None or local.month in self.season)
            and (self.days is None or local.date() in self.days)
            and (self.hours is None or self.hours.hold(local.hour * 60 + local.minute))
        )

    def step(self, day: date) -> tuple[Fraction, Fraction | None]:
        """Return the kWh of the bill's month of *day* above which, and up to which, it is the price."""
        times = bill_month(day, self.bill_day).days if self.by_day else 1
        return self.above * times, None if self.up_to is None else self.up_to * times

    def says_more_than(self, most: Decimal) -> bool:
        """Return whether the price is above *most* dollars."""
        return self.price > scaled(f"{most:f}", PRICE_DECIMALS)


def band_of(tariff: Tariff, calendar: Calendar) -> Band:
    """Return *tariff* made ready; raise AmountError where its hours or days cannot be read."""
    return Band(
        id=tariff.id,
        told=tariff.at,
        meter=tariff.meter,
        begin=_moment(tariff.from_, tariff, calendar),
        end=None if tariff.to is None else _moment(tariff.to, tariff, calendar),
        price=scaled(tariff.price_usd, PRICE_DECIMALS),
        hours=None if tariff.hours is None else parse_hours(tariff.hours),
        weekdays=None if tariff.weekdays is None else parse_weekdays(tariff.weekdays),
        season=None if tariff.season is None else parse_season(tariff.season),
        days=None if tariff.days is None else parse_days(tariff.days),
        zone=None if tariff.zone is None else zone_named(tariff.zone),
        per=tariff.thing,
        rider=tariff.rider,
        above=_number(tariff.above_kwh or "0"),
        up_to=None if tariff.up_to_kwh is None else _number(tariff.up_to_kwh),
        by_day=tariff.steps_by == "day",
        bill_day=tariff.bill_day or 1,
        interval=QUARTER_HOUR if tariff.interval is None else parse_interval(tariff.interval),
    )


def _moment(text: str, tariff: Tariff, calendar: Calendar) -> datetime:
    """Return the instant of *text*: a day begins by the tariff's own clock, where it has one."""
    if tariff.zone is None or "T" in text:
        return calendar.moment(text)
    return datetime.fromisoformat(text).replace(tzinfo=zone_named(tariff.zone)).astimezone(calendar.zone(tariff.at))


def _number(text: str) -> Fraction:
    return Fraction(scaled(text, SHARE_DECIMALS), 10**SHARE_DECIMALS)
