"""Solo pools: CKPool and public-pool. What they find is paid in the block itself, and only the chain tells it.

There is no payout to read: the miner's output stands in the coinbase. What the pool does tell is whether the rigs still
work for the address that is watched; so it is asked for that, and records the hashrate where the settings say so.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from lotwork.ingest.asking.question import Question
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.bounds import BITCOIN
from lotwork.ingest.pools.fields import AnswerRefusedError, Fields
from lotwork.ingest.pools.settings import AccountSection, check_typed
from lotwork.ingest.pools.told import Answered, Listing, Present, Reader, Seen, Span
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.public_form.hashrates import hashes_per_second

if TYPE_CHECKING:
    from lotwork.ingest.asking.json_guard import JsonValue
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

HOSTS = {"ckpool": "https://solo.ckpool.org", "public-pool": "https://public-pool.io:40557"}
_HASHRATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?[kKMGTPEZ]?", re.ASCII)


class SoloSection(AccountSection, frozen=True, kw_only=True):
    """`[[sources.solo_pool]]`: an address that mines alone at CKPool or public-pool."""

    service: Literal["ckpool", "public-pool"]
    address: str
    observe: tuple[Literal["hashrate"], ...] = ()
    """What is recorded, for `lotwork completeness`: the mean hashrate of a day, of CKPool alone."""


def reader_of(section: SoloSection) -> Reader:
    """Return the one list, which never has a row."""
    if not section.address.isascii() or not section.address.isalnum():
        raise ConfigError(f"{section.name}: {section.address[:100]!r} is no address: give the one you mine to")
    check_typed(section, "BTC")
    base = section.base_url or HOSTS[section.service]
    path = "/users/" if section.service == "ckpool" else "/api/client/"
    read = partial(_read_ckpool, observe=section.observe) if section.service == "ckpool" else _read_public_pool
    if section.observe and section.service != "ckpool":
        raise ConfigError(f"{section.name}: {section.service} tells no mean hashrate of a day: leave `observe` out")

    def ask(_span: Span, _page: str) -> Question:
        return Question(url=f"{base}{path}{quote(section.address, safe='')}")

    listing = Listing(name="workers", kind="payout", ask=ask, read=read, dated=False, overlap=timedelta())
    return Reader(pool=section.service, account=section.address, listings=(listing,), observe=section.observe)


def _read_ckpool(value: JsonValue, _page: str, *, observe: tuple[Seen, ...]) -> Answered:
    """Read the state of an address, told with suffixed hash rates."""
    whole = Fields(value, "the answer", {"hashrate1m", "hashrate5m", "hashrate1hr", "hashrate7d", "shares", "worker"})
    told = whole.text("hashrate1d")
    if _HASHRATE.fullmatch(told) is None:
        raise AnswerRefusedError("hashrate1d is no hash rate")
    whole.seconds("lastshare"), whole.whole("workers")
    if not observe:
        return Answered(rows=())
    number, unit = (told[:-1], told[-1].upper()) if told[-1].isalpha() else (told, "")
    rate = hashes_per_second(f"{number} {unit}H/s")
    return Answered(rows=(), present=(Present(BITCOIN, rate=rate, scheme="solo"),))


def _read_public_pool(value: JsonValue, _page: str) -> Answered:
    """Read the state of an address, told worker by worker."""
    whole = Fields(value, "the answer")
    whole.whole("workersCount")
    for item in whole.rows("workers"):
        Fields(item, "a worker").iso("lastSeen")
    return Answered(rows=())


def build(section: SoloSection, context: BuildContext) -> Pool:
    """Return the pool that *section* describes."""
    return pool_of(section, context, reader_of(section))


SOURCE = DeclaredSource(
    kind="solo_pool",
    word=lambda _section: Word(
        is_proven=False,
        says="it tells no income",
        remedy="watch the address at a node",
    ),
    label="Solo pools: CKPool and public-pool",
    settings=SoloSection,
    build=build,
    example="""\
[[sources.solo_pool]]         # CKPool or public-pool: only whether your rigs work for the address
name = "solo"
service = "ckpool"
address = "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh"
wallet = "cold"
start = 2026-01-01
# observe = ["hashrate"]      # CKPool alone: the mean of each day, for `lotwork completeness`
""",
    units="no amount; the hashrate as a number and a letter: 1.35T",
    times="none: it tells no payout",
    docs="""\
Whoever mines alone at CKPool or public-pool is paid in the coinbase of the block that was found: 98 percent of it at
CKPool, all of it at public-pool. No list of the pool has that payment; the chain does. Watch the address as a wallet of
a [node](#a-bitcoin-litecoin-or-dogecoin-node-sourcesbitcoin_node), an Electrum server or an Esplora, with
`meaning = "block_reward"`: the output is income at its block, and recorded when mature. This source asks whether the
pool knows the address, and records nothing, or the mean hashrate of each day it is asked on, as CKPool tells it.
""",
    cannot_see="any income at all: without a watched address a found block is not recorded.",
)
