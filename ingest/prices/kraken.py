"""Kraken: the second source of prices.

`{"error": [], "result": {"XXBTZUSD": [[time, open, high, low, close, vwap, volume, count], ...], "last": ...}}`: the
rows stand under the pair's internal name, only the newest 720 exist, the last row is still open, and a span without a
trade repeats the price before it with a count of 0 (no price of that span, so it is passed over).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.declaration import DeclaredPrices, PriceSection
from lotwork.ingest.ports import EvidenceKeeper
from lotwork.ingest.prices.candles import (
    Candle,
    CandleRefusedError,
    decimal_of,
    epoch_of,
    is_finished,
    pick,
    sample,
    start_of,
)
from lotwork.ledger.errors import SourceUnreachableError
from lotwork.ledger.events import PriceSample
from lotwork.ledger.public_form.parse_words import print_instant

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.context import BuildContext

NAME = "kraken"
BASE_URL = "https://api.kraken.com"
INTERVALS = (60, 300, 900, 1800, 3600, 14_400, 86_400)
NEWEST = 720
COLUMNS = 8
PAIRS = {"BTC": "XBTUSD", "DOGE": "XDGUSD"}
LATER = ("EAPI:Rate limit", "EGeneral:Too many requests", "EGeneral:Temporary lockout", "EService:")


@dataclass(frozen=True, kw_only=True)
class Kraken:
    """Prices of Kraken; *pairs* names those that are not simply ASSETUSD."""

    client: BoundedClient
    evidence: EvidenceKeeper
    base_url: str = BASE_URL
    pairs: Mapping[str, str] = field(default_factory=dict)
    name: str = NAME

    def fetch(self, asset: str, at: datetime) -> PriceSample | None:
        """Return the close of the finest finished candle that contains *at*; None where it has none any more."""
        pair = self.pairs.get(asset) or PAIRS.get(asset, f"{asset}USD")
        now = self.client.clock.now()
        for seconds in INTERVALS:
            start = start_of(at, seconds)
            if not is_finished(start, seconds, now):
                return None
            if now.timestamp() - start > NEWEST * seconds:
                continue
            found = self._ask(asset, pair, start, seconds)
            if found is not None:
                return found
        return None

    def _ask(self, asset: str, pair: str, start: int, seconds: int) -> PriceSample | None:
        item = f"{pair} candle of {seconds} s at {print_instant(datetime.fromtimestamp(start, UTC))}"
        span: dict[str, str | int] = {"pair": pair, "interval": seconds // 60, "since": start - seconds}
        answer = self.client.get_json(f"{self.base_url}/0/public/OHLC", item=item, params=span)
        try:
            self._check_errors(answer.value, item)
            candle = pick(read_candles(answer.value, seconds), start)
            return None if candle is None else sample(self.name, pair, asset, candle, answer.body, self.evidence)
        except CandleRefusedError as refused:
            remedy = "no price was recorded; the receipt stays pending"
            raise self.client.refusal(item, str(refused), remedy, answer.body) from None

    def _check_errors(self, value: JsonValue, item: str) -> None:
        """Raise for the errors Kraken tells inside a success: some pass with time, others do not."""
        errors = value.get("error") if isinstance(value, dict) else None
        if not isinstance(errors, list) or not all(isinstance(word, str) for word in errors):
            raise CandleRefusedError("the answer has no list of errors")
        if not errors:
            return
        words = ", ".join(str(word)[:80] for word in errors[:3])
        if any(str(word).startswith(LATER) for word in errors):
            raise SourceUnreachableError(f"{self.name}: {item}: it says {words}: it is asked again at the next poll")
        raise CandleRefusedError(f"it says {words}")


def read_candles(value: JsonValue, seconds: int) -> Iterator[Candle]:
    """Yield the finished candles of an answer in which something was traded, every row checked."""
    for row in rows_of(value)[:-1]:
        if not isinstance(row, list) or len(row) != COLUMNS:
            raise CandleRefusedError("a row does not have the eight columns of a candle")
        opened, high, low, close, mean, volume, trades = (decimal_of(cell) for cell in row[1:])
        if min(mean, volume, trades) < 0:
            raise CandleRefusedError("a candle has a negative mean, volume or count")
        candle = Candle(start=epoch_of(row[0]), seconds=seconds, open=opened, high=high, low=low, close=close)
        if trades:
            yield candle


def rows_of(value: JsonValue) -> list[JsonValue]:
    """Return the rows of the one pair an answer is about."""
    result = value.get("result") if isinstance(value, dict) else None
    if not isinstance(result, dict) or "last" not in result:
        raise CandleRefusedError("the answer has no result with `last`")
    names = [name for name in result if name != "last"]
    rows = result[names[0]] if len(names) == 1 else None
    if not isinstance(rows, list) or len(rows) > NEWEST + 1:
        raise CandleRefusedError("the answer is not about one pair")
    return rows


def build(section: PriceSection, context: BuildContext) -> Kraken:
    """Return Kraken, asked at the place the settings name."""
    client = context.client(NAME, allow_private=section.allow_private)
    return Kraken(client=client, evidence=context.evidence, base_url=section.place(NAME))


PRICES = DeclaredPrices(
    name=NAME,
    key="kraken_url",
    default=BASE_URL,
    build=build,
    asked_unless_told=True,
    label="Kraken",
    example=f'kraken_url = "{BASE_URL}"\n',
    docs="""\
The candles of the public market, as at Coinbase. A span in which nothing was traded has no price there, though Kraken
repeats the one before it.
""",
    cannot_see="""\
minutes that are long past: it keeps the newest 720 candles of each length, so that after half a day a minute is told
by the next coarser one, and after two years by none.
""",
)
