"""A source tried out: asked as a poll asks it, and nothing is recorded, neither an event nor a cursor nor evidence.

It is asked from the beginning and shown a log without what it told itself, so that all it has to tell comes back,
whether it was ever polled or not.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from lotwork.ingest.context import BuildContext, Policy
from lotwork.ingest.ports import ReceiptSource
from lotwork.ingest.watch import quiet
from lotwork.ledger.blocks import Entry, those
from lotwork.ledger.clock import Clock
from lotwork.ledger.codec import kind_of
from lotwork.ledger.events import AssetDeclared, Balance, Correction, Event, Void
from lotwork.ledger.storage.evidence import MOST_BYTES, Evidence, refuse_above
from lotwork.ledger.storage.log import EventLog

MOST_PAGES = 500
LONGEST_SECONDS = 60.0
"""After so long a trial asks no further: it has seen that the source answers."""
ABOUT_OTHERS = (AssetDeclared, Balance, Correction, Void)
"""Events that are no row of what happened: they tell of coins, holdings and other events."""


class LogWithout(EventLog):
    """The log of a home as it is without what one source told."""

    def __init__(self, log: EventLog, source: str) -> None:
        super().__init__(log.home, log.database)
        self._source = source

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
    ) -> Iterator[tuple[int, Event]]:
        """Yield what `EventLog.read` does, but for the events of that source."""
        told = super().read(book, after=after, up_to=up_to, kinds=kinds, source=source, ids=ids, by_time=by_time)
        return filter(self._stays, told)

    def blocks(self, book: str, *, after: int = 0, up_to: int | None = None) -> Iterator[list[Entry]]:
        """Yield the same in order of time, many at a time."""
        return those(super().blocks(book, after=after, up_to=up_to), self._stays)

    def _stays(self, entry: Entry) -> bool:
        return entry[1].source != self._source


class NothingKept(Evidence):
    """Evidence by its SHA-256 alone: nothing is written."""

    def keep(self, data: bytes) -> str:
        """Return the SHA-256 of *data* in hex; more than 64 MiB is refused, as where it is kept."""
        refuse_above(MOST_BYTES, len(data))
        return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, kw_only=True)
class TrialContext(BuildContext):
    """What a source is built with that is only tried: its `log` is a `LogWithout`, and it can keep nothing."""

    whole_log: EventLog
    """The log with all that is in it, where the taxpayer's profile stands."""

    @property
    def evidence(self) -> Evidence:
        """Return where raw answers go: nowhere."""
        return NothingKept(self.home)

    @property
    def own_files(self) -> Evidence:
        """Return where files of the taxpayer's own go: nowhere."""
        return NothingKept(self.home)

    @property
    def quarantine(self) -> None:
        """Return nothing: what is refused is told, and not kept."""
        return

    def policy(self, book: str) -> Policy:
        """Return what the taxpayer's profile and corrections say, by the whole log."""
        return Policy(self.whole_log, book)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a trial brought."""

    events: tuple[Event, ...]
    """The rows of what happened, by their time."""
    kinds: dict[str, int]
    """How many there are of each kind."""
    assets: tuple[AssetDeclared, ...]
    balances: tuple[Balance, ...]
    """What the source says is held, the last word for each wallet and coin."""
    notes: tuple[str, ...]
    """What it left out, and what it would alert of."""
    is_whole: bool
    """Whether it was read to its end."""
    far: str | None = None
    """How far it was read, where that was not to its end and the source says so."""


def try_out(
    source: ReceiptSource,
    clock: Clock,
    *,
    longest_seconds: float = LONGEST_SECONDS,
    progress: Callable[[str], None] = quiet,
) -> Found:
    """Ask *source* from its beginning, page by page, until it has no more or *longest_seconds* are over.

    *progress* is told, after each page, how far a long reading has come. Raises as `fetch_since` does.
    """
    until = clock.monotonic() + longest_seconds
    told: dict[str, Event] = {}  # by id: a page may tell again what no log holds yet
    notes: list[str] = []
    cursor, seen, is_whole, far = None, set[str | None](), False, None
    for _ in range(MOST_PAGES):
        page = source.fetch_since(cursor)
        told |= {event.id: event for event in page.events}
        notes += (*filter(None, (page.left_out,)), *page.alerts)
        is_whole = not page.more
        if page.progress is not None:
            progress(page.progress)
            far = page.progress
        seen.add(cursor)
        if is_whole or page.cursor in seen or clock.monotonic() >= until:
            break
        cursor = page.cursor
    every = tuple(told.values())
    rows = sorted((each for each in every if not isinstance(each, ABOUT_OTHERS)), key=lambda each: (each.at, each.id))
    balances = {(each.wallet, each.asset): each for each in every if isinstance(each, Balance)}
    return Found(
        events=tuple(rows),
        kinds=dict(Counter(map(kind_of, rows))),
        assets=tuple(each for each in every if isinstance(each, AssetDeclared)),
        balances=tuple(balances.values()),
        notes=tuple(dict.fromkeys(notes)),
        is_whole=is_whole,
        far=None if is_whole else far,
    )
