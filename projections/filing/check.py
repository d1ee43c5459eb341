"""What stands in the way of filing a year: every open finding that its return rests on, and law not yet enacted.

Each is a finding with a code, so that a person can settle it, or acknowledge it by name and file all the same. A
finding about something that happened after the year is none of this return's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from lotwork.ledger import events as e
from lotwork.projections.estimated.prior_year import prior_year_differs
from lotwork.projections.filing.broker_told import told_more
from lotwork.projections.filing.penalty import RATE_UNKNOWN, with_penalty
from lotwork.projections.filing.recorded import without_records
from lotwork.projections.findings import Finding, Question, each_once
from lotwork.projections.liability import Liability, liability
from lotwork.projections.questions.ahead import dated_ahead
from lotwork.projections.questions.doubtful import IN_DOUBT
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.facts_told import told_in_part
from lotwork.projections.states.liability import StateLiability, state_liability
from lotwork.projections.states.prior_year import state_prior_year_differs
from lotwork.rules.errors import UnenactedFigureError
from lotwork.rules.figures import Figure
from lotwork.rules.load import Law

HAPPENINGS = (
    e.Receipt, e.Purchase, e.GiftReceived, e.Sale, e.Transfer, e.Movement, e.PriceSample, e.Balance, e.BrokerReport,
    e.Expense, e.Usage, e.Energy, e.EnergyEstimate, e.Equipment, e.EquipmentSale, e.BusinessIncome, e.HashrateTold,
    e.Credit, e.Suspense,
)  # fmt: skip
"""What happens on a day. All else says who the taxpayer is, or what holds, whenever it was said."""
WAITING = ("receipt_pending", IN_DOUBT)
"""What waits, for a price or a word."""


class Prepared(NamedTuple):
    """A return ready to be filed, and what is open about it."""

    owed: Liability
    law: Law
    open: tuple[Finding, ...]
    state: StateLiability
    """The return of the state that goes with it, as far as one is told."""


def prepare(
    book: Book, law: Law, year: int, now: datetime | None, *, traced: bool = True, of_book: bool = True
) -> Prepared:
    """Return the return of *year* by the Tax Table under *law*, on enacted figures as far as there are any.

    Who asks what is open about it alone wants its lines not *traced*, and who has what the book tells none *of_book*.

    What is dated ahead of *now* may be this year's; None where whoever folded *book* has told of it.

    What is doubtful about its penalty is told and stops nothing: line 38 may be left to the IRS. What is doubtful about
    the return of the state that goes with it stops both.
    """
    try:
        enacted = law.enacted_only()
        owed = liability(book, enacted, year, tax_table=True, traced=traced)
        filed = with_penalty(book, enacted, owed)
        unenacted: tuple[Figure, ...] = ()
    except UnenactedFigureError:
        enacted = law.as_told()
        owed = liability(book, enacted, year, tax_table=True, traced=traced)
        filed = with_penalty(book, enacted, owed)
        unenacted = enacted.unenacted
    doubts = (finding for finding in filed.findings if finding.code != RATE_UNKNOWN)
    differs = prior_year_differs(book, year, owed.tax, "the return here")
    of_year = (*without_records(book, year), *told_in_part(book, year), *told_more(book, year), *differs)
    state = state_liability(book, law, owed, traced=traced)
    of_state = (*state.findings, *state_prior_year_differs(book, state))
    told = each_once((*(book.told() if of_book else ()), *doubts, *of_year, *of_state))
    mine = tuple(_of_this_return(book, year, told))
    ahead = () if now is None else dated_ahead(book.history, book.latest, now)
    return Prepared(filed, enacted, tuple(dict.fromkeys((*mine, *ahead, *map(_unenacted, unenacted)))), state)


def acknowledged(found: Iterable[Finding], names: Collection[str]) -> tuple[list[str], list[Finding]]:
    """Split *found* by *names*, each `code` or `code:event`: the names of those acknowledged, and those still open."""
    settled, still_open = [], []
    for finding in found:
        own = name_of(finding)
        if own in names or finding.code in names:
            settled.append(own)
        else:
            still_open.append(finding)
    return settled, still_open


def name_of(finding: Finding) -> str:
    """Return the name a finding is acknowledged by."""
    return finding.code if finding.event is None else f"{finding.code}:{finding.event}"


def _of_this_return(book: Book, year: int, told: Iterable[Finding]) -> Iterator[Finding]:
    told = list(told)
    history = book.history
    counts = _is_of_a_past_year(book, year)
    names = [finding.event for finding in told if finding.event is not None and not counts(finding)]
    events = {event.id: event for _, event in history.log.read(history.book, up_to=history.up_to, ids=names)}
    sold = {row.asset for row in book.gains.rows if row.sold.year == year}
    for finding in told:
        event = events.get(finding.event or "")
        holds = None if event is None else history.amended(event)
        if holds is None or _counts(book, year, finding, holds, sold):
            yield finding


def _is_of_a_past_year(book: Book, year: int) -> Callable[[Finding], bool]:
    """Return what knows of a finding, without its event, that it bears on *year*: questions are of what was folded."""
    latest = book.latest
    if latest is None or book.history.calendar.day(latest).year > year:
        return lambda _: False
    return lambda finding: isinstance(finding, Question) and finding.code not in WAITING


def _counts(book: Book, year: int, finding: Finding, event: e.Event, sold: Collection[str]) -> bool:
    """Say if what *finding* tells of *event* bears on the return of *year*.

    An earlier receipt that waits, for a price or a word, does where its asset was sold: it is no lot yet, so other lots
    stand in for it.
    """
    if not (isinstance(event, HAPPENINGS) and _is_dated(event)):
        return True
    happened = book.history.calendar.day(event.at).year
    if isinstance(event, e.Receipt) and finding.code in WAITING:
        return happened == year or (happened < year and event.asset in sold)
    return happened <= year


def _is_dated(event: e.Event) -> bool:
    """Say if the year of *event* is known: of what is in suspense it may not be."""
    return not isinstance(event, e.Suspense) or event.dated == "yes"


def _unenacted(figure: Figure) -> Finding:
    return Finding(
        "law_not_enacted",
        f"{figure.path} ({figure.title}) is {figure.status}, not enacted ({figure.source}): a return is filed on "
        "enacted law; wait for the release, or record a `rule` that cites it",
        figure.path,
    )
