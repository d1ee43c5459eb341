"""MILLPOND, a made-up pool, and the template of a real one: copy it to ingest/pools/NAME.py (docs/growing.md).

It pays once a day, and lists every payout it ever made to an account, the newest first, on a single page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from lotwork.ingest.asking.question import Question, by_header
from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.bounds import BITCOIN, BITCOIN_DECIMALS
from lotwork.ingest.pools.fields import Fields
from lotwork.ingest.pools.settings import KeyedSection, key_of
from lotwork.ingest.pools.told import Answered, Listing, Reader, Span, State, Told
from lotwork.ingest.sections import Name

if TYPE_CHECKING:
    from lotwork.ingest.asking.json_guard import JsonValue
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

STATUS: dict[str, State] = {"sent": "done", "queued": "waiting", "returned": "failed"}


class MillpondSection(KeyedSection, frozen=True, kw_only=True):
    """`[[sources.millpond]]`: the payouts of one account at the pool MILLPOND."""

    base_url: str = "https://api.millpond.example/v1"
    account: Name


def reader_of(section: MillpondSection) -> Reader:
    """Return the one list of the account."""

    def ask(_span: Span, _page: str) -> Question:
        return Question(url=f"{section.base_url}/accounts/{quote(section.account, safe='')}/payouts")

    payouts = Listing(name="payouts", kind="payout", ask=ask, read=read_payouts, dated=False)
    return Reader(pool="millpond", account=section.account, listings=(payouts,))


def read_payouts(value: JsonValue, _page: str) -> Answered:
    """Return the rows of an answer; keys that nobody declared are told, and lose nothing."""
    whole = Fields(value, "the answer")
    rows = tuple(_payout(Fields(item, "a payout")) for item in whole.rows("payouts"))
    return Answered(rows=rows, unknown=whole.unknown)


def _payout(row: Fields) -> Told:
    at, amount = row.seconds("paid_at"), row.units("amount_sats", BITCOIN, BITCOIN_DECIMALS)
    state = row.word("status", STATUS)
    txid = row.txid("txid", needed=state == "done")
    return Told(row.numbered("id"), at, BITCOIN, amount, "payout", state, txid=txid, unknown=row.unknown)


def build(section: MillpondSection, context: BuildContext) -> Pool:
    """Return the pool that *section* describes."""
    return pool_of(section, context, reader_of(section), sign=by_header("X-Key", key_of(section, context)))


SOURCE = DeclaredSource(
    kind="millpond",
    label="The pool MILLPOND",
    settings=MillpondSection,
    build=build,
    example="""\
[[sources.millpond]]          # the pool MILLPOND
name = "millpond"
account = "miller"
wallet = "cold"
start = 2026-06-01
key_file = "millpond.key"     # a key that may only read
""",
    units="whole satoshis, net of the pool's fee",
    times="seconds since 1970 in UTC: when the payout was sent",
    docs="""\
Every payout of one account, as income on the day it was sent. The transaction's id joins it to the output your node
sees, and it counts once.
""",
    cannot_see="what was credited and is not paid out yet; the pool's fee.",
)
