"""A command that records an event, written out so that a finding can be answered by pasting it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from typing import Any

from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.projections.findings import Finding
from lotwork.projections.findings_kept import Told

AMOUNT, WALLET, NOTE, NUMBER, TXID = "AMOUNT", "WALLET", "NOTE", "NUMBER", "TXID"
"""What only a person knows; a command is refused until it is filled in."""
_TO_FILL_IN = re.compile(rf"\b(?:{AMOUNT}|{WALLET}|{NOTE}|{NUMBER}|{TXID})\b")


_BOOKLESS = re.compile(r"`lotwork (?!--)")


def in_book(words: str, book: str) -> str:
    """Return *words* with each command in them that names no book as one of *book*; the default one needs no name."""
    return (
        words if book == MAIN_BOOK else _BOOKLESS.sub(lambda _: f"`{shlex.join(('lotwork', '--book', book))} ", words)
    )


def findings_in(book: str, findings: Iterable[Finding]) -> Iterable[Finding]:
    """Return *findings* with their commands as those of *book*; the very same in the one that needs no name."""
    if book == MAIN_BOOK:
        return findings
    return (each._replace(message=in_book(each.message, book)) for each in findings)


def told_in(book: str, told: Told) -> Told:
    """Return what is *told* with its commands as those of *book*, each once; the very same in the default one."""
    return told if book == MAIN_BOOK else Told.of(findings_in(book, told), ())


def in_one_line(commands: Iterable[str]) -> str:
    """Return *commands* as one line to paste, those that are to be filled in first.

    Pasted as it stands, the line ends with the first of them, and nothing is recorded.
    """
    return " && ".join(sorted(commands, key=lambda command: _TO_FILL_IN.search(command) is None))


def add_command(book: str, *words: str) -> str:
    """Return `lotwork add` with *words* in *book*, each quoted for a shell."""
    return shlex.join(("lotwork", *(() if book == MAIN_BOOK else ("--book", book)), "add", *words))


def correct_command(book: str, target: str, change: dict[str, Any], reason: str) -> str:
    """Return the command that corrects the event *target* by *change*."""
    return add_command(book, "correction", f"target={target}", f"set={json.dumps(change)}", f"reason={reason}")
