"""The fills of Coinbase's Advanced Trade, and the legs of them that the wallets tell.

A fill may tell its size in the quote's money (`size_in_quote`): the coins are then the price's quotient, and the
wallet's own leg of that order says how many exactly. Whatever the wallets tell of a trade, and the list of fills does
not, is held as a question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import NamedTuple

from lotwork.ingest.exchanges.answers import (
    AnswerRefusedError,
    Table,
    amount,
    clock_of,
    flag,
    identity,
    iso,
    rows_of,
    table,
    text,
    word,
)
from lotwork.ingest.exchanges.coinbase_words import FILL
from lotwork.ingest.exchanges.house import BELOW_0, LONGEST_WALK, Ask, Cells, Span, Told
from lotwork.ingest.sheets.assets import DOLLAR, is_money
from lotwork.ledger.units import MICRO

ROWS = 100
SIDES = ("BUY", "SELL")
COIN_DECIMALS = Decimal("0.00000001")
CLOSE = Decimal("0.0001")
"""A quotient is as near to the wallet's own leg as the digits of its price allow."""


TOLD_BY_THEN = timedelta(days=1)
"""By when the list of fills tells what the wallets do."""


class Leg(NamedTuple):
    """One side of a fill, as a wallet tells it."""

    order: str
    asset: str
    quantity: Decimal
    worth: Decimal | None
    """What it was worth in dollars, where Coinbase says so."""
    ref: str
    at: datetime
    evidence: str


def money_of(row: Table, key: str) -> tuple[Decimal, str]:
    """Return the amount under *key*, and the coin or money that it is of."""
    money = table(row.get(key), key)
    return amount(money, "amount"), text(money, "currency").upper()


def worth_of(row: Table) -> Decimal | None:
    """Return what Coinbase says a transaction was worth in dollars; None where it tells another money."""
    if row.get("native_amount") is None:
        return None
    told, money = money_of(row, "native_amount")
    return abs(told) if money == DOLLAR else None


def leg_of(row: Table, evidence: str) -> Leg:
    """Return the side of a fill that a wallet's transaction is."""
    quantity, asset = money_of(row, "amount")
    order = identity(table(row.get(FILL), FILL), "order_id")
    return Leg(order, asset, quantity, worth_of(row), identity(row, "id"), iso(row, "created_at"), evidence)


def fills_of(ask: Ask, span: Span, legs: Sequence[Leg], told: Told) -> Iterator[Cells]:
    """Yield the fills of the span; what the wallets tell and they do not is noted."""
    found: list[tuple[Table, str]] = []
    seen: dict[str, Table] = {}
    after = ""
    begins = f"{span.start - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    for _ in range(LONGEST_WALK):
        params = {"limit": ROWS, "start_sequence_timestamp": begins, **({"cursor": after} if after else {})}
        asked = ask("v3_private_get_brokerage_orders_historical_fills", params)
        whole = table(asked.value, "the answer")
        fresh = 0
        for row in rows_of(whole.get("fills"), "fills"):
            name = identity(row, "entry_id")
            if name in seen:
                if seen[name] != row:
                    raise AnswerRefusedError(f"it tells two different things of fill {name[:40]}")
                continue
            seen[name] = row
            fresh += 1
            if span.start <= iso(row, "trade_time") < span.end:
                found.append((row, asked.evidence))
        following = word(whole, "cursor")
        if not following:
            break
        if following == after or not fresh:
            raise AnswerRefusedError("its pages have no end")
        after = following
    orders = {identity(row, "order_id") for row in seen.values()}
    for leg in legs:
        if leg.order in orders:
            continue
        if span.end - leg.at < TOLD_BY_THEN:
            told.waiting.append(leg.at)
        elif not is_money(leg.asset):  # the dollars of a trade are told by its coins
            yield _lost(leg)
    of_order: defaultdict[str, list[Leg]] = defaultdict(list)
    for leg in legs:
        of_order[leg.order].append(leg)
    for row, evidence in found:
        yield _fill(row, evidence, of_order[identity(row, "order_id")])


def _lost(leg: Leg) -> Cells:
    """Return a leg of a trade that no list tells: a question."""
    roles = {"id": leg.ref, "at": clock_of(leg.at), "type": FILL, "asset": leg.asset, "quantity": f"{leg.quantity:f}"}
    why = f"one side of order {leg.order[:60]} of Advanced Trade, whose trades the list of fills does not tell"
    return Cells(leg.ref, leg.at, roles, leg.evidence, why)


