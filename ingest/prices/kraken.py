"""Kraken: the second source of prices; candles of the last hours, trades of any minute.

`GET /0/public/OHLC?pair&interval&since`: `{"error": [], "result": {"XXBTZUSD": [[time, open, high, low, close, vwap,
volume, count], ...], "last": ...}}`: the rows stand under the pair's internal name, only the newest 720 exist, the last
row is still open, and a span without a trade repeats the price before it with a count of 0 (no price of that span, so
it is passed over).

Beyond them the close is the last trade of the span: `GET /0/public/Trades?pair&since&count`, rows of [price, volume,
time, side, type, misc, id], oldest first, 1000 at most, `last` the id to go on from in nanoseconds
(docs.kraken.com: "Get OHLC Data", "Get Recent Trades", "Historical data").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.declaration import DeclaredPrices
from lotwork.ingest.prices.candles import DEAREST_USD, Candle, CandleRefusedError, Priced, decimal_of, epoch_of
from lotwork.ingest.prices.market import REMEDY, Market, item_of
from lotwork.ingest.prices.names import Pair
from lotwork.ingest.prices.states import NoPriceError, instant
from lotwork.ingest.prices.windows import Window
from lotwork.ledger.errors import RateLimitedError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.units import PRICE_DECIMALS

NAME = "kraken"
BASE_URL = "https://api.kraken.com"
NEWEST = 720
COLUMNS = 8
TRADE_COLUMNS = (6, 7)
MOST_TRADES = 1000
MOST_PAGES = 20
LAST_SECONDS = 900
NAMES = {"BTC": "XBT", "DOGE": "XDG"}
NO_MARKET = "EQuery:Unknown asset pair"
LIMITED = ("EAPI:Rate limit", "EGeneral:Too many requests", "EGeneral:Temporary lockout")
LATER = ("EService:",)

_TRADE = re.compile(rb'\[\s*"[^\[\]]*\]')


class Trade(NamedTuple):
    """One trade, checked."""

    price: Decimal
    at: Decimal
    """In epoch seconds."""
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class Kraken(Market):
    """Prices of Kraken."""

    base_url: str = BASE_URL
    name = NAME

    lengths = (60, 300, 900, 1800, 3600, 14_400, 86_400)
    most = NEWEST
    gap_seconds = None

    def symbol(self, pair: Pair) -> str:
        """Return the pair's name: XBTUSD."""
        return "".join(NAMES.get(each, each) for each in pair)

    def around(self, _asset: str, start: int, seconds: int) -> Window:
        """Return all up to now: what is told since an instant ends with the candle that is still open."""
        return Window(start, int(self.client.clock.now().timestamp()) // seconds * seconds)

    def compares(self, at: datetime) -> bool:
        """Say if *at* is among its newest minutes: a trade of long ago is a question for that minute alone."""
        return self.client.clock.now() - at < timedelta(seconds=NEWEST * 60)

    def question(self, symbol: str, window: Window, seconds: int) -> tuple[str, dict[str, str | int]]:
        """Return the question for the candles since the start of *window*."""
        return "/0/public/OHLC", {"pair": symbol, "interval": seconds // 60, "since": window.start - seconds}

    def read(self, value: JsonValue, seconds: int) -> Iterator[Candle]:
        """Yield the finished candles of an answer in which something was traded, every row checked."""
        return read_candles(value, seconds)

    def has_no_market(self, refused: SourceRefusedError) -> bool:
        """Say if it knows no such pair."""
        return refused.said.startswith(NO_MARKET)

    def check(self, value: JsonValue, item: str) -> None:
        """Raise for the errors Kraken tells inside a success: some pass with time, others do not."""
        errors = value.get("error") if isinstance(value, dict) else None
        if not isinstance(errors, list) or not all(isinstance(word, str) for word in errors):
            raise CandleRefusedError("the answer has no list of errors")
        if not errors:
            return
        words = ", ".join(str(word)[:80] for word in errors[:3])
        told = f"{self.name}: {item}: it says {words}"
        if any(str(word).startswith(LIMITED) for word in errors):
            raise RateLimitedError(f"{told}: it is asked again later")
        if any(str(word).startswith(LATER) for word in errors):
            raise SourceUnreachableError(f"{told}: it is asked again at the next poll")
        if all(str(word).startswith(NO_MARKET) for word in errors):
            raise NoPriceError(f"{told}: it has no such market; where it is called otherwise, name it in kraken_pairs")
        raise CandleRefusedError(f"it says {words}")

    def candle(self, asset: str, pair: Pair, start: int, seconds: int) -> Priced | None:
        """Return what the candle at *start* says, or the last trade of its span where candles no longer reach it."""
        if self.client.clock.now().timestamp() - start <= NEWEST * seconds:
            return super().candle(asset, pair, start, seconds)
        symbol = self.symbol(pair)
        spans = sorted({min(seconds, LAST_SECONDS), seconds})  # the last trade of a long span is mostly near its end
        last = next((found for span in spans if (found := self._last_trade(symbol, start, seconds, span))), None)
        if last is None:
            return None
        title = f"{self.name} {symbol} the last trade of {seconds}s since {instant(start)} as answered\n"
        return Priced(
            source=self.name,
            pair=pair,
            start=start,
            seconds=seconds,
            price=f"{last.price.normalize():f}",
            raw=title.encode() + last.raw,
            sampled=datetime.fromtimestamp(int(last.at), UTC) + timedelta(microseconds=int(last.at % 1 * 1_000_000)),
        )

    def _last_trade(self, symbol: str, start: int, seconds: int, span: int) -> Trade | None:
        """Return the last trade of the candle at *start*, looked for in its last *span* seconds; None where none is."""
        end = start + seconds
        since = str((end - span) * 1_000_000_000 - 1)
        last: Trade | None = None
        for _ in range(MOST_PAGES):
            trades, following = self._trades(symbol, since, end - span, item_of(symbol, seconds, start))
            within = [trade for trade in trades if trade.at < end]
            last = within[-1] if within else last
            if len(within) < len(trades) or len(trades) < MOST_TRADES:
                return last
            since = following
        item = item_of(symbol, seconds, start)
        raise self.client.refusal(item, f"more than {MOST_PAGES * MOST_TRADES} trades", REMEDY)

    def _trades(self, symbol: str, since: str, begin: int, item: str) -> tuple[list[Trade], str]:
        """Return the trades after *since*, in nanoseconds, none of them before *begin*, and from where to go on."""
        params: dict[str, str | int] = {"pair": symbol, "since": since, "count": MOST_TRADES}
        answer = self.client.get_json(f"{self.base_url}/0/public/Trades", item=item, params=params)
        try:
            self.check(answer.value, item)
            return read_trades(answer.value, answer.body, begin)
        except CandleRefusedError as refused:
            raise self.client.refusal(item, str(refused), REMEDY, answer.body) from None


def read_trades(value: JsonValue, body: bytes, start: int) -> tuple[list[Trade], str]:
    """Return the trades of an answer, none before *start* and none before another, and `last`."""
    rows = rows_of(value, MOST_TRADES)
    told = _TRADE.findall(body)
    if len(told) != len(rows):
        raise CandleRefusedError("the trades cannot be found again in the answer")
    found: list[Trade] = []
    for row, raw in zip(rows, told, strict=True):
        if not isinstance(row, list) or len(row) not in TRADE_COLUMNS:
            raise CandleRefusedError("a row does not have the seven columns of a trade")
        price, volume, at = (decimal_of(cell) for cell in row[:3])
        digits = -int(price.normalize().as_tuple().exponent)
        if not 0 < price <= DEAREST_USD or volume <= 0 or digits > PRICE_DECIMALS:
            raise CandleRefusedError("a trade has no price or volume above zero")
        epoch_of(int(at))
        if at < (found[-1].at if found else start):
            raise CandleRefusedError("the trades are not those asked for, in order")
        found.append(Trade(price, at, raw))
    last = value["result"]["last"] if isinstance(value, dict) and isinstance(value["result"], dict) else None
    if not isinstance(last, str) or not (last.isascii() and last.isdigit()):
        raise CandleRefusedError("`last` is no count of nanoseconds")
    return found, last


def read_candles(value: JsonValue, seconds: int) -> Iterator[Candle]:
    """Yield the finished candles of an answer in which something was traded, every row checked."""
    for row in rows_of(value, NEWEST + 1)[:-1]:
        if not isinstance(row, list) or len(row) != COLUMNS:
            raise CandleRefusedError("a row does not have the eight columns of a candle")
        opened, high, low, close, mean, volume, trades = (decimal_of(cell) for cell in row[1:])
        if min(mean, volume, trades) < 0:
            raise CandleRefusedError("a candle has a negative mean, volume or count")
        candle = Candle(start=epoch_of(row[0]), seconds=seconds, open=opened, high=high, low=low, close=close)
        if trades:
            yield candle


def rows_of(value: JsonValue, most: int) -> list[JsonValue]:
    """Return the rows of the one pair an answer is about, *most* at most."""
    result = value.get("result") if isinstance(value, dict) else None
    if not isinstance(result, dict) or "last" not in result:
        raise CandleRefusedError("the answer has no result with `last`")
    names = [name for name in result if name != "last"]
    rows = result[names[0]] if len(names) == 1 else None
    if not isinstance(rows, list) or len(rows) > most:
        raise CandleRefusedError("the answer is not about one pair")
    return rows


PRICES = DeclaredPrices(
    name=NAME,
    key="kraken_url",
    default=BASE_URL,
    names_key="kraken_pairs",
    build=Kraken.build,
    asked_unless_told=True,
    label="Kraken",
    example=f"""\
kraken_url = "{BASE_URL}"
# kraken_pairs = {{ ETC = "ETC/BTC" }}  # a market that is not in dollars: priced through the other coin
""",
    docs="""\
The candles of the public market, as at Coinbase. A span in which nothing was traded has no price there, though Kraken
repeats the one before it. It keeps the newest 720 candles of each length; a minute that is older is told by its last
trade, which is its close, one question a minute.
""",
    cannot_see="""\
coins that have no market there. Minutes of long ago are not held against another source's: each would be a question of
its own.
""",
)
