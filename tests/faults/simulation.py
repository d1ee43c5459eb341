"""One machine with two writers, whose disk, network, clock and turns follow a schedule: the same again every time.

Each writer is a process under the shim, and only one of them runs at a time: the one whose turn it is makes as many
calls to the disk as the schedule allows and then stands still before the next, which is done, fails, is done by half,
never comes (kill -9), waits until the other has gone on, or is where the power goes. What a power cut leaves is drawn
from the record of both (power.py), and the writers go on with that. A schedule says only what departs from a quiet
day: without turns both writers do their programs one after the other.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the draws of tests
from typing import NamedTuple

from tests.faults.power import NOTE, Call, Disk, record
from tests.faults.simulated_history import History
from tests.faults.simulated_process import END, Crew, Job, Process
from tests.faults.simulated_writer import AGAIN, MORE, SILENT

STEPS = ("append", "poll", "read", "verify", "reopen", "claim")
TURNS = ("the other", "power", "kill", "EIO", "ENOSPC", "full", "short", "frozen", "clock")
"""What can come at a call: the other's turn; the power goes; kill -9; it fails; the disk is full for some calls; it is
done by half; the process stands still while the other asks so often; the wall clock steps, forth or back."""
ANSWERS = ("whole", "slow", "again", "silent")
"""What the pool does: tells what is new; lets the other go first; repeats a payout that is known; says nothing."""
ERRORS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC}
DONE, FAIL, SHORT = range(3)
LONG = 1 << 40
PAGE = 3
MOST_WAITS = 50_000
FROZEN_WAIT_MICROS = 1_000_000
"""So long is each wait for a process that stands still: whoever waits gives up while it does."""
HOUR_MICROS = 3_600_000_000
CLEAN_UP = ("poll", "append", "verify")
"""What a third writer does in the end, when nothing fails any more."""


class Turn(NamedTuple):
    """After so many calls of both writers *what* comes; *number* (0 to 255) says how much of it."""

    calls: int
    what: str
    number: int = 0


@dataclass(frozen=True)
class Schedule:
    """The steps of both writers, what departs from a quiet day, and what the pool does at each question."""

    programs: tuple[tuple[str, ...], ...]
    turns: tuple[Turn, ...] = ()
    answers: tuple[str, ...] = ()


class PowerCutError(Exception):
    """The power goes; what is left of the disk is drawn by the number."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__()


