"""A command that records an event, written out so that a finding can be answered by pasting it."""

from __future__ import annotations

import json
import shlex
from typing import Any

from lotwork.ledger.storage.batch import MAIN_BOOK


def add_command(book: str, *words: str) -> str:
    """Return `lotwork add` with *words* in *book*, each quoted for a shell."""
    return shlex.join(("lotwork", *(() if book == MAIN_BOOK else ("--book", book)), "add", *words))


def correct_command(book: str, target: str, change: dict[str, Any], reason: str) -> str:
    """Return the command that corrects the event *target* by *change*."""
    return add_command(book, "correction", f"target={target}", f"set={json.dumps(change)}", f"reason={reason}")
