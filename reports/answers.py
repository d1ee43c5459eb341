"""What a question about a book is answered with: which fold and which listing, and whose findings stand beside it.

The command and the Python face ask here, so that they cannot disagree. How much of the log counts, and under which law,
was said before, when the book was folded (lotwork.projections.as_of). What only some answers need is imported where
they are made: who asks for lots does not wait for a return.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from msgspec import structs

from lotwork.projections.as_of import Folded
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import in_book
from lotwork.reports.costs import EquipmentListing, ExpenseListing, list_equipment, list_expenses
from lotwork.reports.gains import GainListing, list_gains
from lotwork.reports.income import IncomeListing, list_income
from lotwork.reports.lots import LotListing, list_lots
from lotwork.reports.rows import Row

if TYPE_CHECKING:
    from lotwork.projections.estimated.open_year import YearAsked
    from lotwork.projections.findings_kept import Told as FindingsTold
    from lotwork.projections.quarterly import By, Quarterly
    from lotwork.projections.replay.book import Book
    from lotwork.projections.states.estimated import StateQuarterly
    from lotwork.projections.states.liability import StateLiability
    from lotwork.reports.completeness import CompletenessListing
    from lotwork.reports.estimated import QuarterlyListing
    from lotwork.reports.states import StateOnlyListing
    from lotwork.reports.tax import LiabilityListing

Told = TypeVar("Told", bound=Row)


class Answer(NamedTuple, Generic[Told]):
    """A listing, and what a person must decide before it is finished."""

    listing: Told
    findings: Sequence[Finding]


class LiabilityAnswer(NamedTuple):
    """The same of a year's tax, with the state's, whose words a terminal is shown."""

    listing: LiabilityListing
    findings: Sequence[Finding]
    state: StateLiability | None


class StateAnswer(NamedTuple):
    """The same of the state's return alone."""

    listing: StateOnlyListing
    findings: Sequence[Finding]
    state: StateLiability


class QuarterlyAnswer(NamedTuple):
    """The same of estimated payments, with the payments themselves, whose words a terminal is shown."""

    listing: QuarterlyListing
    findings: FindingsTold
    payments: Quarterly
    state: StateQuarterly | None


def answer_lots(folded: Folded, at: date | None) -> Answer[LotListing]:
    """Return the open lots, now or at the end of *at*."""
    return Answer(list_lots(folded.book, at), folded.book.told())


def answer_income(folded: Folded, year: int) -> Answer[IncomeListing]:
    """Return the receipts of *year*."""
    return Answer(list_income(folded.book, year), folded.book.told())


def answer_gains(folded: Folded, year: int) -> Answer[GainListing]:
    """Return the disposals of *year*."""
    return Answer(list_gains(folded.book, year), folded.book.told())


def answer_expenses(folded: Folded, year: int) -> Answer[ExpenseListing]:
    """Return the expenses of *year*."""
    from lotwork.projections.returns.business import expenses_of  # noqa: PLC0415 - lots and gains need no return

    expenses = expenses_of(*folded, year)
    return Answer(list_expenses(expenses), folded.book.told().then(expenses.findings))


def answer_equipment(folded: Folded, year: int) -> Answer[EquipmentListing]:
    """Return the depreciation of *year*. Raises UnknownFigureError where its law is not known."""
    from lotwork.projections.returns.business import equipment_of  # noqa: PLC0415 - the same

    equipment = equipment_of(*folded, year)
    return Answer(list_equipment(equipment), folded.book.told().then(equipment.findings))


def answer_completeness(folded: Folded, year: int) -> Answer[CompletenessListing]:
    """Return each pool's months of *year* against the work that was done for them."""
    from lotwork.projections.completeness.owed import owed  # noqa: PLC0415 - the same
    from lotwork.reports.completeness import list_completeness  # noqa: PLC0415 - the same

    book = folded.book
    return Answer(list_completeness(book, year, owed(book.income.work, book.balances.held)), book.told())


