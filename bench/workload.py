"""The workload every measurement shares: a seeded miner of eight years, as Lotwork reads it.

Other programs read the files of bench/peer_files.py.

90 % receipts of 50,000 to 150,000 sats at a price that walks at random, 8 % sales of 500,000 to 1,100,000 sats, 2 %
expenses; four wallets; 2017 to 2024. Quantities are multiples of 100 sats and prices whole dollars, so that every
value is an exact number of micro-dollars and programs that keep cents, floats or decimals can be held to one total.
"""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

WALLETS = ("cold", "hot", "pool", "desk")
BEGIN, END = datetime(2017, 1, 1, tzinfo=UTC), datetime(2024, 12, 31, tzinfo=UTC)
YEARS = range(BEGIN.year, END.year + 1)
SEED = 20261122
COIN = 100_000_000
MICROS = 1_000_000
EXPENSES, SALES_TOO = 0.02, 0.10
"""The shares of the draw: below the first an expense, below the second a sale, else a receipt."""


class Step(NamedTuple):
    """One thing that happens: the kind, when, where, how many sats, and dollars a coin (or an expense's dollars)."""

    kind: str
    at: datetime
    wallet: str
    sats: int
    dollars: int
    name: str

    @property
    def value_micros(self) -> int:
        """Return what the coins are worth, exactly."""
        return self.sats * self.dollars * MICROS // COIN


def steps(count: int, seed: int = SEED) -> Iterator[Step]:
    """Yield *count* steps in the order they happen; a wallet never sells what it does not hold."""
    chance = random.Random(seed)
    held = dict.fromkeys(WALLETS, 0)
    price = 20_000
    gap = (END - BEGIN) / count
    for number in range(count):
        at = (BEGIN + gap * number).replace(microsecond=0)
        price = min(max(5_000, price + chance.randint(-(price // 200), price // 200)), 120_000)
        wallet, draw = chance.choice(WALLETS), chance.random()
        sats = chance.randrange(500_000, 1_100_000, 100)
        if draw < EXPENSES:
            yield Step("expense", at, wallet, 0, chance.randint(10, 500), f"e{number}")
        elif draw < SALES_TOO and held[wallet] >= sats:
            held[wallet] -= sats
            yield Step("sale", at, wallet, sats, price, f"s{number}")
        else:
            sats = chance.randrange(50_000, 150_000, 100)
            held[wallet] += sats
            yield Step("receipt", at, wallet, sats, price, f"r{number}")


class Part(NamedTuple):
    """So many sats of one receipt that went into one sale."""

    receipt: Step
    sats: int


def first_in_first_out(happened: Iterable[Step], *, by_wallet: bool) -> Iterator[tuple[Step, list[Part]]]:
    """Yield each sale with the parts it takes: the oracle, a deque a pool and nothing else."""
    pools: dict[str, deque[Part]] = {wallet: deque() for wallet in WALLETS}
    for step in happened:
        pool = pools[step.wallet if by_wallet else WALLETS[0]]
        if step.kind == "receipt":
            pool.append(Part(step, step.sats))
        elif step.kind == "sale":
            wanted, parts = step.sats, []
            while wanted:
                oldest = pool.popleft()
                taken = min(wanted, oldest.sats)
                wanted -= taken
                parts.append(Part(oldest.receipt, taken))
                if taken < oldest.sats:
                    pool.appendleft(Part(oldest.receipt, oldest.sats - taken))
            yield step, parts


def gain_micros(happened: Iterable[Step], *, by_wallet: bool) -> int:
    """Return the gain of all sales, first in first out, in micro-dollars."""
    matched = first_in_first_out(happened, by_wallet=by_wallet)
    return sum(
        part.sats * (sale.dollars - part.receipt.dollars) * MICROS // COIN for sale, parts in matched for part in parts
    )


def coins(sats: int) -> str:
    """Return sats as the decimal text of coins."""
    return f"{sats // COIN}.{sats % COIN:08d}"


def dollars(micros: int) -> str:
    """Return micro-dollars as the decimal text of dollars."""
    return f"{micros // MICROS}.{micros % MICROS:06d}"


def write_events(file: Path, happened: Iterable[Step]) -> None:
    """Write JSON Lines for `lotwork import`."""
    with file.open("w", encoding="utf-8") as out:
        for step in happened:
            out.write(json.dumps(event_of(step)) + "\n")


def event_of(step: Step) -> dict[str, object]:
    """Return a step as the contract writes an event."""
    header = {"kind": step.kind, "id": step.name, "at": step.at.isoformat()}
    if step.kind == "expense":
        return {**header, "category": "electricity", "amount_usd": str(step.dollars)}
    moved = {**header, "wallet": step.wallet, "asset": "BTC", "quantity": coins(step.sats)}
    if step.kind == "sale":
        return {**moved, "proceeds_usd": dollars(step.value_micros)}
    return {**moved, "income": "pool_payout", "price_usd": str(step.dollars)}


def write_chosen_lots(file: Path, happened: Iterable[Step]) -> None:
    """Write the same events with every sale naming its lots: specific identification."""
    happened = list(happened)
    chosen = {
        sale.name: [{"lot": part.receipt.name, "quantity": coins(part.sats)} for part in parts]
        for sale, parts in first_in_first_out(happened, by_wallet=True)
    }
    with file.open("w", encoding="utf-8") as out:
        for step in happened:
            lots = {"lots": chosen[step.name]} if step.kind == "sale" else {}
            out.write(json.dumps({**event_of(step), **lots}) + "\n")
