"""Rigs that stand in another state: its income from there is a nonresident's, listed here and not reckoned.

Law: a state may tax what a nonresident earns from property or a business in it, and the state of residence gives a
credit for that. Where the rigs stand is told by the bills of their host and by their meters (`state`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import Energy, Expense, State
from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import MICROSECOND, ONE_DAY, ZERO
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import correct_command
from lotwork.projections.replay.book import Book
from lotwork.projections.states.residence import NO_INCOME_TAX, Residence, part_year_form
from lotwork.rules.load import Law

HOSTING = "hosting"
KWH = Decimal("0.001")
FIRST_NAMED = 3
"""So many bills are named where many lack the same."""


class Elsewhere(NamedTuple):
    """What is told of rigs in another state in a year: on how many days, how many kWh, and by which events."""

    state: State
    days: int
    kwh: Decimal
    bills_without_days: int
    """Bills that do not say which days they are for: their days are not among those."""
    form: str
    """The state's return of a nonresident; empty where it has no income tax."""
    events: tuple[str, ...]


class _Told(NamedTuple):
    """A bill or a reading: when it was told, the days it is for, and its kWh in the year."""

    event: str
    at: date
    days: set[date]
    kwh: Decimal


class _Site(msgspec.Struct):
    days: set[date] = msgspec.field(default_factory=set)
    kwh: Decimal = ZERO
    undated: int = 0
    events: list[str] = msgspec.field(default_factory=list)


def rigs_elsewhere(book: Book, residence: Residence, law: Law) -> tuple[Elsewhere, ...]:
    """Return what is told of rigs outside the states of *residence* in its year, by state."""
    year = residence.year
    sites: defaultdict[State, _Site] = defaultdict(_Site)
    for state, told in _told_elsewhere(book, residence):
        within = {day for day in told.days if day.year == year}
        undated = not told.days and told.at.year == year
        if within or undated:
            site = sites[state]
            site.days |= within
            site.undated += undated
            site.kwh += told.kwh
            site.events.append(told.event)
    return tuple(
        Elsewhere(state, len(site.days), site.kwh.quantize(KWH), site.undated, _form(law, state, year),
                  tuple(site.events))
        for state, site in sorted(sites.items())
    )  # fmt: skip


def _form(law: Law, state: State, year: int) -> str:
    form = part_year_form(law, state, year)
    return "" if form == NO_INCOME_TAX else form


def _told_elsewhere(book: Book, residence: Residence) -> Iterator[tuple[State, _Told]]:
    """Yield each bill and reading of rigs outside the states of *residence*, with its state."""
    day, told = book.history.calendar.day, list(book.expenses.told())
    for bill in (event for event in told if isinstance(event, Expense)):
        if bill.state is not None and bill.state not in residence.states:
            days = set() if bill.from_ is None or bill.to is None else _days(bill.from_, bill.to)
            yield bill.state, _Told(bill.id, day(bill.at), days, ZERO)
    for reading in (event for event in told if isinstance(event, Energy)):
        if reading.state is not None and reading.state not in residence.states:
            kwh = ZERO if reading.in_doubt else _kwh_of(book, reading, residence.year)
            yield reading.state, _Told(reading.id, day(reading.at), _days_of(book, reading), kwh)


def _days_of(book: Book, event: Energy) -> set[date]:
    """Return the days of a reading."""
    calendar = book.history.calendar
    first, last = calendar.moment(event.from_), calendar.moment(event.to)
    return _days(calendar.day(first), calendar.day(max(first, last - MICROSECOND)) + ONE_DAY)


def _days(first: date, end: date) -> set[date]:
    return {date.fromordinal(day) for day in range(first.toordinal(), end.toordinal())}


def _kwh_of(book: Book, event: Energy, year: int) -> Decimal:
    """Return what of a reading's kWh is of *year*: all of it, or its even share by time where it spans two years."""
    calendar = book.history.calendar
    begin, end = calendar.moment(event.from_), calendar.moment(event.to)
    first, after = calendar.midnight(date(year, 1, 1)), calendar.midnight(date(year + 1, 1, 1))
    within = min(end, after) - max(begin, first)
    if within >= end - begin:
        return Decimal(event.kwh)
    return Decimal(event.kwh) * (within // MICROSECOND) / ((end - begin) // MICROSECOND)


def in_words(site: Elsewhere) -> str:
    """Return the days and the kWh of a site as a sentence has them."""
    undated = f", {_many(site.bills_without_days, 'bill')} without days" if site.bills_without_days else ""
    return f"Rigs in {STATES[site.state]}: {_many(site.days, 'day')}, {site.kwh.normalize():f} kWh{undated}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def of_sites(book: Book, residence: Residence, sites: tuple[Elsewhere, ...]) -> Iterator[Finding]:
    """Yield what a person must do about rigs in other states, and about hosts of which nobody says where they are."""
    state, year = residence.state, residence.year
    for site in sites:
        if site.form:
            yield Finding(
                "rigs_in_another_state",
                f"{in_words(site)}: what they earned there is a nonresident's income, and its return ({site.form}) is "
                "not reckoned here, nor which part of the year's income is from there: file it by hand, and record "
                f"what it comes to as other_state_tax_usd and other_state_income_usd in the `year_facts` of {year}, "
                f"for the credit of {state}",
                site.state,
            )
    untold = _hosts_untold(book, year)
    if untold and state is not None:
        first = correct_command(book.history.book, untold[0], {"state": state}, "where the host is")
        named = f"{', '.join(untold[:FIRST_NAMED])}{', …' if len(untold) > FIRST_NAMED else ''}"
        yield Finding(
            "hosting_state_untold",
            f"{_many(len(untold), 'bill')} of {year} for hosting ({named}) without the state in which the rigs stand: "
            f"another one than {state} may tax what they earn there; tell it of each, as here: `{first}`",
            untold[0],
        )


def _hosts_untold(book: Book, year: int) -> list[str]:
    """Return the bills of hosts in *year* that do not say where the rigs stand."""
    day = book.history.calendar.day
    bills = (event for event in book.expenses.told() if isinstance(event, Expense) and event.category == HOSTING)
    return [each.id for each in bills if each.state is None and each.refund_of is None and day(each.at).year == year]
