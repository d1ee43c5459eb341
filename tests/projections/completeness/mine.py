"""A miner's days: rows of pools, the work that was done for them, and the difficulty of the chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from lotwork.ledger.units import ONE_DAY
from tests.projections.house import receipt

DIFFICULTY = 2**16 * 1_000_000_000
"""With which 2**48 hashes, and so many seconds, come to round numbers."""
SATS_A_DAY = 5_000


def days(first: str, count: int, step: int = 1) -> list[date]:
    begins = date.fromisoformat(first)
    return [begins + timedelta(days=number * step) for number in range(count)]


def rows(of: Iterable[date], *, pool: str = "braiins", sats: int = SATS_A_DAY, **more: Any) -> list[dict[str, Any]]:
    """Return a row for each day, that pays for the day before it."""
    coin = more.get("asset", "BTC")
    return [
        receipt(f"{pool}:{coin}:{day}", str(day), f"{sats // 10**8}.{sats % 10**8:08}", pool=pool, source=pool, **more)
        for day in of
    ]


def work(of: Iterable[date], *, rate: str = "110 TH/s", pool: str | None = "braiins", **more: Any) -> Iterator[Any]:
    """Yield the work of each day, told when it is over."""
    for day in of:
        ends = day + ONE_DAY
        told = {"kind": "hashrate", "id": f"work:{pool}:{day}:{rate}", "at": f"{ends}T00:30:00Z", "asset": "BTC"}
        where = {} if pool is None else {"pool": pool, "source": pool}
        yield {**told, **where, "from": str(day), "to": str(ends), "hashrate": rate, "scheme": "fpps", **more}


def difficulties(first: str, count: int = 12, *, value: str = "147000000000000", **more: Any) -> Iterator[Any]:
    """Yield the difficulty of a chain every fortnight."""
    for day in days(first, count, 14):
        asset = more.get("asset", "BTC")
        told = {"kind": "difficulty", "id": f"difficulty:{asset}:{day}", "at": f"{day}T00:00:00Z", "asset": "BTC"}
        yield {**told, "difficulty": value, **more}
