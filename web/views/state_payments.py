"""The payments to the state on the screen: its days, what is short and what to pay next; and all that is overdue."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.units import CENT, ZERO
from lotwork.projections.states.estimated import StateQuarterly
from lotwork.projections.states.liability import state_liability
from lotwork.reports.estimated_words import overdue_in_words
from lotwork.reports.state_payments import (
    StateQuarterlyListing,
    list_state_quarterly,
    state_payments_in_words,
)
from lotwork.rules.line import to_cents
from lotwork.web.reading import Reading
from lotwork.web.wording import day, usd


@dataclass(frozen=True, slots=True)
class StateView:
    """The payments to the state of a year."""

    year: int
    told: StateQuarterlyListing
    says: tuple[str, ...]
    record: str
    """The command that records a payment to it."""


@dataclass(frozen=True, slots=True)
class StateCard:
    """What is to pay to the state next, for the first page."""

    label: str
    amount: str
    due: date | None
    note: str
    year: int


@dataclass(frozen=True, slots=True)
class Late:
    """What is overdue of a year."""

    year: int
    says: str


class StateBalance(NamedTuple):
    """What is due with the state's return, and by which day; less than nothing comes back."""

    amount: Decimal
    due: date
    state: str
    name: str


def state_view(reading: Reading, year: int) -> StateView | None:
    """Return the payments to the state of *year*; None where no state is told."""
    told = next((each for each in state_told(reading) if each.year == year), None)
    if told is None:
        return None
    following = told.next
    pay = told.overdue if following is None else following.pay
    record = (
        f"lotwork --book {shlex.quote(reading.book)} add payment at={reading.today} year={year} "
        f"amount_usd={to_cents(pay) if pay >= CENT else 'AMOUNT'} state={told.state}"
    )
    return StateView(year, list_state_quarterly(told), tuple(state_payments_in_words(told, day)), record)


def state_cards(reading: Reading) -> tuple[StateCard, ...]:
    """Return what is to pay to the state next of each year that is open, the older one first.

    Of a year that is over, that is the balance of its return once no payment is to come.
    """
    balance = state_balance(reading)
    told = [each for each in state_told(reading) if balance is None or each.next is not None]
    return (*map(_card, told), *(() if balance is None else (_card_of(balance, reading.year),)))


def state_balance(reading: Reading) -> StateBalance | None:
    """Return what is still due of the state's return of the year that is looked at, once that is over."""
    if reading.owed is None or not reading.is_over:
        return None
    told = state_liability(reading.folded, reading.law, reading.owed, traced=False)
    if told.state is None or told.computed is None or told.computed.due is None:
        return None
    return StateBalance(to_cents(told.balance_due), told.computed.due, told.state, told.name)


def state_aside(reading: Reading) -> str:
    """Say what is to set aside for the state beside the federal tax of the year; empty where nothing is."""
    told = reading.state_payments
    if told is None or told.set_aside is None or told.set_aside < CENT:
        return ""
    return f"For {told.name} {usd(told.set_aside)} more is to set aside."


def overdue(reading: Reading) -> Iterator[Late]:
    """Yield what is overdue of each year whose payments are open, the older year first; and to the state."""
    for told in (reading.before, reading.payments):
        if told is not None and (says := overdue_in_words(told, day)):
            yield Late(told.year, f"{says}.")
    for state in state_told(reading):
        since = state.overdue_since
        if since is not None:
            yield Late(state.year, f"{state.name}: {usd(state.overdue)} overdue since {day(since)}.")


def state_told(reading: Reading) -> Iterator[StateQuarterly]:
    """Yield the payments to the state of the year before, where they are open, and of the year."""
    for each in (reading.state_before, reading.state_payments):
        if each is not None:
            yield each


def _card_of(balance: StateBalance, year: int) -> StateCard:
    if balance.amount < CENT:
        back = f"{usd(-balance.amount)} comes back." if -balance.amount >= CENT else ""
        return StateCard(f"{balance.name} for {year} is paid", usd(ZERO), None, back, year)
    return StateCard(f"{balance.name}, balance for {year}", usd(balance.amount), balance.due, "", year)


def _card(told: StateQuarterly) -> StateCard:
    """Return the card of a year: the payment that is next, or why there is none."""
    note = next(iter(state_payments_in_words(told, day)))
    following, name = told.next, told.name
    if following is None:
        amount = "not known" if told.method == "unknown" else usd(told.overdue)
        return StateCard(f"{name} for {told.year}", amount, None, note, told.year)
    label = f"{name}, payment {following.quarter} for {told.year}"
    return StateCard(label, usd(following.pay), following.due, note, told.year)
