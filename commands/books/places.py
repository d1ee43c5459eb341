"""Which books there are: those of one home, in its file or on its server, or of every home in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from lotwork.commands.ended import ended_by
from lotwork.ledger.errors import LotworkError, UnreachableError
from lotwork.ledger.storage.files import identity
from lotwork.ledger.storage.heads import heads_file, look, named_books
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from lotwork.reports.books import FailureRow
from lotwork.service.home import check_book, check_home
from lotwork.service.homes import check_name, homes_in, readable
from lotwork.service.ledger_place import ledger_settings, open_log


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
    books: frozenset[str]
    own: frozenset[str]


def places(home: Path, homes: Path | None, book: str | None) -> Places:
    """Return the books of *home*, or of every home in the folder *homes*; only those called *book* where it is named.

    A home that cannot be read stands among those unread, and stops no other; *home* itself must be there. Homes that
    share a server, or a file by a link, see the same books: each is asked once, through the home that was told of it,
    else the first one. A book that only the heads tell of is one too: it says itself that its events are missing.
    """
    if homes is None:
        check_name(home)
        home = home.absolute()
        own = _ledger(home, {}).books
        if book is not None and book not in own:
            with open_log(home, check_heads=False) as log:
                check_book(log, book)
        return Places(tuple(Place(str(home), each) for each in sorted(own) if book in (None, each)), ())
    check_name(homes)
    ledgers: dict[Path, _Ledger] = {}
    servers: dict[str, _Ledger | UnreachableError] = {}
    unread: list[FailureRow] = []
    for each in homes_in(homes.absolute()):
        try:
            check_name(each)
            ledgers[each] = _ledger(each, servers)
        except (LotworkError, OSError) as failure:
            unread.append(_unread(each, failure))
    through: dict[tuple[str, str], Path] = {}
    for each, ledger in sorted(ledgers.items(), reverse=True):
        through |= {(ledger.place, name): each for name in ledger.books}
    for each, ledger in sorted(ledgers.items(), reverse=True):
        through |= {(ledger.place, name): each for name in ledger.books if name in ledger.own}
    told = sorted((str(each), name) for (_, name), each in through.items() if book in (None, name))
    return Places(tuple(Place(*each) for each in told), tuple(unread))


def _unread(home: Path, failure: Exception) -> FailureRow:
    ended = ended_by(failure)
    why = " ".join(ended.words.split())  # a line, with all that is wrong
    return FailureRow(home=readable(home), book=None, exit_code=ended.code, error=ended.error, message=why)


def _ledger(home: Path, servers: dict[str, _Ledger | UnreachableError]) -> _Ledger:
    """Return the ledger of *home*; a server that is among the *servers* is not asked, or waited for, once more."""
    url = ledger_settings(home).url
    known = servers.get(url) if url is not None else None
    if isinstance(known, UnreachableError):
        raise known
    if known is not None:
        return known._replace(own=named_books(home))
    try:
        with open_log(home, check_heads=False) as log:
            check_home(log)
            books = frozenset(log.books())
            if url is None:
                books = books or look(heads_file(home)).begun  # one that was emptied lost the books that are told of
                return _Ledger(str(identity(home / FILE_NAME)), books, books)
            found = servers[url] = _Ledger(log.database.place, books, named_books(home))
            return found
    except UnreachableError as away:
        if url is not None:
            servers[url] = away
        raise
