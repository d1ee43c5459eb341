"""Luxor, version 2: one list of transactions, told apart by their category; the sign and the side say nothing."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING, Literal

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.question import Question, by_header
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.fields import AnswerRefusedError, Fields, named_short
from lotwork.ingest.pools.settings import KeyedSection, decimals_of, key_of
from lotwork.ingest.pools.told import PAGE_ROWS, Answered, Listing, Reader, RowKind, Span, Told, Unmeant, Work
from lotwork.ledger.units import ONE_DAY

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

CATEGORIES: dict[str, tuple[RowKind, str]] = {
    "Miner Revenue": ("credit", "pool_payout"),
    "Mining Revenue": ("credit", "pool_payout"),
    "Bonus": ("credit", "bonus"),
    "Miner Bonus": ("credit", "bonus"),
    "Referral": ("credit", "referral"),
    "Referral Bonus": ("credit", "referral"),
    "Payout": ("payout", "pool_payout"),
    "Miner Payout": ("payout", "pool_payout"),
}
NOT_READ = {"usd_equivalent", "transaction_type"}


class LuxorSection(KeyedSection, frozen=True, kw_only=True):
    """`[[sources.luxor]]`: the transactions of one subaccount at Luxor."""

    base_url: str = "https://app.luxor.tech/api/v2"
    account: str
    """The subaccount."""
    currency: str = "BTC"
    """The pool's own word for what is mined: BTC, LTC_DOGE, SC, ZEC, ZEN."""
    observe: tuple[Literal["credits", "hashrate"], ...] = ()
    """What is recorded beside income, for `lotwork completeness`."""


def reader_of(section: LuxorSection) -> Reader:
    """Return the two lists of the subaccount."""
    coins = {coin: decimals_of(coin, section.name) for coin in section.currency.split("_")}

    def listing(name: str, kind: RowKind) -> Listing:
        def ask(span: Span, page: str) -> Question:
            days = {"start_date": f"{span.start:%Y-%m-%d}", "end_date": f"{span.end:%Y-%m-%d}"}
            params: dict[str, str | int] = {
                "subaccount_names": section.account,
                **days,
                "page_number": page,
                "page_size": PAGE_ROWS,
            }
            return Question(url=f"{section.base_url}/pool/transactions/{section.currency}", params=params)

        return Listing(name=name, kind=kind, alike=True, ask=ask, read=partial(_read, kind=kind, coins=coins))

    work = (_hashrates(section),) if "hashrate" in section.observe else ()
    lists = (listing("revenue", "credit"), listing("payouts", "payout"), *work)
    return Reader(pool="luxor", account=section.account, listings=lists, decimals=coins, observe=section.observe)


def _hashrates(section: LuxorSection) -> Listing:
    """Return the list of the mean hashrate of each day; the coins merge-mined beside the first are of the same work."""
    coin, *merged = section.currency.split("_")

    def ask(span: Span, page: str) -> Question:
        params: dict[str, str | int] = {
            "subaccount_names": section.account,
            "start_date": f"{span.start:%Y-%m-%d}",
            "end_date": f"{span.end:%Y-%m-%d}",
            "tick_size": "1d",
            "page_number": page,
            "page_size": PAGE_ROWS,
        }
        return Question(url=f"{section.base_url}/pool/hashrate-efficiency/{section.currency}", params=params)

    read = partial(_read_work, coin=coin, merged=tuple(merged))
    return Listing(name="hashrate", kind="work", ask=ask, read=read)


def _read_work(value: JsonValue, page: str, *, coin: str, merged: tuple[str, ...]) -> Answered:
    """Return the mean hashrate of each day of UTC, told in hashes a second."""
    whole = Fields(value, "the answer", {"currency_type", "start_date", "end_date", "subaccounts"})
    whole.word("tick_size", {"1d": "1d"})
    rows = []
    for item in whole.rows("hashrate_efficiency"):
        row = Fields(item, "a day", {"efficiency", "est_revenue"})
        begins, rate = row.iso("date_time"), row.rate("hashrate")
        if rate is None or begins.time() != time():
            raise row.refuse("hashrate", "is no hash rate of a day of UTC")
        ends = begins + ONE_DAY
        told = Told(f"{begins:%Y-%m-%d}", ends, coin, int(rate), "work", work=Work(begins, ends, rate, merged=merged))
        rows.append(told._replace(unknown=row.unknown))
    following, unknown = _following(whole, page)
    return Answered(rows=tuple(rows), next=following, unknown=whole.unknown | unknown)


