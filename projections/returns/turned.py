"""A year in which a hobby became a business, or a business a hobby: what a person must decide about it.

Law: section 183 asks of "the taxable year" whether the activity is engaged in for profit (26 U.S.C. 183(a), (c)); the
profiles tell it of each day. A rig that served a hobby first is depreciated from the day it serves the business, on
the lower of its cost and its value then (Treas. Reg. 1.168(i)-4(b)(1)); one that stops serving a business is deducted
up to that day by its convention (1.168(i)-4(c)), and section 179 may have to be given back (26 U.S.C. 179(d)(10)).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec

from lotwork.ledger.events import BUSINESS, HOBBY, Activity, Owner
from lotwork.projections.costs.rigs import Rig
from lotwork.projections.filer.activities import ALWAYS, Activities, begins
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import add_command, correct_command
from lotwork.projections.replay.book import Book
from lotwork.rules.line import to_cents


def all_year(book: Book, year: int, activity: Activity, owner: Owner | None = None) -> Book:
    """Return *book* as if the activity had been *activity* throughout *year*: of *owner* alone, or of both who mine."""
    taxpayer = book.taxpayer
    return msgspec.structs.replace(
        book, taxpayer=msgspec.structs.replace(taxpayer, whole=taxpayer.whole | {year: activity}, whole_of=owner)
    )


def turned(book: Book, year: int, tax: Decimal, otherwise: dict[Activity, Decimal]) -> Finding:
    """Return the finding that *year* has parts: its *tax*, and what it would be had it been one *otherwise*."""
    activities, calendar = book.taxpayer.activities, book.history.calendar
    turns = activities.turns_in(year)
    parts = ", then ".join(f"a {turn.activity} from {calendar.day(turn.at)}" for turn in turns)
    whole = ", ".join(f"a {activity} all year {to_cents(amount)}" for activity, amount in otherwise.items())
    choices = "; ".join(
        f"to choose a {activity} all year: `{' && '.join(_choosing(book, year, activity))}`" for activity in otherwise
    )
    return Finding(
        "activity_turned",
        f"the activity was a {activities.in_year(year)[0]}, then {parts}, so {year} has {len(turns) + 1} parts: a tax "
        f"of {to_cents(tax)}. 26 U.S.C. 183 speaks of the taxable year: {whole}; {choices}",
        turns[-1].profile,
    )


def _choosing(book: Book, year: int, activity: Activity) -> Iterator[str]:
    """Yield the commands by which the activity is *activity* throughout *year*, and in every other year as it was.

    What the profiles of the year say otherwise is corrected, what else they say stays; one at either end of the year
    says what held before it, or holds after it.
    """
    activities, calendar, name = book.taxpayer.activities, book.history.calendar, book.history.book
    begin, end = (calendar.midnight(date(each, 1, 1)) for each in (year, year + 1))
    told = [(begins(each.at, calendar), each) for each in book.taxpayer.profiles if each.activity is not None]
    first, last = activities.at(begin), activities.in_year(year)[-1]
    if first != activity and begin <= told[0][0]:
        yield _from(name, year - 1, first)
    if first != activity and begin not in (at for at, _ in told):
        yield _from(name, year, activity)
    for at, profile in told:
        if begin <= at < end and profile.activity != activity:
            yield correct_command(name, profile.id, {"activity": activity}, f"a {activity} throughout {year}")
    if last != activity and end not in (at for at, _ in told):
        yield _from(name, year + 1, last)


def _from(book: str, year: int, activity: Activity) -> str:
    return add_command(book, "profile", f"at={year}-01-01T00:00:00Z", f"activity={activity}")


def turned_rigs(book: Book, year: int) -> Iterator[Finding]:
    """Yield the rigs that no longer, or not yet, serve a business in *year* since the activity turned."""
    activities = book.taxpayer.activities
    for rig in book.equipment.placed_by(year):
        placed, gone = rig.event.placed_in_service, date.max if rig.sold is None else rig.sold.day
        left = activities.left_business(placed)
        if activities.on(placed) == HOBBY:
            since = _served_from(activities, placed, year)
            if since <= gone:
                yield _from_a_hobby(rig, since, year)
            elif gone.year == year:
                yield _sold_by_a_hobby(rig, year)
        elif left is not None and left.year <= year and left < gone:
            yield _to_a_hobby(rig, left)


def _served_from(activities: Activities, placed: date, year: int) -> date:
    """Return the first day on which what a hobby placed in service served a business, as far as *year* knows."""
    begun = [span.begin for span in activities.spans() if span.begin != ALWAYS]
    return next((day for day in map(activities.calendar.day, begun) if day > placed), date(year, 1, 1))


def _from_a_hobby(rig: Rig, since: date, year: int) -> Finding:
    return Finding(
        "equipment_from_hobby",
        f"{rig.told} was placed in service on {rig.event.placed_in_service}, in a hobby's time: it is in no figure of "
        f"{year}. It serves the business from {since}, on the lower of its cost and its value then (Treas. Reg. "
        "1.168(i)-4(b)(1)): correct placed_in_service to that day, and cost_usd where it was worth less",
        rig.told,
    )


def _sold_by_a_hobby(rig: Rig, year: int) -> Finding:
    return Finding(
        "hobby_rig_sold",
        f"{rig.told} was sold in the hobby's time of {year}: what it brought over its cost is in no figure; record it "
        "with `year_facts` as other_short_term_gain_usd or other_long_term_gain_usd (26 U.S.C. 1221(a))",
        rig.told,
    )


def _to_a_hobby(rig: Rig, left: date) -> Finding:
    return Finding(
        "equipment_to_hobby",
        f"{rig.told} no longer served a business on {left}: it is deducted up to that day by its convention (Treas. "
        "Reg. 1.168(i)-4(c)) and no further; what of section 179 must be given back is in no figure (26 U.S.C. "
        "179(d)(10)): reckon it by Form 4797, Part IV, or say how it was used with `equipment_use`",
        rig.told,
    )


def parts_of(book: Book, year: int) -> bool:
    """Say if *year* holds something of a business as well as of a hobby."""
    activities, whole = book.taxpayer.activities, book.taxpayer.whole.get(year)
    if not activities.turns_in(year):
        return False
    told = {origin.place(whole) for (when, origin) in book.income.by_origin if when == year}
    told |= {row.activity for row in book.expenses.result(year).rows}
    told |= {each.activity for each in book.income.earned if each.date.year == year}
    return {BUSINESS, HOBBY} <= told
