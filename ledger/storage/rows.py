"""An event as the row that is stored, and the chain's next link.

The columns beside the payload repeat what it says, so that SQLite can find and order; `ledger.storage.verify`
holds them against it. `latest_us` is the latest instant any event of the book has told of so far: an event with an
earlier `at_us` came late, all others stand in order of time already.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import msgspec

from lotwork.ledger.codec import SCHEMA_VERSION, decode, encode, kind_of, same_event
from lotwork.ledger.errors import ImpossibleEventError, IntegrityError, Problem
from lotwork.ledger.events import Event
from lotwork.ledger.storage.chain import DOMAIN, NOTHING, bound
from lotwork.ledger.units import MICROSECOND

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEFORE_ALL_TIME = -(1 << 62)
COMMON_KINDS = ("receipt", "sale", "expense", "price", "energy")
"""Kinds that come by the million; the index `events_rare` finds all others without reading these."""
RARE = "kind NOT IN ({})".format(", ".join(f"'{kind}'" for kind in COMMON_KINDS))
LATE = "at_us < latest_us"
"""Told after something that happened later; all other events stand in order of time already."""

Hashed = tuple[str, int, str, str, int, int, str | None, str | None, int, str, bytes]
"""What the hash of an event binds, in the order of the columns; the previous hash is bound first."""


class Row(NamedTuple):
    """One stored event, in the order of the table's columns."""

    book: str
    position: int
    id: str
    kind: str
    schema_version: int
    at_us: int
    latest_us: int
    source: str | None
    txid: str | None
    recorded_us: int
    payload: str
    prev_hash: bytes
    hash: bytes

    def rehashed(self) -> bytes:
        """Return the hash that these columns should have."""
        return event_hash((*self[:6], *self[7:12]))


@dataclass(slots=True)
class Tail:
    """Where a book ends while a batch is being appended; `follow` moves it one event on."""

    book: str
    position: int = 0
    hash: bytes = NOTHING
    latest_us: int = BEFORE_ALL_TIME
    recorded_us: int = BEFORE_ALL_TIME

    def follow(self, event: Event, payload: str) -> Row:
        """Return the row that records *event* after the tail, which it becomes."""
        at_us = microseconds(event.at)
        self.latest_us = max(self.latest_us, at_us)
        self.position += 1
        previous = self.hash
        kind, txid = kind_of(event), getattr(event, "txid", None)
        told = (self.book, self.position, event.id, kind, SCHEMA_VERSION, at_us)
        rest = (event.source, txid, self.recorded_us, payload, previous)
        self.hash = event_hash((*told, *rest))
        return Row(*told, self.latest_us, *rest, self.hash)


def event_hash(columns: Hashed) -> bytes:
    """Return the hash of a stored event: `chain.digest` of its columns, the few values most rows share kept ready."""
    book, position, event_id, kind, schema_version, at_us, source, txid, recorded_us, payload, previous = columns
    return hashlib.sha256(
        b"".join(
            (
                DOMAIN,
                previous,
                bound(position),
                _shared(book),
                bound(event_id),
                _shared(kind),
                _shared(schema_version),
                bound(at_us),
                _shared(source),
                bound(txid),
                _shared(recorded_us),
                bound(payload),
            )
        )
    ).digest()


_shared = lru_cache(maxsize=256, typed=True)(bound)


def microseconds(instant: datetime) -> int:
    """Return *instant* as whole microseconds since 1970 in UTC."""
    return (instant - EPOCH) // MICROSECOND


def checked_payload(event: Event) -> str:
    """Return the canonical text of *event*, refused unless reading it back gives the same event."""
    if not event.id:
        raise ImpossibleEventError("", "an event has an id")
    if event.at.tzinfo is not UTC and event.at.utcoffset() != timedelta(0):
        raise ImpossibleEventError(event.id, "an instant is aware and in UTC")
    try:
        payload = encode(event).decode()
        same = decode(kind_of(event), SCHEMA_VERSION, payload) == event
    except (msgspec.MsgspecError, TypeError, UnicodeError, IntegrityError) as broken:
        raise ImpossibleEventError(event.id, f"it cannot be written down ({broken})") from broken
    if not same:
        raise ImpossibleEventError(event.id, "written down and read again it is another event")
    return payload


def same_content(stored: Row, event: Event, payload: str) -> bool:
    """Return whether a *stored* event says what *event*, written as *payload*, says, whichever version wrote it."""
    if stored.payload == payload:
        return True
    return stored.kind == kind_of(event) and same_event(
        decode(stored.kind, stored.schema_version, stored.payload), event
    )


def differences(stored: str, offered: str) -> str:
    """Return which keys differ between two payloads, and how."""
    old, new = msgspec.json.decode(stored), msgspec.json.decode(offered)
    return "; ".join(
        f"{key} is {_shown(old, key)} in the log and {_shown(new, key)} here"
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    )


def _shown(payload: dict[str, object], key: str) -> str:
    return msgspec.json.encode(payload[key]).decode()[:80] if key in payload else "absent"


def conflict(event_id: str, stored: str, offered: str) -> Problem:
    """Return the problem that *event_id* is recorded with other content than is offered now."""
    return Problem(
        f"event {event_id}",
        "id",
        f"is recorded with other content: {differences(stored, offered)}",
        "append a correction with this event as its target, or give the new event an id of its own",
    )
