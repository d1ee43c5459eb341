"""Coinbase: the wallets' transactions, and the fills of Advanced Trade, which the wallets tell by their legs alone.

A fill may tell its size in the quote's money (`size_in_quote`): the coins are then the price's quotient, and the
wallet's own leg of that order says how many exactly. Whatever the wallets tell of a trade, and the list of fills does
not, is told to a person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from lotwork.ingest.asking.json_guard import JsonValue
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
    txid,
    word,
)
from lotwork.ingest.exchanges.house import Ask, Cells, House, Rights, Span, Told
from lotwork.ingest.sheets.assets import DOLLAR, is_money

MOST_PAGES = 1_000
_WALLET = re.compile(r"[A-Za-z0-9-]{1,64}")
ROWS = 100
FILL = "advanced_trade_fill"
WORDS = {
    "buy": "Buy", "sell": "Sell", "receive": "Receive", "send": "Send", "fiat_deposit": "Deposit",
    "fiat_withdrawal": "Withdrawal",
    "exchange_deposit": "Exchange Deposit", "exchange_withdrawal": "Exchange Withdrawal",
    "pro_deposit": "Pro Deposit", "pro_withdrawal": "Pro Withdrawal", "prime_deposit": "Prime Deposit",
    "prime_withdrawal": "Prime Withdrawal",
    "intx_deposit": "Exchange Deposit", "intx_withdrawal": "Exchange Withdrawal",
    "staking_reward": "Staking Income", "inflation_reward": "Inflation Reward", "interest": "Interest Payout",
    "earn_payout": "Coinbase Earn", "incentives_rewards_payout": "Reward Income", "reward": "Reward Income",
    "staking_transfer": "Retail Staking Transfer", "unstaking_transfer": "Retail Unstaking Transfer",
    "transfer": "Transfer", "vault_withdrawal": "Vault Withdrawal", "subscription": "Subscription",
    "subscription_rebate": "Subscription Rebate", "cardspend": "Card Spend", "cardbuyback": "Card Buy Back",
    "retail_simple_dust": "Retail Simple Dust", "wrap_asset": "Asset Migration", "unwrap_asset": "Asset Migration",
    "retail_eth2_deprecation": "Retail Eth2 Deprecation", "admin_debit": "Admin Debit",
}  # fmt: skip
"""What the API calls a transaction, and what the export does; any other word is no word of the export, and refused."""
DONE = frozenset({"completed", "confirmed"})
FAILED = frozenset({"failed", "expired", "canceled", "cancelled", "declined", "rejected"})
NOTHING_MORE = frozenset({"buy", "sell", "trade", FILL, "retail_simple_dust"})
"""Words whose other side stands in a wallet of dollars, which is none of the coins'."""
COIN_DECIMALS = Decimal("0.00000001")
CLOSE = Decimal("0.0001")
"""A quotient is as near to the wallet's own leg as the digits of its price allow."""


class Leg(NamedTuple):
    """One side of a fill, as a wallet tells it."""

    order: str
    asset: str
    quantity: Decimal
    worth: Decimal | None
    """What it was worth in dollars, where Coinbase says so."""


def _rights(ask: Ask) -> Rights:
    told = table(ask("v3_private_get_brokerage_key_permissions", {}).value, "the answer")
    kind, number = word(told, "portfolio_type"), word(told, "portfolio_uuid")
    return Rights(
        spends=("can_transfer",) if flag(told, "can_transfer") else (),
        trades=("can_trade",) if flag(told, "can_trade") else (),
        account=" ".join(filter(None, ("portfolio", kind, number))) if number else "",
    )


def _read(ask: Ask, span: Span, _marks: Mapping[str, str], _pairs: tuple[str, ...]) -> Told:
    told = Told()
    legs: list[Leg] = []
    traded: defaultdict[str, list[tuple[Table, str]]] = defaultdict(list)
    dollars = 0
    for account in _accounts(ask):
        for row, evidence in _transactions(ask, identity(account, "id"), span):
            kind, status, at = text(row, "type"), text(row, "status"), iso(row, "created_at")
            if status in FAILED:
                continue
            if status not in DONE:
                told.waiting.append(at)
                continue
            if kind == FILL:
                legs.append(_leg(row))
            elif kind == "trade":
                traded[identity(table(row.get("trade"), "trade"), "id")].append((row, evidence))
            elif kind in NOTHING_MORE and is_money(_of(row, "amount")[1]):
                dollars += 1
            else:
                told.rows.append(Cells(identity(row, "id"), at, _roles(row, kind), evidence))
    for name, sides in traded.items():
        told.rows.append(_converted(name, sides))
    told.rows += _fills(ask, span, legs, told)
    if dollars:
        told.left_out.append(f"{dollars} x the dollars of a trade, told by its coins")
    return told


