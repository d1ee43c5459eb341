"""The settings, section by section: what a config.toml may say, typed, with the default of everything it leaves out.

A secret never stands in the file. A key like `password` holds a reference (`file:PATH`, `env:NAME`,
`credential:NAME`), and `password_file` is short for `file:`; see service.secret_files.
"""

from __future__ import annotations

import ipaddress
from datetime import date
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from lotwork.ledger.events import Meaning

DEFAULT_PORT = 8949
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=7 * 86_400)]
Hours: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Port: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Height: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Days: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=365)]
Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]


def is_loopback(host: str) -> bool:
    """Return whether *host* can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_url(url: str, key: str) -> None:
    """Raise ValueError where *url* is no http address, or carries a password."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f'{key} is not an http address: write it like "http://127.0.0.1:8332"')
    if parts.password or parts.username:
        raise ValueError(f"{key} holds a user or a password: move them to `user` and `password_file`")


def one_of(key: str, value: str | None, file: str | None, *, needed: bool = False) -> None:
    """Raise ValueError where both *key* and *key*_file are given, or neither where one is needed."""
    if value is not None and file is not None:
        raise ValueError(f"{key} and {key}_file are both given: keep one")
    if needed and value is None and file is None:
        raise ValueError(f"neither {key} nor {key}_file is given: add one")


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; an unknown key is an error."""


class Daemon(Section, frozen=True, kw_only=True):
    """`[daemon]`: where the pages are served, and how often the daemon looks round."""

    host: str = "127.0.0.1"
    port: Port = DEFAULT_PORT
    prices_every_seconds: Seconds = 300
    alerts_every_seconds: Seconds = 60
    verify_every_seconds: Seconds = 86_400

    def __post_init__(self) -> None:
        if not is_loopback(self.host):
            raise ValueError(
                f"host {self.host} is not a loopback address: the pages have no password, so only this machine may "
                'see them; write "127.0.0.1" and reach it from elsewhere through ssh -L'
            )


class BitcoinWallet(Section, frozen=True, kw_only=True):
    """A wallet of a Bitcoin-family chain: its addresses or scripts (hex), and what a payment to it means."""

    wallet: str
    watch: tuple[str, ...]
    meaning: Meaning = "pool_payout"
    from_wallet: str | None = None
    pool: str | None = None


class BitcoinNode(Section, frozen=True, kw_only=True):
    """`[[sources.bitcoin_node]]`: a Bitcoin Core or Litecoin Core node, asked over JSON-RPC."""

    name: Name
    url: str
    start_height: Annotated[int, msgspec.Meta(ge=1)]
    wallets: tuple[BitcoinWallet, ...]
    book: Name = "main"
    chain: str = "bitcoin"
    user: str = ""
    password: str | None = None
    password_file: str | None = None
    confirmations: Annotated[int, msgspec.Meta(ge=1)] = 6
    every_seconds: Seconds = 60
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        check_url(self.url, "url")
        one_of("password", self.password, self.password_file)


class EvmWallet(Section, frozen=True, kw_only=True):
    """A wallet of an EVM chain: its addresses, and what a payment to it means."""

    wallet: str
    watch: tuple[str, ...]
    meaning: Meaning = "pool_payout"
    from_wallet: str | None = None
    pool: str | None = None


class EvmToken(Section, frozen=True, kw_only=True):
    """A token that counts: its contract and its pinned decimals; every other token is ignored."""

    asset: str
    contract: str
    decimals: Annotated[int, msgspec.Meta(ge=0, le=36)]


class EvmNode(Section, frozen=True, kw_only=True):
    """`[[sources.evm_node]]`: an Ethereum-family node; `url_file` where the address holds a provider's key."""

    name: Name
    chain_id: Annotated[int, msgspec.Meta(ge=1)]
    start_height: Height
    wallets: tuple[EvmWallet, ...]
    book: Name = "main"
    native_asset: str = ""
    url: str | None = None
    url_file: str | None = None
    finality: Annotated[int, msgspec.Meta(ge=0)] | Literal["finalized", "safe"] = "finalized"
    traces: bool = False
    tokens: tuple[EvmToken, ...] = ()
    every_seconds: Seconds = 60
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        one_of("url", self.url, self.url_file, needed=True)
        if self.url is not None:
            check_url(self.url, "url")


