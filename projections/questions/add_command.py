"""A command that records an event, written out so that a finding can be answered by pasting it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from typing import Any

from lotwork.ledger.storage.batch import MAIN_BOOK

AMOUNT, WALLET, NOTE, NUMBER, TXID = "AMOUNT", "WALLET", "NOTE", "NUMBER", "TXID"
"""What only a person knows; a command is refused until it is filled in."""
_TO_FILL_IN = re.compile(rf"\b(?:{AMOUNT}|{WALLET}|{NOTE}|{NUMBER}|{TXID})\b")


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
