"""Every pool that is declared over the frame: its settings, its recorded answers, and a pool in the process.

A new pool adds a case here and passes all of `test_every_pool`: the law is written once.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from tests.ingest.pools.kit import Case, Paid, by_path, day, page_of, sample, within
from tests.ingest.wires import Asked

ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


def braiins(paid: Sequence[Paid], asked: Asked) -> Any:
    if "rewards" in asked.path:
        return {"btc": {"daily_rewards": []}}
    first, last = day(asked.params["from"]), day(asked.params["to"]) + 86_399
    common = {"financial_account_name": "A", "status": "confirmed", "fee_sats": 0, "trigger_type": "triggered"}
    rows = [
        {**common, "requested_at_ts": one.seconds, "resolved_at_ts": one.seconds, "amount_sats": one.units}
        | {"destination": ADDRESS, "tx_id": one.txid}
        for one in within(paid, first, last)
    ]
    return {"onchain": rows, "lightning": []}


def viabtc(paid: Sequence[Paid], asked: Asked) -> Any:
    empty = {"count": 0, "curr_page": 1, "data": [], "has_next": False, "total": 0, "total_page": 1}
    if "profit" in asked.path or asked.params["coin"] != "BTC":
        return {"code": 0, "data": empty, "message": "OK"}
    rows, pages = page_of(paid, int(asked.params["page"]))
    told = [
        {"id": one.number, "coin": "BTC", "amount": one.coins(), "address": ADDRESS, "tx": one.txid}
        | {"create_time": one.seconds}
        for one in rows
    ]
    return {"code": 0, "data": {**empty, "data": told, "has_next": int(asked.params["page"]) < pages}, "message": "OK"}


def f2pool(paid: Sequence[Paid], asked: Asked) -> Any:
    from decimal import Decimal  # noqa: PLC0415 - of this pool alone

    if asked.json["type"] != "payout":
        return {"transactions": []}
    rows = [
        {"id": one.number, "type": "payout", "changed_balance": -float(Decimal(one.coins()))}
        | {"created_at": one.seconds, "mining_extra": None}
        | {
            "payout_extra": {"value": float(Decimal(one.coins())), "address": ADDRESS, "tx_id": one.txid}
            | {"paid_time": one.seconds, "wallet_type": "mainnet", "tip": 0}
        }
        for one in within(paid, asked.json["start_time"], asked.json["end_time"])
    ]
    return {"transactions": rows}


def luxor(paid: Sequence[Paid], asked: Asked) -> Any:
    first, last = day(asked.params["start_date"]), day(asked.params["end_date"]) + 86_399
    rows, pages = page_of(within(paid, first, last)[::-1], int(asked.params["page_number"]))
    told = [
        {"currency_type": "BTC", "date_time": f"{one.at:%Y-%m-%dT%H:%M:%SZ}", "address_name": "w"}
        | {"subaccount_name": "rigs", "transaction_category": "Payout", "currency_amount": float(one.coins())}
        | {"usd_equivalent": 1.5, "transaction_id": one.txid, "transaction_type": "debit"}
        for one in rows
    ]
    more = "https://pool.example/next" if int(asked.params["page_number"]) < pages else None
    paging = {"page_number": 1, "page_size": 10, "item_count": 1, "previous_page_url": None, "next_page_url": more}
    return {"transactions": told, "pagination": paging}


def foundry(paid: Sequence[Paid], asked: Asked) -> Any:
    first, last = int(asked.params["startDateUnixMs"]) // 1000, int(asked.params["endDateUnixMs"]) // 1000
    return [
        {"startTime": f"{one.at - timedelta(minutes=20):%Y-%m-%dT%H:%M:%S}.000+00:00"}
        | {"endTime": f"{one.at:%Y-%m-%dT%H:%M:%S}.000+00:00", "totalAmount": float(one.coins()), "hashrate": 1}
        | {"ppsBaseAmount": 0.0, "txFeeRewardAmount": 0.0, "fppsRatePercent": 100.0, "poolFeeAmount": 0.0}
        | {"feeRatePercent": 0.0, "grossEarnings": float(one.coins())}
        for one in within(paid, first, last)
    ]


def antpool(paid: Sequence[Paid], asked: Asked) -> Any:
    rows, pages = page_of(paid if asked.form["type"] == "payout" else [], int(asked.form["page"]))
    told = [
        {"timestamp": f"{one.at:%Y-%m-%d %H:%M:%S}", "walletAddress": ADDRESS, "txId": one.txid, "amount": one.coins()}
        for one in rows
    ]
    data = {"page": 1, "totalPage": pages, "pageSize": 10, "totalRecord": len(paid), "rows": told}
    return {"code": 0, "message": "ok", "data": data}


def nicehash(paid: Sequence[Paid], asked: Asked) -> Any:
    rows, pages = page_of(paid, int(asked.params["page"]) + 1)
    told = [
        {"id": f"5a1f-{one.number}", "created": one.seconds * 1000, "currency": {"enumName": "BTC", "description": "B"}}
        | {"amount": one.coins(), "metadata": None, "feeAmount": "0.00000000"}
        | {"accountType": {"enumName": "USER", "description": "User"}}
        for one in rows
    ]
    return {"list": told, "pagination": {"size": 10, "page": 0, "totalPageCount": pages}}


def twominers(paid: Sequence[Paid], _asked: Asked) -> Any:
    rows = [
        {"amount": one.units // 10**9, "timestamp": one.seconds, "tx": f"0x{one.txid}", "txFee": 1}
        for one in reversed(paid)
    ]
    return {"payments": rows, "paymentsTotal": len(rows), "rewards": [], "stats": {}, "sumrewards": []}


def herominers(paid: Sequence[Paid], asked: Asked) -> Any:
    if asked.path == "/api/stats":
        return sample("herominers_stats")
    told: list[str] = []
    for one in reversed(paid):
        told += [f"{one.txid}:{one.units}:0:3", str(one.seconds)]
    return {"stats": {"balance": "1"}, "payments": told, "blocks": [], "workers": []}


def kryptex(paid: Sequence[Paid], asked: Asked) -> Any:
    number = int(asked.params.get("page", 1))
    rows, pages = page_of(paid, number)
    told = [{"date": str(one.seconds), "amount": one.coins(18), "status": "FINISHED", "txid": one.txid} for one in rows]
    return {"count": len(paid), "next": "https://pool.example/?page=2" if number < pages else None, "results": told}


def unmineable(paid: Sequence[Paid], asked: Asked) -> Any:
    if "/address/" in asked.path:
        return {"success": True, "message": "Ok", "data": {"uuid": "0000-1111"}}
    rows, pages = page_of(paid, int(asked.params["page"]))
    told = [
        {"tx": one.txid, "amount": one.coins(), "timestamp": one.seconds * 1000, "status": "success", "id": one.number}
        for one in rows
    ]
    data = {"explorer": "", "coin": "DOGE", "list": told, "has_prev": False, "last_page": pages}
    return {"success": True, "message": "Ok", "data": {**data, "has_next": int(asked.params["page"]) < pages}}


def yiimp(paid: Sequence[Paid], _asked: Asked) -> Any:
    rows = [{"time": one.seconds, "amount": one.coins(), "tx": one.txid} for one in reversed(paid)]
    return {"currency": "BTC", "unsold": 0, "balance": 0, "unpaid": 0, "paid24h": 0, "total": 0, "payouts": rows}


def miningcore(paid: Sequence[Paid], asked: Asked) -> Any:
    rows, _ = page_of(paid, int(asked.params["page"]) + 1, 50)
    return [
        {"coin": "LTC", "address": "ltc1", "addressInfoLink": "", "amount": float(one.coins())}
        | {"transactionConfirmationData": one.txid, "transactionInfoLink": ""}
        | {"created": f"{one.at:%Y-%m-%dT%H:%M:%S}.000000"}
        for one in rows
    ]


def phoenixd(paid: Sequence[Paid], asked: Asked) -> Any:
    first, last = int(asked.params["from"]) // 1000, int(asked.params["to"]) // 1000
    offset, limit = int(asked.params["offset"]), int(asked.params["limit"])
    return [
        {"type": "incoming_payment", "subType": "lightning", "paymentHash": one.txid, "preimage": one.txid}
        | {"description": "OCEAN payouts", "invoice": "lnbc1", "isPaid": True, "receivedSat": one.units, "fees": 0}
        | {"completedAt": one.seconds * 1000, "createdAt": one.seconds * 1000}
        for one in within(paid, first, last)[offset : offset + limit]
    ]


def lnd(paid: Sequence[Paid], asked: Asked) -> Any:
    last = int(asked.params.get("index_offset", len(paid) + 1))
    rows = [(index, one) for index, one in enumerate(paid, 1) if index < last][-10:]
    told = [
        {"memo": "from Ocean", "r_hash": b64encode(bytes.fromhex(one.txid)).decode(), "state": "SETTLED"}
        | {"creation_date": str(one.seconds), "settle_date": str(one.seconds), "amt_paid_msat": f"{one.units}000"}
        for _, one in rows
    ]
    first = str(rows[0][0]) if rows else "0"
    return {"invoices": told, "first_index_offset": first, "last_index_offset": str(len(paid))}


def cln(paid: Sequence[Paid], _asked: Asked) -> Any:
    rows = [
        {"label": f"{one.number}", "payment_hash": one.txid, "status": "paid", "description": "ocean"}
        | {"amount_received_msat": one.units * 1000 + 999, "paid_at": one.seconds}
        for one in paid
    ]
    return {"invoices": rows}


START = "2026-02-01"
ACCOUNT = {"start": START, "wallet": "cold"}
KEYED = {**ACCOUNT, "key_file": "pool.key"}
SIGNED = {**KEYED, "account": "miner", "api_secret_file": "pool.secret"}
ADDRESSED = {**ACCOUNT, "address": "bc1qexample", "allow_private": True}


def viabtc_samples(asked: Asked) -> Any:
    coin = asked.params["coin"].lower()
    if "profit" in asked.path:
        return sample(f"viabtc_profit_history_{coin}")
    if coin == "btc":
        return sample("viabtc_payment_history_btc")
    return {"code": 0, "count": 0, "curr_page": 1, "data": [], "has_next": False, "total": 0, "message": "OK"}


def unmineable_samples(asked: Asked) -> Any:
    return sample("unmineable_payments") if "payments" in asked.path else unmineable([], asked)


SOME = [Paid(n, datetime(2026, 3, n, 8, tzinfo=UTC), 21_000 * n) for n in (1, 2, 3)]
CASES = (
    Case(
        name="braiins",
        kind="braiins",
        settings=KEYED,
        samples=by_path(rewards="braiins_rewards", payouts="braiins_payouts"),
        telling=braiins,
        unread=frozenset(
            {"shares", "from_ts", "to_ts", "share_price", "trigger_type", "financial_account_name", "preimage"}
        ),
        may_be_nothing=frozenset({"calculation_date", "tx_id", "resolved_at_ts"}),
        any_text=frozenset({"destination", "invoice"}),
    ),
    Case(
        name="viabtc",
        kind="viabtc",
        settings={**KEYED, "coins": ["BTC", "NMC"]},
        samples=viabtc_samples,
        telling=viabtc,
        unread=frozenset({"count", "curr_page", "total", "total_page", "message", "address"}),
        may_be_nothing=frozenset({"tx"}),
    ),
    Case(
        name="f2pool",
        kind="f2pool",
        settings={**KEYED, "account": "miner"},
        samples=by_path(transactions="f2pool_transactions"),
        telling=f2pool,
        unread=frozenset(
            {
                "mining_date",
                "settle_date",
                "pps",
                "pps_fee_rate",
                "tx_fee",
                "tx_fee_rate",
                "hash_rate",
                "mining_extra",
                "address",
                "wallet_type",
            }
        ),
        may_be_nothing=frozenset({"tx_id", "payout_extra"}),
        any_text=frozenset({"type"}),
    ),
    Case(
        name="luxor",
        kind="luxor",
        settings={**KEYED, "account": "rigs"},
        samples=by_path(transactions="luxor_transactions"),
        telling=luxor,
        unread=frozenset(
            {
                "address_name",
                "usd_equivalent",
                "transaction_type",
                "page_number",
                "page_size",
                "item_count",
                "previous_page_url",
            }
        ),
        may_be_nothing=frozenset({"transaction_id", "next_page_url"}),
        any_text=frozenset({"transaction_category", "subaccount_name"}),
    ),
    Case(
        name="foundry",
        kind="foundry",
        settings={**KEYED, "account": "rigs"},
        samples=by_path(earnings="foundry_earnings"),
        telling=foundry,
        unread=frozenset({"hashrate", "ppsBaseAmount", "txFeeRewardAmount", "fppsRatePercent", "feeRatePercent"}),
        may_be_nothing=frozenset({"poolFeeAmount", "grossEarnings"}),
        on_credit=True,
    ),
    Case(
        name="antpool",
        kind="antpool",
        settings=SIGNED,
        samples=by_path(**{"type=payout": "antpool_payment_payout", "type=recv": "antpool_payment_recv"}),
        telling=antpool,
        unread=frozenset(
            {
                "page",
                "pageSize",
                "totalRecord",
                "message",
                "walletAddress",
                "hashrate",
                "hashrate_unit",
            }
        ),
        may_be_nothing=frozenset({"txId"}),
    ),
    Case(
        name="nicehash",
        kind="nicehash",
        settings={**SIGNED, "wallet": "nicehash"},
        samples=by_path(payouts="nicehash_rigs_payouts"),
        telling=nicehash,
        unread=frozenset({"description", "metadata", "size", "page", "accountType"}),
        any_text=frozenset({"id"}),
    ),
    Case(
        name="2miners",
        kind="address_pool",
        settings={**ADDRESSED, "service": "2miners", "coin": "ETC"},
        samples=by_path(accounts="twominers_account"),
        telling=twominers,
        unread=frozenset(
            {
                "paymentsTotal",
                "rewards",
                "stats",
                "sumrewards",
                "blockheight",
                "reward",
                "percent",
                "immature",
                "orphan",
                "uncle",
                "balance",
                "lastShare",
                "paid",
                "pending",
                "inverval",
                "numreward",
                "name",
                "offset",
                "24hreward",
                "24hnumreward",
                "txFee",
            }
        ),
        asset="ETC",
        decimals=18,
        unit=10**9,
    ),
    Case(
        name="herominers",
        kind="address_pool",
        settings={**ADDRESSED, "service": "herominers", "coin": "KAS"},
        samples=by_path(stats_address="herominers_stats_address", stats="herominers_stats"),
        telling=herominers,
        unread=frozenset(
            {
                "blocks",
                "workers",
                "stats",
                "coin",
                "poolFee",
                "minPaymentThreshold",
                "balance",
                "paid",
                "lastShare",
                "hashrate",
            }
        ),
        asset="KAS",
    ),
    Case(
        name="kryptex",
        kind="address_pool",
        settings={**ADDRESSED, "service": "kryptex", "coin": "ETC"},
        samples=by_path(payouts="kryptex_payouts"),
        telling=kryptex,
        unread=frozenset({"count"}),
        may_be_nothing=frozenset({"txid", "next"}),
        asset="ETC",
        decimals=18,
        unit=10**10,
    ),
    Case(
        name="unmineable",
        kind="address_pool",
        settings={**ADDRESSED, "service": "unmineable", "coin": "DOGE", "wallet": "doge"},
        samples=unmineable_samples,
        telling=unmineable,
        any_text=frozenset({"uuid"}),
        may_be_nothing=frozenset({"tx"}),
        unread=frozenset({"message", "explorer", "has_prev", "last_page", "reason"}),
        asset="DOGE",
    ),
    Case(
        name="zpool",
        kind="address_pool",
        settings={**ADDRESSED, "service": "zpool", "coin": "BTC"},
        samples=by_path(walletEx="yiimp_walletex"),
        telling=yiimp,
        unread=frozenset(
            {
                "unsold",
                "miners",
                "balance",
                "unpaid",
                "paid24h",
                "total",
                "version",
                "password",
                "ID",
                "algo",
                "difficulty",
                "subscribe",
                "accepted",
                "rejected",
            }
        ),
        may_be_nothing=frozenset({"tx"}),
    ),
    *(
        Case(
            name=service,
            kind="lightning_node",
            settings={**KEYED, "wallet": "lightning", "service": service, "pool": "ocean", "contains": "Ocean"},
            samples=partial(telling, SOME),
            telling=telling,
            unread=frozenset(
                {
                    "type",
                    "subType",
                    "preimage",
                    "invoice",
                    "fees",
                    "createdAt",
                    "creation_date",
                    "last_index_offset",
                    "label",
                    "first_index_offset",
                }
            ),
            may_be_nothing=frozenset({"description", "memo"}),
            any_text=frozenset({"description", "memo"}),
        )
        for service, telling in (("phoenixd", phoenixd), ("lnd", lnd), ("cln", cln))
    ),
    Case(
        name="miningcore",
        kind="address_pool",
        settings={**ADDRESSED, "service": "miningcore", "coin": "LTC"},
        samples=by_path(payments="miningcore_payments"),
        telling=miningcore,
        unread=frozenset({"address", "addressInfoLink", "transactionInfoLink"}),
        any_text=frozenset({"transactionConfirmationData"}),
        asset="LTC",
    ),
)
NO_INCOME = ("solo_pool",)
"""Kinds that read a pool and never record anything."""
BY_HAND = ("ocean",)
"""Kinds that the frame does not read, and have tests of their own."""
