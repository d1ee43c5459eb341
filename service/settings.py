"""The settings, section by section: what a config.toml may say, typed, with the default of everything it leaves out.

The tables of the sources, and the keys that say where prices are asked for, are made from the register: a source that
is declared there cannot be missing here. A secret never stands in the file; see ingest.sections and
service.secret_files.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from itertools import chain
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec

from lotwork.ingest.declaration import Candles, DeclaredPrices, SourceSection
from lotwork.ingest.prices.names import check_ids, parse_pairs
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.ingest.sections import Name, Seconds, Secret, SecretFile, Section, check_url, one_of
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.service.ledger_place import Ledger
from lotwork.service.reach import Reach, check_reach

DEFAULT_PORT = 8949
IN_FILE, COMMAND, WEBHOOK = "file:", "command:", "webhook"
"""How a place begins that is told the heads."""
STAND_IN_HOURS = 6
"""How long a source of prices is waited for before the next stands in."""
Hours: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Port: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Days: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=365)]


class Daemon(Section, frozen=True, kw_only=True):
    """`[daemon]`: where the pages are served, and how often the daemon looks round."""

    host: str = "127.0.0.1"
    port: Port = DEFAULT_PORT
    prices_every_seconds: Seconds = 300
    alerts_every_seconds: Seconds = 60
    verify_every_seconds: Seconds = 86_400

    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    path_prefix: str = ""

    def __post_init__(self) -> None:
        check_reach(self.host, self.allowed_hosts, self.trusted_proxies, self.path_prefix)

    @property
    def reach(self) -> Reach:
        """From where the pages can be reached."""
        return Reach(self.host, self.allowed_hosts, self.trusted_proxies, self.path_prefix)


class AnySources(Section, frozen=True, kw_only=True):
    """`[sources]`: everything that is watched, a table a declaration."""

    def __post_init__(self) -> None:
        names = [(source.book, source.name) for source in self.all()]
        twice = sorted({name for book, name in names if names.count((book, name)) > 1})
        if twice:
            raise ValueError(f"two sources of one book are named {', '.join(twice)}: give each its own name")

    def of(self, kind: str) -> tuple[SourceSection, ...]:
        """Return the sources of one declared *kind*."""
        found: tuple[SourceSection, ...] = getattr(self, kind)
        return found

    def all(self) -> tuple[SourceSection, ...]:
        """Return every source, in the order of the kinds."""
        return tuple(chain.from_iterable(self.of(declared.kind) for declared in SOURCES))


class AnyPrices(Section, frozen=True, kw_only=True):
    """`[prices]`: who is asked what a coin cost, in order, and who is asked as well to compare."""

    if TYPE_CHECKING:  # made below, in the order that a message tells them
        sources: tuple[str, ...] = ()
        cross_check: bool = True
        stand_in_hours: int = STAND_IN_HOURS
        candles: Candles = "minute"
        allow_private: bool = False

    def __post_init__(self) -> None:
        for declared in PRICE_SOURCES:
            place = getattr(self, declared.key)
            if declared.default is not None:
                check_url(place, declared.key)
            elif place is None and declared.name in self.sources:
                raise ValueError(f'the price source "{declared.name}" needs {declared.key}: name the file')
            if declared.names_key is not None:
                check = parse_pairs if declared.names_are_pairs else check_ids
                check(getattr(self, declared.names_key), declared.names_key)
            if declared.secret_key is not None:
                one_of(declared.secret_key, *self.secret(declared.name))

    def place(self, name: str) -> str:
        """Return the address or file of the source of prices called *name*."""
        return str(getattr(self, declared_prices(name).key))

    def names(self, name: str) -> Mapping[str, str]:
        """Return what coins are called at the source of prices called *name*, where it is not their own symbol."""
        key = declared_prices(name).names_key
        found: Mapping[str, str] = {} if key is None else getattr(self, key)
        return found

    def secret(self, name: str) -> tuple[str | None, str | None]:
        """Return the reference to the key of the source of prices called *name*, or the file that holds it."""
        key = declared_prices(name).secret_key
        return (None, None) if key is None else (getattr(self, key), getattr(self, f"{key}_file"))


def declared_prices(name: str) -> DeclaredPrices:
    """Return the declaration of the source of prices called *name*."""
    return next(declared for declared in PRICE_SOURCES if declared.name == name)


def sources_table() -> Any:
    """Return `[sources]` with a list of tables for each declared source."""
    tables = [(declared.kind, GenericAlias(tuple, (declared.settings, ...)), ()) for declared in SOURCES]
    return msgspec.defstruct("Sources", tables, bases=(AnySources,), frozen=True, kw_only=True)


def prices_table() -> Any:
    """Return `[prices]` with the names of all who are declared, and the key of each one's place."""
    name: Any = Literal.__getitem__(tuple(declared.name for declared in PRICE_SOURCES))
    asked = tuple(declared.name for declared in PRICE_SOURCES if declared.asked_unless_told)
    places: list[tuple[str, Any, Any]] = []
    for declared in PRICE_SOURCES:
        places.append((declared.key, str | None if declared.default is None else str, declared.default))
        if declared.names_key is not None:
            places.append((declared.names_key, dict[str, str], msgspec.field(default_factory=dict)))
        if declared.secret_key is not None:
            places.append((declared.secret_key, Secret | None, None))
            places.append((f"{declared.secret_key}_file", SecretFile | None, None))
    keys = [
        ("sources", GenericAlias(tuple, (name, ...)), asked),
        ("cross_check", bool, True),
        ("candles", Candles, "minute"),
        ("stand_in_hours", Annotated[int, msgspec.Meta(ge=0, le=8760)], STAND_IN_HOURS),
        *places,
        ("allow_private", bool, False),
    ]
    return msgspec.defstruct("Prices", keys, bases=(AnyPrices,), frozen=True, kw_only=True)