def _fill(row: Table, evidence: str, legs: list[Leg]) -> Cells:
    """Return a fill as the export has it: the coins, and in its note what they were traded for."""
    base, dash, quote = text(row, "product_id").upper().partition("-")
    if not dash or "-" in quote:  # BTC-PERP-INTX, BIT-28JUL23-CDE: no coins are traded
        kind = f"futures {text(row, 'product_id')[:30]}"
        return _odd(row, evidence, kind)
    told = text(row, "trade_type")
    if told != "FILL":
        return _odd(row, evidence, f"fill {told}"[:40])
    price, size, fee = amount(row, "price"), amount(row, "size"), amount(row, "commission")
    side = text(row, "side")
    if side not in SIDES:
        return _odd(row, evidence, f"fill of the side {side}"[:40])
    if price <= 0 or size <= 0:
        return _odd(row, evidence, "fill with a price or size not above 0")
    with localcontext() as exact:
        exact.prec = 60
        if flag(row, "size_in_quote"):
            coins, gross = _coins(size / price, base, legs), size
        else:
            coins, gross = size, size * price
    sells = side == SIDES[1]
    if fee < 0:
        return _rebated(row, evidence, base, -coins if sells else coins)
    net = gross - fee if sells else gross + fee
    worth = _dollars_of(gross, quote, base, coins, legs)
    share = None if worth is None else worth / gross
    verb, sign = ("Sold", "-") if sells else ("Bought", "")
    roles = {
        "id": identity(row, "trade_id"),
        "at": clock_of(iso(row, "trade_time")),
        "type": f"Advanced Trade {'Sell' if sells else 'Buy'}",
        "asset": base,
        "quantity": f"{sign}{coins:f}",
        "money": DOLLAR,
        "value": _micros(gross, share),
        "total": _micros(net, share),
        "fee": _micros(fee, share),
        "note": f"{verb} {coins:f} {base} for {_bounded(net)} {quote} on {base}-{quote}",
    }
    return Cells(
        identity(row, "trade_id"),
        iso(row, "trade_time"),
        {role: said for role, said in roles.items() if said},
        evidence,
    )


def _rebated(row: Table, evidence: str, base: str, coins: Decimal) -> Cells:
    """Return a fill that was paid for, instead of costing a fee: a question."""
    name, at = identity(row, "trade_id"), iso(row, "trade_time")
    roles = {"id": name, "at": clock_of(at), "type": FILL, "asset": base, "quantity": f"{coins:f}"}
    return Cells(name, at, roles, evidence, BELOW_0)


def _odd(row: Table, evidence: str, kind: str) -> Cells:
    """Return a row whose word no rule knows: it is refused by that word, or left out by it."""
    roles = {
        "id": identity(row, "trade_id"),
        "at": clock_of(iso(row, "trade_time")),
        "type": kind,
        "asset": text(row, "product_id").upper().partition("-")[0],
        "quantity": f"{amount(row, 'size'):f}",
    }
    return Cells(identity(row, "entry_id"), iso(row, "trade_time"), roles, evidence)


def _coins(quotient: Decimal, base: str, legs: list[Leg]) -> Decimal:
    """Return how many coins a fill was of: those of the wallet's own leg, or the quotient to the eighth digit."""
    near = [leg for leg in legs if leg.asset == base and abs(abs(leg.quantity) - quotient) <= quotient * CLOSE]
    if near:
        leg = min(near, key=lambda each: abs(abs(each.quantity) - quotient))
        return abs(leg.quantity)
    return quotient.quantize(COIN_DECIMALS, ROUND_HALF_EVEN)


def _dollars_of(gross: Decimal, quote: str, base: str, coins: Decimal, legs: Sequence[Leg]) -> Decimal | None:
    """Return what a fill was worth in dollars before its commission, where the quote or a wallet says so."""
    if quote == DOLLAR:
        return gross
    same = [leg.worth for leg in legs if leg.asset == base and abs(leg.quantity) == coins and leg.worth is not None]
    return same[0] if same else None


def _micros(quantity: Decimal, share: Decimal | None) -> str:
    """Return dollars to the micro-dollar; empty where nothing says what the quote was worth."""
    return "" if share is None else f"{(quantity * share).quantize(MICRO, ROUND_HALF_EVEN):f}"


def _bounded(quantity: Decimal) -> str:
    """Return an amount of the quote without more digits than any coin has."""
    return f"{quantity.quantize(Decimal('0.000000000000000001'), ROUND_HALF_EVEN).normalize():f}"
