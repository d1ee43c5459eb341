"""The commands that a finding names, as a form can fill them in: what each records, and the blanks in it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple, TypeAlias

import msgspec

from lotwork.ledger.codec import KINDS
from lotwork.ledger.public_form.keys import keys_of
from lotwork.projections.findings import Finding
from lotwork.web.reading import Reading
from lotwork.web.remedies import REMEDIES, Remedy, command_for
from lotwork.web.wording import words

Line: TypeAlias = dict[str, object]
"""A line as a person would write it by hand; it has no id and no book."""
COMMAND = re.compile(r"`(lotwork [^`]+)`")
BLANKS = frozenset(
    {
        "AMOUNT", "BILL", "CATEGORY", "DAY", "FACTOR", "INSTANT", "METER", "METHOD", "NAME", "NOTE", "NUMBER", "PRICE",
        "PRICE_ID", "REASON", "RULE_ID", "STATUS", "TXID", "WALLET", "ZONE",
    }
)  # fmt: skip
"""What stands in a command for what only a person knows."""
STRUCTURED = frozenset({"lots", "legs", "mapping", "selector", "any", "boolean"})


class Blank(NamedTuple):
    """A blank of a command: the field that fills it, and what it is of."""

    field: str
    label: str
    stands_for: str


class Command(NamedTuple):
    """A command of a finding that a form can fill in: its lines, where each blank is a Blank."""

    text: str
    lines: tuple[Line, ...]
    blanks: tuple[Blank, ...]


def commands_of(reading: Reading, finding: Finding) -> tuple[Command, ...]:
    """Return the commands that answer *finding* and that record something, those of its own words first."""
    remedy = REMEDIES.get(finding.code, Remedy(words(finding.code)))
    texts = COMMAND.findall(finding.message)
    for other in (False, True):
        texts.append(command_for(remedy, reading.book, finding.event, reading.year, reading.today, otherwise=other))
    return tuple(filter(None, (_command(text, reading.book) for text in dict.fromkeys(texts) if text)))


def answers_in_words(reading: Reading, finding: Finding) -> Iterator[str]:
    """Yield what each of the commands that answer *finding* records, in a few words."""
    for command in commands_of(reading, finding):
        parts = []
        for line in command.lines:
            change = line.get("set")
            kind = change.get("kind") if isinstance(change, dict) else None
            parts.append(words(str(kind)) if isinstance(kind, str) else _in_brief(line))
        yield " and ".join(parts)


def _in_brief(line: Line) -> str:
    change = line.get("set")
    if line["kind"] == "void":
        return f"Take out {line.get('target')}"
    if line["kind"] == "correction" and isinstance(change, dict):
        return (
            "These are two"
            if change.get("may_repeat")
            else f"Correct {', '.join(words(name).lower() for name in change)}"
        )
    return f"Record {words(str(line['kind'])).lower()}"


def _command(text: str, book: str) -> Command | None:
    """Return what the command *text* records; None where it does anything else, or is of another book."""
    lines: list[Line] = []
    blanks: list[Blank] = []
    numbers = count()
    for part in text.split(" && "):
        try:
            parts = shlex.split(part)
        except ValueError:
            return None
        if parts[1:2] == ["--book"]:
            if parts[2:3] != [book]:
                return None
            del parts[1:3]
        if len(parts) < 3 or parts[:2] != ["lotwork", "add"] or parts[2] not in KINDS:  # noqa: PLR2004 - lotwork add KIND
            return None
        known = keys_of(parts[2])
        line: Line = {"kind": parts[2]}
        for pair in parts[3:]:
            name, separator, value = pair.partition("=")
            if not separator:
                return None
            key = known.get(name)
            try:
                whole = msgspec.json.decode(value) if key is not None and key.meaning in STRUCTURED else value
            except msgspec.DecodeError:
                whole = value
            line[name] = _with_blanks(whole, name, blanks, numbers)
        lines.append(line)
    return Command(text, tuple(lines), tuple(blanks))


def _with_blanks(value: Any, name: str, blanks: list[Blank], numbers: Iterator[int]) -> Any:
    """Return *value* with a Blank in the place of each word that stands for what only a person knows."""
    if isinstance(value, dict):
        return {each: _with_blanks(inner, each, blanks, numbers) for each, inner in value.items()}
    if isinstance(value, str) and value in BLANKS:
        blank = Blank(f"blank{next(numbers)}", words(name), words(value.lower()))
        blanks.append(blank)
        return blank
    return value
