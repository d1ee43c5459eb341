"""The daemon over a folder of homes: its settings, its pages, its signals, and what systemd hears of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from lotwork.alerts.payments import payments
from lotwork.config import FILE, Config, load
from lotwork.hosting.host import IN_TROUBLE, KEPT, Host
from lotwork.hosting.served import Machine, Served
from lotwork.hosting.timetable import BEAT_SECONDS, STILL_SECONDS, TICK_SECONDS
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, Problem
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.service.health import serve
from lotwork.service.http_server import HttpServer
from lotwork.service.notify import Systemd
from lotwork.service.readers import FILE as READERS
from lotwork.service.readers import Readers, read_readers
from lotwork.service.told import run_until_told
from lotwork.service.wall_clock import WallClock
from lotwork.web.many import ManyPages

SETS_A_PASSWORD = "lotwork web reader NAME"  # noqa: S105 - a command, and no password

log = structlog.get_logger("lotwork.daemon")


class ManyDaemon:
    """One running daemon over every home of a folder."""

    def __init__(self, config: Config, clock: Clock, scrub: Scrubber) -> None:
        self.config, self.clock = config, clock
        self.systemd = Systemd()
        self.stop, self.reload, self.sync = threading.Event(), threading.Event(), threading.Event()
        self._scrub = scrub
        self._wall = WallClock(clock)

    def run(self) -> None:
        """Run until told to end; raises a LotworkError where it cannot begin."""
        folder, daemon = self.config.home, self.config.settings.daemon
        readers = Readers(folder)
        with DaemonLock.acquire(folder):
            server = HttpServer.bind(daemon.host, daemon.port, guarded=has_readers(folder))
            host = Host(folder, self.clock, self._scrub, payments=payments, where=server.address)
            try:
                served = Served(host, self._scrub)
                pages = ManyPages(served, readers, self.clock, daemon.reach)
                server.serve(serve(Machine(host, readers), pages, daemon.reach))
                log.info("serving", url=server.url, homes=str(folder))
                if not readers.all():
                    log.info("nobody may read the pages yet", next="lotwork web reader NAME --homes DIR --sees HOME")
                self._work(host)
            finally:
                self._end(host)
                server.close()

    def _work(self, host: Host) -> None:
        """Turn until told to end: answer signals, look at the folder, and tell systemd we are alive."""
        host.begin(BEAT_SECONDS)
        self.systemd.ready(summary(host))
        log.info("ready", homes=len(host.homes))
        while not self.stop.wait(TICK_SECONDS):
            if self.reload.is_set():
                self.reload.clear()
                self.systemd.reloading(self.clock)
                host.reload()
                self.systemd.ready(summary(host))
            moved = self._wall.moved_seconds()
            if moved:
                log.warning("the clock was moved", by_seconds=round(moved))
            if moved or self.sync.is_set():
                self.sync.clear()
                host.timetable.all_soon()
            host.look()
            if self.clock.monotonic() - host.beat < STILL_SECONDS:
                self.systemd.alive(summary(host))

    def _end(self, host: Host) -> None:
        log.info("ending")
        self.systemd.stopping()
        host.end()
        log.info("ended")


def summary(host: Host) -> str:
    """Return how the homes do, in a line."""
    counts = host.counts()
    return f"{counts[KEPT]} of {len(host.homes)} homes kept, {counts[IN_TROUBLE]} in trouble"


def has_readers(folder: Path) -> bool:
    """Say if anybody may read the pages, by a password; ConfigError where the file of readers cannot be used."""
    return any(each.password for each in read_readers(folder / READERS))


def load_many(
    folder: Path, *, flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] = os.environ
) -> Config:
    """Return the settings of the daemon over *folder*: `[daemon]` of its config.toml, and nothing else stands there.

    Raises ConfigError with every problem, and UsageError where *folder* is none.
    """
    config = load(folder, flags=flags, environ=environ, is_guarded=has_readers, guard=SETS_A_PASSWORD)
    of_homes = sorted({key.partition(".")[0] for key, by in config.origins.items()
                       if not key.startswith("daemon.") and by.startswith(str(folder / FILE))})  # fmt: skip
    if of_homes:
        where, remedy = str(folder / FILE), "move it into the config.toml of the home that it is of"
        reason = "these are the settings of many homes, and only [daemon] is of all of them"
        raise ConfigError("the settings cannot be used", [Problem(where, key, reason, remedy) for key in of_homes])
    return config


def run_many(folder: Path, *, flags: Mapping[str, Any] | None = None) -> int:
    """Run the daemon over every home in *folder* until SIGTERM or SIGINT; return the exit code."""
    return run_until_told(lambda clock, scrub: ManyDaemon(load_many(folder, flags=flags), clock, scrub))
