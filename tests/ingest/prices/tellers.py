"""Every source of prices that asks a server: how it is made, and answers of the form it gives, for any instant."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lotwork.ingest.ports import PriceSource
from lotwork.ingest.prices.binance import Binance
from lotwork.ingest.prices.coinbase import Coinbase
from lotwork.ingest.prices.coingecko import CoinGecko
from lotwork.ingest.prices.kraken import Kraken
from lotwork.ingest.prices.mempool import Mempool
from lotwork.ingest.prices.names import Pair

MINUTE = datetime(2026, 6, 5, 3, 34, tzinfo=UTC)
START = int(MINUTE.timestamp())
HOUR = START - START % 3600


class Teller(NamedTuple):
    """A source, and what it answers where all is well."""

    name: str
    make: Callable[..., PriceSource]
    body: bytes
    price: str
    limited: bytes = b"{}"
    """How it says, inside an answer, that it is asked too often; as it says it with a 429 where it does not."""


def binance_row(start: int, close: str, trades: int = 17, seconds: int = 60) -> list[Any]:
    """Return a row of Binance."""
    end = (start + seconds) * 1000 - 1
    return [start * 1000, close, close, close, close, "1.5", end, "150000.0", trades, "0.5", "50000.0", "0"]


def coinbase_row(start: int, close: float) -> list[Any]:
    """Return a row of Coinbase."""
    return [start, close, close, close, close, 2.5]


def kraken_row(start: int, close: str) -> list[Any]:
    """Return a candle of Kraken."""
    return [start, close, close, close, close, close, "0.5123", 17]


def dumped(value: Any) -> bytes:
    """Return *value* as JSON."""
    return json.dumps(value).encode()


def binance_in_dollars(**more: Any) -> PriceSource:
    """Return Binance with a pair in dollars, so that it needs nobody else."""
    return Binance(**more, pairs={"BTC": Pair("BTC", "USD")})


TELLERS = (
    Teller(
        "coinbase",
        Coinbase,
        dumped([coinbase_row(START + 60 * n, 104_000.5 + n) for n in range(3, -4, -1)]),
        "104000.5",
        b'{"message":"Public rate limit exceeded"}',
    ),
    Teller(
        "kraken",
        Kraken,
        dumped(
            {
                "error": [],
                "result": {"XXBTZUSD": [kraken_row(START + 60 * n, f"{104_000 + n}.50") for n in range(4)], "last": 1},
            }
        ),
        "104000.5",
        b'{"error":["EAPI:Rate limit exceeded"]}',
    ),
    Teller(
        "binance",
        binance_in_dollars,
        dumped([binance_row(START + 60 * n, f"{104_000 + n}.50") for n in range(2)]),
        "104000.5",
        b'{"code":-1003,"msg":"Too many requests."}',
    ),
    Teller(
        "coingecko",
        CoinGecko,
        dumped(
            {
                "prices": [[(HOUR + 60 * n) * 1000 + 113, 104_000.5 + n / 8] for n in (2, 20, 40, 59)],
                "market_caps": [[(HOUR + 60 * n) * 1000 + 113, 2e12] for n in (2, 20, 40, 59)],
                "total_volumes": [[(HOUR + 60 * n) * 1000 + 113, 5e10] for n in (2, 20, 40, 59)],
            }
        ),
        "104007.875",
        b'{"status":{"error_code":429,"error_message":"You have exceeded the Rate Limit."}}',
    ),
    Teller(
        "mempool",
        Mempool,
        dumped({"prices": [{"time": HOUR + 3300, "USD": 104_000}], "exchangeRates": {"USDEUR": 0.86}}),
        "104000",
        b'{"error":"rate limited"}',
    ),
)
