"""When each round is due, by APScheduler, and the threads that do them: one for one job, or fair turns for all."""

from __future__ import annotations

import sys
import threading
from functools import partial
from queue import SimpleQueue
from typing import Any

from apscheduler.executors.base import BaseExecutor, run_job

from lotwork.hosting.turns import FairTurns, Turn

TICK_SECONDS, BEAT_SECONDS = 1.0, 5
STILL_SECONDS = 30.0
"""A scheduler that has not run its heartbeat for so long has stopped, and systemd hears no more of us."""
WORKERS_END_SECONDS = 4.5


class Guarded(BaseExecutor):  # type: ignore[misc] # apscheduler ships no types
    """Does a job so that nothing it raises ends the thread that does it."""

    def _run(self, job: Any, run_times: Any) -> None:
        try:
            events = run_job(job, job._jobstore_alias, run_times, self._logger.name)  # noqa: SLF001 - its protocol
        except BaseException:  # noqa: BLE001 - the worker outlives any job
            self._run_job_error(job.id, *sys.exc_info()[1:])
        else:
            self._run_job_success(job.id, events)


class OneWorker(Guarded):
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
            self._run(*item)

    def shutdown(self, wait: bool = True) -> None:  # noqa: FBT001, FBT002 - apscheduler's signature
        """End the thread after the job it is at; *wait* for that a bounded time."""
        self._queue.put(None)
        if wait:
            self._thread.join(WORKERS_END_SECONDS)

    def join(self, seconds: float) -> bool:
        """Wait for the thread at most *seconds*; return whether it ended."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()


class FairWorkers(Guarded):
    """Every job in its turn, by threads that all share."""

    def __init__(self, turns: FairTurns) -> None:
        super().__init__()
        self._turns = turns
        self._of: dict[str, Turn] = {}

    def know(self, turn: Turn) -> None:
        """Know whose the job is that has the name of *turn*."""
        self._of[turn.name] = turn

    def dismiss(self, name: str) -> None:
        """Let the job *name* wait for its turn no more, once it is scheduled no more."""
        turn = self._of.pop(name, None)
        if turn is not None and self._turns.forget(turn):
            self._run_job_success(name, [])  # it is at no round any more

    def _do_submit_job(self, job: Any, run_times: Any) -> None:
        self._turns.take(self._of[job.id], partial(self._run, job, run_times))
