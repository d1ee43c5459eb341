"""F2Pool, version 2: one list of what was credited and what was paid, told apart by its type.

Credits are numbers of a finer grain than a satoshi: each is cut to whole ones, and what that loses comes in with the
payout. A payout takes from the balance: its change is below zero.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.question import Question, by_header
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.bounds import GENESIS, LATEST
from lotwork.ingest.pools.fields import AnswerRefusedError, Fields
from lotwork.ingest.pools.owed import check_code, owed_listing, owed_of
from lotwork.ingest.pools.settings import OwingSection, decimals_of, key_of
from lotwork.ingest.pools.told import Answered, Listing, Reader, RowKind, Span, Told, Unmeant, Work
from lotwork.ledger.events import Scheme
from lotwork.ledger.units import ONE_DAY

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

CREDITS, PAYOUT = "revenue", "payout"
EVERYTHING = "all"
"""The list of every type: what is neither of the two is put in suspense (reward, dividend, flash_exchange and more)."""
SCHEMES: dict[str, Scheme] = {
    "revenue_fpps": "fpps", "revenue_pps": "pps", "revenue_pplns": "pplns", "revenue_solo": "solo",
}  # fmt: skip


class F2PoolSection(OwingSection, frozen=True, kw_only=True):
    """`[[sources.f2pool]]`: the transactions of one mining user at F2Pool."""

    base_url: str = "https://api.f2pool.com/v2"
    account: str
    """The mining user."""
    coin: str = "BTC"
    currency: str = "bitcoin"
    """The pool's own word for the coin, as in the address of its page."""


def reader_of(section: F2PoolSection) -> Reader:
    """Return the lists of the account: credits, payouts, and what is neither."""
    decimals = decimals_of(section.coin, section.name)

    def listing(kind: RowKind, of_type: str, name: str | None = None) -> Listing:
        def ask(span: Span, _page: str) -> Question:
            who = {"currency": section.currency, "mining_user_name": section.account, "type": of_type}
            when = {"start_time": int(span.start.timestamp()), "end_time": int(span.end.timestamp())}
            return Question(url=f"{section.base_url}/assets/transactions/list", json={**who, **when})

        read = partial(_read, kind=kind, coin=section.coin, decimals=decimals)
        return Listing(name=name or of_type, kind=kind, ask=ask, read=read)

    of = {"currency": section.currency, "mining_user_name": section.account}
    balance = Question(url=f"{section.base_url}/assets/balance", json=of)
    owed = owed_listing(section.observe, balance, partial(_read_owed, coin=section.coin, decimals=decimals))
    others = listing("work", EVERYTHING, "other")
    lists = (listing("credit", CREDITS), listing("payout", PAYOUT), others, *owed)
    known, seen = {section.coin: decimals}, section.observe
    return Reader(pool="f2pool", account=section.account, listings=lists, decimals=known, observe=seen)


def _read(value: JsonValue, _page: str, *, kind: RowKind, coin: str, decimals: int) -> Answered:
    whole = Fields(value, "the answer")
    if whole.has("code") and whole.value("code") != 0:
        raise AnswerRefusedError(f"it says {str(value.get('msg') if isinstance(value, dict) else '')[:200]!r}")
    whole.has("msg")
    rows: list[Told] = []
    items = whole.rows("transactions")
    unmeant: list[Unmeant] = []
    elsewhere: set[str] = set()
    for item in items:
        row = Fields(item, "a transaction")
        of_type = row.text("type")
        if kind == "credit" and of_type.startswith(CREDITS):
            rows.append(_credit(row, of_type, coin, decimals))
        elif kind == "payout" and of_type.startswith(PAYOUT):
            rows.append(_payout(row, coin, decimals))
        elif kind == "work" and not of_type.startswith((CREDITS, PAYOUT)):
            unmeant.append(_other(row, of_type, coin))
        else:
            elsewhere.add(row.numbered("id"))
    return Answered(rows=tuple(rows), unknown=whole.unknown, unmeant=tuple(unmeant), elsewhere=frozenset(elsewhere))


