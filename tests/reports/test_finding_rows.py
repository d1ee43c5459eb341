"""The JSON of many findings, made of the words of a kind once, is the JSON of each of their rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.findings import Finding, Question
from lotwork.reports import lazily
from lotwork.reports.finding_rows import ONE, TWO, finding_row, texts_of
from lotwork.reports.findings import list_findings
from lotwork.reports.result import between_brackets, json_of

WORDS = '{one} ({{"a"}}) and {two}\\n: `void {one_target}` or `void {two_target}` é \x7f {{one}} {{0}} 100 %s'
names = st.sampled_from(["r1", "pool:1/2", "it's", "a b", '"', "é", "{two}", "{0}", "\\", ONE, TWO, ""]) | st.text(
    st.characters(codec="utf-8"), max_size=4
)
words = st.sampled_from([WORDS, "{one}", "{two}{{", "none", f"{{one}} {ONE}"])
questions = st.builds(Question.of, names, words, names, names)
told = st.lists(questions | st.builds(Finding, names, names, st.none() | names), min_size=1, max_size=9)


@given(told)
def test_the_json_of_many_is_that_of_each(found: list[Finding]) -> None:
    assert texts_of(found) == between_brackets([finding_row(each) for each in found])


def test_an_answer_of_many_tells_the_same() -> None:
    found: list[Finding] = [
        Question.of("twins", WORDS, f"r{number}", f"r {number}") for number in range(lazily.AT_ONCE + 7)
    ]
    found[5] = Finding("alone", "words", None)
    rows = list_findings(found)
    assert texts_of(found[:3]).count(b'"event"') == len(found[:3])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lazily.MadeRows, "told", lambda *_: None)
        each = json_of(rows)
    assert json_of(rows) == each
