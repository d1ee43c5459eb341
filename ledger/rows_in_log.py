"""What the log holds that rows of a file may have become, and which of the names they would take it has given away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lotwork.ledger.events import Correction, Event
from lotwork.ledger.history import Log
from lotwork.ledger.known_rows import FROM_A_FILE, RowRead


def may_have_become(log: Log, book: str, rows: Iterable[RowRead]) -> Iterator[Event]:
    """Yield what *log* holds that *rows* may have become: what their source told, or a file without one."""
    sources = {FROM_A_FILE, *(row.event.source or FROM_A_FILE for row in rows)}
    for source in sorted(sources):
        said = (event for _, event in log.read(book, source=source))
        yield from (event for event in said if not isinstance(event, Correction))
    names = [name for row in rows for name in (row.event.id, row.former)]
    yield from (event for _, event in log.read(book, ids=names))


def names_in(log: Log, book: str, names: Collection[str]) -> set[str]:
    """Return those of *names* that *log* has, whoever told of them."""
    return {event.id for _, event in log.read(book, ids=names)} if names else set()
