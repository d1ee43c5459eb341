"""mempool.space: what a bitcoin cost, a sample about every hour, whose own time is recorded.

`GET /api/v1/historical-price?currency=USD&timestamp=1500000000` (mempool.space/docs/api): {"prices": [{"time":
1499904000, "USD": 2254.9}], "exchangeRates": ...}: the newest sample *before* the instant, however old it is
(`getNearestHistoricalPrice`, mempool/mempool); without a timestamp all there are. An empty price is -1. The exchange
rates are today's, and not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.declaration import DeclaredPrices, PriceSection
from lotwork.ingest.prices.candles import CandleRefusedError
from lotwork.ingest.prices.market import item_of
from lotwork.ingest.prices.samples import Sample, Sampled, Told, sample_of
from lotwork.ingest.prices.states import NoPriceError
from lotwork.ingest.prices.windows import Window
from lotwork.ledger.units import USD

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext

NAME = "mempool"
BTC = "BTC"
BASE_URL = "https://mempool.space"
MANY = 10
"""From so many instants on, the whole history is one question; it is about three megabytes."""
MOST_SAMPLES = 500_000
EMPTY = -1


@dataclass(frozen=True, kw_only=True)
class Mempool(Sampled):
    """Prices of mempool.space, or of a mempool of one's own."""

    base_url: str = BASE_URL
    name: str = NAME

    def called(self, asset: str, _at: datetime) -> str:
        """Return the coin, which is bitcoin or none."""
        if asset != BTC:
            raise NoPriceError(f"{self.name}: it prices bitcoin only, not {asset}")
        return BTC

    def ask(self, asset: str, called: str, start: int, seconds: int) -> tuple[Window, Told]:
        """Return the newest sample before the end of the span, or all there are where many are expected."""
        whole = self.windows.is_many(asset, MANY)
        now = int(self.client.clock.now().timestamp())
        window = Window(0, now // seconds * seconds) if whole else Window(start, start + seconds)
        item = item_of(f"{called} in dollars", seconds, start)
        params: dict[str, str | int] = {"currency": USD} | ({} if whole else {"timestamp": window.end - 1})
        answer = self.client.get_json(f"{self.base_url}/api/v1/historical-price", item=item, params=params)
        end = now if whole else window.end
        return window, self.believed(item, answer.body, lambda: tuple(_read(answer.value, end)))

    def row(self, body: bytes, milliseconds: int) -> bytes:
        """Return the object of the sample."""
        found = re.search(rb'"time"\s*:\s*%d\b' % (milliseconds // 1000), body)
        if found is None:
            raise CandleRefusedError("the sample cannot be found again in the answer")
        return body[body.rindex(b"{", 0, found.start()) : body.index(b"}", found.end()) + 1]


def _read(value: JsonValue, end: int) -> Iterator[Sample]:
    """Yield the samples of an answer, all of them before *end*."""
    rows = value.get("prices") if isinstance(value, dict) else None
    if not isinstance(rows, list) or len(rows) > MOST_SAMPLES:
        raise CandleRefusedError("the answer has no list of prices")
    for row in rows:
        if not isinstance(row, dict) or not {"time", USD} <= row.keys():
            raise CandleRefusedError("a sample has no time or no dollars")
        if row[USD] == EMPTY and not isinstance(row[USD], bool):
            continue
        at = row["time"]
        if not isinstance(at, int) or isinstance(at, bool):
            raise CandleRefusedError("a sample's time is not a count of seconds")
        if at >= end:
            raise CandleRefusedError(f"a sample of {at} is later than what was asked for")
        yield sample_of(at * 1000, row[USD])


def build(section: PriceSection, context: BuildContext) -> Mempool:
    """Return mempool.space, or what stands at the place the settings name."""
    client = context.client(NAME, allow_private=section.allow_private)
    return Mempool(client=client, evidence=context.evidence, base_url=section.place(NAME))


PRICES = DeclaredPrices(
    name=NAME,
    key="mempool_url",
    default=BASE_URL,
    build=build,
    label="mempool.space",
    example=f"""\
mempool_url = "{BASE_URL}"        # or your own mempool, with allow_private = true
""",
    docs="""\
What a bitcoin cost: the last sample within the hour, else within the day, with its own time in the event. A sample that
is older is told as stale, with its age, and not used. From ten instants on, its whole history is one question.
""",
    cannot_see="any coin but bitcoin, and minutes: a price holds for its hour, of some years ago for its day.",
)
