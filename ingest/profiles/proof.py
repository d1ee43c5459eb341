"""Whether the parts of a row agree: its word with what moved, its coins at their price with the dollars beside them.

A row that contradicts itself is refused, since nobody knows which of its parts is wrong. What a spread, or the rounding
of a price, may come to is no contradiction.
"""

from __future__ import annotations

from decimal import Decimal

from lotwork.ingest.profiles.deal import Deal
from lotwork.ingest.profiles.meaning import plain
from lotwork.ingest.profiles.profile import fold
from lotwork.ingest.profiles.readers import CENT, COMPARED, ROUNDED, last_place
from lotwork.ingest.profiles.row import CellError
from lotwork.ingest.sheets.assets import DOLLAR, is_money
from lotwork.ingest.sheets.table import SHOWN
from lotwork.ledger.units import ZERO

PRICED_BY = ("price", "rate", "unit_price")
"""The roles of a price that stands beside the coins it is of."""
OFF_BY = 10
"""Coins that only moved are told with a worth that no figure is made of; so many times as much is another unit."""
SPREAD = Decimal("0.1")
"""So far from a price of the market may be what coins were traded at."""
TWO_SIDED = frozenset({"trade", "buy", "sell", "convert", "transfer", "by sign", "dollars", ""})
"""Meanings of rows that may tell what left and what came."""
MOVED = frozenset({"inflow", "outflow", "transfer", "by sign", "dollars"})
"""Meanings of rows of which no figure is made by what their coins were worth."""
BOUGHT = frozenset({"buy", "bought", "purchase"})
SOLD = frozenset({"sell", "sold", "sale"})
BY_HAND = "look at the row, and record it by hand"


def prove(deal: Deal) -> None:
    """Raise CellError where the parts of *deal* do not agree."""
    if deal.content is not None:
        return
    _prove_sides(deal)
    _prove_price(deal)
    _prove_worth(deal)


def _prove_sides(deal: Deal) -> None:
    """Refuse what left beside what came where the word is of one of them, and a purchase that brought dollars."""
    row = deal.row
    if deal.out is None or deal.came is None:
        return
    if deal.meaning not in TWO_SIDED:
        words = "it tells what left and what came, and its word is of one of the two"
        raise CellError(row.column("type"), words, BY_HAND)
    role = next(filter(row.has, ("type", "operation")), "kind")
    said = set(fold(row.text(role)).split())
    gave, got = is_money(deal.out.asset), is_money(deal.came.asset)
    if gave != got and said & (SOLD if gave else BOUGHT):
        words = f'it is "{row.text(role)[:SHOWN]}", and its amounts say the reverse'
        raise CellError(row.column(role), words, BY_HAND)


def _prove_price(deal: Deal) -> None:
    """Refuse coins whose price, as the file tells it, says that they are not worth the dollars beside them."""
    row = deal.row
    coins = [each for each in (deal.out, deal.came) if each is not None and not is_money(each.asset)]
    told = abs(row.number("quantity") or ZERO)
    coin = next((each for each in coins if each.quantity == told or len(coins) == 1), None)
    paid = next((each.quantity for each in (deal.out, deal.came) if each is not None and each.asset == DOLLAR), None)
    role = next((role for role in PRICED_BY if role in row.face.places), "")
    if role == "rate":
        paid = row.number("value")
    elif row.face.profile.paid_price and coin is not None:
        paid = next((each.quantity for each in (deal.out, deal.came) if each is not None and each is not coin), None)
    value, price = abs(paid or deal.value or ZERO), row.number(role) if role else None
    if coin is not None and price and value:
        _prove_product(deal, coin.quantity, price, value)


def _prove_product(deal: Deal, quantity: Decimal, price: Decimal, value: Decimal) -> None:
    row, price = deal.row, abs(price)
    proved = quantity * price
    if max(proved, value) >= 1 and not proved / OFF_BY <= value <= proved * OFF_BY:
        words = f"{plain(quantity)} at {plain(price)} is not {plain(value)}: one of them is in another unit"
        raise CellError(row.column("quantity"), words, "export the file again, unchanged, or record it by hand")
    rounded = quantity * last_place(price) / 2
    spread = proved * (ROUNDED if row.face.profile.paid_price else SPREAD)
    if deal.meaning not in MOVED and abs(proved - value) > max(CENT, spread + rounded):
        role = "value" if "value" in row.face.places else "quantity"
        words = f"{plain(quantity)} at {plain(price)} is not {plain(value)}"
        raise CellError(row.column(role), words, COMPARED)


def _prove_worth(deal: Deal) -> None:
    """Refuse dollars that were paid, and a fee in dollars, beside another worth of the same."""
    paid = next((each.quantity for each in (deal.out, deal.came) if each is not None and each.asset == DOLLAR), None)
    fee = sum((each.quantity for each in deal.fees if each.asset == DOLLAR), ZERO)
    worth = None if deal.value == deal.basis else deal.value
    gave, got = (deal.row.number(f"{side}_value") for side in ("sent", "received"))
    told = "quote" if "quote" in deal.row.face.places else "value"
    for role, one, other in ((told, paid, worth), ("fee_value", fee, deal.fee_value), ("sent_value", gave, got)):
        if one and other and abs(one - other) > max(CENT, one * SPREAD):
            words = f"{plain(one)} is told, and {plain(other)} as its worth in dollars"
            raise CellError(deal.row.column(role), words, COMPARED)
