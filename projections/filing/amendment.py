"""A return as filed against the same return as now known: what moves, and what each part of the move is due to.

Three computations stand between the two: what was filed; the log of then under the law of then, computed by this
program; the log of then under today's law; and everything as now known. Their steps are the program's part of a change,
the law's part, and the events' part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.errors import IntegrityError
from lotwork.ledger.history import History
from lotwork.ledger.units import usd_decimal
from lotwork.projections.filing.event_changes import EventChange, changes_since
from lotwork.projections.filing.explained import Explained, Stages, explained_all
from lotwork.projections.filing.filed import Filed, filings, read_filed
from lotwork.projections.filing.line_changes import (
    Entry,
    LineChange,
    entries_as_filed,
    entries_of,
    entries_of_state,
    line_changes,
)
from lotwork.projections.filing.penalty import beside
from lotwork.projections.filing.state_amendment import StateAmendment, amended_form, of_what_is_not, state_entries
from lotwork.projections.findings import Finding
from lotwork.projections.law_in_force import folded_law, law_in_force
from lotwork.projections.liability import Liability, liability
from lotwork.projections.replay.as_known import LogAsKnown
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.resuming import folded
from lotwork.projections.states.liability import StateLiability, state_liability
from lotwork.rules.compare import FigureChange, difference
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.law_archive import LawArchive
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.late_payment import PaidOn
from lotwork.rules.us.states.table import of_another

MOST_YEARS = 20
"""So many years from the filed one on are looked at."""


class Stage(NamedTuple):
    """The lines of a return of then, and those of its state's; None: none was filed, or it cannot be reckoned."""

    federal: list[Entry]
    state: list[Entry] | None


class LaterYear(NamedTuple):
    """What a change of one year moves in a later one; *filing*: that year's return as filed, where there is one."""

    year: int
    filing: str | None
    moves: tuple[LineChange, ...]


class Amendment(msgspec.Struct, frozen=True):
    """A filed return held against what is now known."""

    filed: Filed
    now: Liability
    book: Book
    law: Law
    lines: tuple[Explained, ...]
    """Those of the federal return."""
    figures: tuple[FigureChange, ...]
    """Every figure of the law that another value has now."""
    later: tuple[LaterYear, ...]
    findings: tuple[Finding, ...]
    state: StateAmendment | None = None
    """The return of the state that was filed with it, held against the same; None where none is."""

    @property
    def year(self) -> int:
        """The tax year."""
        return self.filed.event.year

    @property
    def tax_filed(self) -> Decimal:
        """Total tax as filed, after credits."""
        return self.filed.amount("payments_usd") + self.filed.amount("balance_due_usd")

    @property
    def tax_now(self) -> Decimal:
        """Total tax as now known, after credits."""
        return to_cents(self.now.balance_due + self.now.paid)

    @property
    def additional_tax(self) -> Decimal:
        """How much more tax there is; negative: less."""
        return self.tax_now - self.tax_filed

    @property
    def filed_on(self) -> date:
        """The day the return was filed."""
        return self.book.history.calendar.day(self.filed.event.at)

    def payments(self) -> list[tuple[str, PaidOn]]:
        """Return what was paid towards the year: its type, its day, and how much; withholding of the facts included."""
        calendar = self.book.history.calendar
        made: list[tuple[str, PaidOn]] = [
            (payment.type, PaidOn(calendar.day(payment.at), usd_decimal(payment.amount_usd_micros)))
            for payment in self.book.taxpayer.payments_for(self.year)
        ]
        withheld = self.now.facts.withholding_usd_micros or 0
        return [("withholding", PaidOn(date(self.year, 12, 31), usd_decimal(withheld))), *made] if withheld else made


def amendment(history: History, filed: Filed, law: Law, archive: LawArchive) -> Amendment:
    """Return what moved since *filed*: *history* as now known, under *law* now; *archive* keeps the law of then."""
    event, year = filed.event, filed.event.year
    findings: list[Finding] = [] if filed.from_this_log else [_other_log(filed)]
    book = folded(history, range(year, year + MOST_YEARS), law)
    now = beside(liability(book, law, year, tax_table=True), filed.figures)
    state = state_liability(book, law, now)
    then = History.read(history.log, history.book, up_to=event.position)
    before = _law_then(filed, then, archive, findings)
    states = {state.state, None if filed.figures.state is None else filed.figures.state.state}
    differ = () if before is None else difference(before, law)
    changed = tuple(each for each in differ if not of_another(each.path, states))
    stages = _stages(filed, then, before, law, findings)
    if stages is not None and _otherwise(filed, stages):
        findings.append(_other_program(filed))
    since = changes_since(history, then)
    of_federal = None if stages is None else (stages[0].federal, stages[1].federal)
    findings += of_what_is_not(filed, state)
    return Amendment(
        filed=filed,
        now=now,
        book=book,
        law=law,
        lines=explained_all(entries_as_filed(filed.figures.lines), entries_of(now), of_federal, since, changed),
        figures=changed,
        later=tuple(_later(book, filed, law)),
        findings=tuple(findings),
        state=_of_state(filed, now, state, stages, since, law, changed),
    )


