"""The page of quarterly payments: four cards, the rule they follow, and what is still to pay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from lotwork.ledger.units import CENT, ZERO
from lotwork.projections.estimated.measures import NOT_KNOWN, NOTHING_REQUIRED
from lotwork.projections.filer.taxpayer import Taxpayer
from lotwork.projections.quarterly import ANNUALIZED, Quarter, Quarterly
from lotwork.reports.estimated import InstallmentRow, QuarterlyListing, list_quarterly
from lotwork.reports.estimated_words import (
    MEASURES,
    methods_in_words,
    next_in_words,
    overdue_in_words,
    penalty_in_words,
    rise_in_words,
)
from lotwork.web.reading import Reading
from lotwork.web.views.state_payments import StateView, state_view
from lotwork.web.wording import day

State = Literal["paid", "due", "late", "nothing", "unknown"]
Harbor = Literal["met", "on track", "missed", "not needed", "not known"]


@dataclass(frozen=True, slots=True)
class Card:
    """One installment, and beside it what only the page tells; `required` and `paid` are those of its bar."""

    row: InstallmentRow
    days: int
    required: Decimal
    paid: Decimal
    shortfall: Decimal
    """What is short; less than a cent is nothing."""
    state: State


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment that was made."""

    day: date
    amount_usd_micros: int
    type: str
    event: str


@dataclass(frozen=True, slots=True)
class QuarterlyView:
    """What the page shows; `to_pay` is what the next due day asks for, with what is overdue."""

    year: int
    cards: tuple[Card, ...]
    rule: str
    harbor: Harbor
    harbor_says: str
    next: Card | None
    to_pay: Decimal
    overdue: Decimal
    withheld: Decimal
    told: QuarterlyListing
    """The year as it is listed: what it asks for, what to pay next, what waiting costs, and the penalty."""
    made: tuple[Payment, ...]
    coming_says: str
    overdue_says: str
    penalty_says: str
    methods_say: str
    each_alike: bool
    """Whether the four ask for the same."""
    state: StateView | None
    """The payments to the state beside them."""


def quarterly_view(reading: Reading) -> QuarterlyView | None:
    """Return the year's four payments; None where the law knows of none."""
    return None if reading.payments is None else view_of(reading, reading.payments)


def view_of(reading: Reading, told: Quarterly) -> QuarterlyView:
    """Return the four payments *told* of a year."""
    listing = list_quarterly(told, reading.history.assets)
    cards = tuple(
        _card(quarter, row, told.method, reading.today)
        for quarter, row in zip(told.quarters, listing.installments, strict=True)
    )
    upcoming = next((card for card in cards if card.days >= 0), None)
    overdue = told.overdue
    harbor = _harbor(told, cards, overdue)
    return QuarterlyView(
        year=told.year,
        cards=cards,
        rule=MEASURES.get(told.method, ""),
        harbor=harbor,
        harbor_says=" ".join(filter(None, (_says(harbor, told), rise_in_words(told, reading.book)))),
        next=upcoming,
        to_pay=overdue + (upcoming.shortfall if upcoming else ZERO),
        overdue=overdue,
        withheld=told.required.withheld.amount,
        told=listing,
        made=tuple(_made(reading.folded.taxpayer, told.year)),
        coming_says=next_in_words(told.next_payment, reading.history.assets, day) if told.next_payment else "",
        overdue_says=overdue_in_words(told, day),
        penalty_says=penalty_in_words(told, day),
        methods_say=methods_in_words(told),
        each_alike=len({card.required for card in cards}) == 1,
        state=state_view(reading, told.year),
    )


def _card(quarter: Quarter, row: InstallmentRow, method: str, today: date) -> Card:
    days = (quarter.due - today).days
    short, required = quarter.short, quarter.required
    if required is None:
        return Card(row, days, ZERO, quarter.paid, short, "unknown")
    state: State = "nothing" if method == NOTHING_REQUIRED else "paid"
    if short:
        state = "late" if days < 0 else "due"
    return Card(row, days, required, quarter.paid, short, state)


def _harbor(told: Quarterly, cards: tuple[Card, ...], overdue: Decimal) -> Harbor:
    if told.method == NOTHING_REQUIRED:
        return "not needed"
    if told.method == NOT_KNOWN:
        return "not known"
    if overdue or told.penalty >= CENT:
        return "missed"
    return "on track" if any(card.shortfall for card in cards) else "met"


def _says(harbor: Harbor, told: Quarterly) -> str:
    rule = MEASURES.get(told.method, "")
    match harbor:
        case "not needed":
            return f"No payment is required: {told.required.why}."
        case "not known":
            return f"What {told.year} asks for is not known: neither its law nor the tax of {told.year - 1} is."
        case "met":
            return f"{rule[:1].upper()}{rule[1:]} is paid."
        case "on track":
            return f"Every payment due so far was made in full, by the rule of {rule}."
        case "missed":
            part = "what is asked by" if told.method == ANNUALIZED else "a quarter of"
            return f"Less than {part} {rule} was paid by a due day, and a penalty runs until it is."


def _made(taxpayer: Taxpayer, year: int) -> Iterator[Payment]:
    for payment in taxpayer.payments_for(year):
        yield Payment(taxpayer.calendar.day(payment.at), payment.amount_usd_micros, payment.type, payment.id)