if TYPE_CHECKING:  # what is known of them before they are made
    Sources = AnySources
    Prices = AnyPrices
else:
    Sources = sources_table()
    Prices = prices_table()


class Email(Section, frozen=True, kw_only=True):
    """`[alerts.email]`: a mail server that sends the alerts."""

    host: str
    sender: str
    recipients: tuple[str, ...]
    port: Port = 587
    starttls: bool = True
    user: str | None = None
    password: Secret | None = None
    password_file: SecretFile | None = None

    def __post_init__(self) -> None:
        one_of("password", self.password, self.password_file)


class Webhook(Section, frozen=True, kw_only=True):
    """`[alerts.webhook]`: an address that takes each alert as JSON; `url_file` where the address is itself a secret."""

    url: str | None = None
    url_file: SecretFile | None = None
    allow_private: bool = False

    def __post_init__(self) -> None:
        one_of("url", self.url, self.url_file, needed=True)
        if self.url is not None:
            check_url(self.url, "url")


class Apprise(Section, frozen=True, kw_only=True):
    """`[alerts.apprise]`: any service apprise knows; its addresses hold tokens, so they are references."""

    urls: tuple[Secret, ...]


class Voice(Section, frozen=True, kw_only=True):
    """When somebody is told, and over which channels; the log is always one."""

    days_before: tuple[Days, ...] = (30, 14, 7, 1)
    silent_hours: Hours = 6
    pending_hours: Hours = 24
    harvest_fee: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,2}(\.[0-9]+)?%$|^[0-9]+(\.[0-9]{1,2})?$")] | None = None
    email: Email | None = None
    webhook: Webhook | None = None
    apprise: Apprise | None = None


class AlertsOf(Voice, frozen=True, kw_only=True):
    """`[[alerts.of]]`: a book that is told of otherwise than the others: its channels are these, and no other's."""

    book: Name


class Alerts(Voice, frozen=True, kw_only=True):
    """`[alerts]`: what the taxpayer is told of which books."""

    books: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)] = (MAIN_BOOK,)
    of: tuple[AlertsOf, ...] = ()

    def __post_init__(self) -> None:
        books = [each.book for each in self.of]
        twice = sorted({book for book in books if books.count(book) > 1})
        if twice:
            raise ValueError(f"two tables [[alerts.of]] are of the book {', '.join(twice)}: make them one")

    @property
    def all_books(self) -> tuple[str, ...]:
        """Every book that somebody is told of."""
        return tuple(dict.fromkeys((*self.books, *(each.book for each in self.of))))

    def voice(self, book: str) -> Voice:
        """Return how *book* is told of."""
        return next((each for each in self.of if each.book == book), self)


class Heads(Section, frozen=True, kw_only=True):
    """`[heads]`: where else it is told where each book ends, so that a rollback of the whole home is found."""

    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for place in self.also:
            if place == WEBHOOK or (place.startswith(IN_FILE) and place != IN_FILE):
                continue
            try:
                is_command = place.startswith(COMMAND) and shlex.split(place.removeprefix(COMMAND))
            except ValueError:
                is_command = False
            if not is_command:
                raise ValueError(
                    f'also names no place in {place!r}: write "file:PATH" on another disk, "command:PROGRAM WORDS", or '
                    '"webhook"'
                )


class Backup(Section, frozen=True, kw_only=True):
    """`[backup]`: where the daemon keeps backups, how often it makes one, and which of the older ones stay."""

    folder: str | None = None
    every_hours: Hours = 24
    keep_days: Days = 7
    keep_weeks: Days = 4
    keep_months: Days = 12
    then: str | None = None
    """A command that is given the path of each new backup as its last word."""

    def __post_init__(self) -> None:
        if self.folder is None and self.then is not None:
            raise ValueError("then needs folder: the command is given the file that is made there; name a folder")
        if self.folder is not None and not self.folder.strip():
            raise ValueError("folder names nothing: write the path of a folder, best on another disk")
        if self.folder is not None and not (self.keep_days or self.keep_weeks or self.keep_months):
            raise ValueError("keep_days, keep_weeks and keep_months are all 0: nothing would be kept")
        try:
            is_command = self.then is None or bool(shlex.split(self.then))
        except ValueError:
            is_command = False
        if not is_command:
            raise ValueError(f"then is no command: {self.then!r}: write a program and its words, as a shell has them")


class Stamp(Section, frozen=True, kw_only=True):
    """`[stamp]`: the calendars of OpenTimestamps that stamp a packet's digest."""

    calendars: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = (
        "https://a.pool.opentimestamps.org",
        "https://b.pool.opentimestamps.org",
        "https://a.pool.eternitywall.com",
        "https://ots.btc.catallaxy.com",
    )
    """Those that the project of OpenTimestamps names, unless told otherwise."""
    allow_private: bool = False
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        for address in self.calendars:
            check_url(address, "calendars")


class Settings(Section, frozen=True, kw_only=True):
    """The whole file."""

    ledger: Ledger = Ledger()
    daemon: Daemon = Daemon()
    sources: Sources = Sources()
    prices: Prices = Prices()
    alerts: Alerts = Alerts()
    heads: Heads = Heads()
    backup: Backup = Backup()
    stamp: Stamp = Stamp()

    def __post_init__(self) -> None:
        if WEBHOOK in self.heads.also and self.alerts.webhook is None:
            raise ValueError("[heads] also names the webhook, and there is no [alerts.webhook]: add one")
