"""What a person tells by hand, at a terminal or on a page: one door, with one set of checks and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.events import Expense, Filing, Rule
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
    for book, events in intake.events.items():
        for event in events:
            if isinstance(event, Rule):
                try:
                    Law.load().corrected((event,))
                except InputRefusedError as refusal:
                    where = intake.where(book, event.id) or event.id
                    intake.problems.append(Problem(where, "figure", str(refusal), "see `lotwork rules list`"))
            elif isinstance(event, Filing):
                try:
                    read_filed(event, None)
                except InputRefusedError as refusal:
                    where = intake.where(book, event.id) or event.id
                    intake.problems.append(Problem(where, "figures", str(refusal), "import the export as it was made"))
    intake.check()


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
