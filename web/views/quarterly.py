"""The page of quarterly payments: four cards, the rule they follow, and what is still to pay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from lotwork.ledger.units import CENT, ZERO
from lotwork.projections.quarterly import NOTHING_REQUIRED, Quarter, Quarterly
from lotwork.projections.taxpayer import Taxpayer
from lotwork.reports.estimated import InstallmentRow, QuarterlyListing, list_quarterly
from lotwork.reports.estimated_words import next_in_words, rise_in_words
from lotwork.web.reading import Reading

RULES = {
    "current_year_90": "90% of this year's tax",
    "prior_year_100": "100% of last year's tax",
    "prior_year_110": "110% of last year's tax",
}

State = Literal["paid", "due", "late", "nothing"]
Harbor = Literal["met", "on track", "missed", "not needed"]


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


def quarterly_view(reading: Reading) -> QuarterlyView | None:
    """Return the year's four payments; None where the law of the year is not known."""
    told, owed = reading.payments, reading.owed
    if told is None or owed is None:
        return None
    listing = list_quarterly(told, reading.history.assets)
    cards = tuple(
        _card(quarter, row, told.method, reading.today)
        for quarter, row in zip(told.quarters, listing.installments, strict=True)
    )
    upcoming = next((card for card in cards if card.days >= 0), None)
    overdue = sum((card.shortfall for card in cards if card.days < 0), ZERO)
    harbor = _harbor(told, cards, overdue)
    return QuarterlyView(
        year=told.year,
        cards=cards,
        rule=RULES.get(told.method, ""),
        harbor=harbor,
        harbor_says=" ".join(filter(None, (_says(harbor, told), rise_in_words(told)))),
        next=upcoming,
        to_pay=overdue + (upcoming.shortfall if upcoming else ZERO),
        overdue=overdue,
        withheld=owed.withheld,
        told=listing,
        made=tuple(_made(reading.folded.taxpayer, told.year)),
        coming_says=next_in_words(told.next_payment, reading.history.assets) if told.next_payment else "",
    )


def _card(quarter: Quarter, row: InstallmentRow, method: str, today: date) -> Card:
    days = (quarter.due - today).days
    short = quarter.shortfall if quarter.shortfall >= CENT else ZERO
    state: State = "nothing" if method == NOTHING_REQUIRED else "paid"
    if short:
        state = "late" if days < 0 else "due"
    return Card(row, days, quarter.required, quarter.paid, short, state)


def _harbor(told: Quarterly, cards: tuple[Card, ...], overdue: Decimal) -> Harbor:
    if told.method == NOTHING_REQUIRED:
        return "not needed"
    if overdue or told.penalty >= CENT:
        return "missed"
    return "on track" if any(card.shortfall for card in cards) else "met"


def _says(harbor: Harbor, told: Quarterly) -> str:
    rule = RULES.get(told.method, "")
    match harbor:
        case "not needed":
            return f"No payment is required: {told.required.why}."
        case "met":
            return f"{rule} is paid."
        case "on track":
            return f"Every payment due so far was made in full, by the rule of {rule}."
        case "missed":
            return f"Less than a quarter of {rule} was paid by a due day, and a penalty runs until it is."


def _made(taxpayer: Taxpayer, year: int) -> Iterator[Payment]:
    for payment in taxpayer.payments_for(year):
        yield Payment(taxpayer.calendar.day(payment.at), payment.amount_usd_micros, payment.type)
