"""One home of many: begun, kept and let go while the others go on, whatever stands in its way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import structlog
from structlog.contextvars import bound_contextvars

from lotwork.alerts.monitor import AskPayments
from lotwork.config import Config, load, write_default
from lotwork.hosting.home_daemon import ALERTS, OF_PRICES, VERIFY, HomeDaemon, Job, Round
from lotwork.hosting.servers import Servers, own_of
from lotwork.hosting.turns import Turn
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ingest.sections import addresses
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import FencedError, IntegrityError, LotworkError
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.service.settings import Prices
from lotwork.service.standing import Standing
from lotwork.service.telling_place import TellingPlace

HEARTBEAT, HEADS = "heartbeat", "heads"
SEES_WHO_RECORDS_SECONDS = 5

log = structlog.get_logger("lotwork.daemon")


class Timetable(Protocol):
    """Where the rounds of all homes are scheduled."""

    def put(self, turn: Turn, work: Round, seconds: int) -> None:
        """Do *work* every so many *seconds*, each time in its turn."""
        ...

    def take_away(self, name: str) -> None:
        """Do the job *name* no more."""
        ...

    def soon(self, name: str) -> None:
        """Do the job *name* at once, in its turn."""
        ...

    def due(self, name: str) -> datetime | None:
        """Return when the job *name* is due; None where it is not scheduled."""
        ...


class Means(NamedTuple):
    """What all homes of one process share."""

    clock: Clock
    pace: Pace
    timetable: Timetable
    servers: Servers
    payments: AskPayments
    scrub: Scrubber
    """Keeps the log free of the secrets of every home."""
    place: TellingPlace
    """Where this process tells how each home does."""


class HostedHome(HomeDaemon):
    """A home that is kept beside others, under a name that no other has."""

    keeps_books = False

    def __init__(self, name: str, config: Config, means: Means, scrub: Scrubber) -> None:
        self.whose = name
        self._means = means
        super().__init__(config, means.clock, scrub, payments=means.payments, pace=means.pace)
        self._scheduled: set[str] = set()
        self._lock: DaemonLock | None = None
        self._active = 0
        self._books = frozenset[str]()
        self._counting = threading.Lock()
        self._tell_by(config)

    # -- life -----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Become the daemon of the home, verify its chain, and schedule its rounds; raises what stands in the way."""
        if self.health.chain_ok is False:
            self.notifier.deliver()  # what no channel has taken yet
        self.standing = Standing(self.stop, self.systemd)
        try:
            self._begin()
        except BaseException as refused:
            if isinstance(refused, IntegrityError):
                self.notifier.ledger_refused(refused)
            self.end()
            raise

    def _begin(self) -> None:
        self.stop.clear()
        self._lock = DaemonLock.acquire(self.config.home)
        recorder = self._use(self._means.servers.open(self.config))
        self._apply(self.config)
        self._check_chain()
        self._books = frozenset(self.store.books())
        self.recorder = recorder
        self._means.place.tell(self.config.home, self.whose)
        self._close()  # until a round opens it
        self._schedule()
        log.info("kept", home=self.whose, sources=len(self._watched))

    def end(self) -> None:
        """Take every job away, close the ledger, and let another be the daemon of the home."""
        self.stop.set()
        self.recorder = None
        for name in list(self._scheduled):
            self._dismiss(name)
        self._means.place.forget(self.config.home)
        self._close()
        self._means.servers.leave(self.config.home, fenced=self.is_fenced)
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @property
    def is_fenced(self) -> bool:
        """Whether another daemon took over from this one."""
        try:
            self.standing.check()
        except FencedError:
            return True
        return False

    def reload(self) -> None:
        """Read the settings anew; where they cannot be used the old ones stay, and the log says why."""
        before = self.config
        try:
            config = load(before.home)
            self._apply(config)
        except LotworkError as refused:
            log.error("the settings were not reloaded; the old ones stay in force", home=self.whose, why=str(refused))  # noqa: TRY400 - its words say all
            return
        if before.settings.ledger != config.settings.ledger:
            log.warning("the place of the ledger changes at the next start only", home=self.whose)
        self._means.scrub.learn(config.secrets())
        self._schedule()
        log.info("settings reloaded", home=self.whose, sources=len(self._watched))

    # -- jobs -----------------------------------------------------------------------------------------------------

    def _schedule(self, only: Collection[str] | None = None) -> None:
        """Schedule the jobs that the settings ask for; *only* those that are named, and are not scheduled yet."""
        jobs = self.jobs()
        if self.config.settings.ledger.url is not None:
            jobs[HEARTBEAT] = Job(self._see_who_records, SEES_WHO_RECORDS_SECONDS)
        for gone in [name for name in self._scheduled if name not in jobs]:
            self._dismiss(gone)
        for name, job in jobs.items():
            if only is None or (name in only and name not in self._scheduled):
                self._scheduled.add(name)
                work = self._at_rest_after(self._guarded(name, job.work, job.one))
                self._means.timetable.put(self._turn(name, job), work, job.seconds)

    def _turn(self, name: str, job: Job) -> Turn:
        """Return whose turn a job is: that of its book, or of the home itself."""
        kind, _, book = name.partition(":")
        if job.one is not None:
            hosts = hosts_of(addresses(job.one.section))  # type: ignore[arg-type] # every section is a struct
            return Turn(self._named(name), f"{self.whose}/{job.one.section.book}", hosts)
        asked = hosts_of(places_of(self.config.settings.prices)) if kind == OF_PRICES else frozenset[str]()
        return Turn(self._named(name), f"{self.whose}/{book}", asked, reckons=kind in (ALERTS, VERIFY))

    def _named(self, name: str) -> str:
        return f"{self.whose}/{name}"

    def _at_rest_after(self, work: Round) -> Round:
        """Return *work* with the ledger closed after it, where nothing else of the home goes on: files are few."""

        def done() -> None:
            with self._counting:
                self._active += 1
            try:
                with bound_contextvars(home=self.whose):
                    work()
            finally:
                with self._counting:
                    self._active -= 1
                    is_last = not self._active
                if is_last:
                    self._close()

        return done

    def _close(self) -> None:
        if hasattr(self, "store"):
            self.store.close()

    def _due(self, name: tuple[str, str]) -> datetime | None:
        return self._means.timetable.due(self._named("poll:" + "/".join(name)))

    def _run_soon(self, name: str) -> None:
        self._means.timetable.soon(self._named(name))

    def _dismiss(self, name: str) -> None:
        self._scheduled.discard(name)
        self._means.timetable.take_away(self._named(name))
        self._troubles.pop(name, None)
        self._overrunning.discard(name)

    def jobs(self) -> dict[str, Job]:
        """Return every job that the settings ask for, by its name: each book is priced and looked at by itself.

        So a book that fails, or whose prices are long in coming, keeps no other of its home.
        """
        jobs, daemon = super().jobs(), self.config.settings.daemon
        del jobs[OF_PRICES], jobs[ALERTS]
        jobs[HEADS] = Job(self._see_books, daemon.alerts_every_seconds)
        for book in self.rounds.priced:
            jobs[priced_name(book)] = Job(partial(self.rounds.fetch_prices_of, book), daemon.prices_every_seconds)
        for book in self._books:
            jobs[looked_name(book)] = Job(partial(self.notifier.look_at, book), daemon.alerts_every_seconds)
        return jobs

    def _see_books(self) -> None:
        """Tell where the books end, and have those looked at that are new."""
        known = frozenset(self.notifier.tell_where_books_end())
        if known - self._books:
            self._books |= known
            self._schedule(only=[looked_name(book) for book in known])

    def _price_soon(self, book: str) -> None:
        self._run_soon(priced_name(book))

    # -- what is told ---------------------------------------------------------------------------------------------

    def own_books(self) -> frozenset[str]:
        """Return the books of the home, those that its settings name among them."""
        if self.config.settings.ledger.url is not None:
            return own_of(self.config)
        named = {section.book for section in self.config.settings.sources.all()}
        return (self._books | named) or frozenset({MAIN_BOOK})

    def report_of(self, sees: Callable[[str], bool]) -> Mapping[str, Any]:
        """Return how the home does, with those of its sources whose book *sees* takes."""
        _, report = self.health.report()
        sources = {name: told for name, told in report["sources"].items() if sees(name.partition("/")[0])}
        return {**report, "sources": sources}


def priced_name(book: str) -> str:
    """Return the name of the job that prices a book."""
    return f"{OF_PRICES}:{book}"


def looked_name(book: str) -> str:
    """Return the name of the job that looks at a book."""
    return f"{ALERTS}:{book}"


def load_hosted(home: Path) -> Config:
    """Return the settings of *home*, writing those that every home starts with where it has none."""
    write_default(home)
    return load(home)


def hosts_of(places: Iterable[str]) -> frozenset[str]:
    """Return the hosts that *places*, addresses all of them, are on."""
    return frozenset(filter(None, map(_host, places)))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def places_of(prices: Prices) -> Iterable[str]:
    """Yield the addresses that prices are asked at."""
    return (place for name in prices.sources if "://" in (place := prices.place(name)))
