"""What of a book still waits: receipts and fees without a price, and movements nobody has said why of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock

from lotwork.ingest.prices.fetch import Wanted
from lotwork.ledger.events import Credit, Movement, Receipt
from lotwork.ledger.history import History
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.pricing import Prices, priced, without_price
from lotwork.projections.replay.book import recorded_prices


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


def waiting_of(history: History, position: int) -> Waiting:
    """Return what waits in *history*, which was read up to *position*."""
    receipts: list[tuple[str, datetime]] = []
    wanted: dict[Wanted, None] = {}
    movements = 0
    prices = Prices(history.of_kind("price"), partial(recorded_prices, history))
    for event in priced(history.events(), prices, history.assets, [], {}):
        waiting = without_price(event)
        if waiting is not None:
            wanted[Wanted(waiting.event.asset, waiting.event.at)] = None
            if isinstance(event, Receipt):
                receipts.append((event.id, event.at))
        movements += waiting is None and isinstance(event, Movement)
    wanted |= dict.fromkeys(_observed(history, prices))
    return Waiting(position, tuple(receipts), tuple(wanted), movements)


def _observed(history: History, prices: Prices) -> Iterator[Wanted]:
    """Yield the prices that credits wait for which are observed and are no income."""
    for event in history.of_kind("credit"):
        if isinstance(event, Credit) and prices.at(event.asset, event.at)[0] is None:
            yield Wanted(event.asset, event.at)


class Pending:
    """What waits in the books of one log, read again only where a book has grown.

    Prices and alerts ask at once when a daemon begins: who comes second waits for what the first one reads.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._known: dict[str, Waiting] = {}
        self._asking = defaultdict[str, Lock](Lock)

    def of(self, book: str, history: History | None = None) -> Waiting:
        """Return what of *book* waits; *history* is its history, where it was read already."""
        with self._asking[book]:
            position = self._log.head(book).position
            known = self._known.get(book)
            if known is None or known.position != position:
                known = waiting_of(history or History.read(self._log, book), position)
                self._known[book] = known
            return known
