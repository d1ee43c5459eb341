"""An act: what a form asks, and the lines it becomes, as a person would write them by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from lotwork.ledger.events import Event
from lotwork.web.answering import Line
from lotwork.web.forms import FormGroup
from lotwork.web.reading import Reading

__all__ = ["Act", "Brought", "Field", "Form", "Line", "Told", "day_field", "said"]

Told: TypeAlias = Mapping[str, str]
"""What the fields of a form say, or are to say when it opens."""
Kind: TypeAlias = Literal["text", "day", "choice", "file", "words", "secret"]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a form asks: `choices` are (value, words)."""

    name: str
    label: str
    kind: Kind = "text"
    value: str = ""
    """What stands in it; of a secret only that there is one."""
    required: bool = True
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    takes: str = "image/*,application/pdf"
    """Of a file: what a browser offers to choose; empty, any."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked: the sentence above it, its fields, and what is sent along unseen."""

    title: str
    says: str
    fields: tuple[Field, ...]
    unseen: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """What an act becomes: lines; or an event that no line by hand may be, with what is kept and shown beside it."""

    lines: Sequence[Line] = ()
    event: Event | None = None
    evidence: tuple[bytes, ...] = ()
    keep: Callable[[], object] = lambda: None
    """Keeps what else it rests on; called just before it is recorded."""
    says: str = ""
    forms: tuple[FormGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its form, None where it has nothing to be about; and the lines that what was told becomes.

    A line has no id and no book; `at` may be a day alone, as `lotwork add` takes one, or be left out: it is then the
    instant at which the act was begun.
    """

    name: str
    form: Callable[[Reading, Told], Form | None]
    lines: Callable[[Reading, Told], Sequence[Line] | Brought]
    is_of_now: bool = False
    """Whether what it says is said at the instant of the record, and not when the form was opened: law looks at it."""


def said(told: Told, *names: str) -> Line:
    """Return what was told under *names*, without what was left empty."""
    return {name: told[name].strip() for name in names if told.get(name, "").strip()}


def day_field(name: str, label: str, told: Told, otherwise: date) -> Field:
    """Return a field that asks a day."""
    return Field(name, label, "day", told.get(name) or otherwise.isoformat())
