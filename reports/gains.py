"""The listing of a year's gains: every disposal against its lot, as on Form 8949, and what left without a sale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from operator import attrgetter, sub
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from lotwork.ledger.units import MICRO_DECIMALS, AssetTable, unscaled_all, usd_text
from lotwork.reports.lazily import made_rows
from lotwork.reports.lines import all_coins, coins
from lotwork.reports.plain_rows import filled_in, form_of
from lotwork.reports.rows import Day, Number, Row, Table, Usd, Words

if TYPE_CHECKING:
    from lotwork.projections.basis.removals import Removal
    from lotwork.projections.gains import GainRow, TermTotal
    from lotwork.projections.replay.book import Book


class DisposalRow(Row, frozen=True, kw_only=True):
    """A row of Form 8949; what is not as usual about its lot is told only where it is so."""

    asset: str
    wallet: str
    quantity: Number
    acquired: Day | None
    sold: Day
    proceeds_usd: Usd
    basis_usd: Usd
    gain_usd: Usd
    term: str
    box: str
    lot: Words | None
    disposal: Words
    adjustment_code: str | None
    adjustment_usd: Usd
    how: str | UnsetType = UNSET
    """How the lot came where it was neither received nor bought: gift, inheritance or wash_sale."""
    basis_used: str | UnsetType | None = UNSET
    """Of a gift with two bases, the one that counted."""
    basis_known: bool | UnsetType = UNSET
    missing: bool | UnsetType = UNSET
    """True where no coins were recorded for it."""


class RemovalRow(Row, frozen=True, kw_only=True):
    """Coins of one lot that left without a sale, and what a return makes of it."""

    asset: str
    wallet: str
    quantity: Number
    date: Day
    acquired: Day | None
    term: str
    fair_value_usd: Usd
    basis_usd: Usd
    deduction_usd: Usd
    form: Words | None
    disposition: str
    lot: Words | None
    disposal: Words


class TermTotalRow(Row, frozen=True, kw_only=True):
    """A year's disposals of one term, added up."""

    proceeds_usd: Usd
    basis_usd: Usd
    adjustment_usd: Usd
    gain_usd: Usd


class GainTotals(Row, frozen=True, kw_only=True):
    """A year's disposals added up by term."""

    short: TermTotalRow
    long: TermTotalRow


class GainListing(Row, frozen=True, kw_only=True):
    """The rows of Form 8949 of a year, their totals by term, and what left without a sale."""

    year: int
    rows: tuple[DisposalRow, ...]
    totals: GainTotals
    removed: tuple[RemovalRow, ...]
    pending: tuple[str, ...]


DISPOSALS = Table(
    DisposalRow, lambda row: (
        row.sold, row.acquired, row.asset, row.quantity, row.proceeds_usd, row.basis_usd, row.gain_usd, row.term,
        row.box, row.lot,
    ),
).leaving(lambda row: (row.lot, row.box, row.asset, row.term, row.acquired))  # fmt: skip

DISPOSALS_FILE = Table(
    DisposalRow, lambda row: (
        row.sold, row.acquired, row.asset, row.quantity, row.wallet, row.proceeds_usd, row.basis_usd,
        row.adjustment_code, row.adjustment_usd, row.gain_usd, row.term, row.box, row.lot, row.disposal,
    ),
)  # fmt: skip
"""What the file of a year's sales holds."""
REMOVALS = Table(
    RemovalRow, lambda row: (
        row.date, row.disposition, row.asset, row.quantity, row.wallet, row.acquired, row.term, row.fair_value_usd,
        row.basis_usd, row.deduction_usd, row.form, row.lot, row.disposal,
    ),
)  # fmt: skip


