"""Where the home is: the folder that a person names, or the one that holds all state where nobody does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lotwork.ledger.errors import BookNotFoundError, HomeNotFoundError, StorageError, UsageError
from lotwork.ledger.near_names import near_name
from lotwork.ledger.storage.batch import DEMO_BOOK, MAIN_BOOK
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from lotwork.ledger.storage.sqlite.database import Sqlite

if TYPE_CHECKING:
    from lotwork.ledger.storage.log import EventLog

ENVIRONMENT = "LOTWORK_HOME"


def default_home() -> Path:
    """Return the folder that holds all state where none is named."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return home_at(named)
    import platformdirs  # noqa: PLC0415 - only asked where nobody said

    return Path(platformdirs.user_data_dir("lotwork", appauthor=False))


def home_at(place: str) -> Path:
    """Return the folder *place* names; a ~ that stands for nobody's folder is refused."""
    try:
        return Path(place).expanduser()
    except RuntimeError as nobody:
        raise UsageError(f"--home {place}: {nobody}: name the folder in full") from nobody


def check_home(log: EventLog) -> None:
    """Raise HomeNotFoundError, with the name that was perhaps meant, where the home of *log* has no ledger to read."""
    home, database = log.home, log.database
    if not isinstance(database, Sqlite):
        if database.begun():
            return
        raise HomeNotFoundError(
            f"{database.place}: holds no ledger yet: make one with `lotwork ledger init`, or bring one with "
            "`lotwork ledger move --to`"
        )
    try:
        there = (home / FILE_NAME).is_file()
    except OSError as refused:
        raise StorageError(f"{home}: cannot be read ({refused}): check whose folder it is") from refused
    if there:
        return
    near = near_name(home.name, (place.name for place in _homes_beside(home)))
    meant = f"did you mean {home.parent / near}? " if near else ""
    raise HomeNotFoundError(
        f"{home}: holds no ledger: {meant}name the folder that `lotwork --home` or {ENVIRONMENT} is given, or make one "
        "with `lotwork init` or `lotwork import`"
    )


def check_book(log: EventLog, book: str) -> None:
    """Raise BookNotFoundError, with the name that was perhaps meant, where *log* holds no such book.

    A ledger that nothing was written to yet has the book every ledger begins with.
    """
    books = log.books()
    if book in books or (book == MAIN_BOOK and not books):
        return
    near = near_name(book, books)
    meant = f"did you mean {near!r}? " if near else ""
    built = "; `lotwork demo` builds it" if book == DEMO_BOOK else ""
    raise BookNotFoundError(
        f"{log.home}: holds no book {book!r}: {meant}here are {', '.join(books) or 'no books yet'}{built}"
    )


def _homes_beside(home: Path) -> list[Path]:
    """Return the folders beside *home* that hold a ledger."""
    try:
        return [place for place in home.parent.iterdir() if (place / FILE_NAME).is_file()]
    except OSError:
        return []
