"""The one place where words reach the terminal: as plain text, and without the secrets of whoever was asked.

What a node, a pool, a file or an old event says may hold sequences that steer a terminal, or letters that turn a line
about or hide in it; each is shown as its code. Every command says what it says through here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple

import click

from lotwork.ledger.errors import plain_json, plain_lines

if TYPE_CHECKING:
    from lotwork.ingest.scrubbing import Scrubber

_hushed: list[Scrubber] = []
_turn = RLock()


class Heard(NamedTuple):
    """What a command told that was called to be heard: its JSON, and its words."""

    json: list[bytes]
    words: list[str]


_hearing: ContextVar[Heard | None] = ContextVar("hearing", default=None)
_drawn: list[str] = []
"""The line that stands drawn on the terminal, where one does: what is said next takes its place."""


@contextmanager
def hearing() -> Iterator[Heard]:
    """Hear what a command that is called within tells, in the place of the terminal; others go on being printed."""
    heard = Heard([], [])
    before = _hearing.set(heard)
    try:
        yield heard
    finally:
        _hearing.reset(before)


def tell(words: str = "", *, err: bool = False) -> None:
    """Print *words* on standard output, or on standard error."""
    for scrub in _hushed:
        words = scrub.without_known(words)
    heard = _hearing.get()
    if heard is not None:
        heard.words.append(plain_lines(words))
        return
    with _turn:
        erase()
        click.echo(plain_lines(words), err=err)


def tell_json(told: bytes) -> None:
    """Print JSON on standard output; its values are what they were."""
    heard = _hearing.get()
    if heard is not None:
        heard.json.append(plain_json(told))
        return
    with _turn:
        erase()
        sys.stdout.buffer.write(plain_json(told))


def progress_of(name: str) -> Callable[[str], None]:
    """Return who is told how far a reading of the source *name* has come: whoever sits at a terminal."""
    if is_watched():
        return lambda words: tell(f"{name}: {words}", err=True)
    return lambda _words: None


def asks_json() -> bool:
    """Return whether a JSON object was asked for, by words that may be too wrong to be read as options."""
    return "--json" in sys.argv[1:]


def is_watched() -> bool:
    """Return whether a person waits at a terminal for what a command comes to."""
    return _hearing.get() is None and sys.stderr.isatty() and not asks_json()


def draw(words: str) -> None:
    """Draw *words* on the terminal, in the place of what was drawn before."""
    with _turn, suppress(OSError):
        import shutil  # noqa: PLC0415 - it loads three compressors

        line = plain_lines(words)[: shutil.get_terminal_size().columns - 1]
        erase()
        _drawn.append(line)
        sys.stderr.write(line)
        sys.stderr.flush()


def erase() -> None:
    """Take away what was drawn, with no sequence that a terminal might not know."""
    with _turn:
        if _drawn:
            sys.stderr.write(f"\r{' ' * len(_drawn.pop())}\r")
            sys.stderr.flush()


def hush(secrets: Iterable[str]) -> None:
    """Say none of *secrets* from now on, whoever repeats one."""
    from lotwork.ingest.scrubbing import Scrubber  # noqa: PLC0415 - only a command that asks has secrets

    _hushed[:] = [Scrubber(secrets)]


def hush_no_more() -> None:
    """Begin anew: another command has other secrets, or none."""
    _hushed.clear()


def without_secrets(words: str) -> str:
    """Return a stranger's *words* without what `hush` was told, and without what looks like a secret."""
    for scrub in _hushed:
        words = scrub(words)
    return words