def _other(row: Fields, of_type: str, coin: str) -> Unmeant:
    """Return a row that is neither revenue nor payout, with what it did to the balance where it tells that."""
    changed = row.value("changed_balance") if row.has("changed_balance") else None
    is_told = isinstance(changed, int | Decimal) and not isinstance(changed, bool)
    balance = f", balance changed by {changed:f} {coin}"[:80] if is_told else ""
    return Unmeant(row.numbered("id"), row.seconds("created_at"), f"type {of_type[:30]}{balance}")


def _read_owed(value: JsonValue, *, coin: str, decimals: int) -> Answered:
    """Return what the pool owes; what is immature is not owed yet."""
    check_code(value, "msg")
    return owed_of(value, ("balance_info",), ("balance",), coin, decimals)


def _credit(row: Fields, of_type: str, coin: str, decimals: int) -> Told:
    work = _work(row, of_type)
    if row.has("payout_extra"):
        raise row.refuse("payout_extra", "stands in a credit")
    amount = row.coins("changed_balance", coin, decimals, form="number", fine=True)
    scheme = of_type.removeprefix(CREDITS).strip("_").upper()
    told = Told(row.numbered("id"), row.seconds("created_at"), coin, amount, "credit", unknown=row.unknown)
    return told._replace(work=work, note=f"by {scheme}" if scheme else None)


def _work(row: Fields, of_type: str) -> Work | None:
    """Return the work of the day that a credit is for; None where the pool does not tell it."""
    if not row.has("mining_extra") or not isinstance(row.value("mining_extra"), dict):
        return None
    extra = row.fields("mining_extra")
    rate, day = extra.rate("hash_rate"), extra.value("mining_date") if extra.has("mining_date") else None
    if rate is None or not isinstance(day, int) or not GENESIS <= day < LATEST:
        return None
    begins = datetime.fromtimestamp(day, UTC)
    return Work(begins, begins + ONE_DAY, rate, SCHEMES.get(of_type))


def _payout(row: Fields, coin: str, decimals: int) -> Told:
    row.has("mining_extra"), row.seconds("created_at")
    taken = -row.coins("changed_balance", coin, decimals, form="number", signed=True)
    extra = row.fields("payout_extra", {"address", "wallet_type", "paid_time"})
    amount, tip = (extra.coins(key, coin, decimals, form="number") for key in ("value", "tip"))
    if taken not in (amount, amount + tip):
        raise AnswerRefusedError("a payout takes another amount from the balance than it pays")
    txid = extra.txid("tx_id", needed=False)
    at = extra.seconds("paid_time") if txid else row.seconds("created_at")  # what is not paid has no such time
    told = Told(row.numbered("id"), at, coin, amount, "payout", "done" if txid else "waiting")
    return told._replace(txid=txid, sent_fee=taken - amount, unknown=row.unknown | extra.unknown)


def build(section: F2PoolSection, context: BuildContext) -> Pool:
    """Return the pool that *section* describes."""
    return pool_of(section, context, reader_of(section), sign=by_header("F2P-API-SECRET", key_of(section, context)))


SOURCE = DeclaredSource(
    kind="f2pool",
    word=lambda _section: Word(
        is_proven=False, says="on the pool's word", remedy="watch its payout address at a node of your own"
    ),
    label="The pool F2Pool",
    settings=F2PoolSection,
    build=build,
    example="""\
[[sources.f2pool]]            # F2Pool
name = "f2pool"
account = "miner"             # the mining user
wallet = "cold"
start = 2026-01-01
key_file = "f2pool.secret"    # the API secret
# observe = ["credits", "hashrate", "balance"]   # for `lotwork completeness`
""",
    units="whole coins as numbers, finer than a satoshi for credits, net of the pool's fee",
    times="seconds since 1970 in UTC: when it was credited, when it was paid",
    docs="""\
Each `revenue_…` is a credit (the note says by which scheme), each payout with a transaction a payout: receipts and
transfers by the policy of your profile, out of the wallet `f2pool`. Credits are cut to whole satoshis one by one; what
they lose so is a receipt of a few satoshis beside the payout's transfer, so that all that is paid is income once.
""",
    cannot_see="""\
the gross and the pool's fee; what a row that is neither revenue nor payout was: rewards of activities, dividends of
other accounts, what was exchanged there and every word it does not know are put in suspense. So is a payout that has no
transaction after five days: one to an account has none.
""",
)
