"""A simulated chain and what watches it, for the tests of EVM nodes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lotwork.ingest.evm.section import EvmSection, TokenSection
from lotwork.ingest.evm.watch import EvmWatch
from lotwork.ingest.sections import WalletSection
from lotwork.ledger import events as e
from lotwork.ledger.clock import SetClock
from lotwork.ledger.units import Asset, AssetTable
from tests.ingest.memory_log import MemoryLog
from tests.simulated_evm import Move, SimulatedEvm, token_log

COLD, HOT, HOT_TOO = "0x" + "c0" * 20, "0x" + "1d" * 20, "0x" + "1e" * 20
POOL, SHOP = "0x" + "aa" * 20, "0x" + "bb" * 20
DOLLAR, SPAM = "0x" + "d0" * 20, "0x" + "5a" * 20
NOW = datetime(2026, 6, 1, tzinfo=UTC)

WALLETS = (WalletSection(wallet="cold", watch=(COLD,)), WalletSection(wallet="hot", watch=(HOT, HOT_TOO)))
SECTION = EvmSection(
    name="eth",
    book="main",
    chain_id=1,
    url="http://127.0.0.1:1",
    start_height=1,
    finality=0,
    wallets=WALLETS,
    tokens=(TokenSection(contract=DOLLAR, asset="USDX", decimals=6),),
)


class BookLog(MemoryLog):
    """A log in memory that knows the assets declared in it."""

    def assets(self, book: str) -> AssetTable:
        declared = [event for _, event in self.read(book, kinds=("asset",)) if isinstance(event, e.AssetDeclared)]
        return AssetTable().with_declared(Asset(event.asset, event.decimals) for event in declared)


class Watched:
    """A source, its log and its cursor: what a daemon holds, without the daemon."""

    def __init__(self, chain: SimulatedEvm, section: EvmSection = SECTION, *, page_blocks: int = 7) -> None:
        chain.token_decimals.setdefault(DOLLAR, 6)
        self.chain = chain
        self.log = BookLog()
        self.cursor: str | None = None
        self.clock = SetClock(NOW)
        self.page_blocks = page_blocks
        self.configure(section)

    def configure(self, section: EvmSection) -> None:
        """Start the source anew, as a daemon that was restarted with *section*."""
        self.section = section
        self.source = EvmWatch(section, self.chain, self.log, self.clock, page_blocks=self.page_blocks)

    def look(self, *, most_pages: int = 1_000) -> list[e.Event]:
        """Poll until there is no more; return what was appended."""
        begun = len(self.log.events)
        for _ in range(most_pages):
            self.clock.move(1)
            page = self.source.fetch_since(self.cursor)
            self.log.append(page.events)
            self.cursor = page.cursor
            if not page.more:
                break
        return self.log.events[begun:]

    def held(self) -> dict[str, e.Event]:
        """Return the effective events of the chain, by id."""
        return {name: event for name, event in self.log.effective().items() if not isinstance(event, e.AssetDeclared)}


def fresh(chain: SimulatedEvm, section: EvmSection = SECTION) -> dict[str, e.Event]:
    """Return what somebody holds who reads *chain* for the first time."""
    watched = Watched(chain, section, page_blocks=50)
    watched.look()
    return watched.held()


def payout(name: str, wei: int = 5, to: str = COLD) -> Move:
    return Move(name=name, sender=POOL, to=to, wei=wei)


def token_payout(name: str, units: int = 5, *, sender: str = POOL, to: str = COLD, contract: str = DOLLAR) -> Move:
    return Move(name=name, sender=POOL, to=contract, logs=(token_log(contract, sender, to, units),))


def only(events: Sequence[e.Event]) -> Any:
    (event,) = (event for event in events if not isinstance(event, e.AssetDeclared))
    return event
