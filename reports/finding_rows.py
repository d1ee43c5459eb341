"""A finding as every result tells it, and the JSON of very many questions, which mostly differ in their events only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from lotwork.projections.findings import Finding, Question
from lotwork.reports.result import between_brackets
from lotwork.reports.rows import Row, Words

ONE, TWO = "lotwork-event-one", "lotwork-event-two"
"""Names that stand for the two events of a question, in the JSON that is made once for all of its words."""
KINDS = 200
"""The JSON of as many kinds of questions is kept."""
_is_plain = re.compile(r"[A-Za-z0-9_@%+=:,./-]+").fullmatch
"""What JSON and a shell take as it stands."""


class FindingRow(Row, frozen=True, kw_only=True):
    """A finding: its code, what it says and what to do, and the event it stands at."""

    code: str
    message: Words
    event: Words | None


def finding_row(told: Finding) -> FindingRow:
    """Return a finding as a result tells it."""
    return FindingRow(code=told.code, message=told.message, event=told.event)


def texts_of(found: Sequence[Finding]) -> bytes:
    """Return the JSON of the rows of *found* as it stands between the brackets of a list in an answer.

    The words of a question are made into JSON once for all of its kind; then only the names of the events are put in.
    """
    told: list[str] = []
    for each in found:
        if type(each) is Question:
            (words, two), one = each.held, each.event or ""
            with_names = _with_names(each.code, words)
            if with_names is not None and _is_plain(one) and _is_plain(two):
                told.append(with_names(one, two))
                continue
        told.append(between_brackets((finding_row(each),)).decode("utf-8", "surrogatepass"))
    return ",".join(told).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=KINDS)
def _with_names(code: str, words: str) -> Callable[[str, str], str] | None:
    """Return what makes the JSON of a question of *code* in *words* of the plain names of its two events."""
    if any(name in told for name in (ONE, TWO) for told in (code, words)):
        return None
    row = between_brackets((finding_row(Question.of(code, words, ONE, TWO)),)).decode("utf-8", "surrogatepass")
    return row.replace("{", "{{").replace("}", "}}").replace(ONE, "{0}").replace(TWO, "{1}").format
