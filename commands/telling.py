"""The one place where words reach the terminal: as plain text, and without the secrets of whoever was asked.

What a node, a pool, a file or an old event says may hold sequences that steer a terminal, or letters that turn a line
about or hide in it; each is shown as its code. Every command says what it says through here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from lotwork.ledger.errors import plain_json, plain_lines

if TYPE_CHECKING:
    from lotwork.ingest.scrubbing import Scrubber

_hushed: list[Scrubber] = []


def tell(words: str = "", *, err: bool = False) -> None:
    """Print *words* on standard output, or on standard error."""
    for scrub in _hushed:
        words = scrub.without_known(words)
    click.echo(plain_lines(words), err=err)


def tell_json(told: bytes) -> None:
    """Print JSON on standard output; its values are what they were."""
    sys.stdout.buffer.write(plain_json(told))


def progress_of(name: str) -> Callable[[str], None]:
    """Return who is told how far a reading of the source *name* has come: whoever sits at a terminal."""
    if sys.stderr.isatty():
        return lambda words: tell(f"{name}: {words}", err=True)
    return lambda _words: None


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
