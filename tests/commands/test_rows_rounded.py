"""A payout that another export of one source tells to fewer decimals is asked about, and no second income in silence.

26 U.S.C. 61: what came in once is income once.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.calling import Caller
from tests.commands.test_rows_known_again import take

HEAD = "at,wallet,asset,quantity,income,price_usd"
NICEHASH = "Date time,Local date time,Purpose,Amount (BTC),Exchange rate,Amount (USD)"


def row(quantity: str, at: str = "2026-03-01T06:00:37Z", wallet: str = "cold", asset: str = "BTC") -> str:
    return f"{HEAD}\n{at},{wallet},{asset},{quantity},pool_payout,90000\n"


def asked(lotwork: Caller) -> int:
    return len(lotwork("findings", "--code", "row_told_twice", "--json", code=None).result["findings"])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("0.00123456", "0.001235"),
        ("0.00123456", "0.001234"),
        ("0.001235", "0.00123456"),
        ("0.00120034", "0.0012"),
        ("0.00123450", "0.001234"),
        ("12.34567891", "12.35"),
    ],
)
def test_a_quantity_that_is_rounded_or_cut_off_is_asked_about(lotwork: Caller, first: str, second: str) -> None:
    take(lotwork, row(first), "generic-receipts")
    told = take(lotwork, row(second), "generic-receipts")
    assert "1 appended" in told.out
    assert "1 row may tell once more what is recorded already" in told.out
    assert asked(lotwork) == 1
    assert "0 appended, 1 known" in take(lotwork, row(second), "generic-receipts").out


def test_it_is_asked_about_though_the_seconds_are_cut_off_too(lotwork: Caller) -> None:
    take(lotwork, row("0.00123456"), "generic-receipts")
    take(lotwork, row("0.001235", at="2026-03-01T06:00:00Z"), "generic-receipts")
    assert asked(lotwork) == 1


@pytest.mark.parametrize(
    "other",
    [
        row("0.001236"),
        row("0.001"),
        row("0.00123457"),
        row("0.001235", at="2026-03-01T06:00:38Z"),
        row("0.001235", at="2026-03-02T06:00:37Z"),
        row("0.001235", wallet="hot"),
        row("0.001235", asset="LTC"),
    ],
)
def test_another_payout_is_none_that_was_rounded(lotwork: Caller, other: str) -> None:
    take(lotwork, row("0.00123456"), "generic-receipts")
    take(lotwork, other, "generic-receipts")
    assert asked(lotwork) == 0


def test_each_is_told_once_more_by_one_row(lotwork: Caller) -> None:
    fine = "".join(row(each).removeprefix(f"{HEAD}\n") for each in ("0.00123456", "0.00123458"))
    rough = row("0.001235").removeprefix(f"{HEAD}\n")
    take(lotwork, f"{HEAD}\n{fine}", "generic-receipts")
    take(lotwork, f"{HEAD}\n{rough}{rough}{rough}", "generic-receipts")
    assert asked(lotwork) == 2


def test_a_known_export_saved_with_fewer_decimals_is_asked_about(lotwork: Caller, tmp_path: Path) -> None:
    for amount, fee in (("0.00020929", "-0.00000419"), ("0.000209", "-0.000004")):
        paid = f"2026-03-01 00:00:00 GMT,2026-02-28 19:00:00 GMT-05:00,Hashpower mining,{amount},84127.74,17.61\n"
        kept = f"2026-03-01 00:00:00 GMT,2026-02-28 19:00:00 GMT-05:00,Hashpower mining fee,{fee},84127.74,-0.35\n"
        (tmp_path / "report.csv").write_text(f"{NICEHASH}\n{paid}{kept}", encoding="utf-8")
        lotwork("import", tmp_path / "report.csv", code=None)
    assert asked(lotwork) == 1
