"""The lines of a return with the events behind each: its own, and those of the lines it came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lotwork.ledger.events import HOBBY, PaymentType, State
from lotwork.ledger.units import ZERO
from lotwork.projections.filer.origins import OUTSIDE
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business import Business
from lotwork.projections.returns.business_trace import receipts_of
from lotwork.projections.returns.case import YearInputs
from lotwork.projections.returns.events_behind import Behind, Lists, first_of
from lotwork.projections.returns.owners import persons
from lotwork.projections.returns.rig_sales import sale_name
from lotwork.rules.line import MOST_EVENTS_NAMED, Line, line
from lotwork.rules.us.capital import LINE_OF_BOX
from lotwork.rules.us.individual import Return
from lotwork.rules.us.renumbered import as_printed
from lotwork.rules.us.schedule_c import FORM as SCHEDULE_C
from lotwork.rules.us.two_businesses import ref_of_spouse, spouses

SOLD_ON = ("2", "10", "14", "30")
"""The lines of Form 4797 on which rigs stand without a line of their own."""
TOLD_OF_EACH = ("20", "21", "22")
"""The lines of Form 4797 that say of each rig what it brought, cost and was deducted."""
FROM_FACTS = (
    "Form 1040 line 1a", "Form 1040 line 2b", "Form 1040 line 3a", "Form 1040 line 3b",
    "Form 1040 line 20", "Schedule 3 line 13z",
    "Schedule D line 1a", "Schedule D line 8a", "Form 7206 line 3",
)  # fmt: skip
"""The lines that the facts of the year stand on directly."""


class TracedLine(NamedTuple):
    """A form line with the events behind it: its own, and those of the lines it came from."""

    line: Line
    because: tuple[str, ...]
    events: int


def traced_return(book: Book, told: YearInputs, computed: Return) -> tuple[tuple[TracedLine, ...], Behind]:
    """Return every line with the events behind it, a line after the lines it comes from; and those events by line."""
    year, business, other = told.year, told.business, told.spouse_business
    own: dict[str, Lists] = {ref: (events,) for ref, events in _own_events(book, year, business, other)}
    own |= _net_profit(business)
    spouses_own: tuple[Line, ...] = ()
    if other is not None:
        theirs = {ref: (events,) for ref, events in other.behind.items()} | _net_profit(other)
        own |= {ref_of_spouse(ref): lists for ref, lists in theirs.items()}
        spouses_own = spouses((*other.lines, *(() if computed.income.gathered.spouse else (_nothing_left(),))))
    behind = Behind()
    return traced((*business.lines, *spouses_own, *computed.lines), own, behind, year), behind


def traced(lines: Iterable[Line], own: Mapping[str, Lists], behind: Behind, year: int) -> tuple[TracedLine, ...]:
    """Return *lines* of *year* with their *own* events, by reference, and those of the lines they come from.

    The events of earlier lines are read from *behind*, where those of *lines* are kept too.
    """
    told = [(each, behind.tell(each.ref, own.get(each.ref, ()), each.inputs)) for each in lines]
    return tuple(
        TracedLine(as_printed(each, year), first_of(lists, MOST_EVENTS_NAMED), behind.count(lists))
        for each, lists in told
    )


def _nothing_left() -> Line:
    """Return line 31 of a spouse whose business left nothing, of which the return has no further line."""
    return line((SCHEDULE_C, "31"), "Net profit or loss", ZERO, cites=("26 U.S.C. 162",))


def _net_profit(business: Business) -> dict[str, Lists]:
    """Return everything that stands on the business's forms as what its net profit rests on."""
    if f"{SCHEDULE_C} line 1" not in business.behind:
        return {}
    return {f"{SCHEDULE_C} line 31": tuple(business.behind.values())}


def _own_events(
    book: Book, year: int, business: Business, other: Business | None
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield a line's reference and the events that stand on it directly."""
    yield from business.behind.items()
    yield from _coins_outside(book, year)
    rigs = business.equipment.rows + (() if other is None else other.equipment.rows)
    sold = [row for row in rigs if row.disposed is not None]
    for number in SOLD_ON:
        yield f"Form 4797 line {number}", tuple(row.told for row in sold)
    for rig in sold:
        for number in TOLD_OF_EACH:
            yield f"Form 4797 line {number} ({sale_name(rig)})", (rig.told,)
    yield from _sold(book, year)
    facts = book.taxpayer.facts_from(year)
    for ref in FROM_FACTS:
        yield ref, facts
    counted = tuple(row.told for row in rigs if row.ubia_usd_micros)
    yield "Form 8995-A line 10", (*counted, *facts)
    yield "Form 1040 line 25a", (*facts, *payments_of(book, year, "withholding"))
    yield "Form 1040 line 26", payments_of(book, year, "estimated")
    yield "Schedule 3 line 10", payments_of(book, year, "extension")


def _sold(book: Book, year: int) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the sales on Schedule D, each with the lots it took."""
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for row in book.gains.rows:
        if row.sold.year == year:
            lines[LINE_OF_BOX[row.box]] += (row.disposal,) if row.lot is None else (row.disposal, row.lot)
    for number, told in lines.items():
        yield f"Schedule D line {number}", tuple(dict.fromkeys(told))


def _coins_outside(book: Book, year: int) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the receipts on Schedule 1: a hobby's, and those of no trade, which 2023 had on another line."""
    each_of = persons(book)
    mined = tuple(event for own in each_of for event in receipts_of(own, year, HOBBY))
    digital = receipts_of(book, year, OUTSIDE)
    yield "Schedule 1 line 8v", (*mined, *digital)
    dollars = (each for own in each_of for each in own.income.earned_in(year, HOBBY, own.taxpayer.whole.get(year)))
    yield "Schedule 1 line 8j", (*mined, *(each.event for each in dollars))
    yield "Schedule 1 line 8z", (*book.taxpayer.facts_from(year), *digital)


def payments_of(book: Book, year: int, kind: PaymentType, state: State | None = None) -> tuple[str, ...]:
    """Return the events of what was paid towards the tax of *year* as *kind*: the federal tax, or that of *state*."""
    return tuple(each.id for each in book.taxpayer.payments_for(year, state) if each.type == kind)
