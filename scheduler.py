"""The daemon: builds everything, and runs it on a clock.

Each source has a worker of its own, so that one that hangs holds up nobody. Every job is one round that can be run
again: what fails is logged and counted, and the cursor stays where it was. Nothing is scheduled that is not in the
settings, and nothing is kept between runs but the ledger.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from lotwork.alerts.build import channels_of
from lotwork.alerts.monitor import AskPayments
from lotwork.alerts.notifier import Notifier
from lotwork.alerts.payments import payments
from lotwork.config import FILE, Config, load, write_default
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.context import BuildContext
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import Clock, SystemClock, jitter
from lotwork.ledger.errors import IntegrityError, LotworkError
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.service import health as health_pages
from lotwork.service import logs, told
from lotwork.service.health import Health
from lotwork.service.http_server import HttpServer
from lotwork.service.leaving import leave
from lotwork.service.metrics import Metrics
from lotwork.service.notify import Systemd
from lotwork.service.recorder import Recorder
from lotwork.service.rounds import Rounds
from lotwork.service.sources import Watched, price_sources, watched
from lotwork.service.standing import Standing
from lotwork.service.wall_clock import WallClock
from lotwork.web.app import create
from lotwork.web.source_adding import OwnSettings

TICK_SECONDS, BEAT_SECONDS, BACKUP_LOOK_SECONDS = 1.0, 5, 900
STILL_SECONDS = 30.0
"""A scheduler that has not run its heartbeat for so long has stopped, and systemd hears no more of us."""
WORKERS_END_SECONDS = 4.5
CLOSE_SECONDS = 1.5
"""With the two seconds a page is given, the end comes within ten: what is cut off here is safe against a kill."""

log = structlog.get_logger("lotwork.daemon")
Round = Callable[[], None]


class OneWorker(BaseExecutor):  # type: ignore[misc] # apscheduler ships no types
    """One thread for one job; it dies with the process, so that a hung source cannot keep the daemon alive."""

    def start(self, scheduler: Any, alias: str) -> None:
        """Start the thread."""
        super().start(scheduler, alias)
        self._queue: SimpleQueue[tuple[Any, Any] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=alias, daemon=True)
        self._thread.start()

    def _do_submit_job(self, job: Any, run_times: Any) -> None:
        self._queue.put((job, run_times))

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            job, run_times = item
            try:
                events = run_job(job, job._jobstore_alias, run_times, self._logger.name)  # noqa: SLF001 - its protocol
            except BaseException:  # noqa: BLE001 - the worker outlives any job
                self._run_job_error(job.id, *sys.exc_info()[1:])
            else:
                self._run_job_success(job.id, events)

    def shutdown(self, wait: bool = True) -> None:  # noqa: FBT001, FBT002 - apscheduler's signature
        """End the thread after the job it is at; *wait* for that a bounded time."""
        self._queue.put(None)
        if wait:
            self._thread.join(WORKERS_END_SECONDS)

    def join(self, seconds: float) -> bool:
        """Wait for the thread at most *seconds*; return whether it ended."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()


