"""The answers of pools that are asked by the payout address, one reader for each family of software."""

from __future__ import annotations

import re

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.pools.fields import MILLI, AnswerRefusedError, Fields, list_of
from lotwork.ingest.pools.told import FIRST_PAGE, PAGE_ROWS, Answered, State, Told

_UNITS = re.compile(r"10{0,24}", re.ASCII)
_PAID = re.compile(r"((?:0x)?[0-9a-fA-F]{64}):([0-9]{1,30}):([0-9]{1,30}):[0-9]{1,6}", re.ASCII)
_EPOCH = re.compile(r"[0-9]{10}", re.ASCII)

KRYPTEX: dict[str, State] = {
    "FINISHED": "done", "PENDING": "waiting", "PROCESSING": "waiting", "CREATED": "waiting", "SENT": "waiting",
    "FAILED": "failed", "CANCELED": "failed", "CANCELLED": "failed", "REJECTED": "failed",
}  # fmt: skip
UNMINEABLE: dict[str, State] = {
    "success": "done", "processing": "waiting", "pending": "waiting", "queued": "waiting",
    "error": "failed", "failed": "failed", "cancelled": "failed", "canceled": "failed",
}  # fmt: skip


def read_open_ethereum(value: JsonValue, _page: str, *, coin: str, decimals: int, unit: int) -> Answered:
    """Return the payments of 2Miners and other forks of open-ethereum-pool, told in units of 10**-*unit* coins."""
    ignored = {"rewards", "stats", "sumrewards", "24hreward", "24hnumreward", "workers", "paymentsTotal", "config"}
    unread = {"currentHashrate", "hashrate", "workersOnline", "workersOffline", "workersTotal", "roundShares", "page"}
    more = {"pageSize", "minersTotal", "apiVersion", "updatedAt", "sharesStale", "sharesValid", "sharesInvalid"}
    whole = Fields(value, "the answer", ignored | unread | more)
    rows = []
    for item in whole.rows("payments"):
        row = Fields(item, "a payment", {"txFee"})
        amount = row.units("amount", coin, unit) * 10 ** (decimals - unit)
        txid = row.txid("tx")
        rows.append(Told(f"{txid}", row.seconds("timestamp"), coin, amount, "payout", txid=txid, unknown=row.unknown))
    return Answered(rows=tuple(rows), unknown=whole.unknown)


def read_rewards(value: JsonValue, _page: str, *, coin: str, decimals: int, unit: int) -> Answered:
    """Return what each block brought the miner at 2Miners, told in units of 10**-*unit* coins.

    What is immature waits, and what was orphaned never was.
    """
    rows = []
    for item in Fields(value, "the answer").rows("rewards"):
        row = Fields(item, "a reward", {"percent", "uncle", "immature"})
        amount = row.units("reward", coin, unit) * 10 ** (decimals - unit)
        state: State = "failed" if row.flag("orphan") else "waiting" if row.flag("immature") else "done"
        key, at = str(row.whole("blockheight", least=1)), row.seconds("timestamp")
        rows.append(Told(key, at, coin, amount, "credit", state, unknown=row.unknown))
    return Answered(rows=tuple(rows))


def read_cryptonote(value: JsonValue, page: str, *, coin: str, decimals: int) -> Answered:
    """Return the payments of HeroMiners and other forks of cryptonote-nodejs-pool.

    The first page is the pool's own declaration of its units; the second page, named by them, is the miner's.
    """
    _refuse_error(value)
    if page == FIRST_PAGE:
        config = Fields(value, "the answer").fields("config")
        config.word("symbol", {coin: coin})
        units = config.text("coinUnits")
        if _UNITS.fullmatch(units) is None or len(units) - 1 > decimals:
            raise AnswerRefusedError("coinUnits of config are no power of ten that the coin has")
        return Answered(rows=(), next=f"units:{len(units) - 1}")
    scale = 10 ** (decimals - int(page.partition(":")[2]))
    whole = Fields(value, "the answer", {"blocks", "workers", "charts", "unlocked", "unconfirmed", "rewards"})
    whole.fields("stats")
    told = whole.rows("payments")
    if len(told) % 2:
        raise AnswerRefusedError("payments do not come in pairs")
    pairs = zip(told[::2], told[1::2], strict=True)
    rows = tuple(_paid(paid, when, coin, scale, decimals) for paid, when in pairs)
    return Answered(rows=rows, unknown=whole.unknown)


def _paid(paid: JsonValue, when: JsonValue, coin: str, scale: int, decimals: int) -> Told:
    found = _PAID.fullmatch(paid) if isinstance(paid, str) else None
    if found is None or not isinstance(when, str) or _EPOCH.fullmatch(when) is None:
        raise AnswerRefusedError("a payment is not hash:amount:fee:mixin and a time")
    txid, amount, _fee = found.groups()
    row = Fields({"amount": int(amount) * scale, "time": int(when)}, "a payment")
    units = row.units("amount", coin, decimals)
    return Told(txid.lower(), row.seconds("time"), coin, units, "payout", txid=txid.lower())


