"""Dollars into the currency of a return: the rates the log records, each good for its day and a fortnight after.

A rate is the taxpayer's own record of a published one (`exchange_rate`): in Japan the bank's TTM of the day, in
Germany the reference rate of the ECB or the monthly average of the Ministry of Finance, in China the central parity,
in Portugal the rate of the Banco de Portugal. Nothing is looked up and nothing is guessed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from typing import NamedTuple

import msgspec

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Event, ExchangeRate
from lotwork.ledger.units import divide
from lotwork.ledger.zones import Calendar

GOOD_FOR_DAYS = 14
"""Holidays are bridged by the last rate before them; a monthly rate is recorded twice."""
NAMED_AT_ONCE = 5


class NoRateError(InputRefusedError):
    """No exchange rate is recorded for a day on which an amount has to be converted."""


class Rate(NamedTuple):
    """One recorded rate: so many units of the currency for one dollar, as a fraction."""

    day: date
    numerator: int
    denominator: int
    event: str


class Rates(msgspec.Struct):
    """The rates of one currency in order of day; the days asked for in vain are kept and told together."""

    currency: str
    rates: tuple[Rate, ...]
    missing: set[date] = msgspec.field(default_factory=set)
    used: dict[str, None] = msgspec.field(default_factory=dict)
    """The events of the rates that were used."""

    @classmethod
    def read(cls, events: Iterable[Event], currency: str, calendar: Calendar) -> Rates:
        """Return the rates of *currency* that *events* record; of one day the one recorded last."""
        told: dict[date, Rate] = {}
        for event in events:
            if isinstance(event, ExchangeRate) and event.currency == currency:
                whole, _, fraction = event.per_usd.partition(".")
                day = calendar.day(event.at)
                told[day] = Rate(day, int(whole + fraction), 10 ** len(fraction), event.id)
        return cls(currency, tuple(told[day] for day in sorted(told)))

    def convert(self, usd_micros: int, day: date) -> int:
        """Return micro-dollars of *day* as millionths of the currency; 0, and the day kept, where no rate is near."""
        if not usd_micros:
            return 0
        place = bisect_right(self.rates, day, key=attrgetter("day")) - 1
        if place < 0 or (day - self.rates[place].day).days > GOOD_FOR_DAYS:
            self.missing.add(day)
            return 0
        rate = self.rates[place]
        self.used[rate.event] = None
        return divide(usd_micros * rate.numerator, rate.denominator)

    def check(self) -> None:
        """Raise NoRateError if a day was asked for in vain."""
        if not self.missing:
            return
        days = sorted(self.missing)
        named = ", ".join(map(str, days[:NAMED_AT_ONCE]))
        more = f" and {len(days) - NAMED_AT_ONCE} more days" if len(days) > NAMED_AT_ONCE else ""
        raise NoRateError(
            f"no {self.currency} rate is recorded for {named}{more}, nor within {GOOD_FOR_DAYS} days before: "
            f"record it, like lotwork add exchange_rate at={days[0]}T12:00:00Z currency={self.currency} per_usd=RATE"
        )
