"""What a daemon does for one home, whoever gives its rounds their turns: the one of a home, or the one of many.

Every job is one round that can be run again: what fails is logged and counted, and the cursor stays where it was.
Nothing is scheduled that is not in the settings, and nothing is kept between runs but the ledger.
"""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import structlog

from lotwork.alerts.build import channels_of
from lotwork.alerts.monitor import AskPayments
from lotwork.alerts.notifier import Notifier
from lotwork.config import Config
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.context import BuildContext
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import IntegrityError, LotworkError
from lotwork.ledger.store import EventStore
from lotwork.service.health import Health
from lotwork.service.metrics import Metrics
from lotwork.service.notify import Systemd
from lotwork.service.recorder import Recorder
from lotwork.service.rounds import Rounds
from lotwork.service.sources import Watched, price_sources, watched
from lotwork.service.standing import Standing

BACKUP_LOOK_SECONDS = 900
VERIFY, OF_PRICES, ALERTS = "verify", "prices", "alerts"

log = structlog.get_logger("lotwork.daemon")
Round = Callable[[], None]


class Job(NamedTuple):
    """A round that is done again and again: what it does, every how many seconds, and of which source, if of one."""

    work: Round
    seconds: int
    one: Watched | None = None


class HomeDaemon(ABC):
    """One home that is kept: its sources, its prices, its alerts and its chain."""

    store: EventStore
    notifier: Notifier
    rounds: Rounds
    whose = ""
    """The name of the home, in what is told of one among many."""
    keeps_books = True
    """Whether its books stay folded in memory."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        scrub: Scrubber,
        *,
        payments: AskPayments,
        flags: Mapping[str, Any] | None = None,
        stop: threading.Event | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.config = config
        self.clock = clock
        self.scrub = scrub
        self.systemd = Systemd()
        self.health = Health(config.home, clock, due=self._due)
        self.metrics = Metrics(self.health.last_answers)
        self.stop = stop or threading.Event()
        self.standing = Standing(self.stop, self.systemd)
        self.recorder: Recorder | None = None
        self._flags, self._payments = flags, payments
        self._watched: dict[tuple[str, str], Watched] = {}
        self._troubles: dict[str, str] = {}
        self._overrunning: set[str] = set()
        self._pace = pace or Pace(clock)

    # -- whose turn it is is another's business ------------------------------------------------------------------

    @abstractmethod
    def _due(self, name: tuple[str, str]) -> datetime | None:
        """Return when a source is asked next; None where it is not scheduled."""

    @abstractmethod
    def _run_soon(self, name: str) -> None:
        """Run the job *name* at once, where it is scheduled."""

    @abstractmethod
    def _dismiss(self, name: str) -> None:
        """Take a job away; the round it may be at goes on alone, and is heard of no more."""

    # -- settings -------------------------------------------------------------------------------------------------

    def _tell_by(self, config: Config) -> None:
        """Have a voice over the channels of *config*, which tells of damage before there is a ledger."""
        settings = config.settings.alerts
        channels = channels_of(settings, self.clock, config.secret)
        self.notifier = Notifier(
            channels,
            settings,
            self.health,
            self.metrics,
            self.clock,
            scrub=self.scrub,
            whose=self.whose,
            keeps_books=self.keeps_books,
        )

    def _use(self, store: EventStore) -> Recorder:
        """Do the rounds over *store* from now on; return what they record by."""
        self.store = store
        recorder = Recorder(store, self.metrics)
        self.rounds = Rounds(store, recorder, self.health, self.metrics, self.clock, stop=self.stop.is_set)
        self.notifier.attach(store, recorder, self.rounds.pending, self._payments)
        return recorder

    def _apply(self, config: Config) -> None:
        """Build what *config* describes, all of it before any of it is put to use."""
        context = BuildContext(
            home=config.home,
            log=self.store,
            clock=self.clock,
            reveal=config.secret,
            pace=self._pace,
            secrets=config.secrets(),
        )
        former, told_apart = tuple(self._watched.values()), {each.book for each in self.config.settings.alerts.of}
        sources = watched(config.settings, context, before=(one.section for one in former))
        prices = price_sources(config.settings.prices, context)
        alerts = config.settings.alerts
        channels = channels_of(alerts, self.clock, config.secret)
        of = {each.book: channels_of(each, self.clock, config.secret) for each in alerts.of}
        self.scrub.learn(context.secrets)
        self.config = config
        self._watched = {one.name: one for one in sources}
        self.health.watch(one.section for one in sources)
        for one in former:
            if not self.health.watches(one.section):
                self._dismiss(poll_name(one.name))
        for book in told_apart - of.keys():
            self._dismiss(outbox_name(book))
        books = {*alerts.all_books, *(book for book, _ in self._watched)}
        self.rounds.use_prices(prices, books, config.settings.prices)
        self.notifier.use(channels, alerts, config.settings.heads, config.settings.backup, of)

    # -- jobs -----------------------------------------------------------------------------------------------------

    def jobs(self) -> dict[str, Job]:
        """Return every job that the settings ask for, by its name."""
        daemon = self.config.settings.daemon
        jobs = {
            OF_PRICES: Job(self.rounds.fetch_prices, daemon.prices_every_seconds),
            ALERTS: Job(self.notifier.look, daemon.alerts_every_seconds),
            "outbox": Job(self.notifier.deliver, daemon.alerts_every_seconds),
            VERIFY: Job(self._check_chain, daemon.verify_every_seconds),
            "backup": Job(self.notifier.back_up, BACKUP_LOOK_SECONDS),
        }
        jobs |= {
            outbox_name(each.book): Job(partial(self.notifier.deliver, each.book), daemon.alerts_every_seconds)
            for each in self.config.settings.alerts.of
        }
        polls = {poll_name(one.name): one for one in self._watched.values()}
        return jobs | {name: Job(self._poller(one), one.section.every_seconds, one) for name, one in polls.items()}

    def _guarded(self, name: str, work: Round, one: Watched | None = None) -> Round:
        """Return *work*, the round of *one* source or of none, as a round that never fails.

        What it raises is logged and counted, and its cursor stays. The last round of a source that was edited or taken
        out meanwhile says nothing of the job that has its name now.
        """

        def round_of() -> None:
            failure = outcome(work)
            is_current = one is None or self.health.watches(one.section)
            if failure is not None:
                self._round_failed(name, failure, one, is_current=is_current)
            elif is_current:
                self._troubles.pop(name, None)
            if is_current:
                self._overrunning.discard(name)

        return round_of

    def _round_failed(self, name: str, failure: Exception, one: Watched | None, *, is_current: bool) -> None:
        if isinstance(failure, IntegrityError):
            self.notifier.ledger_refused(failure)
        self.standing.failed(failure)
        if not is_current:
            bug = None if isinstance(failure, LotworkError) else failure
            log.info("a round under settings that are gone failed", job=name, why=str(failure), exc_info=bug)
            return
        self.metrics.job_failures.labels(name, type(failure).__name__).inc()
        if one is not None:
            self.health.failed(one.section, self.scrub(str(failure)))
        if isinstance(failure, LotworkError):
            why = str(failure)
            is_news = self._troubles.get(name) != why
            self._troubles[name] = why
            log.log(
                logging.WARNING if is_news else logging.DEBUG,
                "round failed",
                job=name,
                why=why,
                error=type(failure).__name__,
            )
            return
        log.error("round failed by a bug: report it", job=name, exc_info=failure)
        self.notifier.round_failed(name, type(failure).__name__)

    def still_running(self, name: str) -> None:
        """Count and log that the job *name* is due again and still at its last round."""
        self.metrics.job_failures.labels(name, "still_running").inc()
        level = logging.DEBUG if name in self._overrunning else logging.INFO
        self._overrunning.add(name)
        log.log(level, "still at the last round", job=name)

    def did_not_run(self, name: str, why: str) -> None:
        """Count, log and tell that a round of the job *name* did not run."""
        self.metrics.job_failures.labels(name, why).inc()
        log.error("a round did not run", job=name, why=why)
        self.notifier.round_failed(name, why)

    # -- rounds ---------------------------------------------------------------------------------------------------

    def _poller(self, one: Watched) -> Round:
        def poll() -> None:
            if self.rounds.poll(one):
                self._price_soon(one.name[0])

        return poll

    def _price_soon(self, book: str) -> None:
        """Price what was just recorded in *book*."""
        del book  # one round prices all
        self._run_soon(OF_PRICES)

    def _check_chain(self) -> None:
        try:
            self.rounds.check_chain(self.notifier.held_against)
        except IntegrityError as broken:
            self.notifier.ledger_refused(broken)
            raise

    def _see_who_records(self) -> None:
        """See that this daemon is the one still; verify the chain anew where the server that keeps it was away."""
        if self.standing.server_was_away(self.store):
            self._run_soon(VERIFY)


def outcome(work: Round) -> Exception | None:
    """Do *work* and return what it failed with, whatever that is; None where it did not."""
    try:
        work()
    except Exception as raised:  # noqa: BLE001 - the one place where anything may end a round
        return raised
    return None


def outbox_name(book: str) -> str:
    """Return the name of the job that delivers the alerts of a book with channels of its own."""
    return f"outbox:{book}"


def poll_name(name: tuple[str, str]) -> str:
    """Return the name of the job that polls a source."""
    return "poll:" + "/".join(name)
