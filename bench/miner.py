"""A second workload: four years of a miner with three pools, wages, bills, a rig a year and sales, 2021 to 2024.

Each pool pays as often as the size asks for: about once a day at 5,000 events, hourly and more at 100,000. Coins go to
the cold wallet once a month, and some are sold from it. The same size and seed give the same book, line by line.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.workload import COIN, SEED, coins

YEARS = range(2021, 2025)
BEGIN, END = datetime(YEARS[0], 1, 1, 12, tzinfo=UTC), datetime(YEARS[-1], 12, 31, tzinfo=UTC)
POOLS = {"ocean": "hot", "braiins": "hot", "viabtc": "desk"}
"""Each pool and the wallet it pays to."""
COLD = "cold"
A_DAY = 60_000
"""Sats that each pool pays in a day."""
FEE = 2_000
"""Sats of the network for a move."""
BY_THE_MONTH, BY_THE_YEAR = 3, 2
"""Events of a month and of a year that are no payouts: a bill, a move, a sale; wages and a rig."""
Line = dict[str, Any]


def lines(count: int, seed: int = SEED) -> Iterator[Line]:
    """Yield *count* events in the order they happen, the profile first."""
    payouts = count - 1 - len(YEARS) * (12 * BY_THE_MONTH + BY_THE_YEAR)
    if payouts < len(POOLS) * len(YEARS) * 12:
        raise ValueError(f"{count} events are too few for a payout a month of each pool")
    yield {"kind": "profile", "id": "me", "at": BEGIN.isoformat(), "jurisdiction": "us", "filing_status": "single",
           "activity": "business", "time_zone": "America/Chicago", "material_participation": "true"}  # fmt: skip
    yield from heapq.merge(_payouts(payouts, seed), _the_rest(), key=lambda line: line["at"])


def write_lines(file: Path, told: Iterable[Line]) -> None:
    """Write JSON Lines for `lotwork import`."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in told)


def _payouts(count: int, seed: int) -> Iterator[Line]:
    chance = random.Random(seed)
    gap, pools = (END - BEGIN) / count, list(POOLS)
    mean = A_DAY * len(pools) * (END - BEGIN).days // count
    price = 30_000
    for number in range(count):
        price = min(max(15_000, price + chance.randint(-(price // 200), price // 200)), 110_000)
        pool, at = pools[number % len(pools)], BEGIN + gap * (number + 1)
        yield {
            "kind": "receipt", "id": f"p{number}", "at": at.replace(microsecond=0).isoformat(),
            "wallet": POOLS[pool], "asset": "BTC", "quantity": coins(chance.randint(mean // 2, mean * 3 // 2)),
            "income": "pool_payout", "pool": pool, "price_usd": str(price),
            "txid": hashlib.sha256(f"{seed} {number}".encode()).hexdigest(), "vout": number % 7,
        }  # fmt: skip


def _the_rest() -> Iterator[Line]:
    for year in YEARS:
        yield {
            "kind": "equipment", "id": f"rig-{year}", "at": _at(year, 1, 14), "equipment": f"rig of {year}",
            "cost_usd": "3500.00", "acquired": f"{year}-01-10", "placed_in_service": f"{year}-01-15",
        }  # fmt: skip
        for month in range(1, 13):
            yield from _of_a_month(year, month)
        yield {
            "kind": "year_facts", "id": f"facts-{year}", "at": _at(year, 12, 29), "year": year,
            "wages_usd": "60000.00", "withholding_usd": "9000.00", "prior_year_tax_usd": "11000.00",
            "prior_year_agi_usd": "70000.00",
        }  # fmt: skip


def _of_a_month(year: int, month: int) -> Iterator[Line]:
    name, moved = f"{year}-{month:02}", A_DAY * 15
    coin = {"asset": "BTC"}
    yield {
        "kind": "expense", "id": f"bill-{name}", "at": _at(year, month, 20), "category": "electricity",
        "amount_usd": f"{300 + 7 * month}.00",
    }  # fmt: skip
    yield {
        "kind": "transfer", "id": f"move-{name}", "at": _at(year, month, 22), "from_wallet": "hot", "to_wallet": COLD,
        **coin, "quantity": coins(moved), "fee_quantity": coins(FEE), "price_usd": "40000",
    }  # fmt: skip
    yield {
        "kind": "sale", "id": f"sale-{name}", "at": _at(year, month, 24), "wallet": COLD,
        **coin, "quantity": coins(moved // 2), "proceeds_usd": f"{moved // 2 * 45_000 / COIN:.2f}",
    }  # fmt: skip


def _at(year: int, month: int, day: int) -> str:
    return datetime(year, month, day, 18, tzinfo=UTC).isoformat()
