"""Which books there are: those of one home, in its file or on its server, or of every home in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lotwork.commands.ended import ended_by
from lotwork.ledger.errors import LotworkError, UsageError
from lotwork.ledger.storage.heads import named_books
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from lotwork.reports.books import FailureRow
from lotwork.service.home import check_home
from lotwork.service.ledger_place import CONFIG, ledger_settings, open_log


class Place(NamedTuple):
    """Where a book is: its home's folder, and its name there."""

    home: str
    book: str


class Places(NamedTuple):
    """The books there are, and the homes that could not be read."""

    books: tuple[Place, ...]
    unread: tuple[FailureRow, ...]


class _Ledger(NamedTuple):
    """The ledger of a home: where it is, which books it has, and which of them this home was told of."""

    place: str
    books: tuple[str, ...]
    own: frozenset[str]


def places(home: Path, homes: Path | None, book: str | None) -> Places:
    """Return the books of *home*, or of every home in the folder *homes*; only those called *book* where it is named.

    A home that cannot be read stands among those unread, and stops no other; *home* itself must be there. Homes that
    share a server see the same books: each is asked once, through the home that was told of it, else the first one.
    """
    if homes is None:
        return Places(tuple(Place(str(home), each) for each in _ledger(home).books if book in (None, each)), ())
    ledgers: dict[Path, _Ledger] = {}
    unread: list[FailureRow] = []
    for each in _homes(homes):
        try:
            ledgers[each] = _ledger(each)
        except (LotworkError, OSError) as failure:
            ended = ended_by(failure)
            words = ended.words.split("\n", 1)[0]
            unread.append(FailureRow(home=str(each), book=None, exit_code=ended.code, error=ended.error, message=words))
    through: dict[tuple[str, str], Path] = {}
    for each, ledger in sorted(ledgers.items(), reverse=True):
        through |= {(ledger.place, name): each for name in ledger.books}
    for each, ledger in sorted(ledgers.items(), reverse=True):
        through |= {(ledger.place, name): each for name in ledger.books if name in ledger.own}
    told = sorted((str(each), name) for (_, name), each in through.items() if book in (None, name))
    return Places(tuple(Place(*each) for each in told), tuple(unread))


def _homes(folder: Path) -> Iterator[Path]:
    """Yield the homes in *folder*: its folders that hold a ledger, or settings that name a server."""
    try:
        inside = sorted(each for each in folder.iterdir() if each.is_dir())
    except OSError as refused:
        raise UsageError(f"--homes {folder}: it cannot be read ({refused}): name a folder of homes") from refused
    for each in inside:
        if (each / FILE_NAME).is_file() or _names_a_server(each):
            yield each


def _names_a_server(home: Path) -> bool:
    """Say if the settings of *home* name a server, or cannot be read: then it is a home, and is told as such."""
    try:
        return (home / CONFIG).is_file() and ledger_settings(home).url is not None
    except LotworkError:
        return True


def _ledger(home: Path) -> _Ledger:
    with open_log(home, check_heads=False) as log:
        check_home(log)
        books = log.books()
        own = named_books(home) if log.database.is_shared else frozenset(books)
        return _Ledger(log.database.place, books, own)
