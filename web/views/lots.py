"""The page of lots: what is held, wallet by wallet, what it cost, and how long until each lot turns long-term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lotwork.projections.basis.open_lots import OpenLot
from lotwork.reports.lots import LotRow, lot_row
from lotwork.web.charts import MONTHS, Chart, plain_bars
from lotwork.web.listing import Listing, page_of
from lotwork.web.narrowed import Narrowed
from lotwork.web.reading import Reading
from lotwork.web.views.ages import Ages, age_says, ages, main_asset, turns_long
from lotwork.web.wording import coins, day

TERMS = ("all", "long", "short")
MONTHS_AHEAD = 12
HOW = {"gift": "gift", "inheritance": "inherited", "wash_sale": "replaced a loss"}


@dataclass(frozen=True, slots=True)
class LotLine:
    """One open lot, and beside it what only the page tells; `days` until it is long-term, 0 where it is."""

    row: LotRow
    value_usd_micros: int | None
    gain_usd_micros: int | None
    days: int
    how: str
    """How it came, and what is not known of it; empty where it was received or bought."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What one wallet holds of one asset."""

    wallet: str
    asset: str
    lots: int
    coins: str
    basis_usd_micros: int
    value_usd_micros: int | None
    long_coins: str


@dataclass(frozen=True, slots=True)
class LotsView:
    """What the page shows."""

    holdings: tuple[Holding, ...]
    wallets: tuple[str, ...]
    wallet: str
    terms: tuple[str, ...]
    term: str
    says: str
    """The answer: how much is long-term by now, and when the next lot turns."""
    ages: Ages | None
    chart: Chart | None
    chart_asset: str
    already_long: str
    rows: Listing[LotLine]
    narrowed: Narrowed


def lots_view(reading: Reading, narrowed: Narrowed, page: int) -> LotsView:
    """Return the open lots of one wallet or all, of one term or both, the oldest first."""
    wallets = tuple(sorted({lot.wallet for lot in reading.lots}))
    narrowed = _known(reading, narrowed)
    shown = lots_of(reading, narrowed)
    asset = main_asset(reading)
    ahead = [lot for lot in reading.lots if lot.asset == asset]
    decimals = reading.history.assets.decimals(asset)
    return LotsView(
        holdings=tuple(_holdings(reading)),
        wallets=wallets,
        wallet=narrowed.wallet,
        terms=TERMS,
        term=narrowed.term,
        says=age_says(reading) if reading.lots else "",
        ages=ages(reading) if ahead else None,
        chart=_turning(ahead, asset, decimals, reading.today) if ahead else None,
        chart_asset=asset,
        already_long=coins(sum(lot.quantity for lot in ahead if _is_of("long", lot, reading.today)), decimals),
        rows=page_of(shown, page).of(lambda lot: _line(reading, lot)),
        narrowed=narrowed,
    )


def lots_of(reading: Reading, narrowed: Narrowed) -> list[OpenLot]:
    """Return the open lots that a list is narrowed to, the oldest first; a name that no lot has narrows nothing."""
    told = _known(reading, narrowed)
    shown = [
        lot
        for lot in reading.lots
        if told.holds(lot.acquired, wallet=lot.wallet, asset=lot.asset) and _is_of(told.term, lot, reading.today)
    ]
    return sorted(shown, key=lambda lot: (lot.acquired, lot.lot, lot.wallet))


def _known(reading: Reading, narrowed: Narrowed) -> Narrowed:
    """Return *narrowed* without the names that no lot has."""
    return narrowed._replace(
        wallet=narrowed.wallet if narrowed.wallet in {lot.wallet for lot in reading.lots} else "",
        asset=narrowed.asset if narrowed.asset in {lot.asset for lot in reading.lots} else "",
        term=narrowed.term if narrowed.term in TERMS else TERMS[0],
    )


def _is_of(term: str, lot: OpenLot, today: date) -> bool:
    return term == "all" or (term == "long") == lot.is_long(today)


def _line(reading: Reading, lot: OpenLot) -> LotLine:
    long = lot.is_long(reading.today)
    worth = _worth(reading, lot.asset, lot.quantity)
    return LotLine(
        row=lot_row(lot, reading.history.assets),
        value_usd_micros=worth,
        gain_usd_micros=None if worth is None else _gain(lot, worth),
        days=0 if long else (turns_long(lot) - reading.today).days,
        how=_how(lot),
    )


def _gain(lot: OpenLot, worth: int) -> int:
    """Return what a sale for *worth* would gain; of a gift with two bases nothing where it lies between them."""
    basis, low = lot.basis_usd_micros, lot.loss_basis_usd_micros
    return worth - basis if low is None or worth >= basis else min(0, worth - low)


def _how(lot: OpenLot) -> str:
    told = HOW.get(lot.how or "", "")
    return told if lot.basis_known else f"{told}, basis not known".removeprefix(", ")


def _worth(reading: Reading, asset: str, quantity: int) -> int | None:
    price = reading.latest.get(asset)
    return None if price is None else price.value(quantity, reading.history.assets.decimals(asset))


def _holdings(reading: Reading) -> Iterator[Holding]:
    held: defaultdict[tuple[str, str], list[OpenLot]] = defaultdict(list)
    for lot in reading.lots:
        held[lot.asset, lot.wallet].append(lot)
    first = main_asset(reading)
    for (asset, wallet), lots in sorted(held.items(), key=lambda entry: (entry[0][0] != first, entry[0])):
        quantity = sum(lot.quantity for lot in lots)
        yield Holding(
            wallet=wallet,
            asset=asset,
            lots=len(lots),
            coins=reading.coins(quantity, asset),
            basis_usd_micros=sum(lot.basis_usd_micros for lot in lots),
            value_usd_micros=_worth(reading, asset, quantity),
            long_coins=reading.coins(sum(lot.quantity for lot in lots if _is_of("long", lot, reading.today)), asset),
        )


def _turning(lots: Sequence[OpenLot], asset: str, decimals: int, today: date) -> Chart:
    """Return the coins that turn long-term in each of the twelve months that begin with this one."""
    months = [(today.year + (today.month - 1 + ahead) // 12, (today.month - 1 + ahead) % 12 + 1)
              for ahead in range(MONTHS_AHEAD + 1)]  # fmt: skip
    amounts = dict.fromkeys(months, 0)
    for lot in lots:
        turns = turns_long(lot)
        if not lot.is_long(today) and (turns.year, turns.month) in amounts:
            amounts[turns.year, turns.month] += lot.quantity
    labels = [
        f"{MONTHS[month - 1]} {year}" if place == 0 or month == 1 else MONTHS[month - 1]
        for place, (year, month) in enumerate(months)
    ]
    says = [f"{MONTHS[month - 1]} {year}: {coins(amounts[year, month], decimals)} {asset}" for year, month in months]
    title = f"{asset} turning long-term, month by month from {day(today)}"
    return plain_bars(title, [amounts[month] for month in months], labels, says, lambda units: coins(units, decimals))