def _following(whole: Fields, page: str) -> tuple[str | None, frozenset[str]]:
    """Return the page after this one, if there is one, and keys of the paging that are not known."""
    paging = whole.fields("pagination", {"page_number", "page_size", "item_count", "previous_page_url"})
    more = paging.has("next_page_url")
    if more and not paging.text("next_page_url").startswith("http"):
        raise AnswerRefusedError("next_page_url of the answer is no address")
    return str(int(page) + 1) if more else None, paging.unknown


def _read(value: JsonValue, page: str, *, kind: RowKind, coins: dict[str, int]) -> Answered:
    whole = Fields(value, "the answer")
    unmeant: list[Unmeant] = []
    elsewhere: set[str] = set()
    rows: list[Told] = []
    others: list[datetime] = []
    for item in whole.rows("transactions"):
        row = Fields(item, "a transaction", NOT_READ)
        row.has("address_name")
        category = row.text("transaction_category")
        if category not in CATEGORIES:
            at = row.iso("date_time")
            key = _key(row.text("subaccount_name"), row.text("currency_type"), at, category)
            unmeant.append(Unmeant(key[:200], at, f"category {category[:30]}"))
            others.append(at)
        elif CATEGORIES[category][0] == kind:
            rows.append(_row(row, category, kind, coins))
        else:
            others.append(at := row.iso("date_time"))
            elsewhere.add(_key(row.text("subaccount_name"), row.text("currency_type"), at, category))
    following, others_unknown = _following(whole, page)
    unknown, newest = whole.unknown | others_unknown, max(others, default=None)
    return Answered(
        rows=tuple(rows),
        next=following,
        unknown=unknown,
        newest=newest,
        unmeant=tuple(unmeant),
        elsewhere=frozenset(elsewhere),
    )


def _key(account: str, coin: str, at: datetime, category: str) -> str:
    return f"{account}:{coin}:{at:%Y-%m-%dT%H:%M:%S}:{category.replace(' ', '-')}"


def _row(row: Fields, category: str, kind: RowKind, coins: dict[str, int]) -> Told:
    coin = row.word("currency_type", {name: name for name in coins})
    at, account = row.iso("date_time"), row.text("subaccount_name")
    amount = row.coins("currency_amount", coin, coins[coin], form="number", fine=kind == "credit")
    txid = row.txid("transaction_id", needed=False)
    key = _key(account, coin, at, category)
    income = CATEGORIES[category][1]
    told = Told(f"{coin}:{txid}" if txid else key, at, coin, amount, kind, txid=txid, unknown=row.unknown)
    return told._replace(
        waited=key,
        income="bonus" if income == "bonus" else "referral" if income == "referral" else "pool_payout",
        apart=named_short(row.text("address_name")) if row.has("address_name") else "",
        state="waiting" if kind == "payout" and not txid else "done",
    )


def build(section: LuxorSection, context: BuildContext) -> Pool:
    """Return the pool that *section* describes."""
    return pool_of(section, context, reader_of(section), sign=by_header("authorization", key_of(section, context)))


SOURCE = DeclaredSource(
    kind="luxor",
    word=lambda _section: Word(
        is_proven=False, says="on the pool's word", remedy="watch its payout address at a node of your own"
    ),
    label="The pool Luxor",
    settings=LuxorSection,
    build=build,
    example="""\
[[sources.luxor]]             # Luxor
name = "luxor"
account = "rigs"              # the subaccount
wallet = "cold"
start = 2026-01-01
key_file = "luxor.key"        # a key that may only read
# observe = ["credits", "hashrate"]   # for `lotwork completeness`
""",
    units="whole coins as numbers, net of the pool's fee",
    times="RFC 3339 in UTC: when it was credited, when it was paid",
    docs="""\
Revenue is a credit, bonus and referral apart; a payout with a transaction is a payout: receipts and transfers by the
policy of your profile, out of the wallet `luxor`. The pool's own value in dollars is kept as evidence and prices
nothing.
""",
    cannot_see="the gross and the pool's fee; categories it has no word for, which it puts in suspense.",
)
