"""Coinbase Exchange: candles of the public market, the first source of prices.

A row is [time, low, high, open, close, volume]: **low before high before open**. Newest first, at most 300, and some
may lie before the time asked for. A minute without a trade has no row, so the next coarser candle is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

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
from lotwork.ledger.events import PriceSample
from lotwork.ledger.public_form.parse_words import print_instant

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.context import BuildContext

NAME = "coinbase"
BASE_URL = "https://api.exchange.coinbase.com"
GRANULARITIES = (60, 300, 900, 3600, 21_600, 86_400)
COLUMNS = 6
MOST_ROWS = 350


@dataclass(frozen=True, kw_only=True)
class Coinbase:
    """Prices of Coinbase Exchange; *products* names the pairs that are not simply ASSET-USD."""

    client: BoundedClient
    evidence: EvidenceKeeper
    base_url: str = BASE_URL
    products: Mapping[str, str] = field(default_factory=dict)
    name: str = NAME

    def fetch(self, asset: str, at: datetime) -> PriceSample | None:
        """Return the close of the finest finished candle that contains *at*; None where there is none."""
        product = self.products.get(asset, f"{asset}-USD")
        now = self.client.clock.now()
        for seconds in GRANULARITIES:
            start = start_of(at, seconds)
            if not is_finished(start, seconds, now):
                return None
            found = self._ask(asset, product, start, seconds)
            if found is not None:
                return found
        return None

    def _ask(self, asset: str, product: str, start: int, seconds: int) -> PriceSample | None:
        item = f"{product} candle of {seconds} s at {print_instant(datetime.fromtimestamp(start, UTC))}"
        span: dict[str, str | int] = {
            "start": print_instant(datetime.fromtimestamp(start, UTC)),
            "end": print_instant(datetime.fromtimestamp(start + seconds, UTC)),
            "granularity": seconds,
        }
        answer = self.client.get_json(
            f"{self.base_url}/products/{quote(product, safe='')}/candles", item=item, params=span
        )
        try:
            candle = pick(read_candles(answer.value, seconds), start)
            return None if candle is None else sample(self.name, product, asset, candle, answer.body, self.evidence)
        except CandleRefusedError as refused:
            remedy = "no price was recorded; the receipt stays pending"
            raise self.client.refusal(item, str(refused), remedy, answer.body) from None


def read_candles(value: JsonValue, seconds: int) -> Iterator[Candle]:
    """Yield the candles of an answer, every row checked."""
    if not isinstance(value, list) or len(value) > MOST_ROWS:
        raise CandleRefusedError("the answer is not a list of candles")
    for row in value:
        if not isinstance(row, list) or len(row) != COLUMNS:
            raise CandleRefusedError("a row does not have the six columns of a candle")
        low, high, opened, close, volume = (decimal_of(cell) for cell in row[1:])
        if volume < 0:
            raise CandleRefusedError("a candle has a negative volume")
        yield Candle(start=epoch_of(row[0]), seconds=seconds, open=opened, high=high, low=low, close=close)


def build(section: PriceSection, context: BuildContext) -> Coinbase:
    """Return Coinbase, asked at the place the settings name."""
    client = context.client(NAME, allow_private=section.allow_private)
    return Coinbase(client=client, evidence=context.evidence, base_url=section.place(NAME))


PRICES = DeclaredPrices(
    name=NAME,
    key="coinbase_url",
    default=BASE_URL,
    build=build,
    asked_unless_told=True,
    label="Coinbase Exchange",
    example=f'coinbase_url = "{BASE_URL}"\n',
    docs="""\
The candles of the public market: the close of the minute's candle; where nothing was traded in the minute, that of the
next coarser candle, up to a day.
""",
    cannot_see="coins that have no market in dollars there.",
)
