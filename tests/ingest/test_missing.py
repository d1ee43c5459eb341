"""Missing rows: looked for sooner and not for ever, taken back here and there, and not where a list was cut."""

from __future__ import annotations

import pytest

from lotwork.ingest.missing import (
    A_DAY,
    MONTHLY,
    MOST_IN_A_ROW,
    MOST_OF_A_LIST,
    Missing,
    cut_out,
    is_due_again,
    missed,
    standing,
)

NOW = 100 * A_DAY
OLD = 10 * A_DAY


@pytest.mark.parametrize(
    ("whole", "left"), [((0, 50 * A_DAY), set()), ((20 * A_DAY, 50 * A_DAY), {"row"}), (None, {"row"})]
)
def test_what_a_whole_reading_no_longer_expects_is_missing_no_more(
    whole: tuple[int, int] | None, left: set[str]
) -> None:
    gone, missing = missed({}, (), {"row": Missing(OLD, 1, NOW - A_DAY)}, NOW, whole=whole)
    assert (gone, {*missing}) == ([], left)


def test_what_is_expected_and_missing_goes_as_before() -> None:
    gone, missing = missed({"row": OLD}, (), {"row": Missing(OLD, 2, NOW - A_DAY)}, NOW, whole=(0, NOW))
    assert (gone, missing) == (["row"], {})


def test_a_row_that_a_cut_list_left_standing_makes_nothing_be_read_sooner() -> None:
    half_a_month = NOW - MONTHLY // 2
    assert is_due_again(half_a_month, [Missing(OLD, 5, NOW - 60)], NOW - A_DAY, NOW)
    assert not is_due_again(half_a_month, [standing(OLD)], NOW - A_DAY, NOW)
    assert is_due_again(NOW - MONTHLY, [standing(OLD)], NOW - A_DAY, NOW)
    assert missed({"row": OLD}, (), {"row": standing(OLD)}, NOW)[0] == ["row"]
    assert missed({"row": OLD}, ("row",), {"row": standing(OLD)}, NOW) == ([], {})


def _rows(count: int) -> dict[str, int]:
    """Return *count* rows an hour apart, whose names sort otherwise than their instants."""
    return {f"{count - number:04}": OLD + 3600 * number for number in range(count)}


def _in_order(expected: dict[str, int]) -> list[str]:
    return sorted(expected, key=lambda name: expected[name])


@pytest.mark.parametrize("every", [MOST_OF_A_LIST, 7, 30])
def test_rows_gone_here_and_there_are_taken_back_however_many(every: int) -> None:
    expected = _rows(3_000)
    gone = _in_order(expected)[::every]
    assert len(gone) > MOST_IN_A_ROW
    assert cut_out(gone, expected, ()) == set()


@pytest.mark.parametrize("begin", [0, 40, 279])
def test_a_stretch_that_is_gone_stands_and_what_is_gone_elsewhere_does_not(begin: int) -> None:
    names = _in_order(_rows(300))
    stretch = names[begin : begin + MOST_IN_A_ROW + 1]
    elsewhere = names[31::60]
    assert cut_out([*stretch, *elsewhere], _rows(300), ()) == {*stretch}
    assert cut_out([*stretch[1:], *elsewhere], _rows(300), ()) == set()


def test_a_row_that_is_missing_and_not_gone_yet_does_not_part_a_stretch() -> None:
    names = _in_order(_rows(300))
    stretch, late = [*names[50:60], *names[61:72]], names[60]
    assert cut_out(stretch, _rows(300), {late}) == {*stretch}
    assert cut_out(stretch, _rows(300), ()) == set()


@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_part_of_a_list_that_is_gone_stands_wherever_its_rows_lie(every: int) -> None:
    gone = _in_order(_rows(300))[::every]
    assert cut_out(gone, _rows(300), ()) == {*gone}


def test_as_few_as_a_service_takes_back_stand_in_no_way() -> None:
    gone = _in_order(_rows(MOST_IN_A_ROW))
    assert cut_out(gone, _rows(MOST_IN_A_ROW), ()) == set()
