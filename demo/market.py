"""The market of the demo book: a price that never was, and chance that always falls the same way.

The path runs through one round number a month, so that nobody mistakes it for a quotation; the days between lean a
little to either side. Chance comes from SHA-256 over a name: no seed to carry, no order to keep.
"""

from __future__ import annotations

import hashlib
from datetime import date

from lotwork.ledger.units import MONTHS

BTC_USD_ON_THE_FIRST = {
    2025: (94_000, 101_000, 86_000, 83_000, 95_000, 104_000, 108_000, 116_000, 109_000, 114_000, 110_000, 91_000),
    2026: (92_000, 86_000, 90_000, 95_000, 104_000, 112_000, 108_000, 118_000, 124_000, 119_000, 128_000, 133_000),
}
"""Made up: the bitcoin price on the first of each month."""

BCH_USD_ON_THE_FIRST = {
    2025: (440, 330, 320, 300, 370, 410, 500, 560, 550, 540, 510, 530),
    2026: (580, 520, 470, 450, 480, 510, 500, 530, 560, 540, 570, 590),
}
"""Made up: the price of bitcoin cash, for the solo blocks."""

PATHS = {"BTC": BTC_USD_ON_THE_FIRST, "BCH": BCH_USD_ON_THE_FIRST}
LEAN_PER_MILLE = 18


def chance(name: str, below: int) -> int:
    """Return a whole number from 0 and under *below* that is always the same for *name*."""
    return int.from_bytes(hashlib.sha256(f"lotwork demo {name}".encode()).digest()[:8]) % below


def around(name: str, middle: int, per_mille: int) -> int:
    """Return *middle*, moved by at most *per_mille* of it to either side."""
    return middle * (1000 - per_mille + chance(name, 2 * per_mille + 1)) // 1000


def price_cents(asset: str, day: date, name: str = "") -> int:
    """Return the made-up price of one *asset* on *day*, in cents; *name* tells two moments of a day apart."""
    months = PATHS[asset][day.year]
    following = months[day.month] if day.month < MONTHS else PATHS[asset].get(day.year + 1, months)[0]
    begins = months[day.month - 1]
    length = (_first_of_next(day) - day.replace(day=1)).days
    on_the_line = begins * 100 + (following - begins) * 100 * (day.day - 1) // length
    leaning = around(f"{asset} {day}", on_the_line, LEAN_PER_MILLE)
    return around(f"{asset} {day} {name}", leaning, 3) if name else leaning


def _first_of_next(day: date) -> date:
    return date(day.year + day.month // MONTHS, day.month % MONTHS + 1, 1)


def dollars(cents: int) -> str:
    """Return *cents* as the public form writes dollars."""
    return f"{cents // 100}.{cents % 100:02d}"


def coins(units: int) -> str:
    """Return *units* of a hundred-millionth as the public form writes coins."""
    return f"{units // 100_000_000}.{units % 100_000_000:08d}"
