from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lotwork.web import charts


def test_a_bar_stands_on_the_floor_and_is_as_high_as_its_share_of_the_largest_tick() -> None:
    chart = charts.plain_bars("t", [50, 100], ["a", "b"], ["A", "B"], str)
    assert [bar.blocks[0].height for bar in chart.bars] == [120.0, 240.0]
    assert [bar.blocks[0].y for bar in chart.bars] == [120.0, 0.0]
    assert chart.ticks == ("100", "75", "50", "25", "0")


def test_an_amount_of_nothing_draws_no_bar() -> None:
    chart = charts.plain_bars("t", [0, 3], ["a", "b"], ["A", "B"], str)
    assert [bar.says for bar in chart.bars] == ["B"]
    assert not charts.plain_bars("t", [], [], [], str).bars


def test_a_day_stacks_its_pools_the_largest_lowest_and_says_each() -> None:
    day = date(2026, 3, 1)
    amounts = {(day, "small"): 25, (day, "large"): 75, (date(2025, 3, 1), "large"): 999}
    chart = charts.year_of_days("t", 2026, amounts, str, str.title)
    (bar,) = chart.bars
    assert chart.series == ("Large", "Small")
    assert [(block.series, block.height) for block in bar.blocks] == [(0, 180.0), (1, 60.0)]
    assert bar.blocks[1].y + bar.blocks[1].height == bar.blocks[0].y
    assert bar.says == "Mar 1: 100 (Large 75, Small 25)"


def test_a_leap_year_has_one_day_more() -> None:
    last = {(date(2024, 12, 31), "p"): 1}
    assert charts.year_of_days("t", 2024, last, str, str).bars[0].x > 999 * 365 / 366


def test_pools_beyond_the_palette_are_drawn_as_one() -> None:
    amounts = {(date(2026, 1, number), name): number for number, name in enumerate([*"abcdefg", "other"], start=1)}
    chart = charts.year_of_days("t", 2026, amounts, str, str)
    assert len(chart.series) == charts.MOST_SERIES
    assert chart.series[-1] == "other"
    assert len(chart.bars) == len(amounts)


def test_ticks_have_as_many_decimals_as_they_need_and_all_the_same() -> None:
    chart = charts.plain_bars("t", [15_000_000], ["a"], ["A"], lambda units: f"{units // 10**8}.{units % 10**8:08d}")
    assert chart.ticks == ("0.20", "0.15", "0.10", "0.05", "0.00")


@given(st.integers(1, 10**18))
def test_the_highest_tick_is_round_and_not_below_the_largest_bar(largest: int) -> None:
    top = charts.rounded_up(largest)
    assert largest <= top < 2.1 * largest or top == charts.TICKS
    assert str(top).rstrip("0") in {"1", "2", "3", "4", "6", "8"}


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=40))
def test_no_bar_leaves_the_box(amounts: list[int]) -> None:
    texts = [str(amount) for amount in amounts]
    for bar in charts.plain_bars("t", amounts, texts, texts, str).bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= charts.WIDTH + 0.01
        assert all(-0.01 <= block.y <= charts.HEIGHT for block in bar.blocks)
