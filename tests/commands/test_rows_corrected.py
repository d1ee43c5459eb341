"""A row that a later export tells with another amount is asked about, and does not count twice in silence."""

from __future__ import annotations

import pytest

from tests.commands.calling import Caller
from tests.commands.test_rows_known_again import take
from tests.commands.test_rows_rounded import HEAD, asked

RIVER = "Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Tag\n"
FIRST = "2026-01-05 12:00:00,148.50,USD,0.00180000,BTC,1.50,USD,Buy\n"
SECOND = "2026-01-06 12:00:00,150.00,USD,0.00181000,BTC,1.50,USD,Buy\n"
POOL = f"{HEAD}\n2026-03-01T06:00:37Z,cold,BTC,0.0125,pool_payout,90000\n"


def payout(quantity: str, at: str = "2026-03-02T06:00:37Z") -> str:
    return f"{at},cold,BTC,{quantity},pool_payout,90000\n"


def brought(lotwork: Caller, text: str) -> None:
    path = lotwork.home.parent / "river.csv"
    path.write_text(text, encoding="utf-8")
    lotwork("import", path, code=None)


@pytest.mark.parametrize(
    "corrected",
    [
        SECOND.replace("0.00181000", "0.00182000"),
        SECOND.replace("150.00", "151.00"),
        SECOND.replace("150.00", "149.00").replace("0.00181000", "0.00179000"),
    ],
)
def test_a_row_of_a_known_export_with_another_amount_is_asked_about(lotwork: Caller, corrected: str) -> None:
    brought(lotwork, RIVER + FIRST + SECOND)
    brought(lotwork, RIVER + FIRST + corrected)
    assert asked(lotwork) == 1


@pytest.mark.parametrize("quantity", ["0.0131", "0.0126", "0.01125001"])
def test_a_row_that_a_map_reads_is_too(lotwork: Caller, quantity: str) -> None:
    take(lotwork, POOL + payout("0.0125"), "generic-receipts")
    take(lotwork, POOL + payout(quantity), "generic-receipts", code=None)
    assert asked(lotwork) == 1


@pytest.mark.parametrize(
    "more",
    [
        payout("0.0125") + payout("0.0126"),
        payout("0.0126", "2026-03-02T06:00:38Z"),
        payout("0.02"),
    ],
    ids=["both stand in it", "another instant", "another amount altogether"],
)
def test_one_that_may_be_another_is_not(lotwork: Caller, more: str) -> None:
    take(lotwork, POOL + payout("0.0125"), "generic-receipts")
    take(lotwork, POOL + more, "generic-receipts", code=None)
    assert asked(lotwork) == 0


def test_one_of_a_file_that_tells_nothing_of_the_one_before_is_not(lotwork: Caller) -> None:
    take(lotwork, POOL + payout("0.0125"), "generic-receipts")
    take(lotwork, f"{HEAD}\n{payout('0.0126')}", "generic-receipts", code=None)
    assert asked(lotwork) == 0
