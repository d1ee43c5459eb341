"""The page that asks what a sale would come to: every order of lots side by side, by the code of `lotwork plan sale`.

Nothing is recorded. The sale is of today (or of the day looked back to), and its tax is that of the whole return with
it less the return without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Self

from msgspec import UnsetType

from lotwork.ledger.errors import InputRefusedError, UsageError
from lotwork.ledger.events import LotChoice
from lotwork.ledger.public_form.parse_words import parse_day
from lotwork.ledger.units import PRICE_DECIMALS, ZERO, AmountError, scaled
from lotwork.projections.estimated.next_payment import coins_for
from lotwork.projections.findings import Finding
from lotwork.projections.plan.missing_facts import facts_missing
from lotwork.projections.plan.next_year import law_assumed, law_of_plan
from lotwork.projections.plan.price import Fee, PriceUnknownError, price_for
from lotwork.projections.plan.sale import SalePlan, Way, plan_sale
from lotwork.projections.plan.sale_asked import SaleAsked, lots_told
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.resuming import folded
from lotwork.reports.plan.listing import NOT_RECKONED
from lotwork.reports.plan.sale import LaterRow, SaleListing, WayRow, list_sale
from lotwork.reports.states import NOT_DUE
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import to_cents
from lotwork.web.reading import Reading
from lotwork.web.views.ages import main_asset
from lotwork.web.wording import day, price, usd, words

PARTS = {"quarter": 4, "half": 2, "all": 1}
"""What a link sells of what a wallet holds."""
MOST_LETTERS = 40
MOST_LOTS, MOST_YEARS = 60, 3
"""So many lots are offered one by one, and so many years ahead a sale is reckoned."""
OF_LOT = "lot:"
"""How the name of a field begins that asks how much of a lot."""


class Offer(NamedTuple):
    """What a sale is asked for, as it was written; `part` is of all that `wallet` holds, where no quantity is told."""

    asset: str = ""
    quantity: str = ""
    price: str = ""
    fee: str = ""
    wallet: str = ""
    part: str = ""
    on: str = ""
    """The day of the sale; empty: the day it is."""
    lots: str = ""
    """Lots of one's own, as `id=quantity` with a comma between them."""

    @classmethod
    def asked(cls, told: Mapping[str, str]) -> Self:
        """Return what the keys of an address ask for; a field for each lot is one of its lots."""
        said = {name: told.get(name, "").strip() for name in cls._fields}
        own = (f"{name.removeprefix(OF_LOT)}={text.strip()}" for name, text in told.items()
               if name.startswith(OF_LOT) and text.strip())  # fmt: skip
        said["lots"] = ",".join(filter(None, (said["lots"], *own)))
        return cls(
            **{name: text[: None if name in ("wallet", "lots") else MOST_LETTERS] for name, text in said.items()}
        )


class OwnLot(NamedTuple):
    """A lot that may be chosen: what it is, and how much of it is told."""

    lot: str
    about: str
    told: str


