"""Binance.US: fills pair by pair, in the order of their numbers, and a list for each other way that coins come and go.

The list of fills wants a pair: asked are those of the settings, and those between coins that the account shows. A fee
in a third coin (BNB) stands beside the trade, as in the export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from lotwork.ingest.exchanges.answers import (
    A_THOUSANDTH,
    AnswerRefusedError,
    Table,
    amount,
    clock_of,
    flag,
    identity,
    iso,
    number,
    rows_of,
    seconds,
    table,
    text,
    txid,
    whole,
    word,
)
from lotwork.ingest.exchanges.house import BELOW_0, LONGEST_WALK, Ask, Cells, House, Rights, Span, Told
from lotwork.ingest.sheets.assets import is_money

ROWS = 500
DEPOSITED, NEVER_CAME = frozenset({1, 6}), frozenset({2, 7})
"""The states of a deposit that is credited, and of one that was rejected or went astray; all others are not over."""
WITHDRAWN, LOST = frozenset({6}), frozenset({1, 3, 5})
"""The states of a withdrawal that is sent, and of one that was cancelled, rejected or failed."""
REBATES = frozenset({"market maker rebate", "mm streaks rebate", "api partner rebate"})
"""What is given back of fees, as the list of what was given calls it: it is no plain income."""
AS_EXPORTED = {"airdrop": "Others", "airdrops": "Others"}
"""What that list calls otherwise than the export does."""
REBATE_ASKS = "it gives back fees that were paid: correct their trades, or say what income it is"
HAPPENED, FAILED = (
    frozenset({"SUCCESS", "SUCCESSFUL", "COMPLETED"}),
    frozenset({"FAIL", "FAILED", "CANCELED", "EXPIRED"}),
)
ABOUT_AS_LATE = timedelta(minutes=1)
PENDING = frozenset({"PENDING", "PROCESS", "PROCESSING", "CREATED", "INIT", "ACCEPT_SUCCESS"})
"""The states of an order that happened, that never did, and that is not over; any other is refused by its name."""
QUOTES = ("USD", "USDT", "USDC", "BTC", "ETH", "BNB", "BUSD", "DAI")


def _rights(ask: Ask) -> Rights:  # noqa: ARG001 - it has no question that says so
    return Rights(unknown="Binance.US does not say what a key may do")


def _read(ask: Ask, span: Span, marks: Mapping[str, str], pairs: tuple[str, ...]) -> Told:
    told = Told()
    dates = {"startTime": _milli(span.start), "endTime": _milli(span.end) - 1}
    coins = {text(row, "asset").upper() for row in _held(ask)}
    deposits = list(_paged(ask, "sapi_get_capital_deposit_hisrec", dates, "", by="offset"))
    withdrawals = list(_paged(ask, "sapi_get_capital_withdraw_history", dates, "", by="offset"))
    coins |= {text(row, "coin").upper() for row, _ in (*deposits, *withdrawals)}
    told.rows += _deposits(deposits, told)
    told.rows += _withdrawals(withdrawals, told)
    given = list(_distributed(ask, dates))
    told.rows += given
    told.rows += _staked(ask, dates, given)
    told.rows += _orders(ask, dates, told)
    told.rows += _dust(ask, dates)
    told.rows = [row for row in told.rows if span.start <= row.at < span.end]
    coins |= {
        row.roles[role] for row in told.rows for role in ("asset", "base_asset", "quote_asset") if role in row.roles
    }
    for pair, base, quote in _pairs(ask, {each.upper() for each in pairs} | {*marks}, {*marks}, coins, told):
        told.rows += _trades(ask, pair, base, quote, told, marks, span)
    told.rows = [_with_its_sign(row) for row in told.rows]
    return told


def _with_its_sign(row: Cells) -> Cells:
    """Return *row*; one with an amount below 0, which no list of them has, under a word that is refused by its name."""
    below = any(row.roles.get(role, "").startswith("-") for role in ("quantity", "base", "quote", "fee"))
    if not below or row.waits or row.roles["category"] == "Distribution":  # what was given may be taken back
        return row
    return row._replace(roles={**row.roles, "operation": f"{row.roles['operation']} below 0"})


def _milli(at: datetime) -> int:
    return int(at.timestamp() * A_THOUSANDTH)


def _held(ask: Ask) -> list[Table]:
    """Return the coins that the account shows with an amount."""
    rows = rows_of(table(ask("private_get_account", {}).value, "the answer").get("balances"), "balances")
    return [row for row in rows if amount(row, "free") or amount(row, "locked")]


def _pairs(ask: Ask, named: set[str], marked: set[str], coins: set[str], told: Told) -> Iterator[tuple[str, str, str]]:
    """Yield each pair to ask for, with its two sides: those named, and each of a coin that was seen."""
    listed = rows_of(table(ask("public_get_exchangeinfo", {}).value, "the answer").get("symbols"), "symbols")
    found = {
        text(row, "symbol").upper(): (text(row, "baseAsset").upper(), text(row, "quoteAsset").upper()) for row in listed
    }
    unknown = sorted(named - marked - found.keys())
    if unknown:
        raise AnswerRefusedError(f"{', '.join(unknown)[:100]}: no such pair: correct `pairs` of the settings")
    told.unasked += [f"{pair}-" for pair in marked - found.keys()]  # what is traded no more has no list
    bases = coins - {"USD"}
    for pair, (base, quote) in sorted(found.items()):
        if pair in named or (base in bases and (quote in coins or quote in QUOTES)):
            yield pair, base, quote


def _paged(
    ask: Ask, call: str, dates: Mapping[str, Any], key: str, *, by: str, rows: int = ROWS
) -> Iterator[tuple[Table, str]]:
    """Yield each row of a list, page by page (`offset` or `page`); *key* is what it stands under, if under any."""
    seen: list[Table] = []
    for page in range(LONGEST_WALK):
        where = {"offset": page * rows} if by == "offset" else {"page": page + 1}
        asked = ask(call, {**dates, "limit": rows, **where})
        value = table(asked.value, "the answer").get(key) if key else asked.value
        told = rows_of(value, key or "the answer")
        fresh = [row for row in told if row not in seen]
        yield from ((row, asked.evidence) for row in fresh)
        if len(told) < rows:
            return
        if not fresh:
            raise AnswerRefusedError("its pages have no end")
        seen = [*seen, *fresh]
    raise AnswerRefusedError("its pages have no end")


def _state(row: Table) -> int:
    return whole(row, "status")


def _deposits(rows: Sequence[tuple[Table, str]], told: Told) -> Iterator[Cells]:
    for row, evidence in rows:
        at = seconds(row, "insertTime", each=A_THOUSANDTH)
        sent = word(row, "txId")
        name = identity(row, "id") if row.get("id") is not None else sent
        if _state(row) in NEVER_CAME:
            continue
        if _state(row) not in DEPOSITED:
            told.waiting.append(at)
            continue
        yield _one_sided(f"deposit-{name}", at, "Deposit", "Crypto Deposit", text(row, "coin"), number(row, "amount"),
                         evidence, txid=txid(sent))  # fmt: skip


def _withdrawals(rows: Sequence[tuple[Table, str]], told: Told) -> Iterator[Cells]:
    for row, evidence in rows:
        at, state = iso(row, "applyTime"), _state(row)
        if state in LOST:
            continue
        if state not in WITHDRAWN:
            told.waiting.append(at)
            continue
        coin = text(row, "coin")
        fee = number(row, "transactionFee") if row.get("transactionFee") is not None else "0"
        name, sent = f"withdrawal-{identity(row, 'id')}", txid(word(row, "txId"))
        quantity = number(row, "amount")
        yield _one_sided(
            name, at, "Withdrawal", "Crypto Withdrawal", coin, quantity, evidence, txid=sent, fee=fee, fee_asset=coin
        )


def _one_sided(
    ref: str, at: datetime, category: str, operation: str, coin: str, quantity: str, evidence: str, **more: str
) -> Cells:
    roles = {"id": ref, "at": clock_of(at), "category": category, "operation": operation, "asset": coin.upper(),
             "quantity": quantity, **more}  # fmt: skip
    return Cells(ref, at, {role: said for role, said in roles.items() if said}, evidence)


def _distributed(ask: Ask, dates: Mapping[str, Any]) -> Iterator[Cells]:
    """Yield what was given to the account: staking, referrals, airdrops, by the category of the list."""
    call = "sapi_get_asset_assetdistributionhistory"
    for row, evidence in _paged(ask, call, dates, "rows", by="page"):
        name = f"distribution-{identity(row, 'tranId')}"
        at = seconds(row, "divTime", each=A_THOUSANDTH)
        operation = text(row, "category").replace("_", " ")
        operation = AS_EXPORTED.get(operation.casefold(), operation)
        given = _one_sided(name, at, "Distribution", operation, text(row, "asset"), number(row, "amount"), evidence)
        yield given._replace(waits=f"{operation}: {REBATE_ASKS}") if operation.casefold() in REBATES else given


def _staked(ask: Ask, dates: Mapping[str, Any], given: Sequence[Cells]) -> Iterator[Cells]:
    """Yield the rewards of staking that the list of distributions does not tell too, by coin, amount and minute."""
    told = [(row.roles["asset"], Decimal(row.roles["quantity"]), row.at) for row in given]
    for row, evidence in _paged(ask, "sapi_get_staking_stakingrewardshistory", dates, "data", by="page"):
        at, coin, quantity = seconds(row, "time", each=A_THOUSANDTH), text(row, "asset").upper(), number(row, "amount")
        again = next(
            (one for one in told if one[:2] == (coin, Decimal(quantity)) and abs(one[2] - at) <= ABOUT_AS_LATE), None
        )
        if again is not None:
            told.remove(again)
            continue
        name = f"staking-{identity(row, 'tranId')}"
        yield _one_sided(name, at, "Distribution", "Staking Rewards", coin, quantity, evidence)


def _orders(ask: Ask, dates: Mapping[str, Any], told: Told) -> Iterator[Cells]:
    """Yield the conversions, of one click and over the counter."""
    for call, key, kind in (("sapi_get_ocbs_orders", "dataList", "ocbs"), ("sapi_get_otc_orders", "rows", "otc")):
        for row, evidence in _paged(ask, call, dates, key, by="page", rows=100):
            at = seconds(row, "createTime", each=A_THOUSANDTH)
            state = text(row, "orderStatus").upper()
            if state in FAILED:
                continue
            if state in PENDING:
                told.waiting.append(at)
                continue
            fee = number(row, "feeAmount") if row.get("feeAmount") not in (None, "") else ""
            gone = text(row, "fromCoin"), number(row, "fromAmount")
            came = text(row, "toCoin"), number(row, "toAmount")
            name = f"{kind}-{identity(row, 'orderId')}"
            swapped = _swap(name, at, gone, came, (word(row, "feeCoin"), fee), evidence)
            if state not in HAPPENED:
                yield swapped._replace(roles={**swapped.roles, "operation": f"order {state}"[:40]})
            elif fee.startswith("-"):
                yield from _asked(name, at, (gone[0], f"-{gone[1]}"), came, evidence)
            else:
                yield swapped


def _dust(ask: Ask, dates: Mapping[str, Any]) -> Iterator[Cells]:
    """Yield each coin of little worth that was made into another, and what was kept of that."""
    asked = ask("sapi_get_asset_query_dust_logs", dates)
    groups = table(asked.value, "the answer").get("userDustConvertHistory")
    for group in rows_of(groups, "userDustConvertHistory"):
        for row in rows_of(group.get("userAssetDribbletDetails"), "userAssetDribbletDetails"):
            at = seconds(row, "operateTime", each=A_THOUSANDTH)
            coin, into = text(row, "fromAsset"), word(row, "toAsset") or "BNB"
            fee = number(row, "serviceChargeAmount")
            came = amount(row, "transferedAmount" if "transferedAmount" in row else "transferredAmount")
            whole = f"{came + Decimal(fee):f}"  # what arrived is told after what was kept of it
            yield _swap(f"dust-{identity(row, 'tranId')}-{coin}", at, (coin, number(row, "amount")), (into, whole),
                        (into, fee), asked.evidence)  # fmt: skip


def _swap(
    ref: str, at: datetime, gone: tuple[str, str], came: tuple[str, str], fee: tuple[str, str], evidence: str
) -> Cells:
    roles = {"id": ref, "at": clock_of(at), "category": "Convert", "operation": "Convert",
             "base_asset": gone[0].upper(), "base": gone[1], "quote_asset": came[0].upper(), "quote": came[1],
             "fee_asset": fee[0].upper(), "fee": fee[1]}  # fmt: skip
    return Cells(ref, at, {role: said for role, said in roles.items() if said}, evidence)


def _asked(ref: str, at: datetime, gone: tuple[str, str], came: tuple[str, str], evidence: str) -> Iterator[Cells]:
    """Yield the sides of a trade of which a person must say what it was, by their signs; dollars are none."""
    sides = [(coin.upper(), quantity) for coin, quantity in (gone, came) if not is_money(coin.upper())]
    for place, (coin, quantity) in enumerate(sides):
        name = ref if not place else f"{ref}:{place + 1}"
        yield _one_sided(name, at, "Convert", "Convert", coin, quantity, evidence)._replace(waits=BELOW_0)


def _trades(
    ask: Ask, pair: str, base: str, quote: str, told: Told, marks: Mapping[str, str], span: Span
) -> Iterator[Cells]:
    """Yield the fills of a pair after its mark, in the order of their numbers, and set the mark."""
    last = int(marks.get(pair) or "-1")
    for _ in range(LONGEST_WALK):
        asked = ask("private_get_mytrades", {"symbol": pair, "fromId": last + 1, "limit": ROWS})
        rows = rows_of(asked.value, "the answer")
        before = last
        for row in sorted(rows, key=lambda each: whole(each, "id")):
            place = whole(row, "id")
            if place <= last:
                continue  # a page that was shifted or repeated
            if text(row, "symbol").upper() != pair:
                raise AnswerRefusedError(f"it tells of {text(row, 'symbol')[:20]} where {pair} was asked for")
            last = place
            at = seconds(row, "time", each=A_THOUSANDTH)
            if at >= span.first:
                yield from _trade(row, at, pair, base, quote, asked.evidence)
        if last >= 0:
            told.marks[pair] = str(last)
        if len(rows) < ROWS:
            return
        if last == before:
            raise AnswerRefusedError("its pages have no end")


def _trade(row: Table, at: datetime, pair: str, base: str, quote: str, evidence: str) -> Iterator[Cells]:
    ref = f"{pair}-{identity(row, 'id')}"
    coins, paid = amount(row, "qty"), amount(row, "quoteQty")
    fee, buys = number(row, "commission"), flag(row, "isBuyer")
    if fee.startswith("-"):
        gone, came = ((quote, paid), (base, coins)) if buys else ((base, coins), (quote, paid))
        yield from _asked(ref, at, (gone[0], f"{-gone[1]:f}"), (came[0], f"{came[1]:f}"), evidence)
        return
    roles = {
        "id": ref,
        "at": clock_of(at),
        "category": "Spot Trading",
        "operation": "Buy" if buys else "Sell",
        "base_asset": base,
        "base": f"{coins:f}",
        "quote_asset": quote,
        "quote": f"{paid:f}",
        "fee_asset": text(row, "commissionAsset").upper(),
        "fee": fee,
    }
    yield Cells(ref, at, roles, evidence)


HOUSE = House(
    service="binanceus",
    profile="binance-us",
    form=0,
    rights=_rights,
    read=_read,
    window=timedelta(days=80),
    overlap=timedelta(days=7),
    lists_all=False,
    how_to_read="at Binance.US, API management: leave Spot trading and Withdrawals off",
)
