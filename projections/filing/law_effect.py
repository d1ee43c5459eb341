"""What another law would change for one book: every form line that moves in each year, and the figures behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import State
from lotwork.ledger.history import History
from lotwork.ledger.units import ZERO
from lotwork.projections.filing.line_changes import Entry, LineChange, entries_of, entries_of_state, line_changes
from lotwork.projections.law_in_force import folded_law
from lotwork.projections.liability import liability
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.resuming import folded
from lotwork.projections.states.liability import StateLiability, state_liability
from lotwork.rules.compare import FigureChange
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law


class LineEffect(NamedTuple):
    """A line that moves, and the figures behind it that differ."""

    move: LineChange
    figures: tuple[FigureChange, ...]


class YearEffect(msgspec.Struct, frozen=True):
    """The lines of one year that move; *unknown*: why it, or its state's return, cannot be computed under a law."""

    year: int
    lines: tuple[LineEffect, ...]
    unknown: str | None = None
    state: State | None = None
    """Whose tax *state_change* is of; None where no return of a state is reckoned under both laws."""
    state_change: Decimal = ZERO
    """By how much the state's tax after its credits moves."""


class _Reckoned(NamedTuple):
    """A year under one law; *why* the state has no lines though one is told."""

    federal: list[Entry]
    of_state: list[Entry]
    state: StateLiability
    why: str


def years_of(history: History, law: Law) -> tuple[int, ...]:
    """Return the years in which anything happened that a return tells of."""
    book = folded(history, (), law)
    calendar = history.calendar
    told = {when for when, _ in book.income.totals} | {when for when, _ in book.gains.totals}
    told |= set(book.taxpayer.year_facts) | {payment.year for payment in book.taxpayer.payments}
    told |= {calendar.day(event.at).year for event in history.of_kind("expense", "equipment")}
    return tuple(sorted(told))


def effects(
    history: History, before: Law, after: Law, years: Sequence[int], changed: Collection[FigureChange]
) -> Iterator[YearEffect]:
    """Yield what moves in each of *years* where *after* takes the place of *before*; *changed* are their figures.

    Where the two agree in all that a fold asks, the lines of both are those of one book. The lines of the state's
    return are among them.
    """
    books: dict[str, Book] = {}

    def reckoned(law: Law, year: int) -> _Reckoned:
        asked = folded_law(law).digest
        if asked not in books:
            books[asked] = folded(history, years, law)
        book = books[asked]
        owed = liability(book, law, year)
        state = state_liability(book, law, owed)
        why = "; ".join(each.message for each in state.findings) if state.is_unknown else ""
        return _Reckoned(entries_of(owed), entries_of_state(owed, state), state, why)

    for year in years:
        try:
            old, new = reckoned(before, year), reckoned(after, year)
        except UnknownFigureError as unknown:
            yield YearEffect(year, (), str(unknown))
            continue
        unknown_state = (old.why or new.why) if bool(old.why) != bool(new.why) else ""
        of_state = () if unknown_state else line_changes(old.of_state, new.of_state)
        moved = (*line_changes(old.federal, new.federal), *of_state)
        if moved or unknown_state:
            behind = tuple(LineEffect(move, _behind(move, changed)) for move in moved)
            both = old.state.computed is not None and new.state.computed is not None
            change = new.state.tax - old.state.tax if both else ZERO
            yield YearEffect(year, behind, unknown_state or None, new.state.state if both else None, change)


def _behind(move: LineChange, changed: Iterable[FigureChange]) -> tuple[FigureChange, ...]:
    return tuple(figure for figure in changed if figure.path in move.figures)
