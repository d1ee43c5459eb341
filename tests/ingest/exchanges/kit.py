"""What accounts at exchanges are tested with: their answers in true layouts, and a ledger to record in.

Most tests put the answers in the place of ccxt's process; those that are about the process ask a server on the loopback
through the real ccxt.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.context import BuildContext
from lotwork.ingest.exchanges.account import Account
from lotwork.ingest.exchanges.section import ExchangeSection
from lotwork.ingest.exchanges.source import build
from lotwork.ingest.exchanges.talk import Talk
from lotwork.ingest.suspense import PREFIX
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Event, Suspense, Void
from lotwork.ledger.history import History
from lotwork.ledger.known_rows import says_also
from lotwork.ledger.public_form.contract import parse_event, to_contract
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import Asset, AssetTable
from lotwork.projections.replay.book import Book

EXPORTS = Path(__file__).parents[2] / "data" / "exports"
KNOWN = AssetTable().with_declared([Asset("BNB", 18)])
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
SECRETS = {"key.txt": "made-up-key-0123456789", "secret.txt": "bWFkZS11cC1zZWNyZXQtMDEyMzQ1Njc4OQ=="}
Answers = Callable[[str, Mapping[str, Any]], Any]
"""Returns what is answered to a question of ccxt's name: a value, told as JSON, or bytes; or raises."""


class InProcess:
    """What answers in the place of ccxt's process."""

    def __init__(self, answer: Answers, asked: list[tuple[str, dict[str, Any]]]) -> None:
        self.answer = answer
        self.asked = asked

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def ask(self, call: str, params: Mapping[str, Any], _item: str) -> bytes:
        self.asked.append((call, dict(params)))
        told = self.answer(call, params)
        return told if isinstance(told, bytes) else json.dumps(told).encode()

    def refusal(self, item: str, reason: str) -> SourceRefusedError:
        return SourceRefusedError(f"{item}: {reason}: nothing was recorded")


@dataclass(kw_only=True)
class Answered(Account):
    """An account whose answers a test makes."""

    answer: Answers
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def _talk(self) -> Talk:
        return InProcess(self.answer, self.asked)  # type: ignore[return-value] # all that is asked of one


@dataclass
class World:
    """An account, and the ledger that it is recorded in."""

    home: Path
    store: EventStore
    clock: SetClock
    answer: Answers
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    def section(self, **more: Any) -> ExchangeSection:
        settings: dict[str, Any] = {
            "start": NOW.replace(day=1).date(),
            "key_file": "key.txt",
            "secret_file": "secret.txt",
        }
        return ExchangeSection(**{"name": "exchange-api", "service": "kraken"} | settings | self.settings | more)

    def account(self, **more: Any) -> Account:
        """Return the account as its declaration builds it, asking whatever is answered here."""
        made = build(self.section(**more), self.context())
        kept = {each.name: getattr(made, each.name) for each in fields(Account) if each.init}
        return Answered(**kept, answer=self.answer, asked=self.asked)

    def context(self) -> BuildContext:
        return BuildContext(
            home=self.home,
            log=self.store,
            clock=self.clock,
            reveal=lambda reference, file: SECRETS.get(file or reference or ""),
            pace=Pace(self.clock, gap_seconds=0),
            secrets=tuple(SECRETS.values()),
        )

    def look(self, account: Account | None = None, **more: Any) -> int:
        """Return how many events one look recorded."""
        self.told.clear()
        return watch_once(account or self.account(**more), self.store, tell=self.told.append)

    def events(self) -> list[Event]:
        """Return the recorded events, in the order of the log, but for what is in suspense or said to be told too."""
        return [event for _, event in self.store.read("main") if not is_of_suspense(event) and not says_also(event)]

    def suspense(self) -> list[Suspense]:
        """Return what is in suspense and not void."""
        return [each for each in History.read(self.store, "main").of_kind("suspense") if isinstance(each, Suspense)]

    def public(self) -> list[dict[str, Any]]:
        """Return them in the public form, without who told them and where it is kept."""
        assets = self.store.assets("main")
        return [shown(event, assets) for event in self.events()]

    def findings(self) -> dict[str, str]:
        """Return the codes of what is open, each by the event it stands at."""
        book = Book.begin(History.read(self.store, "main"), (2026,)).fold()
        return {finding.event or "": finding.code for finding in book.told()}

    def answer_with(self, *told: dict[str, Any]) -> None:
        """Record what a person says."""
        assets = self.store.assets("main")
        lines = [{"id": f"word {number}", "at": "2026-03-20T12:00:00Z", **each} for number, each in enumerate(told)]
        self.store.append(Batch("main", tuple(parse_event(each, assets, "") for each in lines)))


