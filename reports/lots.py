"""The listing of the lots that are open: what was acquired, what is left of it, and its basis.

Coins are told with the asset's decimals, dollars to the micro-dollar, both as decimal strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from lotwork.ledger.units import MICRO_DECIMALS, AssetTable, unscaled_all, usd_text
from lotwork.reports.lazily import made_rows
from lotwork.reports.lines import all_coins, coins
from lotwork.reports.plain_rows import filled_in, form_of
from lotwork.reports.rows import Day, Number, Row, Table, Usd, Words

if TYPE_CHECKING:
    from lotwork.projections.basis.open_lots import OpenLot
    from lotwork.projections.replay.book import Book


class LotRow(Row, frozen=True, kw_only=True):
    """An open lot; how it came, and a second basis, are told only where they differ from the usual."""

    asset: str
    wallet: str
    quantity: Number
    acquired: Day
    basis_usd: Usd
    lot: Words
    how: str | UnsetType = UNSET
    """How it came where it was neither received nor bought: gift, inheritance or wash_sale."""
    loss_basis_usd: Usd | UnsetType = UNSET
    """The basis for a loss, where a gift has two."""
    held_from: Day | UnsetType = UNSET
    """The day the holding period runs from, where that is not the day of acquisition."""
    basis_known: bool | UnsetType = UNSET
    """False where nobody said what it cost."""


class LotListing(Row, frozen=True, kw_only=True):
    """The open lots of a book as of a day, and the receipts that have no price yet."""

    at: Day | None
    rows: tuple[LotRow, ...]
    pending: tuple[str, ...]


LOTS = Table(LotRow, lambda row: (row.asset, row.wallet, row.quantity, row.acquired, row.basis_usd, row.lot)).leaving(
    lambda row: (row.lot, row.wallet)
)


def list_lots(book: Book, at: date | None) -> LotListing:
    """Return the open lots."""
    assets = book.history.assets
    return LotListing(
        at=at,
        rows=made_rows(book.open_lots(at), partial(lot_row, assets=assets), partial(texts_of_lots, assets=assets)),
        pending=tuple(receipt for _, receipt in book.income.pending),
    )


def lot_row(lot: OpenLot, assets: AssetTable) -> LotRow:
    """Return an open lot as every listing tells it."""
    return LotRow(
        asset=lot.asset,
        wallet=lot.wallet,
        quantity=coins(lot.quantity, lot.asset, assets),
        acquired=lot.acquired,
        basis_usd=usd_text(lot.basis_usd_micros),
        lot=lot.lot,
        how=UNSET if lot.how is None else lot.how,
        loss_basis_usd=UNSET if lot.loss_basis_usd_micros is None else usd_text(lot.loss_basis_usd_micros),
        held_from=UNSET if lot.term_day is None else lot.term_day,
        basis_known=UNSET if lot.basis_known else False,
    )


_FORM = form_of(LotRow, ("asset", "wallet", "quantity", "acquired", "basis_usd", "lot"))
_AS_USUAL = (None, None, None, True)
"""What an open lot that was received or bought has after those."""


def texts_of_lots(lots: Sequence[OpenLot], assets: AssetTable) -> bytes | None:
    """Return the JSON of *lots* as it stands between the brackets of a list; None where one of them is not usual."""
    named, wallets, quantities, acquired, bases, ids, *others = zip(*lots, strict=True)
    if set(zip(*others, strict=True)) != {_AS_USUAL}:
        return None
    days, usd = [*map(date.isoformat, acquired)], unscaled_all(bases, MICRO_DECIMALS)
    return filled_in(_FORM, (named, wallets, all_coins(quantities, named, assets), days, usd, ids))
