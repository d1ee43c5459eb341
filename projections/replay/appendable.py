"""What may be folded onto a book as it stands: events that only add to its end.

An event that reaches back - a void, a correction, an election, a price for something that came before it - changes
what was folded already, and so does one that is told late: then the book is replayed from zero. Everything else costs
the same whether ten events stand before it or ten million.
"""

from __future__ import annotations

from itertools import islice, takewhile
from typing import assert_never

from lotwork.ledger import events as e
from lotwork.ledger.doubts import may_list_for, named
from lotwork.projections.basis.same_instant import may_wait
from lotwork.projections.pricing import NEAR
from lotwork.projections.questions.rows_twice import is_row_of_former_release
from lotwork.projections.replay.book import Book

LONGEST = 50_000
"""A longer tail would not fit into memory as easily as it is replayed."""


def read_appendable(book: Book, after: int, up_to: int | None = None) -> list[e.Event] | None:
    """Return the events after position *after* that *book*, folded up to there, takes next; None: replay from zero."""
    history = book.history
    recorded = history.log.read(history.book, after=after, up_to=up_to, by_time=True)
    told = [event for _, event in islice(recorded, LONGEST + 1)]
    if len(told) > LONGEST or history.log.shared_txids(history.book, after=after):
        return None
    troubles = len(history.troubles)
    tail: list[e.Event] = []
    latest = book.latest
    left_at = book.latest if book.left_last else None  # what left there may have to wait for what is told of it now
    for event in told:
        holds = history.amended(event)
        if _reaches_back(event, book) or (holds is not None and _reaches_back(holds, book)):
            break
        if holds is not None:
            if latest is not None and (holds.at < latest or holds.at == left_at):
                break
            tail.append(holds)
            latest = holds.at
    else:
        at_once = list(takewhile(lambda event: event.at == book.latest, tail))
        if not may_wait(at_once):  # else all of the instant is folded in turn, what came before in it too
            return tail
    del history.troubles[troubles:]
    return None


def _reaches_back(event: e.Event, book: Book) -> bool:
    """Say if *event* may change what *book* made of the events before it."""
    if is_row_of_former_release(event):
        return True
    match event:
        case e.Receipt() | e.Transfer():
            return _is_compared(event, book)
        case e.Purchase() | e.Sale() | e.Movement() | e.Balance() | e.BrokerReport():
            return False
        case e.HashrateTold() | e.Difficulty() | e.Credit() | e.Suspense():
            return False
        case e.BusinessIncome() | e.Expense() | e.Energy() | e.Tariff() | e.Equipment() | e.EquipmentSale():
            return False
        case e.EnergyEstimate():
            return False
        case e.PriceSample():
            asked = book.prices.asked.get(event.asset)
            return asked is not None and asked >= event.at - NEAR
        case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
            return True
        case e.Election() | e.Selection() | e.ActivityEvidence() | e.ExchangeRate():
            return True
        case e.Usage() | e.HomeOffice() | e.EquipmentUse() | e.Sharing():
            return True
        case e.Void() | e.Correction() | e.Rule() | e.Filing():
            return True
        case e.GiftReceived():
            return False
        case _:
            assert_never(event)


def _is_compared(event: e.Receipt | e.Transfer, book: Book) -> bool:
    """Say if a pool's list is to be held against an output by *event*: it is one of them, and the other is there."""
    pool = may_list_for(event)
    if pool is not None:
        return pool in book.income.listed
    if isinstance(event, e.Receipt) and event.pool is not None and event.vout is not None:
        return named(event.pool) in book.income.listing | book.history.listing
    return False
