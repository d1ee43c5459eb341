"""Histories of lots nobody thought of, small enough to be read when two programs disagree about one.

Days are distinct and no wallet is overdrawn; prices differ, so that no order of lots hangs on a tie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from lotwork.ledger.units import unscaled, usd_text
from tests.oracles.chance import Chance

WALLETS = ("cold", "hot", "spare")
COARSE = 10_000
"""Coins come in multiples of this many satoshis, so that whole cents a coin give whole micro-dollars."""
GAPS = (1, 1, 2, 7, 20, 30, 61, 180, 364, 365, 366)
MOST_COARSE, MOST_CENTS = 400, 12_000_000


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened on its own day; money in micro-dollars."""

    kind: str
    """bought, mined, sold or moved."""
    id: str
    day: date
    wallet: str
    sats: int
    money: int = 0
    price_cents: int = 0
    to: str = ""


@dataclass(frozen=True, kw_only=True)
class History:
    """What happened to one miner's coins, and the order in which lots are sold."""

    method: str
    steps: tuple[Step, ...] = field(default=())

    def question(self) -> dict[str, Any]:
        """Return the history as an oracle is asked about it."""
        steps = [asdict(step) | {"day": step.day.isoformat()} for step in self.steps]
        return {"method": self.method, "wallets": WALLETS, "steps": steps}

    def days(self) -> dict[str, date]:
        """Return the day of each step by its name."""
        return {step.id: step.day for step in self.steps}

    def moves(self) -> int:
        """Return how often coins were moved: each move of a part of a lot may round its basis once."""
        return sum(step.kind == "moved" for step in self.steps)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the history in the public form."""
        yield {"kind": "election", "id": "order", "at": "2009-01-01T00:00:00Z", "from": "2009-01-01"} | {
            "method": self.method
        }
        for step in self.steps:
            common = {"id": step.id, "at": f"{step.day}T12:00:00Z", "asset": "BTC", "quantity": unscaled(step.sats, 8)}
            match step.kind:
                case "mined":
                    price = {"price_usd": unscaled(step.price_cents, 2), "income": "pool_payout"}
                    yield common | {"kind": "receipt", "wallet": step.wallet} | price
                case "bought":
                    yield common | {"kind": "purchase", "wallet": step.wallet, "cost_usd": usd_text(step.money)}
                case "sold":
                    yield common | {"kind": "sale", "wallet": step.wallet, "proceeds_usd": usd_text(step.money)}
                case _:
                    yield common | {"kind": "transfer", "from_wallet": step.wallet, "to_wallet": step.to}


def history(chance: Chance, method: str, begin: date, *, pooled: bool) -> History:
    """Return a history from *begin*; where coins are *pooled*, a sale may take more than its own wallet holds."""
    day, held, prices, steps = begin, Counter[str](), set[int](), list[Step]()
    for number in range(chance.whole(4, 14)):
        day += timedelta(days=chance.one_of(GAPS))
        wallet = chance.one_of(WALLETS)
        there = held.total() if pooled else held[wallet]
        kind = chance.one_of(("bought", "mined", "sold", "sold", "sold" if pooled else "moved"))
        if not there and kind in ("sold", "moved"):
            kind = "bought"
        name = f"{kind}-{number}"
        if kind in ("bought", "mined"):
            sats = COARSE * chance.whole(1, MOST_COARSE)
            cents = next(cents for _ in iter(int, 1) if (cents := chance.whole(1, MOST_CENTS)) not in prices)
            prices.add(cents)
            money = cents * sats // COARSE
            steps.append(Step(kind=kind, id=name, day=day, wallet=wallet, sats=sats, money=money, price_cents=cents))
            held[wallet] += sats
            continue
        sats = there if chance.once_in(4) else chance.whole(1, there)
        if kind == "sold":
            money = chance.whole(1, MOST_CENTS) * 100
            steps.append(Step(kind=kind, id=name, day=day, wallet=wallet, sats=sats, money=money))
        else:
            to = chance.one_of([other for other in WALLETS if other != wallet])
            steps.append(Step(kind=kind, id=name, day=day, wallet=wallet, sats=sats, to=to))
            held[to] += sats
        held[wallet] -= sats
    return History(method=method, steps=tuple(steps))
