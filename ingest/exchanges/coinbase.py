"""Coinbase: the wallets' transactions, and the fills of Advanced Trade, which the wallets tell by their legs alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.exchanges.answers import (
    AnswerRefusedError,
    Table,
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
from lotwork.ingest.exchanges.coinbase_fills import ROWS, Leg, fills_of, leg_of, money_of, worth_of
from lotwork.ingest.exchanges.coinbase_words import DOLLARS_BESIDE, FILL, TRADE, WORDS, asks_of
from lotwork.ingest.exchanges.house import LONGEST_WALK, Ask, Cells, House, Rights, Span, Told
from lotwork.ingest.sheets.assets import DOLLAR, is_money
from lotwork.ledger.units import ZERO

_WALLET = re.compile(r"[A-Za-z0-9-]{1,64}")
DONE = frozenset({"completed", "confirmed"})
PENDING = frozenset({"pending", "unconfirmed", "waiting_for_clearing", "waiting_for_signature", "created", "started"})
"""States of what is not over; one that is in none of these lists is refused by its name."""
FAILED = frozenset({"failed", "expired", "canceled", "cancelled", "declined", "rejected"})


def _rights(ask: Ask) -> Rights:
    told = table(ask("v3_private_get_brokerage_key_permissions", {}).value, "the answer")
    kind, number = word(told, "portfolio_type"), word(told, "portfolio_uuid")
    return Rights(
        spends=("can_transfer",) if flag(told, "can_transfer") else (),
        trades=("can_trade",) if flag(told, "can_trade") else (),
        account=" ".join(filter(None, ("portfolio", kind, number))) if number else "",
    )


def _read(ask: Ask, span: Span, marks: Mapping[str, str], _pairs: tuple[str, ...]) -> Told:
    told = Told()
    legs: list[Leg] = []
    traded: defaultdict[str, list[tuple[Table, str]]] = defaultdict(list)
    dollars = 0
    wallets = [identity(account, "id") for account in _accounts(ask)]
    told.marks = dict.fromkeys(wallets, "listed")
    if marks.keys() - told.marks.keys():  # what a wallet told cannot be asked for where it is no longer listed
        told.unasked.append("")
    for wallet in wallets:
        for row, evidence in _transactions(ask, wallet, span):
            kind, status, at = text(row, "type"), text(row, "status"), iso(row, "created_at")
            if status in FAILED:
                continue
            if status not in DONE | PENDING:
                told.rows.append(_strange(row, f"{kind} {status}"[:40], evidence))
                continue
            if status in PENDING:
                told.waiting.append(at)
                continue
            if kind == FILL:
                legs.append(leg_of(row, evidence))
            elif kind == TRADE:
                traded[identity(table(row.get("trade"), "trade"), "id")].append((row, evidence))
            elif kind in DOLLARS_BESIDE and is_money(money_of(row, "amount")[1]):
                dollars += 1
            else:
                told.rows.append(_cells(row, kind, evidence))
    for name, sides in traded.items():
        told.rows += _converted(name, sides)
    told.rows += fills_of(ask, span, legs, told)
    if dollars:
        told.left_out.append(f"{dollars} x the dollars of a trade, told by its coins")
    return told


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
    for _ in range(LONGEST_WALK):
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


def _cells(row: Table, kind: str, evidence: str, why: str = "") -> Cells:
    """Return a transaction as the export has it, or why a person must say what it is."""
    quantity, asset = money_of(row, "amount")
    asks = why or asks_of(kind, 1 if quantity > 0 else -1, of_dollars=is_money(asset))
    if kind in ("buy", "sell") and not asks and _paid_in(row, kind) - {DOLLAR}:
        asks = f"it was paid in another money than dollars ({', '.join(sorted(_paid_in(row, kind)))})"
    name, at = identity(row, "id"), iso(row, "created_at")
    if asks:
        roles = {"id": name, "at": clock_of(at), "type": kind, "asset": asset, "quantity": _plain(quantity)}
        return Cells(name, at, roles | _sent(row), evidence, f"{kind}: {asks}")
    return Cells(name, at, _roles(row, kind), evidence)


def _strange(row: Table, said: str, evidence: str) -> Cells:
    """Return a transaction whose state nobody knows: it is refused by that word."""
    quantity, asset = money_of(row, "amount")
    name, at = identity(row, "id"), iso(row, "created_at")
    roles = {"id": name, "at": clock_of(at), "type": said, "asset": asset, "quantity": _plain(quantity)}
    return Cells(name, at, roles, evidence)


def _paid_in(row: Table, kind: str) -> set[str]:
    """Return the moneys that the detail of a purchase or a sale is told in."""
    about = row.get(kind)
    detail = table(about, kind) if isinstance(about, dict) else {}
    return {money_of(detail, key)[1] for key in ("subtotal", "total", "fee") if detail.get(key) is not None}


def _sent(row: Table) -> dict[str, str]:
    network = row.get("network")
    sent = txid(word(table(network, "network"), "hash")) if isinstance(network, dict) else ""
    return {"txid": sent} if sent else {}


def _roles(row: Table, kind: str) -> dict[str, str]:
    """Return a transaction as the export has it."""
    quantity, asset = money_of(row, "amount")
    said = WORDS[kind].said if kind in WORDS else kind
    if kind == "send" and quantity > 0:
        said = "Receive"
    if kind == "retail_simple_dust" and quantity > 0:
        said = "Credit"
    worth = worth_of(row)
    about = row.get(kind)
    detail = table(about, kind) if isinstance(about, dict) else {}
    subtotal, total, fee = worth, worth, ZERO
    if kind in ("buy", "sell") and detail.get("subtotal") is not None and detail.get("total") is not None:
        sums = {key: money_of(detail, key) for key in ("subtotal", "total")}
        fees = money_of(detail, "fee") if detail.get("fee") is not None else (ZERO, DOLLAR)
        subtotal, total, fee = abs(sums["subtotal"][0]), abs(sums["total"][0]), abs(fees[0])
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
        **_sent(row),
    }
    return {role: told for role, told in roles.items() if told}


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"


def _converted(name: str, sides: Sequence[tuple[Table, str]]) -> Iterator[Cells]:
    """Yield a conversion: the side that left, with what came for it in its note, as the export has it.

    Of one that is not of two sides, or of another money, each side that is of coins waits for a person's word.
    """
    gone = [each for each in sides if money_of(each[0], "amount")[0] < 0]
    came = [each for each in sides if money_of(each[0], "amount")[0] > 0]
    moneys = {money_of(each, "amount")[1] for each, _ in sides if is_money(money_of(each, "amount")[1])}
    why = ""
    if len(gone) != 1 or len(came) != 1:
        why = f"of the conversion {name[:40]} {len(gone)} sides are told that left, and {len(came)} that came"
    elif moneys - {DOLLAR}:
        why = f"the conversion {name[:40]} is of another money than dollars"
    if why:
        yield from (_cells(each, TRADE, told, why) for each, told in sides if not is_money(money_of(each, "amount")[1]))
        return
    row, evidence = gone[0]
    quantity, asset = money_of(row, "amount")
    other, into = money_of(came[0][0], "amount")
    worth = worth_of(row) or worth_of(came[0][0])
    if is_money(into) or is_money(asset):
        coin, money = ((asset, quantity), other) if is_money(into) else ((into, other), -quantity)
        kind = "Sell" if is_money(into) else "Buy"
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
    yield Cells(identity(row, "id"), iso(row, "created_at"), told, evidence)


HOUSE = House(
    service="coinbase",
    profile="coinbase",
    form=0,
    rights=_rights,
    read=_read,
    window=None,
    overlap=timedelta(days=14),
    lists_all=True,
    how_to_read="at portal.cdp.coinbase.com, API keys: allow View, and neither Trade nor Transfer",
)
