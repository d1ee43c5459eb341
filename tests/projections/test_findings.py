"""A question whose words are made when they are read is the finding that has them."""

from __future__ import annotations

from copy import copy

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.findings import Finding, Question, each_once
from lotwork.projections.findings_kept import Shortened, shortened

WORDS = "{one} ({{a}}) and {two}: `void {one_target}` or `void {two_target}`"
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
findings = st.lists(
    st.builds(Finding, names, names, st.none() | names)
    | st.builds(Question.of, names, st.sampled_from([WORDS, "{one}", "{two}{{"]), names, names),
    max_size=9,
)


def test_the_words_name_both_events_as_a_shell_takes_them() -> None:
    asked = Question.of("twins", WORDS, "r 1", "{two}")
    told = Finding("twins", "r 1 ({a}) and {two}: `void 'target=r 1'` or `void 'target={two}'`", "r 1")
    assert (repr(asked), asked._asdict()) == (repr(told), told._asdict())
    assert (len(asked), (*asked,), asked[1], asked.message) == (len(told), (*told,), told[1], told.message)
    assert asked._replace(code="other") == told._replace(code="other")
    assert min([asked, Finding("a", "")]).code == "a"


def test_a_question_is_the_same_where_its_words_and_events_are() -> None:
    asked, told = Question.of("twins", WORDS, "r 1", "r 2"), Question.of("twins", WORDS, "r 1", "r 3")
    again = Question.of("twins", WORDS, "r 1", "r 2")
    assert [*dict.fromkeys((asked, told, again, copy(asked)))] == [asked, told]
    assert asked != Finding(*asked)


@given(findings)
def test_what_was_shortened_is_told_in_full(told: list[Finding]) -> None:
    kept = msgspec.json.decode(msgspec.json.encode(shortened(told)), type=Shortened)
    assert [*map(tuple, kept.in_full())] == [*map(tuple, told)]
    assert len(kept.kinds) == len({(each.code, _words(each)) for each in told})


def _words(told: Finding) -> str:
    return told.held[0] if isinstance(told, Question) else told.message


def test_each_is_told_once_where_it_stood_first() -> None:
    asked, other = (Question.of("twins", WORDS, "r 1", two) for two in ("r 2", "r 3"))
    told = Finding("twins", "m", "r 1")
    again = Question.of("twins", WORDS, "r 1", "r 2")
    assert each_once((told, asked, again, other, Finding("twins", "m", "r 1"))) == (told, asked, other)


def test_words_that_are_not_there_are_no_finding() -> None:
    with pytest.raises(IndexError):
        tuple(Shortened([], [0], ["a"], ["b"]).in_full())
