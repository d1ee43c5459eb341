"""Events made ready for the folds: in doubt, shared, priced and deferred, as what was told before them has it.

Nine of ten are plain receipts, with a value, without a doubt and by nobody in particular: those are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lotwork.ledger.events import Event, Movement, Receipt, Transfer
from lotwork.ledger.history import History
from lotwork.projections.deferral import Deferral
from lotwork.projections.filer.sharing import Sharings
from lotwork.projections.findings import Findings
from lotwork.projections.pricing import Prices, Quote, valued
from lotwork.projections.questions.fees import FeeFold
from lotwork.projections.questions.payers import Payers

READIED = frozenset({Receipt, Transfer, Movement})
"""What may be in doubt, shared, without a price or deferred; all else is taken as it is told."""


class Readying(Protocol):
    """What a book knows of what came before."""

    history: History
    payers: Payers
    fees: FeeFold
    shares: Sharings
    prices: Prices
    quotes: dict[str, Quote]
    deferral: Deferral | None
    findings: Findings


def readied(book: Readying, events: Sequence[Event]) -> tuple[list[Event], list[int]]:
    """Return *events* as the folds of *book* take them, and the places of those that are no plain receipts."""
    told = [*events]
    others = [
        place
        for place, event in enumerate(events)
        if type(event) is not Receipt
        or event.value_usd_micros is None
        or event.doubt is not None
        or event.payer is not None
    ]
    if book.shares.are_any or book.deferral is not None:
        others = [*range(len(told))]
    for place in book.findings.at([place for place in others if type(told[place]) in READIED]):
        told[place] = _readied(book, told[place])
    return told, [place for place in others if not is_plain(told[place])]


def _readied(book: Readying, event: Event) -> Event:
    event = book.payers.compare(event)
    book.fees.see(event)
    event = valued(book.shares.mine(event), book.prices, book.history.assets, book.findings, book.quotes)
    return event if book.deferral is None else book.deferral.of(event)


def is_plain(event: Event) -> bool:
    """Say if *event* is a receipt with a value and without a doubt."""
    return type(event) is Receipt and event.value_usd_micros is not None and event.doubt is None
