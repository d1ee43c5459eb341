"""What a user says about an account at any pool, and the coins that pools pay in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from lotwork.ingest.sections import Name, Seconds, Secret, SecretFile, Section, check_url, one_of
from lotwork.ingest.sheets.assets import DECIMALS
from lotwork.ingest.typed_addresses import slip_in
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.units import BUILT_IN

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext


class AccountSection(Section, frozen=True, kw_only=True):
    """What the table of every pool has."""

    name: Name
    wallet: str
    start: date
    book: Name = MAIN_BOOK
    base_url: str = ""
    allow_private: bool = False
    every_seconds: Seconds = 900
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        if self.base_url:
            check_url(self.base_url, "base_url")


class KeyedSection(AccountSection, frozen=True, kw_only=True):
    """The table of a pool that wants a key: read-only where the pool makes such."""

    key: Secret | None = None
    key_file: SecretFile | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("key", self.key, self.key_file, needed=True)


class ObservedSection(KeyedSection, frozen=True, kw_only=True):
    """The table of a pool that tells credits and the work they are for."""

    observe: tuple[Literal["credits", "hashrate"], ...] = ()
    """What is recorded beside income, for `lotwork completeness`."""


class OwingSection(KeyedSection, frozen=True, kw_only=True):
    """The table of a pool that also tells what it owes."""

    observe: tuple[Literal["credits", "hashrate", "balance"], ...] = ()
    """What is recorded beside income, for `lotwork completeness`."""


def key_of(section: KeyedSection, context: BuildContext) -> str:
    """Return the key that *section* refers to."""
    key = context.reveal(section.key, section.key_file)
    if not key or not key.isascii() or not key.isprintable():
        raise ConfigError(f"{section.name}: key: it is empty, or no key: put the pool's key there, and nothing else")
    return key


class Addressed(Protocol):
    """The table of a pool that is known by an address."""

    @property
    def name(self) -> str:
        """The source's own name."""
        ...

    @property
    def address(self) -> str:
        """Whom the pool pays."""
        ...

    @property
    def allow_private(self) -> bool:
        """Whether it is a pool of one's own, which may pay whom it likes."""
        ...


def check_typed(section: Addressed, coin: str) -> None:
    """Raise ConfigError where the address of *section* is surely none of *coin*, before anybody is asked for it."""
    slip = None if section.allow_private else slip_in(section.address, coin)
    if slip is not None:
        raise ConfigError(f"{section.name}: {section.address[:100]}: {slip}")


def decimals_of(asset: str, source: str, told: int | None = None) -> int:
    """Return the decimals of *asset*: built in, known here, or as *told* by the settings."""
    known = BUILT_IN[asset].decimals if asset in BUILT_IN else DECIMALS.get(asset)
    if known is None and told is None:
        raise ConfigError(f"{source}: how many decimals {asset[:20]!r} has is not known here: say `decimals = …`")
    if known is not None and told not in (None, known):
        raise ConfigError(f"{source}: {asset} has {known} decimals, not {told}: leave `decimals` out")
    return told if known is None and told is not None else known or 0
