"""What the writers of a simulation said, and whether the ledger is as they said it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.verify import verify
from tests.faults.simulated_writer import own


class History:
    """What was begun, done and refused, whoever was killed and however often the power went in between."""

    def __init__(self, programs: Sequence[Sequence[str]]) -> None:
        self.programs = programs
        self.wrong: list[str] = []
        self._last = dict.fromkeys(range(len(programs)), -1)
        self._done: set[tuple[int, int]] = set()
        self._refused: dict[tuple[int, int], str] = {}
        self._heads: dict[int, str] = {}
        self._cursor = 0
        self._claimed: set[int] = set()
        self._fenced: set[int] = set()
        self._behind_a_fence: set[tuple[int, int]] = set()

    def begins(self, writer: int) -> int:
        """Return at which step *writer* goes on when it is started; what it claimed ended with its process."""
        self._forget(writer)
        return self._last[writer] + 1

    def hear(self, words: bytes) -> None:
        """Take in what a writer said."""
        writer, what, step, told = json.loads(words)
        if what == "begins":
            self._last[writer] = step
            if told == "reopen":
                self._forget(writer)
            if told == "append" and writer in self._fenced:
                self._behind_a_fence.add((writer, step))
        elif what == "done":
            self._done.add((writer, step))
            self._claim(writer, self.programs[writer][step])
            self._see(*told["head"])
            self._cursor = max(self._cursor, told["cursor"])
        elif what == "refused":
            self._refused[writer, step] = told
            self._forget(writer)
        else:
            self.wrong.append(f"writer {writer}, step {step}: {told}")

    def _claim(self, writer: int, what: str) -> None:
        if what == "claim":
            self._fenced = (self._fenced | self._claimed) - {writer}
            self._claimed.add(writer)

    def _forget(self, writer: int) -> None:
        self._claimed.discard(writer)
        self._fenced.discard(writer)

    def _see(self, position: int, digest: str) -> None:
        if position and self._heads.setdefault(position, digest) != digest:
            self.wrong.append(f"position {position} was seen with two hashes")

    def check(self, home: Path) -> int:
        """Hold the ledger in *home* against all of it; return how many payouts of the pool stand there."""
        found = verify(home)
        if not found.ok:
            self.wrong.append(found.message)
            return 0
        with EventLog.open(home) as log:
            ids = [event.id for _, event in log.read("main")]
            cursor = int(log.cursor("main", "pool") or 0)
            for position, digest in self._heads.items():
                if log.hash_at("main", position) != digest:
                    self.wrong.append(f"position {position} was seen, and is gone or another: {len(ids)} events stand")
        payouts = [each for each in ids if each.startswith("r")]
        if payouts != [f"r{number}" for number in range(1, cursor + 1)] or cursor < self._cursor:
            self.wrong.append(f"the pool was read to {cursor}, {self._cursor} was told, and recorded are {payouts}")
        own_events = sum(self._stands(ids, writer, step) for writer in self._last for step in self._appends(writer))
        if own_events + len(payouts) != len(ids):
            self.wrong.append(f"events that nobody appended: {ids}")
        return len(payouts)

    def _appends(self, writer: int) -> list[int]:
        return [step for step, what in enumerate(self.programs[writer]) if what == "append"]

    def _stands(self, ids: list[str], writer: int, step: int) -> int:
        """Return how many events of one batch stand in the log: all in a row or none, as it was said."""
        mine = own(writer, step)
        at = ids.index(mine[0]) if mine[0] in ids else len(ids)
        stand = ids[at : at + len(mine)]
        batch, count = f"batch {step} of writer {writer}", sum(each in ids for each in mine)
        if stand != (mine if count else []):
            self.wrong.append(f"{batch} stands in part: {ids}")
        if (writer, step) in self._done and not count:
            self.wrong.append(f"{batch} was acknowledged and is gone")
        if count and "nothing was appended" in self._refused.get((writer, step), ""):
            self.wrong.append(f"{batch} stands, and was refused: {self._refused[writer, step]}")
        if (writer, step) in self._done & self._behind_a_fence:
            self.wrong.append(f"{batch} was appended by a daemon that another had replaced")
        return count
