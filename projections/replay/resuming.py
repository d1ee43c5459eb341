"""Fold a book at the cost of what is new, where its log is one that keeps checkpoints."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import msgspec

from lotwork.ledger.history import History
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.replay.as_known import LogAsKnown
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.checkpoint import FAR, Checkpoints
from lotwork.rules.load import Law


def folded(
    history: History,
    years: Collection[int],
    law: Law | None = None,
    *,
    until: date | None = None,
    from_zero: bool = False,
    keep: bool = False,
) -> Book:
    """Return the book of *history* folded, to the end of the day *until* where it is given, with the rows of *years*.

    It goes on from a checkpoint or a stop where the history is a log's own, read up to a position, and leaves one where
    it is the log's as it stands, or whoever asks says *keep*. What is supposed over a log, and what is told to begin
    *from_zero*, is folded whole and leaves none.
    """
    log = history.log.log if isinstance(history.log, LogAsKnown) else history.log
    if from_zero or type(history) is not History or history.up_to is None or not isinstance(log, EventLog):
        return Book.begin(history, years, law).fold(until=until)
    kept = Checkpoints(log.home)
    if until is not None or history.end is not None:
        return kept.cut(log, history, years, law, until, FAR)
    return kept.replay(
        log, history.book, up_to=history.up_to, law=law, years=years, history=history, least=FAR, keep=keep
    ).book


def folded_beside(book: Book, years: Collection[int], law: Law | None, *, until: date | None = None) -> Book:
    """Return the history of *book* folded from zero once more, to the end of the day *until* where it is given.

    What its passes come upon is its own: *book* goes on telling the troubles of all that it folded.
    """
    return Book.begin(msgspec.structs.replace(book.history, troubles=[]), years, law).fold(until=until)
