"""What to pay next: by which day, how much, in coins, and what waiting costs (26 U.S.C. 6654(a)).

Two amounts stand side by side. One brings every installment up to date on the figures so far; while the year runs,
later income raises it. The other is enough whatever the rest of the year brings: a quarter each time of what the
prior year asks for, or the annualized installment of a period that is over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import NamedTuple

from lotwork.ledger.units import ONE_DAY, ZERO, AssetTable
from lotwork.projections.replay.book import Book
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.estimated import Installment
from lotwork.rules.us.estimated_penalty import Paid, interest_of_a_day, penalty
from lotwork.rules.us.underpayment_rate import as_far_as_known


class SetAside(NamedTuple):
    """Money to keep for the tax, and the coins that would bring it at the last price known."""

    usd: Decimal
    asset: str | None
    quantity: int | None
    """In base units, rounded up."""
    price_usd: str | None


class Waiting(NamedTuple):
    """What it costs to pay later than the day: None where the rate of interest is not known yet."""

    a_day: Decimal | None
    """For each day after the due day."""
    overdue_a_day: Decimal | None
    """What the part that is overdue costs for each day already."""
    until: date | None
    """The due day after this one; None where this is the last."""
    until_next_due: Decimal | None
    april_15: date
    until_april_15: Decimal | None
    known_through: date | None = None
    """The last day whose rate of interest is known, where April 15 is not: rates are announced quarter by quarter."""
    until_known: Decimal | None = None
    """What waiting until that day costs; None where no rate after the due day is known."""


class NextPayment(NamedTuple):
    """The payment to make by a day: `pay` is up to date on the figures so far, `overdue` the part that is late."""

    quarter: int | None
    """None where no installment is to come: what is overdue costs interest until it is paid, or until April 15."""
    due: date
    pay: Decimal
    overdue: Decimal
    safe: Decimal | None
    """Enough whatever the rest of the year brings; None where nobody can know."""
    set_aside: SetAside
    waiting: Waiting


class Step(NamedTuple):
    """One of the payments that are left: by when, how much on the figures so far, and how much is enough."""

    quarter: int
    due: date
    pay: Decimal
    safe: Decimal | None


def steps(
    due: Sequence[Installment],
    short: Sequence[Decimal],
    paid: Sequence[Paid],
    enough_by: Callable[[int], Decimal | None],
    as_of: date,
) -> tuple[Step, ...]:
    """Return the payments that are left for who starts on *as_of*: the first catches up on what is overdue.

    *enough_by* gives what is enough in all by an installment, counted from 0.
    """
    left: list[Step] = []
    behind, promised = ZERO, ZERO
    for place, (each, missing) in enumerate(zip(due, short, strict=True)):
        if each.due < as_of:
            behind += missing
            continue
        enough = enough_by(place)
        safe = None
        if enough is not None:
            safe = max(ZERO, enough - _paid_by(paid, each.due) - promised)
            promised += safe
        left.append(Step(each.quarter, each.due, missing + behind, safe))
        behind = ZERO
    return tuple(left)


def next_payment(
    book: Book,
    law: Law,
    due: Sequence[Installment],
    short: Sequence[Decimal],
    paid: Sequence[Paid],
    left: Sequence[Step],
    as_of: date,
) -> NextPayment | None:
    """Return the next of the payments that are *left*, or what is overdue; None after April 15 of the next year."""
    april_15 = date(due[0].statutory.year + 1, 4, 15)
    overdue = sum((missing for each, missing in zip(due, short, strict=True) if each.due < as_of), ZERO)
    if as_of > april_15:
        return None
    first = left[0] if left else Step(0, as_of, overdue, overdue)
    after = left[1].due if len(left) > 1 else None

    def later(day: date | None) -> Decimal | None:
        try:
            return None if day is None else _cost(due, paid, first, day, law)
        except UnknownFigureError:
            return None

    known = _rates_known(date(april_15.year - 2, 12, 31), april_15, law)
    to_the_end = later(april_15)
    waiting = Waiting(
        a_day=_a_day(first.pay, first.due + ONE_DAY, law),
        overdue_a_day=_a_day(overdue, as_of + ONE_DAY, law),
        until=after,
        until_next_due=later(after),
        april_15=april_15,
        until_april_15=to_the_end,
        known_through=None if to_the_end is not None else known,
        until_known=later(known) if to_the_end is None and known > first.due else None,
    )
    quarter = first.quarter or None
    return NextPayment(quarter, first.due, first.pay, overdue, first.safe, set_aside(book, first.pay), waiting)


def _rates_known(first: date, through: date, law: Law) -> date:
    """Return the last day from *first* to *through* whose rate of interest is known; *first* where none is."""
    _, known = as_far_as_known(lambda day: None if day <= first else interest_of_a_day(ZERO, day, law), first, through)
    return known


def _paid_by(paid: Sequence[Paid], day: date) -> Decimal:
    return sum((each.amount for each in paid if each.on <= day), ZERO)


def _cost(due: Sequence[Installment], paid: Sequence[Paid], step: Step, day: date, law: Law) -> Decimal:
    """Return what paying the step on *day* costs more than paying it when it is due."""
    waited, prompt = (penalty(due, (*paid, Paid(when, step.pay)), day, law).total.amount for when in (day, step.due))
    return waited - prompt


def _a_day(amount: Decimal, day: date, law: Law) -> Decimal | None:
    try:
        return interest_of_a_day(amount, day, law)
    except UnknownFigureError:
        return None


def set_aside(book: Book, usd: Decimal) -> SetAside:
    """Return *usd* to the cent, as a form rounds it, and how much of the coin last received would bring it at least."""
    usd = to_cents(usd)
    last = book.income.last_price
    if last is None:
        return SetAside(usd, None, None, None)
    asset, price = last
    return SetAside(usd, asset, coins_for(usd, asset, price, book.history.assets), price)


def coins_for(usd: Decimal, asset: str, price: str, assets: AssetTable) -> int:
    """Return the base units of *asset* that bring *usd* dollars at *price* a coin at least."""
    whole = usd / Decimal(price)
    return int(whole.scaleb(assets.decimals(asset)).to_integral_value(ROUND_UP))