def is_of_suspense(event: Event) -> bool:
    """Say if *event* is in suspense, or takes back what is."""
    return isinstance(event, Suspense) or (isinstance(event, Void) and event.target.startswith(PREFIX))


@contextmanager
def world(home: Path, answer: Answers, **settings: Any) -> Iterator[World]:
    """Yield a home with a ledger and an account of these *settings*."""
    clock = SetClock(NOW)
    with EventStore.open(home, clock=clock) as store:
        yield World(home, store, clock, answer, settings=settings)


def expected(export: str, assets: AssetTable = KNOWN) -> list[dict[str, Any]]:
    """Return the events that an export of `tests/data/exports` must become, reckoned by hand there."""
    lines = (EXPORTS / f"{export}.expected.jsonl").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    rows = [{key: value for key, value in each.items() if key != "line"} for each in told if "kind" in each]
    return [shown(parse_event(each, assets, "")) for each in rows]


def shown(event: Event, assets: AssetTable = KNOWN) -> dict[str, Any]:
    """Return an event in the public form, without who told it and where that is kept."""
    told = to_contract(event, assets)
    return {key: value for key, value in told.items() if key not in ("source", "evidence", "row")}


def epoch(text: str) -> float:
    """Return the seconds since 1970 of a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


class Kraken:
    """Kraken's answers, telling the entries of an export of the ledgers, the newest first, fifty a page."""

    def __init__(self, entries: dict[str, dict[str, Any]] | None = None, *, size: int = 50) -> None:
        self.entries = kraken_entries() if entries is None else entries
        self.size = size
        self.permissions = ["query-funds", "query-ledger"]
        self.sent: list[dict[str, Any]] = []

    def __call__(self, call: str, params: Mapping[str, Any]) -> Any:
        if call == "private_post_getapikeyinfo":
            return self._say({"api_key_name": "", "permissions": self.permissions})
        if call == "private_post_ledgers":
            first, last, offset = (float(params[key]) for key in ("start", "end", "ofs"))
            found = {name: each for name, each in self.entries.items() if first < each["time"] <= last}
            ordered = sorted(found, key=lambda name: (-found[name]["time"], name))[int(offset) :][: self.size]
            return self._say({"ledger": {name: found[name] for name in ordered}, "count": len(found)})
        name = {"private_post_depositstatus": "deposit", "private_post_withdrawstatus": "withdrawal"}[call]
        return self._say({name: [each for each in self.sent if each["kind"] == name], "next_cursor": ""})

    @staticmethod
    def _say(result: Any) -> Any:
        return {"error": [], "result": result}


