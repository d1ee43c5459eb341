"""Candles: what a coin cost over a span of time, checked, and turned into the one sample that counts.

The rule, written into every sample by its source and interval: **the close of the finished candle that contains the
instant**, of one minute where the source has that minute, else of the next coarser candle it has. A candle that is
still open has no close yet; a price that is not above zero, or that its own candle contradicts, is no price.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.ports import EvidenceKeeper
from lotwork.ledger.events import PriceSample
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.units import PRICE_DECIMALS

DEAREST_USD = Decimal(1_000_000_000)
"""No coin costs a billion dollars: beyond it, a unit was mistaken."""

_DECIMAL = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)


class CandleRefusedError(ValueError):
    """A candle contradicts itself or is not one; its text is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """The dollars a coin cost from `start` (epoch seconds) for `seconds`."""

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


def pick(candles: Iterable[Candle], start: int) -> Candle | None:
    """Return the candle that starts at *start*; two that differ are refused."""
    found = {candle for candle in candles if candle.start == start}
    if len(found) > 1:
        raise CandleRefusedError(f"two candles at {start} differ")
    return next(iter(found), None)


def sample(source: str, pair: str, asset: str, candle: Candle, body: bytes, evidence: EvidenceKeeper) -> PriceSample:
    """Return the price event of *candle*; its row is kept word for word, so that asking twice gives one event."""
    digits = -int(candle.close.normalize().as_tuple().exponent)
    if digits > PRICE_DECIMALS:
        raise CandleRefusedError(f"the close at {candle.start} has {digits} decimals")
    at = datetime.fromtimestamp(candle.start, UTC)
    interval = f"{candle.seconds}s"
    title = f"{source} {pair} {interval} [time, ...] as answered\n".encode()
    return PriceSample(
        id=f"price:{source}:{asset}:{print_instant(at)}:{interval}",
        at=at,
        source=source,
        asset=asset,
        price_usd=f"{candle.close.normalize():f}",
        interval=interval,
        evidence=evidence.keep(title + raw_row(body, candle.start)),
    )


def raw_row(body: bytes, start: int) -> bytes:
    """Return the bytes of the row of *body* that begins with *start*."""
    found = re.search(rb"\[\s*%d\s*,[^\[\]]*\]" % start, body)
    if found is None:
        raise CandleRefusedError(f"the row at {start} cannot be found again in the answer")
    return found.group()