class Daemon:
    """One running daemon over one home."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        scrub: Scrubber,
        *,
        payments: AskPayments,
        flags: Mapping[str, Any] | None = None,
    ) -> None:
        self.config = config
        self.clock = clock
        self.scrub = scrub
        self.systemd = Systemd()
        self.health = Health(config.home, clock, due=self._due)
        self.metrics = Metrics(self.health.last_answers)
        self.stop, self.reload, self.sync = threading.Event(), threading.Event(), threading.Event()
        self.standing = Standing(self.stop, self.systemd)
        self.recorder: Recorder | None = None
        self._flags, self._payments = flags, payments
        self._workers: dict[str, OneWorker] = {}
        self._watched: dict[tuple[str, str], Watched] = {}
        self._troubles: dict[str, str] = {}
        self._overrunning: set[str] = set()
        self._pace, self._wall = Pace(clock), WallClock(clock)
        self._beat = clock.monotonic()
        self.scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self.scheduler.add_listener(self._heard, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

    # -- life -----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Run until told to end; raises a LotworkError where it cannot begin, and IntegrityError on a bad chain."""
        daemon, home = self.config.settings.daemon, self.config.home
        with DaemonLock.acquire(home):
            server = HttpServer.bind(daemon.host, daemon.port, home)
            try:
                reach, writer, read = daemon.reach, lambda: self.recorder, partial(load, home, flags=self._flags)
                own = OwnSettings(read, partial(write_default, home), self.scrub.learn, self.reload.set)
                pages = create(home, clock=self.clock, status=self.health, reach=reach, writer=writer, settings=own)
                server.serve(health_pages.create(self.health, self.metrics, pages, reach))
                log.info("serving", url=server.url, home=str(home))
                self._serve(server.url)
            finally:
                server.close()
        self.standing.check()

    def _serve(self, url: str) -> None:
        settings = self.config.settings.alerts
        channels = channels_of(settings, self.clock, self.config.secret)
        self.notifier = Notifier(channels, settings, self.health, self.metrics, self.clock, scrub=self.scrub)
        try:
            opened = self.standing.opened(self.config.home, self.clock)
        except IntegrityError as broken:
            self.notifier.ledger_damaged(str(broken))
            raise
        if opened is None:
            return
        self.store = opened
        try:
            if not self.standing.claim(self.store):
                return
            recorder = Recorder(self.store, self.metrics)
            self.rounds = Rounds(self.store, recorder, self.health, self.metrics, self.clock, stop=self.stop.is_set)
            self.notifier.attach(self.store, recorder, self.rounds.pending, self._payments)
            self._apply(self.config)
            if self._first_check():
                self.recorder = recorder
                self._schedule()
                self.systemd.ready(self._summary(url))
                log.info("ready", sources=len(self._watched), url=url)
                if not self._watched:
                    place = self.config.home / FILE
                    add = f"lotwork source add, or add a source to {place}; then kill -HUP {os.getpid()}"
                    log.info("nothing is watched yet", next=add)
                self._work()
        finally:
            self._end()

    def _first_check(self) -> bool:
        """Verify the chain before anything is recorded; return False where we were told to end meanwhile."""
        found: SimpleQueue[Exception | None] = SimpleQueue()

        def check() -> None:
            try:
                self._check_chain()
            except Exception as broken:  # noqa: BLE001 - raised again by the one who waits
                found.put(broken)
            else:
                found.put(None)

        threading.Thread(target=check, name="first check", daemon=True).start()
        while not self.stop.is_set():
            with suppress(Empty):
                broken = found.get(timeout=TICK_SECONDS / 4)
                if broken is not None:
                    raise broken
                return True
        return False

    def _work(self) -> None:
        """Turn until told to end: answer signals, notice a clock that was put back, and tell systemd we are alive."""
        while not self.stop.wait(TICK_SECONDS):
            if self.reload.is_set():
                self.reload.clear()
                self._reload()
            moved = self._wall.moved_seconds()
            if moved:
                log.warning("the clock was moved", by_seconds=round(moved))
            if moved or self.sync.is_set():
                self.sync.clear()
                self._run_all_now()
            if self.clock.monotonic() - self._beat < STILL_SECONDS:
                self.systemd.alive(self._summary())

    def _end(self) -> None:
        """Take no more jobs, wait a bounded time for those that run, and close the ledger."""
        log.info("ending")
        self.systemd.stopping()
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)
        give_up = self.clock.monotonic() + WORKERS_END_SECONDS
        still = [name for name, worker in self._workers.items() if not worker.join(give_up - self.clock.monotonic())]
        if still:
            log.warning("left behind within a round; their cursors stand where they were", jobs=still)
        closing = threading.Thread(target=self.store.close, name="close", daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)
        log.info("ended")

    # -- settings -------------------------------------------------------------------------------------------------

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
        former = tuple(self._watched.values())
        sources = watched(config.settings, context, before=(one.section for one in former))
        prices = price_sources(config.settings.prices, context)
        channels = channels_of(config.settings.alerts, self.clock, config.secret)
        self.scrub.learn(context.secrets)
        self.config = config
        self._watched = {one.name: one for one in sources}
        self.health.watch(one.section for one in sources)
        for one in former:
            if not self.health.watches(one.section):
                self._dismiss(poll_name(one.name))
        books = {*config.settings.alerts.books, *(book for book, _ in self._watched)}
        self.rounds.use_prices(prices, books, config.settings.prices)
        self.notifier.use(channels, config.settings.alerts, config.settings.heads, config.settings.backup)

    def _reload(self) -> None:
        """Read the settings anew; where they cannot be used the old ones stay."""
        self.systemd.reloading(self.clock)
        before = self.config
        try:
            config = load(before.home, flags=self._flags)
            self._apply(config)
        except LotworkError as refused:
            log.error("the settings were not reloaded; the old ones stay in force", why=str(refused))  # noqa: TRY400 - its words say all
            self.systemd.ready("the settings were refused; the old ones stay in force")
            return
        old, new = before.settings.daemon, config.settings.daemon
        if (old.reach, old.port, before.settings.ledger) != (new.reach, new.port, config.settings.ledger):
            log.warning("where the pages are reached and the place of the ledger change at the next start only")
        self._schedule()
        log.info("settings reloaded", sources=len(self._watched))
        self.systemd.ready(self._summary())

    # -- jobs -----------------------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        """Give every job its worker and its interval."""
        daemon = self.config.settings.daemon
        jobs: dict[str, tuple[Round, int]] = {
            "prices": (self.rounds.fetch_prices, daemon.prices_every_seconds),
            "alerts": (self.notifier.look, daemon.alerts_every_seconds),
            "outbox": (self.notifier.deliver, daemon.alerts_every_seconds),
            "verify": (self._check_chain, daemon.verify_every_seconds),
            "backup": (self.notifier.back_up, BACKUP_LOOK_SECONDS),
            "heartbeat": (self._take_a_beat, BEAT_SECONDS),
        }
        polled = {poll_name(one.name): one for one in self._watched.values()}
        jobs.update((name, (self._poller(one), one.section.every_seconds)) for name, one in polled.items())
        for name, (work, seconds) in jobs.items():
            if name not in self._workers:
                self._workers[name] = OneWorker()
                self.scheduler.add_executor(self._workers[name], name)
            first = timedelta(seconds=seconds if name == "verify" else jitter(min(seconds / 2, 3.0)))
            self.scheduler.add_job(
                self._guarded(name, work, polled.get(name)),
                "interval",
                seconds=seconds,
                id=name,
                executor=name,
                next_run_time=self.clock.now() + first,
                replace_existing=True,
            )
        if not self.scheduler.running:
            self.scheduler.start()

    def _due(self, name: tuple[str, str]) -> datetime | None:
        """Return when a source is asked next; None where it is not scheduled."""
        job = self.scheduler.get_job(poll_name(name))
        return None if job is None else job.next_run_time

    def _dismiss(self, name: str) -> None:
        """Take a job away; the round it may be at goes on alone, and is heard of no more."""
        with suppress(JobLookupError):
            self.scheduler.remove_job(name)
        self.scheduler.remove_executor(name, shutdown=False)
        self._workers.pop(name).shutdown(wait=False)
        self._troubles.pop(name, None)
        self._overrunning.discard(name)

    def _guarded(self, name: str, work: Round, one: Watched | None = None) -> Round:
        """Return *work*, the round of *one* source or of none, as a round that never fails.

        What it raises is logged and counted, and its cursor stays. The last round of a source that was edited or taken
        out meanwhile says nothing of the job that has its name now.
        """

        def round_of() -> None:
            failure: Exception | None = None
            try:
                work()
            except Exception as raised:  # noqa: BLE001 - the one place where anything may end a round
                failure = raised
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
            self.notifier.ledger_damaged(str(failure))
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

    def _heard(self, event: JobEvent) -> None:
        """Count and log what the scheduler itself says of a job."""
        if event.code == EVENT_JOB_MAX_INSTANCES:
            self.metrics.job_failures.labels(event.job_id, "still_running").inc()
            level = logging.DEBUG if event.job_id in self._overrunning else logging.INFO
            self._overrunning.add(event.job_id)
            log.log(level, "still at the last round", job=event.job_id)
            return
        why = "missed" if event.code == EVENT_JOB_MISSED else "error"
        self.metrics.job_failures.labels(event.job_id, why).inc()
        log.error("a round did not run", job=event.job_id, why=why)
        self.notifier.round_failed(event.job_id, why)

    def _run_all_now(self) -> None:
        now = self.clock.now()
        for job in self.scheduler.get_jobs():
            if job.id != "verify":
                job.modify(next_run_time=now + timedelta(seconds=jitter(1.0)))

    # -- rounds ---------------------------------------------------------------------------------------------------

    def _poller(self, one: Watched) -> Round:
        def poll() -> None:
            if self.rounds.poll(one):
                with suppress(JobLookupError):
                    self.scheduler.modify_job("prices", next_run_time=self.clock.now())

        return poll

    def _check_chain(self) -> None:
        try:
            self.rounds.check_chain(self.notifier.held_against)
        except IntegrityError as broken:
            self.notifier.ledger_damaged(str(broken))
            raise

    def _take_a_beat(self) -> None:
        self._beat = self.clock.monotonic()
        if self.standing.server_was_away(self.store):
            self.scheduler.modify_job("verify", next_run_time=self.clock.now())

    def _summary(self, url: str = "") -> str:
        if self.health.chain_ok is False:
            return "the ledger is damaged: nothing is recorded"
        silent = max((age for _, age in self.health.sources().values()), default=timedelta())
        return f"{len(self._watched)} sources, longest silence {int(silent.total_seconds())} s {url}"


def poll_name(name: tuple[str, str]) -> str:
    """Return the name of the job that polls a source."""
    return "poll:" + "/".join(name)


def run(home: Path, *, flags: Mapping[str, Any] | None = None) -> int:
    """Run the daemon of *home* until SIGTERM or SIGINT; return the exit code."""
    clock = SystemClock()
    scrub = Scrubber()
    logs.set_up(clock, scrub)
    try:
        write_default(home)
        config = load(home, flags=flags)
        scrub.learn(config.secrets())
        daemon = Daemon(config, clock, scrub, payments=payments, flags=flags)
        orders = {
            signal.SIGTERM: daemon.stop,
            signal.SIGINT: daemon.stop,
            signal.SIGHUP: daemon.reload,
            signal.SIGUSR1: daemon.sync,
        }
        told.listen(orders)
        daemon.run()
        told.ignore(orders)
    except LotworkError as refused:
        log.critical("the daemon does not run", why=str(refused), exit_code=refused.exit_code)
        return leave(refused.exit_code)
    return leave(0)
