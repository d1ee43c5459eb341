"""The price a plan reckons with: the one given, or the last one the log knows, told with its day and its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import PriceSample
from lotwork.ledger.units import MOST_DIGITS, ZERO, divide, usd_micros, value_usd_micros
from lotwork.projections.replay.book import Book
from lotwork.rules.line import to_cents

GIVEN = "given"


class PriceUnknownError(InputRefusedError):
    """No price of the asset is known; nothing is ever valued at 0 for want of one."""


class PlanPrice(NamedTuple):
    """Dollars for a whole coin, from where, and of which day."""

    asset: str
    price_usd: str
    source: str
    day: date | None

    def value(self, quantity: int, decimals: int) -> int:
        """Return what *quantity* base units bring, in micro-dollars."""
        return value_usd_micros(quantity, self.price_usd, decimals)


def price_for(book: Book, asset: str, on: date, given: str | None = None) -> PlanPrice:
    """Return the price given, else the last one known of *asset* up to the end of *on*; without one, refuse."""
    if given is not None:
        return PlanPrice(asset, given, GIVEN, None)
    known = last_prices(book, on).get(asset)
    if known is None:
        raise PriceUnknownError(
            f"no price of {asset} is known up to {on}: give --price, run `lotwork poll`, or add a `price` event"
        )
    return known


def last_prices(book: Book, on: date) -> dict[str, PlanPrice]:
    """Return the last price known of each asset up to the end of *on*: of a sample, else of the last receipt."""
    calendar = book.history.calendar
    found: dict[str, PlanPrice] = {}
    for sample in book.history.of_kind("price"):
        if isinstance(sample, PriceSample) and (day := calendar.day(sample.at)) <= on:
            found[sample.asset] = PlanPrice(sample.asset, sample.price_usd, sample.source or "manual", day)
    last = book.income.last_price
    if last is not None and last[0] not in found:
        found[last[0]] = PlanPrice(last[0], last[1], "last receipt", None)
    return found


class Fee(NamedTuple):
    """What a sale costs: a part of the proceeds, or so many dollars each time."""

    percent: Decimal = ZERO
    usd: Decimal = ZERO

    @classmethod
    def parse(cls, text: str) -> Fee:
        """Read "0.5%" or "12.50"; raise InputRefusedError for anything else."""
        number, _, rest = text.partition("%")
        plain = number.replace(".", "", 1)
        if not (plain.isascii() and plain.isdigit()) or rest:
            raise InputRefusedError(f'--fee {text}: write a part of the proceeds like "0.5%", or dollars like "12.50"')
        if len(number) > MOST_DIGITS:
            raise InputRefusedError(f"--fee {text[:MOST_DIGITS]}…: write at most {MOST_DIGITS} digits")
        amount = Decimal(number)
        if text.endswith("%"):
            if amount >= 100:  # noqa: PLR2004 - a fee of everything
                raise InputRefusedError(f"--fee {text}: a fee leaves something of the proceeds")
            return cls(percent=amount)
        return cls(usd=amount)

    def of(self, proceeds: int) -> int:
        """Return the fee on *proceeds*, both in micro-dollars."""
        numerator, denominator = (self.percent / 100).as_integer_ratio()
        return divide(proceeds * numerator, denominator) + usd_micros(self.usd)

    @property
    def text(self) -> str:
        """How it was written."""
        return f"{self.percent}%" if self.percent else f"{to_cents(self.usd)}"
