"""A finding as every result tells it, and the JSON of very many questions, which mostly differ in their events only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from lotwork.projections.findings import Finding, Question
from lotwork.projections.findings_kept import Part, Shortened, shortened
from lotwork.reports.result import between_brackets
from lotwork.reports.rows import Row, Words

ONE, TWO = "lotwork-event-one", "lotwork-event-two"
"""Names that stand for the two events of a question, in the JSON that is made once for all of its words."""
KINDS = 200
"""The JSON of as many kinds of questions is kept."""
PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-"
"""What JSON and a shell take as it stands."""
_to_fill_in = re.compile(f"({ONE}|{TWO})")


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
    parts = found.short if isinstance(found, Part) else (shortened(found),)
    return b",".join(chain.from_iterable(map(_texts, parts)))


class _Form(NamedTuple):
    """The JSON of a question, with a place for each name of an event, and what puts the two names into their order."""

    json: bytes
    in_order: Callable[[tuple[bytes, bytes]], Any]


def _texts(found: Shortened) -> Iterator[bytes]:
    """Yield the JSON of each row: filled in where all are questions of plain names, else that of each half."""
    count = len(found.places)
    ones, others = _plain(found.events), _plain(found.others)
    if ones is not None and others is not None and (forms := _forms(found)) is not None:
        asked = zip(map(forms.__getitem__, found.places), zip(ones, others, strict=True), strict=True)
        yield from [json % in_order(names) for (json, in_order), names in asked]
    elif count == 1:
        yield _text(found.finding(0))
    else:
        yield from _texts(found.part(0, count // 2))
        yield from _texts(found.part(count // 2, count))


def _forms(found: Shortened) -> dict[int, _Form] | None:
    """Return the JSON of each kind of *found*, all of them questions; None where one is not to be filled in."""
    forms = {place: _with_names(*found.kinds[place]) for place in set(found.places)}
    told = {place: form for place, form in forms.items() if form is not None}
    return told if len(told) == len(forms) else None


def _plain(names: Sequence[str | None]) -> list[bytes] | None:
    """Return *names* as they stand in JSON and in a shell; None where there is not one for each, or one is not so."""
    known = [name for name in names if name is not None]
    told = "\n".join(known).encode("utf-8", "surrogatepass")
    parts = told.split(b"\n") if known else []
    is_so = len(parts) == len(known) == len(names) and not told.translate(None, PLAIN + b"\n")
    return parts if is_so else None


def _text(finding: Finding) -> bytes:
    return between_brackets((finding_row(finding),))


@lru_cache(maxsize=KINDS)
def _with_names(code: str, words: str) -> _Form | None:
    """Return the JSON of a question of *code* in *words* that is to be filled in with the plain names of its events."""
    if any(name in told for name in (ONE, TWO) for told in (code, words)):
        return None
    row = _text(Question.of(code, words, ONE, TWO)).decode("utf-8", "surrogatepass")
    fixed = _to_fill_in.split(row)
    order = [(ONE, TWO).index(name) for name in fixed[1::2]]
    form = "%s".join(each.replace("%", "%%") for each in fixed[::2])
    return _Form(form.encode("utf-8", "surrogatepass"), itemgetter(*order))