class Held(NamedTuple):
    """What one wallet holds of the asset, of which a part may be sold."""

    wallet: str
    units: int
    coins: str


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to sell from one wallet; `later` is the day of waiting that saves most, None where none saves."""

    wallet: str
    held: str
    best: str
    rows: tuple[WayRow, ...]
    later: LaterRow | None

    @property
    def saved(self) -> Decimal:
        """What waiting until that day saves."""
        return ZERO if self.later is None else saved_by(self.later)

    def recorded(self, row: WayRow) -> dict[str, str]:
        """Return the fields of the form that records the lots of *row*; none where they are many."""
        named = {f"{OF_LOT}{lot.lot}": str(lot.quantity) for lot in row.lots if lot.lot is not None}
        return named if len(named) == len(row.lots) <= MOST_LOTS else {}


@dataclass(frozen=True, slots=True)
class Sold:
    """The answer: what the sale of least tax adds, and what to set aside of it."""

    says: str
    added: Decimal
    aside: str
    wallets: tuple[Ways, ...]
    listing: SaleListing
    notes: tuple[Finding, ...]
    state: str = ""
    """The name of the state whose tax stands beside the federal one; empty where none does."""


@dataclass(frozen=True, slots=True)
class SellView:
    """What the page shows; `trouble` says why there is no answer to what was asked."""

    offer: Offer
    assets: tuple[str, ...]
    asset: str
    held: tuple[Held, ...]
    says: str
    price_now: str
    sold: Sold | None
    trouble: str
    own: tuple[OwnLot, ...] = ()
    """The lots of the wallet that is asked for, the oldest first."""

    @property
    def asked(self) -> dict[str, str]:
        """What the file of the table is asked for."""
        return {name: value for name, value in self.offer._asdict().items() if value}


def sell_view(reading: Reading, offer: Offer) -> SellView:
    """Return the answer to *offer*; where nothing is offered, what could be."""
    assets = tuple(sorted({lot.asset for lot in reading.lots}))
    asset = offer.asset if offer.asset in assets else main_asset(reading)
    held = tuple(_held(reading, asset))
    sold, trouble = None, ""
    if offer.quantity or offer.part or offer.lots:
        try:
            sold = _sold(reading, offer, asset, held)
        except PriceUnknownError:
            trouble = f"No price of {asset} is known by {day(reading.today)}: write one."
        except (AmountError, InputRefusedError, UnknownFigureError, UsageError) as refused:
            trouble = str(refused)
    known = reading.latest.get(asset)
    return SellView(
        offer=offer,
        assets=assets,
        asset=asset,
        held=held,
        says=_says(reading, asset, held),
        price_now=price(known.price_usd) if known else "",
        sold=sold,
        trouble=trouble,
        own=tuple(_own(reading, asset, offer, held)),
    )


def _own(reading: Reading, asset: str, offer: Offer, held: Sequence[Held]) -> Iterator[OwnLot]:
    """Yield the lots that may be chosen one by one: of the wallet that is asked for, or of the only one there is."""
    wallet = offer.wallet or (held[0].wallet if len(held) == 1 else "")
    told = dict(part.strip().rpartition("=")[::2] for part in offer.lots.split(","))
    lots = sorted((lot for lot in reading.lots if (lot.wallet, lot.asset) == (wallet, asset)),
                  key=lambda lot: (lot.acquired, lot.lot))  # fmt: skip
    for lot in lots[:MOST_LOTS]:
        basis = f"basis {usd(lot.basis_usd_micros)}" if lot.basis_known else "basis not known"
        about = f"{reading.coins(lot.quantity, asset)} {asset} of {day(lot.acquired)}, {basis}"
        yield OwnLot(lot.lot, about, told.get(lot.lot, ""))


def _held(reading: Reading, asset: str) -> Iterator[Held]:
    units: defaultdict[str, int] = defaultdict(int)
    for lot in reading.lots:
        if lot.asset == asset:
            units[lot.wallet] += lot.quantity
    for wallet, held in sorted(units.items()):
        yield Held(wallet, held, reading.coins(held, asset))


def _says(reading: Reading, asset: str, held: Sequence[Held]) -> str:
    units = sum(each.units for each in held)
    told = f"{reading.coins(units, asset)} {asset} are held"
    known = reading.latest.get(asset)
    if known is None:
        return f"{told}; no price of {asset} is known, so write one."
    worth = known.value(units, reading.history.assets.decimals(asset))
    return f"{told}, worth {usd(worth)} at the last price known, {price(known.price_usd)}."


def _sold(reading: Reading, offer: Offer, asset: str, held: Sequence[Held]) -> Sold:
    decimals = reading.history.assets.decimals(asset)
    on = _day_of(reading, offer.on)
    book, now, assumed = _book(reading, on.year)
    lots = lots_told(offer.lots, lambda told: scaled(told, decimals))
    asked = SaleAsked(
        asset=asset,
        quantity=_quantity(offer, held, decimals, lots),
        on=on,
        price=price_for(book, asset, on, _price(offer.price)),
        fee=Fee.parse(offer.fee or "0"),
        wallet=offer.wallet or _wallet_of(reading, lots),
        lots=lots,
    )
    plan = plan_sale(book, law_of_plan(reading.law, on.year)[0], asked, now)
    listing = list_sale(plan, reading.history.assets)
    best = min((wallet.best for wallet in plan.wallets), key=_of_both)
    wallet = next(each.wallet for each in plan.wallets if each.best is best)
    aside = max(_of_both(best), ZERO)
    units = coins_for(aside, asset, plan.asked.price.price_usd, reading.history.assets)
    return Sold(
        says=_answer(plan, listing, best, wallet),
        added=_of_both(best),
        aside=f"{usd(aside)}, which is {reading.coins(units, asset)} {asset} at this price" if aside else "",
        wallets=tuple(
            Ways(told.wallet, told.held, told.best, told.rows, _most_saved(told.later)) for told in listing.wallets
        ),
        listing=listing,
        state=plan.state.told.name if plan.state is not None and plan.state.has_income_tax else "",
        notes=tuple(dict.fromkeys((*assumed, *plan.findings, *facts_missing(book, plan.year)))),
    )


def _day_of(reading: Reading, text: str) -> date:
    """Return the day of the sale; raise where it is none, or over."""
    on = parse_day(text) if text else reading.today
    if on < reading.today:
        raise InputRefusedError(f"{day(on)} is over: a planned sale is of {day(reading.today)} or of a day after it")
    if on.year > reading.today.year + MOST_YEARS:
        raise InputRefusedError(f"{day(on)} is too far away to say what is owed: the law reaches {MOST_YEARS} years")
    return on


def _wallet_of(reading: Reading, lots: Sequence[LotChoice]) -> str | None:
    """Return the wallet that holds the first of *lots*; None where no lot is named."""
    first = lots[0].lot if lots else ""
    return next((lot.wallet for lot in reading.lots if lot.lot == first), None)


def _book(reading: Reading, year: int) -> tuple[Book, datetime, tuple[Finding, ...]]:
    """Return the book that keeps the rows of *year*, the end of the day, and which figures are assumed."""
    calendar = reading.history.calendar
    planned, missing = law_of_plan(reading.law, year)
    assumed = (law_assumed(year, missing),) if missing else ()
    is_folded = reading.year == year and not missing
    book = reading.folded if is_folded else folded(reading.history, (year,), planned)
    return book, calendar.midnight(reading.today + timedelta(days=1)) - timedelta(seconds=1), assumed


def _quantity(offer: Offer, held: Sequence[Held], decimals: int, lots: Sequence[LotChoice]) -> int:
    """Return what is to be sold, in base units: where only lots are told, all of those; raise where it is nothing."""
    if offer.quantity:
        units = scaled(offer.quantity, decimals)
    elif lots:
        units = sum(lot.quantity for lot in lots)
    else:
        of_wallet = next((each.units for each in held if each.wallet == offer.wallet), 0)
        units = of_wallet // PARTS.get(offer.part, 1)
    if units <= 0:
        raise InputRefusedError("there is nothing to sell: write more than 0, or a wallet that holds something")
    return units


def _price(text: str) -> str | None:
    plain = text.removeprefix("$").replace(",", "")
    if not plain:
        return None
    if scaled(plain, PRICE_DECIMALS) <= 0:
        raise InputRefusedError("a price is more than 0: write what one coin brings")
    return plain


def _answer(plan: SalePlan, listing: SaleListing, best: Way, wallet: str) -> str:
    gain = best.gain("short") + best.gain("long")
    brings = f"Selling {listing.quantity} {listing.asset} at {price(listing.price.price_usd)} brings {usd(best.net)}"
    outcome = f"{'a gain' if gain >= 0 else 'a loss'} of {usd(abs(gain))}"
    if best.added_tax < 0:
        tax = f"takes {usd(-best.added_tax)} off"
    else:
        tax = f"adds {usd(best.added_tax)} to" if best.added_tax else "changes nothing in"
    way = f"{words(best.method)} from {wallet}" if len(plan.wallets) > 1 else words(best.method)
    told = f"{brings}. The way of least tax, {way}, makes {outcome} and {tax} the federal tax of {plan.year}"
    if plan.state is None:
        return f"{brings}. The way of least tax, {way}, makes {outcome} and {tax} the tax of {plan.year}."
    if best.state_added is None:
        return f"{told}. {plan.state.told.name}: {NOT_RECKONED}"
    if not plan.state.has_income_tax:
        return f"{told}. {plan.state.told.name}: {NOT_DUE}"
    own = f"takes {usd(-best.state_added)} off" if best.state_added < 0 else f"adds {usd(best.state_added)} to"
    return f"{told}, and {own} that of {plan.state.told.name}. Lots are chosen by both taxes together."


def _of_both(way: Way) -> Decimal:
    """Return what *way* adds to the federal tax and, where it is reckoned, to the state's: each to the cent."""
    return to_cents(way.added_tax) + to_cents(way.state_added or ZERO)


def saved_by(row: LaterRow) -> Decimal:
    """Return what waiting saves: of both taxes, where the state's is reckoned; nothing where that is not known."""
    both = row.saved_with_state_usd
    return Decimal(row.saved_usd or 0) if isinstance(both, UnsetType) or both is None else Decimal(both)


def _most_saved(later: Sequence[LaterRow]) -> LaterRow | None:
    worth = [row for row in later if saved_by(row) > 0]
    return max(worth, key=lambda row: (saved_by(row), -row.days), default=None)
