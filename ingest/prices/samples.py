"""Prices that are told as samples, each of its own instant: the last one within the hour that contains the instant.

As with candles, the finest finished span that has one counts, and every sample's own time stands in the event. Where
the hour has none, the day's last one; where the day has none either, the newest before it is told as stale, not used.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.ports import EvidenceKeeper
from lotwork.ingest.prices.candles import DEAREST_USD, CandleRefusedError, Priced, decimal_of, is_finished, start_of
from lotwork.ingest.prices.market import REMEDY, refuse_other_unit
from lotwork.ingest.prices.names import Pair
from lotwork.ingest.prices.states import TooRecentError, instant, stale
from lotwork.ingest.prices.windows import Window, Windows
from lotwork.ledger.events import PriceSample
from lotwork.ledger.units import USD, price_text

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient

HOUR, DAY = 3600, 86_400
LATEST_MILLISECONDS = 10_000_000_000_000
"""The year 2286."""


class Sample(NamedTuple):
    """One price in dollars, and when it was taken, in whole milliseconds."""

    milliseconds: int
    price: Decimal

    @property
    def at(self) -> datetime:
        """Return when it was taken."""
        seconds, rest = divmod(self.milliseconds, 1000)
        return datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=rest)


class Told(NamedTuple):
    """The samples of one answer in the order of their times, and the answer."""

    samples: tuple[Sample, ...]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Sampled(ABC):
    """Prices in dollars of a service that tells samples."""

    client: BoundedClient
    evidence: EvidenceKeeper
    base_url: str
    windows: Windows[Told] = field(default_factory=Windows)
    name: str

    finest_seconds: ClassVar[int] = HOUR

    @abstractmethod
    def called(self, asset: str, at: datetime) -> str:
        """Return what *asset* is called; raise UnknownCoinError or NoPriceError where it cannot be asked for."""

    @abstractmethod
    def ask(self, asset: str, called: str, start: int, seconds: int) -> tuple[Window, Told]:
        """Return an answer that tells of the span of *seconds* at *start*, and all that it tells of."""

    @abstractmethod
    def row(self, body: bytes, milliseconds: int) -> bytes:
        """Return the bytes of *body* that tell the sample of *milliseconds*."""

    def expect(self, asset: str, instants: Iterable[datetime]) -> None:
        """Plan for being asked for *instants* of *asset*."""
        self.windows.expect(asset, instants)

    def compares(self, _at: datetime) -> bool:
        """Say that it may be asked beside another: many instants are one question here."""
        return True

    def fetch(self, asset: str, at: datetime) -> PriceSample | None:
        """Return the last sample of the hour that contains *at*, else of its day; None where it has none at all.

        Raises NoPriceError with words where it says more of why, TooRecentError where the span that would tell is not
        over, and as `ReceiptSource.fetch_since` does.
        """
        found = self.price(asset, at)
        return None if found is None else found.in_dollars(asset, self.evidence)

    def price(self, asset: str, at: datetime) -> Priced | None:
        """Return the same in its own words."""
        called = self.called(asset, at)
        now = self.client.clock.now()
        before: Sample | None = None
        for seconds in (HOUR, DAY):
            start = start_of(at, seconds)
            if not is_finished(start, seconds, now):
                raise TooRecentError(self.name, asset, start, seconds, now)
            told = self.windows.known(called, seconds, start)
            if told is None:
                window, asked = self.ask(asset, called, start, seconds)
                told = self.windows.keep(called, seconds, window, asked)
            index = bisect_left(told.samples, (start + seconds) * 1000, key=lambda one: one.milliseconds) - 1
            if index < 0:
                continue
            if told.samples[index].milliseconds >= start * 1000:
                return self._priced(asset, called, start, seconds, told, told.samples[index])
            before = told.samples[index]
        if before is not None:
            raise stale(self.name, asset, price_text(before.price), before.at, at)
        return None

    def _priced(self, asset: str, called: str, start: int, seconds: int, told: Told, sample: Sample) -> Priced:
        title = f"{self.name} {called} the last sample of {seconds}s since {instant(start)} as answered\n".encode()
        return Priced(
            source=self.name,
            pair=Pair(asset, USD),
            start=start,
            seconds=seconds,
            price=price_text(sample.price),
            raw=title + self.row(told.body, sample.milliseconds),
            sampled=sample.at,
        )

    def believed(self, item: str, body: bytes, read: Callable[[], Sequence[Sample]]) -> Told:
        """Return what *read* makes of an answer, or raise why it is not to be believed."""
        try:
            samples = in_order(read())
            if all_near(samples):
                refuse_other_unit({sample.milliseconds: sample.price for sample in samples})
        except CandleRefusedError as refused:
            raise self.client.refusal(item, str(refused), REMEDY, body) from None
        return Told(samples, body)


def all_near(samples: Sequence[Sample]) -> bool:
    """Say if *samples* are of a hundred days, in which no coin costs fifty times as much by itself."""
    return bool(samples) and samples[-1].milliseconds - samples[0].milliseconds <= 100 * DAY * 1000


def in_order(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """Return *samples* by their times; two of one time that differ are refused."""
    found: dict[int, Sample] = {}
    for sample in samples:
        if found.setdefault(sample.milliseconds, sample) != sample:
            raise CandleRefusedError(f"two prices of {sample.at.isoformat()} differ")
    return tuple(found[at] for at in sorted(found))


def sample_of(milliseconds: JsonValue, price: JsonValue) -> Sample:
    """Return a sample, checked."""
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool):
        raise CandleRefusedError("a price's time is not a count of milliseconds")
    if not 0 < milliseconds < LATEST_MILLISECONDS:
        raise CandleRefusedError("a price's time is no instant of these years")
    if isinstance(price, str):
        raise CandleRefusedError("a price is a text")
    told = decimal_of(price)
    if not 0 < told <= DEAREST_USD or price_text(told) == "0":
        raise CandleRefusedError(f"a price of {told} dollars is none")
    return Sample(milliseconds, told)
