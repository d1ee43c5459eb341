"""What if mining income were deferred: a switch that is off, and what a book that turns it on comes to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.liability import Liability, liability
from lotwork.projections.replay.book import Book, BookState
from lotwork.rules.load import Law
from lotwork.rules.us.deferral import ever_deferred, is_deferred
from tests.projections.house import book_of, codes, receipt, sale

LAW = Law.load()
SUPPOSED = {
    "kind": "rule", "id": "bill", "at": "2025-01-01T00:00:00Z", "figure": "us/income/mining_deferred",
    "from": "2025-06-01", "value": True, "cite": "H.R. 9175", "reason": "what if it were law",
}  # fmt: skip
BEFORE, AFTER = receipt("before", "2025-05-31", "1", "50000"), receipt("after", "2025-06-01", "1", "60000")


def owed(book: Book) -> Liability:
    return liability(book, law_in_force(book.history, LAW), 2025)


def test_it_is_off_whatever_the_day() -> None:
    """H.R. 9175 is introduced, and no law: 26 U.S.C. 61(a), Notice 2014-21, A-8."""
    assert not ever_deferred(LAW)
    assert not is_deferred(LAW, date(2030, 1, 1))
    assert book_of(BEFORE, AFTER).deferral is None


def test_from_its_day_coins_mined_are_no_income_and_have_no_basis() -> None:
    book = book_of(SUPPOSED, BEFORE, AFTER)
    assert owed(book).business.receipts == 50_000
    assert [lot.basis_usd_micros for lot in book.open_lots()] == [50_000_000_000, 0]
    assert codes(book) == ["mining_income_deferred"]


def test_when_they_are_disposed_of_the_whole_proceeds_are_gain() -> None:
    book = book_of(SUPPOSED, AFTER, sale("sold", "2025-09-01", "1", "70000"), years=(2025,))
    assert [row.gain_usd_micros for row in book.gains.rows] == [70_000_000_000]
    assert owed(book).computed.income.capital.total.amount == Decimal(70_000)


@pytest.mark.parametrize("kind", ["block_reward", "transaction_fee", "pool_payout", "staking", "bonus", "referral"])
def test_only_what_is_received_for_validating_is_deferred(kind: str) -> None:
    told: dict[str, Any] = AFTER | {"income": kind}
    counted = sum(book_of(SUPPOSED, told).income.of_year(2025).values())
    assert (counted > 0) is (kind in ("bonus", "referral"))


def test_a_fold_that_goes_on_from_another_says_it_once() -> None:
    whole = book_of(SUPPOSED, BEFORE, AFTER)
    kept = msgspec.json.decode(msgspec.json.encode(whole.state()), type=BookState)
    again = Book.begin(whole.history).resume(kept)
    again.take(())
    assert again.told() == whole.told()
