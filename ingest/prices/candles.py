"""Candles: what a coin cost over a span of time, checked, and turned into the one sample that counts.

The rule, written into every sample by its source and interval: **the close of the finished candle that contains the
instant**, of one minute where the source has that minute, else of the next coarser candle it has. A candle that is
still open has no close yet; a price that is not above zero, or that its own candle contradicts, is no price.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.ports import EvidenceKeeper
from lotwork.ingest.prices.names import Pair
from lotwork.ledger.events import PriceLeg, PriceSample
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.units import PRICE_DECIMALS, price_through

DEAREST_USD = Decimal(1_000_000_000)
"""No coin costs a billion dollars: beyond it, a unit was mistaken."""

_DECIMAL = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)


class CandleRefusedError(ValueError):
    """A candle contradicts itself or is not one; its text is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """What a coin cost from `start` (epoch seconds) for `seconds`, in whatever its market prices it in."""

    start: int
    seconds: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal

    def __post_init__(self) -> None:
        if self.start % self.seconds:
            raise CandleRefusedError(f"a candle of {self.seconds} s starts at {self.start}, off its grid")
        if not 0 < self.low <= min(self.open, self.close) <= max(self.open, self.close) <= self.high:
            raise CandleRefusedError(f"the candle at {self.start} contradicts itself or is not above zero")
        if self.high > DEAREST_USD:
            raise CandleRefusedError(f"the candle at {self.start} says {self.high} dollars, which no coin costs")


def start_of(at: datetime, seconds: int) -> int:
    """Return the start of the candle of *seconds* that contains *at*, in epoch seconds."""
    whole = int(at.timestamp())
    return whole - whole % seconds


def is_finished(start: int, seconds: int, now: datetime) -> bool:
    """Say if a candle is over, so that its close will not change."""
    return start + seconds <= now.timestamp()


def decimal_of(value: JsonValue) -> Decimal:
    """Return a JSON number or a plain decimal string as an exact decimal."""
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return Decimal(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    raise CandleRefusedError("a candle holds what is not a number")


def epoch_of(value: JsonValue) -> int:
    """Return a candle's time, which is a whole number of epoch seconds."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10_000_000_000:  # noqa: PLR2004 - year 2286
        raise CandleRefusedError("a candle's time is not a count of seconds")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A price in its pair's quote, with the words it was read from."""

    source: str
    pair: Pair
    start: int
    seconds: int
    price: str
    raw: bytes
    """A title, and the row or the trade as it was answered."""
    sampled: datetime | None = None

    @property
    def at(self) -> datetime:
        """Return the start of its interval."""
        return datetime.fromtimestamp(self.start, UTC)

    @property
    def interval(self) -> str:
        """Return how long it holds."""
        return f"{self.seconds}s"

    @property
    def leg(self) -> PriceLeg:
        """Return it as one of two legs."""
        return PriceLeg(source=self.source, pair=str(self.pair), price=self.price, at=self.at, interval=self.interval)

    def in_dollars(self, asset: str, evidence: EvidenceKeeper, through: Priced | None = None) -> PriceSample:
        """Return the event of *asset*'s price: its own, or what it is *through* the price of its quote in dollars."""
        legs = () if through is None else (self.leg, through.leg)
        raw = self.raw if through is None else self.raw + b"\n" + through.raw
        return PriceSample(
            id=f"price:{self.source}:{asset}:{print_instant(self.at)}:{self.interval}",
            at=self.at,
            source=self.source,
            asset=asset,
            price_usd=price_through(*(leg.price for leg in legs)) if legs else self.price,
            interval=self.interval,
            pair=str(self.pair),
            sampled=self.sampled,
            legs=legs,
            evidence=evidence.keep(raw),
        )


def priced(source: str, pair: Pair, symbol: str, candle: Candle, row: bytes) -> Priced:
    """Return the price that *candle* tells; its row is kept word for word, so that asking twice gives one event."""
    digits = -int(candle.close.normalize().as_tuple().exponent)
    if digits > PRICE_DECIMALS:
        raise CandleRefusedError(f"the close at {candle.start} has {digits} decimals")
    title = f"{source} {symbol} {candle.seconds}s [time, ...] as answered\n".encode()
    price = f"{candle.close.normalize():f}"
    return Priced(source=source, pair=pair, start=candle.start, seconds=candle.seconds, price=price, raw=title + row)


def raw_row(body: bytes, first: int) -> bytes:
    """Return the bytes of the row of *body* that begins with *first*."""
    found = re.search(rb"\[\s*%d\s*,[^\[\]]*\]" % first, body)
    if found is None:
        raise CandleRefusedError(f"the row at {first} cannot be found again in the answer")
    return found.group()
