"""The secrets of a source that is added, as the words of the command or a person at the terminal tell them.

None is shown, none stands among the words of the command, and none in config.toml: there is only what names it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from lotwork.commands.telling import tell
from lotwork.ledger.errors import UsageError
from lotwork.service.source_secrets import Pending, Slot, checked
from lotwork.service.source_table import Values

STDIN = "-"


def given(
    home: Path,
    slots: tuple[Slot, ...],
    files: Iterable[str],
    variables: Iterable[str],
    credentials: Iterable[str],
    keyrings: Iterable[str],
    name: str,
) -> tuple[Values, tuple[Pending, ...]]:
    """Return what the options for secrets make settings say, and what is to be written for it.

    A file is looked for below the home, as settings name it, and then where the command runs.
    """
    values: Values = {}
    pending: list[Pending] = []
    for slot, place in (_named(slots, words) for words in files):
        if place == STDIN:
            pending.append(Pending(f"{name}{slot.suffix}", checked(sys.stdin.readline(), slot)))
            values |= slot.in_file(pending[-1].file)
        else:
            here = not (home / place).exists() and Path(place).exists()
            values |= slot.in_file(str(Path(place).resolve()) if here else place)
    for kind, told in (("env", variables), ("credential", credentials), ("keyring", keyrings)):
        for slot, place in (_named(slots, words) for words in told):
            values |= slot.referring(f"{kind}:{place}")
    return values, tuple(pending)


def _named(slots: tuple[Slot, ...], words: str) -> tuple[Slot, str]:
    """Return which secret *words* (`FILE`, or `KEY=FILE`) are about, and the place they name."""
    key, is_named, place = words.partition("=")
    named = [slot for slot in slots if slot.name == key] if is_named else []
    if named:
        return named[0], place
    shown = [slot for slot in slots if slot.is_shown] or [*slots]
    if len(shown) != 1:
        keys = ", ".join(f"{slot.name}=…" for slot in slots) or "none: it has no secret"
        raise UsageError(f"say which secret that is: {keys}")
    return shown[0], words


def asked(slot: Slot, name: str, comment: str, *, is_needed: bool) -> tuple[Values, Pending | None]:
    """Ask for a secret at the terminal, which shows nothing of it."""
    hint = f" ({comment})" if comment else ""
    rest = "" if is_needed else "; nothing, to leave it out"
    tell(f"{slot.name}{hint}: it goes into {name}{slot.suffix} of the home, which only you may read{rest}.", err=True)
    words = click.prompt(slot.name, hide_input=True, err=True, default=None if is_needed else "", show_default=False)
    if not words:
        return {}, None
    pending = Pending(f"{name}{slot.suffix}", checked(words, slot))
    return slot.in_file(pending.file), pending
