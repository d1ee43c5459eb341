"""A disposal as the lots see it, and who is told of the lots it took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeAlias

import msgspec

from lotwork.ledger.events import Sale, Transfer
from lotwork.ledger.units import value_usd_micros
from lotwork.projections.basis.pools import Given, Lot

SOLD = frozenset({"sold", "spent", "swapped"})
"""The ways of leaving that realize a gain; of the others the proceeds are the fair value, which no fee lowers."""


class Disposal(msgspec.Struct, frozen=True, eq=False, gc=False):
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


def disposal_of(sale: Sale, day: date) -> Disposal:
    """Return the disposal that a *sale* of this *day* is."""
    realized = sale.disposition in SOLD
    return Disposal(
        sale.id,
        sale.wallet,
        sale.asset,
        sale.quantity,
        sale.proceeds_usd_micros - (sale.fee_usd_micros if realized else 0),
        day.toordinal(),
        day.year,
        sale.disposition,
        sale.at,
    )


def fee_of(event: Transfer, quantity: int, day: date, decimals: int) -> Disposal:
    """Return the disposal that a transfer's fee is; without a price it is pending, and outside the figures."""
    proceeds = None if event.price_usd is None else value_usd_micros(quantity, event.price_usd, decimals)
    return Disposal(
        event.id, event.from_wallet, event.asset, quantity, proceeds, day.toordinal(), day.year, "spent", event.at
    )


def parts_of(given: Given) -> list[Part]:
    """Return what a pool gave up as parts of a disposal; what is not given up whole is taken here."""
    parts: list[Part] = [(lot, lot.quantity, lot.basis) for lot in given.whole]
    if given.part is not None:
        lot, quantity = given.part
        if lot.lineage is None:
            parts.append((lot, quantity, lot.take(quantity)))
        else:
            part = lot.part(quantity, lot.wallet)
            parts.append((part, quantity, part.basis))
    return parts
