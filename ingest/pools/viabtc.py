"""ViaBTC: what each day earned of each coin, merge-mined ones too, and what was paid out of each.

A day ends at 16:00 UTC by the pool's own clock (UTC+8), and at midnight UTC where it is asked so. An error comes as an
answer like any other, with a code that is not 0. A payment without a transaction went to an account, not to the chain.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.question import Question, by_header
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.fields import AnswerRefusedError, Fields, list_of
from lotwork.ingest.pools.owed import owed_by_coin, owed_listing
from lotwork.ingest.pools.settings import OwingSection, decimals_of, key_of
from lotwork.ingest.pools.told import PAGE_ROWS, Answered, Listing, Reader, Span, Told, Work
from lotwork.ledger.units import ONE_DAY

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

POOLS_CLOCK = 8
"""Hours that the pool's own days are ahead of UTC."""
PARTS = ("pps_profit", "pplns_profit", "solo_profit")
MERGED = {"BTC": ("NMC", "FB", "SYS", "ELA", "RSK"), "LTC": ("DOGE", "BELLS", "LKY", "PEP", "JKC", "DINGO")}
"""Coins that are mined beside another, by the same work."""
PAGING = {"count", "curr_page", "total", "total_page", "has_next"}


class ViaBtcSection(OwingSection, frozen=True, kw_only=True):
    """`[[sources.viabtc]]`: the profits and payments of one account at ViaBTC, coin by coin."""

    base_url: str = "https://pool.viabtc.com"
    account: str = ""
    """The account's own name, for ever; left out: the source's. Two accounts under one name would be taken for one."""
    coins: tuple[str, ...] = ("BTC",)
    """Every coin to ask for, merge-mined ones too: the pool has no list of all."""
    utc_days: bool = True
    """Whether days are asked for by UTC; else by the pool's own clock, UTC+8."""
    account_wallet: str = "coinex"
    """Where payments without a transaction go."""


def reader_of(section: ViaBtcSection) -> Reader:
    """Return the lists of the account: the profits of each coin, then its payments."""
    decimals = {coin: decimals_of(coin, section.name) for coin in section.coins}
    profits = [_profits(section, coin, decimals[coin]) for coin in section.coins]
    payments = [_payments(section, coin, decimals[coin]) for coin in section.coins]
    main = [coin for coin in section.coins if not any(coin in beside for beside in MERGED.values())]
    work = [_hashrates(section, coin) for coin in main if "hashrate" in section.observe]
    account = Question(url=f"{section.base_url}/res/openapi/v1/account")
    owed = owed_listing(section.observe, account, partial(owed_by_coin, decimals=decimals))
    return Reader(
        pool="viabtc",
        account=section.account or section.name,
        listings=(*profits, *payments, *work, *owed),
        decimals=decimals,
        observe=section.observe,
    )


def _profits(section: ViaBtcSection, coin: str, decimals: int) -> Listing:
    def ask(span: Span, page: str) -> Question:
        days = {"start_date": f"{span.start:%Y-%m-%d}", "end_date": f"{span.end:%Y-%m-%d}"}
        utc = {"utc": "true"} if section.utc_days else {}
        params: dict[str, str | int] = {"coin": coin, **days, **utc, "page": page, "limit": PAGE_ROWS}
        return Question(url=f"{section.base_url}/res/openapi/v1/profit/history", params=params)

    hours = 0 if section.utc_days else POOLS_CLOCK
    read = partial(_read, row=partial(_profit, coin=coin, decimals=decimals, hours=hours))
    return Listing(name=f"profit-{coin}", kind="credit", ask=ask, read=read)


def _hashrates(section: ViaBtcSection, coin: str) -> Listing:
    """Return the list of the mean hashrate of each day; the coins merge-mined beside it are of the same work."""

    def ask(span: Span, page: str) -> Question:
        days = {"start_date": f"{span.start:%Y-%m-%d}", "end_date": f"{span.end:%Y-%m-%d}"}
        utc = {"utc": "true"} if section.utc_days else {}
        params: dict[str, str | int] = {"coin": coin, **days, **utc, "page": page, "limit": PAGE_ROWS}
        return Question(url=f"{section.base_url}/res/openapi/v1/hashrate/history", params=params)

    merged = tuple(each for each in section.coins if each in MERGED.get(coin, ()))
    hours = 0 if section.utc_days else POOLS_CLOCK
    read = partial(_read, row=partial(_worked, coin=coin, hours=hours, merged=merged))
    return Listing(name=f"hashrate-{coin}", kind="work", ask=ask, read=read)


