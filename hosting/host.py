"""The daemon of many homes: one process, fair turns for the rounds of every book, and no home that stops another.

A home whose log is locked, damaged or refused is told by its name and tried again, after longer and longer waits.
Homes that appear in the folder are taken up while it runs, and those that go are let go.
"""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from structlog.contextvars import bound_contextvars

from lotwork.alerts.monitor import AskPayments
from lotwork.config import Config
from lotwork.hosting.home_daemon import VERIFY, Round, outcome
from lotwork.hosting.hosted_home import HostedHome, Means, load_hosted
from lotwork.hosting.servers import Servers
from lotwork.hosting.timetable import WORKERS_END_SECONDS, FairWorkers
from lotwork.hosting.turns import FairTurns, Told, Turn
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import Clock, jitter
from lotwork.ledger.errors import LotworkError
from lotwork.service.homes import HomesSeen, check_address, readable
from lotwork.service.telling_place import TellingPlace

LOOK_SECONDS = 10.0
"""How often the folder is looked at for homes that came or went."""
FIRST_WAIT_OF_A_HOME, MOST_WAIT_OF_A_HOME = 10.0, 3600.0
"""A home that could not be begun is tried again after so long, and after twice as long each time."""
SPREAD_SECONDS = 15.0
"""The first rounds of a home are spread over so long: hundreds begin at once."""
MOST_DESCRIPTORS = 1 << 16
FAIR, BEAT = "fair", "heartbeat"
BEGINNING, KEPT, IN_TROUBLE = "beginning", "kept", "in trouble"

log = structlog.get_logger("lotwork.daemon")


@dataclass(slots=True)
class Kept:
    """A home of the folder: how it stands, and what stands in its way."""

    home: Path
    state: str = BEGINNING
    trouble: str | None = None
    daemon: HostedHome | None = None
    failures: int = 0
    again_at: float = 0.0
    is_gone: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)
    """Is held by who begins the home, ends it, or reads its settings anew."""


