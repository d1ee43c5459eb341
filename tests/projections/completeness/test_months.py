"""What a month's work should have brought, against what came for it: in bounds, and nothing where nothing is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.completeness.chain import coins, subsidy_of
from lotwork.projections.completeness.gaps import BEYOND, MISSING
from lotwork.projections.completeness.months import PoolWork
from tests.projections.completeness.mine import days, difficulties, rows, work
from tests.projections.house import book_of
from tests.projections.questions.answering import answers

WORKED = days("2025-03-01", 61)
PAID = days("2025-03-02", 61)
CHAIN = [*difficulties("2025-02-25")]
FULL = 4_704
"""Satoshis that 110 TH/s bring a day at this difficulty: 110e12 x 86,400 x 3.125e8 / (147e12 x 2**32)."""


def month(name: str, *lines: Any, pool: str = "braiins", asset: str = "BTC") -> PoolWork:
    months = book_of(*lines).completeness().months
    (found,) = (one for one in months if (one.month, one.account) == (name, (pool, asset)))
    return found


def found(*lines: Any) -> list[tuple[str, str | None]]:
    return [(one.code, one.event) for one in book_of(*lines).told() if one.code in (MISSING, BEYOND)]


def test_what_is_expected_is_hashrate_times_time_times_subsidy_by_difficulty() -> None:
    day = coins(Decimal(110 * 10**12), Decimal(86_400), Decimal(147 * 10**12), 312_500_000)
    assert int(day) == FULL
    told = month("2025-03", *work(WORKED), *rows(PAID), *CHAIN)
    assert told.least == told.most
    assert int(told.least or 0) == int(31 * day)
    assert (told.worked, told.unknown, told.booked) == (31, 0, 30 * 5_000)


@pytest.mark.parametrize(
    ("asset", "day", "height", "least", "most"),
    [
        ("BTC", "2024-04-19", None, 625_000_000, 625_000_000),
        ("BTC", "2024-04-20", None, 312_500_000, 625_000_000),
        ("BTC", "2024-04-21", None, 312_500_000, 312_500_000),
        ("BTC", "2024-04-20", 838_656, 312_500_000, 625_000_000),
        ("BTC", "2024-05-01", 840_672, 312_500_000, 312_500_000),
        ("BTC", "2028-06-01", 1_050_000, 156_250_000, 156_250_000),
        ("BTC", "2012-01-01", None, 5_000_000_000, 5_000_000_000),
        ("LTC", "2026-01-01", None, 625_000_000, 625_000_000),
        ("DOGE", "2026-01-01", None, 10_000 * 10**8, 10_000 * 10**8),
    ],
)
def test_what_a_block_brings_is_the_chain_s_law(
    asset: str, day: str, height: int | None, least: int, most: int
) -> None:
    assert subsidy_of(asset, date.fromisoformat(day), height) == (least, most)


@pytest.mark.parametrize(("asset", "day"), [("KAS", "2026-01-01"), ("BTC", "2028-01-01"), ("DOGE", "2014-06-01")])
def test_what_the_table_does_not_say_is_not_known(asset: str, day: str) -> None:
    assert subsidy_of(asset, date.fromisoformat(day), None) is None


@pytest.mark.parametrize("lost", [3, 4, 12, 25])
def test_days_that_are_lost_where_each_share_is_paid_are_found_with_their_days(lost: int) -> None:
    came = [day for day in PAID if not date(2025, 4, 5) <= day < date(2025, 4, 5 + lost)]
    lines = [*work(WORKED), *rows(came, sats=FULL), *CHAIN]
    assert found(*lines) == [(MISSING, "braiins:BTC:2025-04-30")]
    (told,) = (one for one in book_of(*lines).told() if one.code == MISSING)
    assert f"mostly of the days without one: 2025-04-05 to 2025-04-{4 + lost:02}" in told.message
    ((explained,),) = answers(told.message)
    assert (explained["from"], explained["to"]) == ("2025-04-05", f"2025-04-{5 + lost:02}")
    assert found(*lines, explained) == []


@pytest.mark.parametrize("sats", [FULL * 95 // 100, FULL, FULL * 120 // 100, FULL * 199 // 100])
def test_what_a_pool_keeps_and_what_blocks_bring_beside_the_subsidy_is_no_gap(sats: int) -> None:
    assert found(*work(WORKED), *rows(PAID, sats=sats), *CHAIN) == []


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_when_a_day_is_credited_makes_no_gap(lag: int) -> None:
    assert found(*work(WORKED), *rows(days(f"2025-03-0{1 + lag}", 61), sats=FULL), *CHAIN) == []


def test_a_payout_when_so_much_is_owed_pays_for_the_work_since_the_one_before() -> None:
    paid = rows(days("2025-03-02", 5, 15), sats=15 * FULL)
    assert found(*work(WORKED), *paid, *CHAIN) == []
    lines = [*work(days("2025-03-01", 92)), *rows(days("2025-03-02", 7, 15), sats=15 * FULL), *CHAIN]
    without = [line for line in lines if line["id"] not in ("braiins:BTC:2025-04-16", "braiins:BTC:2025-04-01")]
    assert found(*without) == [(MISSING, "braiins:BTC:2025-05-31")]


def test_where_luck_decides_only_half_is_a_gap() -> None:
    lucky = [*work(WORKED, scheme="pplns"), *CHAIN]
    assert found(*lucky, *rows(PAID, sats=FULL * 55 // 100)) == []
    assert [code for code, _ in found(*lucky, *rows(PAID, sats=FULL * 45 // 100))] == [MISSING, MISSING]
    unsaid = [{key: value for key, value in line.items() if key != "scheme"} for line in lucky]
    assert found(*unsaid, *rows(PAID, sats=FULL * 55 // 100)) == []
    assert found(*lucky, *rows(PAID, sats=FULL * 3)) == []


def test_of_one_who_mines_alone_nothing_is_expected_of_a_month() -> None:
    assert found(*work(WORKED, scheme="solo"), *rows(PAID[:1], sats=100), *CHAIN) == []
    assert month("2025-03", *work(WORKED, scheme="solo"), *rows(PAID[:1], sats=100), *CHAIN).least is not None


def test_twice_the_work_is_asked_about_where_each_share_is_paid() -> None:
    lines = [*work(WORKED), *rows(PAID, sats=FULL * 21 // 10), *CHAIN]
    assert found(*lines)[0] == (BEYOND, "braiins:BTC:2025-03-31")


def test_what_is_not_told_is_not_known_and_makes_no_gap() -> None:
    poor = rows(PAID, sats=10)
    assert found(*work(WORKED), *poor) == []
    told = month("2025-03", *work(WORKED), *poor)
    assert (told.least, told.unknown) == (None, 31)
    assert month("2025-03", *poor).worked == 0
    (only,) = difficulties("2025-02-25", 1)
    late = month("2025-04", *work(WORKED), *poor, only)
    assert (late.least, late.unknown) == (None, 30)
    march = month("2025-03", *work(WORKED), *poor, only)
    assert march.unknown == 14  # 21 days from February 25 end with March 17
    assert int(march.least or 0) == int(
        17 * coins(Decimal(110 * 10**12), Decimal(86_400), Decimal(147 * 10**12), 312_500_000)
    )


def test_merged_coins_are_expected_of_the_same_work() -> None:
    scrypt: dict[str, Any] = {"asset": "LTC", "merged": ["DOGE"], "pool": "viabtc", "source": "viabtc"}
    lines = [*work(WORKED, rate="9.5 GH/s", **scrypt)]
    lines += [*difficulties("2025-02-27", 30, value="90000000", asset="LTC")]
    lines += [
        {"kind": "difficulty", "id": f"d{day}", "at": f"{day}T00:00:00Z", "asset": "DOGE", "difficulty": "45000000"}
        for day in WORKED
    ]
    ltc, doge = (
        month("2025-03", *lines, *rows(PAID, pool="viabtc", asset=coin), pool="viabtc", asset=coin)
        for coin in ("LTC", "DOGE")
    )
    assert int(doge.least or 0) == int(31 * coins(Decimal(95 * 10**8), Decimal(86_400), Decimal(45_000_000), 10**12))
    assert ltc.unknown > 0  # of Litecoin a difficulty holds for a week, and one a fortnight is told
    week = 7 * coins(Decimal(95 * 10**8), Decimal(86_400), Decimal(90_000_000), 625_000_000)
    assert ltc.least is not None
    assert 2 * week < ltc.least < 5 * week


def test_work_that_nothing_came_for_any_more_is_asked_about() -> None:
    lines = [*work(days("2025-03-01", 61)), *rows(days("2025-03-02", 30), sats=FULL), *CHAIN]
    assert found(*lines) == [(MISSING, "braiins:BTC:2025-03-31")]
    ((explained,),) = answers(next(one.message for one in book_of(*lines).told() if one.code == MISSING))
    assert found(*lines, explained) == []
    assert found(*work(days("2025-03-01", 33)), *rows(days("2025-03-02", 30), sats=FULL), *CHAIN) == []


def test_work_that_never_brought_a_row_is_asked_about_once_it_is_more_than_any_pool_lets_stand() -> None:
    assert found(*work(WORKED), *CHAIN) == []
    (asked,) = found(*work(WORKED, rate="20 PH/s"), *CHAIN)
    assert asked == (MISSING, "work:braiins:2025-04-30:20 PH/s")


def test_what_two_accounts_tell_adds_up_and_what_a_hand_tells_fills_in() -> None:
    two = [*work(WORKED[:10]), *work(WORKED[:10], source="second", id="second")]
    two = [{**line, "id": f"{line['id']}:{number}"} for number, line in enumerate(two)]
    by_hand = {"kind": "hashrate", "id": "hand", "at": "2025-04-01T00:00:00Z", "asset": "BTC", "pool": "Braiins"}
    hand = by_hand | {"from": "2025-03-01", "to": "2025-04-01", "hashrate": "55 TH/s", "scheme": "fpps"}
    told = month("2025-03", *two, hand, *rows(PAID), *CHAIN)
    assert told.worked == 31
    assert told.hashes == 86_400 * (10 * 220 + 21 * 55) * 10**12


def test_work_without_a_pool_is_held_against_all_that_tell_none() -> None:
    lines = [*work(WORKED, pool=None), *CHAIN]
    both = [*rows(PAID[:31], sats=FULL), *rows(PAID[31:], pool="ocean", sats=FULL)]
    assert found(*lines, *both) == []
    told = month("2025-04", *lines, *both, pool="")
    assert told.booked == 30 * FULL
    assert found(*lines, *both[:40]) == [(MISSING, "ocean:BTC:2025-04-10")]


def unnamed(of: list[date], sats: int = FULL) -> list[dict[str, Any]]:
    """Return receipts of a file that has no column for the pool."""
    return [{k: v for k, v in row.items() if k not in ("pool", "source")} for row in rows(of, pool="csv", sats=sats)]


BIG = [*work(WORKED, rate="2.2 PH/s")]
"""Work that brings twenty times FULL a day, and more in all than any pool lets stand."""


@pytest.mark.parametrize(
    "came",
    [
        pytest.param(unnamed(PAID, 20 * FULL * 96 // 100), id="all of it, day by day"),
        pytest.param(unnamed(PAID[::5], 100 * FULL), id="all of it, when so much is owed"),
        pytest.param([*rows(PAID[:31], sats=20 * FULL), *unnamed(PAID[31:], 20 * FULL)], id="since April"),
        pytest.param([*rows(PAID[::2], sats=20 * FULL), *unnamed(PAID[1::2], 20 * FULL)], id="every other row"),
        pytest.param([*rows(PAID[:40], sats=20 * FULL), *unnamed(PAID[40:52], 20 * FULL),
                      *rows(PAID[52:], sats=20 * FULL)], id="twelve days"),
    ],
)  # fmt: skip
def test_receipts_that_name_no_pool_may_be_what_lacks(came: list[dict[str, Any]]) -> None:
    assert found(*BIG, *CHAIN, *came) == []
    named = [line for line in came if "pool" in line]
    assert found(*BIG, *CHAIN, *named), "without them it would be asked about"


@pytest.mark.parametrize("more", [{"asset": "LTC"}, {"income": "bonus"}, {"at": "2024-12-01T12:00:00Z"}], ids=str)
def test_what_cannot_be_the_pool_s_explains_nothing(more: dict[str, Any]) -> None:
    others = [line | more for line in unnamed(PAID[-1:], 2000 * FULL)]
    assert [code for code, _ in found(*BIG, *CHAIN, *others)] == [MISSING]


def test_too_few_of_them_are_told_and_how_to_name_them() -> None:
    few = unnamed(PAID[::3], 20 * FULL)
    lines = [*BIG, *CHAIN, *few]
    (told,) = (one.message for one in book_of(*lines).told() if one.code == MISSING)
    assert "0.01975680 BTC of that time came without the name of a pool" in told
    (correction,), (explained,) = answers(told)
    assert (correction["target"], correction["set"]) == (few[0]["id"], {"pool": "braiins"})
    assert found(*lines, explained) == []


def test_one_receipt_does_not_pay_two_pools() -> None:
    other = [*work(WORKED, rate="2.2 PH/s", pool="viabtc")]
    once = unnamed(PAID, 20 * FULL)
    assert len(found(*BIG, *other, *CHAIN, *once)) == 2
    assert found(*BIG, *other, *CHAIN, *[line | {"quantity": "0.00188160"} for line in once]) == []


def test_work_at_any_pool_is_held_against_receipts_that_name_none() -> None:
    lines = [*work(WORKED, pool=None), *CHAIN]
    assert found(*lines, *unnamed(PAID)) == []
    assert month("2025-04", *lines, *unnamed(PAID), pool="").booked == 30 * FULL
    assert [code for code, _ in found(*lines, *unnamed(PAID[:40]))] == [MISSING]
