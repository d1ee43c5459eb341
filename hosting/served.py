"""What is told of the homes that a process keeps: to the pages of their readers, and to machines, each their own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request

from lotwork.config import load, write_default
from lotwork.hosting.host import Host, Kept
from lotwork.hosting.hosted_home import HostedHome
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.errors import LotworkError
from lotwork.ledger.storage.batch import Appends
from lotwork.service.ledger_place import open_log
from lotwork.service.readers import Reader, Readers
from lotwork.web.many import HomeServed, reader_with_token
from lotwork.web.source_adding import OwnSettings


class Served:
    """The homes of a host, as their pages ask for them."""

    def __init__(self, host: Host, scrub: Scrubber) -> None:
        self._host = host
        self._scrub = scrub

    def names(self) -> Iterable[str]:
        """Return the name of every home."""
        return sorted(self._host.homes)

    def named(self, name: str) -> HomeServed | None:
        """Return the home called *name*; None where there is none."""
        kept = self._host.homes.get(name)
        if kept is None:
            return None
        daemon, home = kept.daemon, kept.home
        read, take_up = partial(load, home), partial(self._host.reload_one, name)
        return HomeServed(
            home=home,
            status=None if daemon is None else daemon.health,
            writer=lambda: recorder_of(kept),
            settings=OwnSettings(read, partial(write_default, home), self._scrub.learn, take_up),
            own=partial(books_of, kept),
            briefs={} if daemon is None else dict(daemon.notifier.briefs),
            trouble=kept.trouble or "",
            generation=id(daemon),
        )


def recorder_of(kept: Kept) -> Appends | None:
    """Return who appends to the ledger of a home; None where it is not kept now."""
    return None if kept.daemon is None else kept.daemon.recorder


def books_of(kept: Kept) -> frozenset[str]:
    """Return the books of a home: as its daemon saw them last, or as they stand where none keeps it."""
    if kept.daemon is not None and kept.daemon.recorder is not None:
        return kept.daemon.own_books()
    try:
        with open_log(kept.home, check_heads=False) as log:
            return frozenset() if log.database.is_shared else frozenset(log.books())
    except LotworkError:
        return frozenset()


class Machine:
    """What `/readyz` and `/metrics` tell: of every home how many there are, and of a reader's own each by name."""

    def __init__(self, host: Host, readers: Readers) -> None:
        self._host = host
        self._readers = readers

    def report(self, request: Request) -> tuple[bool, Mapping[str, Any]]:
        """Return whether the daemon is ready, and why; of the homes what who asks may know."""
        authorization = request.headers.get("authorization", "")
        _, _, token = authorization.partition(" ")
        name = self._host.place.home_of(token.strip()) if token else None
        kept = self._host.homes.get(name) if name is not None else None
        if kept is not None and kept.daemon is not None:  # a command of that very home
            return kept.daemon.health.report()
        turns = self._host.told()
        told: dict[str, Any] = {
            "pid": os.getpid(),
            "homes": self._host.counts(),
            "turns": turns._asdict(),
            "sources": {},
        }
        reader = reader_with_token(self._readers, authorization)
        if reader is not None:
            told["of_homes"] = {name: state_of(name, kept, reader) for name, kept in self._seen(reader)}
        return self._host.unreadable is None, told

    def figures(self, request: Request) -> bytes:
        """Return the figures as Prometheus reads them: of the process, and of the books that who asks may see."""
        registry = CollectorRegistry()
        registry.register(OfProcess(self._host))
        reader = reader_with_token(self._readers, request.headers.get("authorization", ""))
        if reader is not None:
            registry.register(
                OfHomes([(name, kept.daemon, reader) for name, kept in self._seen(reader) if kept.daemon])
            )
        return generate_latest(registry)

    def _seen(self, reader: Reader) -> Iterator[tuple[str, Kept]]:
        return ((name, kept) for name, kept in sorted(self._host.homes.items()) if reader.sees_home(name))


def state_of(name: str, kept: Kept, reader: Reader) -> Mapping[str, Any]:
    """Return how a home does, and those of its sources whose books *reader* sees."""
    whole = reader.sees_all_of(name)
    trouble = kept.trouble if whole or kept.trouble is None else "not kept now"
    told: dict[str, Any] = {"state": kept.state, "trouble": trouble}
    if kept.daemon is not None:
        told |= kept.daemon.report_of(lambda book: reader.sees(name, book))
    return told


class OfProcess(Collector):
    """How the process does: counts that name no home."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        homes = GaugeMetricFamily("lotwork_homes", "Homes, by how they stand.", labels=["state"])
        for state, count in self._host.counts().items():
            homes.add_metric([state], count)
        yield homes
        turns = self._host.told()
        yield gauge("lotwork_turns_threads", "Threads that do rounds.", turns.threads)
        yield gauge("lotwork_turns_going", "Rounds that go on.", turns.going)
        yield gauge("lotwork_turns_long", "Rounds that go on and are long.", turns.long)
        yield gauge("lotwork_turns_waiting", "Rounds that wait for their turn.", turns.waiting)
        yield gauge(
            "lotwork_turns_longest_wait_seconds",
            "The longest that a round waited for its turn lately.",
            turns.longest_wait_seconds,
        )


class OfHomes(Collector):
    """The figures of each home, with its name, of the books that a reader sees."""

    def __init__(self, homes: list[tuple[str, HostedHome, Reader]]) -> None:
        self._homes = homes

    def collect(self) -> Iterator[Metric]:
        """Yield the figures, those of one name together."""
        found: dict[str, Metric] = {}
        for name, daemon, reader in self._homes:
            for metric in daemon.metrics.registry.collect():
                whole = found.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                for sample in metric.samples:
                    book = sample.labels.get("book")
                    is_seen = reader.sees_all_of(name) or (book is not None and reader.sees(name, book))
                    if is_seen:
                        whole.samples.append(sample._replace(labels={"home": name, **sample.labels}))
        yield from found.values()


def gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    """Return a figure of its own."""
    told = GaugeMetricFamily(name, about)
    told.add_metric([], value)
    return told