def _of(row: Table, key: str) -> tuple[Decimal, str]:
    money = table(row.get(key), key)
    return amount(money, "amount"), text(money, "currency").upper()


def _worth(row: Table) -> Decimal | None:
    """Return what Coinbase says a transaction was worth in dollars; None where it tells another money."""
    if row.get("native_amount") is None:
        return None
    told, money = _of(row, "native_amount")
    return abs(told) if money == DOLLAR else None


def _accounts(ask: Ask) -> Iterator[Table]:
    """Yield the wallets of the account."""
    yield from (row for row, _ in _listed(ask, "v2_private_get_accounts", {}))


def _transactions(ask: Ask, wallet: str, span: Span) -> Iterator[tuple[Table, str]]:
    """Yield the transactions of one wallet that are of the span: they come the newest first."""
    if _WALLET.fullmatch(wallet) is None:  # it goes into the address that is asked
        raise AnswerRefusedError("the id of a wallet is none")
    for row, evidence in _listed(ask, "v2_private_get_accounts_account_id_transactions", {"account_id": wallet}):
        at = iso(row, "created_at")
        if at < span.start:
            return
        if at < span.end:
            yield row, evidence


def _listed(ask: Ask, call: str, params: Mapping[str, Any]) -> Iterator[tuple[Table, str]]:
    """Yield each row of a list once, page by page; a page that tells nothing new and leads on is refused."""
    seen: dict[str, Table] = {}
    after = ""
    for _ in range(MOST_PAGES):
        asked = ask(call, {**params, "limit": ROWS, **({"starting_after": after} if after else {})})
        whole = table(asked.value, "the answer")
        fresh = 0
        for row in rows_of(whole.get("data"), "data"):
            name = identity(row, "id")
            if name in seen:
                if seen[name] != row:
                    raise AnswerRefusedError(f"it tells two different things of {name[:40]}")
                continue
            seen[name] = row
            fresh += 1
            yield row, asked.evidence
        after = _next(whole.get("pagination"))
        if not after:
            return
        if not fresh:
            raise AnswerRefusedError("its pages have no end")
    raise AnswerRefusedError("its pages have no end")


def _next(pagination: JsonValue) -> str:
    if pagination is None:
        return ""
    paging = table(pagination, "pagination")
    after = word(paging, "next_starting_after")
    if not after and word(paging, "next_uri"):
        after = (parse_qs(urlsplit(word(paging, "next_uri")).query).get("starting_after") or [""])[0]
        if not after:
            raise AnswerRefusedError("next_uri leads nowhere")
    return after


def _roles(row: Table, kind: str) -> dict[str, str]:
    """Return a transaction as the export has it."""
    quantity, asset = _of(row, "amount")
    said = WORDS.get(kind, kind)
    if kind == "send" and quantity > 0:
        said = "Receive"
    if kind == "retail_simple_dust" and quantity > 0:
        said = "Credit"
    worth = _worth(row)
    about = row.get(kind)
    detail = table(about, kind) if isinstance(about, dict) else {}
    subtotal, total, fee = worth, worth, Decimal(0)
    if kind in ("buy", "sell") and detail.get("subtotal") is not None and detail.get("total") is not None:
        sums = {key: _of(detail, key) for key in ("subtotal", "total")}
        fees = _of(detail, "fee") if detail.get("fee") is not None else (Decimal(0), DOLLAR)
        if {money for _, money in (*sums.values(), fees)} != {DOLLAR}:
            raise AnswerRefusedError(f"{kind} {identity(row, 'id')[:40]} was paid in another money than dollars")
        subtotal, total, fee = abs(sums["subtotal"][0]), abs(sums["total"][0]), abs(fees[0])
    network = row.get("network")
    sent = txid(word(table(network, "network"), "hash")) if isinstance(network, dict) else ""
    roles = {
        "id": identity(row, "id"),
        "at": clock_of(iso(row, "created_at")),
        "type": said,
        "asset": asset,
        "quantity": _plain(quantity),
        "money": DOLLAR,
        "value": _plain(subtotal),
        "total": _plain(total),
        "fee": _plain(fee),
        "txid": sent,
    }
    return {role: told for role, told in roles.items() if told}


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"


