"""Pools that need no account: whoever knows the payout address may ask, and so may we.

One module for the whole family. A service is a row of `SERVICES`: where it is asked, and a small reader that knows its
units, its form of time and its words. What they credit and have not paid is not read: income counts when it is paid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

import msgspec

from lotwork.ingest.asking.question import Question
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.address_answers import (
    read_cryptonote,
    read_kryptex,
    read_miningcore,
    read_open_ethereum,
    read_rewards,
    read_unmineable,
    read_yiimp,
)
from lotwork.ingest.pools.address_balances import cryptonote_balance, open_ethereum_balance, yiimp_balance
from lotwork.ingest.pools.settings import AccountSection, check_typed, decimals_of
from lotwork.ingest.pools.told import FIRST_PAGE, PAGE_ROWS, Answered, Listing, Present, Reader, Span
from lotwork.ledger.errors import ConfigError

if TYPE_CHECKING:
    from lotwork.ingest.asking.json_guard import JsonValue
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

GWEI = 9
"""Decimals of the unit in which pools of the open-ethereum family count coins of the Ethereum kind."""
IN_GWEI = frozenset({"ETH", "ETC", "ETHW"})


class AddressSection(AccountSection, frozen=True, kw_only=True):
    """`[[sources.address_pool]]`: what a pool without accounts paid to one address."""

    service: Literal["2miners", "herominers", "kryptex", "unmineable", "zpool", "yiimp", "miningcore"]
    address: str
    coin: str
    """The ticker of what is paid."""
    slug: str = ""
    """What the service calls it in its addresses; left out: the ticker in small letters."""
    pool: str = ""
    """The pool's name, where it is another than the service's: for miningcore and forks of the others."""
    observe: tuple[Literal["credits", "balance"], ...] = ()
    """What is recorded beside income, for `lotwork completeness`: what each block brought (2miners), what is owed."""
    decimals: Annotated[int, msgspec.Meta(ge=0, le=36)] | None = None
    """Of a coin that is not known here."""


Read = Callable[["JsonValue", str], Answered]
Owes = Callable[["JsonValue", str], "Present | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How one family of pools is asked and read."""

    base_url: str
    """With {slug} in it where each coin has a host of its own; "" where the settings must name it."""
    path: Callable[[AddressSection, str], tuple[str, dict[str, str | int]]]
    """Returns the path and the query of a page."""
    read: Callable[[AddressSection, int], Read]
    forgets: bool = False
    alike: bool = True
    """Whether two equal rows of one answer may be two payments: all but unmineable name a row by its transaction."""
    rewards: Callable[[AddressSection, int], Read] | None = None
    """Reads what it credits, from the same answer, where it tells that."""
    balance: Callable[[AddressSection, int], Owes] | None = None
    """Reads what it owes, from the same answer, where it tells that."""


def _rewards(section: AddressSection, decimals: int) -> Read:
    return partial(read_rewards, coin=section.coin, decimals=decimals, unit=_unit(section, decimals))


def _open_ethereum(section: AddressSection, decimals: int) -> Read:
    return partial(read_open_ethereum, coin=section.coin, decimals=decimals, unit=_unit(section, decimals))


def _unit(section: AddressSection, decimals: int) -> int:
    unit = GWEI if section.coin in IN_GWEI else decimals
    if unit > GWEI:
        raise ConfigError(f"{section.name}: in which unit {section.service} counts {section.coin} is not known here")
    return unit


def _plain(read: Callable[..., Answered]) -> Callable[[AddressSection, int], Read]:
    return lambda section, decimals: partial(read, coin=section.coin, decimals=decimals)


def _cryptonote_path(section: AddressSection, page: str) -> tuple[str, dict[str, str | int]]:
    if page == FIRST_PAGE:
        return "/api/stats", {}
    return "/api/stats_address", {"address": section.address, "longpoll": "false"}


def _unmineable_path(section: AddressSection, page: str) -> tuple[str, dict[str, str | int]]:
    if page == FIRST_PAGE:
        return f"/v4/address/{_quoted(section)}", {"coin": section.coin}
    account, _, number = page.rpartition(":")
    return f"/v4/account/{quote(account, safe='')}/payments", {"page": number}


def _kryptex_path(section: AddressSection, page: str) -> tuple[str, dict[str, str | int]]:
    return f"/{_slug(section)}/api/v1/miner/payouts/{_quoted(section)}", {} if page == FIRST_PAGE else {"page": page}


def _miningcore_path(section: AddressSection, page: str) -> tuple[str, dict[str, str | int]]:
    paging: dict[str, str | int] = {"page": int(page) - 1, "pageSize": PAGE_ROWS}
    return f"/api/pools/{_slug(section)}/miners/{_quoted(section)}/payments", paging


_YIIMP = Service(
    base_url="https://zpool.ca",
    path=lambda section, _page: ("/api/walletEx", {"address": section.address}),
    read=_plain(read_yiimp),
    forgets=True,
    balance=lambda section, decimals: partial(yiimp_balance, coin=section.coin, decimals=decimals),
)

