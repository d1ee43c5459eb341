"""A miner's world: two real chains, a pool, two exchanges, a mail server, a home, and the daemon as a process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from embit import bech32

from lotwork.ingest.prices.fetch import Wanted
from lotwork.ledger.events import Event
from lotwork.ledger.history import History
from lotwork.ledger.storage.log import EventLog
from lotwork.service.pending import Pending
from tests.another_time import another_time
from tests.anvil_node import Anvil, running_anvil
from tests.command_line import lotwork
from tests.daemon.process import Daemon, end_all
from tests.end_to_end import settings
from tests.end_to_end.market import Market, open_market
from tests.litecoin_node import LitecoinNode
from tests.mail_server import Inbox, mail_server
from tests.patience import PATIENCE_SECONDS

RUN = (
    "import sys; from tests.another_time import schedule_then; schedule_then(); from lotwork.cli import main;"
    "main(['run', '--home', sys.argv[1]])"
)
NOW = datetime(2025, 11, 20, 15, tzinfo=UTC)
"""When the story is told: the law of the year is out, and its last payment is still to come."""
VAULT = "0x" + "c0" * 20
DOLLAR, SPAM = "0x" + "d0" * 20, "0x" + "5a" * 20


def taproot(number: int) -> str:
    """Return a regtest address whose key nobody needs."""
    return str(bech32.encode("rltc", 1, bytes([number]) * 32))


STRANGER = taproot(200)


class Days(NamedTuple):
    """When things happen."""

    year: int
    long_ago: datetime
    lately: datetime


DAYS = Days(NOW.year, NOW - timedelta(days=20), NOW - timedelta(hours=6))


@dataclass
class World:
    """What runs, and what the story has done to it."""

    folder: Path
    days: Days
    node: LitecoinNode
    anvil: Anvil
    market: Market
    letters: Inbox
    smtp_port: int
    addresses: dict[str, list[str]] = field(default_factory=dict)
    daemons: list[Daemon] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def daemon(self) -> Daemon:
        return self.daemons[-1]

    @property
    def hot(self) -> str:
        return self.anvil.accounts()[2]

    def settle_in(self, home: Path, *, smtp: bool = True) -> None:
        """Make a home as the guide says, with this world's parts in its config.toml."""
        lotwork(home, "init", "--no-input")
        (home / "inbox").mkdir()
        (home / "bills").mkdir()
        (home / "bank.toml").write_text(settings.documented_map(), encoding="utf-8")
        settings.write_password(home)
        parts = [
            settings.daemon(self.market, self.smtp_port if smtp else None),
            settings.litecoin(self.node, self.addresses["rig"], self.addresses["cold"]),
            settings.ethereum(self.anvil.url, self.anvil.chain_id, self.hot, VAULT, DOLLAR),
            settings.ocean(self.market, (self.days.long_ago - timedelta(days=1)).date().isoformat()),
            settings.FOLDERS,
        ]
        (home / "config.toml").write_text("".join(parts), encoding="utf-8")

    def start(self) -> Daemon:
        """Start the daemon and wait until it is ready."""
        self.daemons.append(Daemon(self.home, RUN))
        self.daemon.logged("ready", seconds=PATIENCE_SECONDS)
        return self.daemon

    def lotwork(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Return what `lotwork WORDS --json` answers on the home."""
        return lotwork(self.home, *words, "--json", code=code).result

    def effective(self, home: Path | None = None) -> list[Event]:
        """Return what the ledger now holds to be true."""
        with EventLog.open(home or self.home) as log:
            return list(History.read(log, "main").events())

    def unpriced(self) -> tuple[Wanted, ...]:
        """Return the prices that are still waited for."""
        with EventLog.open(self.home) as log:
            return Pending(log).of("main").wanted

    def until(self, holds: Callable[[list[Event]], bool], what: str) -> None:
        """Wait until the effective events satisfy *holds*."""
        give_up = time.perf_counter() + PATIENCE_SECONDS
        while not holds(self.effective()):
            assert time.perf_counter() < give_up, f"never {what}:\n{self.daemon.text[-6_000:]}"
            time.sleep(0.1)

    def until_told(self, *needles: str) -> None:
        """Wait until an effective event's id contains each of *needles*."""
        self.until(
            lambda events: all(any(needle in event.id for event in events) for needle in needles),
            f"recorded {needles}",
        )

    def at(self, moment: datetime) -> None:
        """Let the Litecoin node's clock stand at *moment*."""
        self.node.ask("setmocktime", int(moment.timestamp()))

    def mine(self, blocks: int, moment: datetime, address: str = STRANGER) -> list[str]:
        """Mine Litecoin blocks at *moment*."""
        self.at(moment)
        return self.node.mine(blocks, address)

    def forge(self, moment: datetime) -> None:
        """Make the next Ethereum block, at *moment*, of everything that waits."""
        self.anvil.ask("evm_setNextBlockTimestamp", int(moment.timestamp()))
        self.anvil.ask("evm_mine")


def put(folder: Path, name: str, text: str) -> None:
    """Lay a finished file into *folder*: at rest for a while, and moved in whole."""
    beside = folder.parent / f"{name}.new"
    beside.write_text(text, encoding="utf-8")
    os.utime(beside, (1, 1))
    beside.rename(folder / name)


def lines(*events: dict[str, str]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


@contextmanager
def open_world(folder: Path, *, faults: bool) -> Iterator[World]:
    """Start every part; all of it is ended with the block, however it goes."""
    days = DAYS
    with ExitStack() as stack:
        stack.enter_context(another_time(NOW))
        node = LitecoinNode(folder / "node").start()
        stack.callback(node.kill)
        anvil = stack.enter_context(running_anvil(timestamp=int(days.long_ago.timestamp()) - 3600))
        market = stack.enter_context(open_market(faults=faults))
        letters = Inbox()
        smtp_port = stack.enter_context(mail_server(letters))
        world = World(folder, days, node, anvil, market, letters, smtp_port)
        stack.callback(end_all, world.daemons)
        for wallet in ("own", "payer"):
            node.open_wallet(wallet)
        yield world
