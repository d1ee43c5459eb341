"""What a database must do to keep the ledger: lend a look at it, run one transaction, and be one daemon's.

Everything else is written once, above: the questions (`log`), the way in (`ledger.store`), verification and moving.
They speak SQL that SQLite and PostgreSQL both know, with a `?` for each value; where the two differ, `Dialect` has the
words. `tests/ledger/storage/contract` holds every database to the same promises.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

import msgspec

Values: TypeAlias = Sequence[Any]
T = TypeVar("T")


class Dialect(msgspec.Struct, frozen=True):
    """The words that differ from one database to the other."""

    among: str
    """What follows a column that must be one of the texts in a value that `listed` made."""
    listed: Callable[[Collection[str]], Any]
    by_index: Callable[[str], str]
    """What follows `FROM events` where one index answers; empty where the database finds it alone."""


class Reading(Protocol):
    """A look at the database."""

    def all(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its few rows."""
        ...

    def stream(self, sql: str, values: Values = ()) -> Generator[tuple[Any, ...], None, None]:
        """Yield the rows of a query, which may be millions, as of when it began."""
        ...

    def blocks(self, sql: str, values: Values = ()) -> Generator[list[tuple[Any, ...]], None, None]:
        """Yield the same rows, many at a time; where one cannot be read, those just before it may be lost with it."""
        ...

    def fault(self) -> str | None:
        """Return what is not as the ledger was made: a guard, a table, an index; None where all is."""
        ...

    def damage(self) -> str | None:
        """Return what the database itself finds damaged, which no hash can tell; None where nothing is."""
        ...


class Writing(Reading, Protocol):
    """A transaction of the one who is writing now."""

    @property
    def dialect(self) -> Dialect:
        """Return the words of this database."""
        ...

    def insert(self, table: str, rows: Iterable[Values]) -> None:
        """Store many whole rows, in the order of the table's columns."""
        ...


class Database(Protocol):
    """A database that keeps the ledger of one home."""

    @property
    def dialect(self) -> Dialect:
        """Return the words of this database."""
        ...

    @property
    def place(self) -> str:
        """Return where it is, as a message says it: never with a secret in it."""
        ...

    @property
    def is_shared(self) -> bool:
        """Return whether other homes may write here too: the heads told in this one are not all, then."""
        ...

    def stands(self) -> object:
        """Return which ledger stands there now; another answer means that another took its place, by a restore."""
        ...

    def begun(self) -> bool:
        """Return whether there is a ledger; IntegrityError where another program's, or a newer format's, is."""
        ...

    def begin(self) -> None:
        """Make the tables and guards of a new ledger, whole or not at all."""
        ...

    def reading(self) -> AbstractContextManager[Reading | None]:
        """Lend a look for one question; None where there is no ledger yet."""
        ...

    def snapshot(self) -> AbstractContextManager[Reading | None]:
        """Lend a look that stays as of one instant, whoever writes meanwhile."""
        ...

    def write(
        self, work: Callable[[Writing], T], *, landed: Callable[[Writing, T], bool] | None = None, again: bool = True
    ) -> T:
        """Run *work* in one transaction, alone, and return what it returned once that is on the disk.

        BusyError after ten seconds behind another writer. Where a connection broke, *work* may be run *again*; where
        it broke at the commit, *landed* says whether what *work* returned is there.
        """
        ...

    def hold(self) -> bool:
        """Be the one daemon of this database, or see that we still are; StandbyError where another one is.

        True where the database was away since this was asked last: another may have come back in its place.
        """
        ...

    def still(self) -> AbstractContextManager[None]:
        """Let nobody write until the end."""
        ...

    def copy(self, file: Path) -> None:
        """Write everything, as of one instant, into the new SQLite database *file*."""
        ...

    def condition(self) -> tuple[str, str]:
        """Return what runs there, and what to mend where its own settings put what it acknowledged at risk."""
        ...

    def grant(self, role: str) -> None:
        """Let *role* append and read, and change nothing; where there are no roles this is refused."""
        ...

    def retire(self) -> str:
        """Let nobody take this ledger for the one in force, since it was moved away; return what became of it."""
        ...

    def close(self) -> None:
        """Close every connection; the next use opens them again."""
        ...