class SharedTimetable:
    """The rounds of all homes on one scheduler, each in its turn."""

    def __init__(self, clock: Clock, turns: FairTurns) -> None:
        self._clock = clock
        self._workers = FairWorkers(turns)
        self.scheduler = BackgroundScheduler(
            executors={FAIR: self._workers},
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def put(self, turn: Turn, work: Round, seconds: int) -> None:
        """Do *work* every so many *seconds*, each time in its turn."""
        self._workers.know(turn)
        is_check = turn.name.endswith(f"/{VERIFY}")  # which was made as the home began
        first = seconds if is_check else jitter(min(seconds / 2, SPREAD_SECONDS))
        self.scheduler.add_job(
            work,
            "interval",
            seconds=seconds,
            id=turn.name,
            executor=FAIR,
            next_run_time=self._clock.now() + timedelta(seconds=first),
            replace_existing=True,
        )

    def take_away(self, name: str) -> None:
        """Do the job *name* no more."""
        with suppress(JobLookupError):
            self.scheduler.remove_job(name)
        self._workers.dismiss(name)

    def soon(self, name: str) -> None:
        """Do the job *name* at once, in its turn."""
        with suppress(JobLookupError):
            self.scheduler.modify_job(name, next_run_time=self._clock.now())

    def due(self, name: str) -> datetime | None:
        """Return when the job *name* is due; None where it is not scheduled."""
        job = self.scheduler.get_job(name)
        return None if job is None else job.next_run_time

    def all_soon(self) -> None:
        """Do every job but the checks of whole logs within a few seconds."""
        now = self._clock.now()
        for job in self.scheduler.get_jobs():
            if not job.id.endswith(f"/{VERIFY}"):
                with suppress(JobLookupError):
                    job.modify(next_run_time=now + timedelta(seconds=jitter(SPREAD_SECONDS)))


class Host:
    """Every home of a folder, kept by this process."""

    def __init__(
        self, folder: Path, clock: Clock, scrub: Scrubber, *, payments: AskPayments, where: tuple[str, int]
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.beat = clock.monotonic()
        """When the timetable was last seen to turn."""
        self.turns = FairTurns(clock)
        self.timetable = SharedTimetable(clock, self.turns)
        self.timetable.scheduler.add_listener(self._heard, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        self.place = TellingPlace(os.getpid(), *where)
        self.homes: dict[str, Kept] = {}
        self._gone: dict[str, Kept] = {}
        """Those that were let go, by their names: each is ended before another of the name begins."""
        self.unreadable: str | None = None
        """Why the folder cannot be looked at, where it cannot."""
        self._means = Means(clock, Pace(clock), self.timetable, Servers(clock), payments, scrub, self.place)
        self._seen = HomesSeen(folder)
        self._looked_at = float("-inf")
        self._turn = threading.RLock()

    # -- life -----------------------------------------------------------------------------------------------------

    def begin(self, beat_seconds: int) -> None:
        """Take up every home that is there, each in its turn; the timetable takes a beat every so often."""
        allow_many_files()
        self.turns.begin()
        self.timetable.put(Turn(BEAT, BEAT), self._take_a_beat, beat_seconds)
        self.timetable.scheduler.start()
        self.look()

    def look(self) -> None:
        """Take up homes that came, let go those that went, and try again those whose wait is over; when it is time."""
        now = self.clock.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        try:
            there = {readable(home.relative_to(self.folder)): home for home in self._seen.look()}
        except LotworkError as refused:  # a disk that went away for a while takes no home with it
            if self.unreadable is None:
                log.warning("the folder of homes cannot be looked at", why=str(refused))
            self.unreadable = str(refused)
            return
        self.unreadable = None
        with self._turn:
            new = [name for name in there if name not in self.homes]
            gone = [name for name in self.homes if name not in there]
            self.homes = self.homes | {name: Kept(there[name]) for name in new}  # others look through it meanwhile
            due = [each for each in self.homes.items() if each[1].state == IN_TROUBLE and each[1].again_at <= now]
            fenced = [name for name, kept in self.homes.items() if kept.daemon and kept.daemon.is_fenced]
        for name in gone:
            self._let_go(name)
        for name in fenced:
            self._do(name, self.homes[name], "fenced", self._was_fenced)
        for name in (*(name for name, _ in due), *new):
            self.homes[name].state = BEGINNING
            self._do(name, self.homes[name], "begin", self._take_up)

    def reload(self) -> None:
        """Have every home read its settings anew, each in its turn."""
        with self._turn:
            names = [name for name, each in self.homes.items() if each.state == KEPT]
            for each in self.homes.values():
                each.again_at = float("-inf")
        for name in names:
            self.reload_one(name)
        self._looked_at = float("-inf")

    def reload_one(self, name: str) -> None:
        """Have the home *name* read its settings anew."""
        kept = self.homes.get(name)
        if kept is not None:
            self._do(name, kept, "reload", self._reload)

    def end(self) -> None:
        """Begin no further round, wait a bounded time for those that go on, and close every ledger."""
        if self.timetable.scheduler.running:
            self.timetable.scheduler.shutdown(wait=False)
        for kept in self.homes.values():
            if kept.daemon is not None:
                kept.daemon.stop.set()
        still = self.turns.end(WORKERS_END_SECONDS)
        if still:
            log.warning("left behind within a round; their cursors stand where they were", jobs=still)
        closing = threading.Thread(target=self._close_all, name="close", daemon=True)
        closing.start()
        closing.join(WORKERS_END_SECONDS / 3)

    def _take_a_beat(self) -> None:
        self.beat = self.clock.monotonic()

    def told(self) -> Told:
        """Return how the turns stand."""
        return self.turns.told()

    # -- one home -------------------------------------------------------------------------------------------------

    def _do(self, name: str, kept: Kept, what: str, work: Callable[[str, Kept], None]) -> None:
        """Do *work* of a home in a turn of its own, unless one of the kind waits already."""

        def alone() -> None:
            with kept.turn, bound_contextvars(home=name):
                work(name, kept)

        self.turns.take(Turn(f"{name}/ {what}", f"{name}/", reckons=True), alone)

    def _take_up(self, name: str, kept: Kept) -> None:
        if kept.is_gone:
            return
        before = self._gone.pop(name, None)
        if before is not None:
            with before.turn:
                self._end(name, before)
        failure = outcome(partial(self._begin, name, kept))
        if failure is None:
            kept.state, kept.trouble, kept.failures = KEPT, None, 0
        else:
            self._failed(kept, failure)

    def _reload(self, _: str, kept: Kept) -> None:
        if kept.state == KEPT and kept.daemon is not None:
            kept.daemon.reload()

    def _end(self, _: str, kept: Kept) -> None:
        """End a home that was let go, once: what is scheduled or told under its name later is another's."""
        daemon, kept.daemon = kept.daemon, None
        if daemon is not None:
            daemon.end()

    def _begin(self, name: str, kept: Kept) -> None:
        check_address(kept.home)
        config = load_hosted(kept.home)
        self._means.scrub.learn(config.secrets())
        kept.daemon = self._daemon_of(name, kept, config)
        kept.daemon.begin()

    def _daemon_of(self, name: str, kept: Kept, config: Config) -> HostedHome:
        """Return the daemon of a home: the one that was tried before, where its settings are what they were."""
        before = kept.daemon
        if before is not None and before.config.settings == config.settings:
            return before
        return HostedHome(name, config, self._means, Scrubber(config.secrets()))

    def _failed(self, kept: Kept, failure: Exception) -> None:
        why = str(failure) if isinstance(failure, LotworkError) else f"a bug: {type(failure).__name__}"
        wait = min(FIRST_WAIT_OF_A_HOME * 2.0 ** min(kept.failures, 16), MOST_WAIT_OF_A_HOME)
        if why != kept.trouble:
            bug = None if isinstance(failure, LotworkError) else failure
            log.warning("not kept", why=why, error=type(failure).__name__, exc_info=bug)
        kept.state, kept.trouble, kept.failures = IN_TROUBLE, why, kept.failures + 1
        kept.again_at = self.clock.monotonic() + wait

    def _was_fenced(self, _: str, kept: Kept) -> None:
        if kept.daemon is None:
            return
        failure = outcome(kept.daemon.standing.check)
        if failure is not None:
            kept.daemon.end()
            self._failed(kept, failure)

    def _let_go(self, name: str) -> None:
        kept = self.homes[name]
        self.homes = {other: each for other, each in self.homes.items() if other != name}
        kept.is_gone, self._gone[name] = True, kept
        log.info("let go", home=name)
        if kept.daemon is not None:
            kept.daemon.stop.set()
        self._do(name, kept, "end", self._end)

    def _close_all(self) -> None:
        for kept in self.homes.values():
            if kept.daemon is not None:
                kept.daemon.end()

    def _heard(self, event: JobEvent) -> None:
        """Count and log what the scheduler itself says of a job."""
        home, _, name = event.job_id.partition("/")
        kept = self.homes.get(home)
        if kept is None or kept.daemon is None:
            return
        if event.code == EVENT_JOB_MAX_INSTANCES:
            kept.daemon.still_running(name)
        else:
            kept.daemon.did_not_run(name, "missed" if event.code == EVENT_JOB_MISSED else "error")

    def counts(self) -> Mapping[str, int]:
        """Return how many homes stand how."""
        states = [kept.state for kept in self.homes.values()]
        return {state: states.count(state) for state in (BEGINNING, KEPT, IN_TROUBLE)}


def allow_many_files() -> None:
    """Let this process have as many files open as it may: each home has a lock, and each round a ledger."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if 0 < soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