@dataclass
class Simulation:
    """A run of one schedule in an empty folder; `broken` names what is broken in the writers, to be found."""

    schedule: Schedule
    folder: Path
    crew: Crew
    broken: str = ""
    story: list[str] = field(default_factory=list)
    """What came to pass."""
    history: History = field(init=False)
    _root: Path = field(init=False)
    _trace: Path = field(init=False)
    _turns: Iterator[Turn] = field(init=False)
    _answers: Iterator[str] = field(init=False)
    _left: int = LONG
    _turn: Turn | None = None
    _full: int = 0
    _wall: int = 0
    _elapsed: int = 0
    _payouts: int = 2
    _boots: int = 0
    _waits: int = 0

    def run(self) -> list[str]:
        """Follow the schedule, then let a writer that nothing hinders bring in the rest; return what was wrong."""
        programs = (*self.schedule.programs, CLEAN_UP)
        self.history = History(programs)
        self._turns, self._answers = iter(self.schedule.turns), iter(self.schedule.answers)
        self._next_turn()
        root = self.folder / "root-0"
        root.mkdir()
        try:
            while (left := self._boot(root, range(len(programs) - 1))) is not None:
                root = left
                self._check(root)
            self._check(root)
            self._turns, self._answers, self._turn, self._left, self._full = iter(()), iter(()), None, LONG, 0
            self._boot(root, (len(programs) - 1,))
            if self._check(root) != self._payouts:
                self.history.wrong.append(f"the pool has paid {self._payouts} times, and not all of it is recorded")
        except TimeoutError:
            self.history.wrong.append("a writer stands still for ever")
        finally:
            for process in tuple(self.crew.at_work):
                self.crew.kill(process)
        return self.history.wrong

    def _check(self, root: Path) -> int:
        """Hold a copy of the home against what was told; return how many payouts stand there."""
        copy = self.folder / "checked"
        shutil.copytree(root, copy)
        payouts = self.history.check(copy / "home")
        shutil.rmtree(copy)
        return payouts

    # -- one boot: from power on to the end of the programs, or to a power cut ---------------------------------------

    def _boot(self, root: Path, numbers: range | tuple[int, ...]) -> Path | None:
        """Let the writers *numbers* go on with their programs; return what a power cut left, None where none came."""
        self._root, self._trace, self._told = root, self.folder / f"trace-{self._boots}", 0
        self._boots += 1
        disk = Disk.of(root)
        for number in numbers:
            self._start(number)
        on = numbers[0]
        try:
            while self.crew.at_work:
                on = self._meet(self._chosen(on))
        except PowerCutError as cut:
            for process in tuple(self.crew.at_work):
                self.crew.kill(process)
            left = self.folder / f"root-{self._boots}"
            for call in self._learn():
                disk.follow(call)
            disk.leave(left, Random(cut.number))  # noqa: S311 - draws what is left
            return left
        self._learn()
        return None

    def _chosen(self, on: int) -> Process:
        """Return the process that goes on: *on*, or the other where that one has ended or is frozen."""
        able = [each for each in self.crew.at_work if not each.frozen] or self.crew.at_work
        return next((each for each in able if each.number == on), able[0])

    def _meet(self, process: Process) -> int:
        """Answer what *process* asks, or keep it back; return whose turn it is next."""
        held, process.held = process.held, False
        if process.what == "call" and not held:
            return self._call(process)
        if process.what == "wait" and not held:
            return self._wait(process)
        if process.what == "fetch":
            return self._fetch(process, held=held)
        if process.what in {END, ""}:
            if process.what != END:
                self.history.wrong.append(f"writer {process.number} died")
            other = self._other(process)
            self.crew.rest(process)
            return other
        return self._answer(process)

    def _answer(self, process: Process, verdict: int = DONE, number: int = 0) -> int:
        """Let *process* go on until it asks again."""
        calls = 0 if self._full else max(0, self._left)
        self._left -= process.answer(verdict, number, calls, self._wall + self._elapsed, self._elapsed)
        for each in self.crew.at_work:
            each.frozen -= each.frozen > 0
        return process.number

    def _hold(self, process: Process) -> int:
        """Keep back what *process* asks until the other has gone on."""
        process.held = True
        return self._other(process)

    def _other(self, process: Process) -> int:
        return next((each.number for each in self.crew.at_work if each is not process), process.number)

    def _next_turn(self) -> None:
        self._turn = next(self._turns, None)
        self._left = self._turn.calls if self._turn else LONG

    # -- what comes at a call, a wait, a question to the pool ----------------------------------------------------------

    def _call(self, process: Process) -> int:
        if self._full:
            self._full -= 1
            return self._answer(process, FAIL, errno.ENOSPC)
        turn = self._turn
        if turn is None or self._left > 0:
            return self._answer(process)
        self._learn()
        self.story.append(f"writer {process.number}, before it does {process.words}: {turn.what} {turn.number}")
        self._next_turn()
        if turn.what == "power":
            raise PowerCutError(turn.number)
        if turn.what == "kill":
            other = self._other(process)
            self.crew.kill(process)
            self._start(process.number)
            return other
        if turn.what in ERRORS:
            return self._answer(process, FAIL, ERRORS[turn.what])
        if turn.what == "short":
            return self._answer(process, SHORT)
        if turn.what == "clock":
            self._wall += (turn.number - 128) * HOUR_MICROS
            return self._answer(process)
        if turn.what == "full":
            self._full = turn.number
            return self._call(process) if self._full else self._answer(process)
        process.frozen = turn.number if turn.what == "frozen" else 0
        return self._hold(process)

    def _wait(self, process: Process) -> int:
        self._waits += 1
        if self._waits > MOST_WAITS:
            raise TimeoutError
        frozen = any(each.frozen for each in self.crew.at_work)
        self._elapsed += FROZEN_WAIT_MICROS if frozen else int(process.words)
        return self._answer(process) if frozen else self._hold(process)

    def _fetch(self, process: Process, *, held: bool) -> int:
        how = "whole" if held else next(self._answers, "whole")
        if how == "slow":
            return self._hold(process)
        if how == "silent":
            return self._answer(process, DONE, SILENT)
        self._payouts += 1
        last = min(int(process.words) + PAGE, self._payouts)
        flags = (AGAIN if how == "again" else 0) | (MORE if last < self._payouts else 0)
        return self._answer(process, DONE, 4 * last + flags)

    # -- the writers -------------------------------------------------------------------------------------------------

    def _start(self, number: int) -> None:
        """Start the writer *number*; it goes on behind the step that it began last."""
        program, first = self.history.programs[number], self.history.begins(number)
        self.crew.start(Job(number, self._root, self._trace, program, first, self.broken))

    def _learn(self) -> list[Call]:
        """Return every call of this boot; what was said since this was asked last is taken into the history."""
        calls = record(self._trace) if self._trace.exists() else []
        for call in calls[self._told :]:
            if call.kind == NOTE:
                self.story.append(call.data.decode())
                self.history.hear(call.data)
        self._told = len(calls)
        return calls
