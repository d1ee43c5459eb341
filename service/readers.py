"""Who may read the pages of many homes: each by a name and a password, and the books that they see.

All of it stands in one private file beside the homes. Of a password its scrypt digest is kept, as that of one home's
pages is; of a token its SHA-256. A file that others may read, or that cannot be understood, lets nobody in.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec
import structlog

from lotwork.ingest.sections import Name, Section
from lotwork.ledger.errors import ConfigError, LotworkError, StorageError, plain
from lotwork.ledger.storage.batch import names_a_book
from lotwork.ledger.storage.files import make_folder, sync_folder, write_private
from lotwork.service.secret_files import OTHERS
from lotwork.service.toml_file import parse, problems_of, settings_text
from lotwork.service.web_password import is_kept_form

FILE = "readers.toml"
EVERY_BOOK = "*"
TOKEN_BYTES = 32
HEADING = "# Who may read the pages of these homes: `lotwork web reader NAME` writes this file anew.\n"
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]

log = structlog.get_logger("lotwork.web")


class Reader(Section, frozen=True, kw_only=True):
    """`[[readers]]`: somebody who reads, and may act where it says so."""

    name: Name
    books: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    """`HOME/BOOK`, `HOME` for every book of a home, `*` for every book there is."""
    password: str | None = None
    token: Digest | None = None
    may_act: bool = False

    def __post_init__(self) -> None:
        if self.password is not None and not is_kept_form(self.password):
            raise ValueError("password is no digest of one: set it with `lotwork web reader NAME`")
        nothing = [each for each in self.books if not _names_books(each)]
        if nothing:
            raise ValueError(f'books: {nothing[0]!r} names nothing: write "HOME", "HOME/BOOK" or "*"')

    def sees(self, home: str, book: str) -> bool:
        """Say if *book* of *home* is one of theirs."""
        return self.sees_all_of(home) or f"{home}/{book}" in self.books

    def sees_home(self, home: str) -> bool:
        """Say if a book of *home* is one of theirs."""
        return self.sees_all_of(home) or any(each.startswith(f"{home}/") for each in self.books)

    def named_of(self, home: str) -> frozenset[str]:
        """Return the books of *home* that are theirs by name."""
        return frozenset(each.partition("/")[2] for each in self.books if each.startswith(f"{home}/"))

    def sees_all_of(self, home: str) -> bool:
        """Say if every book of *home* is theirs, those to come too."""
        return EVERY_BOOK in self.books or home in self.books


class ReadersFile(Section, frozen=True, kw_only=True):
    """The whole file."""

    readers: tuple[Reader, ...] = ()

    def __post_init__(self) -> None:
        names = [each.name for each in self.readers]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two readers are named {', '.join(twice)}: give each their own name")


class Readers:
    """The readers of a folder of homes, read again where the file was changed: rights hold from the next request on."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        self._turn = threading.Lock()
        self._stands: tuple[int, ...] | None = None
        self._trouble = ""
        """Why nobody is let in, as the log was told it."""
        self._readers: Mapping[str, Reader] = {}

    def named(self, name: str) -> Reader | None:
        """Return the reader called *name*; None where there is none."""
        return self.all().get(name)

    def with_token(self, token: str) -> Reader | None:
        """Return the reader whose *token* it is; None where it is nobody's."""
        told = digest_of_token(token)
        found = [each for each in self.all().values() if each.token and hmac.compare_digest(each.token, told)]
        return found[0] if found else None

    def all(self) -> Mapping[str, Reader]:
        """Return every reader by name; none where the file is not there, or is not to be trusted, which is logged."""
        with self._turn:
            stands = self._as_it_stands()
            if stands != self._stands:
                try:
                    self._readers = {each.name: each for each in read_readers(self.file)}
                except LotworkError as refused:
                    self._refused(str(refused))
                else:
                    self._stands, self._trouble = stands, ""
            return self._readers

    def _refused(self, why: str) -> None:
        """Let nobody in. What a disk or too many open files refused is tried again, though nobody touches the file."""
        self._readers = {}
        self._stands = None
        if why != self._trouble:
            log.error("nobody is let in: the file of readers cannot be used", why=why)
        self._trouble = why

    def _as_it_stands(self) -> tuple[int, ...]:
        try:
            found = self.file.stat()
        except OSError:
            return ()
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode


def read_readers(file: Path) -> tuple[Reader, ...]:
    """Return the readers in *file*, none where it is not there; ConfigError with all that is wrong with it."""
    try:
        mode = file.stat().st_mode
        if mode & OTHERS:
            raise ConfigError(f"others may read {file} (mode {mode & 0o777:04o}): run chmod 600 {file}")
        told = parse(settings_text(file), str(file))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as broken:
        raise ConfigError(f"{file}: cannot be read ({broken}): make it UTF-8 text you may read") from broken
    problems = list(problems_of(ReadersFile, told.tables, told))
    if problems:
        raise ConfigError("the readers cannot be used", problems)
    return msgspec.convert(told.tables, ReadersFile).readers


def write_readers(file: Path, readers: Iterable[Reader]) -> None:
    """Write *readers* into *file* in the place of those before; StorageError where the disk refuses."""
    text = HEADING + "".join(map(_table, sorted(readers, key=lambda each: each.name)))
    made = file.with_name(f".{file.name}.new")
    try:
        make_folder(file.parent)
        with suppress(FileNotFoundError):
            made.unlink()
        write_private(made, text.encode())
        made.replace(file)
        sync_folder(file.parent)
    except OSError as refused:
        raise StorageError(f"{file}: cannot be written ({refused}): check the folder and the disk") from refused


def _names_books(told: str) -> bool:
    """Say if *told* is a home, a book of one, or every book; a `*` beside a slash would be a mere name.

    No home is kept, and no book begun, under a name that cannot be shown.
    """
    home, slash, book = told.partition("/")
    if not home or home in (".", "..") or plain(told) != told:
        return False
    return not slash or (EVERY_BOOK not in (home, book) and names_a_book(book))


def new_token() -> str:
    """Return a token that nobody has."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of_token(token: str) -> str:
    """Return what is kept of *token*: it is of 32 bytes of chance, and needs no slower digest."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _table(reader: Reader) -> str:
    told = {
        "name": reader.name,
        "password": reader.password,
        "token": reader.token,
        "books": list(reader.books),
        "may_act": reader.may_act,
    }
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in told.items() if value is not None)
    return "\n[[readers]]\n" + "".join(lines)
