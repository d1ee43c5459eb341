"""OCEAN's monthly reports: each asked for once, however many payouts it tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from lotwork.ingest.pools.ocean_answers import Earning, MonthRow

Ask: TypeAlias = Callable[[str], tuple[MonthRow, ...]]
"""Asks for the report of a month, named like 2026-06."""

SETTLED = timedelta(days=7)
"""How long after its end a month's report may still grow."""
MOST_KEPT = 4
"""Closed months that are remembered from one look to the next: more than a look ever needs."""


class Months:
    """What was reported; a month that is over is remembered, the current one only while one look lasts."""

    def __init__(self) -> None:
        self._closed: dict[str, tuple[MonthRow, ...]] = {}
        self._open: dict[str, tuple[MonthRow, ...]] = {}

    def begin(self) -> None:
        """Forget what may have grown since the last look."""
        self._open = {}

    def of(self, covered: Iterable[Earning], now: datetime, ask: Ask) -> tuple[MonthRow, ...]:
        """Return the rows of the months in which the *covered* blocks were found."""
        rows: list[MonthRow] = []
        for month in dict.fromkeys(f"{one.at:%Y-%m}" for one in covered):
            if month not in self._closed and month not in self._open:
                kept = self._closed if _end(month) + SETTLED < now else self._open
                kept[month] = ask(month)
            rows.extend(self._closed.get(month) or self._open.get(month, ()))
        for oldest in sorted(self._closed)[:-MOST_KEPT]:
            del self._closed[oldest]
        return tuple(rows)


def _end(month: str) -> datetime:
    """Return the instant at which *month* is over."""
    year, number = map(int, month.split("-"))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