def read_kryptex(value: JsonValue, page: str, *, coin: str, decimals: int) -> Answered:
    """Return the payouts of Kryptex; only what is FINISHED was paid."""
    _refuse_error(value)
    whole = Fields(value, "the answer", {"count", "previous"})
    rows = []
    for item in whole.rows("results"):
        row = Fields(item, "a payout")
        at, amount = row.seconds("date", text=True), row.coins("amount", coin, decimals, form="text")
        state = row.word("status", KRYPTEX)
        txid = row.txid("txid", needed=False)
        waited = f"{int(at.timestamp())}:{amount}"
        told = Told(txid or waited, at, coin, amount, "payout", state, txid=txid, unknown=row.unknown)
        rows.append(told._replace(waited=waited))
    more = whole.has("next")
    if more and "page=" not in whole.text("next"):
        raise AnswerRefusedError("next of the answer names no page")
    return Answered(rows=tuple(rows), next=str(int(page) + 1) if more else None, unknown=whole.unknown)


def read_unmineable(value: JsonValue, page: str, *, coin: str, decimals: int) -> Answered:
    """Return the payments of unMineable; the first page tells the account of the address, the others its payments."""
    whole = Fields(value, "the answer", {"message", "msg"})
    if not whole.flag("success"):
        said = value.get("message", "") if isinstance(value, dict) else ""
        raise AnswerRefusedError(f"it says {str(said)[:200]!r}")
    if page == FIRST_PAGE and not _tells_payments(value):
        account = whole.fields("data").identity("uuid")
        return Answered(rows=(), next=f"{account}:1")
    data = whole.fields("data", {"explorer", "has_prev", "last_page"})
    data.word("coin", {coin: coin})
    rows = []
    for item in data.rows("list"):
        row = Fields(item, "a payment", {"reason"})
        state = row.word("status", UNMINEABLE)
        txid = row.txid("tx", needed=state == "done")
        at, amount = row.seconds("timestamp", each=MILLI), row.coins("amount", coin, decimals, form="text")
        rows.append(Told(row.numbered("id"), at, coin, amount, "payout", state, txid=txid, unknown=row.unknown))
    account, _, number = page.rpartition(":")
    following = f"{account}:{int(number) + 1}" if data.flag("has_next") else None
    return Answered(rows=tuple(rows), next=following, unknown=whole.unknown | data.unknown)


def _tells_payments(value: JsonValue) -> bool:
    """Return whether an answer is a list of payments already."""
    data = value.get("data") if isinstance(value, dict) else None
    return isinstance(data, dict) and "list" in data


def read_yiimp(value: JsonValue, _page: str, *, coin: str, decimals: int) -> Answered:
    """Return the payouts of zpool and other yiimp pools: those of the last hours, and no others."""
    _refuse_error(value)
    ignored = {"unsold", "balance", "unpaid", "paid24h", "total", "miners", "paidtotal", "wallet"}
    whole = Fields(value, "the answer", ignored)
    whole.word("currency", {coin: coin})
    rows = []
    for item in whole.rows("payouts"):
        row = Fields(item, "a payout")
        txid, at = row.txid("tx", needed=False), row.seconds("time")  # none, while the pool has not sent it
        amount = row.coins("amount", coin, decimals, form="either")
        waited = f"{int(at.timestamp())}:{amount}"
        told = Told(txid or waited, at, coin, amount, "payout", txid=txid, unknown=row.unknown)
        rows.append(told._replace(waited=waited, state="done" if txid else "waiting"))
    return Answered(rows=tuple(rows), unknown=whole.unknown)


def read_miningcore(value: JsonValue, page: str, *, coin: str, decimals: int) -> Answered:
    """Return the payments of any pool that runs miningcore: a bare list, or one that is wrapped with its pages."""
    last: bool | None = None
    unknown: frozenset[str] = frozenset()
    if isinstance(value, dict):
        whole = Fields(value, "the answer", {"itemCount", "success", "responseMessageType", "responseMessageId"})
        whole.has("responseMessageArgs")
        last = int(page) >= whole.pages("pageCount")
        value, unknown = whole.value("result"), whole.unknown
    rows = []
    for item in list_of(value, "the answer"):
        row = Fields(item, "a payment", {"address", "addressInfoLink", "transactionInfoLink"})
        row.word("coin", {coin: coin})
        amount = row.coins("amount", coin, decimals, form="number", fine=True)
        key = row.identity("transactionConfirmationData")
        at = row.iso("created")
        txid = key.lower() if len(key.removeprefix("0x")) == 64 else None  # noqa: PLR2004 - the digits of a hash
        rows.append(Told(key, at, coin, amount, "payout", txid=txid, unknown=row.unknown))
    done = not rows if last is None else last
    is_guess = last is None and len(rows) < PAGE_ROWS
    return Answered(rows=tuple(rows), next=None if done else str(int(page) + 1), is_guess=is_guess, unknown=unknown)


def _refuse_error(value: JsonValue) -> None:
    """Refuse an answer that tells of an error, in its own words."""
    if isinstance(value, dict) and value.get("error"):
        raise AnswerRefusedError(f"it says {str(value['error'])[:200]!r}")
