"""An event as the row that is stored, and the chain's next link.

The columns beside the payload repeat what it says, so that SQLite can find and order; `ledger.storage.verify`
holds them against it. `latest_us` is the latest instant any event of the book has told of so far: an event with an
earlier `at_us` came late, all others stand in order of time already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import msgspec

from lotwork.ledger.codec import SCHEMA_VERSION, decode, encode, kind_of, same_event
from lotwork.ledger.errors import ImpossibleEventError, IntegrityError, Problem
from lotwork.ledger.events import Event
from lotwork.ledger.storage.chain import (
    DOMAIN,
    INT_PREFIX,
    NOTHING,
    SHORT,
    TEXT_PREFIX,
    bound,
    digest,
    prefix_of_text,
)
from lotwork.ledger.units import MICROS, ONE_DAY

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_SECONDS = ONE_DAY // timedelta(seconds=1)
BEFORE_ALL_TIME = -(1 << 62)
COMMON_KINDS = ("receipt", "sale", "expense", "price", "energy")
"""Kinds that come by the million; the index `events_rare` finds all others without reading these."""
RARE = " AND ".join(f"kind <> '{kind}'" for kind in COMMON_KINDS)
"""No list: SQLite lays one out as a table of its own, for every row that it holds against the index."""
RARE_AS_A_LIST = "kind NOT IN ({})".format(", ".join(f"'{kind}'" for kind in COMMON_KINDS))
"""The same in the words of the ledgers that 0.1.0 made: SQLite takes an index where its own words are repeated."""
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


class Written(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event as it is written down: the columns that tell of it, and its payload, which reads back as the same."""

    id: str
    kind: str
    at_us: int
    source: str | None
    txid: str | None
    payload: str

    def read(self) -> Event:
        """Return the event."""
        return decode(self.kind, SCHEMA_VERSION, self.payload)


def columns_of(event: Event) -> tuple[str, str, int, str | None, str | None, str]:
    """Return *event* as it is stored, as `Written` has it: its payload is the canonical text, read back and compared.

    ImpossibleEventError where that would read as another event.
    """
    if not event.id:
        raise ImpossibleEventError("", "an event has an id")
    at, kind = event.at, kind_of(event)
    if at.tzinfo is not UTC and at.utcoffset() != timedelta(0):
        raise ImpossibleEventError(event.id, "an instant is aware and in UTC")
    try:
        payload = encode(event).decode()
        same = decode(kind, SCHEMA_VERSION, payload) == event
    except (msgspec.MsgspecError, TypeError, UnicodeError, IntegrityError) as broken:
        raise ImpossibleEventError(event.id, f"it cannot be written down ({broken})") from broken
    if not same:
        raise ImpossibleEventError(event.id, "written down and read again it is another event")
    return event.id, kind, microseconds(at), event.source, getattr(event, "txid", None), payload


def write_down(event: Event) -> Written:
    """Return *event* as it is stored; the same."""
    return Written(*columns_of(event))


@dataclass(slots=True)
class Tail:
    """Where a book ends while a batch is being appended; `follow` moves it one event on."""

    book: str
    position: int = 0
    hash: bytes = NOTHING
    latest_us: int = BEFORE_ALL_TIME
    recorded_us: int = BEFORE_ALL_TIME

    def follow(self, told: Written) -> tuple[str | int | bytes | None, ...]:
        """Return the columns of the `Row` that records what is *told* after the tail, which it becomes."""
        at_us, source, txid, payload = told.at_us, told.source, told.txid, told.payload
        book, previous, recorded_us = self.book, self.hash, self.recorded_us
        latest_us = self.latest_us = max(at_us, self.latest_us)
        position = self.position = self.position + 1
        said = (book, position, told.id, told.kind, SCHEMA_VERSION, at_us)
        made = self.hash = event_hash((*said, source, txid, recorded_us, payload, previous))
        return (*said, latest_us, source, txid, recorded_us, payload, previous, made)


def event_hash(columns: Hashed) -> bytes:
    """Return the hash of a stored event: `chain.digest` of its columns, in one step where they are plain."""
    book, position, event_id, kind, schema_version, at_us, source, txid, recorded_us, payload, previous = columns
    try:
        if type(position) is int and type(at_us) is int:
            of_book, of_kind, of_source, of_record = _shared(book, kind, schema_version, source, recorded_us)
            name, content, place, instant = event_id.encode(), payload.encode(), b"%d" % position, b"%d" % at_us
            size = len(content)
            parts = (
                DOMAIN, previous, INT_PREFIX[len(place)], place, of_book, TEXT_PREFIX[len(name)], name, of_kind,
                INT_PREFIX[len(instant)], instant, of_source, _NO_TEXT if txid is None else bound(txid),
                of_record, TEXT_PREFIX[size] if size < SHORT else prefix_of_text(size), content,
            )  # fmt: skip
            return sha256(b"".join(parts)).digest()
    except (AttributeError, IndexError):  # a text that is none any more, or a long name
        pass
    return digest(previous, position, (book, event_id, kind, schema_version, at_us, source, txid, recorded_us, payload))


@lru_cache(maxsize=256, typed=True)
def _shared(
    book: str, kind: str, schema_version: int, source: str | None, recorded_us: int
) -> tuple[bytes, bytes, bytes, bytes]:
    """Return what most rows share, as their hash binds it: book, kind with version, source, when it was recorded."""
    return bound(book), bound(kind) + bound(schema_version), bound(source), bound(recorded_us)


_NO_TEXT = bound(None)


def microseconds(instant: datetime) -> int:
    """Return *instant* as whole microseconds since 1970 in UTC."""
    since = instant - EPOCH
    return (since.days * DAY_SECONDS + since.seconds) * MICROS + since.microseconds


def same_content(stored: Row, told: Written) -> bool:
    """Return whether a *stored* event says what is *told*, whichever version wrote it."""
    if stored.payload == told.payload:
        return True
    return stored.kind == told.kind and same_event(
        decode(stored.kind, stored.schema_version, stored.payload), told.read()
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
