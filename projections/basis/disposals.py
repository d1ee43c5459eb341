"""A disposal as the lots see it, and who is told of the lots it took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
Part: TypeAlias = tuple[Lot | None, int, int]
"""A part of a disposal: the lot it took (None: no coins were recorded for it), the quantity, and its basis."""
Sink: TypeAlias = Callable[[Disposal, Sequence[Part]], None]
"""Told of the parts of a disposal, in one call or in several that follow each other."""
