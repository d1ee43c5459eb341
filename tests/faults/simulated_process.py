"""The processes of a simulation: each stands still at its question until it is answered, and does job after job.

A process that was killed is gone, and the next job begins a new one; one that came to its end waits for the next
simulation, since to begin anew costs more than what it then does.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import struct
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the draws of tests

from tests.faults.simulated_writer import BROKEN, SHIM, SimulatedWriter
from tests.patience import PATIENCE_SECONDS

ANSWER = struct.Struct("<5q")
"""Verdict, number, calls until it asks again, microseconds of the wall clock, of the monotonic clock."""
MOST_BYTES = 1 << 13
END = "end"


@dataclass(frozen=True)
class Job:
    """What a writer is to do: *program* in *root* from the step *first*, and the file its calls are recorded in."""

    number: int
    root: Path
    trace: Path
    program: Sequence[str]
    first: int
    broken: str = ""


@dataclass
class Process:
    """A writer at work, and what it asks."""

    pid: int
    line: socket.socket
    job: Job
    what: str = ""
    """begin, call, wait, fetch or end; nothing where it died."""
    words: str = ""
    held: bool = False
    """Whether its question was kept back for the other's sake."""
    frozen: int = 0

    @property
    def number(self) -> int:
        """Which writer it is."""
        return self.job.number

    def answer(self, verdict: int, number: int, calls: int, wall: int, elapsed: int) -> int:
        """Let it go on until it stands still again; return how many calls it made."""
        self.line.send(ANSWER.pack(verdict, number, calls, wall, elapsed))
        return self.hear()

    def hear(self) -> int:
        """Wait until it stands still."""
        said = self.line.recv(MOST_BYTES).decode(errors="replace")
        made, _, asked = said.partition(" ")
        self.what, _, self.words = asked.partition(" ")
        return int(made or 0)

    def begin(self, job: Job) -> None:
        """Give it a job."""
        self.job, self.held, self.frozen = job, False, 0
        told = (job.number, str(job.root), str(job.trace), job.program, job.first, job.broken)
        self.line.send(json.dumps(told).encode())
        self.hear()

    def kill(self) -> None:
        """End it as kill -9 does."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.line.close()


@dataclass
class Crew:
    """Processes that wait for a job."""

    spare: list[Process] = field(default_factory=list)
    at_work: list[Process] = field(default_factory=list)

    def start(self, job: Job) -> Process:
        """Return a process that stands before the beginning of *job*."""
        process = self.spare.pop() if self.spare else self._born(job)
        self.at_work.append(process)
        process.begin(job)
        return process

    def rest(self, process: Process) -> None:
        """Take back a *process* that came to its end; one that died or was broken on purpose is of no more use."""
        if process.what == END and not process.job.broken:
            self.at_work.remove(process)
            self.spare.append(process)
        else:
            self.kill(process)

    def kill(self, process: Process) -> None:
        """End *process* as kill -9 does."""
        self.at_work.remove(process)
        process.kill()

    def disband(self) -> None:
        """End all."""
        for process in (*self.at_work, *self.spare):
            process.kill()
        self.at_work, self.spare = [], []

    def _born(self, job: Job) -> Process:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            for line in (here, *(each.line for each in (*self.at_work, *self.spare))):
                line.close()
            os._exit(serve(there))
        there.close()
        here.settimeout(PATIENCE_SECONDS)
        return Process(pid, here, job)


def serve(line: socket.socket) -> int:
    """Do one job after another until nobody has one any more."""
    gc.disable()  # what is dropped is closed when the writer says so, the same in every run
    away = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(away, descriptor)
    while said := line.recv(MOST_BYTES):
        number, root, trace, program, first, broken = json.loads(said)
        if broken:
            BROKEN[broken]()
        vars(os)["urandom"] = Random(number).randbytes  # noqa: S311 - so that ids and hashes are the same in every run
        vars(tempfile)["_name_sequence"] = (f"{number}-{each}" for each in count())
        SHIM.faults_asked(root.encode(), line.fileno(), trace.encode())
        SimulatedWriter(Path(root, "home"), number).work(program, first)
        SHIM.faults_rest()
        line.send(f"0 {END}".encode())
    return 0
