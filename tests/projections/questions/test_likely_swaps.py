"""What a swap brings in is what the sale realized (26 U.S.C. 1001(b)), and no income beside it."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.ledger.history import History
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.book import Book
from tests.projections.house import MAIN, book_of, codes, logged, receipt, sale, told
from tests.projections.questions.answering import answers

FUNDS = receipt("funds", "2025-01-01", "9", source="csv")
SOLD = sale("sold", "2025-03-01T12:00:00Z", "0.05", "4500", source="csv")
CAME = receipt("came", "2025-03-01T12:00:20Z", "4500", "1", asset="USDC", source="csv", income="other")


def asked(*lines: dict[str, Any]) -> list[str | None]:
    return [finding.event for finding in book_of(*lines).told() if finding.code == "likely_swap"]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"at": "2025-03-01T11:59:00Z"},
        {"at": "2025-03-01T12:01:00Z"},
        {"at": "2025-03-01T13:00:00+01:00"},
        {"quantity": "4410"},
        {"asset": "ETH", "quantity": "1.5", "price_usd": "3010"},
        {"income": "pool_payout"},
        {"source": "kraken"},
    ],
)
def test_a_receipt_of_another_coin_in_the_minute_of_a_sale_is_asked_about(change: dict[str, Any]) -> None:
    assert asked(FUNDS, SOLD, CAME | change) == ["came"]


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2025-03-01T12:01:01Z"},
        {"at": "2025-03-01T11:58:59Z"},
        {"quantity": "3000"},
        {"quantity": "0.001", "price_usd": "3000", "asset": "ETH"},
        {"asset": "BTC", "quantity": "0.05", "price_usd": "90000"},
        {"wallet": "hot"},
        {"doubt": "none"},
        {"pool": "litecoinpool"},
        {"income": "block_reward", "height": 3_000_000},
        {"price_usd": None},
    ],
)
def test_what_is_no_side_of_it_is_not(change: dict[str, Any]) -> None:
    assert asked(FUNDS, SOLD, CAME | change) == []


SWAPPED = SOLD | {"disposition": "swapped"}


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2025-03-01T12:30:00Z"},
        {"at": "2025-03-01T11:15:00Z"},
        {"wallet": "hot"},
        {"wallet": "exchange", "at": "2025-03-01T13:00:00Z", "quantity": "4455"},
    ],
)
def test_what_a_person_says_was_swapped_may_come_later_and_elsewhere(change: dict[str, Any]) -> None:
    assert asked(FUNDS, SWAPPED, CAME | change) == ["came"]
    assert asked(FUNDS, SOLD, CAME | change) == []


@pytest.mark.parametrize("change", [{"at": "2025-03-01T13:00:01Z"}, {"quantity": "3000"}, {"doubt": "none"}])
def test_what_is_no_side_of_what_was_swapped_is_not(change: dict[str, Any]) -> None:
    assert asked(FUNDS, SWAPPED, CAME | {"wallet": "hot"} | change) == []


def test_each_sale_has_one_other_side() -> None:
    two = [CAME, CAME | {"id": "again"}]
    assert asked(FUNDS, SOLD, *two) == ["came"]
    after = SOLD | {"at": "2025-03-01T12:00:50Z"}
    assert asked(FUNDS, *two, after) == ["again"]
    assert asked(FUNDS, *two, after, after | {"id": "more"}) == ["again", "came"]


def test_a_person_answers_either_way() -> None:
    lines = (FUNDS, SOLD, CAME)
    (finding,) = (each for each in book_of(*lines).told() if each.code == "likely_swap")
    swap, income = answers(finding.message)
    swapped = book_of(*lines, *swap)
    assert codes(swapped) == []
    assert swapped.income.of_year(2025) == {"pool_payout": 900_000_000}
    assert {lot.lot: lot.basis_usd_micros for lot in swapped.open_lots()}["came"] == 4_500_000_000
    earned = book_of(*lines, *income)
    assert codes(earned) == []
    assert earned.income.of_year(2025)["other"] == 4_500_000_000


@pytest.mark.parametrize("lines", [(FUNDS, SOLD, CAME), (FUNDS, CAME, SOLD | {"at": "2025-03-01T12:00:50Z"})])
def test_a_book_that_goes_on_asks_what_one_from_zero_asks(lines: tuple[dict[str, Any], ...]) -> None:
    events = sorted(told(*lines), key=lambda event: event.at)
    for cut in range(1, len(events)):
        log = logged(events[:cut])
        resumed = Book.begin(History.read(log, MAIN)).resume(Book.begin(History.read(log, MAIN)).fold().state())
        log.append(events[cut:])
        resumed.take(read_appendable(resumed, cut) or ())
        assert resumed.told() == Book.begin(History.read(log, MAIN)).fold().told()
