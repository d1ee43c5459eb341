"""A transaction that may have to be run again: what became of its commit, and whether running it again is safe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

import psycopg

from lotwork.ledger.errors import BusyError, IntegrityError, LotworkError, UnreachableError
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.port import Writing
from lotwork.ledger.storage.postgres.session import Session, is_away

T = TypeVar("T")
WRITER = (0x4C6F7477, 1)
"""The advisory lock of whoever writes, by two numbers: the letters "Lotw", and for what."""


class Attempt(Generic[T]):
    """A transaction that is being run: whether it may be run again, and what became of its commit."""

    def __init__(
        self, work: Callable[[Writing], T], landed: Callable[[Writing, T], bool] | None, *, again: bool
    ) -> None:
        self._work = work
        self._landed = landed
        self._again = again
        self._started = False
        self._in_doubt: list[T] = []
        """What work returned, where the answer to its commit was lost."""

    @property
    def may_run_again(self) -> bool:
        """Return whether it is known, or can be looked up, what running it again does."""
        return self._again or not self._started or bool(self._in_doubt)

    def run(self, at: Session) -> T:
        """Run it once, or return what an earlier run came to, where that turns out to be there."""
        connection = at.connection
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", WRITER)  # whoever was in doubt has ended by now
            if self._in_doubt and self._landed and self._landed(at, self._in_doubt[0]):
                connection.execute("ROLLBACK")
                return self._in_doubt[0]
            self._in_doubt.clear()
            self._refuse_a_second_run()
            hit("append.after_begin")
            self._started = True
            done = self._work(at)
            hit("append.before_commit")
        except BaseException:
            with suppress(psycopg.Error):
                connection.execute("ROLLBACK")
            raise
        self._in_doubt.append(done)
        try:
            ended = connection.execute("COMMIT").statusmessage
        except psycopg.Error as refused:
            if not is_away(refused):
                self._in_doubt.clear()
            raise
        if ended != "COMMIT":
            raise IntegrityError(f"the server answered {ended} to a commit: nothing was appended; report it")
        return done

    def _refuse_a_second_run(self) -> None:
        if self._started and not self._again:
            raise BusyError("the server went away at the commit, and nothing was appended: do it again")

    def told(self, refused: LotworkError) -> LotworkError:
        """Return *refused*, saying so where the fate of a commit could not be looked up."""
        if not self._in_doubt:
            return refused
        return UnreachableError(
            f"{refused}; it went away at a commit, so what was being recorded may be there or not: do the same again "
            "when it is back, and what is there counts once"
        )
