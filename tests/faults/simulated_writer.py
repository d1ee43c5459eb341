"""What one of the two writers of a simulation does: its program, and what it says of each step.

It runs in a process of its own under the shim. Its clock is that of the simulation, and what a pool answers it is told.
Every word goes into the record of what was done, so that nothing counts as said that a crash came before.
"""

from __future__ import annotations

import ctypes
import gc
import json
import traceback
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from lotwork.ingest.ports import Page
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import BusyError, LotworkError, SourceUnreachableError, StorageError
from lotwork.ledger.storage import appending
from lotwork.ledger.storage.batch import Appended
from lotwork.ledger.storage.port import Writing
from lotwork.ledger.storage.sqlite import connection as sqlite
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch, EventStore
from tests.ledger.making import receipt, receipts

SHIM = ctypes.CDLL(None)
EVENTS = 3
"""So many a batch."""
MORE, AGAIN = 1, 2
"""What is added to four times the last payout of an answer: there is more; it begins with one that is known."""
SILENT = -1


class SimulatedClock:
    """The clock of the simulation, and so of both writers."""

    def now(self) -> datetime:
        """Return the instant, which may step back."""
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=SHIM.faults_wall())

    def monotonic(self) -> float:
        """Return the seconds since the simulation began."""
        return float(SHIM.faults_elapsed() / 1e6)

    def sleep(self, seconds: float) -> None:
        """Let the others go on."""
        SystemClock().sleep(seconds)  # the shim asks, and no time passes


class SimulatedPool:
    """A pool whose payouts are numbered from 1; a cursor is the last number that was told."""

    name, book = "pool", "main"

    def fetch_since(self, cursor: str | None) -> Page:
        """Return the payouts after *cursor* that the simulation has for us."""
        told = SHIM.faults_ask(f"fetch {cursor or 0}".encode())
        if told == SILENT:
            raise SourceUnreachableError("pool: did not answer; nothing was recorded")
        last, first = told // 4, int(cursor or 0) + 1
        payouts = receipts(max(1, first - 1) if told & AGAIN else first, last)
        return Page(events=tuple(payouts), cursor=str(last), more=bool(told & MORE))


def own(writer: int, step: int) -> list[str]:
    """Return the ids of the events that *writer* appends in *step*."""
    return [f"w{writer}-{step}-{number}" for number in range(EVENTS)]


class SimulatedWriter:
    """A writer at work: it opens the ledger where it must, and again after a refusal."""

    def __init__(self, home: Path, number: int) -> None:
        for told in (SHIM.faults_ask, SHIM.faults_wall, SHIM.faults_elapsed):
            told.restype = ctypes.c_longlong
        self.home = home
        self.number = number
        self.clock = SimulatedClock()
        self.store: EventStore | None = None

    def work(self, program: Iterable[str], first: int) -> None:
        """Do the steps of *program* that come after the *first*, one by one."""
        for step, what in enumerate(program):
            if step < first:
                continue
            self._say("begins", step, what)
            said, told = self._try(what, step)
            self._say(said, step, told)
            if said != "done":
                self._let_go()
        self._let_go()

    def _try(self, what: str, step: int) -> tuple[str, object]:
        try:
            return "done", self._do(what, step)
        except (BusyError, StorageError, SourceUnreachableError) as refused:
            return "refused", str(refused)
        except BaseException:  # noqa: BLE001 - what must never come is what is looked for
            return "broke", traceback.format_exc()

    def _do(self, what: str, step: int) -> dict[str, object]:
        """Do *what*; return what was seen and so must stand for ever."""
        if what == "reopen":
            self._let_go()
        if self.store is None:
            self.store = EventStore.open(self.home, clock=self.clock)
        store = self.store
        if what == "append":
            events = [msgspec.structs.replace(receipt(step), id=each, source=None) for each in own(self.number, step)]
            (done,) = store.append(Batch("main", events))
            return {"head": [done.head.position, done.head.hash], "cursor": 0}
        if what == "poll":
            watch_once(SimulatedPool(), store)
        if what == "claim":
            store.claim()
        if what == "verify":
            found = verify(self.home)
            assert found.ok, found.message
        if what == "read":
            positions = [position for position, _ in store.read("main")]
            assert positions == list(range(1, len(positions) + 1)), positions
        head = store.head("main")
        return {"head": [head.position, head.hash], "cursor": int(store.cursor("main", "pool") or 0)}

    def _let_go(self) -> None:
        store, self.store = self.store, None
        if store is not None:
            with suppress(LotworkError):
                store.close()
            del store
            gc.collect()

    def _say(self, what: str, step: int, told: object) -> None:
        SHIM.faults_note(json.dumps([self.number, what, step, told]).encode())


# -- what the simulation must find ------------------------------------------------------------------------------------


def _unsynced() -> None:
    """Let SQLite wait for no disk."""
    vars(sqlite)["WRITERS"] = tuple(each.replace("= EXTRA", "= OFF") for each in sqlite.WRITERS)


def _in_two() -> None:
    """Record each batch in two transactions."""
    whole = EventStore.append

    def append(store: EventStore, *batches: Batch) -> tuple[Appended, ...]:
        for batch in batches:
            first, *_ = batch.events
            whole(store, Batch(batch.book, (first,)))
        return whole(store, *batches)

    setattr(EventStore, "append", append)  # noqa: B010 - in this process only


def _unchecked() -> None:
    """Move a cursor wherever it stands by then."""
    checked = appending._move_cursor

    def unchecked(at: Writing, batch: Batch, now_us: int) -> None:
        if batch.cursor is not None:
            known = at.all("SELECT cursor FROM cursors WHERE source = ?", (batch.cursor.source,))
            move = msgspec.structs.replace(batch.cursor, before=known[0][0] if known else None)
            batch = msgspec.structs.replace(batch, cursor=move)
        checked(at, batch, now_us)

    vars(appending)["_move_cursor"] = unchecked


BROKEN = {"unsynced": _unsynced, "in two": _in_two, "unchecked": _unchecked}
