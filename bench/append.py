"""Append one event at a time to the ledger of a home, each a durable transaction, and a bare fdatasync between."""

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


def measured(home: Path) -> tuple[list[float], list[float]]:
    """Return the milliseconds each append took, and each bare write of one block with its fdatasync, turn by turn."""
    ours, bare = [], []
    probe = home / "fdatasync.probe"
    with EventStore.open(home, clock=SystemClock()) as store:
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            for number in range(TIMES):
                event = _event(number)
                began = time.perf_counter()
                store.append(Batch("main", [event]))
                ours.append(1000 * (time.perf_counter() - began))
                block = os.urandom(BLOCK)
                began = time.perf_counter()
                os.pwrite(descriptor, block, number * BLOCK)
                os.fdatasync(descriptor)
                bare.append(1000 * (time.perf_counter() - began))
        finally:
            os.close(descriptor)
            probe.unlink()
    return ours, bare


def _event(number: int) -> Receipt:
    return Receipt(
        id=f"one-{os.getpid()}-{number}",
        at=AFTER_ALL + timedelta(minutes=number),
        wallet="cold",
        asset="BTC",
        quantity=100_000,
        income="pool_payout",
        price_usd="60000",
        value_usd_micros=60_000_000,
    )


if __name__ == "__main__":
    ours, bare = measured(Path(sys.argv[1]))
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
