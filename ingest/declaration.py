"""The one record in which a source is declared: its settings, its builder, its example, its page.

A module declares a source by a constant `SOURCE`, a source of prices by a constant `PRICES`, and is listed once in
`ingest.register`. The settings, the first config.toml, the daemon and docs/sources.md are made from these records, so
that none of them can know a source that another does not. Whoever reads settings imports every declaration: what is
heavy (httpx2, web3, the log) one imports within `build`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

from lotwork.ingest.sections import Section

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.ports import PriceSource, ReceiptSource

KIND = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
EVERY_SECTION = ("name", "book", "every_seconds")


class DeclarationError(TypeError):
    """A source is declared without something that every source has; it says what to add, and where."""


class SourceSection(Protocol):
    """What every table of a source says."""

    @property
    def name(self) -> str:
        """The source's own name, unique in its book."""
        ...

    @property
    def book(self) -> str:
        """The book its events belong to."""
        ...

    @property
    def every_seconds(self) -> int:
        """How many seconds lie between two polls."""
        ...


Candles: TypeAlias = Literal["minute", "hour"]
"""How long the shortest candles are that prices are taken from."""


class PriceSection(Protocol):
    """What `[prices]` says to whoever is asked for prices."""

    @property
    def candles(self) -> Candles:
        """How long the shortest candles are that are asked for."""
        ...

    @property
    def allow_private(self) -> bool:
        """Whether http and private addresses may be asked."""
        ...

    def place(self, name: str) -> str:
        """Return the address or file of the source of prices called *name*."""
        ...

    def names(self, name: str) -> Mapping[str, str]:
        """Return what the settings say that coins are called at the source of prices called *name*."""
        ...

    def secret(self, name: str) -> tuple[str | None, str | None]:
        """Return the reference to the key of the source of prices called *name*, or the file that holds it."""
        ...


S = TypeVar("S", bound=SourceSection)


class Word(NamedTuple):
    """On whose word it stands what a source tells."""

    is_proven: bool
    """Whether an amount it tells is checked against something that its teller cannot make up."""
    says: str
    """What is proven, and what is not."""
    remedy: str = ""
    """What would prove more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a source of receipts and one of prices say of themselves alike; what is left out is refused by name."""

    label: str = ""
    """What it is, to a miner; the heading of its section in docs/sources.md."""
    example: str = ""
    """TOML that the settings take; it stands, commented, in every first config.toml."""
    docs: str = ""
    """Markdown: what is read from it, and how it is dated and counted."""
    cannot_see: str = ""
    """Markdown that ends the sentence "It cannot see": what a miner has to add by hand."""

    def commented(self) -> str:
        """Return the example as it stands in the first config.toml."""
        return "".join(f"# {line}\n" for line in self.example.strip().splitlines())

    def check_words(self, who: str, keys: tuple[str, ...], opening: str, shown: str) -> None:
        """Raise DeclarationError where *who* leaves one of *keys* out, or its example does not begin with *opening*."""
        silent = [key for key in keys if not getattr(self, key).strip()]
        if silent:
            raise DeclarationError(
                f"{who}: {', '.join(silent)}: nothing is said: write it, it becomes a part of docs/sources.md"
            )
        if not self.example.startswith(opening):
            raise DeclarationError(
                f"{who}: example: it does not begin with {opening.strip()}: "
                f"show the {shown} as a miner writes it into config.toml"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredSource(Declared, Generic[S]):
    """A node, a pool, an exchange or a folder: everything Lotwork knows of it, in one place."""

    kind: str
    """The name of its table: `[[sources.kind]]`."""
    settings: type[S]
    """Its table, as a frozen `Section` with at least a name, a book and every_seconds."""
    build: Callable[[S, BuildContext], ReceiptSource]
    """Makes the source; asks no network. What cannot work by its settings alone is refused with ConfigError."""
    units: str = ""
    """What its amounts are told in."""
    times: str = ""
    """What its instants are told in, and of what they are the instant."""
    word: Callable[[S], Word] = lambda _section: Word(is_proven=False, says="on the word of whoever is asked")
    """Says on whose word a source with these settings stands; `lotwork doctor` tells it."""

    def __post_init__(self) -> None:
        if not KIND.fullmatch(self.kind):
            raise DeclarationError(f"source {self.kind!r}: kind: write it like foundry_usa: it is a key of config.toml")
        self._check_settings()
        keys = ("label", "example", "units", "times", "docs", "cannot_see")
        self.check_words(f"source {self.kind}", keys, f"[[sources.{self.kind}]]", "table")

    def _check_settings(self) -> None:
        table: Any = self.settings
        if not (isinstance(table, type) and issubclass(table, Section)):
            raise DeclarationError(f"source {self.kind}: settings: {table!r} is no Section: derive it from one")
        missing = [key for key in EVERY_SECTION if key not in table.__struct_fields__]
        if missing:
            raise DeclarationError(f"source {self.kind}: settings: no {', '.join(missing)}: every source has it")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredPrices(Declared):
    """Somebody who knows prices: named in `[prices] sources`, found at the place that a key of `[prices]` tells."""

    name: str
    key: str
    """The key of `[prices]` that holds its address or its file."""
    default: str | None
    """What that key says where it is left out; None where it must be given."""
    build: Callable[[PriceSection, BuildContext], PriceSource]
    names_key: str | None = None
    """The key of `[prices]` that says what coins are called there, where it is not their own symbol."""
    names_are_pairs: bool = True
    """Whether that key holds pairs (`KAS/USDT`); else it holds ids."""
    secret_key: str | None = None
    """The key of `[prices]` that refers to its key; with `_file` behind it, to the file that holds it."""
    asked_unless_told: bool = False
    """Whether it is asked where the settings name nobody."""

    def __post_init__(self) -> None:
        keys = ("label", "example", "docs", "cannot_see")
        self.check_words(f"price source {self.name}", keys, f"{self.key} = ", "key of [prices]")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of `[prices]` that are about it alone, that of its place first."""
        secret = () if self.secret_key is None else (self.secret_key, f"{self.secret_key}_file")
        return (self.key, *(() if self.names_key is None else (self.names_key,)), *secret)
