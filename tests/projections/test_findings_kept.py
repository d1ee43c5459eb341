"""Findings that stay as they were kept are told, looked at and printed as they are where all of them are read."""

from __future__ import annotations

from itertools import chain

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.findings import Finding, Findings, Question, each_once
from lotwork.projections.findings_kept import KeptFindings, Outline, Summary, Told, codes_of, shortened, told_of
from lotwork.reports.finding_rows import texts_of
from lotwork.reports.findings import list_findings

AT_ONCE = 2
names = st.sampled_from(["a", "b", "it's", '"'])
findings = st.lists(
    st.builds(Finding, names, names, st.none() | names)
    | st.builds(Question.of, names, st.sampled_from(["{one} and {two}", "{two_target} 100 %"]), names, names),
    max_size=7,
)


def kept(told: list[Finding]) -> KeptFindings:
    """Return *told* as a checkpoint holds them."""
    parts = [told[first : first + AT_ONCE] for first in range(0, len(told), AT_ONCE)]
    return KeptFindings([msgspec.json.encode(shortened(part)) for part in parts], Summary.of([*map(Outline.of, parts)]))


def waiting(told: list[Finding]) -> Findings:
    """Return findings that go on from *told*."""
    going_on = Findings()
    going_on.kept = kept(told)
    return going_on


@given(findings, findings, findings)
def test_they_are_told_each_once_and_printed_as_those_that_were_read(
    before: list[Finding], held: list[Finding], after: list[Finding]
) -> None:
    told, whole = Told.of(before, kept(held), after), each_once(chain(before, held, after))
    assert (tuple(told), len(told), told.codes()) == (whole, len(whole), frozenset(each.code for each in whole))
    assert [*told.of_codes({"a"})] == [each for each in whole if each.code == "a"]
    for first, last in ((0, 3), (1, len(whole)), (len(whole) // 2, len(whole))):
        assert texts_of(told[first:last]) == texts_of(whole[first:last])
        assert tuple(told[first:last]) == whole[first:last]
    assert [told[place] for place in range(-len(whole), len(whole))] == [*whole, *whole]
    assert tuple(told.then(after, before)) == (*whole, *after, *before)
    assert list_findings(told) == list_findings(whole)


@given(findings, findings)
def test_what_is_told_after_them_follows_them_whether_they_are_read_or_not(
    held: list[Finding], after: list[Finding]
) -> None:
    going_on, whole = waiting(held), [*held, *after]
    for each in going_on.along(after):
        going_on.append(each)
    going_on.settle()
    assert (len(going_on), codes_of(going_on)) == (len(whole), frozenset(each.code for each in whole))
    assert [*going_on.kept, *going_on.since()] == whole
    assert [len(each) for each in (going_on.kept, going_on.since())] == [len(held), len(after)]
    assert (list(going_on), len(going_on.kept)) == (whole, 0)
    assert (going_on.since(), codes_of(going_on)) == (tuple(whole), frozenset(each.code for each in whole))


@given(findings, findings)
def test_they_are_read_where_one_is_looked_at(held: list[Finding], sought: list[Finding]) -> None:
    assert [each in waiting(held) for each in sought] == [each in held for each in sought]
    assert [kept(held).holds(each) for each in sought] == [each in held for each in sought]
    assert [*reversed(waiting(held))] == [*reversed(held)]
    assert waiting(held) == held
    assert kept(held)[1:3][:] == tuple(held[1:3])
    changed = waiting(held)
    changed[:1] = sought
    del changed[-1:]
    assert changed == [*sought, *held[1:]][:-1]
    with pytest.raises(IndexError):
        waiting(held)[len(held)]


def test_what_is_told_already_stays_as_it_is() -> None:
    told = Told.of((), kept([Finding("a", "words")]), ())
    assert told_of(told) is told
    assert (hash(told), repr(told)) == (hash(tuple(told)), repr(tuple(told)))
    assert (told == [], told != ()) == (False, True)
