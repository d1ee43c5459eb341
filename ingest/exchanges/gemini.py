"""Gemini: fills of all pairs, transfers, and what staking told, each list read from an instant on, the newest first.

A fill has the id of its export's `Trade ID`; a transfer is known by its transaction, as a row of the export is. What
was advanced and is complete now is one transfer, by the id of its advance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lotwork.ingest.exchanges.answers import (
    A_THOUSANDTH,
    AnswerRefusedError,
    Table,
    amount,
    flag,
    identity,
    rows_of,
    seconds,
    table,
    text,
    txid,
    whole,
    word,
)
from lotwork.ingest.exchanges.house import BELOW_0, DOLLARS_EARNED, LONGEST_WALK, Ask, Cells, House, Rights, Span, Told
from lotwork.ingest.sheets.assets import is_money, pair_of
from lotwork.ledger.units import ONE_DAY

TRADES = ("private_post_v1_mytrades", "limit_trades", 500)
TRANSFERS = ("private_post_v1_transfers", "limit_transfers", 50)
"""What is asked, what its limit is called, and the most rows of a page."""
STAKED = "private_post_v1_staking_history"
MOST_STAKED = 500
CREDITED = frozenset({"complete", "advanced"})
BROKEN = "full"
"""What the exchange says of a trade that never was; one reversed by hand counts, and so does what reversed it."""
SIDES = {"buy": 1, "sell": -1}
DIRECTIONS = {"deposit": 1, "reward": 1, "withdrawal": -1}
REWARD = "reward"
WITHIN = frozenset({"deposit", "redeem", "redeempayment", "adminredeem"})
"""What staking calls coins that moved within the account."""


def _rights(ask: Ask) -> Rights:
    told = table(ask("private_post_v1_roles", {}).value, "the answer")
    return Rights(
        spends=("Fund Manager",) if flag(told, "isFundManager") else (),
        trades=("Trader",) if flag(told, "isTrader") else (),
    )


def _read(ask: Ask, span: Span, _marks: Mapping[str, str], _pairs: tuple[str, ...]) -> Told:
    told = Told()
    for row, evidence in _listed(ask, TRADES, "tid", span):
        if word(row, "break").casefold() != BROKEN:
            told.rows.append(_trade(row, evidence))
    for row, evidence in _listed(ask, TRANSFERS, "eid", span):
        moved = _transfer(row, evidence, span, told)
        if moved is not None:
            told.rows.append(moved)
    told.rows += _staked(ask, span, told)
    told.rows = [row for row in told.rows if span.start <= row.at < span.end]
    return told


def _at(row: Table, key: str = "timestampms") -> Any:
    return seconds(row, key, each=A_THOUSANDTH)


def _clock(row: Table, key: str = "timestampms") -> str:
    """Return an instant as the export writes it: to the thousandth, in UTC."""
    return f"{_at(row, key):%Y-%m-%d %H:%M:%S.%f}"[:-3]


def _listed(ask: Ask, of: tuple[str, str, int], key: str, span: Span) -> Iterator[tuple[Table, str]]:
    """Yield each row of a list once, from the beginning of *span* on; each page ends where the next one begins.

    A page may be shorter than was asked for: the list is at its end where a page tells nothing new.
    """
    call, limit, rows = of
    seen: dict[str, Table] = {}
    after = int(span.start.timestamp()) * A_THOUSANDTH
    for _ in range(LONGEST_WALK):
        asked = ask(call, {"timestamp": after, limit: rows, **_only(call)})
        page = rows_of(asked.value, "the answer")
        fresh = 0
        for row in page:
            name = identity(row, key)
            if name in seen:
                if seen[name] != row:
                    raise AnswerRefusedError(f"it tells two different things of {name[:40]}")
                continue
            seen[name] = row
            fresh += 1
            yield row, asked.evidence
        newest = max((whole(row, "timestampms") for row in page), default=after)
        if len(page) >= rows and newest <= after:
            raise AnswerRefusedError("its pages have no end")
        if not fresh:
            return
        after = newest
    raise AnswerRefusedError("its pages have no end")


def _only(call: str) -> dict[str, Any]:
    """Return what else a list is asked: of transfers, that an advance which is complete is told once."""
    return {"show_completed_deposit_advances": False} if call == TRANSFERS[0] else {}


def _trade(row: Table, evidence: str) -> Cells:
    ref, symbol, broken = identity(row, "tid"), text(row, "symbol").upper(), word(row, "break")
    pair = pair_of(symbol)
    side = text(row, "type")
    roles = {"id": ref, "order": word(row, "order_id"), "at": _clock(row), "symbol": symbol}
    if pair is None or broken:
        roles["type"] = f"break {broken}"[:40] if broken else f"trade of {symbol}"[:40]
        return _cells(ref, row, roles, evidence)
    if side.casefold() not in SIDES:
        roles["type"] = f"trade of the side {side}"[:40]
        return _cells(ref, row, roles, evidence)
    sign, coins, price = SIDES[side.casefold()], amount(row, "amount"), amount(row, "price")
    fee = amount(row, "fee_amount")
    base, quote = pair
    if coins <= 0 or price <= 0:
        roles["type"] = "trade with an amount not above 0"
        return _cells(ref, row, roles, evidence)
    if fee < 0:
        roles |= {"type": "trade with a rebate", "asset": base, "quantity": f"{sign * coins:f}"}
        return _cells(ref, row, roles, evidence)._replace(waits=BELOW_0)
    roles |= {"type": side.capitalize(), **_column(base, sign * coins), **_column(quote, -sign * coins * price)}
    return _cells(ref, row, roles | _fee(text(row, "fee_currency").upper(), fee), evidence)


def _transfer(row: Table, evidence: str, span: Span, told: Told) -> Cells | None:
    """Return a transfer as its export has it; None where it has not happened yet."""
    kind, status, coin = text(row, "type"), text(row, "status"), text(row, "currency").upper()
    sent, moved = txid(word(row, "txHash")), abs(amount(row, "amount"))
    at = _at(row)
    if status.casefold() == "pending" or (not sent and not is_money(coin) and span.end - at < ONE_DAY):
        told.waiting.append(at)  # what it is known by may come later
        return None
    name = identity(row, "advanceEid") if row.get("advanceEid") else identity(row, "eid")
    known = kind.casefold() in DIRECTIONS and status.casefold() in CREDITED
    output = str(whole(row, "outputIdx")) if row.get("outputIdx") is not None else ""
    sign = DIRECTIONS.get(kind.casefold(), 1)
    if row.get("feeAmount") is not None and amount(row, "feeAmount") < 0:
        known, kind = False, f"{kind} with a fee below 0,"
    roles = {
        "type": ("Credit" if sign > 0 else "Debit") if known else f"{kind} {status}"[:40],
        "id": transfer_name(coin, sent, output) if sent else name,
        "at": _clock(row),
        "symbol": coin,
        "txid": sent,
        **_column(coin, sign * moved),
    }
    if row.get("feeAmount") is not None:
        paid = word(row, "feeCurrency").upper() or coin
        roles |= _fee(paid, abs(amount(row, "feeAmount")))
    cells = _cells(name, row, roles, evidence)
    return cells._replace(waits=DOLLARS_EARNED) if kind.casefold() == REWARD and is_money(coin) else cells


def transfer_name(coin: str, sent: str, output: str) -> str:
    """Return what a transfer is known by in the export too: its coin, transaction and output, as far as told."""
    return "-".join(filter(None, (coin, sent.casefold().removeprefix("0x"), output)))


def _staked(ask: Ask, span: Span, told: Told) -> Iterator[Cells]:
    """Yield what staking told of the span: interest as income, all else that is not within the account by its word."""
    seen: set[str] = set()
    until = int(span.end.timestamp()) * A_THOUSANDTH
    within = 0
    for _ in range(LONGEST_WALK):
        dates = {"since": int(span.start.timestamp()) * A_THOUSANDTH, "until": until}
        asked = ask(STAKED, {**dates, "limit": MOST_STAKED, "sortAsc": False})
        page = [
            row
            for provider in rows_of(asked.value, "the answer")
            for row in rows_of(provider.get("transactions"), "transactions")
        ]
        fresh = [row for row in page if identity(row, "transactionId") not in seen]
        for row in fresh:
            name, kind = identity(row, "transactionId"), text(row, "transactionType")
            seen.add(name)
            if kind.casefold() in WITHIN:
                within += 1
                continue
            coin, came = text(row, "amountCurrency").upper(), amount(row, "amount")
            said = "Staking Interest" if kind.casefold() == "interest" else f"staking {kind}"[:40]
            ref = f"staking-{name}"
            roles = {"type": said, "id": ref, "at": _clock(row, "dateTime"), "symbol": coin, **_column(coin, came)}
            cells = Cells(
                ref, _at(row, "dateTime"), {role: each for role, each in roles.items() if each}, asked.evidence
            )
            yield cells._replace(waits=DOLLARS_EARNED) if is_money(coin) else cells
        oldest = min((whole(row, "dateTime") for row in page), default=until)
        if len(page) >= MOST_STAKED and oldest >= until:
            raise AnswerRefusedError("its pages have no end")
        if not fresh:
            break
        until = oldest
    else:
        raise AnswerRefusedError("its pages have no end")
    if within:
        told.left_out.append(f"{within} x coins moved within Gemini, to and from staking")


def _column(coin: str, quantity: Decimal) -> dict[str, str]:
    return {f"{coin} Amount {coin}": f"{quantity:f}"}


def _fee(coin: str, fee: Decimal) -> dict[str, str]:
    return {f"Fee ({coin}) {coin}": f"{-fee:f}"} if fee else {}


def _cells(ref: str, row: Table, roles: Mapping[str, str], evidence: str) -> Cells:
    return Cells(ref, _at(row), {role: said for role, said in roles.items() if said}, evidence)


HOUSE = House(
    service="gemini",
    profile="gemini",
    form=0,
    rights=_rights,
    read=_read,
    window=None,
    overlap=timedelta(days=14),
    lists_all=True,
    forgets=True,
    how_to_read="at Gemini, Settings, API: an account key (account-…) with the role Auditor alone",
)