def kraken_entries() -> dict[str, dict[str, Any]]:
    """Return the entries of the export kraken-ledgers.csv, as Kraken's API tells them."""
    with (EXPORTS / "kraken-ledgers.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["txid"]]
    return {
        row["txid"]: {
            "refid": row["refid"],
            "time": epoch(row["time"]) + 0.1234,
            **{key: row[key] for key in ("type", "subtype", "aclass", "asset", "amount", "fee", "balance")},
        }
        for row in rows
    }


class Coinbase:
    """Coinbase's answers: wallets with their transactions, the newest first, and the fills of Advanced Trade."""

    def __init__(
        self, wallets: dict[str, list[dict[str, Any]]], fills: list[dict[str, Any]], *, size: int = 100
    ) -> None:
        self.wallets = wallets
        self.fills = fills
        self.size = size
        self.permissions = {"can_view": True, "can_trade": False, "can_transfer": False}

    def __call__(self, call: str, params: Mapping[str, Any]) -> Any:
        match call:
            case "v3_private_get_brokerage_key_permissions":
                return {**self.permissions, "portfolio_uuid": "11111111-2222", "portfolio_type": "DEFAULT"}
            case "v2_private_get_accounts":
                return self._listed([{"id": name, "currency": name} for name in self.wallets], params)
            case "v2_private_get_accounts_account_id_transactions":
                rows = sorted(
                    self.wallets.get(params["account_id"], ()), key=lambda row: row["created_at"], reverse=True
                )
                return self._listed(rows, params)
            case "v3_private_get_brokerage_orders_historical_fills":
                told = [row for row in self.fills if row["trade_time"] >= params["start_sequence_timestamp"]]
                told.sort(key=lambda row: row["trade_time"], reverse=True)
                at = int(params.get("cursor") or 0)
                more = at + self.size < len(told)
                return {"fills": told[at : at + self.size], "cursor": str(at + self.size) if more else ""}
        raise AssertionError(call)

    def _listed(self, rows: list[dict[str, Any]], params: Mapping[str, Any]) -> Any:
        names = [row["id"] for row in rows]
        at = names.index(params["starting_after"]) + 1 if params.get("starting_after") in names else 0
        page, more = rows[at : at + self.size], at + self.size < len(rows)
        return {"pagination": {"next_starting_after": page[-1]["id"] if more else None}, "data": page}


def transaction(name: str, kind: str, at: str, amount: str, dollars: str, **more: Any) -> dict[str, Any]:
    """Return a transaction of a Coinbase wallet: *amount* is like "-0.02 BTC"."""
    quantity, coin = amount.split()
    return {
        "id": name,
        "type": kind,
        "status": "completed",
        "amount": {"amount": quantity, "currency": coin},
        "native_amount": {"amount": dollars, "currency": "USD"},
        "created_at": at,
        "resource": "transaction",
        "resource_path": f"/v2/accounts/x/transactions/{name}",
        **more,
    }


def fill(name: str, at: str, side: str, product: str, price: str, size: str, fee: str, **more: Any) -> dict[str, Any]:
    """Return a fill of Coinbase's Advanced Trade."""
    return {
        "entry_id": f"entry-{name}",
        "trade_id": name,
        "order_id": f"order-{name}",
        "trade_time": at,
        "trade_type": "FILL",
        "price": price,
        "size": size,
        "commission": fee,
        "product_id": product,
        "liquidity_indicator": "TAKER",
        "size_in_quote": False,
        "side": side,
        "retail_portfolio_id": "11111111-2222",
        **more,
    }


def leg(name: str, at: str, order: str, product: str, amount: str, dollars: str) -> dict[str, Any]:
    """Return the leg of a fill that a Coinbase wallet tells."""
    told = {"order_id": order, "product_id": product, "fill_price": "1", "commission": "0"}
    return transaction(name, "advanced_trade_fill", at, amount, dollars, advanced_trade_fill=told)


class BinanceUS:
    """Binance.US's answers: fills by pair and number, and a list for each other way that coins come and go."""

    def __init__(self, **lists: list[dict[str, Any]]) -> None:
        self.lists = lists
        self.trades: dict[str, list[dict[str, Any]]] = {}
        self.held = ["BTC", "ETH", "BNB"]
        self.symbols = [("BTC", "USD"), ("BTC", "USDT"), ("ETH", "USD"), ("DOGE", "USD")]

    def __call__(self, call: str, params: Mapping[str, Any]) -> Any:
        match call.partition("_get_")[2]:
            case "account":
                return {"balances": [{"asset": coin, "free": "1.00", "locked": "0"} for coin in (*self.held,)]
                        + [{"asset": "DOGE", "free": "0.00", "locked": "0.00"}]}  # fmt: skip
            case "exchangeinfo":
                pairs = [
                    {"symbol": f"{base}{quote}", "baseAsset": base, "quoteAsset": quote} for base, quote in self.symbols
                ]
                return {"timezone": "UTC", "symbols": pairs}
            case "mytrades":
                told = [row for row in self.trades.get(params["symbol"], []) if row["id"] >= params["fromId"]]
                return told[: params["limit"]]
            case "capital_deposit_hisrec":
                return self._within("deposits", "insertTime", params)
            case "capital_withdraw_history":
                return self.lists.get("withdrawals", [])
            case "asset_assetdistributionhistory":
                return {"rows": self._within("distributions", "divTime", params), "total": 0}
            case "staking_stakingrewardshistory":
                return {"code": "000000", "success": True, "data": self._within("staking", "time", params), "total": 0}
            case "ocbs_orders":
                return {"total": 0, "dataList": self._within("ocbs", "createTime", params)}
            case "otc_orders":
                return {"total": 0, "rows": self._within("otc", "createTime", params)}
            case "asset_query_dust_logs":
                return {"total": 0, "userDustConvertHistory": self.lists.get("dust", [])}
        raise AssertionError(call)

    def _within(self, name: str, key: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [row for row in self.lists.get(name, []) if params["startTime"] <= row[key] <= params["endTime"]]


class Gemini:
    """Gemini's answers: each list from an instant on, the newest first, and what staking told by its provider."""

    def __init__(
        self,
        trades: list[dict[str, Any]] | None = None,
        transfers: list[dict[str, Any]] | None = None,
        staking: list[dict[str, Any]] | None = None,
        *,
        size: int = 500,
    ) -> None:
        self.trades, self.transfers, self.staking = trades or [], transfers or [], staking or []
        self.size = size
        self.roles = {"isAuditor": True, "isFundManager": False, "isTrader": False}

    def __call__(self, call: str, params: Mapping[str, Any]) -> Any:
        match call.removeprefix("private_post_v1_"):
            case "roles":
                return self.roles
            case "mytrades":
                return self._from(self.trades, params, int(params["limit_trades"]))
            case "transfers":
                return self._from(self.transfers, params, int(params["limit_transfers"]))
            case "staking_history":
                within = [row for row in self.staking if params["since"] <= row["dateTime"] <= params["until"]]
                told = sorted(within, key=lambda row: row["dateTime"], reverse=True)[: self.size]
                return [{"providerId": "62b21e17", "transactions": told}] if told else []
        raise AssertionError(call)

    def _from(self, rows: list[dict[str, Any]], params: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
        told = sorted(
            (row for row in rows if row["timestampms"] >= params["timestamp"]), key=lambda row: row["timestampms"]
        )
        return told[: min(most, self.size)][::-1]


def trade(number: int, at: str, side: str, symbol: str, price: str, size: str, fee: str, coin: str) -> dict[str, Any]:
    """Return a fill of Gemini."""
    return {
        "price": price, "amount": size, "timestamp": milli(at) // 1000, "timestampms": milli(at), "type": side,
        "aggressor": False, "fee_currency": coin, "fee_amount": fee, "tid": number, "order_id": str(number + 1000),
        "exchange": "gemini", "is_auction_fill": False, "is_clearing_fill": False, "symbol": symbol,
    }  # fmt: skip


def transfer(number: int, at: str, kind: str, coin: str, size: str, **more: Any) -> dict[str, Any]:
    """Return a transfer of Gemini."""
    told = {"type": kind, "status": "Complete", "timestampms": milli(at), "eid": number, "currency": coin}
    return {**told, "amount": size, "destination": "bc1qexample", **more}


def staked(name: str, at: str, kind: str, coin: str, size: str) -> dict[str, Any]:
    """Return what staking told at Gemini."""
    told = {"transactionId": name, "transactionType": kind, "amountCurrency": coin, "amount": float(size)}
    return {**told, "dateTime": milli(at)}


def gemini_of_the_export() -> Gemini:
    """Return what tells the rows of the export gemini.csv as Gemini's API does."""
    sent = "000000000000000000000000000000000000000000000000000000000abc005"
    fee = {"feeAmount": "0.0001", "feeCurrency": "BTC"}
    return Gemini(
        trades=[
            trade(7001, "2026-03-03 11:00:00.123", "Sell", "BTCUSD", "85000.00", "0.02", "6.80", "USD"),
            trade(7002, "2026-03-04 11:00:00.000", "Buy", "BTCUSD", "86000.00", "0.01", "3.44", "USD"),
        ],
        transfers=[
            transfer(1, "2026-03-05 11:00:00.000", "Withdrawal", "BTC", "0.005", **fee, txHash=f"{sent}2", outputIdx=0),
            transfer(2, "2026-03-06 11:00:00.000", "Deposit", "BTC", "0.02", txHash=f"{sent}3", outputIdx=0),
        ],
    )


def milli(text: str) -> int:
    """Return the milliseconds since 1970 of a time in UTC."""
    return round(epoch(text) * 1000)


def bought_or_sold(
    number: int, pair: str, at: str, side: str, qty: str, quote: str, fee: str, coin: str
) -> dict[str, Any]:
    """Return a fill of Binance.US."""
    return {
        "symbol": pair, "id": number, "orderId": number + 100, "orderListId": -1, "price": "1.0", "qty": qty,
        "quoteQty": quote, "commission": fee, "commissionAsset": coin, "time": milli(at), "isBuyer": side == "buy",
        "isMaker": False, "isBestMatch": True,
    }  # fmt: skip
