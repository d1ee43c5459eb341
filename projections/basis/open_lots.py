"""A lot that is open, as it is told outside of the fold."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from lotwork.projections.basis.holding_period import is_long, on_day
from lotwork.projections.basis.pools import Lot


class OpenLot(NamedTuple):
    """An open lot of the book: quantity in base units, basis in micro-dollars, the day it was acquired.

    `basis_usd_micros` is the basis for a gain; a gift may have another for a loss. `term_day` is the day the holding
    period runs from where that is not the day of acquisition.
    """

    asset: str
    wallet: str
    quantity: int
    acquired: date
    basis_usd_micros: int
    lot: str
    loss_basis_usd_micros: int | None = None
    how: str | None = None
    """How it came where it was neither received nor bought: gift, inheritance or wash_sale."""
    term_day: date | None = None
    basis_known: bool = True

    def is_long(self, sold: date) -> bool:
        """Say if a sale at a gain on *sold* is long-term."""
        since = self.acquired if self.term_day is None else self.term_day
        return self.how == "inheritance" or is_long(since.toordinal(), sold.toordinal())


def open_lot(asset: str, wallet: str, lot: Lot) -> OpenLot:
    """Return *lot*, of which some is left, as an open lot of *asset* in *wallet*."""
    acquired, lineage = on_day(lot.acquired_day), lot.lineage
    if lineage is None:
        told = asset, wallet, lot.quantity, acquired, lot.basis, lot.id, None, None, None, True
        return tuple.__new__(OpenLot, told)  # as many as lots: a third of what its own way costs
    since = None if lineage.term_day is None else on_day(lineage.term_day)
    return OpenLot(
        asset, wallet, lot.quantity, acquired, lot.basis, lot.id, lineage.loss_basis, lineage.how, since,
        lineage.basis_known,
    )  # fmt: skip
