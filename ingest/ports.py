"""The shapes every source has: what it is asked, and what it may answer.

A source translates; it never writes. `fetch_since` may touch the network for as long as its own deadline allows,
returns events and the cursor that comes after them, and leaves both to `ingest.watch`, which records them in one
transaction. So a source can be asked again from the same cursor at any time and nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from lotwork.ledger.events import Event, PriceSample
from lotwork.ledger.storage.batch import Appends

NOTHING = "nothing was recorded"
"""What a refusal ends with."""
AHEAD = timedelta(hours=2)
"""How far ahead of our clock another's may be: what a chain or a pool dates later than that cannot be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some events of a source and the cursor after them; the raw bytes are already kept as evidence."""

    events: tuple[Event, ...]
    cursor: str
    more: bool = False
    """Whether the source has more to give at once; False until the next poll."""
    progress: str | None = None
    """How far a long first reading has come, in counts; at its end, what a person may compare."""
    left_out: str | None = None
    """What of it is no event, counted and named, where a person is to know."""
    alerts: tuple[str, ...] = ()
    """What a person must look at, each queued as an alert in the transaction that records the page."""


class ReceiptSource(Protocol):
    """A node, pool or exchange that tells what a taxpayer received, moved or sold."""

    @property
    def name(self) -> str:
        """The name its cursor is stored under, and its events' `source`."""
        ...

    @property
    def book(self) -> str:
        """The book its events belong to."""
        ...

    def fetch_since(self, cursor: str | None) -> Page:
        """Return what happened after *cursor*; None is the beginning.

        Raises SourceUnreachableError where it did not answer and SourceRefusedError where its answer must not be
        believed; in both cases nothing is recorded and the cursor stays.
        """
        ...


class PriceSource(Protocol):
    """Somebody who knows what a coin cost in dollars at an instant."""

    @property
    def name(self) -> str:
        """The name that stands as `source` in its samples."""
        ...

    @property
    def finest_seconds(self) -> int:
        """The length of the shortest interval that a price of it holds for."""
        ...

    def expect(self, asset: str, instants: Iterable[datetime]) -> None:
        """Plan for being asked for *instants* of *asset*, so that one question may answer many."""
        ...

    def compares(self, at: datetime) -> bool:
        """Say if it may be asked about *at* to compare: not where that is a question for that instant alone."""
        ...

    def fetch(self, asset: str, at: datetime) -> PriceSample | None:
        """Return the sample whose interval contains *at*; None where this source has no such price.

        Raises NoPriceError (of ingest.prices.states) where it says why there is none, RateLimitedError where it was
        asked too often, and as `ReceiptSource.fetch_since` does: not having been answered is not the same as there
        being no price.
        """
        ...


class EvidenceKeeper(Protocol):
    """Where the raw bytes go that an event was read from."""

    def keep(self, data: bytes) -> str:
        """Keep *data* and return its SHA-256 in hex."""
        ...


class Recorder(Appends, Protocol):
    """The ledger as a look at a source needs it: where the source stands, and where what is new goes."""

    def cursor(self, book: str, source: str) -> str | None:
        """Return how far *source* has been read; None where it never was."""
        ...
