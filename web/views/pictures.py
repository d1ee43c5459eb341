"""The page to look at: what mining leaves, coins held against coins to set aside, tax by quarter, and lots by age.

Every figure is one that another page or a command tells; what is open is said, and no bar is drawn of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lotwork.ledger.units import usd_micros
from lotwork.web.charts import Chart, side_by_side
from lotwork.web.reading import Reading
from lotwork.web.views.ages import Ages, ages, main_asset
from lotwork.web.views.profit import ProfitView, profit_view
from lotwork.web.views.quarterly import Card, quarterly_view
from lotwork.web.views.state_payments import state_aside
from lotwork.web.wording import day, usd


@dataclass(frozen=True, slots=True)
class Kept:
    """Coins held against coins to set aside; `chart` is None where one of the two is open, and `says` says why."""

    says: str
    asset: str
    held: str
    aside: str
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Quarters:
    """The four payments: what each asks for, what was paid towards it, what is short."""

    says: str
    cards: tuple[Card, ...]
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class PicturesView:
    """What the page shows; None where the law of the United States does not hold."""

    profit: ProfitView
    kept: Kept | None
    quarters: Quarters | None
    ages: Ages | None


def pictures_view(reading: Reading) -> PicturesView:
    """Return the pictures of a year."""
    return PicturesView(
        profit=profit_view(reading),
        kept=_kept(reading) if reading.is_us else None,
        quarters=_quarters(reading) if reading.is_us else None,
        ages=ages(reading) if reading.lots and reading.is_us else None,
    )


def _kept(reading: Reading) -> Kept:
    aside = None if reading.payments is None else reading.payments.set_aside
    asset = (aside.asset if aside else None) or main_asset(reading)
    units = sum(lot.quantity for lot in reading.lots if lot.asset == asset)
    held = reading.coins(units, asset)
    if aside is None:
        return Kept(f"What to set aside is not known: {reading.unknown_law}", asset, held, "", None)
    if aside.quantity is None:
        return Kept(f"Set aside {usd(aside.usd)}: no price is known to tell it in coins.", asset, held, "", None)
    wanted, much = reading.coins(aside.quantity, asset), reading.coins(abs(units - aside.quantity), asset)
    more = f"{much} {asset} more than that" if units >= aside.quantity else f"{much} {asset} too little"
    labels = ("Held", "To set aside")
    columns, says = [[units], [aside.quantity]], [[f"Held: {held} {asset}"], [f"To set aside: {wanted} {asset}"]]
    title = f"{asset} held, and to set aside for {reading.year}"
    return Kept(
        f"Set aside {wanted} {asset} ({usd(aside.usd)}) for {reading.year}; {held} {asset} are held, {more}."
        f"{_beside(state_aside(reading))}",
        asset,
        held,
        wanted,
        side_by_side(title, columns, labels, says, (), lambda units: reading.coins(units, asset)),
    )


def _quarters(reading: Reading) -> Quarters:
    view = quarterly_view(reading)
    if view is None or any(card.state == "unknown" for card in view.cards):
        return Quarters(f"What each payment asks for is not known: {reading.unknown_law}", (), None)
    of_state = "" if reading.state_payments is None else f"Those to {reading.state_payments.name} are not among them."
    says = f"{usd(view.to_pay)} is next" if view.to_pay else "Nothing is short"
    late = f", {usd(view.overdue)} of it overdue" if view.overdue else ""
    columns = [[usd_micros(card.required), usd_micros(card.paid), usd_micros(card.shortfall)] for card in view.cards]
    told = [[f"{day(card.row.due)}: {usd(card.required)} asked for", f"{day(card.row.due)}: {usd(card.paid)} paid",
             f"{day(card.row.due)}: {usd(card.shortfall)} short"] for card in view.cards]  # fmt: skip
    labels = [f"{card.row.quarter}, {day(card.row.due)}" for card in view.cards]
    series = ("Asked for", "Paid", "Short")
    chart = side_by_side(f"Tax by quarter, {view.year}", columns, labels, told, series, usd)
    return Quarters(f"{says}{late}. {view.harbor_says}{_beside(of_state)}", view.cards, chart)


def _beside(told: str) -> str:
    return f" {told}" if told else ""