def _converted(name: str, sides: Sequence[tuple[Table, str]]) -> Cells:
    """Return a conversion: the side that left, with what came for it in its note, as the export has it."""
    gone = [each for each in sides if _of(each[0], "amount")[0] < 0]
    came = [each for each in sides if _of(each[0], "amount")[0] > 0]
    if len(gone) != 1 or len(came) != 1:
        raise AnswerRefusedError(
            f"the conversion {name[:40]} has {len(gone)} sides that left and {len(came)} that came"
        )
    row, evidence = gone[0]
    quantity, asset = _of(row, "amount")
    other, into = _of(came[0][0], "amount")
    worth = _worth(row) or _worth(came[0][0])
    if is_money(into) or is_money(asset):
        coin, money = ((asset, quantity), other) if is_money(into) else ((into, other), -quantity)
        kind = "Sell" if is_money(into) else "Buy"
        if {into, asset} & {DOLLAR} == set():
            raise AnswerRefusedError(f"the conversion {name[:40]} is of another money than dollars")
        asset, quantity, worth, note = coin[0], coin[1], money, ""
    else:
        kind, note = "Convert", f"Converted {abs(quantity):f} {asset} to {other:f} {into}"
    roles = {
        "id": identity(row, "id"),
        "at": clock_of(iso(row, "created_at")),
        "type": kind,
        "asset": asset,
        "quantity": _plain(quantity),
        "money": DOLLAR,
        "value": _plain(worth),
        "total": _plain(worth),
        "fee": "0",
        "note": note,
    }
    told = {role: said for role, said in roles.items() if said}
    return Cells(identity(row, "id"), iso(row, "created_at"), told, evidence)


def _leg(row: Table) -> Leg:
    quantity, asset = _of(row, "amount")
    return Leg(identity(table(row.get(FILL), FILL), "order_id"), asset, quantity, _worth(row))


def _fills(ask: Ask, span: Span, legs: Sequence[Leg], told: Told) -> Iterator[Cells]:
    """Yield the fills of the span; what the wallets tell and they do not is noted."""
    found: list[tuple[Table, str]] = []
    seen: dict[str, Table] = {}
    after = ""
    begins = f"{span.start - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    for _ in range(MOST_PAGES):
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
    lost = sorted({leg.order for leg in legs} - orders)
    if lost:
        told.notes.append(
            f"the wallets tell of {len(lost)} order{'s' if len(lost) != 1 else ''} of Advanced Trade that the list of "
            f"fills does not ({', '.join(lost[:5])}): their trades are not recorded: import the export of those days"
        )
    of_order: defaultdict[str, list[Leg]] = defaultdict(list)
    for leg in legs:
        of_order[leg.order].append(leg)
    for row, evidence in found:
        yield _fill(row, evidence, of_order[identity(row, "order_id")])


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
    if price <= 0 or size <= 0 or fee < 0:
        raise AnswerRefusedError(f"fill {identity(row, 'entry_id')[:40]} has a price, a size or a commission below 0")
    with localcontext() as exact:
        exact.prec = 60
        if flag(row, "size_in_quote"):
            coins, gross = _coins(size / price, base, legs), size
        else:
            coins, gross = size, size * price
    sells = _side(row)
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


def _odd(row: Table, evidence: str, kind: str) -> Cells:
    """Return a row whose word no rule knows: it is refused by that word, or left out by it."""
    roles = {
        "id": identity(row, "trade_id"),
        "at": clock_of(iso(row, "trade_time")),
        "type": kind,
        "asset": text(row, "product_id").upper().partition("-")[0],
        "quantity": _plain(amount(row, "size")),
    }
    return Cells(identity(row, "entry_id"), iso(row, "trade_time"), roles, evidence)


def _side(row: Table) -> bool:
    """Return whether a fill sells."""
    side = text(row, "side")
    if side not in ("BUY", "SELL"):
        raise AnswerRefusedError(f"side says {side[:20]!r}")
    return side == "SELL"


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
    return "" if share is None else f"{(quantity * share).quantize(Decimal('0.000001'), ROUND_HALF_EVEN):f}"


def _bounded(quantity: Decimal) -> str:
    """Return an amount of the quote without more digits than any coin has."""
    return f"{quantity.quantize(Decimal('0.000000000000000001'), ROUND_HALF_EVEN).normalize():f}"


HOUSE = House(
    service="coinbase",
    profile="coinbase",
    form=0,
    rights=_rights,
    read=_read,
    window=None,
    overlap=timedelta(days=14),
    ids_are_the_exports=False,
    lists_all=True,
    how_to_read="at portal.cdp.coinbase.com, API keys: allow View, and neither Trade nor Transfer",
)
