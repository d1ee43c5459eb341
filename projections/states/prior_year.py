"""The year before, as a measure of the state's estimated tax: what its return said, by the facts or as filed here.

A return to another state is no measure of this one, and of a year with a move each state had a part of it: neither
counts. What this book comes to for that year is on no return; it stands in only while the law of the year itself is
not out, as with the federal payments.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from lotwork.ledger.events import State
from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import usd_decimal
from lotwork.projections.estimated.open_year import OpenYear, YearAsked
from lotwork.projections.estimated.prior_year import FULL_YEAR_MONTHS, ROUNDED_AWAY, is_joint
from lotwork.projections.findings import Finding
from lotwork.projections.liability import liability
from lotwork.projections.replay.book import Book
from lotwork.projections.states.liability import StateLiability, state_liability
from lotwork.projections.states.residence import residence_in
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law

StateSource: TypeAlias = Literal["year_facts", "filing", "book", "none"]


class StatePriorYear(NamedTuple):
    """The tax and income of the year before on the return of this state; None where unknown, or where it is none."""

    tax: Decimal | None
    agi: Decimal | None
    source: StateSource
    findings: tuple[Finding, ...] = ()
    is_untold: bool = False
    """Whether it would count, and nobody told it."""


def prior_year(book: Book, law: Law, owed: YearAsked, state: State) -> StatePriorYear:
    """Return the year before that of *owed* in *state*."""
    year = owed.year - 1
    facts = book.taxpayer.state_facts(owed.year)
    tax, agi = facts.state_prior_year_tax_usd_micros, facts.state_prior_year_agi_usd_micros
    there = residence_in(book.taxpayer, year)
    if there.moved or not there.states <= {state}:
        return StatePriorYear(None, None, "none", _elsewhere(there.states, state, year, told=tax is not None))
    if owed.facts.prior_year_months is not None and owed.facts.prior_year_months < FULL_YEAR_MONTHS:
        return StatePriorYear(None, None, "none")
    if tax is not None:
        differs = tuple(_filed_otherwise(book, year, state))
        return StatePriorYear(usd_decimal(tax), None if agi is None else usd_decimal(agi), "year_facts", differs)
    filed = _filed_tax(book, year, state)
    if filed is not None and is_joint(book, year) == is_joint(book, owed.year):
        return StatePriorYear(filed, None, "filing")
    by_book = _by_book(book, law, year) if isinstance(owed, OpenYear) else None
    return by_book or StatePriorYear(None, None, "none", is_untold=True)


def state_prior_year_differs(book: Book, told: StateLiability) -> Iterator[Finding]:
    """Yield a finding where the tax of the return of *told* is not what the facts of the next year say it was."""
    if told.state is not None and told.is_filed:
        yield from _differs(book, told.year, told.state, told.tax, "the return here")


def _filed_otherwise(book: Book, year: int, state: State) -> Iterator[Finding]:
    """Yield the same of the state's return of *year* that was filed from this book."""
    filed = _filed_tax(book, year, state)
    if filed is not None:
        yield from _differs(book, year, state, filed, "the return filed from this book")


def _filed_tax(book: Book, year: int, state: State) -> Decimal | None:
    """Return the tax on the return to *state* that was filed from this book with the federal one of *year*, if any."""
    filing = book.taxpayer.filed(year)
    figures = None if filing is None else filing.figures.get("state")
    if not isinstance(figures, dict) or figures.get("state") != state:
        return None
    return Decimal(str(figures["tax_usd"]))


def _differs(book: Book, year: int, state: State, tax: Decimal, by: str) -> Iterator[Finding]:
    """Yield the finding. A return to another state, or of another status, is no measure, and is not compared."""
    events = book.taxpayer.state_year_facts.get(year + 1, ())
    event = next((each for each in reversed(events) if each.state_prior_year_tax_usd_micros is not None), None)
    if event is None or event.state_prior_year_tax_usd_micros is None:
        return
    if residence_in(book.taxpayer, year + 1).state != state or is_joint(book, year) != is_joint(book, year + 1):
        return
    told = usd_decimal(event.state_prior_year_tax_usd_micros)
    if abs(told - tax) > ROUNDED_AWAY:
        yield Finding(
            "state_prior_year_tax_differs",
            f"the facts of {year + 1} ({event.id}) say that the tax of {STATES[state]} of {year} was "
            f"{to_cents(told):,}, and {by} comes to {to_cents(tax):,}: record what is missing of {year}, or correct "
            "state_prior_year_tax_usd to the tax that the state's return shows",
            event.id,
        )


def _elsewhere(states: frozenset[State], state: State, year: int, *, told: bool) -> tuple[Finding, ...]:
    """Return that what is told of the year before is of another state, or of a part of the year; nothing untold."""
    if not told:
        return ()
    where = " and ".join(STATES[each] for each in sorted(states))
    return (
        Finding(
            "state_prior_year_elsewhere",
            f"state_prior_year_tax_usd is told for {year + 1}, and in {year} you lived in {where}: only a return to "
            f"{STATES[state]} of all of {year} is a measure of its payments, so it is not counted; correct the profile "
            "if you lived there",
            state,
        ),
    )


def _by_book(book: Book, law: Law, year: int) -> StatePriorYear | None:
    """Return what the events of the year before come to; None where there are none, or its law is not known."""
    known = any(when == year for when, _ in (*book.income.totals, *book.gains.totals))
    if not known and year not in book.taxpayer.year_facts:
        return None
    try:
        told = state_liability(book, law, liability(book, law, year, traced=False), traced=False)
    except UnknownFigureError:
        return None
    if told.computed is None or not told.tax:
        return None
    finding = Finding(
        "state_prior_year_by_book",
        f"the tax of {told.name} of {year} is taken as {to_cents(told.tax):,}, which the events here come to: what "
        f"counts is the tax on its return; once that is made, record `year_facts` for {year + 1} with "
        "state_prior_year_tax_usd and state_prior_year_agi_usd",
        told.state,
    )
    return StatePriorYear(told.tax, told.computed.income, "book", (finding,))
