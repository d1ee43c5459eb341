"""Which source is meant by a person's word: every kind, service and source of prices by its name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import click

from lotwork.commands.source.guided import MOST_TRIES, choose, show_kinds
from lotwork.commands.telling import tell
from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.ledger.errors import UsageError
from lotwork.reports.sources import PRICES
from lotwork.service.source_answers import services
from lotwork.service.source_table import Values

OPENING = f"{PRICES}."


def chosen() -> tuple[DeclaredSource[Any] | DeclaredPrices, Values]:
    """Ask which source until it is one that is known, a few times."""
    show_kinds()
    for _ in range(MOST_TRIES - 1):
        try:
            return find(choose())
        except UsageError as unknown:
            tell(str(unknown), err=True)
    return find(choose())


def kinds() -> tuple[str, ...]:
    """Return the words that `lotwork source add` knows: every kind, and every source of prices as prices.NAME."""
    return (*(each.kind for each in SOURCES), *(f"{OPENING}{each.name}" for each in PRICE_SOURCES))


def addable(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return, for a shell that completes, the kinds, services and sources of prices that begin so."""
    return [word for word in (*kinds(), *services()) if word.startswith(incomplete)]


def find(kind: str) -> tuple[DeclaredSource[Any] | DeclaredPrices, Values]:
    """Return what is declared as *kind*, and what its table says by that word alone.

    A service that a kind has among the words of its key `service` is known by its own name.
    """
    word = kind.strip().lower()
    for declared in SOURCES:
        if declared.kind == word:
            return declared, {}
    if word in services():
        return services()[word], {"service": word}
    for prices in PRICE_SOURCES:
        if prices.name == word.removeprefix(OPENING):
            return prices, {}
    near = get_close_matches(word, (*kinds(), *services(), *(each.name for each in PRICE_SOURCES)), 1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    raise UsageError(
        f"{kind[:40]!r} is no source that is known: {meant}known here: {', '.join((*kinds(), *services()))}"
    )
