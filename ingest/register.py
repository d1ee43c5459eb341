"""Every source there is: the modules that declare one, a line each, in the order of the settings and the documents.

A new source is its module and a line here. There is no other list: what stands here is in the settings, in the first
config.toml, in docs/sources.md and in every round of the daemon; what does not is in none of them, and a test tells
of a declaration that nobody lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import Any, TypeVar

from lotwork.ingest.declaration import DeclarationError, DeclaredPrices, DeclaredSource

SOURCE_MODULES = (
    "lotwork.ingest.bitcoin.source",
    "lotwork.ingest.bitcoin.electrum.source",
    "lotwork.ingest.bitcoin.esplora.source",
    "lotwork.ingest.evm.source",
    "lotwork.ingest.pools.ocean",
    "lotwork.ingest.pools.braiins",
    "lotwork.ingest.pools.viabtc",
    "lotwork.ingest.pools.by_address",
    "lotwork.ingest.pools.f2pool",
    "lotwork.ingest.pools.luxor",
    "lotwork.ingest.pools.foundry",
    "lotwork.ingest.pools.antpool",
    "lotwork.ingest.pools.nicehash",
    "lotwork.ingest.pools.solo",
    "lotwork.ingest.pools.lightning",
    "lotwork.ingest.exchanges.source",
    "lotwork.ingest.bitcoin.difficulty",
    "lotwork.ingest.meters.home_assistant",
    "lotwork.ingest.meters.shelly",
    "lotwork.ingest.meters.tasmota",
    "lotwork.ingest.meters.kasa",
    "lotwork.ingest.folder.source",
)
PRICE_MODULES = (
    "lotwork.ingest.prices.csv_file",
    "lotwork.ingest.prices.coinbase",
    "lotwork.ingest.prices.kraken",
    "lotwork.ingest.prices.binance",
    "lotwork.ingest.prices.coingecko",
    "lotwork.ingest.prices.mempool",
)
T = TypeVar("T")


def declared_in(module: str, constant: str, kind: type[T]) -> T:
    """Return what *module* declares; raise DeclarationError where it declares nothing of the *kind*."""
    found = getattr(import_module(module), constant, None)
    if not isinstance(found, kind):
        raise DeclarationError(
            f"{module} stands in lotwork.ingest.register and declares no source: "
            f"write {constant} = {kind.__name__}(...) in it, or take its line out"
        )
    return found


def each_once(names: Iterable[str]) -> None:
    """Raise DeclarationError where two declarations share a name."""
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise DeclarationError(f"{', '.join(twice)}: declared twice: give each source a name of its own")


SOURCES: tuple[DeclaredSource[Any], ...] = tuple(
    declared_in(module, "SOURCE", DeclaredSource) for module in SOURCE_MODULES
)
PRICE_SOURCES: tuple[DeclaredPrices, ...] = tuple(
    declared_in(module, "PRICES", DeclaredPrices) for module in PRICE_MODULES
)
each_once(one.kind for one in SOURCES)
each_once(one.name for one in PRICE_SOURCES)
