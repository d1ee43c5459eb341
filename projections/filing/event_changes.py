"""What was recorded after a position, and which events it touched: appended, corrected, voided, or brought back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, assert_never

from lotwork.ledger import events as e
from lotwork.ledger.codec import kind_of
from lotwork.ledger.history import History, Log
from lotwork.ledger.units import AssetTable


class EventChange(NamedTuple):
    """One thing said later: the event it touched, how, by which event, where that stands, and why."""

    event: str
    kind: str
    how: str
    by: str
    position: int
    reason: str | None


def changes_since(history: History, then: History) -> Mapping[str, list[EventChange]]:
    """Return what was said after *then* ends, by the event it touched and left otherwise than *then* has it.

    Rules and filings are no such thing.
    """
    log, book = history.log, history.book
    troubles = len(history.troubles)
    found: defaultdict[str, list[EventChange]] = defaultdict(list)
    for place, event in log.read(book, after=then.up_to or 0, up_to=history.up_to):
        match event:
            case e.Rule() | e.Filing():
                pass
            case e.Void() | e.Correction():
                how = "voided" if isinstance(event, e.Void) else "corrected"
                for target in _touched(history, event, set()):
                    if history.amended(target) != then.amended(target):
                        change = EventChange(target.id, kind_of(target), how, event.id, place, event.reason)
                        found[target.id].append(change)
            case (
                e.Receipt() | e.Purchase() | e.GiftReceived() | e.Sale() | e.Transfer() | e.Movement() | e.Balance()
                | e.PriceSample() | e.ExchangeRate() | e.BrokerReport()
                | e.BusinessIncome() | e.Expense() | e.Usage() | e.HomeOffice() | e.Energy() | e.Tariff()
                | e.EnergyEstimate() | e.Sharing()
                | e.Equipment() | e.EquipmentUse() | e.EquipmentSale()
                | e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment()
                | e.Election() | e.Selection() | e.ActivityEvidence()
                | e.HashrateTold() | e.Difficulty() | e.Credit() | e.Suspense()
            ):  # fmt: skip
                found[event.id].append(EventChange(event.id, kind_of(event), "appended", event.id, place, None))
            case _:
                assert_never(event)
    del history.troubles[troubles:]
    return found


def _touched(history: History, event: e.Void | e.Correction, seen: set[str]) -> Iterator[e.Event]:
    """Yield the events that *event* changes, as recorded; a void of an amendment changes what that changed."""
    if event.id in seen:
        return
    seen.add(event.id)
    if event.target is None:
        if isinstance(event, e.Correction):
            for _, other in history.log.read(history.book, up_to=history.up_to):
                if history.reaches(event.select, other):
                    yield other
        return
    for _, target in history.log.read(history.book, up_to=history.up_to, ids=(event.target,)):
        if isinstance(target, e.Void | e.Correction):
            yield from _touched(history, target, seen)
        else:
            yield target


class LogAsKnown:
    """A log as if what was recorded after a position, and reaches back before an instant, had never been said."""

    def __init__(self, log: Log, position: int, before: datetime) -> None:
        self._log = log
        self._position = position
        self._before = before

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
        told = self._log.read(book, after=after, up_to=up_to, kinds=kinds, source=source, ids=ids, by_time=by_time)
        return (entry for entry in told if entry[0] <= self._position or not self._reaches_back(entry[1]))

    def assets(self, book: str) -> AssetTable:
        """Return the assets the book knows."""
        return self._log.assets(book)

    def shared_txids(self, book: str, *, after: int = 0) -> frozenset[str]:
        """Return the transactions that more than one event names."""
        return self._log.shared_txids(book, after=after)

    def last_of_version(self, book: str, version: int) -> int:
        """Return the last position written in *version* or an older one."""
        return self._log.last_of_version(book, version)

    def _reaches_back(self, event: e.Event) -> bool:
        return isinstance(event, e.Void | e.Correction | e.Rule) or event.at < self._before
