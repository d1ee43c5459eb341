"""What the commands in a finding record, so that a test can answer it as a person would."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any


def said_by(command: str, name: str = "said") -> Iterator[dict[str, Any]]:
    """Yield the events that one or more commands of `lotwork add` record, joined by &&, filled in."""
    for number, text in enumerate(command.split(" && ")):
        filled_in = text.replace("NUMBER", str(number)).replace("NOTE", "two workers")
        lotwork, add, kind, *words = shlex.split(filled_in)
        assert (lotwork, add) == ("lotwork", "add")
        line: dict[str, Any] = {"kind": kind, "id": f"{name}{number}", "at": "2025-04-07T12:00:00Z"}
        for word in words:
            key, _, value = word.partition("=")
            line[key] = json.loads(value) if value.startswith("{") else value
        yield line


def answers(message: str) -> list[list[dict[str, Any]]]:
    """Return what each answer in a finding's *message* records."""
    commands = [text for text in message.split("`")[1::2] if text.startswith("lotwork add")]
    return [list(said_by(text, f"said{place}-")) for place, text in enumerate(commands)]
