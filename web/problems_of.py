"""What a person must decide or know about a year of a book, and what of it stops its return."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from lotwork.projections.abroad.tax_return import ForeignReturn
from lotwork.projections.basis.removals import OF_THEIR_OWN_YEAR
from lotwork.projections.equipment import EquipmentBook
from lotwork.projections.expenses import ExpenseBook
from lotwork.projections.filing.check import prepare
from lotwork.projections.findings import Finding, each_once
from lotwork.projections.liability import Liability
from lotwork.projections.quarterly import Quarterly
from lotwork.projections.questions.ahead import dated_ahead
from lotwork.projections.replay.book import Book
from lotwork.projections.states.estimated import StateQuarterly
from lotwork.rules.load import Law


class Costs(NamedTuple):
    """What a year cost: its expenses as the law takes them, and the rigs."""

    expenses: ExpenseBook
    equipment: EquipmentBook


class Taxed(NamedTuple):
    """A year under the law of the profile's country, and what is left to pay of it."""

    owed: Liability | None = None
    payments: Quarterly | None = None
    state: StateQuarterly | None = None
    abroad: ForeignReturn | None = None
    unknown: str = ""


class Problems(NamedTuple):
    """The findings of a year, each once, and those that `lotwork file` stops at."""

    findings: tuple[Finding, ...]
    stops: frozenset[Finding]


def problems_of(
    folded: Book, law: Law, year: int, taxed: Taxed, costs: Costs | None, as_of: tuple[date, datetime]
) -> Problems:
    """Return what is found of *year*, and what stops its return, *as_of* a day and the instant that it is.

    Where the year is over, that is what `lotwork file` tells; else all that was told so far.
    """
    today, now = as_of
    is_over = taxed.owed is not None and year < today.year
    stops: Sequence[Finding] = prepare(folded, law, year, now, traced=False).open if is_over else ()
    told = [*_told(folded, year)]
    if not is_over:
        ahead = dated_ahead(folded.history, folded.latest, now)
        stops = each_once((*_findings(told, folded, year, Taxed(taxed.owed), None), *ahead))
    return Problems(each_once((*_findings(told, folded, year, taxed, costs), *stops)), frozenset(stops))


def _told(folded: Book, year: int) -> Iterator[Finding]:
    """Yield what the book tells about *year*; it keeps rows of filed years besides."""
    elsewhere = {row.disposal for row in folded.gains.removals if row.day.year != year}
    for finding in folded.told():
        if finding.code not in OF_THEIR_OWN_YEAR or finding.event not in elsewhere:
            yield finding


def _findings(told: Iterable[Finding], folded: Book, year: int, taxed: Taxed, costs: Costs | None) -> Iterator[Finding]:
    """Yield what is *told* by the book, and what is found of its tax."""
    yield from told
    if taxed.abroad is not None:
        yield from taxed.abroad.findings
    elif taxed.owed is not None:
        yield from taxed.owed.findings
    else:
        yield from (costs.expenses if costs else folded.expenses.result(year)).findings
    if taxed.payments is not None:
        yield from taxed.payments.findings
    if taxed.state is not None:
        yield from taxed.state.findings
