"""What is missing is looked for sooner, and not for ever: rows that a cut list left standing, or nobody expects."""

from __future__ import annotations

import pytest

from lotwork.ingest.missing import A_DAY, MONTHLY, Missing, is_due_again, missed, standing

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
