"""The mine of the demo book: four shelves of made-up machines, what they earn a day and what they draw.

They mine at one pool that pays six times a week; the oldest shelf moves to a second one that pays on Fridays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from lotwork.demo.market import around, chance

FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2026, 11, 22)
SECOND_POOL_FROM = date(2025, 9, 1)
SATS_PER_TERAHASH_DAY = 45_450
"""On a network of one exahash: 144 blocks of 3.125 bitcoin and their fees."""
NETWORK_EXAHASH = 790
NETWORK_GROWS_A_MONTH = 17

SUNDAY, FRIDAY = 6, 4


class Shelf(NamedTuple):
    """Machines bought together."""

    name: str
    terahash: int
    kilowatts: int
    cost_usd: str
    acquired: date
    in_service: date
    tax: dict[str, str]


SHELVES = (
    Shelf(
        "Shelf A: 16 Antminer S19k Pro", 1920, 44, "23200.00", date(2024, 12, 18), date(2025, 1, 6),
        {"bonus": "none"},
    ),
    Shelf(
        "Shelf B: 16 Antminer S21", 3200, 56, "43000.00", date(2025, 2, 24), date(2025, 4, 14),
        {"section_179_usd": "9000.00", "bonus": "none"},
    ),
    Shelf("Shelf C: 10 Antminer S21+", 2350, 39, "31500.00", date(2025, 8, 20), date(2025, 10, 1), {"bonus": "none"}),
    Shelf("Shelf D: 10 Antminer S21 XP", 2700, 36, "39000.00", date(2026, 2, 11), date(2026, 4, 6), {"bonus": "none"}),
)  # fmt: skip


def days() -> Iterator[date]:
    """Yield every day of the demo."""
    for count in range((LAST_DAY - FIRST_DAY).days + 1):
        yield FIRST_DAY + timedelta(days=count)


def running(day: date) -> tuple[Shelf, ...]:
    """Return the shelves that hash on *day*."""
    return tuple(shelf for shelf in SHELVES if shelf.in_service <= day)


def mined_sats(shelves: tuple[Shelf, ...], day: date) -> int:
    """Return what *shelves* earn on *day* before the pool's fee, in sats; no two days are quite alike."""
    months = (day.year - FIRST_DAY.year) * 12 + day.month - 1
    terahash = sum(shelf.terahash for shelf in shelves)
    expected = terahash * SATS_PER_TERAHASH_DAY // (NETWORK_EXAHASH + months * NETWORK_GROWS_A_MONTH)
    luck = 55 if chance(f"luck {day}", 9) == 0 else 105
    return around(f"mined {day}", expected * luck // 105, 120)


def txid(name: str) -> str:
    """Return a made-up transaction id that is always the same for *name*."""
    return hashlib.sha256(f"lotwork demo transaction {name}".encode()).hexdigest()


def at(day: date, name: str) -> str:
    """Return an instant on *day*, in the hours in which it is that day in Chicago too."""
    return f"{day}T{7 + chance(f'hour {name}', 16):02d}:{chance(f'minute {name}', 60):02d}:00Z"


def paydays() -> Iterator[tuple[date, str, int]]:
    """Yield each day a pool pays, the pool, and what it pays for before its fee, in sats."""
    ocean = friday = 0
    for day in days():
        on_friday = tuple(shelf for shelf in running(day)[:1] if day >= SECOND_POOL_FROM)
        friday += mined_sats(on_friday, day) if on_friday else 0
        ocean += mined_sats(tuple(shelf for shelf in running(day) if shelf not in on_friday), day)
        if ocean and day.weekday() != SUNDAY:
            yield day, "ocean", ocean
            ocean = 0
        if friday and day.weekday() == FRIDAY:
            yield day, "braiins", friday
            friday = 0


def power() -> Iterator[dict[str, Any]]:
    """Yield the two tariffs, and each month's reading of the meter in the shed."""
    for year, price in ((2025, "0.0315"), (2026, "0.0334")):
        new_year = f"{year}-01-01"
        yield {
            "kind": "tariff",
            "id": f"demo:tariff:{year}",
            "at": f"{new_year}T12:00:00Z",
            "from": new_year,
            "price_usd": price,
            "meter": "shed",
        }
    for year in (2025, 2026):
        for month in range(1, 13):
            first, following = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
            if following <= LAST_DAY:
                yield _reading(first, following)


def _reading(first: date, following: date) -> dict[str, Any]:
    hours = sum(
        24 * shelf.kilowatts
        for count in range((following - first).days)
        for shelf in running(first + timedelta(days=count))
    )
    return {
        "kind": "energy",
        "id": f"demo:energy:{first:%Y-%m}",
        "at": f"{following - timedelta(days=1)}T15:00:00Z",
        "kwh": str(around(f"energy {first}", hours, 15)),
        "from": first.isoformat(),
        "to": following.isoformat(),
        "meter": "shed",
    }


def machines() -> Iterator[dict[str, Any]]:
    """Yield the four shelves as equipment: one ordered before 20 January 2025, the others after it."""
    for shelf in SHELVES:
        name = shelf.name.partition(":")[0]
        yield {
            "kind": "equipment",
            "id": f"demo:equipment:{name[-1].lower()}",
            "at": f"{shelf.in_service}T15:00:00Z",
            "equipment": shelf.name,
            "cost_usd": shelf.cost_usd,
            "acquired": shelf.acquired.isoformat(),
            "placed_in_service": shelf.in_service.isoformat(),
            **shelf.tax,
        }
