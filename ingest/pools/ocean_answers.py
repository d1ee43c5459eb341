"""What OCEAN's API says, read into exact satoshis and aware instants, or refused.

Its quirks, all met in the wild: everything stands inside `{"result": ...}`; a time is an ISO text without a zone (UTC)
in one list and a count of seconds *as a text* in the other; numbers may be texts; `fees_colected_satoshis` is
misspelt, in some answers and not in others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.pools.bounds import ALL_BITCOIN_SATS, BITCOIN, BITCOIN_DECIMALS, GENESIS, LATEST
from lotwork.ingest.pools.fields import AnswerRefusedError, Fields, list_of

_SATS = re.compile(r"[0-9]{1,16}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{10}", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|\+00:00)?", re.ASCII)
TOP = frozenset({"result"})
RESULT = frozenset({"earnings", "payouts", "start_ts", "end_ts"})
EARNING = frozenset(
    {
        "block_hash",
        "ts",
        "satoshis_net_earned",
        "shares_in_window",
        "fees_colected_satoshis",
        "fees_collected_satoshis",
    }
)
PAYOUT = frozenset({"ts", "on_chain_txid", "lightning_txid", "total_satoshis_net_paid", "is_generation_txn"})
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)

T = TypeVar("T")


class Earning(NamedTuple):
    """What one block of the pool earned the miner: net, and the fee kept where the answer says it."""

    block_hash: str
    at: datetime
    net_sats: int
    fee_sats: int | None


class Payout(NamedTuple):
    """Coins sent: `generation` where they are an output of the coinbase itself."""

    txid: str | None
    at: datetime
    sats: int
    generation: bool
    lightning: str | None = None
    """What it is called where it was paid over Lightning: then it has no transaction."""


class Earnpay(NamedTuple):
    """Earnings and payouts of a span of time, each in order of time."""

    earnings: tuple[Earning, ...]
    payouts: tuple[Payout, ...]
    unknown: frozenset[str] = frozenset()
    """Keys that are not known here: nothing is lost by them, and a person is told."""
    alike: tuple[Payout, ...] = ()
    """Payouts that stand more than once, all alike, and are taken once."""


class MonthRow(NamedTuple):
    """One block of a monthly report: gross, and what was left of it."""

    at: datetime
    gross_sats: int
    net_sats: int


def read_earnpay(value: JsonValue) -> Earnpay:
    """Return the earnings and payouts of an `earnpay` answer; missing money, time or id is refused."""
    result = _object(_result(value), {"earnings", "payouts"}, "result")
    told, paid = list_of(result["earnings"], "earnings"), list_of(result["payouts"], "payouts")
    earnings = _once((_earning(item) for item in told), lambda one: one.block_hash)
    rows = [_payout(item) for item in paid]
    payouts = _once(rows, lambda one: one.txid or one.lightning or one.at)
    alike = tuple(one for one, times in Counter(rows).items() if times > 1 and one.lightning is None)
    unknown = {key[:40] for known, item in _known(value, result, told, paid) for key in item if key not in known}
    told_rows = tuple(sorted(earnings, key=_by_time)), tuple(sorted(payouts, key=_by_time))
    return Earnpay(*told_rows, frozenset(unknown), alike)


def _known(
    value: JsonValue, result: JsonValue, told: list[JsonValue], paid: list[JsonValue]
) -> Iterator[tuple[frozenset[str], dict[str, JsonValue]]]:
    """Yield each object of an `earnpay` answer with the keys that it may have."""
    for known, items in ((TOP, [value]), (RESULT, [result]), (EARNING, told), (PAYOUT, paid)):
        for item in items:
            if isinstance(item, dict):
                yield known, item


def read_unpaid(value: JsonValue) -> int:
    """Return the satoshis that a `statsnap` answer says are earned and not paid; told as whole bitcoin in a text."""
    return Fields(_result(value), "result").coins("unpaid", BITCOIN, BITCOIN_DECIMALS, form="either")


def read_rate(value: JsonValue) -> Decimal:
    """Return the mean hashrate of the last 24 hours that a `user_hashrate` answer tells, in hashes a second."""
    rate = Fields(_result(value), "result").rate("hashrate_86400s")
    if rate is None:
        raise AnswerRefusedError("hashrate_86400s is no hash rate")
    return rate


def read_month(value: JsonValue) -> tuple[MonthRow, ...]:
    """Return the rows of a `monthly_earnings_report`; its further columns count hashes and are not read."""
    result = _object(_result(value), {"report"}, "result")
    return tuple(_month_row(item) for item in list_of(result["report"], "report"))


def _earning(item: JsonValue) -> Earning:
    found = _object(item, {"block_hash", "ts", "satoshis_net_earned"}, "an earning")
    fee = found.get("fees_colected_satoshis", found.get("fees_collected_satoshis"))
    return Earning(
        block_hash=_hash(found["block_hash"], "block_hash"),
        at=_instant(found["ts"]),
        net_sats=_sats(found["satoshis_net_earned"], "satoshis_net_earned"),
        fee_sats=None if fee is None else _sats(fee, "fees_colected_satoshis"),
    )


def _payout(item: JsonValue) -> Payout:
    found = _object(item, {"ts", "total_satoshis_net_paid", "is_generation_txn"}, "a payout")
    txid, generation, lightning = found.get("on_chain_txid"), found["is_generation_txn"], found.get("lightning_txid")
    sats = _sats(found["total_satoshis_net_paid"], "total_satoshis_net_paid")
    if sats == 0:
        raise AnswerRefusedError("a payout pays nothing")
    if not isinstance(generation, bool):
        raise AnswerRefusedError("is_generation_txn is neither true nor false")
    named = None if txid in (None, "") else _hash(txid, "on_chain_txid")
    over = None if lightning in (None, "") else Fields(found, "a payout").identity("lightning_txid")
    if named is not None and over is not None:
        raise AnswerRefusedError("a payout was paid on the chain and over Lightning")
    return Payout(named, _instant(found["ts"]), sats, generation, over)


def _month_row(item: JsonValue) -> MonthRow:
    if not isinstance(item, dict):
        raise AnswerRefusedError("a row of the report is not an object")
    found = _object(item, {"TimeUTC", "GrossUserRwd", "NetUserRwd"}, "a row of the report")
    gross, net = _sats(found["GrossUserRwd"], "GrossUserRwd"), _sats(found["NetUserRwd"], "NetUserRwd")
    if gross < net:
        raise AnswerRefusedError("a row of the report is larger net than gross")
    return MonthRow(_instant(found["TimeUTC"]), gross, net)


def _by_time(item: Earning | Payout) -> datetime:
    return item.at


def _once(items: Iterable[T], key: Callable[[T], object]) -> list[T]:
    """Return *items*, each once; two that differ under one key are refused."""
    found: dict[object, T] = {}
    for item in items:
        if found.setdefault(key(item), item) != item:
            raise AnswerRefusedError("it tells two different things of one block or payment")
    return list(found.values())


def _result(value: JsonValue) -> JsonValue:
    if isinstance(value, dict) and value.get("error"):
        raise AnswerRefusedError(f"it says {str(value['error'])[:200]!r}")
    return _object(value, {"result"}, "the answer")["result"]


def _object(value: JsonValue, required: Collection[str], what: str) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise AnswerRefusedError(f"{what} is not an object")
    missing = [key for key in sorted(required) if key not in value]
    if missing:
        raise AnswerRefusedError(f"{what} has no {missing[0]}")
    return value


def _sats(value: JsonValue, key: str) -> int:
    """Return whole satoshis, written as a number or as a text."""
    if isinstance(value, str) and _SATS.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise AnswerRefusedError(f"{key} is not a count of satoshis")
    if not 0 <= value <= ALL_BITCOIN_SATS:
        raise AnswerRefusedError(f"{key} is below zero or more than all bitcoin")
    return value


def _hash(value: JsonValue, key: str) -> str:
    if not isinstance(value, str) or _HASH.fullmatch(value) is None:
        raise AnswerRefusedError(f"{key} is not a hash of 64 hex digits")
    return value


def _instant(value: JsonValue) -> datetime:
    """Return an instant told as ISO text (UTC where it names no zone) or as seconds, in a number or a text."""
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            told = datetime.fromisoformat(value)
        except ValueError:
            raise AnswerRefusedError("a time is no instant of the calendar") from None
        at = told.replace(tzinfo=UTC)
        if GENESIS <= at.timestamp() < LATEST:
            return at
    elif isinstance(value, str) and _SECONDS.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and GENESIS <= value < LATEST:
        return datetime.fromtimestamp(value, UTC)
    raise AnswerRefusedError("a time is not a count of seconds or an ISO text of bitcoin's lifetime")