SERVICES = {
    "2miners": Service(
        base_url="https://{slug}.2miners.com",
        path=lambda section, _page: (f"/api/accounts/{_quoted(section)}", {}),
        read=_open_ethereum,
        forgets=True,
        rewards=_rewards,
        balance=lambda section, decimals: partial(
            open_ethereum_balance, coin=section.coin, decimals=decimals, unit=_unit(section, decimals)
        ),
    ),
    "herominers": Service(
        base_url="https://{slug}.herominers.com",
        path=_cryptonote_path,
        read=_plain(read_cryptonote),
        forgets=True,
        balance=lambda section, decimals: partial(cryptonote_balance, coin=section.coin, decimals=decimals),
    ),
    "kryptex": Service(base_url="https://pool.kryptex.com", path=_kryptex_path, read=_plain(read_kryptex)),
    "unmineable": Service(
        base_url="https://api.unminable.com", path=_unmineable_path, read=_plain(read_unmineable), alike=False
    ),
    "zpool": _YIIMP,
    "yiimp": replace(_YIIMP, base_url=""),
    "miningcore": Service(base_url="", path=_miningcore_path, read=_plain(read_miningcore)),
}


def reader_of(section: AddressSection) -> Reader:
    """Return the one list of payouts to the address."""
    service = SERVICES[section.service]
    if not section.address.isascii() or not section.address.replace(":", "").replace("_", "").isalnum():
        raise ConfigError(f"{section.name}: {section.address[:100]!r} is no address: give the payout address")
    check_typed(section, section.coin)
    base = section.base_url or service.base_url.format(slug=_slug(section))
    if not base:
        raise ConfigError(f"{section.name}: base_url: it is missing: name the address of the pool's API")
    decimals = decimals_of(section.coin, section.name, section.decimals)

    def ask(_span: Span, page: str) -> Question:
        path, params = service.path(section, page)
        return Question(url=f"{base}{path}", params=params)

    read = service.read(section, decimals)
    if "balance" in section.observe:
        read = _with_balance(section, service, read, decimals)
    listing = Listing(
        name="payouts", kind="payout", ask=ask, read=read, dated=False, forgets=service.forgets, alike=service.alike
    )
    lists = [listing]
    if "credits" in section.observe and service.rewards is None:
        raise ConfigError(f"{section.name}: observe: {section.service} tells no credits here: leave it out")
    if "credits" in section.observe and service.rewards is not None:
        credits_ = service.rewards(section, decimals)
        lists = [Listing(name="rewards", kind="credit", ask=ask, read=credits_, dated=False, forgets=True), listing]
    account = f"{section.coin.lower()}:{section.address}"
    pool = section.pool or section.service
    return Reader(
        pool=pool,
        account=account,
        listings=tuple(lists),
        decimals={section.coin: decimals},
        observe=section.observe,
        counts_paid=True,
    )


def _with_balance(section: AddressSection, service: Service, read: Read, decimals: int) -> Read:
    """Return what reads what the pool owes too."""
    if service.balance is None:
        raise ConfigError(f"{section.name}: observe: {section.service} tells no balance here: leave it out")
    owes = service.balance(section, decimals)

    def both(value: JsonValue, page: str) -> Answered:
        told, owed = read(value, page), owes(value, page)
        return told if owed is None else replace(told, present=(owed,))

    return both


def _slug(section: AddressSection) -> str:
    return quote(section.slug or section.coin.lower(), safe="-")


def _quoted(section: AddressSection) -> str:
    return quote(section.address, safe="")


def build(section: AddressSection, context: BuildContext) -> Pool:
    """Return the pool that *section* describes."""
    return pool_of(section, context, reader_of(section))


SOURCE = DeclaredSource(
    kind="address_pool",
    word=lambda _section: Word(
        is_proven=False, says="on the pool's word", remedy="watch the address itself at a node of your own"
    ),
    label="Pools known by the payout address",
    settings=AddressSection,
    build=build,
    example="""\
[[sources.address_pool]]      # 2miners, herominers, kryptex, unmineable, zpool, or any yiimp or miningcore
name = "2miners-etc"
service = "2miners"
coin = "ETC"
address = "0x00000000219ab540356cBB839Cbe05303d7705Fa"
wallet = "hot"
start = 2026-01-01
""",
    units="as each counts: gwei or the smallest unit (2miners), what the pool declares (herominers), else whole coins",
    times="seconds, milliseconds or ISO text in UTC: when it was paid, at unmineable when it was asked for",
    docs="""\
Each finished payout is a receipt, whatever the policy of your profile: what these pools credit before is not read.
What is processed, pending or failed is no event until it is finished. `slug` is the service's own word for the coin
(`xtm-c29` at Kryptex), `pool` the name to record where it is not the service's: any pool of the yiimp family is
read with `service = "yiimp"` and its `base_url`, any of miningcore with `service = "miningcore"` and its `slug` too.
A coin that is not known here needs `decimals`.

At 2miners `observe = ["credits"]` records what each block brought as a `credit`, once it is mature; one that was
orphaned is none, and takes back what was recorded of it. At 2miners, herominers and yiimp `observe = ["balance"]`
records what the pool owes, once a day where it changed.

2miners, herominers and yiimp drop old rows from their lists, yiimp (zpool too) after hours: poll often. Where a list
no longer reaches back to what was read last you are asked, and with `observe = ["balance"]` also where what is owed
falls and no payout is told.
""",
    cannot_see="""\
what was credited and never paid, but at 2miners with `observe`, and as what is owed; what such a list dropped before
it was read; the pool's fee.
""",
)
