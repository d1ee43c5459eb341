"""A payout that a list tells without its fee, and a whole list with it, is one payout (26 U.S.C. 61: income once)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import book_of, codes, receipt
from tests.projections.questions.answering import answers

AT = "2025-03-01T12:00:00Z"
GROSS = receipt("gross", AT, "0.00020929", "90000", source="nicehash")
NET = receipt("net", AT, "0.0002051", "90000", source="nicehash", gross_quantity="0.00020929",
              pool_fee_quantity="0.00000419")  # fmt: skip


@pytest.mark.parametrize("lines", [[GROSS, NET], [NET, GROSS], [NET | {"at": "2025-03-01T07:00:00-05:00"}, GROSS]])
def test_a_payout_told_gross_and_net_is_asked_about(lines: list[dict[str, Any]]) -> None:
    (asked,) = book_of(*lines).told()
    assert asked.code == "likely_twins"
    one, two = answers(asked.message)[:2]
    assert [codes(book_of(*lines, *answer)) for answer in (one, two)] == [[], []]


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2025-03-01T12:00:01Z"},
        {"wallet": "hot"},
        {"asset": "LTC"},
        {"quantity": "0.0002051"},
        {"quantity": "0.0002051", "gross_quantity": "0.00020929"},
    ],
)
def test_two_payouts_are_two(change: dict[str, Any]) -> None:
    assert "likely_twins" not in codes(book_of(GROSS | change, NET))


NAMED = receipt("named", AT, "0.003", "90000", source="pool list", txid="ab" * 32)
BEFORE = receipt("before", "2025-03-01T11:59:55Z", "0.003", "90010", source="pool list")


@pytest.mark.parametrize(
    "change",
    [{}, {"at": AT}, {"at": "2025-03-01T12:01:00Z"}, {"at": "2025-03-01T13:00:30+01:00", "income": "bonus"}],
)
def test_a_payout_told_before_and_after_its_transaction_is_known_is_asked_about(change: dict[str, Any]) -> None:
    (asked,) = book_of(NAMED, BEFORE | change).told()
    assert asked.code == "likely_twins"
    one, two = answers(asked.message)[:2]
    assert [codes(book_of(NAMED, BEFORE | change, *answer)) for answer in (one, two)] == [[], []]


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2025-03-01T12:01:01Z"},
        {"quantity": "0.0031"},
        {"txid": "cd" * 32},
        {"pool": "another"},
        {"asset": "LTC"},
    ],
)
def test_a_payout_of_another_time_or_amount_is_another(change: dict[str, Any]) -> None:
    assert codes(book_of(NAMED, BEFORE | change)) == []
