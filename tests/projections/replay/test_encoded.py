"""What is encoded of a book is all it holds; findings once more are what they would be the first time."""

from __future__ import annotations

from itertools import chain
from unittest.mock import patch

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.basis.pools import Lot
from lotwork.projections.findings import Finding, Question
from lotwork.projections.replay import encoded
from lotwork.projections.replay.encoded import Encoded, in_frames


@given(st.integers(0, 20))
def test_frames_hold_all_that_is_held_in_its_order(count: int) -> None:
    held = [Lot(f"r{each}", each, 739_000, 10, 1_000, "w") for each in range(count)]
    with patch.object(encoded, "IN_A_FRAME", 3):
        frames = [msgspec.json.decode(frame, type=list[Lot]) for frame in in_frames(held)]
    assert msgspec.json.encode([*chain.from_iterable(frames)]) == msgspec.json.encode(held)
    assert all(len(frame) == 3 for frame in frames[:-1])


@given(st.lists(st.sampled_from(("tell", "tell", "tell", "answer")), max_size=20))
def test_findings_encoded_again_are_what_they_are_at_first(told: list[str]) -> None:
    findings, before = list[Finding](), Encoded()
    with patch.object(encoded, "IN_A_FRAME", 3):
        for number, step in enumerate(told):
            if step == "answer" and findings:
                findings[number % len(findings)] = Finding("answered", "so it is")
            else:
                findings.append(Question.of("asked", "{one} or {two}?", f"a{number}", "b"))
            assert before.findings(findings) == Encoded().findings(findings)


def test_findings_that_stand_as_they_did_are_not_encoded_again() -> None:
    findings, before = [Finding("asked", f"a{number}?") for number in range(9)], Encoded()
    with patch.object(encoded, "IN_A_FRAME", 3):
        first = before.findings(findings)
        findings[3] = Finding("answered", "so it is")
        then = before.findings([*findings, Finding("asked", "a9?")])
    assert [one is other for one, other in zip(first, then, strict=False)] == [True, False, True]
