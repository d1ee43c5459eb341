"""Coinbase Exchange: candles of the public market, the first source of prices.

`GET /products/BTC-USD/candles?start&end&granularity` ("Get product candles", docs.cdp.coinbase.com/exchange): a row is
[time, low, high, open, close, volume], **low before high before open**, newest first, at most 300, granularity one of
60, 300, 900, 3600, 21600, 86400; an interval without a trade has no row, and some rows may lie before the time asked
for. Public endpoints take ten questions a second from an address ("REST API rate limits", the same site).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.declaration import DeclaredPrices
from lotwork.ingest.prices.candles import Candle, CandleRefusedError, decimal_of, epoch_of
from lotwork.ingest.prices.market import Market
from lotwork.ingest.prices.names import Pair
from lotwork.ingest.prices.states import instant
from lotwork.ingest.prices.windows import Window
from lotwork.ledger.errors import SourceRefusedError

NAME = "coinbase"
BASE_URL = "https://api.exchange.coinbase.com"
COLUMNS = 6
MOST_ROWS = 350


@dataclass(frozen=True, kw_only=True)
class Coinbase(Market):
    """Prices of Coinbase Exchange."""

    base_url: str = BASE_URL
    name = NAME

    lengths = (60, 300, 900, 3600, 21_600, 86_400)
    most = 299

    def symbol(self, pair: Pair) -> str:
        """Return the product: BTC-USD."""
        return f"{pair.base}-{pair.quote}"

    def question(self, symbol: str, window: Window, seconds: int) -> tuple[str, dict[str, str | int]]:
        """Return the question for the candles of *window*."""
        span: dict[str, str | int] = {
            "start": instant(window.start),
            "end": instant(window.end),
            "granularity": seconds,
        }
        return f"/products/{quote(symbol, safe='')}/candles", span

    def read(self, value: JsonValue, seconds: int) -> Iterator[Candle]:
        """Yield the candles of an answer, every row checked."""
        return read_candles(value, seconds)

    def has_no_market(self, refused: SourceRefusedError) -> bool:
        """Say if it knows no such product: its 404 says NotFound, another's 404 does not."""
        return refused.status == HTTPStatus.NOT_FOUND and refused.said == "NotFound"


def read_candles(value: JsonValue, seconds: int) -> Iterator[Candle]:
    """Yield the candles of an answer, every row checked; one without a volume is no trade's."""
    if not isinstance(value, list) or len(value) > MOST_ROWS:
        raise CandleRefusedError("the answer is not a list of candles")
    for row in value:
        if not isinstance(row, list) or len(row) != COLUMNS:
            raise CandleRefusedError("a row does not have the six columns of a candle")
        low, high, opened, close, volume = (decimal_of(cell) for cell in row[1:])
        if volume < 0:
            raise CandleRefusedError("a candle has a negative volume")
        candle = Candle(start=epoch_of(row[0]), seconds=seconds, open=opened, high=high, low=low, close=close)
        if volume:
            yield candle


PRICES = DeclaredPrices(
    name=NAME,
    key="coinbase_url",
    default=BASE_URL,
    names_key="coinbase_pairs",
    build=Coinbase.build,
    asked_unless_told=True,
    label="Coinbase Exchange",
    example=f"""\
coinbase_url = "{BASE_URL}"
# coinbase_pairs = {{ NMC = "NMC/BTC" }}  # a market that is not in dollars: priced through the other coin
""",
    docs="""\
The candles of the public market: the close of the minute's candle; where nothing was traded in the minute, that of the
next coarser candle, up to a day. Up to 299 candles are one question, five questions a second.
""",
    cannot_see="coins that have no market there.",
)
