"""The sources that the settings name, each with its declaration, found by a person's word for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lotwork.commands.answer import Call
from lotwork.config import FILE, Config, load
from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource, SourceSection
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.ledger.errors import UsageError
from lotwork.ledger.near_names import near_name
from lotwork.reports.sources import PRICES
from lotwork.service.settings import Settings


class Configured(NamedTuple):
    """A source of the settings."""

    declared: DeclaredSource[Any]
    section: SourceSection


def settings_there(call: Call) -> Config:
    """Return the settings of a home that has some, or a ledger; a home that is not there is refused."""
    if not (call.home / FILE).exists():
        call.check_named()
    return load(call.home)


def sources_in(settings: Settings) -> Iterator[Configured]:
    """Yield every source, in the order of the kinds."""
    for declared in SOURCES:
        for section in settings.sources.of(declared.kind):
            yield Configured(declared, section)


def prices_in(settings: Settings) -> Iterator[DeclaredPrices]:
    """Yield every source of prices that is asked, in the order it is asked in."""
    by_name = {declared.name: declared for declared in PRICE_SOURCES}
    return (by_name[name] for name in settings.prices.sources)


def find(call: Call, settings: Settings, name: str) -> Configured | DeclaredPrices:
    """Return the source called *name*, that of the book that is meant first; `prices.NAME` is one of prices.

    Raises UsageError with the name that was perhaps meant, and where several have it.
    """
    named = [one for one in sources_in(settings) if one.section.name == name]
    own = [one for one in named if one.section.book == call.book]
    prices = [one for one in prices_in(settings) if one.name == name.removeprefix(f"{PRICES}.")]
    found: list[Configured | DeclaredPrices] = [*(own or named), *(prices if not named else ())]
    if len(found) == 1:
        return found[0]
    if found:
        books = ", ".join(one.section.book for one in named)
        raise UsageError(f"sources of the books {books} are called {name}: say which book with --book")
    every = [one.section.name for one in sources_in(settings)] + [f"{PRICES}.{one.name}" for one in prices_in(settings)]
    raise none_called(call.home, name, every)


def none_called(home: Path, name: str, every: Collection[str]) -> UsageError:
    """Return the refusal of *name*, with the one of *every* source of *home*'s settings that was perhaps meant."""
    near = near_name(name, every)
    meant = f"did you mean {near!r}? " if near else ""
    return UsageError(f"no source is called {name!r}: {meant}{home / FILE} has {', '.join(every) or 'none'}")
