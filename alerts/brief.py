"""A book in a line: what is due by when, what is overdue, and how much is open; for who looks over many."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lotwork.alerts.rules import Payments
from lotwork.ledger.units import CENT, ZERO


class Brief(NamedTuple):
    """One book on one day, in dollars."""

    day: date
    due: date | None
    """The day of the next payment that is short; None where none is, or nobody can know."""
    due_usd: Decimal
    overdue_usd: Decimal
    open: int
    """How many findings wait for a person."""
    waiting: int
    """How many receipts have no price: no figure holds them."""
    trouble: str | None
    """Why the payments cannot be computed, where they cannot."""


def brief_of(payments: Payments, day: date, *, findings: int, waiting: int) -> Brief:
    """Return the line of a book whose *payments*, as of *day*, are these."""
    short = [each for each in payments.installments if each.due >= day and each.shortfall_usd >= CENT]
    following = min(short, key=lambda each: each.due, default=None)
    return Brief(
        day=day,
        due=None if following is None else following.due,
        due_usd=ZERO if following is None else following.shortfall_usd,
        overdue_usd=sum((late.amount_usd for late in payments.overdue), ZERO),
        open=findings,
        waiting=waiting,
        trouble=payments.trouble,
    )
