"""What was recorded after a position, and which events it touched: appended, corrected, voided, or brought back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple, assert_never

from lotwork.ledger import events as e
from lotwork.ledger.codec import kind_of
from lotwork.ledger.history import History


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
