"""Coinbase's rows into deals: the other coin of a trade or of a conversion stands in the notes alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from lotwork.ingest.profiles.by_row import deals_by_row
from lotwork.ingest.profiles.deal import Deal, Leg
from lotwork.ingest.profiles.readers import CENT, COMPARED, ROUNDED, last_place, one_side
from lotwork.ingest.profiles.row import CellError, NoEvent, Row
from lotwork.ingest.sheets.assets import DOLLAR, asset_named, is_money
from lotwork.ledger.units import ZERO

_GIVEN = re.compile("Coinbase (?:Referral|Earn|Rewards)")
"""What Coinbase itself paid, in the notes of a row of its older exports that says Receive."""
_NOTES = re.compile(
    r"(?P<verb>Bought|Sold|Converted) (?P<first>[0-9.,]*[0-9]) (?P<coin>\S+) "
    r"(?:for|to) [$€£]?(?P<amount>[0-9.,]*[0-9]) (?P<asset>[A-Za-z0-9]+)\b"
)


class Noted(NamedTuple):
    """What the notes of a row say: what was done, the coin it is of, and what was given, or came, for it."""

    verb: str
    coin: Leg
    other: Leg


def coinbase(rows: Sequence[Row]) -> Iterator[tuple[Sequence[Row], Callable[[], Deal]]]:
    """Yield each row with what makes its deal; a conversion may be told by the coin it took, by the other, or both."""
    told = frozenset(_conversion(row) for row in rows if _tells_what_left(row))
    return deals_by_row(rows, partial(_deal, told))


def _conversion(row: Row) -> tuple[str, str]:
    return row.text("at"), " ".join(row.text("note").split())


def _tells_what_left(row: Row) -> bool:
    noted = _noted(row)
    return noted is not None and asset_named(row.text("asset")) != noted.other.asset


def _deal(told: frozenset[tuple[str, str]], row: Row) -> Deal:
    """Read one row; *told* are the conversions that a row of the coin which left tells."""
    deal = one_side(row)
    if deal.meaning == "inflow" and _GIVEN.search(row.text("note")):
        deal.meaning = "income other"
    if deal.meaning not in ("buy", "sell", "convert") or (deal.out is None and deal.came is None):
        return deal
    coin = Leg(row.asset(), abs(row.needed("quantity")))
    noted = _noted(row)
    if noted is None and row.text("type").casefold().startswith("advance"):
        raise CellError(row.column("note"), "it does not say what was traded for", "record the trade by hand")
    brought = deal.meaning == "convert" and noted is not None and noted.other.asset == coin.asset
    if brought and _conversion(row) in told:
        raise NoEvent("the other side of a conversion, which the row of the coin that left tells")
    if noted is not None:
        _prove_notes(row, deal.meaning, coin, noted, brought=brought)
    if deal.meaning == "convert" or (noted is not None and noted.other.asset != DOLLAR):
        other = None if noted is None else noted.coin if brought else noted.other
        _swap(row, deal, coin, other, brought=brought)
    _prove_total(row, deal)
    return deal


def _swap(row: Row, deal: Deal, coin: Leg, other: Leg | None, *, brought: bool) -> None:
    """Put the *other* coin beside the one the row is of, each at what the row says it was worth."""
    gross, total, fee = abs(row.money("value") or ZERO), row.money("total"), abs(row.money("fee") or ZERO)
    if other is None or is_money(other.asset) or total is None:
        raise CellError(row.column("note"), "it does not say which coin came or went", "record it by hand")
    worth = sorted((gross, abs(total)))
    if deal.meaning == "buy":
        deal.came, deal.out, deal.value, deal.worth = coin, other, worth[1], worth[1]
    else:
        deal.out, deal.came = (other, coin) if brought else (coin, other)
        deal.value, deal.worth = worth[1], worth[0]
    deal.fees = [Leg(DOLLAR, fee)] if fee and deal.meaning != "buy" else []


def _prove_total(row: Row, deal: Deal) -> None:
    """Refuse a row whose total is not its subtotal with the fee: more of a purchase, less of a sale."""
    gross, fee = abs(row.money("value") or ZERO), abs(row.money("fee") or ZERO)
    total = row.money("total")
    if total is None:
        return
    sums = {"buy": (gross + fee,), "sell": (gross - fee,)}.get(deal.meaning, (gross + fee, gross - fee))
    if min(abs(abs(total) - each) for each in sums) > max(CENT, fee / 100):
        raise CellError(row.column("total"), "total, subtotal and fee are not one sum", COMPARED)


def _prove_notes(row: Row, meaning: str, coin: Leg, noted: Noted, *, brought: bool) -> None:
    """Refuse a row whose notes tell the reverse of it, another quantity of its coin, or other dollars."""
    if noted.verb == {"buy": "Sold", "sell": "Bought"}.get(meaning) or (brought and row.needed("quantity") < 0):
        raise CellError(row.column("note"), "it tells the reverse of the row", COMPARED)
    said = noted.other if noted.other.asset == coin.asset else noted.coin
    if abs(said.quantity - coin.quantity) > max(coin.quantity * ROUNDED, last_place(said.quantity)):
        raise CellError(row.column("note"), "it tells another quantity than the row", COMPARED)
    dollars = [abs(told) for role in ("value", "total") if (told := row.money(role)) is not None]
    paid = noted.other.quantity
    if (
        noted.other.asset == DOLLAR
        and dollars
        and min(abs(paid - each) for each in dollars) > max(CENT, paid * ROUNDED)
    ):
        raise CellError(row.column("note"), "it tells other dollars than the row", COMPARED)


def _noted(row: Row) -> Noted | None:
    found = _NOTES.search(row.text("note"))
    if found is None:
        return None
    first, amount = (Decimal(found[name].replace(",", "")) for name in ("first", "amount"))
    return Noted(found["verb"], Leg(asset_named(found["coin"]), first), Leg(asset_named(found["asset"]), amount))
