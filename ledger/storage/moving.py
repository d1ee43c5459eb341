"""The ledger of a home moved from one database to another, and declared moved only when both agree, hash by hash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import IntegrityError, UnreachableError
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.carrying import carry
from lotwork.ledger.storage.heads import begin_heads, name_books, read_heads, write_heads
from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.verify import verify_database


class Moved(NamedTuple):
    """Where each book ends, here as there, and what became of the place that was moved from."""

    heads: Mapping[str, Head]
    aside: str


def move(home: Path, source: Database, target: Database, clock: Clock, *, switch: Callable[[], None]) -> Moved:
    """Copy *source* into *target*, verify both, let *switch* point the home there, and retire *source*.

    Nobody writes meanwhile. Whatever fails leaves *source* in force, and the move can be run again: what was copied is
    found and verified anew.
    """
    with source.still():
        whole = verify_database(source, read_heads(home))
        if not whole.ok:
            raise whole.error()
        carry(source, target)
        copied = verify_database(target, whole.heads)
        if not copied.ok or copied.heads != whole.heads:
            why = copied.message or f"{target.place}: the copy does not end where it should"
            raise IntegrityError(f"{why}; nothing was moved: {source.place} stays in force")
        if source.hold():
            raise UnreachableError(
                f"{source.place}: the server was away, and others may have written meanwhile: nothing was moved; move "
                "again"
            )
        begin_heads(home, whole.heads, clock.now())  # other machines may have begun books that are not told here
        write_heads(home, whole.heads.values(), clock.now())
        if target.is_shared:
            name_books(home, whole.heads)
        switch()
        return Moved(whole.heads, source.retire())
