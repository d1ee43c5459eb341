"""A public market asked for candles: the finest finished one that contains the instant, in dollars or through a pair.

What is priced in another coin or in a token is multiplied by what that one cost in dollars at the same moment, as
another source tells, or this one: a USDT is no dollar, and both legs stand in the event.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, Self, TypeVar, runtime_checkable

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.declaration import Candles, PriceSection
from lotwork.ingest.ports import EvidenceKeeper
from lotwork.ingest.prices.candles import Candle, CandleRefusedError, Priced, is_finished, priced, raw_row, start_of
from lotwork.ingest.prices.names import STABLE, Pair, refuse_pairs
from lotwork.ingest.prices.states import NoPriceError, TooRecentError, instant
from lotwork.ingest.prices.windows import Window, Windows
from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import PriceSample
from lotwork.ledger.units import USD

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.context import BuildContext

REMEDY = "no price was recorded; the receipt stays pending"
SECONDS_OF: dict[Candles, int] = {"minute": 60, "hour": 3600}
GAP_SECONDS = 0.2
"""Between two questions to a market that takes ten a second or more."""
OTHER_UNIT = 50
"""A candle so many times its neighbours, or such a part of them, is in another unit."""
FEWEST_NEIGHBOURS = 5
LEAST_STABLE, MOST_STABLE = Decimal("0.5"), Decimal(2)
"""What a token that is meant to be a dollar may cost; beyond it the pair stands upside down, or is another's."""
K = TypeVar("K")


@runtime_checkable
class Teller(Protocol):
    """Whoever can tell one leg of a pair."""

    def price(self, asset: str, at: datetime) -> Priced | None:
        """Return what *asset* cost at *at*, in whatever it is priced in; None where there is no such price."""
        ...

    def expect(self, asset: str, instants: Iterable[datetime]) -> None:
        """Plan for being asked for *instants* of *asset*."""
        ...


class Answered(NamedTuple):
    """The candles of one answer in which something was traded, by their start, and the answer."""

    candles: dict[int, Candle]
    body: bytes
    is_whole: bool
    """Whether a candle that is missing in it is known to be missing."""


@dataclass(frozen=True, kw_only=True)
class Market(ABC):
    """Prices of one exchange; *pairs* names the markets of coins that are not simply priced in its usual quote."""

    client: BoundedClient
    evidence: EvidenceKeeper
    base_url: str
    pairs: Mapping[str, Pair] = field(default_factory=dict)
    others: list[Teller] = field(default_factory=list)
    """Who is asked what a quote cost in dollars, in the order of the settings."""
    windows: Windows[Answered] = field(default_factory=Windows)
    finest_seconds: int = 60
    """The length of the shortest candles that are asked for."""
    name: ClassVar[str]

    lengths: ClassVar[tuple[int, ...]]
    """The lengths of its candles in seconds, the finest first."""
    most: ClassVar[int]
    """How many candles one answer may hold."""
    quote: ClassVar[str] = USD
    """What its coins are priced in where nothing else is told."""
    gap_seconds: ClassVar[float | None] = GAP_SECONDS
    """The least time between two questions; None where it is every host's."""

    @classmethod
    def build(cls, section: PriceSection, context: BuildContext) -> Self:
        """Return it, asked at the place the settings name, with the pairs they name."""
        client = context.client(cls.name, allow_private=section.allow_private, gap_seconds=cls.gap_seconds)
        return cls(
            client=client,
            evidence=context.evidence,
            base_url=section.place(cls.name),
            pairs=refuse_pairs(section.names(cls.name), f"{cls.name}_pairs"),
            finest_seconds=SECONDS_OF[section.candles],
        )

    @abstractmethod
    def symbol(self, pair: Pair) -> str:
        """Return what *pair* is called here."""

    @abstractmethod
    def question(self, symbol: str, window: Window, seconds: int) -> tuple[str, dict[str, str | int]]:
        """Return the path and the words of the question for the candles of *window*."""

    @abstractmethod
    def read(self, value: JsonValue, seconds: int) -> Iterator[Candle]:
        """Yield the candles of an answer, every row checked, those in which nothing was traded left out."""

    @abstractmethod
    def has_no_market(self, refused: SourceRefusedError) -> bool:
        """Say if an answer was refused because there is no such market."""

    def row_key(self, start: int) -> int:
        """Return the number with which the row of the candle at *start* begins."""
        return start

    def around(self, asset: str, start: int, seconds: int) -> Window:
        """Return the span to ask for, so that one answer holds what else is expected near *start*."""
        return self.windows.around(asset, start, seconds, self.most, self.client.clock.now())

    def expect(self, asset: str, instants: Iterable[datetime]) -> None:
        """Plan for being asked for *instants* of *asset*, and whoever knows its quote for theirs."""
        planned = tuple(instants)
        self.windows.expect(asset, planned)
        pair = self.pair(asset)
        if pair is not None and pair.quote != USD:
            for other in self.others:
                if other is not self:
                    other.expect(pair.quote, planned)

    def compares(self, _at: datetime) -> bool:
        """Say that it may be asked beside another: many instants are one question here."""
        return True

    def pair(self, asset: str) -> Pair | None:
        """Return the market of *asset*; None where it can have none."""
        found = self.pairs.get(asset, Pair(asset, self.quote))
        return None if found.base == found.quote else found

    def fetch(self, asset: str, at: datetime) -> PriceSample | None:
        """Return the close of the finest finished candle that contains *at*, in dollars; None where there is none.

        Raises NoPriceError with words where it says more of why, TooRecentError where a candle that would tell is not
        over, and as `ReceiptSource.fetch_since` does.
        """
        found = self.price(asset, at)
        if found is None:
            return None
        if found.pair.quote == USD:
            return found.in_dollars(asset, self.evidence)
        return found.in_dollars(asset, self.evidence, dollars_of(found, self.others, self.name))

    def price(self, asset: str, at: datetime) -> Priced | None:
        """Return the close of the finest finished candle that contains *at*, in the quote of its market."""
        pair = self.pair(asset)
        if pair is None:
            return None
        now = self.client.clock.now()
        for seconds in (each for each in self.lengths if each >= self.finest_seconds):
            start = start_of(at, seconds)
            if not is_finished(start, seconds, now):
                raise TooRecentError(self.name, asset, start, seconds, now)
            found = self.candle(asset, pair, start, seconds)
            if found is not None:
                return found
        return None

    def candle(self, asset: str, pair: Pair, start: int, seconds: int) -> Priced | None:
        """Return what the candle at *start* says; None where nothing was traded in it."""
        symbol = self.symbol(pair)
        found = self.windows.known(symbol, seconds, start)
        if found is None:
            found = self._ask(symbol, self.around(asset, start, seconds), seconds, start)
        if start not in found.candles and not _is_told_missing(found, start):
            found = self._ask(symbol, Window(start, start + seconds), seconds, start)
        if start not in found.candles:
            return None
        try:
            row = raw_row(found.body, self.row_key(start))
            return priced(self.name, pair, symbol, found.candles[start], row)
        except CandleRefusedError as refused:
            raise self.client.refusal(item_of(symbol, seconds, start), str(refused), REMEDY, found.body) from None

    def _ask(self, symbol: str, window: Window, seconds: int, start: int) -> Answered:
        item = item_of(symbol, seconds, start)
        path, params = self.question(symbol, window, seconds)
        try:
            answer = self.client.get_json(f"{self.base_url}{path}", item=item, params=params)
        except SourceRefusedError as refused:
            if self.has_no_market(refused):
                raise NoPriceError(str(refused)) from None
            raise
        try:
            self.check(answer.value, item)
            candles = by_start(self.read(answer.value, seconds))
            self.check_span(candles, window, seconds)
        except CandleRefusedError as refused:
            raise self.client.refusal(item, str(refused), REMEDY, answer.body) from None
        found = Answered(candles, answer.body, is_whole=window.end - window.start == seconds)
        return self.windows.keep(symbol, seconds, window, found)

    def check(self, _value: JsonValue, _item: str) -> None:  # noqa: B027 - most have none
        """Raise for an error that is told inside a success."""

    def check_span(self, candles: Mapping[int, Candle], window: Window, seconds: int) -> None:
        """Refuse the candles of another page, and one that is in another unit than its neighbours."""
        reach = self.most * seconds
        if candles and not any(window.start - reach <= start <= window.end + reach for start in candles):
            raise CandleRefusedError(f"a candle at {instant(min(candles))} was not asked for")
        refuse_other_unit({start: candle.close for start, candle in candles.items()})


