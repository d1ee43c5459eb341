"""Where today's answers differ from the former release's: each place, line by line, with its reason.

changes.diff reads like a diff. Each difference stands under the question it is an answer to and under its reason, which
is a sentence, or a part of one, of the CHANGELOG.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tests.former_release.questions import masked

QUESTION, REASON, REMOVED, ADDED = "lotwork ", "because ", "-", "+"


class Change(NamedTuple):
    """Lines of one answer that were others before: the question, and the lines with - or + before each."""

    question: str
    lines: tuple[str, ...]
    reason: str = ""

    @property
    def place(self) -> tuple[str, tuple[str, ...]]:
        """Return what tells this difference from others."""
        return self.question, self.lines


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """Return every difference of the answers *now* to those of *before*, without a reason."""
    assert before.keys() == now.keys()
    found = []
    for question, answer in before.items():
        old, new = masked(answer), masked(now[question])
        if old != new:
            found += [Change(question, lines) for lines in _differences(old.split("\n"), new.split("\n"))]
    return found


def _differences(old: list[str], new: list[str]) -> Iterator[tuple[str, ...]]:
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            yield (*(REMOVED + line for line in old[i:j]), *(ADDED + line for line in new[k:m]))


def text_of(found: Iterable[Change]) -> str:
    """Return changes.diff, which holds these."""
    return "\n".join("\n".join((QUESTION + each.question, REASON + each.reason, *each.lines, "")) for each in found)


def read_changes(text: str) -> list[Change]:
    """Return the differences that changes.diff holds."""
    found = []
    for block in filter(None, text.split("\n\n")):
        question, reason, *lines = block.rstrip("\n").split("\n")
        found.append(Change(question.removeprefix(QUESTION), tuple(lines), reason.removeprefix(REASON)))
    return found
