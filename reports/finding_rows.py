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
    """Yield the JSON of each row."""
    asked = {place for place, other in zip(found.places, found.others, strict=True) if other is not None}
    forms = {place: _with_names(*found.kinds[place]) for place in asked}
    names = zip(_plain(found.events), _plain(found.others), strict=True)
    for at, (place, (one, two)) in enumerate(zip(found.places, names, strict=True)):
        form = forms.get(place)
        if form is None or one is None or two is None:
            yield _text(found.finding(at))
        else:
            yield form.json % form.in_order((one, two))


def _plain(names: Sequence[str | None]) -> list[bytes | None]:
    """Return *names* as they stand in JSON and in a shell; None for one that is told otherwise there."""
    told = [None if name is None else name.encode("utf-8", "surrogatepass") for name in names]
    if not b"".join(name for name in told if name is not None).translate(None, PLAIN):
        return told
    return [None if name is None or name.translate(None, PLAIN) else name for name in told]


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
