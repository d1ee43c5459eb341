"""Binance: candles of its spot market, which is priced in USDT; a USDT is no dollar.

`GET /api/v3/klines?symbol=BTCUSDT&interval=1m&startTime&endTime&limit` (binance-spot-api-docs, rest-api.md): rows of
[open time in ms, open, high, low, close, volume, close time, quote volume, trades, ...], prices as texts, oldest
first, at most 1000. A symbol that is not there is status 400 with code -1121, "Invalid symbol."; too many questions are
429 and then 418, both with Retry-After. data-api.binance.vision serves public market data alone, and is not barred
where api.binance.com is. A minute without a trade repeats the price before it with a count of 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.declaration import DeclaredPrices
from lotwork.ingest.prices.candles import Candle, CandleRefusedError, decimal_of, epoch_of
from lotwork.ingest.prices.market import Market
from lotwork.ingest.prices.names import Pair
from lotwork.ingest.prices.windows import Window
from lotwork.ledger.errors import SourceRefusedError

NAME = "binance"
BASE_URL = "https://data-api.binance.vision"
INTERVALS = {60: "1m", 300: "5m", 900: "15m", 3600: "1h", 14_400: "4h", 86_400: "1d"}
COLUMNS = 12
CLOSE_TIME, TRADES = 6, 8
MOST_ROWS = 1000
NO_SYMBOL = ("Invalid symbol.", "Illegal characters found in parameter 'symbol'")


@dataclass(frozen=True, kw_only=True)
class Binance(Market):
    """Prices of Binance."""

    base_url: str = BASE_URL
    name = NAME

    lengths = tuple(INTERVALS)
    most = MOST_ROWS
    quote = "USDT"

    def symbol(self, pair: Pair) -> str:
        """Return the symbol: BTCUSDT."""
        return f"{pair.base}{pair.quote}"

    def question(self, symbol: str, window: Window, seconds: int) -> tuple[str, dict[str, str | int]]:
        """Return the question for the candles of *window*."""
        span = {"startTime": window.start * 1000, "endTime": window.end * 1000 - 1, "limit": MOST_ROWS}
        return "/api/v3/klines", {"symbol": symbol, "interval": INTERVALS[seconds], **span}

    def row_key(self, start: int) -> int:
        """Return the row's first number: milliseconds."""
        return start * 1000

    def read(self, value: JsonValue, seconds: int) -> Iterator[Candle]:
        """Yield the candles of an answer in which something was traded, every row checked."""
        if not isinstance(value, list) or len(value) > MOST_ROWS:
            raise CandleRefusedError("the answer is not a list of candles")
        for row in value:
            if not isinstance(row, list) or len(row) != COLUMNS:
                raise CandleRefusedError("a row does not have the twelve columns of a candle")
            start = _seconds(row[0], 0)
            if _seconds(row[CLOSE_TIME], 999) != start + seconds - 1:
                raise CandleRefusedError(f"the candle at {start} does not last {seconds} s")
            opened, high, low, close, volume = (decimal_of(cell) for cell in row[1:CLOSE_TIME])
            trades = decimal_of(row[TRADES])
            if min(volume, trades) < 0:
                raise CandleRefusedError("a candle has a negative volume or count")
            candle = Candle(start=start, seconds=seconds, open=opened, high=high, low=low, close=close)
            if trades and volume:
                yield candle

    def has_no_market(self, refused: SourceRefusedError) -> bool:
        """Say if it knows no such symbol."""
        return refused.status == HTTPStatus.BAD_REQUEST and refused.said.startswith(NO_SYMBOL)


def _seconds(value: JsonValue, rest: int) -> int:
    """Return milliseconds as seconds, whose *rest* must be that."""
    if not isinstance(value, int) or isinstance(value, bool) or value % 1000 != rest:
        raise CandleRefusedError("a candle's time is not a count of milliseconds on its grid")
    return epoch_of(value // 1000)


PRICES = DeclaredPrices(
    name=NAME,
    key="binance_url",
    default=BASE_URL,
    names_key="binance_pairs",
    build=Binance.build,
    label="Binance",
    example=f"""\
binance_url = "{BASE_URL}"  # market data alone; https://api.binance.us has pairs in dollars
# binance_pairs = {{ DGB = "DGB/BTC" }}             # where a coin is not priced in USDT
""",
    docs="""\
The candles of the spot market, which is priced in USDT. **A USDT is no dollar**: what a coin cost is multiplied by what
a USDT cost at that moment, as the first of `sources` tells who prices it in dollars, and both legs stand in the event.
Without such a source nothing is priced. Up to 1,000 candles are one question.
""",
    cannot_see="coins that are not traded there, and what a USDT costs.",
)
