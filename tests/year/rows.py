"""What a service lists: a row that says one thing on one day and another on the next, and what a pool owes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.year.chain import Payment
from tests.year.truth import CENT, price

Told = dict[str, Any]


@dataclass(kw_only=True)
class Row:
    """A row of a service: what it says from which instant on. A payment in it is told as its transaction."""

    told: list[tuple[datetime, Told]]

    def as_of(self, now: datetime) -> Told | None:
        """Return what the row says on a day; None where it is not listed yet."""
        last = next((row for since, row in reversed(self.told) if since <= now), None)
        if last is None:
            return None
        return {key: (value.txid if isinstance(value, Payment) else value) for key, value in last.items()}


@dataclass(kw_only=True)
class Balance:
    """What a pool owes: credits with their instants, of which a payout takes all there are."""

    credits: list[tuple[datetime, int]] = field(default_factory=list)
    paid: int = 0

    def owed(self, at: datetime) -> int:
        """Return what is owed at an instant."""
        return sum(units for when, units in self.credits if when <= at) - self.paid

    def due(self, at: datetime) -> int:
        """Take and return what is owed."""
        due = self.owed(at)
        assert due > 0, f"nothing is owed at {at}"
        self.paid += due
        return due


def coins(sats: int) -> str:
    """Return an amount of eight decimals in whole coins."""
    return f"{Decimal(sats).scaleb(-8):.8f}"


def worth(sats: int, at: datetime) -> Decimal:
    """Return what bitcoin was worth then, to the cent."""
    return (Decimal(sats).scaleb(-8) * price("BTC", at)).quantize(CENT)
