"""A pool's year: what it credited and kept by month, what is odd about it, and its balances against the replay."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.reconcile.pool import PoolYear, pool_year
from tests.projections.house import book_of, receipt


def paid(name: str, day: str, gross: str | None, fee: str | None, net: str, **more: Any) -> dict[str, Any]:
    told = {"gross_quantity": gross, "pool_fee_quantity": fee}
    return receipt(name, day, net, pool="ocean", **{key: value for key, value in told.items() if value} | more)


def year_of(*lines: dict[str, Any]) -> PoolYear:
    return pool_year(book_of(*lines), 2026)


def test_a_month_adds_up_gross_fee_and_net() -> None:
    (january, february) = year_of(
        paid("a", "2026-01-10", "1", "0.02", "0.98"),
        paid("b", "2026-01-20", "3", "0.06", "2.94"),
        paid("c", "2026-02-20", "1", "0.02", "0.98"),
        receipt("d", "2026-02-21", "5"),
        paid("e", "2025-12-31", "1", "0.02", "0.98"),
    ).months
    assert (january.month, january.receipts, january.gross, january.fee, january.net) == (
        "2026-01", 2, 400_000_000, 8_000_000, 392_000_000,
    )  # fmt: skip
    assert (january.fee_ppm, january.value_usd_micros) == (20_000, 392_000_000)
    assert february.receipts == 1


def test_what_is_told_of_gross_and_fee_gives_the_third() -> None:
    (month,) = year_of(
        paid("a", "2026-01-10", "1", None, "0.98"),
        paid("b", "2026-01-11", None, "0.02", "0.98"),
        paid("c", "2026-01-12", None, None, "7"),
    ).months
    assert (month.gross, month.fee, month.net) == (200_000_000, 4_000_000, 896_000_000)


def test_a_receipt_without_a_price_is_pending_and_in_no_value() -> None:
    (month,) = year_of(paid("a", "2026-01-10", None, None, "1", price_usd=None)).months
    assert (month.pending, month.value_usd_micros, month.net) == (["a"], 0, 100_000_000)


def test_a_credit_that_does_not_add_up_is_a_finding() -> None:
    (finding,) = year_of(paid("a", "2026-01-10", "1", "0.02", "0.97")).findings
    assert (finding.code, finding.event) == ("pool_receipt_differs", "a")
    assert "credited 1.00000000 BTC, kept 0.02000000, and 0.97000000 arrived" in finding.message


def test_a_month_with_another_fee_than_mostly_is_a_finding() -> None:
    usual = [paid(f"m{n}", f"2026-0{n}-10", "1", "0.02", "0.98") for n in range(1, 5)]
    (finding,) = year_of(*usual, paid("odd", "2026-05-10", "1", "0.04", "0.96")).findings
    assert finding.code == "pool_fee_moved"
    assert "kept 4.0000 percent of the BTC of 2026-05, and mostly 2.0000" in finding.message
    assert not year_of(*usual).findings


def test_a_pools_balance_is_held_against_the_replay() -> None:
    balance = {"kind": "balance", "id": "x", "at": "2026-02-01T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    elsewhere = balance | {"id": "y", "wallet": "other", "quantity": "3"}
    told = year_of(paid("a", "2026-01-10", None, None, "1"), balance | {"quantity": "0.75"}, elsewhere)
    (said,) = told.balances
    assert (said.event, said.said, said.replayed) == ("x", 75_000_000, 100_000_000)


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 10**6), st.integers(0, 10**4)), max_size=12))
def test_the_months_add_up_to_the_receipts(parts: list[tuple[int, int, int]]) -> None:
    lines = [
        paid(str(n), f"2026-{month:02}-10", f"0.{net + fee:08}", f"0.{fee:08}" if fee else None, f"0.{net:08}")
        for n, (month, net, fee) in enumerate(parts)
    ]
    told = year_of(*lines)
    assert sum(month.net for month in told.months) == sum(net for _, net, _ in parts)
    assert sum(month.gross - month.fee - month.net for month in told.months) == 0
    assert sum(month.receipts for month in told.months) == len(parts)


def test_what_may_be_none_of_the_pools_payouts_is_in_no_month() -> None:
    (month,) = year_of(
        receipt("a", "2026-01-10", "1", pool="ocean"),
        receipt("b", "2026-01-11", "2", pool="ocean", doubt="not_listed"),
    ).months
    assert (month.receipts, month.net, month.pending) == (1, 100_000_000, [])
