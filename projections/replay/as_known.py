"""A log as if something that was said had never been said."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from lotwork.ledger import events as e
from lotwork.ledger.blocks import Entry, those
from lotwork.ledger.history import Log
from lotwork.ledger.units import AssetTable


class LogAsKnown:
    """A log as if what was recorded after a position, and reaches back before an instant, had never been said."""

    def __init__(self, log: Log, position: int, before: datetime) -> None:
        self.log = log
        self.position = position
        self.before = before

    def read(
        self,
        book: str,
        *,
        after: int = 0,
        up_to: int | None = None,
        kinds: Collection[str] | None = None,
        source: str | None = None,
        ids: Collection[str] | None = None,
        by_time: bool = False,
    ) -> Iterator[tuple[int, e.Event]]:
        """Yield (position, event) of what is left."""
        told = self.log.read(book, after=after, up_to=up_to, kinds=kinds, source=source, ids=ids, by_time=by_time)
        return (entry for entry in told if self.counts(*entry))

    def blocks(self, book: str, *, after: int = 0, up_to: int | None = None) -> Iterator[list[Entry]]:
        """Yield the same in order of time, many at a time."""
        return those(self.log.blocks(book, after=after, up_to=up_to), lambda entry: self.counts(*entry))

    def counts(self, position: int, event: e.Event) -> bool:
        """Say if *event*, recorded at *position*, is left in the log."""
        return position <= self.position or not self._reaches_back(event)

    @property
    def view(self) -> str:
        """What it is, as a kept state names it."""
        return f"without what was said after {self.position} and reaches before {self.before.isoformat()}"

    def assets(self, book: str) -> AssetTable:
        """Return the assets the book knows."""
        return self.log.assets(book)

    def shared_txids(self, book: str, *, after: int = 0) -> frozenset[str]:
        """Return the transactions that more than one event names."""
        return self.log.shared_txids(book, after=after)

    def last_of_version(self, book: str, version: int) -> int:
        """Return the last position written in *version* or an older one."""
        return self.log.last_of_version(book, version)

    def _reaches_back(self, event: e.Event) -> bool:
        return isinstance(event, e.Void | e.Correction | e.Rule) or event.at < self.before
