"""Every pool that is declared over the frame: its settings, its recorded answers, and a pool in the process.

A new pool adds a case here and passes all of `test_every_pool`: the law is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.ingest.pools.kit import Answers, Asked, sample

ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


class Paid(NamedTuple):
    """One payment that the pool in the process tells of, in the smallest units of its coin."""

    number: int
    at: datetime
    units: int

    @property
    def txid(self) -> str:
        """A transaction of its own."""
        return f"{self.number:064x}"

    @property
    def seconds(self) -> int:
        """When, since 1970."""
        return int(self.at.timestamp())

    def coins(self, decimals: int = 8) -> str:
        """Return the amount in whole coins, as text."""
        return f"{self.units // 10**decimals}.{self.units % 10**decimals:0{decimals}}"


Telling = Callable[[Sequence[Paid], Asked], Any]
"""Returns what a pool with these payments, the oldest first, answers."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A pool, or a service of a family of pools."""

    name: str
    kind: str
    settings: dict[str, Any]
    samples: Answers
    """Answers with the recorded answers."""
    telling: Telling
    """Answers with payments of a test."""
    unread: frozenset[str] = field(default=frozenset())
    """Keys of the recorded answers that no event comes from: whatever stands there is no fault."""
    may_be_nothing: frozenset[str] = field(default=frozenset())
    """Keys that may be null, empty or absent."""
    any_text: frozenset[str] = field(default=frozenset())
    """Keys where each text is taken: an id of the pool's own, or a word that is alerted of."""
    on_credit: bool = False
    """Whether what it tells are credits alone, which are income on credit only."""
    asset: str = "BTC"
    decimals: int = 8
    unit: int = 1
    """How many of the coin's smallest units its own unit is."""


def within(paid: Sequence[Paid], first: int, last: int) -> list[Paid]:
    """Return those of *paid* that a list cut to a span tells, the newest first."""
    return [one for one in reversed(paid) if first <= one.seconds <= last]


def day(text: str) -> int:
    """Return the first second of a day."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def page_of(paid: Sequence[Paid], number: int, size: int = 10) -> tuple[list[Paid], int]:
    """Return a page of *paid*, the newest first, and how many pages there are."""
    newest = [*reversed(paid)]
    return newest[(number - 1) * size : number * size], max(1, -(-len(newest) // size))


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


def by_path(**answers: str) -> Answers:
    """Return what answers with the recorded answer whose word stands in the path or in what is sent."""

    def answer(asked: Asked) -> Any:
        sent = f"{asked.path} {asked.params} {asked.body.decode()}"
        return next(sample(name) for word, name in answers.items() if word.replace("__", "/") in sent)

    return answer


START = "2026-02-01"
ACCOUNT = {"start": START, "wallet": "cold"}
KEYED = {**ACCOUNT, "key_file": "pool.key"}
SIGNED = {**KEYED, "account": "miner", "api_secret_file": "pool.secret"}
ADDRESSED = {**ACCOUNT, "address": "bc1qexample"}


def viabtc_samples(asked: Asked) -> Any:
    coin = asked.params["coin"].lower()
    if "profit" in asked.path:
        return sample(f"viabtc_profit_history_{coin}")
    if coin == "btc":
        return sample("viabtc_payment_history_btc")
    return {"code": 0, "count": 0, "curr_page": 1, "data": [], "has_next": False, "total": 0, "message": "OK"}


def unmineable_samples(asked: Asked) -> Any:
    return sample("unmineable_payments") if "payments" in asked.path else unmineable([], asked)


CASES = (
    Case(
        name="braiins",
        kind="braiins",
        settings=KEYED,
        samples=by_path(rewards="braiins_rewards", payouts="braiins_payouts"),
        telling=braiins,
        unread=frozenset({"shares", "from_ts", "to_ts", "share_price", "trigger_type", "financial_account_name"}),
        may_be_nothing=frozenset({"preimage", "calculation_date", "tx_id", "resolved_at_ts"}),
        any_text=frozenset({"destination", "invoice", "preimage"}),
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
