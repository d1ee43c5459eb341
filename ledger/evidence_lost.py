"""Which events name evidence that is not there: its file was deleted, or its digest was made up.

The chain proves that an event is what was written, and each file that it is what was kept; that the one names the
other's is asked here. An event that is void, or whose evidence was corrected since, asks for it no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lotwork.ledger.events import Correction, Event
from lotwork.ledger.storage.evidence import FOLDER_NAME, Evidence, named_by
from lotwork.ledger.storage.log import EventLog

if TYPE_CHECKING:
    from lotwork.ledger.history import History

MOST_NAMED = 5
REMEDY = (
    f"put each back as {FOLDER_NAME}/ab/abcd…, by its first two digits and its whole name, or restore a backup; where "
    "it never was, correct `evidence` or void the event"
)


class Lost(NamedTuple):
    """An event, and the SHA-256 of the evidence that it names and nobody has."""

    book: str
    position: int
    event: str
    sha256: str

    def __str__(self) -> str:
        return f"book {self.book}, position {self.position} ({self.event}) names {self.sha256}"


def lost_evidence(log: EventLog, kept: Evidence) -> tuple[Lost, ...]:
    """Return each event of the ledger that names evidence which is not kept, in order."""
    return tuple(lost for book in log.books() for lost in _lost_of(log, book, kept))


def in_words(lost: Sequence[Lost]) -> str:
    """Return what is lost, the first few by name."""
    count = f"{len(lost)} events name" if len(lost) > 1 else "1 event names"
    more = f"; and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
    return f"{count} evidence that is not kept: {'; '.join(map(str, lost[:MOST_NAMED]))}{more}"


def _lost_of(log: EventLog, book: str, kept: Evidence) -> Iterator[Lost]:
    found: list[tuple[int, Event]] = []
    seen = ""
    for position, event in log.saying(book, "evidence"):
        for sha256 in named_by(event):
            if sha256 == seen:
                continue
            if kept.holds(sha256):
                seen = sha256  # the rows of one file name it one after the other
            else:
                found.append((position, event))
                break
    if not found:
        return
    from lotwork.ledger.history import History  # noqa: PLC0415 - nearly always all evidence is there

    history = History.read(log, book)
    for position, event in found:
        holds = None if event.id in history.voided else _as_it_holds(history, event)
        if holds is not None:
            yield from (Lost(book, position, event.id, each) for each in named_by(holds) if not kept.holds(each))


def _as_it_holds(history: History, event: Event) -> Event | None:
    return event if isinstance(event, Correction) else history.corrected(event)
