"""What is encoded of a book once more is what it would be the first time, and most of it is the very same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from unittest.mock import patch

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.basis.holdings import Coins
from lotwork.projections.basis.pools import Lot
from lotwork.projections.findings import Finding, Question
from lotwork.projections.replay import encoded
from lotwork.projections.replay.encoded import Encoded

AT = "w", "BTC"
steps = st.lists(
    st.tuples(st.sampled_from(("receive", "take", "close", "meet", "in between")), st.integers(0, 30)), max_size=12
)


def lot(sequence: int) -> Lot:
    return Lot(f"r{sequence}", sequence, 739_000, 10, 1_000, "w")


def changed(held: list[Lot], step: str, place: int) -> list[Lot]:
    """Return what *held* becomes, whose lots are changed in place as a fold does."""
    if step == "receive" or not held:
        return held + [lot(1_000 + len(held) + each) for each in range(place % 4)]
    one = held[place % len(held)]
    if step == "take" and one.quantity > 1:
        one.take(1)
    elif step == "meet":
        one.meet(lot(one.sequence))
    elif step == "in between":
        return sorted([*held, lot(place)], key=lambda each: each.sequence)
    elif step == "close":
        return [each for each in held if each is not one]
    return held


def joined(frames: Iterable[bytes]) -> bytes:
    return msgspec.json.encode([*chain.from_iterable(map(msgspec.json.decode, frames))])


@given(st.integers(0, 20), steps)
def test_lots_and_coins_encoded_again_are_what_they_are_at_first(count: int, told: list[tuple[str, int]]) -> None:
    held, before = [lot(each) for each in range(count)], Encoded()
    with patch.object(encoded, "IN_A_FRAME", 3):
        for step, place in told:
            held = changed(held, step, place)
            assert joined(before.lots(*AT, held)) == msgspec.json.encode(held)
    lying, before = [Coins(each, 10, each + 1) for each in range(count)], Encoded()
    with patch.object(encoded, "IN_A_FRAME", 3):
        for _, place in told:
            lying = [each for each in lying if each.sequence != place - 1]
            for coins in lying[:1]:
                coins.quantity = place + 1
            assert joined(before.coins(*AT, lying)) == msgspec.json.encode(lying)


@given(st.lists(st.sampled_from(("tell", "tell", "tell", "answer")), max_size=20))
def test_findings_encoded_again_are_what_they_are_at_first(told: list[str]) -> None:
    findings, before = list[Finding](), Encoded()
    with patch.object(encoded, "IN_A_FRAME", 3):
        for number, step in enumerate(told):
            if step == "answer" and findings:
                findings[number % len(findings)] = Finding("answered", "so it is")
            else:
                findings.append(Question.of("asked", "{one} or {two}?", f"a{number}", "b"))
            assert [*before.findings(findings)] == [*Encoded().findings(findings)]


def test_what_stands_as_it_was_is_not_encoded_again() -> None:
    held, before = [lot(each) for each in range(9)], Encoded()
    with patch.object(encoded, "IN_A_FRAME", 3):
        first = [*before.lots(*AT, held)]
        held[0].take(4)
        then = [*before.lots(*AT, [*held[:1], *held[2:], lot(9)])]
        assert then[1] is first[1]
        assert then[2] is first[2]
        before.again = False
        assert [*before.lots(*AT, held)][1] is first[1]
        assert [*before.lots(*AT, held)][1] is not first[1]
