"""What the log has of the rows of one account: read once, and from there on only what came since.

All that was ever read is read again once a month, span by span, and each span asks which rows it should meet: the whole
log for each would cost with the square of the years.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection

from lotwork.ingest.pools.meaning import row_of
from lotwork.ingest.reorganisations import Account, Recorded, accounts_of, effective_accounts
from lotwork.ledger.events import Correction, Event, Void
from lotwork.ledger.taken_back import subject_of

TELLING = ("receipt", "transfer", "credit", "hashrate")
"""The kinds of events that rows become."""


class RecordedRows:
    """The rows that *source* told into *book*, by their instants."""

    def __init__(self, log: Recorded, book: str, source: str) -> None:
        self._log = log
        self._book = book
        self._source = source
        self._position = 0
        self._told: dict[str, Event] = {}
        self._said: dict[str, list[Event]] = {}
        """What was said since of each event, whoever told it."""
        self._at: list[tuple[int, str]] = []

    def between(self, opening: str, start: int, stop: int) -> dict[str, int]:
        """Return the rows whose events hold and are called *opening* and the row, with their instants.

        From *start* until before *stop*, in seconds since 1970.
        """
        self._catch_up()
        first, last = (bisect_left(self._at, (at, "")) for at in (start, stop))
        names = [name for _, name in self._at[first:last] if name.startswith(opening)]
        near = (event for name in names for event in (self._told[name], *self._said.get(name, ())))
        found: dict[str, int] = {}
        for account in effective_accounts(near):
            name = row_of(account.event.id.removeprefix(opening))
            found.setdefault(name, int(account.event.at.timestamp()))
        return found

    def spelled(self, opening: str) -> str:
        """Return *opening* as the log spells what its events are called: an address is the same in capitals."""
        self._catch_up()
        alike = opening.casefold()
        names = (name[: len(opening)] for name in self._told if name[: len(opening)].casefold() == alike)
        return next(names, opening)

    def of(self, ids: Collection[str]) -> tuple[Event, ...]:
        """Return what the log has under *ids*, and what `reconcile` said there since; as `recorded_of` does."""
        self._catch_up()
        events = [event for _, event in self._log.read(self._book, ids=ids)]
        return (*events, *(said for event in events for said in self._said.get(event.id, ())))

    def amended(self) -> dict[str, Account]:
        """Return those that the source spoke of again, by id."""
        self._catch_up()
        spoken = (
            event for name, said in self._said.items() if name in self._told for event in (self._told[name], *said)
        )
        return accounts_of(spoken)

    def _catch_up(self) -> None:
        for position, event in self._log.read(self._book, after=self._position, kinds=(*TELLING, "void", "correction")):
            self._position = position
            if isinstance(event, Void | Correction):
                subject = subject_of(event)
                if subject is not None:
                    self._said.setdefault(subject, []).append(event)
            elif event.source == self._source:
                self._told[event.id] = event
                insort(self._at, (int(event.at.timestamp()), event.id))
