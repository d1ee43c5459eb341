"""A year of prices: 2,146 receipts of three coins, one every four hours, priced from a replay server on the loopback.

`python -m bench.prices [--receipts 2146]`. Each source is asked by a process of its own, without the pause that it is
asked with elsewhere: the seconds at its pace are questions times that pause. CPU and memory are of the whole of it:
reading what waits, asking, recording each price with its evidence, reading again that nothing waits, and the server.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from lotwork.config import load
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.context import BuildContext
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.events import Receipt
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.service.pending import Pending
from lotwork.service.price_round import PriceRound
from lotwork.service.sources import price_sources
from tests.ingest.prices.market_model import coinbase_rows
from tests.ingest.prices.tellers import dumped
from tests.ingest.scripted_server import Reply, serving

COINS = ("BTC", "LTC", "DOGE")
HOURS_BETWEEN = 4
AN_HOUR = 3600
MIB = 1024


class Asked(NamedTuple):
    """A source of prices, what more its settings say, and what the replay server answers for it."""

    name: str
    settings: str
    rows: Callable[[str, dict[str, str]], Any]
    coins: tuple[str, ...] = COINS


def coingecko_rows(_path: str, params: dict[str, str]) -> Any:
    """Return a price each hour of the span that is asked for."""
    hours = range(int(params["from"]), int(params["to"]) + 1, AN_HOUR)
    return {"prices": [[hour * 1000 + 1500, 1 + hour % 977 / 1000] for hour in hours]}


def mempool_rows(_path: str, _params: dict[str, str]) -> Any:
    """Return a price each hour of two years."""
    now = int(time.time())
    hours = range(now - now % AN_HOUR - 2 * 365 * 86_400, now, AN_HOUR)
    return {"prices": [{"time": hour + 61, "USD": 90_000 + hour % 977} for hour in hours], "exchangeRates": {}}


SOURCES = {
    "by the minute": Asked("coinbase", "", coinbase_rows),
    "by the hour": Asked("coinbase", 'candles = "hour"\n', coinbase_rows),
    "coingecko": Asked("coingecko", "", coingecko_rows),
    "mempool, bitcoin alone": Asked("mempool", "", mempool_rows, ("BTC",)),
}


def receipts(count: int, coins: tuple[str, ...]) -> tuple[Receipt, ...]:
    """Return those of *coins* of so many receipts, the newest three days old."""
    begins = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3, hours=HOURS_BETWEEN * count)
    every = (
        Receipt(
            id=f"payout:{number}",
            at=begins + timedelta(hours=HOURS_BETWEEN * number, minutes=7 * number % 60),
            wallet="cold",
            asset=COINS[number % len(COINS)],
            quantity=1_000 + number,
            income="pool_payout",
            pool="pool",
        )
        for number in range(count)
    )
    return tuple(one for one in every if one.asset in coins)


def measure(called: str, count: int) -> str:
    """Return the row of one source."""
    asked, clock = SOURCES[called], SystemClock()
    Pace.wait = lambda *_: None  # type: ignore[method-assign] # the pause between questions is not measured
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        home = Path(folder)
        server.answer = lambda path: Reply(
            body=dumped(asked.rows(urlsplit(path).path, dict(parse_qsl(urlsplit(path).query))))
        )
        told = f'[prices]\nsources = ["{asked.name}"]\nallow_private = true\n{asked.name}_url = "{server.url}"\n'
        (home / "config.toml").write_text(told + asked.settings, encoding="utf-8")
        settings = load(home).settings.prices
        with EventStore.open(home, clock=clock) as store:
            mine = receipts(count, asked.coins)
            store.append(Batch("main", mine))
            context = BuildContext(home=home, log=store, clock=clock, reveal=lambda _one, _file: None, pace=Pace(clock))
            begun, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
            asking = PriceRound(store, "main", price_sources(settings, context), clock, cross_check=False)
            recorded = 0
            while (waiting := Pending(store).of("main")).wanted:
                new, unpriced = asking.go(waiting, lambda: False, by_hand=True)
                if not new:
                    raise SystemExit(f"{called}: {len(unpriced)} are not to be had: {unpriced[0].reason}")
                recorded += new
            wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    counts = f"| {called} | {len(mine)} | {len(server.asked)} | {recorded} |"
    return f"{counts} {cpu:.1f} | {wall:.1f} | {after.ru_maxrss // MIB} |"


def main() -> None:
    """Print a row for each source, each from a process of its own."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--receipts", type=int, default=2_146)
    given.add_argument("--source", choices=[*SOURCES], help="this one alone, in this process")
    options = given.parse_args()
    if options.source is not None:
        print(measure(options.source, options.receipts))
        return
    print("| source | receipts | questions | prices recorded | CPU s | wall s | MiB |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for called in SOURCES:
        words = (sys.executable, "-m", "bench.prices", "--source", called, "--receipts", str(options.receipts))
        subprocess.run(words, check=True)


if __name__ == "__main__":
    main()
