"""Run by the oracles' own Python: histories in as JSON lines, out what beancount books for them, an account a wallet.

Beancount reduces an account by its booking method when an entry is loaded. A move is asked in the same way: the lots
that leave are booked against a passing account first, and then arrive at their own cost and date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from beancount import loader
from beancount.core.data import Posting, Transaction

SATS = Decimal(10**8)
MICROS = Decimal(10**6)
HEAD = """option "operating_currency" "USD"
1999-01-01 open Assets:Dollars
1999-01-01 open Income:Gains
1999-01-01 open Equity:Passing
"""


def coins(sats: int) -> Decimal:
    """Return whole coins."""
    return Decimal(sats) / SATS


def account(wallet: str) -> str:
    """Return the account of *wallet*."""
    return f"Assets:{wallet.capitalize()}"


def entry(day: str, name: str, postings: Iterable[str]) -> str:
    """Return a transaction as beancount reads it."""
    return f'{day} * "{name}"\n' + "".join(f"  {posting}\n" for posting in postings)


def booked(text: str) -> list[Transaction]:
    """Load *text* and return its transactions as booked; an error of beancount's is ours."""
    entries, errors, _ = loader.load_string(text)
    if errors:
        raise RuntimeError("\n".join(error.message for error in errors) + "\n" + text)
    return [each for each in entries if isinstance(each, Transaction)]


def reductions(made: Transaction, wallet: str) -> list[Posting]:
    """Return the postings of *made* that took lots out of *wallet*."""
    return [each for each in made.postings if each.account == account(wallet) and each.units.number < 0]


def at_cost(posting: Posting, where: str, sign: int) -> str:
    """Return a posting of the same lot to *where*."""
    quantity = abs(posting.units.number) * sign
    return f"{where} {quantity:f} BTC {{{posting.cost.number:f} USD, {posting.cost.date}}}"


def step_text(step: dict[str, Any], before: str) -> str:
    """Return what *step* adds to the ledger *before* it."""
    quantity, here = coins(step["sats"]), account(step["wallet"])
    if step["kind"] in ("bought", "mined"):
        cost = f"{here} {quantity:f} BTC {{{Decimal(step['price_cents']) / 100:f} USD, {step['day']}}}"
        return entry(step["day"], step["id"], (cost, "Assets:Dollars"))
    if step["kind"] == "sold":
        dollars = f"Assets:Dollars {Decimal(step['money']) / MICROS:f} USD"
        return entry(step["day"], step["id"], (f"{here} {-quantity:f} BTC {{}}", dollars, "Income:Gains"))
    asked = entry(step["day"], step["id"], (f"{here} {-quantity:f} BTC {{}}", "Equity:Passing"))
    left = reductions(booked(before + asked)[-1], step["wallet"])
    out = [at_cost(posting, here, -1) for posting in left]
    return entry(step["day"], step["id"], (*out, *(at_cost(posting, account(step["to"]), 1) for posting in left)))


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Return every part of a sale with its lot's day, and what is held at the end."""
    text = HEAD + "".join(
        f'1999-01-01 open {account(wallet)} BTC "{question["method"].upper()}"\n' for wallet in question["wallets"]
    )
    for step in question["steps"]:
        text += step_text(step, text)
    made = {each.narration: each for each in booked(text)}
    rows: list[tuple[str, str, int, str]] = []
    held: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for step in question["steps"]:
        if step["kind"] == "sold":
            rows += [(step["id"], *part(posting)) for posting in reductions(made[step["id"]], step["wallet"])]
        for posting in made[step["id"]].postings:
            if posting.cost:
                key = (posting.account, posting.cost.date.isoformat())
                sats, basis = held.get(key, (Decimal(0), Decimal(0)))
                held[key] = (sats + posting.units.number, basis + posting.units.number * posting.cost.number)
    left = [
        (where.removeprefix("Assets:").lower(), day, int(units * SATS), str(basis * MICROS))
        for (where, day), (units, basis) in held.items()
        if units
    ]
    return {"rows": rows, "held": left}


def part(posting: Posting) -> tuple[str, int, str]:
    """Return the day of the lot, the satoshis taken and their basis in micro-dollars."""
    units = -posting.units.number
    return posting.cost.date.isoformat(), int(units * SATS), str(units * posting.cost.number * MICROS)


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
