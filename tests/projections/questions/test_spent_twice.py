"""What a node saw leave and an invoice says was spent is one disposal: asked once (26 U.S.C. 1001)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import book_of, codes, sale
from tests.projections.questions.answering import answers
from tests.projections.questions.test_likely_twins import FUNDS, LEFT, asked

PAID = sale("paid", "2025-03-01T12:00:00Z", "0.01", "700", wallet="rig", disposition="spent", source="hosting")


def of_coins(book: Any) -> list[str]:
    return [code for code in codes(book) if code in ("likely_twins", "movement_unexplained", "lots_missing")]


@pytest.mark.parametrize(
    ("left", "paid", "gone"),
    [
        ({}, {}, 1_000_000),
        ({"fee_quantity": "0.0001"}, {}, 1_010_000),
        ({"fee_quantity": "0.0001"}, {"quantity": "0.0101"}, 1_010_000),
        ({"at": "2025-03-01T23:30:00Z", "txid": "ab" * 32}, {}, 1_000_000),
        ({"at": "2025-02-28T13:00:00Z"}, {}, 1_000_000),
        ({}, {"source": None, "disposition": "sold"}, 1_000_000),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_sale_of_what_was_seen_to_leave_is_one_question(
    left: dict[str, Any], paid: dict[str, Any], gone: int, *, turned: bool
) -> None:
    lines = [LEFT | left, {key: value for key, value in (PAID | paid).items() if value is not None}]
    book = book_of(FUNDS, *(reversed(lines) if turned else lines))
    (finding,) = (each for each in book.told() if each.event in {"left", "paid"} and each.code != "fee_pending")
    assert (finding.code, finding.event) == ("likely_twins", "left")
    one, two = answers(finding.message)
    settled = book_of(FUNDS, *lines, *one)
    assert of_coins(settled) == []
    assert settled.balances.held["rig", "BTC"] == 500_000_000 - gone
    assert of_coins(book_of(FUNDS, *lines, *two)) == ["movement_unexplained"]


@pytest.mark.parametrize(
    "other",
    [{"wallet": "cold"}, {"quantity": "0.0095"}, {"source": "node"}, {"at": "2025-03-02T12:00:01Z"}],
)
def test_a_sale_of_something_else_leaves_the_movement_unexplained(other: dict[str, Any]) -> None:
    assert asked(FUNDS, LEFT, PAID | other) == []
    assert "movement_unexplained" in codes(book_of(FUNDS, LEFT, PAID | other))


def test_an_invoice_is_paid_once_and_what_left_beside_it_stays_asked() -> None:
    lefts = [LEFT | {"id": name, "at": f"2025-03-01T1{hour}:00:00Z"} for hour, name in enumerate(("left", "more"))]
    book = book_of(FUNDS, *lefts, PAID)
    assert sorted(of_coins(book)) == ["likely_twins", "movement_unexplained"]
