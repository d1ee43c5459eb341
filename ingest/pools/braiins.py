"""Braiins Pool: what each day earned, and what was paid on the chain and over Lightning.

Two units in one API: rewards are whole bitcoin as text, payouts whole satoshis as numbers. A day's reward is told once
it was calculated; one request covers at most ninety days, and neither list has pages.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.question import Question, by_header
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.bounds import BITCOIN, BITCOIN_DECIMALS
from lotwork.ingest.pools.fields import AnswerRefusedError, Fields, named_short
from lotwork.ingest.pools.owed import owed_listing, owed_of
from lotwork.ingest.pools.settings import OwingSection, key_of
from lotwork.ingest.pools.told import Answered, Listing, Reader, Span, State, Told, Work
from lotwork.ledger.units import ONE_DAY

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

WINDOW = timedelta(days=90)
GAP_SECONDS = 5.0
"""Who asks more often than that for long is banned."""
STATES: dict[str, State] = {"queued": "waiting", "confirmed": "done", "failed": "failed"}


class BraiinsSection(OwingSection, frozen=True, kw_only=True):
    """`[[sources.braiins]]`: the rewards and payouts of one account at Braiins Pool."""

    base_url: str = "https://pool.braiins.com"
    account: str = ""
    """The account's own name, for ever; left out: the source's. Two accounts under one name would be taken for one."""
    group: str = "user"
    """Whose hashrate is observed: the user's, or a group's of that name."""
    lightning_wallet: str = "lightning"
    """Where payouts over Lightning go."""


def reader_of(section: BraiinsSection) -> Reader:
    """Return the lists of the account."""

    def ask(what: str) -> Listing:
        def question(span: Span, _page: str) -> Question:
            days = {"from": f"{span.start:%Y-%m-%d}", "to": f"{span.end:%Y-%m-%d}"}
            return Question(url=f"{section.base_url}/accounts/{what}/json/btc", params=days)

        if what == "rewards":
            return Listing(name=what, kind="credit", ask=question, read=read_rewards, window=WINDOW)
        return Listing(
            name=what,
            kind="payout",
            ask=question,
            read=lambda value, _page: read_payouts(value, section.lightning_wallet),
            window=WINDOW,
            overlap=timedelta(days=21),
        )

    work = (_hashrates(section),) if "hashrate" in section.observe else ()
    profile = Question(url=f"{section.base_url}/accounts/profile/json/btc")
    owed = owed_listing(section.observe, profile, _read_owed)
    return Reader(
        pool="braiins",
        account=section.account or section.name,
        listings=(ask("rewards"), ask("payouts"), *work, *owed),
        observe=section.observe,
    )


def _hashrates(section: BraiinsSection) -> Listing:
    """Return the list of the mean hashrate of each day, which reaches back as far as the pool keeps it."""

    def ask(_span: Span, _page: str) -> Question:
        return Question(url=f"{section.base_url}/accounts/hash_rate_daily/json/{section.group}/btc")

    return Listing(name="hashrate", kind="work", ask=ask, read=read_hashrates, dated=False, forgets=True)


def _read_owed(value: JsonValue) -> Answered:
    """Return what the account holds at the pool; an older answer calls it the confirmed reward."""
    return owed_of(value, ("btc",), ("current_balance", "confirmed_reward"), BITCOIN, BITCOIN_DECIMALS)


def read_hashrates(value: JsonValue, _page: str) -> Answered:
    """Return the mean hashrate of each day of UTC; the unit stands beside it."""
    whole = Fields(value, "the answer")
    rows: list[Told] = []
    for item in whole.rows("btc"):
        day = Fields(item, "a day", {"total_shares"})
        begins, unit = day.seconds("date"), day.text("hash_rate_unit")
        rate = day.rate("hash_rate_24h", f"{unit[:1].upper()}{unit[1:]}")
        if rate is None:
            raise day.refuse("hash_rate_24h", "is no hash rate")
        ends = begins + ONE_DAY
        told = Told(f"{begins:%Y-%m-%d}", ends, BITCOIN, int(rate), "work", work=Work(begins, ends, rate, "fpps"))
        rows.append(told._replace(unknown=day.unknown))
    return Answered(rows=tuple(rows), unknown=whole.unknown)


def read_rewards(value: JsonValue, _page: str) -> Answered:
    """Return the credits of each day: what was mined, the fee given back as a bonus, and referrals, apart."""
    whole = Fields(value, "the answer")
    inside = whole.fields("btc")
    rows: list[Told] = []
    for item in inside.rows("daily_rewards"):
        rows += _day(Fields(item, "a day", {"shares", "share_prices"}))
    return Answered(rows=tuple(rows), unknown=whole.unknown | inside.unknown)


def _day(day: Fields) -> list[Told]:
    begins = day.seconds("date")
    total = _coins(day, "total_reward")
    mined, bonus = _coins(day, "mining_reward"), _coins(day, "bos_plus_reward")
    referral = _coins(day, "referral_bonus") + _coins(day, "referral_reward")
    if mined + bonus + referral != total:
        raise AnswerRefusedError("the parts of a day's reward do not come to its total")
    state: State = "done" if day.has("calculation_date") else "waiting"
    at = day.seconds("calculation_date") if state == "done" else begins + ONE_DAY
    told = Told(f"{begins:%Y-%m-%d}", at, BITCOIN, mined, "credit", "waiting" if at < begins + ONE_DAY else state)
    return [
        told._replace(unknown=day.unknown),
        told._replace(key=f"{told.key}:bonus", amount=bonus, income="bonus"),
        told._replace(key=f"{told.key}:referral", amount=referral, income="referral"),
    ]


def _coins(day: Fields, key: str) -> int:
    return day.coins(key, BITCOIN, BITCOIN_DECIMALS, form="text")


def read_payouts(value: JsonValue, lightning_wallet: str) -> Answered:
    """Return the payouts on the chain and over Lightning."""
    whole = Fields(value, "the answer")
    chain = [_payout(Fields(item, "a payout on the chain"), None) for item in whole.rows("onchain")]
    lightning = [_payout(Fields(item, "a payout over Lightning"), lightning_wallet) for item in whole.rows("lightning")]
    return Answered(rows=(*chain, *lightning), unknown=whole.unknown)


def _payout(row: Fields, lightning: str | None) -> Told:
    row.has("financial_account_name"), row.has("trigger_type"), row.has("preimage")
    state = row.word("status", STATES)
    requested = row.seconds("requested_at_ts")
    resolved = row.seconds("resolved_at_ts") if row.has("resolved_at_ts") or state == "done" else requested
    amount, fee = row.units("amount_sats", BITCOIN, BITCOIN_DECIMALS), row.units("fee_sats", BITCOIN, BITCOIN_DECIMALS)
    went = row.text("destination")
    waited = f"{int(requested.timestamp())}:{named_short(went)}:{amount}"
    if lightning is not None:
        is_named = row.has("invoice") or state == "done"  # one that waits or failed may have no invoice
        key, txid = f"ln:{named_short(row.text('invoice'))}" if is_named else waited, None
    else:
        txid = row.txid("tx_id", needed=state == "done")
        key = f"{txid}:{named_short(went)}" if txid else waited
    told = Told(key, resolved, BITCOIN, amount, "payout", state, txid=txid, sent_fee=fee, wallet=lightning)
    over = "paid over Lightning" if lightning is not None else None
    took = f"the pool took {fee} sat for sending it" if fee else None
    return told._replace(waited=waited, note="; ".join(filter(None, (over, took))) or None, unknown=row.unknown)


def build(section: BraiinsSection, context: BuildContext) -> Pool:
    """Return the pool that *section* describes."""
    sign = by_header("Pool-Auth-Token", key_of(section, context))
    return pool_of(section, context, reader_of(section), sign=sign, gap_seconds=GAP_SECONDS)


SOURCE = DeclaredSource(
    kind="braiins",
    word=lambda _section: Word(
        is_proven=False,
        says="on the pool's word",
        remedy="watch its payout address at a node of your own, and import what your Lightning wallet exports",
    ),
    label="The pool Braiins",
    settings=BraiinsSection,
    build=build,
    example="""\
[[sources.braiins]]           # Braiins Pool
name = "braiins"
wallet = "cold"               # where payouts on the chain go
lightning_wallet = "lightning"
start = 2026-01-01
key_file = "braiins.token"    # the token of an access profile that may only read
# observe = ["credits", "hashrate", "balance"]   # for `lotwork completeness`
""",
    units="whole satoshis of payouts, whole bitcoin as text of rewards, net of the pool's fee",
    times="seconds since 1970 in UTC: when a reward was calculated, when a payout was done",
    docs="""\
Each day's reward is a credit in up to three receipts: what was mined, the fee that Braiins OS gives back (`bonus`), and
referrals. Each confirmed payout, on the chain or over Lightning, is a receipt into its wallet where income is *on
payout*, and a transfer out of the wallet `braiins` where it is *on credit*; what the pool takes for sending it is then
the transfer's fee. A queued payout is no event yet; one that failed is none, and takes back what was recorded of it.
""",
    cannot_see="the pool's fee and the gross, which it does not tell; what it scored by block before daily rewards.",
)
