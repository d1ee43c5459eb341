"""One look at one source: ask from the stored cursor, record what is new, move the cursor with it.

Fetching is at least once; ids are unique for ever and the cursor moves in the transaction that stores the events:
the effect is exactly once. A crash between the two steps asks the same question again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from lotwork.ingest.ports import Page, ReceiptSource, Recorder
from lotwork.ledger.errors import LotworkError, SourceRefusedError
from lotwork.ledger.storage.batch import Batch, CursorMove, Message

MOST_PAGES = 1_000
"""Pages read in one look; what is left waits for the next, so that no source keeps a worker for ever."""


def never() -> bool:
    """Return False: nobody asks the look to end early."""
    return False


def quiet(_words: str) -> None:
    """Tell nobody."""


def uncounted(_new: int) -> None:
    """Count nothing."""


def watch_once(
    source: ReceiptSource,
    recorder: Recorder,
    *,
    most_pages: int = MOST_PAGES,
    stop: Callable[[], bool] = never,
    tell: Callable[[str], None] = quiet,
    alert: Callable[[str], None] | None = None,
    progress: Callable[[str], None] = quiet,
    recorded: Callable[[int], None] = uncounted,
) -> int:
    """Record what *source* has after its cursor; return how many events were new, and *tell* what was left out.

    What a person must look at is told to *alert*; left out, with all else that is told. What a source that fails has in
    suspense is recorded before it fails.
    *progress* is told, after each page, how far a long reading has come, and *recorded* how many events of the page
    were new: where a later page fails, those before it stand.

    Reads page by page, each page committed before the next is asked for, until the source has no more, *most_pages*
    were read, or *stop* says so: the page it had asked for is then not recorded, and is asked for again another time. A
    source that promises more without moving its cursor to a new place is refused: it would be asked the same question
    for ever.
    """
    cursor = recorder.cursor(source.book, source.name)
    seen = {_mark(cursor)}
    new = 0
    for _ in range(most_pages):
        try:
            page = source.fetch_since(cursor)
        except LotworkError as refused:
            if refused.in_suspense and not stop():
                (kept,) = recorder.append(Batch(source.book, refused.in_suspense))
                recorded(len(kept.new))
            raise
        if stop():
            break
        if page.more and _mark(page.cursor) in seen:
            raise SourceRefusedError(
                f"{source.name}: page after cursor {cursor!r}: it promises more but leads back to {page.cursor!r}: "
                "nothing of it was recorded; report this, the source's paging runs in a circle"
            )
        of_page = record(source, recorder, cursor, page)
        recorded(of_page)
        new += of_page
        if page.left_out is not None:
            tell(page.left_out)
        for words in page.alerts:
            (alert or tell)(words)
        if page.progress is not None:
            progress(page.progress)
        if not page.more:
            break
        cursor = page.cursor
        seen.add(_mark(cursor))
    return new


def _mark(cursor: str | None) -> bytes:
    """Return what a cursor is known by: one may be long, and a look may pass a thousand."""
    return b"" if cursor is None else hashlib.sha256(cursor.encode()).digest()


def record(source: ReceiptSource, recorder: Recorder, cursor: str | None, page: Page) -> int:
    """Append *page* and the move from *cursor* to its own in one transaction; return how many events were new."""
    move = None if page.cursor == cursor else CursorMove(source.name, cursor, page.cursor)
    if move is None and not page.events:
        return 0
    alerts = tuple(_alert(source, words) for words in page.alerts)
    (appended,) = recorder.append(Batch(source.book, page.events, cursor=move, outbox=alerts))
    return len(appended.new)


def _alert(source: ReceiptSource, words: str) -> Message:
    """Return the alert that says *words* of *source*, once however often they are said."""
    digest = hashlib.sha256(f"{source.book}\x00{source.name}\x00{words}".encode()).hexdigest()[:32]
    return Message(f"source:{digest}", f"Look at the source {source.name}", words)
