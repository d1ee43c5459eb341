"""A correction of a coin or of how much that leaves a price of what it was is asked about.

Law: a receipt is income at the fair market value of what was received (Notice 2014-21, A-8), so at that coin's price.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import book_of, codes, receipt, sale
from tests.projections.questions.answering import answers

PAID = receipt("paid", "2025-03-01", "0.1", "90000")
VALUED = {"kind": "receipt", "id": "paid", "at": "2025-03-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
          "quantity": "0.1", "income": "pool_payout", "value_usd": "9000"}  # fmt: skip
BOUGHT = {"kind": "purchase", "id": "paid", "at": "2025-03-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
          "quantity": "0.1", "cost_usd": "9000"}  # fmt: skip
SOLD = sale("paid", "2025-03-01T12:00:00Z", "0.1", "9000")
STEP = {"kind": "correction", "id": "step", "at": "2025-04-01T00:00:00Z", "target": "paid", "reason": "a slip"}
ALL = {name: value for name, value in STEP.items() if name != "target"} | {"select": {"wallet": "cold"}}


def asked(*lines: dict[str, Any]) -> list[str | None]:
    return [finding.event for finding in book_of(*lines).told() if finding.code == "price_left"]


@pytest.mark.parametrize("line", [PAID, VALUED, BOUGHT, SOLD])
@pytest.mark.parametrize("step", [STEP, ALL])
@pytest.mark.parametrize("change", [{"asset": "ETH"}, {"asset": "LTC", "note": "x"}, {"quantity": "100"}])
def test_a_price_of_another_coin_or_amount_is_asked_about(
    line: dict[str, Any], step: dict[str, Any], change: dict[str, Any]
) -> None:
    assert asked(line, step | {"set": change}) == ["paid"]


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (PAID, {"asset": "ETH", "price_usd": "2200"}),
        (PAID, {"asset": "ETH", "price_usd": None}),
        (PAID, {"asset": "ETH", "value_usd": "220"}),
        (PAID, {"asset": "XBT"}),
        (PAID, {"quantity": "0.2"}),
        (PAID, {"quantity": "0.00001"}),
        (SOLD, {"asset": "ETH", "proceeds_usd": "9000"}),
        (BOUGHT, {"asset": "ETH", "cost_usd": "220"}),
        (SOLD, {"quantity": "0.09"}),
        (PAID, {"wallet": "hot"}),
    ],
)
def test_a_price_that_is_given_too_or_a_small_change_is_not_asked_about(
    line: dict[str, Any], change: dict[str, Any]
) -> None:
    assert asked(line, STEP | {"set": change}) == []


def test_what_is_corrected_back_or_voided_is_not_asked_about() -> None:
    wrong = STEP | {"set": {"asset": "ETH"}}
    assert asked(PAID, wrong, STEP | {"id": "back", "set": {"asset": "BTC"}}) == []
    assert codes(book_of(PAID, wrong, STEP | {"id": "back", "set": {"asset": "BTC"}})) == []
    void = {"kind": "void", "id": "void", "at": "2025-04-02T00:00:00Z", "reason": "a slip"}
    assert asked(PAID, wrong, void | {"target": "step"}) == []
    assert asked(PAID, wrong, void | {"target": "paid"}) == []
    assert asked(PAID, wrong | {"source": "csv"}) == []


def test_an_earlier_price_is_of_the_earlier_coin() -> None:
    assert asked(PAID, STEP | {"set": {"price_usd": "91000"}}, STEP | {"id": "then", "set": {"asset": "ETH"}}) == [
        "paid"
    ]
    assert asked(PAID, STEP | {"set": {"asset": "ETH"}}, STEP | {"id": "then", "set": {"price_usd": "2200"}}) == []


@pytest.mark.parametrize("line", [PAID, VALUED])
def test_each_answer_settles_the_question(line: dict[str, Any]) -> None:
    wrong = STEP | {"set": {"asset": "ETH"}}
    (finding,) = (each for each in book_of(line, wrong).told() if each.code == "price_left")
    given, market, right = answers(finding.message.replace("AMOUNT", "2200"))
    assert asked(line, wrong, *given) == asked(line, wrong, *market) == asked(line, wrong, *right) == []
    assert "receipt_pending" in codes(book_of(line, wrong, *market))
