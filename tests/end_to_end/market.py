"""A pool and two exchanges on the loopback: the recorded shapes, with figures made for the instant that is asked.

What a coin costs is a plain function of the minute, so that a test can say without Lotwork what each receipt was
worth. Every service begins with faults: it is busy, it breaks off, it is slow, it answers as a web page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.ingest.scripted_server import Reply, Script, serving

CENT = Decimal("0.01")
FIRST_PRICES = {
    "BTC": Decimal(90_000),
    "LTC": Decimal(85),
    "ETH": Decimal(3_000),
    "USDC": Decimal(1),
}
PAIRS = {"XBTUSD": "BTC", "LTCUSD": "LTC", "ETHUSD": "ETH", "USDCUSD": "USDC"}
MINUTE = 60

FAULTS = (
    Reply(status=429, headers={"Retry-After": "1"}, body=b'{"message":"Public rate limit exceeded"}'),
    Reply(body=b"[[1, 2", declared=500),
)
"""Few enough for one question's attempts to outlast: the third answer is a good one."""
POOL_FAULTS = (
    Reply(body=b"<html><h1>Down for maintenance</h1></html>", media="text/html"),
    Reply(body=b'{"result": {"earnings": []', declared=900),
    Reply(status=503, body=b"{}"),
    Reply(silent=1.5, hang_up=True),
)


def price_of(asset: str, epoch: int) -> Decimal:
    """Return the close of *asset* in the minute that contains *epoch*: another one in each minute."""
    minute = epoch // MINUTE
    return (FIRST_PRICES[asset] * (1000 + minute % 37) / 1000 + minute % 7 * CENT).quantize(CENT)


@dataclass
class Pool:
    """What OCEAN tells: blocks credited, and what was paid for them."""

    earnings: list[dict[str, Any]] = field(default_factory=list)
    payouts: list[dict[str, Any]] = field(default_factory=list)

    def credit(self, at: datetime, net_sats: int, fee_sats: int) -> None:
        self.earnings.append(
            {
                "block_hash": f"{len(self.earnings) + 1:064x}",
                "ts": at.strftime("%Y-%m-%dT%H:%M:%S"),
                "shares_in_window": "81234567896",
                "fees_colected_satoshis": fee_sats,
                "satoshis_net_earned": net_sats,
            }
        )

    def pay(self, at: datetime, sats: int) -> str:
        txid = f"{0xFEED0000 + len(self.payouts):064x}"
        self.payouts.append(
            {
                "ts": str(int(at.timestamp())),
                "on_chain_txid": txid,
                "total_satoshis_net_paid": sats,
                "is_generation_txn": False,
            }
        )
        return txid

    def answer(self, path: str) -> Reply:
        """Answer /earnpay/ADDRESS/START/END and /monthly_earnings_report/ADDRESS/MONTH."""
        words = path.strip("/").split("/")
        if words[0] == "monthly_earnings_report":
            rows = [
                {
                    "TimeUTC": one["ts"],
                    "Blockheight": 952_000,
                    "GrossUserRwd": one["satoshis_net_earned"] + one["fees_colected_satoshis"],
                    "GrossUserXctnRwd": 1000,
                    "NetUserRwd": one["satoshis_net_earned"],
                    "UserHashSinceLastRwd": "123456789012345678",
                }
                for one in self.earnings
                if one["ts"].startswith(words[2])
            ]
            return said({"result": {"report": rows}})
        start, end = int(words[2]), int(words[3])
        earnings = [one for one in self.earnings if start <= epoch_of(one["ts"]) <= end]
        payouts = [one for one in self.payouts if start <= int(one["ts"]) <= end]
        return said({"result": {"start_ts": start, "end_ts": end, "earnings": earnings, "payouts": payouts}})


@dataclass
class Market:
    """The three services, each at an address of its own, so that each has its own pace."""

    coinbase: Script
    kraken: Script
    ocean: Script
    pool: Pool


@contextmanager
def open_market(*, faults: bool) -> Iterator[Market]:
    """Serve the three until the end of the block."""
    with ExitStack() as stack:
        exchange, other, miners = (stack.enter_context(serving()) for _ in range(3))
        market = Market(exchange, other, miners, Pool())
        market.coinbase.answer = coinbase
        market.kraken.answer = kraken
        market.ocean.answer = market.pool.answer
        if faults:
            market.coinbase.queue.extend(FAULTS)
            market.kraken.queue.extend(FAULTS)
            market.ocean.queue.extend(POOL_FAULTS)
        yield market


def coinbase(path: str) -> Reply:
    """Answer /products/LTC-USD/candles: time, low, high, open, close, volume; newest first, one before the span."""
    asset = path.split("/")[2].removesuffix("-USD")
    asked = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
    seconds = int(asked["granularity"])
    if asset not in FIRST_PRICES or seconds != MINUTE:
        return said([])
    start = epoch_of(asked["start"])
    return said([candle_of_coinbase(asset, one) for one in (start + seconds, start, start - seconds)])


def candle_of_coinbase(asset: str, start: int) -> list[Any]:
    close = price_of(asset, start)
    return [start, float(close - CENT), float(close + CENT), float(close), float(close), 2.5]


def kraken(path: str) -> Reply:
    """Answer /0/public/OHLC: texts under an internal name, the last row still open, half a percent above the other."""
    asked = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
    asset, seconds, since = PAIRS[asked["pair"]], int(asked["interval"]) * MINUTE, int(asked["since"])
    first = since - since % seconds + seconds
    rows = []
    for start in range(first, first + 3 * seconds, seconds):
        close = price_of(asset, start) * Decimal("1.005")
        rows.append([start, *[f"{close:.5f}"] * 5, "0.51230000", 17])
    return said({"error": [], "result": {f"X{asset}ZUSD": rows, "last": rows[-2][0]}})


def said(value: Any) -> Reply:
    return Reply(body=json.dumps(value).encode())


def epoch_of(text: str) -> int:
    told = datetime.fromisoformat(text)
    return int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp())
