"""A return as filed against the same return as now known: what moves, and what each part of the move is due to.

Three computations stand between the two: what was filed; the log of then under the law of then, computed by this
program; the log of then under today's law; and everything as now known. Their steps are the program's part of a change,
the law's part, and the events' part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.errors import IntegrityError
from lotwork.ledger.history import History
from lotwork.ledger.units import ZERO_CENTS, usd_decimal
from lotwork.projections.filing.event_changes import EventChange, changes_since
from lotwork.projections.filing.filed import Filed, filings, read_filed
from lotwork.projections.filing.line_changes import (
    Entry,
    LineChange,
    amounts,
    entries_as_filed,
    entries_of,
    line_changes,
)
from lotwork.projections.filing.penalty import beside
from lotwork.projections.findings import Finding
from lotwork.projections.law_in_force import folded_law, law_in_force
from lotwork.projections.liability import Liability, liability
from lotwork.projections.replay.as_known import LogAsKnown
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.resuming import folded
from lotwork.rules.compare import FigureChange, difference
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.law_archive import LawArchive
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.late_payment import PaidOn

MOST_NAMED = 20
"""A line that more changes stand behind names the first of them and says how many there are."""
MOST_YEARS = 20
"""So many years from the filed one on are looked at."""


class Parts(NamedTuple):
    """How much of a line's change is due to the program, to the law, and to events."""

    program: Decimal
    law: Decimal
    events: Decimal


@dataclass(frozen=True, slots=True)
class Explained:
    """One line that moved, with what stands behind it."""

    move: LineChange
    parts: Parts | None
    """None where the law of then is not kept."""
    changes: tuple[EventChange, ...]
    count: int
    """How many changes stand behind it."""
    figures: tuple[FigureChange, ...]


class LaterYear(NamedTuple):
    """What a change of one year moves in a later one; *filing*: that year's return as filed, where there is one."""

    year: int
    filing: str | None
    moves: tuple[LineChange, ...]


@dataclass(frozen=True, slots=True)
class Amendment:
    """A filed return held against what is now known."""

    filed: Filed
    now: Liability
    book: Book
    law: Law
    lines: tuple[Explained, ...]
    figures: tuple[FigureChange, ...]
    """Every figure of the law that another value has now."""
    later: tuple[LaterYear, ...]
    findings: tuple[Finding, ...]

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
    then = History.read(history.log, history.book, up_to=event.position)
    before = _law_then(filed, then, archive, findings)
    changed = () if before is None else difference(before, law)
    stages = _stages(filed, then, before, law, findings)
    if stages is not None and line_changes(entries_as_filed(filed.figures.lines), stages[0]):
        findings.append(_other_program(filed))
    since = changes_since(history, then)
    filed_entries = entries_as_filed(filed.figures.lines)
    rows = line_changes(_with_sources(filed_entries, stages), entries_of(now))
    steps = None if stages is None else tuple(map(amounts, stages))
    return Amendment(
        filed=filed,
        now=now,
        book=book,
        law=law,
        lines=tuple(_explained(move, steps, since, changed) for move in rows),
        figures=changed,
        later=tuple(_later(book, filed, law)),
        findings=tuple(findings),
    )


def _law_then(filed: Filed, then: History, archive: LawArchive, findings: list[Finding]) -> Law | None:
    try:
        kept = archive.law(filed.event.law_files or filed.event.law)
    except IntegrityError as lost:
        findings.append(Finding("filed_law_lost", str(lost), filed.event.id))
        return None
    return law_in_force(then, kept)


def _stages(
    filed: Filed, then: History, before: Law | None, law: Law, findings: list[Finding]
) -> tuple[list[Entry], list[Entry]] | None:
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


def _lines(book: Book, law: Law, filed: Filed) -> list[Entry]:
    owed = liability(book, law, filed.event.year, tax_table=True)
    return entries_of(beside(owed, filed.figures))


def _with_sources(filed: list[Entry], stages: tuple[list[Entry], list[Entry]] | None) -> list[Entry]:
    """Return the lines as filed with the cites, events and figures this program finds behind them."""
    if stages is None:
        return filed
    known = {entry[:3]: entry for entry in stages[0]}
    return [
        entry._replace(cites=found.cites, events=found.events, figures=found.figures)
        if (found := known.get(entry[:3]))
        else entry
        for entry in filed
    ]


def _explained(
    move: LineChange,
    steps: tuple[Mapping[tuple[str, str, str], Decimal], ...] | None,
    since: Mapping[str, list[EventChange]],
    changed: Iterable[FigureChange],
) -> Explained:
    parts = None
    if steps is not None:
        key = (move.form, move.line, move.label)
        then, under_law = (step.get(key, ZERO_CENTS) for step in steps)
        parts = Parts(then - move.old, under_law - then, move.new - under_law)
    named = [change for event in move.events for change in since.get(event, ())]
    if not named and (parts is None or parts.events):
        named = [change for changes in since.values() for change in changes]
    figures = tuple(figure for figure in changed if figure.path in move.figures)
    changes = tuple(dict.fromkeys(named))
    return Explained(move, parts, changes[:MOST_NAMED], len(changes), figures)


def _later(book: Book, filed: Filed, law: Law) -> Iterator[LaterYear]:
    """Yield what moves in the years after: as filed there, else as if what reaches back had never been said."""
    history, year = book.history, filed.event.year
    last = year if book.latest is None else history.calendar.day(book.latest).year
    unsaid: Book | None = None
    for later in range(year + 1, min(last + 1, year + MOST_YEARS)):
        earlier = filings(history, later)
        try:
            owed = liability(book, law, later, tax_table=True)
            if earlier:
                figures = read_filed(earlier[-1], None).figures
                owed, old = beside(owed, figures), entries_as_filed(figures.lines)
            else:
                unsaid = unsaid or _unsaid(history, filed, law)
                rules = law_in_force(unsaid.history, law.without_corrections())
                old = entries_of(liability(unsaid, rules, later, tax_table=True))
        except UnknownFigureError:
            return
        moved = line_changes(old, entries_of(owed))
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
