"""What a pool owes falls and no payout is told: asked about, once the payout would be there; and each account apart."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lotwork.projections.completeness.gaps import NOT_PAID
from lotwork.projections.completeness.owed import owed
from tests.projections.completeness.mine import days, rows
from tests.projections.house import book_of
from tests.projections.questions.answering import answers


def owes(
    day: str | date, sats: int, *, source: str = "zpool", pool: str = "zpool", asset: str = "BTC"
) -> dict[str, Any]:
    said = {"kind": "balance", "id": f"{source}:{day}:owed", "at": f"{day}T12:00:00Z", "wallet": pool, "pool": pool}
    return said | {"asset": asset, "quantity": f"{sats // 10**8}.{sats % 10**8:08}", "source": source}


def paid(day: str | date, sats: int, **more: Any) -> list[dict[str, Any]]:
    return [line | more for line in rows([date.fromisoformat(str(day))], pool="zpool", sats=sats)]


def asked(*lines: Any) -> list[Any]:
    return [one for one in book_of(*lines).told() if one.code == NOT_PAID]


LATER = owes("2025-02-10", 5_000)


@pytest.mark.parametrize("less", [0, 400, 1_000])
def test_a_fall_without_a_payout_is_asked_about_until_it_is_there_or_explained(less: int) -> None:
    told = [owes("2025-01-10", 100_000), owes("2025-01-11", less), LATER]
    (found,) = asked(*told)
    assert found.event == "zpool:2025-01-11:owed"
    assert f"fell by {(100_000 - less) / 10**8:.8f} from 2025-01-10 to 2025-01-11" in found.message
    assert "payouts of 0.00000000" in found.message
    (explained,) = answers(found.message)
    assert asked(*told, *explained) == []
    for day in ("2025-01-10", "2025-01-11", "2025-01-15"):
        assert asked(*told, *paid(day, 100_000)) == []
    assert asked(*told, *paid("2025-01-11", 100_000, pool=None)) == []
    assert asked(*told[:2]) == []


@pytest.mark.parametrize(("sats", "is_asked"), [(100_000, False), (90_000, False), (89_000, True), (1, True)])
def test_a_payout_may_cost_a_tenth(sats: int, is_asked: bool) -> None:
    told = [owes("2025-01-10", 100_000), owes("2025-01-12", 0), LATER, *paid("2025-01-11", sats)]
    assert bool(asked(*told)) is is_asked


def test_each_payout_covers_one_fall() -> None:
    said = [owes(day, 100_000 if number % 2 == 0 else 0) for number, day in enumerate(days("2025-01-01", 20))]
    payouts = [line for day in days("2025-01-02", 10, 2) for line in paid(day, 100_000)]
    assert asked(*said, *payouts, LATER) == []
    (one,) = asked(*said, *payouts[:4], *payouts[5:], LATER)
    assert "payouts of 0.00000000" in one.message


def test_what_is_credited_meanwhile_hides_nothing_that_was_paid() -> None:
    assert asked(owes("2025-01-10", 100_000), owes("2025-01-11", 30_000), LATER, *paid("2025-01-11", 100_000)) == []


def test_two_accounts_at_one_pool_are_no_falls_of_each_other_and_owe_together() -> None:
    told = [
        owes(day, sats, source=source)
        for day in days("2025-01-01", 5)
        for source, sats in (("first", 100_000), ("second", 2_000))
    ]
    assert asked(*told, LATER) == []
    book = book_of(*told)
    (one,) = owed(book.income.work, book.balances.held)
    assert one.said == 102_000


def test_the_falls_outlive_a_fold_that_goes_on() -> None:
    book = book_of(owes("2025-01-10", 100_000), owes("2025-01-11", 0), LATER)
    state, fresh = book.income.work.state(), type(book.income.work)(book.income.work.calendar)
    fresh.resume(state)
    assert fresh.falls == book.income.work.falls
    assert fresh.last_day == book.income.work.last_day
