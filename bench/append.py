"""Append one event at a time to the ledger of a home, each its own durable transaction, beside a bare fdatasync."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import percentile
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.events import Receipt
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore

TIMES = 400
BLOCK = 4096
AFTER_ALL = datetime(2025, 1, 1, tzinfo=UTC)


def appended(home: Path) -> list[float]:
    """Return the milliseconds each append took."""
    took = []
    with EventStore.open(home, clock=SystemClock()) as store:
        for number in range(TIMES):
            event = Receipt(
                id=f"one-{os.getpid()}-{number}",
                at=AFTER_ALL + timedelta(minutes=number),
                wallet="cold",
                asset="BTC",
                quantity=100_000,
                income="pool_payout",
                price_usd="60000",
                value_usd_micros=60_000_000,
            )
            began = time.perf_counter()
            store.append(Batch("main", [event]))
            took.append(1000 * (time.perf_counter() - began))
    return took


def written(file: Path) -> list[float]:
    """Return the milliseconds a bare write of one block and fdatasync took, each."""
    took = []
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        for number in range(TIMES):
            began = time.perf_counter()
            os.pwrite(descriptor, os.urandom(BLOCK), number * BLOCK)
            os.fdatasync(descriptor)
            took.append(1000 * (time.perf_counter() - began))
    finally:
        os.close(descriptor)
        file.unlink()
    return took


if __name__ == "__main__":
    place = Path(sys.argv[1])
    ours, bare = appended(place), written(place / "fdatasync.probe")
    print(
        json.dumps(
            {
                "p50_ms": percentile(ours, 50),
                "p99_ms": percentile(ours, 99),
                "bare_p50_ms": percentile(bare, 50),
                "bare_p99_ms": percentile(bare, 99),
            }
        )
    )
