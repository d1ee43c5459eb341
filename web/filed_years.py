"""A return as filed beside the same return as now known, at the price of a page: no more is folded than is shown.

`lotwork diff --filed` tells the rest: what each line's change is due to, Form 1040-X, and the years after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Filing
from lotwork.ledger.history import History
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.units import ZERO
from lotwork.projections.filing.amendment import Amendment
from lotwork.projections.filing.amendment_price import AmendmentPrice, price_of
from lotwork.projections.filing.event_changes import EventChange, changes_since
from lotwork.projections.filing.explained import Explained
from lotwork.projections.filing.filed import Filed, filings, read_filed
from lotwork.projections.filing.line_changes import LineChange, entries_as_filed, entries_of, line_changes
from lotwork.projections.filing.penalty import beside
from lotwork.projections.filing.state_amendment import StateAmendment, amended_form, moved_state
from lotwork.projections.liability import Liability
from lotwork.projections.replay.book import Book
from lotwork.projections.states.liability import state_liability
from lotwork.rules.load import Law

YEARS_LOOKED_AT = 4
"""This year's return and those of so many years before, which a refund claim can still reach."""


@dataclass(frozen=True, slots=True)
class FiledYear:
    """One year's return that counts as filed, and what moved since."""

    filing: Filing
    filed_on: date
    amended: Amendment | None
    """None where its figures cannot be read."""
    price: AmendmentPrice | None
    changes: tuple[EventChange, ...]
    """What was said since of the events behind the lines that moved."""
    unread: str = ""

    @property
    def year(self) -> int:
        """The tax year."""
        return self.filing.year

    @property
    def moves(self) -> tuple[LineChange, ...]:
        """The lines that moved, those of the state's return among them."""
        if self.amended is None:
            return ()
        state = self.amended.state
        return tuple(each.move for each in (*self.amended.lines, *(state.lines if state else ())))

    @property
    def more_tax(self) -> Decimal:
        """How much more tax there is than was filed; negative: less."""
        return self.amended.additional_tax if self.amended else ZERO


def filed_lately(history: History, year: int, today: date) -> dict[int, Filing]:
    """Return the filings that count, of *year* and of the years a claim can still reach, by year."""
    wanted = {year, *range(today.year - YEARS_LOOKED_AT, today.year + 1)}
    return {filing.year: filing for filing in filings(history) if filing.year in wanted}


def filed_year(
    book: Book, law: Law, log: EventLog, filing: Filing, now: Liability, today: date, as_of: date | None = None
) -> FiledYear:
    """Return *filing* held against *now*, the same return by the Tax Table as *book* has it today.

    Where the book ends with the day *as_of*, so does what it is held against.
    """
    history = book.history
    filed_on = history.calendar.day(filing.at)
    try:
        hash_there = log.hash_at(history.book, filing.position) if filing.position else filing.head
        filed = read_filed(filing, hash_there)
    except InputRefusedError as broken:
        return FiledYear(filing, filed_on, None, None, (), str(broken))
    moved = line_changes(entries_as_filed(filed.figures.lines), entries_of(beside(now, filed.figures)))
    state = _state_since(book, law, filed, now)
    amended = Amendment(filed, now, book, law, _unexplained(moved), (), (), (), state)
    every = (*moved, *(each.move for each in (state.lines if state else ())))
    changes = tuple(_changes(book, log, filed, every, as_of)) if every else ()
    return FiledYear(filing, filed_on, amended, price_of(amended, today) if moved else None, changes)


def _unexplained(moved: Sequence[LineChange]) -> tuple[Explained, ...]:
    return tuple(Explained(move, None, (), 0, ()) for move in moved)


def _state_since(book: Book, law: Law, filed: Filed, now: Liability) -> StateAmendment | None:
    """Return the state's return held against what was filed of it; None where none was, or it is not known now."""
    own = filed.figures.state
    if own is None:
        return None
    state = state_liability(book, law, now)
    if state.is_unknown:
        return None
    return StateAmendment(own, state, _unexplained(moved_state(own, now, state)), amended_form(law, own, now.year))


def _changes(
    book: Book, log: EventLog, filed: Filed, moved: Sequence[LineChange], as_of: date | None
) -> Iterator[EventChange]:
    """Yield what was said since *filed* of the events behind *moved*, each change once."""
    history = book.history
    then = History.read(log, history.book, up_to=filed.event.position, until=as_of)
    since = changes_since(history, then)
    behind = dict.fromkeys(event for move in moved for event in move.events)
    for event in behind:
        yield from since.get(event, ())
