"""Rows into deals where several rows are one deal: the legs and the fee of a trade, joined by what they share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from typing import TypeAlias

from lotwork.ingest.profiles.coinbase import coinbase
from lotwork.ingest.profiles.deal import Deal, Leg, leg
from lotwork.ingest.profiles.houses import pair_named
from lotwork.ingest.profiles.readers import begun
from lotwork.ingest.profiles.row import CellError, NoEvent, Row
from lotwork.ingest.sheets.assets import DOLLAR, asset_named, is_money
from lotwork.ledger.units import ZERO

Made: TypeAlias = tuple[Sequence[Row], Callable[[], Deal]]
Joiner: TypeAlias = Callable[[Sequence[Row]], Iterator[Made]]
HALVES = 2
MINED = frozenset({"hashpower"})
"""What bears a fee each time, where it does at all: a payout without one is half a pair, cut off from the other."""
KRAKEN_TRADES = frozenset({"trade", "spend", "receive"})
_STAKED = re.compile(r"(?:[0-9]{2})?\.(?:HOLD|[A-Z])$")


def grouped(rows: Sequence[Row], key: Callable[[Row], str]) -> Iterator[list[Row]]:
    """Yield the rows that share a key, in the order of the first of each; a row without a key stands alone."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row) or f"line {row.line}", []).append(row)
    yield from groups.values()


def kraken_ledgers(rows: Sequence[Row]) -> Iterator[Made]:
    """Join the two entries of a trade by their `refid`; every other entry is a deal of its own."""

    def reference(row: Row) -> str:
        return row.text("ref") if row.text("type") in KRAKEN_TRADES and row.has("id") else ""

    for group in grouped(rows, reference):
        yield group, partial(_kraken_trade, group) if reference(group[0]) else partial(_kraken_entry, group[0])


def unstaked(row: Row) -> str:
    """Return the coin of an entry, staked or not."""
    return asset_named(_STAKED.sub("", row.text("asset").strip()))


def _kraken_fee(row: Row) -> list[Leg]:
    fee = row.number("fee") or ZERO
    if fee < 0:
        raise CellError(row.column("fee"), "a fee that is given back", "record it by hand")
    return [Leg(unstaked(row), fee)] if fee else []


def _worded(row: Row) -> Row:
    """Return *row* with its type and subtype as one word, where the profile knows them together."""
    both = f"{row.text('type')}/{row.text('subtype')}"
    known = row.face.meaning(both) is not None
    return row._replace(cells={**row.cells, "type": both}) if known else row


def _kraken_trade(group: Sequence[Row]) -> Deal:
    first = _worded(group[0])
    deal = begun(first, first.meaning())
    deal.rows, deal.ref = group, first.text("ref")
    if len(group) > HALVES:
        words = f"{first.column('ref')} joins {len(group)} rows, and a trade is two"
        raise NoEvent(words, asked=True, how="record what it was by hand")
    if len(group) != HALVES or len({row.instant() for row in group}) != 1:
        raise CellError(first.column("ref"), f"{len(group)} rows have it, and a trade two", "export it whole")
    for row in group:
        number = row.needed("quantity")
        deal.fees += _kraken_fee(row)
        if number < 0:
            deal.out = leg(unstaked(row), number)
        elif number > 0:
            deal.came = leg(unstaked(row), number)
    value = max((abs(row.money("value") or ZERO) for row in group), default=ZERO)
    deal.value = value or None
    return deal


def _kraken_entry(row: Row) -> Deal:
    if not row.has("id"):
        raise NoEvent(f"{row.column('id')} is empty: it did not happen, or not yet")
    row = _worded(row)
    deal = begun(row, row.meaning())
    number, asset = row.needed("quantity"), unstaked(row)
    deal.fees = _kraken_fee(row)
    value = row.money("value")
    deal.value = None if value is None else abs(value)
    if number == 0:
        raise NoEvent("no coins moved in it", asked=bool(deal.fees))
    if (deal.meaning == "inflow" and number < 0) or (deal.meaning == "outflow" and number > 0):
        raise NoEvent(f"a {row.text('type')} that was taken back: record it by hand", asked=True)
    deal.came, deal.out = (leg(asset, number), None) if number > 0 else (None, leg(asset, number))
    if asset == DOLLAR and deal.meaning in ("inflow", "outflow"):
        deal.meaning = "dollars"
    return deal


def kraken_trades(rows: Sequence[Row]) -> Iterator[Made]:
    """Read Kraken's trades, whose ids are the references of its ledgers: told by both, each is one event."""
    for row in rows:
        yield [row], partial(_kraken_row, row)


def _kraken_row(row: Row) -> Deal:
    deal = begun(row, row.meaning())
    deal.at = re.sub(r"\.[0-9]+", "", deal.at)
    if row.number("margin"):
        raise CellError(row.column("margin"), "a trade on margin is no sale of coins held", "record it by hand")
    base, quote = (asset_named(each) for each in _kraken_pair(row))
    coins, paid = leg(base, row.needed("quantity")), leg(quote, row.needed("value"))
    fee = row.number("fee") or ZERO
    deal.fees = [Leg(quote, fee)] if fee else []
    deal.out, deal.came = (paid, coins) if deal.meaning == "buy" else (coins, paid)
    return deal


