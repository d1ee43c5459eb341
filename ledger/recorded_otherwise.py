"""What comes in held against what the log knows by the same ids."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lotwork.ledger.codec import encode, same_event
from lotwork.ledger.errors import Problem
from lotwork.ledger.history import Log
from lotwork.ledger.lined_up import LinedUp
from lotwork.ledger.storage.appending import EVENTS_AT_ONCE
from lotwork.ledger.storage.rows import conflict


def recorded_otherwise(log: Log, book: str, events: LinedUp) -> Iterator[Problem]:
    """Yield the problem of each of *events* whose id *log* knows with other content."""
    waiting = iter(events)
    while some := {event.id: event for event in islice(waiting, EVENTS_AT_ONCE)}:
        for _, recorded in log.read(book, ids=some):
            event = some[recorded.id]
            if not same_event(event, recorded):
                told = conflict(event.id, encode(recorded).decode(), encode(event).decode())
                where, _ = events.find(event.id) or (event.id, event)
                yield Problem(where, told.key, f"{event.id[:60]!r} {told.reason}", told.remedy)
