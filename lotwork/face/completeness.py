"""What should have come, to Python: each pool's months against the work that was done for them, and what it owes.

A bound and no point: what is expected is the subsidy alone, on average (docs/completeness.md).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from lotwork.face.results import Result, Row, Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolMonth(Row):
    """A month of a pool and a coin: what its work should have brought, and what was booked."""

    pool: str
    """"any" where work was told without a pool."""
    month: str
    """2026-03."""
    asset: str
    hashrate: str | None
    """The mean of the days of which one is told, with its unit: 110 TH/s."""
    days: int
    """Of which a hashrate is told."""
    expected_quantity: Decimal | None
    """On average, before the pool's fee and without the fees of blocks, in whole coins."""
    booked_quantity: Decimal
    ratio: Decimal | None
    """What was booked, of what was expected."""
    days_without_row: tuple[dt.date, ...]
    """Between two rows, where the pool pays daily."""
    explained: tuple[str, ...]
    """Why nothing, or less, was to be expected, in the taxpayer's words."""
    unknown: str | None
    """Why no more is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed(Row):
    """What a pool credited and has not paid; of a pool that was left, too."""

    pool: str
    asset: str
    quantity: Decimal
    """By the log, in whole coins."""
    last_row: dt.date | None
    said_quantity: Decimal | None
    """What the pool itself said last that it owes."""
    said_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Completeness(Rows[PoolMonth], Result):
    """A year's months of every pool against its work, and what every pool owes."""

    year: int
    rows: tuple[PoolMonth, ...]
    owed: tuple[Owed, ...]
