"""Health: what the daemon knows of itself, and the three pages machines read.

`/healthz` says that the process answers and touches nothing else; `/readyz` says whether the chain was verified, the
disk takes writes, and how long each source has been silent; `/metrics` is for Prometheus. Every request must name
this machine in its Host header: a page of another site that points its own name here is refused.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from lotwork.ingest.declaration import SourceSection
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import plain_lines
from lotwork.service.bounded_queue import BoundedQueue
from lotwork.service.metrics import CONTENT_TYPE, Metrics
from lotwork.service.reach import Reach, is_loopback, is_passed_on
from lotwork.service.sources import name_of
from lotwork.service.strict_headers import StrictHeaders

FULL_BYTES = 4 * 1024 * 1024


@dataclass(slots=True)
class Answered:
    """When the source of *section* last answered: the instant for people, the monotonic second for reckoning."""

    section: SourceSection
    at: datetime | None
    since: datetime
    monotonic: float
    trouble: str | None = None


@dataclass
class Health:
    """The daemon's state, safe between threads. Ages are monotonic: a clock put back silences nobody."""

    home: Path
    clock: Clock
    chain_ok: bool | None = None
    """None until the first verification is done."""
    chain_trouble: str | None = None
    verified_at: datetime | None = None
    due: Callable[[tuple[str, str]], datetime | None] = field(default=lambda _name: None)
    """Returns when a source is asked next; None where nobody knows."""
    _sources: dict[tuple[str, str], Answered] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def watch(self, sections: Iterable[SourceSection]) -> None:
        """Reckon the silence of the sources of *sections* from now, keeping what is known of those watched already.

        A source is its section, the very object: one that was edited, or taken out and put back, begins anew.
        """
        now, second = self.clock.now(), self.clock.monotonic()
        with self._lock:
            self._sources = {
                name_of(section): self._known(section) or Answered(section, None, now, second) for section in sections
            }

    def _known(self, section: SourceSection) -> Answered | None:
        """Return what is known of the source of *section*; None where another has its name, or none."""
        known = self._sources.get(name_of(section))
        return known if known is not None and known.section is section else None

    def watches(self, section: SourceSection) -> bool:
        """Return whether the source of this very *section* is still watched."""
        with self._lock:
            return self._known(section) is not None

    def answered(self, section: SourceSection) -> None:
        """Note that the source of *section* answered just now; of one that is watched no more, nothing is noted."""
        now = self.clock.now()
        with self._lock:
            if self._known(section) is not None:
                self._sources[name_of(section)] = Answered(section, now, now, self.clock.monotonic())

    def failed(self, section: SourceSection, trouble: str) -> None:
        """Note why the source of *section* did not answer; of one that is watched no more, nothing is noted."""
        with self._lock:
            known = self._known(section)
            if known is not None:
                known.trouble = trouble

    def verified(self, trouble: str | None) -> None:
        """Note the outcome of a verification; None is a sound chain."""
        self.chain_ok, self.chain_trouble, self.verified_at = trouble is None, trouble, self.clock.now()

    def sources(self) -> dict[tuple[str, str], tuple[Answered, timedelta]]:
        """Return each source with how long it has been silent."""
        with self._lock:
            second = self.clock.monotonic()
            return {
                name: (answered, timedelta(seconds=max(0.0, second - answered.monotonic)))
                for name, answered in self._sources.items()
            }

    def last_answers(self) -> dict[tuple[str, str], datetime]:
        """Return when each source that has answered did so last."""
        return {name: told.at for name, (told, _) in self.sources().items() if told.at is not None}

    def writable(self) -> bool:
        """Return whether the home's disk takes writes."""
        try:
            disk = os.statvfs(self.home)
        except OSError:
            return False
        has_room = disk.f_bavail * disk.f_frsize >= FULL_BYTES
        return has_room and not disk.f_flag & os.ST_RDONLY and os.access(self.home, os.W_OK)

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Return whether the daemon is ready, and why."""
        writable = self.writable()
        sources = {
            f"{book}/{name}": {
                "silent_seconds": int(silent.total_seconds()),
                "last_success": answered.at.isoformat() if answered.at else None,
                "next_poll": due.isoformat() if (due := self.due((book, name))) else None,
                "trouble": None if answered.trouble is None else plain_lines(answered.trouble),
            }
            for (book, name), (answered, silent) in self.sources().items()
        }
        return bool(self.chain_ok) and writable, {
            "chain_verified": self.chain_ok,
            "verified_at": self.verified_at.isoformat() if self.verified_at else None,
            "store_writable": writable,
            "pid": os.getpid(),
            "sources": sources,
        }


OF_MACHINES = ("/healthz", "/readyz", "/metrics")
"""What tells a machine how the daemon does."""


class OwnHostOnly:
    """Refuses a request whose Host is not this machine, before anything else looks at it.

    Where the pages can be reached from elsewhere, they see to that themselves, and what the machines ask is answered to
    this machine alone.
    """

    def __init__(self, app: ASGIApp, reach: Reach) -> None:
        self._app = app
        self._reach = reach

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400 or 403."""
        if scope["type"] == "http" and not (self._reach.is_beyond and scope["path"] not in OF_MACHINES):
            hosts = [value.decode("latin-1") for key, value in scope["headers"] if key == b"host"]
            if len(hosts) != 1 or not is_own_host(hosts[0]):
                await PlainTextResponse("this name does not stand for Lotwork", 400)(scope, receive, send)
                return
            client = scope.get("client")
            passed_on = scope["path"] in OF_MACHINES and is_passed_on(name for name, _ in scope["headers"])
            if passed_on or (self._reach.is_beyond and not (client and is_loopback(client[0]))):
                await PlainTextResponse("this is told to this machine alone", 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_own_host(host: str) -> bool:
    """Return whether a Host header names the loopback: an address of it, or localhost."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, "0"
    if not (port.isascii() and port.isdigit()):
        return False
    if name.startswith("["):
        return name.endswith("]") and is_loopback(name[1:-1])
    return ":" not in name and is_loopback(name.lower())


class TellsMachines(Protocol):
    """Who tells machines how the daemon does."""

    def report(self, request: Request) -> tuple[bool, Mapping[str, Any]]:
        """Return whether the daemon is ready, and why."""
        ...

    def figures(self, request: Request) -> bytes:
        """Return the figures as Prometheus reads them."""
        ...


class OfOneHome:
    """The daemon of one home tells this machine all it knows of itself."""

    def __init__(self, health: Health, metrics: Metrics) -> None:
        self._health = health
        self._metrics = metrics

    def report(self, _: Request) -> tuple[bool, Mapping[str, Any]]:
        """Return whether the daemon is ready, and why."""
        return self._health.report()

    def figures(self, _: Request) -> bytes:
        """Return the figures as Prometheus reads them."""
        return self._metrics.text()


def create(
    health: Health,
    metrics: Metrics,
    pages: ASGIApp | None = None,
    reach: Reach = Reach(),  # noqa: B008 - it is frozen
) -> ASGIApp:
    """Return the application: the machine pages, and the taxpayer's *pages* below / where they are given."""
    return serve(OfOneHome(health, metrics), pages, reach)


def serve(machine: TellsMachines, pages: ASGIApp | None, reach: Reach) -> ASGIApp:
    """Return the application of what *machine* tells, and the *pages* below / where they are given."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    def readyz(request: Request) -> Response:
        is_ready, report = machine.report(request)
        return JSONResponse({"ready": is_ready, **report}, 200 if is_ready else 503)

    def figures(request: Request) -> Response:
        return Response(machine.figures(request), media_type=CONTENT_TYPE)

    routes: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", figures)]
    if pages is not None:
        routes.append(Mount("/", app=BoundedQueue(pages)))
    return StrictHeaders(OwnHostOnly(Starlette(routes=routes), reach))
