"""A pool that paid day by day and told nothing for a week is asked about, by the rows alone; an honest book is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lotwork.projections.completeness.gaps import MISSING
from tests.projections.completeness.mine import days, rows, work
from tests.projections.house import book_of
from tests.projections.questions.answering import answers

BEFORE, AFTER = days("2025-03-01", 20), days("2025-05-01", 20)


def missing(*lines: object) -> list[str]:
    book = book_of(*lines)  # type: ignore[arg-type] # lines of several helpers
    return [found.message for found in book.told() if found.code == MISSING]


def test_a_month_that_a_daily_pool_left_out_is_named_with_its_days_and_the_command_that_explains_it() -> None:
    lines = [*rows(BEFORE), *rows(AFTER)]
    (found,) = (one for one in book_of(*lines).told() if one.code == MISSING)
    assert found.event == "braiins:BTC:2025-03-20"
    assert "braiins told no BTC from 2025-03-21 to 2025-04-30 (41 days)" in found.message
    assert "`lotwork poll braiins`" in found.message
    ((explained,),) = answers(found.message)
    assert (explained["from"], explained["to"]) == ("2025-03-21", "2025-05-01")
    assert missing(*lines, explained) == []


@pytest.mark.parametrize(("pause", "asked"), [(6, 0), (7, 1), (12, 1)])
def test_less_than_a_week_is_mostly_the_rigs_own(pause: int, asked: int) -> None:
    after = BEFORE[-1] + timedelta(days=pause + 1)
    assert len(missing(*rows(BEFORE), *rows(days(str(after), 20)))) == asked


def test_coins_of_one_pool_that_were_silent_together_are_one_question() -> None:
    both = [row for coin in ("LTC", "DOGE") for row in rows([*BEFORE, *AFTER], pool="viabtc", asset=coin)]
    (asked,) = missing(*both)
    assert "no DOGE and no LTC" in asked or "no LTC and no DOGE" in asked
    assert missing(*both, *answers_of(asked)) == []


def answers_of(message: str) -> list[dict[str, object]]:
    return [line for answer in answers(message) for line in answer]


def test_one_coin_of_two_that_went_silent_alone_is_asked_about() -> None:
    (asked,) = missing(
        *rows(days("2025-03-01", 81), pool="viabtc", asset="LTC"), *rows([*BEFORE, *AFTER], pool="viabtc", asset="DOGE")
    )
    assert "no DOGE from" in asked


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([*rows(BEFORE), *rows(AFTER), *rows(days("2025-03-21", 41), pool="ocean")], id="another pool"),
        pytest.param([*rows(BEFORE), *rows(days("2025-05-01", 8, 40))], id="a least payout that was raised"),
        pytest.param([*rows(days("2025-01-01", 9, 30))], id="a payout when so much is owed"),
        pytest.param([*rows(days("2025-01-01", 9, 9)), *rows(days("2025-04-16", 9, 9))], id="every nine days"),
        pytest.param([*rows(BEFORE), *rows(AFTER[:3])], id="too little after it"),
        pytest.param([*rows(BEFORE[:5]), *rows(AFTER)], id="too little before it"),
        pytest.param([*rows(BEFORE), *rows(AFTER[:1], sats=42 * 5_000), *rows(AFTER[1:])], id="paid at its end"),
        pytest.param([*rows(BEFORE), *rows(AFTER), *work(days("2025-03-21", 41), rate="0 H/s")], id="off, as told"),
        pytest.param([*rows(BEFORE, income="bonus"), *rows(AFTER, income="bonus")], id="bonuses alone"),
    ],
)
def test_an_honest_silence_is_not_asked_about(lines: list[dict[str, object]]) -> None:
    assert missing(*lines) == []


def test_a_season_is_asked_about_once_a_season_and_answered_without_naming_the_pool() -> None:
    seasons = [*rows(days("2024-11-01", 100)), *rows(days("2025-11-01", 100)), *rows(days("2026-11-01", 20))]
    asked = missing(*seasons)
    assert len(asked) == 2
    off = [
        {"kind": "hashrate", "id": f"off{year}", "at": f"{year}-11-01T00:00:00Z", "asset": "BTC"}
        | {"from": f"{year}-02-08", "to": f"{year}-11-01", "explained": "off in the warm months"}
        for year in (2025, 2026)
    ]
    assert missing(*seasons, *off) == []


def test_a_silence_over_the_year_s_end_stands_in_the_year_it_began_in() -> None:
    (found,) = (
        one
        for one in book_of(*rows(days("2025-12-01", 20)), *rows(days("2026-01-15", 20))).told()
        if one.code == MISSING
    )
    assert found.event == f"braiins:BTC:{date(2025, 12, 20)}"
