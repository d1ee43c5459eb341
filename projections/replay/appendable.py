"""What may be folded onto a book as it stands: events that only add to its end.

An event that reaches back - a void, a correction, an election, a price for something that came before it - changes
what was folded already, and so does one that is told late: then the book is replayed from zero. Everything else costs
the same whether ten events stand before it or ten million.
"""

from __future__ import annotations

from itertools import islice
from typing import assert_never

from lotwork.ledger.events import (
    ActivityEvidence,
    AssetDeclared,
    Balance,
    BrokerReport,
    Correction,
    Election,
    Energy,
    Equipment,
    EquipmentSale,
    EquipmentUse,
    Event,
    ExchangeRate,
    Expense,
    Filing,
    GiftReceived,
    HomeOffice,
    Movement,
    Payment,
    PriceSample,
    Profile,
    Purchase,
    Receipt,
    Rule,
    Sale,
    Selection,
    Tariff,
    Transfer,
    Usage,
    Void,
    WalletDeclared,
    YearFacts,
)
from lotwork.projections.pricing import NEAR
from lotwork.projections.replay.book import Book

LONGEST = 50_000
"""A longer tail would not fit into memory as easily as it is replayed."""


def read_appendable(book: Book, after: int, up_to: int | None = None) -> list[Event] | None:
    """Return the events after position *after* that *book*, folded up to there, takes next; None: replay from zero."""
    history = book.history
    recorded = history.log.read(history.book, after=after, up_to=up_to, by_time=True)
    told = [event for _, event in islice(recorded, LONGEST + 1)]
    if len(told) > LONGEST or history.log.shared_txids(history.book, after=after):
        return None
    troubles = len(history.troubles)
    tail: list[Event] = []
    latest = book.latest
    for event in told:
        holds = history.amended(event)
        if _reaches_back(event, book) or (holds is not None and _reaches_back(holds, book)):
            break
        if holds is not None:
            if latest is not None and holds.at < latest:
                break
            tail.append(holds)
            latest = holds.at
    else:
        return tail
    del history.troubles[troubles:]
    return None


def _reaches_back(event: Event, book: Book) -> bool:
    """Say if *event* may change what *book* made of the events before it."""
    match event:
        case Receipt() | Purchase() | Sale() | Transfer() | Movement() | Balance() | BrokerReport():
            return False
        case Expense() | Energy() | Tariff() | Equipment() | EquipmentSale():
            return False
        case PriceSample():
            asked = book.prices.asked.get(event.asset)
            return asked is not None and asked >= event.at - NEAR
        case AssetDeclared() | WalletDeclared() | Payment() | Profile() | YearFacts() | Election() | Selection():
            return True
        case Void() | Correction() | Rule() | Filing():
            return True
        case GiftReceived():
            return False
        case Usage() | HomeOffice() | EquipmentUse() | ActivityEvidence() | ExchangeRate():
            return True
        case _:
            assert_never(event)
