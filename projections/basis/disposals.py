"""A disposal as the lots see it, and who is told of the lots it took."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeAlias

from lotwork.ledger.events import Transfer
from lotwork.projections.basis.pools import Lot

SOLD = frozenset({"sold", "spent", "swapped"})
"""The ways of leaving that realize a gain; of the others the proceeds are the fair value, which no fee lowers."""


class Disposal(NamedTuple):
    """What leaves, for what (None: a fee without a price), on which day, and what kind of leaving it is."""

    id: str
    wallet: str
    asset: str
    quantity: int
    proceeds: int | None
    day: int
    year: int
    disposition: str
    at: datetime


Moved: TypeAlias = Callable[[Transfer, Lot, bool], None]
"""Told of each part of a lot that a transfer moves, and whether each wallet is a pool by then."""
Sink: TypeAlias = Callable[[Disposal, Lot | None, int, int], None]
"""Told of each part of a disposal: the lot it took (None: no coins were recorded for it), the quantity, its basis."""
