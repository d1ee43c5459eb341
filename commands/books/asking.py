"""One book asked one command, in this process or in a worker's: the very command, its answer the JSON that it prints.

What a worker is told and what it tells back are plain texts and numbers, so that any engine can carry them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import quote
from uuid import uuid4

import click

from lotwork.commands.books.places import Place
from lotwork.commands.ended import ended_by
from lotwork.commands.telling import hearing
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.counting import nobody_listening
from lotwork.ledger.errors import ConfigError, LotworkError, UsageError
from lotwork.ledger.history import History
from lotwork.ledger.storage.files import write_private
from lotwork.projections.as_of import law_named
from lotwork.projections.filing.filed import filings
from lotwork.projections.replay.checkpoint import program_digest
from lotwork.reports.book_lines import BookLine, line_of, text_of
from lotwork.reports.refusal import list_failure, list_refusal
from lotwork.reports.result import json_of
from lotwork.service.ledger_place import heads_checked_once, open_log

STATE = "books"
"""What a worker is asked that is no command of one book: how it stands."""
ROOMS = ("commands", "ledger", "packet", "projections", "reports", "rules", "service")
"""The rooms that make an answer: a worker with others would answer otherwise, and in silence."""
WHOSE = "book.txt"
"""What says whose files are in a folder of results."""
LONGEST_FOLDER = 120
"""Letters of a folder's name: no file system takes more than 255 bytes."""


class Question(NamedTuple):
    """A command that can be asked of every book: where it is, and which of its options matter here."""

    module: str
    name: str
    words: tuple[str, ...] = ()
    takes_year: bool = True
    needs_year: bool = True
    laws: tuple[str, ...] = ("law",)
    """The parameters that name a law."""
    out: str | None = None
    """What it writes into the folder of its book, where it writes something."""


QUESTIONS: Mapping[str, Question] = {
    "replay": Question("replay", "replay_command", takes_year=False, needs_year=False, laws=("law_named",)),
    "quarterly": Question("tax", "quarterly_command"),
    "liability": Question("tax", "liability_command"),
    "file": Question("filing", "file_command", laws=()),
    "forms": Question("forms", "forms_command", out="forms-{year}"),
    "packet": Question("packet", "build_packet", words=("--overwrite",), laws=(), out="packet-{year}.zip"),
    "rules diff": Question("law", "diff_rules", needs_year=False, laws=("before", "after")),
}
"""What records nothing, by the words that ask it."""


class Ask(NamedTuple):
    """What is asked of every book, and by which program."""

    command: str
    words: tuple[str, ...]
    year: int | None
    laws: tuple[str, ...]
    folder: str | None
    """The folder that what is written goes into; None where nothing is."""
    is_kept: bool
    """Whether the answers are kept, and so must be known again."""
    program: str
    run: str = ""
    """Which run it is of: in one, a worker holds the heads of a home against its log once."""


class Item(NamedTuple):
    """A book to be asked, and the key of its answer that is known already; none where there is no such answer."""

    place: Place
    key: str = ""


class Told(NamedTuple):
    """What became of one book: the line of its answer; None where the answer that is known still is the answer."""

    place: Place
    line: bytes | None


AskBooks: TypeAlias = Callable[[Ask, Sequence[Item]], list[Told]]


def this_program() -> str:
    """Return the digest of the rooms that make an answer here."""
    return program_digest(ROOMS)


def new_run() -> str:
    """Return the name of a run that is no other's."""
    return uuid4().hex


def command_of(name: str) -> click.Command:
    """Return the command that *name*, of QUESTIONS, is."""
    question = QUESTIONS[name]
    command: click.Command = getattr(import_module(f"lotwork.commands.{question.module}"), question.name)
    return command


def ask_books(ask: Ask, items: Sequence[Item]) -> list[Told]:
    """Ask every book of *items*, one after the other: the task of a worker. One that fails stops no other."""
    return list(_asked(ask, items))


def failed(ask: Ask, place: Place, failure: Exception) -> Told:
    """Return what is told of a book that *failure* kept from answering."""
    return Told(place, text_of(_failed(ask, place, failure)))


def folder_of(ask: Ask, place: Place) -> Path | None:
    """Return the folder of a book below that of the results: its home's name, and its own, as a file may be called."""
    return None if ask.folder is None else Path(ask.folder) / _as_folder(Path(place.home).name) / _as_folder(place.book)


def _asked(ask: Ask, items: Sequence[Item]) -> Iterator[Told]:
    with nobody_listening(), heads_checked_once(_checked_in(ask.run)):
        for item in items:
            try:
                yield _ask_book(ask, item)
            except Exception as failure:  # noqa: BLE001 - one book stops no other; what ends a command has its words
                yield failed(ask, item.place, failure)