def answer_liability(folded: Folded, year: int, today: date, *, tax_table: bool, as_filed: bool) -> LiabilityAnswer:
    """Return the tax of *year* under US law: exactly, or as a return is filed. Raises UnknownFigureError as above.

    Beside it stands the return of the state, where one is told; beside a return as it was filed, where one was.

    Of a year that is over, all that `file` would stop at is told too; a return as it was filed tells what it did.
    """
    from lotwork.projections.filing.check import name_of, prepare  # noqa: PLC0415 - the same
    from lotwork.projections.filing.penalty import return_of  # noqa: PLC0415 - the same
    from lotwork.projections.states.liability import state_liability  # noqa: PLC0415 - the same
    from lotwork.reports.tax import list_liability  # noqa: PLC0415 - the same

    owed = return_of(*folded, year, today, tax_table=tax_table, as_filed=as_filed)
    is_over = today.year > year and not as_filed
    stops = prepare(*folded, year, None, traced=False, of_book=False).open if is_over else ()
    alone = as_filed and not _was_filed_with_state(folded.book, year)
    state = None if alone else state_liability(*folded, owed)
    told = folded.book.told().then(owed.findings, () if state is None else state.findings)
    names = {name_of(each) for each in told.of_codes({each.code for each in stops})}
    more = (each for each in stops if name_of(each) not in names)
    return LiabilityAnswer(list_liability(owed, state), told.then(more), state)


def _was_filed_with_state(book: Book, year: int) -> bool:
    from lotwork.projections.filing.filed import figures_that_count  # noqa: PLC0415 - the same

    figures = figures_that_count(book.history, year)
    return figures is not None and figures.state is not None


def answer_state(folded: Folded, year: int, *, tax_table: bool) -> StateAnswer:
    """Return the return of the state in *year* alone, which starts from the federal one. Raises as above."""
    from lotwork.projections.liability import liability  # noqa: PLC0415 - the same
    from lotwork.projections.states.liability import state_liability  # noqa: PLC0415 - the same
    from lotwork.reports.states import StateOnlyListing, list_state, note_of  # noqa: PLC0415 - the same

    owed = liability(*folded, year, tax_table=tax_table, traced=False)
    state = state_liability(*folded, owed)
    note = in_book(note_of(state), folded.book.history.book)
    listing = StateOnlyListing(year=year, status=owed.profile.filing_status, state=list_state(state), state_note=note)
    return StateAnswer(listing, folded.book.told().then(owed.findings, state.findings), state)


def findings_of_brokers(folded: Folded, year: int, around: Callable[[Collection[int]], Folded]) -> tuple[Finding, ...]:
    """Return what is asked of the brokers' forms of *year*; *around* folds the same book with other years kept."""
    from lotwork.projections.forms.form_8949 import asks_of_brokers  # noqa: PLC0415 - only a year has forms
    from lotwork.projections.reconcile.broker.year import broker_year  # noqa: PLC0415 - the same

    if not asks_of_brokers(folded.book, year):
        return ()
    return tuple(broker_year(around((year - 1, year, year + 1)).book, folded.law, year).findings)


def answer_quarterly(folded: Folded, year: int, day: date, by: By) -> QuarterlyAnswer:
    """Return the payments of *year* as of *day*, of a book folded to `AsOf.until`. Raises UnknownFigureError.

    Beside them stand those to the state, where one is told.
    """
    from lotwork.projections.estimated.open_year import year_asked  # noqa: PLC0415 - the same
    from lotwork.projections.quarterly import quarterly  # noqa: PLC0415 - the same
    from lotwork.projections.states.residence import residence_in  # noqa: PLC0415 - the same
    from lotwork.reports.estimated import list_quarterly  # noqa: PLC0415 - the same

    owed = year_asked(*folded, year)
    payments = quarterly(*folded, owed, day, by)
    told = QuarterlyAnswer(
        list_quarterly(payments, folded.book.history.assets),
        folded.book.told().then(owed.findings, payments.findings),
        payments,
        None,
    )
    lives_in = residence_in(folded.book.taxpayer, year).state
    return told if lives_in is None else _with_state(told, folded, owed, day)


def _with_state(told: QuarterlyAnswer, folded: Folded, owed: YearAsked, day: date) -> QuarterlyAnswer:
    """Return *told* with the payments to the state; who names none loads nothing of the states."""
    from lotwork.projections.states.estimated import state_quarterly  # noqa: PLC0415 - only a filer with a state
    from lotwork.reports.state_payments import list_state_quarterly  # noqa: PLC0415 - the same

    state = state_quarterly(*folded, owed, day)
    if state is None:
        return told
    listing = structs.replace(told.listing, state=list_state_quarterly(state))
    return told._replace(listing=listing, findings=told.findings.then(state.findings), state=state)
