"""The questions of `lotwork source add`, in the words of the declaration: its example, its comments, its defaults."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import click

from lotwork.commands.source.secrets import asked
from lotwork.commands.telling import tell
from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.private_keys import lets_spend
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import UsageError
from lotwork.service.source_answers import services, shown, usual
from lotwork.service.source_secrets import Pending, Slot
from lotwork.service.source_table import Key, Values, example_of, is_given, keys_of, put

MOST_TRIES = 5
_AN_ADDRESS = re.compile(r"/|^www\.|\.[A-Za-z0-9-]+:[0-9]+$|^[0-9]+(\.[0-9]+){3}|^\[?[0-9A-Fa-f]*:[0-9A-Fa-f:]*:")
"""What is typed where a name is asked for, and is where the source is to be found: it is asked for next."""
AGAIN, SAVE, LEAVE = "again", "save", "leave"
"""What is done about a test that failed, beside changing an answer."""


def show_kinds() -> None:
    """Print every source that can be added."""
    tell("Which source?", err=True)
    rows = [(each.kind, each.label) for each in SOURCES]
    rows += [(word, f"of {each.kind}: {each.label}") for word, each in services().items()]
    rows += [(f"prices.{each.name}", f"prices: {each.label}") for each in PRICE_SOURCES]
    wide = max(len(kind) for kind, _ in rows)
    for kind, label in rows:
        tell(f"  {kind:<{wide}}  {label}", err=True)


def choose() -> str:
    """Ask which source is to be added."""
    return str(click.prompt("Its name in the list", err=True))


def ask_for(
    declared: DeclaredSource[Any],
    slots: Iterable[Slot],
    values: Values,
    taken: set[str],
    lacks: Callable[[Values, str], bool],
) -> tuple[Pending, ...]:
    """Ask for each key of the example that *values* lack, put the answers there, and return the secrets to write.

    *taken* are names that other sources have; *lacks* says whether a secret must be given.
    """
    tell(f"{declared.label}. Nothing is written before it was tested; Ctrl-C ends it.", err=True)
    example = example_of(declared)
    secret_keys = {key for slot in slots for key in (slot.name, slot.file_key)}
    for key in keys_of(declared.settings, example):
        if key.path[0] in secret_keys or is_given(values, key):
            continue
        _ask(declared, key, values, taken)
    pending: list[Pending] = []
    for slot in slots:
        needed = lacks(values, slot.name)
        if slot.is_given(values) or not (slot.is_shown or needed):
            continue
        shown = example.get(slot.file_key or slot.name)
        comment = shown.trivia.comment.lstrip("# ").strip() if shown is not None else ""
        told, one = asked(slot, str(values["name"]), comment, is_needed=needed)
        values |= told
        pending += [one] if one is not None else []
    return tuple(pending)


def ask_which(declared: DeclaredSource[Any], slots: Sequence[Slot], values: Values) -> str:
    """Ask what is to be done about a test that failed: change an answer, test again, save it untested, or leave it."""
    secret = {key for slot in slots for key in (slot.name, slot.file_key)}
    keys = keys_of(declared.settings, example_of(declared))
    names = [key.name for key in keys if key.path[0] not in secret and is_given(values, key)]
    names += [slot.name for slot in slots if slot.is_given(values)]
    tell(
        f"Your answers are kept. Change one ({', '.join(names)}), or say {AGAIN}, {SAVE} (untested) or {LEAVE}.",
        err=True,
    )
    return str(click.prompt("What now", type=click.Choice([*names, AGAIN, SAVE, LEAVE]), show_choices=False, err=True))


def ask_anew(
    declared: DeclaredSource[Any], slots: Iterable[Slot], values: Values, taken: set[str], name: str
) -> Pending | None:
    """Ask for the key or the secret *name* once more, what it was being offered; return a secret to write."""
    for slot in slots:
        if slot.name == name:
            values.pop(slot.name, None)
            if slot.file_key:
                values.pop(slot.file_key, None)
            told, one = asked(slot, str(values["name"]), "", is_needed=True)
            values |= told
            return one
    key = next(each for each in keys_of(declared.settings, example_of(declared)) if each.name == name)
    held = values if len(key.path) == 1 else values[key.path[0]][0]
    _ask(declared, key, values, taken, shown(held[key.path[-1]]))
    return None


def command_of(kind: str, values: Values) -> str:
    """Return the command that gives the same answers; secrets that were typed are not among them."""
    given = [f"{name}={value}" for name, value in _flat(values)]
    return shlex.join(["lotwork", "source", "add", kind, *(word for each in given for word in ("--set", each))])


def _flat(values: Values, above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for place, table in enumerate(value):
                yield from _flat(table, f"{above}{name}.{place}.")
        elif isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", shown(value)


def _ask(declared: DeclaredSource[Any], key: Key, values: Values, taken: set[str], before: str | None = None) -> None:
    """Ask for one key until the answer is one that it may have; *before* is what it was."""
    likely = before if before is not None else usual(key, taken, SystemClock().now().year)
    about = f" ({key.comment})" if key.comment else ""
    like = "" if likely is not None or key.choices else f", like {shown(key.example)}"
    question = f"{key.name.replace('_', ' ')}{about}{like}"
    kind = click.Choice(key.choices) if key.choices else None
    told = all(word in key.comment for word in key.choices)
    for _ in range(MOST_TRIES):
        words = str(click.prompt(question, default=likely, type=kind, show_choices=not told, err=True))
        if lets_spend(words):
            tell("This looks like a private key or a seed: it is taken nowhere. Give an address.", err=True)
            continue
        if (
            before is None
            and words == likely
            and not key.is_required
            and key.default is not None
            and words == shown(key.default)
        ):
            return  # the default says it already
        if key.name == "name" and _AN_ADDRESS.search(words):
            tell("This looks like an address: give a name, as you will call the source.", err=True)
            continue
        if key.name == "name" and words in taken:
            tell(f"A source is called {words} already: give another name.", err=True)
            continue
        put(values, declared.settings, key.name, words)
        return
    raise UsageError(f"{key.name}: no answer that will do: nothing was written")