def _payments(section: ViaBtcSection, coin: str, decimals: int) -> Listing:
    def ask(_span: Span, page: str) -> Question:
        params: dict[str, str | int] = {"coin": coin, "page": page, "limit": PAGE_ROWS}
        return Question(url=f"{section.base_url}/res/openapi/v1/wallet/payment/history", params=params)

    read = partial(_read, row=partial(_payment, coin=coin, decimals=decimals, wallet=section.account_wallet))
    return Listing(name=f"payment-{coin}", kind="payout", ask=ask, read=read, dated=False, overlap=timedelta(days=21))


def _read(value: JsonValue, page: str, *, row: partial[Told]) -> Answered:
    """Return the rows of a page; what tells of pages stands beside the rows, or a level above them."""
    whole = Fields(value, "the answer", PAGING)
    code = whole.whole("code", least=-1)
    if code != 0:
        raise AnswerRefusedError(f"it says {str(whole.value('message'))[:200]!r} (code {code})")
    whole.has("message")
    inside, unknown = whole.value("data"), whole.unknown
    paging = whole
    if isinstance(inside, dict):
        paging = Fields(inside, "data", PAGING)
        inside = paging.value("data")
        unknown |= paging.unknown
    rows = tuple(row(Fields(item, "a row")) for item in list_of(inside, "data"))
    more = paging.flag("has_next")
    return Answered(rows=rows, next=str(int(page) + 1) if more else None, unknown=unknown)


def _profit(row: Fields, coin: str, decimals: int, hours: int) -> Told:
    row.word("coin", {coin: coin})
    begins = row.day("date", hours)
    parts = {name: row.coins(name, coin, decimals, form="text") for name in PARTS}
    total = row.coins("total_profit", coin, decimals, form="text")
    if sum(parts.values()) != total:
        raise AnswerRefusedError("the parts of a day's profit do not come to its total")
    schemes = [name.partition("_")[0].upper() for name, amount in parts.items() if amount]
    note = f"by {' and '.join(schemes)}" if schemes else None
    return Told(row.text("date"), begins + ONE_DAY, coin, total, "credit", note=note, unknown=row.unknown)


def _worked(row: Fields, coin: str, hours: int, merged: tuple[str, ...]) -> Told:
    row.word("coin", {coin: coin}), row.has("reject_rate")
    begins, rate = row.day("date", hours), row.rate("hashrate")
    if rate is None:
        raise row.refuse("hashrate", "is no hash rate")
    ends = begins + ONE_DAY
    told = Told(row.text("date"), ends, coin, int(rate), "work", work=Work(begins, ends, rate, merged=merged))
    return told._replace(unknown=row.unknown)


def _payment(row: Fields, coin: str, decimals: int, wallet: str) -> Told:
    row.word("coin", {coin: coin})
    row.has("address")
    txid = row.txid("tx", needed=False)
    at, amount = row.seconds("create_time"), row.coins("amount", coin, decimals, form="text")
    told = Told(row.numbered("id"), at, coin, amount, "payout", txid=txid, unknown=row.unknown)
    return told if txid else told._replace(wallet=wallet, note="paid to an account, not on the chain")


def build(section: ViaBtcSection, context: BuildContext) -> Pool:
    """Return the pool that *section* describes."""
    return pool_of(section, context, reader_of(section), sign=by_header("X-API-KEY", key_of(section, context)))


SOURCE = DeclaredSource(
    kind="viabtc",
    word=lambda _section: Word(
        is_proven=False, says="on the pool's word", remedy="watch its payout address at a node of your own"
    ),
    label="The pool ViaBTC",
    settings=ViaBtcSection,
    build=build,
    example="""\
[[sources.viabtc]]            # ViaBTC
name = "viabtc"
wallet = "cold"
start = 2026-01-01
coins = ["BTC", "NMC"]        # every coin it credits, merge-mined ones too
# observe = ["credits", "hashrate", "balance"]   # for `lotwork completeness`
key_file = "viabtc.key"       # the pool lets in only the addresses that you list beside the key
""",
    units="whole coins as text, net of the pool's fee",
    times="days of UTC (or of UTC+8, with `utc_days = false`), credited as they end; seconds since 1970 for payments",
    docs="""\
Each day's profit of each coin (by PPS, PPLNS or SOLO, as the note says) is a credit, each payment a payout: receipts
and transfers by the policy of your profile, out of the wallet `viabtc`. A payment without a transaction went to an
account of yours, `account_wallet`. A coin that is not built in is declared with its decimals by an `asset` event, and
needs [a price of its own](#prices-prices). A day that is not over is not booked.
""",
    cannot_see="""\
coins it is not asked for, but that it owes some of them, which `observe = ["balance"]` tells; what it converted into
another coin by itself, and what revenue sharing hands on to others: where more of a coin was credited than was paid and
is still there, say what became of it.
""",
)