def dollars_of(leg: Priced, others: Sequence[Teller], name: str) -> Priced:
    """Return what the quote of *leg* cost in dollars at the moment of its close, as the first of *others* knows.

    Raises NoPriceError where nobody does; whoever does not answer raises as ever, and nobody stands in.
    """
    quote = leg.pair.quote
    at = datetime.fromtimestamp(leg.start + leg.seconds - 1, UTC)
    for other in others:
        try:
            found = other.price(quote, at)
        except NoPriceError:
            continue
        if found is None or found.pair.quote != USD:
            continue
        if quote in STABLE and not LEAST_STABLE <= Decimal(found.price) <= MOST_STABLE:
            raise SourceRefusedError(
                f"{found.source}: it says that a {quote} cost {found.price} dollars at {instant(found.start)}: that is "
                "another pair's price, or one upside down: no price was recorded"
            )
        return found
    raise NoPriceError(
        f"{name}: {leg.pair.base} cost {leg.price} {quote} at {instant(leg.start)}, a {quote} is no dollar, and nobody "
        f"who is asked knows what one cost then: name another source in `sources` of [prices] that prices {quote} in "
        "dollars (coinbase, kraken, coingecko, csv)"
    )


def _is_told_missing(found: Answered, start: int) -> bool:
    """Say if an answer without the candle at *start* was not merely cut short of it: candles stand on either side."""
    return found.is_whole or (any(at < start for at in found.candles) and any(at > start for at in found.candles))


def by_start(candles: Iterable[Candle]) -> dict[int, Candle]:
    """Return *candles* by their start; two that differ are refused."""
    found: dict[int, Candle] = {}
    for candle in candles:
        if found.setdefault(candle.start, candle) != candle:
            raise CandleRefusedError(f"two candles at {candle.start} differ")
    return found


def refuse_other_unit(prices: Mapping[K, Decimal]) -> None:
    """Raise CandleRefusedError where one of some neighbours is fifty times what they cost, or a fiftieth."""
    if len(prices) < FEWEST_NEIGHBOURS:
        return
    usual = median(prices.values())
    for at, price in prices.items():
        if not usual / OTHER_UNIT < price < usual * OTHER_UNIT:
            raise CandleRefusedError(f"the price at {at} is {price}, and its neighbours cost {usual}: another unit")


def item_of(symbol: str, seconds: int, start: int) -> str:
    """Return what a question for a candle is called in messages."""
    return f"{symbol} candle of {seconds} s at {instant(start)}"
