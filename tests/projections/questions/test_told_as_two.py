"""One quantity of a coin that one hand tells as income and as bought, or as given, is asked about before a return.

Law: coins that were bought have their cost for a basis (26 U.S.C. 1012), what was given is no income (102), and
what was received for mining is (61): one quantity is one of these.
"""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.ledger.history import History
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.book import Book
from tests.projections.house import MAIN, book_of, codes, logged, receipt, told
from tests.projections.questions.answering import answers

PAID = receipt("paid", "2025-03-01T12:00:00Z", "0.01", "90000")
BOUGHT = {"kind": "purchase", "id": "bought", "at": "2025-03-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
          "quantity": "0.01", "cost_usd": "900"}  # fmt: skip
GIVEN = {"kind": "gift", "id": "given", "at": "2025-03-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
         "quantity": "0.01", "donor_basis_usd": "1", "donor_acquired": "2024-01-01", "fair_value_usd": "1"}  # fmt: skip
KINDS = [(PAID, BOUGHT), (PAID, GIVEN), (BOUGHT, GIVEN)]


def asked(*lines: dict[str, Any]) -> list[str]:
    return [finding.code for finding in book_of(*lines).told() if finding.code.startswith("likely")]


@pytest.mark.parametrize(("one", "two"), KINDS)
@pytest.mark.parametrize(
    "other",
    [
        {},
        {"quantity": "0.01000000"},
        {"at": "2025-03-01T12:07:00Z"},
        {"at": "2025-03-01T05:00:00-07:00"},
        {"at": "2025-03-01T11:48:00Z", "note": "again"},
    ],
)
def test_one_quantity_told_as_two_kinds_is_asked_about(
    one: dict[str, Any], two: dict[str, Any], other: dict[str, Any]
) -> None:
    assert asked(one, two | other) == ["likely_twins"]
    assert asked(two | other, one) == ["likely_twins"]
    shared = {"source": "exchange"}
    assert asked(one | shared, two | other | shared) == ["likely_twins"]
    assert asked(one | shared, two | other | {"source": "wallet"}) == ["likely_twins"]


@pytest.mark.parametrize(("one", "two"), KINDS)
@pytest.mark.parametrize(
    "other",
    [
        {"quantity": "0.01000001"},
        {"wallet": "exchange"},
        {"asset": "LTC"},
        {"at": "2025-03-01T12:31:00Z"},
    ],
)
def test_other_coins_other_wallets_and_other_hours_are_two(
    one: dict[str, Any], two: dict[str, Any], other: dict[str, Any]
) -> None:
    assert asked(one, two | other) == []


@pytest.mark.parametrize(("one", "two"), KINDS)
def test_each_answer_settles_the_question_and_does_what_it_says(one: dict[str, Any], two: dict[str, Any]) -> None:
    (finding,) = book_of(one, two).told()
    void, void_other, both = answers(finding.message)
    held = []
    for answer in (void, void_other, both):
        book = book_of(one, two, *answer)
        assert codes(book) == []
        held.append(sum(lot.quantity for lot in book.open_lots()))
    assert held == [1_000_000, 1_000_000, 2_000_000]
    assert {void[0]["target"], void_other[0]["target"]} == {one["id"], two["id"]}


def test_they_are_paired_one_to_one() -> None:
    more = [BOUGHT | {"id": f"bought{number}"} for number in range(3)]
    assert asked(PAID, PAID | {"id": "paid2", "note": "second"}, *more) == ["likely_twins"] * 2


def test_a_book_that_goes_on_asks_what_one_from_zero_asks() -> None:
    events = told(PAID, BOUGHT | {"at": "2025-03-01T12:01:00Z"}, GIVEN | {"at": "2025-03-01T12:02:00Z"})
    for cut in range(1, len(events)):
        log = logged(events[:cut])
        resumed = Book.begin(History.read(log, MAIN)).resume(Book.begin(History.read(log, MAIN)).fold().state())
        log.append(events[cut:])
        tail = read_appendable(resumed, cut)
        assert tail is not None
        resumed.take(tail)
        assert resumed.told() == Book.begin(History.read(log, MAIN)).fold().told()