class Ocean(Section, frozen=True, kw_only=True):
    """`[[sources.ocean]]`: the payouts and earnings of one address at the pool OCEAN."""

    name: Name
    address: str
    wallet: str
    start: date
    book: Name = "main"
    base_url: str = "https://api.ocean.xyz/v1"
    allow_private: bool = False
    every_seconds: Seconds = 900
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        check_url(self.base_url, "base_url")


class Files(Section, frozen=True, kw_only=True):
    """`[[sources.files]]`: a folder whose *.jsonl and *.csv are imported once each, known by their SHA-256."""

    name: Name
    folder: str
    book: Name = "main"
    map: str | None = None
    wallet: Name | None = None
    """The wallet of a CSV's rows that name none."""
    every_seconds: Seconds = 60


class Sources(Section, frozen=True, kw_only=True):
    """`[sources]`: everything that is watched."""

    bitcoin_node: tuple[BitcoinNode, ...] = ()
    evm_node: tuple[EvmNode, ...] = ()
    ocean: tuple[Ocean, ...] = ()
    files: tuple[Files, ...] = ()

    def __post_init__(self) -> None:
        names = [(source.book, source.name) for source in self.all()]
        twice = sorted({name for book, name in names if names.count((book, name)) > 1})
        if twice:
            raise ValueError(f"two sources of one book are named {', '.join(twice)}: give each its own name")

    def all(self) -> tuple[BitcoinNode | EvmNode | Ocean | Files, ...]:
        """Return every source, in the order of the kinds."""
        return (*self.bitcoin_node, *self.evm_node, *self.ocean, *self.files)


class Prices(Section, frozen=True, kw_only=True):
    """`[prices]`: who is asked what a coin cost, in order, and who is asked as well to compare."""

    sources: tuple[Literal["coinbase", "kraken", "csv"], ...] = ("coinbase", "kraken")
    cross_check: bool = True
    csv_file: str | None = None
    coinbase_url: str = "https://api.exchange.coinbase.com"
    kraken_url: str = "https://api.kraken.com"
    allow_private: bool = False

    def __post_init__(self) -> None:
        check_url(self.coinbase_url, "coinbase_url")
        check_url(self.kraken_url, "kraken_url")
        if "csv" in self.sources and self.csv_file is None:
            raise ValueError('the price source "csv" needs csv_file: name the file')


class Email(Section, frozen=True, kw_only=True):
    """`[alerts.email]`: a mail server that sends the alerts."""

    host: str
    sender: str
    recipients: tuple[str, ...]
    port: Port = 587
    starttls: bool = True
    user: str | None = None
    password: str | None = None
    password_file: str | None = None

    def __post_init__(self) -> None:
        one_of("password", self.password, self.password_file)


class Webhook(Section, frozen=True, kw_only=True):
    """`[alerts.webhook]`: an address that takes each alert as JSON; `url_file` where the address is itself a secret."""

    url: str | None = None
    url_file: str | None = None
    allow_private: bool = False

    def __post_init__(self) -> None:
        one_of("url", self.url, self.url_file, needed=True)
        if self.url is not None:
            check_url(self.url, "url")


class Apprise(Section, frozen=True, kw_only=True):
    """`[alerts.apprise]`: any service apprise knows; its addresses hold tokens, so they are references."""

    urls: tuple[str, ...]


class Alerts(Section, frozen=True, kw_only=True):
    """`[alerts]`: what the taxpayer is told, when, and over which channels; the log is always one."""

    books: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)] = ("main",)
    days_before: tuple[Days, ...] = (30, 14, 7, 1)
    silent_hours: Hours = 6
    pending_hours: Hours = 24
    harvest_fee: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,2}(\.[0-9]+)?%$|^[0-9]+(\.[0-9]{1,2})?$")] | None = None
    email: Email | None = None
    webhook: Webhook | None = None
    apprise: Apprise | None = None


class Settings(Section, frozen=True, kw_only=True):
    """The whole file."""

    daemon: Daemon = Daemon()
    sources: Sources = Sources()
    prices: Prices = Prices()
    alerts: Alerts = Alerts()