def _of_state(
    filed: Filed,
    now: Liability,
    state: StateLiability,
    stages: tuple[Stage, Stage] | None,
    since: Mapping[str, list[EventChange]],
    law: Law,
    changed: Sequence[FigureChange],
) -> StateAmendment | None:
    """Return the state's part; None where none was filed with it, or what it comes to now is not known."""
    own = filed.figures.state
    if own is None or state.is_unknown:
        return None
    steps: Stages | None = None
    if stages is not None and stages[0].state is not None and stages[1].state is not None:
        steps = stages[0].state, stages[1].state
    lines = explained_all(entries_as_filed(own.lines), entries_of_state(now, state), steps, since, changed)
    return StateAmendment(own, state, lines, amended_form(law, own, now.year))


def _otherwise(filed: Filed, stages: tuple[Stage, Stage]) -> bool:
    """Say if this program finds other lines than were filed, from the log of then under the law of then."""
    own, found = filed.figures.state, stages[0].state
    if own is not None and found is not None and line_changes(entries_as_filed(own.lines), found):
        return True
    return bool(line_changes(entries_as_filed(filed.figures.lines), stages[0].federal))


def _law_then(filed: Filed, then: History, archive: LawArchive, findings: list[Finding]) -> Law | None:
    try:
        kept = archive.law(filed.event.law_files or filed.event.law)
    except IntegrityError as lost:
        findings.append(Finding("filed_law_lost", str(lost), filed.event.id))
        return None
    return law_in_force(then, kept)


def _stages(
    filed: Filed, then: History, before: Law | None, law: Law, findings: list[Finding]
) -> tuple[Stage, Stage] | None:
    """Return the lines of then by this program: under the law of then, and under today's.

    None where the law of then is lost, or lacks a figure that this program's formulas ask for.
    """
    if before is None:
        return None
    years = (filed.event.year,)
    try:
        book = folded(then, years, before, keep=True)
        first = _lines(book, before, filed)
    except UnknownFigureError:
        findings.append(_other_program(filed))
        return None
    if before.digest == law.digest:
        return first, first
    if folded_law(before).digest != folded_law(law).digest:
        book = folded(then, years, law, keep=True)
    return first, _lines(book, law, filed)


def _lines(book: Book, law: Law, filed: Filed) -> Stage:
    owed = beside(liability(book, law, filed.event.year, tax_table=True), filed.figures)
    return Stage(entries_of(owed), None if filed.figures.state is None else state_entries(book, law, owed))


def _later(book: Book, filed: Filed, law: Law) -> Iterator[LaterYear]:
    """Yield what moves in the years after: as filed there, else as if what reaches back had never been said."""
    history, year = book.history, filed.event.year
    last = year if book.latest is None else history.calendar.day(book.latest).year
    unsaid: Book | None = None
    for later in range(year + 1, min(last + 1, year + MOST_YEARS)):
        earlier = filings(history, later)
        try:
            owed = liability(book, law, later, tax_table=True)
            of_state: list[Entry] | None
            if earlier:
                figures = read_filed(earlier[-1], None).figures
                owed, old = beside(owed, figures), entries_as_filed(figures.lines)
                of_state = None if figures.state is None else entries_as_filed(figures.state.lines)
            else:
                unsaid = unsaid or _unsaid(history, filed, law)
                rules = law_in_force(unsaid.history, law.without_corrections())
                before = liability(unsaid, rules, later, tax_table=True)
                old, of_state = entries_of(before), state_entries(unsaid, rules, before)
            now = None if of_state is None else state_entries(book, law, owed)
        except UnknownFigureError:
            return
        moved = line_changes(old, entries_of(owed))
        if of_state is not None and now is not None:
            moved += line_changes(of_state, now)
        if moved:
            yield LaterYear(later, earlier[-1].id if earlier else None, moved)


def _unsaid(history: History, filed: Filed, law: Law) -> Book:
    """Return the book as if nothing that was said since *filed* reached back into its year or before."""
    year = filed.event.year
    end = history.calendar.midnight(date(year + 1, 1, 1))
    left = History.read(LogAsKnown(history.log, filed.event.position, end), history.book, up_to=history.up_to)
    rules = law_in_force(left, law.without_corrections())
    return folded(left, range(year + 1, year + MOST_YEARS), rules, keep=True)


def _other_log(filed: Filed) -> Finding:
    return Finding(
        "filed_from_another_log",
        f"{filed.event.id} was made from another ledger than this one, or its log was imported: at position "
        f"{filed.event.position} the head is not {filed.event.head[:16]}; its figures are taken as they were told, and "
        "what was said since is what stands after that position here",
        filed.event.id,
    )


def _other_program(filed: Filed) -> Finding:
    return Finding(
        "filed_by_another_program",
        f"this Lotwork computes other figures than {filed.event.id} filed, from the same events under the same figures "
        "of law: the part marked `program` is a changed formula; the CHANGELOG, under Figures, says which",
        filed.event.id,
    )
