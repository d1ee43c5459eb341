"""What a person tells by hand, at a terminal or on a page: one door, with one set of checks and words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from lotwork.ledger.codec import kind_of
from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.events import Expense
from lotwork.ledger.evidence_told import EvidenceTold
from lotwork.ledger.history import Log
from lotwork.ledger.intake import Intake, Ledger
from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.projections.costs.near_category import near_category
from lotwork.projections.costs.words import category_word
from lotwork.projections.filing.filed import read_filed
from lotwork.rules.load import Law
from lotwork.rules.us.no_expense import refused


def let_in(log: Ledger, book: str, lines: Iterable[TextLine], evidence: EvidenceTold, now: datetime) -> Intake:
    """Return what *lines* tell of *book*, held against *log* and the law; InputRefusedError with every problem."""
    intake = Intake(log, book, evidence=evidence, now=now)
    intake.take(lines, None)
    intake.problems += _no_expense(intake, log)
    check(intake)
    return intake


def check(intake: Intake) -> None:
    """Hold what was taken against the log, and every correction of the law against the law."""
    for events in intake.events.values():
        for where, event in events.of_kinds(HELD_AGAINST):
            intake.problems += [Problem(where, *told) for told in HELD_AGAINST[kind_of(event)](event)]
    intake.check()


def _not_of_the_law(rule: Any) -> Iterator[tuple[str, str, str]]:
    """Yield why the law has no place for a correction of it."""
    try:
        Law.load().corrected((rule,))
    except InputRefusedError as refusal:
        yield "figure", str(refusal), "see `lotwork rules list`"


def _no_return(filing: Any) -> Iterator[tuple[str, str, str]]:
    """Yield why a return as filed cannot be read."""
    try:
        read_filed(filing, None)
    except InputRefusedError as refusal:
        yield "figures", str(refusal), "import the export as it was made"


HELD_AGAINST: Mapping[str, Callable[[Any], Iterator[tuple[str, str, str]]]] = {
    "rule": _not_of_the_law,
    "filing": _no_return,
}
"""By kind: the key, the reason and the remedy of what an event says that cannot be."""


def _no_expense(intake: Intake, log: Log) -> Iterator[Problem]:
    """Yield what names no expense, or a slip of one, of an event that is told by hand, and is not recorded yet.

    A file is let in whole: what it says is true, and its other rows are wanted. There the bill deducts nothing, and the
    finding `category_no_expense` stops the filing until it is settled.
    """
    for book, events in intake.events.items():
        for event in events:
            why = (
                _why_not(category_word(event.category)) if isinstance(event, Expense) and not event.refund_of else None
            )
            if why is not None and not any(log.read(book, ids=[event.id])):
                yield Problem(intake.where(book, event.id) or event.id, "category", *why)


def _why_not(category: str) -> tuple[str, str] | None:
    """Return why a bill of *category* is not let in by hand, and what to do: no expense, or a slip of one that is."""
    near = near_category(category)
    if near is None:
        return refused(category)
    return (
        f"{category!r} is almost {near!r}, which has a line of its own",
        f"write category={near}, or, for another expense, a word that is less like it",
    )
