"""What of a book still waits: receipts and fees without a price, and movements nobody has said why of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from threading import Lock

from lotwork.ingest.prices.fetch import Wanted
from lotwork.ledger.events import Credit, Event, Movement, Receipt
from lotwork.ledger.history import History
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.pricing import Unpriced, without_price
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.resuming import folded


@dataclass(frozen=True, slots=True)
class Waiting:
    """The events of a book that wait, as of a position of its log."""

    position: int
    receipts: tuple[tuple[str, datetime], ...]
    """Receipts without a price: id and when they were received."""
    wanted: tuple[Wanted, ...]
    """The prices that would end the waiting, of receipts and of fees; and of credits that are observed, which no figure
    has, so that what the other policy would count is told in dollars."""
    movements: int
    """Movements that no correction has given a meaning."""


def waiting_of(book: Book, position: int) -> Waiting:
    """Return what waits in *book*, which is folded up to *position*: read is only what it has no price for."""
    receipts: list[tuple[str, datetime]] = []
    wanted: dict[Wanted, None] = {}
    for event in _unpriced(book):
        if isinstance(event, Receipt):
            receipts.append((event.id, event.at))
        wanted[Wanted(event.asset, event.at)] = None
    observed = (event for event in _of_kind(book.history, "credit") if isinstance(event, Credit))
    wanted |= dict.fromkeys(
        Wanted(event.asset, event.at) for event in observed if not book.prices.know(event.asset, event.at)
    )
    movements = (event for event in _of_kind(book.history, "movement") if isinstance(event, Movement))
    return Waiting(position, tuple(receipts), tuple(wanted), sum(not event.is_fee for event in movements))


def _unpriced(book: Book) -> list[Unpriced]:
    """Return the receipts and fees of *book* that wait for a price, in order; what is in doubt may wait for none."""
    history, told = book.history, len(book.history.troubles)
    in_doubt = {name for _, name in book.income.held}
    perhaps = in_doubt.union((name for _, name in book.income.pending), book.gains.pending)
    found = []
    for position, event in history.log.read(history.book, up_to=history.up_to, ids=perhaps) if perhaps else ():
        holds = history.amended(event)
        waiting = None if holds is None else without_price(holds)
        if waiting is None or (event.id in in_doubt and book.prices.know(waiting.event.asset, waiting.event.at)):
            continue
        found.append((waiting.event.at, position, waiting.event))
    del history.troubles[told:]
    return [event for _, _, event in sorted(found, key=itemgetter(0, 1))]


def _of_kind(history: History, kind: str) -> list[Event]:
    """Return the effective events of a *kind*; their troubles were told when they were folded."""
    told = len(history.troubles)
    events = history.of_kind(kind)
    del history.troubles[told:]
    return events


class Pending:
    """What waits in the books of one log, looked for again only where a book has grown.

    Prices and alerts ask at once when a daemon begins: who comes second waits for what the first one finds.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._known: dict[str, Waiting] = {}
        self._asking = defaultdict[str, Lock](Lock)

    def of(self, book: str, current: Book | None = None) -> Waiting:
        """Return what of *book* waits; *current* is the book, where it is folded to the end of the log already."""
        with self._asking[book]:
            position = self._log.head(book).position
            known = self._known.get(book)
            if known is None or known.position != position:
                if current is None or current.history.up_to != position:
                    current = folded(History.read(self._log, book, up_to=position), ())
                known = self._known[book] = waiting_of(current, position)
            return known