def _checked_in(run: str) -> set[Path]:
    """Return the homes whose heads this process has held against their logs in *run*; those of others are forgotten."""
    if not run or run not in _checked:
        _checked.clear()
    return _checked.setdefault(run, set())


_checked: dict[str, set[Path]] = {}
OTHER_PROGRAM = "this worker has another version of Lotwork: install the same one on every worker"


def _ask_book(ask: Ask, item: Item) -> Told:
    if ask.program != this_program():
        raise ConfigError(OTHER_PROGRAM)
    if ask.command == STATE:
        from lotwork.commands.books.state import state_of  # noqa: PLC0415 - what it asks, no other question does

        state = json_of(state_of(item.place))
        return Told(item.place, text_of(_line(ask, item.place, 0, state, "", (), ())))
    key, filed = _known_by(ask, item.place)
    out = _out(ask, item.place)
    if key and key == item.key and (out is None or out.exists()):
        return Told(item.place, None)
    own = [*_words_of(ask), f"--home={item.place.home}", f"--book={item.place.book}", "--json"]
    if out is not None:
        _take_folder(out.parent, item.place)
        own.append(f"--out={out}")
    with hearing() as heard:
        code = command_of(ask.command).main(own, prog_name=ask.command, standalone_mode=False)
    result = b"".join(heard.json)  # a long answer is told piece by piece
    return Told(item.place, text_of(_line(ask, item.place, int(code or 0), result, key, heard.words, filed)))


def _failed(ask: Ask, place: Place, failure: Exception) -> BookLine:
    ended = ended_by(failure)
    listing = (
        list_failure(ended.error, ended.code, ended.words) if ended.refusal is None else list_refusal(ended.refusal)
    )
    return _line(ask, place, ended.code, json_of(listing), "", (), ())


def _line(
    ask: Ask, place: Place, code: int, result: bytes, key: str, said: Sequence[str], filed: Sequence[int]
) -> BookLine:
    return line_of(ask.command, *place, code, result, key=key, said=said, filed=filed)


def _words_of(ask: Ask) -> list[str]:
    year = [] if ask.year is None else [f"--year={ask.year}"]
    return [*ask.words, *QUESTIONS[ask.command].words, *year]


def _out(ask: Ask, place: Place) -> Path | None:
    name, folder = QUESTIONS[ask.command].out, folder_of(ask, place)
    return None if name is None or folder is None else folder / name.format(year=ask.year)


def _known_by(ask: Ask, place: Place) -> tuple[str, tuple[int, ...]]:
    """Return the key of the answer, where answers are kept, and the years whose return is filed, where that is told.

    The key is of all that an answer rests on: where the book ends, the digests of the laws, the command, the program,
    and the taxpayer's day, since what is due goes by it.
    """
    of_filed = "before" in QUESTIONS[ask.command].laws
    if not (ask.is_kept or of_filed):
        return "", ()
    with open_log(Path(place.home), check_heads=False) as log:
        head = log.head(place.book)
        history = History.read(log, place.book, up_to=head.position)
        filed = tuple(sorted({each.year for each in filings(history)})) if of_filed else ()
        if not ask.is_kept:
            return "", filed
        try:
            laws = [law_named(name, log.home, history, ask.year).digest for name in ask.laws]
        except LotworkError:
            return "", filed  # the command says what is wrong with it
        day = history.calendar.day(SystemClock().now())
        told = (ask.program, ask.command, ask.words, ask.year, ask.folder, head.position, head.hash, laws, day)
        return hashlib.sha256(repr(told).encode()).hexdigest(), filed


def _take_folder(folder: Path, place: Place) -> None:
    """Make the *folder* that the files of a book go into; refuse one that another book's went into before.

    Homes of one name are in many folders, and some file systems take two names for one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whose, name = folder / WHOSE, f"{place.home}\n{place.book}\n".encode()
    with suppress(FileExistsError):
        write_private(whose, name)
    if whose.read_bytes() != name:
        raise UsageError(f"{folder}: the files of another book are there, which {WHOSE} names: name another --out, or "
                         "move that folder away")  # fmt: skip


def _as_folder(name: str) -> str:
    """Return *name* as a folder can be called, and no two names alike; what leads elsewhere is written as its code."""
    safe = "".join(letter if letter.isalnum() or letter in " _-" else quote(letter, safe="") for letter in name)
    safe = safe.replace(".", "%2E") if safe.startswith(".") else safe
    if len(safe.encode()) <= LONGEST_FOLDER:
        return safe
    return f"{safe[: LONGEST_FOLDER // 8]}+{hashlib.sha256(name.encode()).hexdigest()[:16]}"