def _kraken_pair(row: Row) -> tuple[str, str]:
    pair = row.text("symbol").upper()
    if "/" in pair:
        base, _, quote = pair.partition("/")
        return base, quote
    found = re.fullmatch(r"(X[A-Z]{3})([XZ][A-Z]{3})|(\w+G)(USD)", pair)  # it has no market in GUSD: MOGUSD is MOG
    return pair_named(pair, row) if found is None else (found[1] or found[3], found[2] or found[4])


def nicehash(rows: Sequence[Row]) -> Iterator[Made]:
    """Join what NiceHash credits or pays out with the fee of it, which is a row of the same instant."""
    with_fee = {_family(row) for row in rows if _is_fee(row)}
    for group in grouped(rows, lambda row: f"{row.text('at')} {_family(row)}"):
        main = [row for row in group if not _is_fee(row)]
        fees = [row for row in group if _is_fee(row)]
        alone = not fees and _family(group[0]) in with_fee & MINED
        if not main or alone or len(fees) not in (0, len(main)):
            yield group, partial(_unpaired, group)
            continue
        for row, fee in zip_longest(sorted(main, key=_size), sorted(fees, key=_size)):
            pair = [row] if fee is None else [row, fee]
            yield pair, partial(_nicehash, pair)


def _size(row: Row) -> Decimal:
    """Return how much a row tells, by which a payout and its fee of one instant are paired; 0 where it is no number."""
    try:
        return abs(row.number("quantity") or ZERO)
    except CellError:
        return ZERO


def _is_fee(row: Row) -> bool:
    return row.text("type").casefold().endswith(" fee")


def _family(row: Row) -> str:
    words = row.text("type").casefold().split()
    return " ".join(words[:1]) if len(words) > 1 else " ".join(words)


def _unpaired(group: Sequence[Row]) -> Deal:
    row = group[0]
    row.meaning()
    row.instant()
    raise CellError(row.column("type"), "a fee and what it is the fee of do not stand together", "export it whole")


def _nicehash(pair: Sequence[Row]) -> Deal:
    row = pair[0]
    deal = begun(row, row.meaning())
    deal.rows = pair
    asset, number = row.asset(), row.needed("quantity")
    if number == 0:
        raise NoEvent("no coins moved in it")
    for fee_row in pair[1:]:
        fee_row.meaning()
        fee = fee_row.needed("quantity")
        if fee > 0:
            raise CellError(fee_row.column("quantity"), "a fee that is given back", "record it by hand")
        deal.fees += [Leg(asset, -fee)] if fee else []
    deal.came, deal.out = (leg(asset, number), None) if number > 0 else (None, leg(asset, number))
    if (deal.meaning == "inflow" and number < 0) or (deal.meaning == "outflow" and number > 0):
        raise CellError(row.column("quantity"), "it has the other sign than its purpose", "record it by hand")
    if row.told.prices == "file":
        row.money("value")  # refuses a report in another money
        deal.price = row.money("rate")
    return deal


def coinledger(rows: Sequence[Row]) -> Iterator[Made]:
    """Join the debit, the credit and the fee of one internal id."""
    for group in grouped(rows, lambda row: row.text("ref")):
        yield group, partial(_coinledger, group)


def _coinledger(group: Sequence[Row]) -> Deal:
    row = group[0]
    deal = begun(row, row.meaning())
    deal.rows, deal.ref = group, row.text("ref")
    if len({(each.instant(), each.text("type")) for each in group}) != 1:
        raise CellError(row.column("ref"), "rows of one id are of several instants or types", "record it by hand")
    sides: defaultdict[str, list[Leg]] = defaultdict(list)
    for each in group:
        side = each.text("side").casefold()
        number = each.needed("quantity")
        if number < 0 and side == "credit":
            raise CellError(each.column("quantity"), "it is negative", "record by hand what was taken back")
        part = leg(each.asset(), number)
        if part is not None:
            sides["fee" if side.endswith("fee") else side].append(part)
    unknown = sides.keys() - {"debit", "credit", "fee"}
    if unknown or len(sides["debit"]) > 1 or len(sides["credit"]) > 1:
        raise CellError(row.column("side"), "it has more sides than a debit, a credit and fees", "record it by hand")
    deal.out, deal.came = (next(iter(sides[side]), None) for side in ("debit", "credit"))
    deal.fees, deal.wallet = sides["fee"], row.text("wallet")
    only = deal.came or deal.out
    if only is None:
        raise NoEvent("no coins moved in it")
    if is_money(only.asset) and (deal.came is None or deal.out is None):
        deal.meaning = "dollars" if only.asset == DOLLAR else deal.meaning
    return deal


JOINED: dict[str, Joiner] = {
    "coinbase": coinbase,
    "kraken_ledgers": kraken_ledgers,
    "kraken_trades": kraken_trades,
    "nicehash": nicehash,
    "coinledger": coinledger,
}
