"""The daemon: builds everything, and runs it on a clock.

Each source has a worker of its own, so that one that hangs holds up nobody. Every job is one round that can be run
again: what fails is logged and counted, and the cursor stays where it was. Nothing is scheduled that is not in the
settings, and nothing is kept between runs but the ledger.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from lotwork.alerts.monitor import AskPayments
from lotwork.alerts.payments import payments
from lotwork.config import FILE, Config, load, write_default
from lotwork.hosting.home_daemon import VERIFY, HomeDaemon, Job, poll_name
from lotwork.hosting.timetable import BEAT_SECONDS, STILL_SECONDS, TICK_SECONDS, WORKERS_END_SECONDS, OneWorker
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import Clock, jitter
from lotwork.ledger.errors import IntegrityError, LotworkError
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.service import health as health_pages
from lotwork.service.http_server import HttpServer
from lotwork.service.told import run_until_told
from lotwork.service.wall_clock import WallClock
from lotwork.web.app import create
from lotwork.web.source_adding import OwnSettings

CLOSE_SECONDS = 1.5
"""With the two seconds a page is given, the end comes within ten: what is cut off here is safe against a kill."""

log = structlog.get_logger("lotwork.daemon")


class Daemon(HomeDaemon):
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
        super().__init__(config, clock, scrub, payments=payments, flags=flags)
        self.reload, self.sync = threading.Event(), threading.Event()
        self._workers: dict[str, OneWorker] = {}
        self._wall = WallClock(clock)
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
        self._tell_by(self.config)
        try:
            opened = self.standing.opened(self.config.home, self.clock)
        except IntegrityError as broken:
            self.notifier.ledger_refused(broken)
            raise
        if opened is None:
            return
        self.store = opened
        try:
            if not self.standing.claim(self.store):
                return
            recorder = self._use(self.store)
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
        jobs = self.jobs() | {"heartbeat": Job(self._take_a_beat, BEAT_SECONDS)}
        for name, (work, seconds, one) in jobs.items():
            if name not in self._workers:
                self._workers[name] = OneWorker()
                self.scheduler.add_executor(self._workers[name], name)
            first = timedelta(seconds=seconds if name == VERIFY else jitter(min(seconds / 2, 3.0)))
            self.scheduler.add_job(
                self._guarded(name, work, one),
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

    def _heard(self, event: JobEvent) -> None:
        """Count and log what the scheduler itself says of a job."""
        if event.code == EVENT_JOB_MAX_INSTANCES:
            self.still_running(event.job_id)
        else:
            self.did_not_run(event.job_id, "missed" if event.code == EVENT_JOB_MISSED else "error")

    def _run_soon(self, name: str) -> None:
        with suppress(JobLookupError):
            self.scheduler.modify_job(name, next_run_time=self.clock.now())

    def _run_all_now(self) -> None:
        now = self.clock.now()
        for job in self.scheduler.get_jobs():
            if job.id != VERIFY:
                job.modify(next_run_time=now + timedelta(seconds=jitter(1.0)))

    # -- rounds ---------------------------------------------------------------------------------------------------

    def _take_a_beat(self) -> None:
        self._beat = self.clock.monotonic()
        self._see_who_records()

    def _summary(self, url: str = "") -> str:
        if self.health.chain_ok is False:
            return "the ledger is damaged, or of a newer Lotwork: nothing is recorded"
        silent = max((age for _, age in self.health.sources().values()), default=timedelta())
        return f"{len(self._watched)} sources, longest silence {int(silent.total_seconds())} s {url}"


def run(home: Path, *, flags: Mapping[str, Any] | None = None) -> int:
    """Run the daemon of *home* until SIGTERM or SIGINT; return the exit code."""

    def made(clock: Clock, scrub: Scrubber) -> Daemon:
        write_default(home)
        config = load(home, flags=flags)
        scrub.learn(config.secrets())
        return Daemon(config, clock, scrub, payments=payments, flags=flags)

    return run_until_told(made)
