"""What a row, or the rows of one reference, say that happened: what left, what came, the fees, and what it was worth.

Every reader makes deals of its rows; what a deal is as events is said once, in `meaning`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from lotwork.ingest.profiles.row import Row


class Leg(NamedTuple):
    """So much of a coin or of a money, more than 0."""

    asset: str
    quantity: Decimal


@dataclass(slots=True, kw_only=True)
class Deal:
    """One thing that happened; amounts have no signs here."""

    rows: Sequence[Row]
    meaning: str
    at: str
    ref: str = ""
    """The source's own id."""
    out: Leg | None = None
    came: Leg | None = None
    fees: list[Leg] = field(default_factory=list)
    value: Decimal | None = None
    """What the coins were worth in dollars, before any fee."""
    worth: Decimal | None = None
    """What came for them was worth, where the file tells that apart: after the fee."""
    price: Decimal | None = None
    """What one coin was worth in dollars, where the file's own price is taken."""
    fee_value: Decimal | None = None
    """What a fee in a third coin was worth in dollars."""
    txid: str = ""
    note: str = ""
    wallet: str = ""
    """The wallet the row names; empty where it names none."""
    from_wallet: str = ""
    basis: Decimal | None = None
    acquired: str = ""
    """What the coins cost, and the instant they were bought, where an export of coins moved in tells it."""
    content: Mapping[str, Any] | None = None
    """The event itself, where it is of no coins."""
    first: str = ""
    """What the id of that event ends with, where a row tells several; mostly nothing."""
    parts: Sequence[str] = ()
    """What the id of any event of such a row may end with, where it is none of the numbers 2, 3, ….
    """
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What else the same row tells beside it, each by what its id ends with."""

    @property
    def row(self) -> Row:
        """The first of its rows."""
        return self.rows[0]


def leg(asset: str, quantity: Decimal | None) -> Leg | None:
    """Return so much of *asset*, whatever its sign; None where it is nothing."""
    return Leg(asset, abs(quantity)) if quantity else None