def list_gains(book: Book, year: int) -> GainListing:
    """Return the rows of Form 8949 of *year*, their totals by term, and what left without a sale."""
    assets, gains = book.history.assets, book.gains
    return GainListing(
        year=year,
        rows=made_rows(
            [row for row in gains.rows if row.sold.year == year],
            partial(disposal_row, assets=assets),
            partial(texts_of_disposals, assets=assets),
        ),
        totals=GainTotals(short=total_row(gains.total(year, "short")), long=total_row(gains.total(year, "long"))),
        removed=tuple(removal_row(removal, assets) for removal in gains.removals if removal.day.year == year),
        pending=tuple(sorted(set(gains.pending))),
    )


def disposal_row(row: GainRow, assets: AssetTable) -> DisposalRow:
    """Return a row of Form 8949 as every listing tells it."""
    usual = row.how is None
    return DisposalRow(
        asset=row.asset,
        wallet=row.wallet,
        quantity=coins(row.quantity, row.asset, assets),
        acquired=row.acquired,
        sold=row.sold,
        proceeds_usd=usd_text(row.proceeds_usd_micros),
        basis_usd=usd_text(row.basis_usd_micros),
        gain_usd=usd_text(row.gain_usd_micros),
        term=row.term,
        box=row.box,
        lot=row.lot,
        disposal=row.disposal,
        adjustment_code=row.adjustment_code,
        adjustment_usd=usd_text(row.adjustment_usd_micros),
        how=UNSET if row.how is None else row.how,
        basis_used=UNSET if usual else row.basis_used,
        basis_known=UNSET if usual else row.basis_known,
        missing=True if row.missing else UNSET,
    )


_NAMED = ("asset", "wallet", "quantity", "acquired", "sold", "proceeds_usd", "basis_usd", "gain_usd", "term", "box")
_FORM = form_of(DisposalRow, (*_NAMED, "lot", "disposal"), adjustment_code=None, adjustment_usd=usd_text(0))
_of_all = attrgetter(
    "asset", "wallet", "quantity", "acquired", "sold", "proceeds_usd_micros", "basis_usd_micros", "term", "box", "lot",
    "disposal",
)  # fmt: skip
_of_some = attrgetter("adjustment_code", "adjustment_usd_micros", "how", "basis_used", "basis_known")
_AS_USUAL = (None, 0, None, None, True)
"""What most rows have of what is told of some."""


def texts_of_disposals(rows: Sequence[GainRow], assets: AssetTable) -> bytes | None:
    """Return the JSON of *rows* as it stands between the brackets of a list; None where one of them is not usual."""
    if set(map(_of_some, rows)) != {_AS_USUAL}:
        return None
    named, wallets, quantities, acquired, sold, proceeds, bases, *said = zip(*map(_of_all, rows), strict=True)
    terms, boxes, lots, disposals = said
    if None in acquired or None in lots:
        return None
    days = ([*map(date.isoformat, each)] for each in (acquired, sold))
    usd = (unscaled_all(micros, MICRO_DECIMALS) for micros in (proceeds, bases, map(sub, proceeds, bases)))
    told = all_coins(quantities, named, assets)
    return filled_in(_FORM, (named, wallets, told, *days, *usd, terms, boxes, lots, disposals))


def removal_row(removal: Removal, assets: AssetTable) -> RemovalRow:
    """Return what left without a sale as every listing tells it."""
    return RemovalRow(
        asset=removal.asset,
        wallet=removal.wallet,
        quantity=coins(removal.quantity, removal.asset, assets),
        date=removal.day,
        acquired=removal.acquired,
        term=removal.term,
        fair_value_usd=usd_text(removal.fair_value_usd_micros),
        basis_usd=usd_text(removal.basis_usd_micros),
        deduction_usd=usd_text(removal.deduction_usd_micros),
        form=removal.form,
        disposition=removal.disposition,
        lot=removal.lot,
        disposal=removal.disposal,
    )


def total_row(total: TermTotal) -> TermTotalRow:
    """Return the sum of one term."""
    return TermTotalRow(
        proceeds_usd=usd_text(total.proceeds_usd_micros),
        basis_usd=usd_text(total.basis_usd_micros),
        adjustment_usd=usd_text(total.adjustment_usd_micros),
        gain_usd=usd_text(total.gain_usd_micros),
    )
