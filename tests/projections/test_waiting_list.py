"""A list whose beginning waits is, to whoever looks at it, the list of all of it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.waiting_list import WaitingList, passing

numbers = st.lists(st.integers(0, 9), max_size=5)
places = st.none() | st.integers(-6, 6)


def waiting(kept: list[int], since: list[int]) -> WaitingList[int]:
    """Return the list of both, of which the first wait."""
    told = WaitingList.of(tuple(kept))
    for each in since:
        told.append(each)
    return told


@given(numbers, numbers, places, places)
def test_whatever_is_asked_it_answers_as_the_list_of_all(
    kept: list[int], since: list[int], first: int | None, last: int | None
) -> None:
    whole = [*kept, *since]

    def told() -> WaitingList[int]:
        return waiting(kept, since)

    assert (len(told()), list(told()), tuple(told())) == (len(whole), whole, tuple(whole))
    assert ([*reversed(told())], sorted(told())) == ([*reversed(whole)], sorted(whole))
    assert [number in told() for number in range(10)] == [number in whole for number in range(10)]
    assert list(told()[first:last]) == whole[first:last]
    assert [told()[place] for place in range(-len(whole), len(whole))] == [*whole, *whole]
    assert (told() == told(), told() == whole, whole == told(), told() != [*whole, 1]) == (True, True, True, True)


@given(numbers, numbers, places, places, numbers)
def test_it_is_changed_as_the_list_of_all(
    kept: list[int], since: list[int], first: int | None, last: int | None, others: list[int]
) -> None:
    changed, whole = waiting(kept, since), [*kept, *since]
    for each in (changed, whole):
        each[first:last] = others
        del each[:last]
        each.extend(others)
    assert changed == whole


@pytest.mark.parametrize(
    "asked",
    [
        bool, repr, sum, max, lambda told: operator.add(told, [7]), lambda told: operator.add([7], told),
        lambda told: told * 2, lambda told: 2 * told, lambda told: told < [1, 9], lambda told: told >= [1, 9],
        lambda told: told != [4], lambda told: told.index(2), lambda told: told.count(2), lambda told: told.pop(),
        lambda told: told.pop(0), lambda told: (told.insert(1, 7), told), lambda told: (told.remove(1), told),
        lambda told: (told.sort(reverse=True), told), lambda told: (told.reverse(), told), list, tuple,
        lambda told: (told.clear(), told), lambda told: [*zip(told, told, strict=True)], lambda told: [7, *told],
        lambda told: told.copy(),
    ],
)  # fmt: skip
def test_nothing_that_a_list_can_be_asked_forgets_what_waits(asked: Callable[[list[int]], Any]) -> None:
    assert asked(waiting([1, 2], [4])) == asked([1, 2, 4])
    assert asked(waiting([1, 2], [])) == asked([1, 2])


def test_two_that_wait_are_held_against_each_other() -> None:
    one, other, more = (waiting(kept, [4]) for kept in ([1, 2], [1, 2], [1, 3]))
    assert one == other
    assert waiting([1, 2], [4]) != more
    assert waiting([1, 2], [4]) + waiting([5], []) == [1, 2, 4, 5]


def test_its_beginning_waits_as_long_as_nobody_looks() -> None:
    told = waiting([1, 2, 3], [4])
    part = told[:2]
    assert isinstance(part, WaitingList)
    assert (len(told), len(part), part.kept, told.since(), told.kept) == (4, 2, (1, 2), (4,), (1, 2, 3))
    assert (told[0], told.kept, told.since()) == (1, (), (1, 2, 3, 4))


@given(numbers, numbers)
def test_what_is_gone_through_in_passing_goes_on_waiting(kept: list[int], since: list[int]) -> None:
    told = waiting(kept, since)
    assert [*passing(told)] == [*passing([*kept, *since])] == [*kept, *since]
    assert (told.kept, told.since()) == (tuple(kept), tuple(since))
