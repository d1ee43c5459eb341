"""What a pool credited and never paid is a finding; what it owes between two payouts is none, and is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lotwork.projections.completeness.gaps import NOT_PAID
from lotwork.projections.completeness.owed import owed
from tests.projections.completeness.mine import SATS_A_DAY, days, difficulties, rows, work
from tests.projections.house import book_of
from tests.projections.questions.answering import answers


def credits_of(count: int, *, first: str = "2025-01-01", asset: str = "BTC", pool: str = "viabtc") -> list[Any]:
    return [
        {"kind": "credit", "id": f"{pool}:{asset}:{day}:seen", "at": f"{day}T00:00:00Z", "pool": pool, "asset": asset}
        | {"quantity": f"0.{SATS_A_DAY:08}", "source": pool}
        for day in days(first, count)
    ]


def weekly(count: int, *, first: str = "2025-01-08", without: int = -1) -> list[dict[str, Any]]:
    """Return payouts that each pay seven days of credits."""
    paid = [day for number, day in enumerate(days(first, count, 7)) if number != without]
    return rows(paid, pool="viabtc", sats=7 * SATS_A_DAY)


def asked(*lines: Any) -> list[Any]:
    return [one for one in book_of(*lines).told() if one.code == NOT_PAID]


def test_a_payout_that_is_missing_is_asked_about_once_it_stays_away() -> None:
    assert asked(*credits_of(90), *weekly(12)) == []
    (found,) = asked(*credits_of(90), *weekly(12, without=7))
    assert found.event == "viabtc:BTC:2025-03-31:seen"
    assert "credited 0.00035000 BTC from 2025-01-01 to 2025-03-31 which no payout covers" in found.message
    (explained,) = answers(found.message)
    assert asked(*credits_of(90), *weekly(12, without=7), *explained) == []


def test_payouts_that_begin_with_older_credits_or_leave_a_part_are_honest() -> None:
    assert asked(*credits_of(90), *weekly(12, first="2025-01-02")) == []
    less = [line | {"quantity": f"0.{6 * SATS_A_DAY:08}"} for line in weekly(3)]
    assert asked(*credits_of(90), *less, *weekly(9, first="2025-01-29")) == []
    assert asked(*credits_of(20), *weekly(2)) == []


def test_credits_that_were_never_paid_are_asked_about_when_no_pool_lets_as_much_stand() -> None:
    assert asked(*credits_of(90)) == []
    much = [line | {"quantity": "0.001"} for line in credits_of(25)]
    (found,) = asked(*much)
    assert "credited 0.02500000 BTC" in found.message


def test_a_coin_that_its_pool_never_paid_while_it_paid_another_was_converted() -> None:
    side = credits_of(200, asset="LTC")
    (found,) = asked(*side, *credits_of(200), *weekly(28))
    assert "paid none of it, but BTC" in found.message
    (explained,) = answers(found.message)
    assert asked(*side, *credits_of(200), *weekly(28), *explained) == []
    assert asked(*side[:150], *credits_of(200), *weekly(28)) == []
    assert asked(*side) == []


def test_so_it_is_where_credits_are_income() -> None:
    counted = [
        line
        for asset in ("LTC", "BTC")
        for line in rows(days("2025-01-01", 200), pool="viabtc", asset=asset, wallet="viabtc")
    ]
    moved = [
        {"kind": "transfer", "id": f"out{day}", "at": f"{day}T13:00:00Z", "from_wallet": "viabtc", "to_wallet": "cold"}
        | {"asset": "BTC", "quantity": "0.00030", "source": "viabtc"}
        for day in days("2025-01-08", 20, 7)
    ]
    (found,) = asked(*counted, *moved)
    assert "LTC" in found.message


def test_a_house_that_keeps_the_coins_owes_nobody_a_payout() -> None:
    kept = rows(days("2025-01-01", 300), pool="nicehash", wallet="nicehash")
    out = [
        {"kind": "transfer", "id": f"out{day}", "at": f"{day}T13:00:00Z", "from_wallet": "nicehash"}
        | {"to_wallet": "cold", "asset": "BTC", "quantity": "0.0001", "source": "nicehash"}
        for day in days("2025-02-01", 20, 9)
    ]
    assert asked(*kept, *out) == []


def test_who_changes_pools_keeps_what_each_owes() -> None:
    first = [*credits_of(30), *weekly(3)]
    begins = days("2025-01-31", 1)[0] + timedelta(days=1)
    then = [*credits_of(30, first=str(begins), pool="braiins")]
    book = book_of(*first, *then)
    told = {(one.pool, one.asset): (one.quantity, str(one.last)) for one in owed(book.income.work, book.balances.held)}
    assert told == {
        ("viabtc", "BTC"): (9 * SATS_A_DAY, "2025-01-30"),
        ("braiins", "BTC"): (30 * SATS_A_DAY, "2025-03-02"),
    }


def test_a_payout_that_pays_for_two_takes_it_back_and_fees_are_none() -> None:
    late = [*weekly(7), *rows(days("2025-03-05", 1), pool="viabtc", sats=14 * SATS_A_DAY)]
    assert asked(*credits_of(120), *late, *weekly(7, first="2025-03-12")) == []
    dear = [line | {"quantity": f"0.{7 * SATS_A_DAY - 3_000:08}"} for line in weekly(40)]
    assert asked(*credits_of(290), *dear) == []


def says(at: str, quantity: str, pool: str = "braiins", asset: str = "BTC") -> dict[str, Any]:
    """Return what a pool says it owes."""
    line = {"kind": "balance", "id": f"owes:{pool}:{at}", "at": f"{at}T12:00:00Z", "wallet": pool, "asset": asset}
    return line | {"quantity": quantity, "pool": pool}


def test_each_pool_keeps_the_balance_it_told_last_and_no_figure_has_it() -> None:
    old = [*rows(days("2025-01-01", 20)), says("2025-01-20", "0.00310000"), says("2025-02-01", "0.00320000")]
    new = [*rows(days("2025-01-22", 60), pool="ocean"), says("2025-03-01", "0", pool="ocean")]
    book = book_of(*old, *new)
    told = {
        one.pool: (one.quantity, str(one.last), one.said, str(one.said_on))
        for one in owed(book.income.work, book.balances.held)
    }
    assert told == {
        "braiins": (0, "2025-01-20", 320_000, "2025-02-01"),
        "ocean": (0, "2025-03-22", 0, "2025-03-01"),
    }
    plain = book_of(*(line for line in [*old, *new] if line["kind"] != "balance"))
    assert [one.code for one in book.told()] == [one.code for one in plain.told()]
    assert (book.income.by_origin, book.balances.held) == (plain.income.by_origin, plain.balances.held)


def test_what_a_pool_still_owes_is_not_missing() -> None:
    lines = [*work(days("2025-03-01", 61), rate="2.2 PH/s"), *difficulties("2025-02-25")]
    assert [one.code for one in book_of(*lines).told()] == ["income_missing"]
    assert book_of(*lines, says("2025-04-30", "0.05300000")).told() == ()
    assert [one.code for one in book_of(*lines, says("2025-04-30", "0.02000000")).told()] == ["income_missing"]


def test_credits_that_the_pool_says_it_still_owes_are_no_question() -> None:
    lines = credits_of(500)
    assert len(asked(*lines)) == 1
    last = lines[-1]["at"][:10]
    total = sum(float(line["quantity"]) for line in lines)
    assert asked(*lines, says(last, f"{total:.8f}", pool="viabtc")) == []
    assert len(asked(*lines, says(last, f"{total / 2:.8f}", pool="viabtc"))) == 1
    assert len(asked(*lines, says("2025-01-05", f"{total:.8f}", pool="viabtc"))) == 1
