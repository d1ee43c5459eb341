"""Slips of the pen in what comes in: a date that has not come yet."""

from __future__ import annotations

from datetime import datetime

from lotwork.ledger import events as e
from lotwork.ledger.codec import kind_of
from lotwork.ledger.errors import Problem

HAPPENED = (
    e.Receipt, e.Purchase, e.GiftReceived, e.Sale, e.Transfer, e.Movement, e.Expense, e.Energy, e.Payment,
    e.EquipmentSale,
)  # fmt: skip
"""What cannot lie ahead. All else is dated ahead by nature: it says from when something holds (a profile, a tariff, an
election, a rig's first day of service), what a year will bring, or what was told of another day (a broker's form)."""


def lies_ahead(event: e.Event, end: datetime, where: str) -> Problem | None:
    """Return what is wrong with *event* where it cannot have happened by *end*."""
    if event.at <= end or not isinstance(event, HAPPENED):
        return None
    reason = f"{event.at:%Y-%m-%d} has not come yet, and a {kind_of(event)} is recorded once it happened"
    return Problem(where, "at", reason, "correct the date")
