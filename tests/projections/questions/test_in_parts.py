"""An order and its fills are one trade: sold once (26 U.S.C. 1001), bought once (1012), received once (61)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import book_of, receipt, sale
from tests.projections.questions.answering import answers

FUNDS = receipt("funds", "2025-01-01", "9", "90000", source="node", txid="ab" * 32)
FILLS = [sale(f"f{number}", f"2025-05-01T12:00:0{number}Z", f"0.{number}", f"{number}9000", source="trades")
         for number in (1, 2, 3)]  # fmt: skip
ORDER = sale("order", "2025-05-01T12:00:09Z", "0.6", "54000", source="orders")


def asked(*lines: dict[str, Any]) -> list[str | None]:
    return [each.event for each in book_of(FUNDS, *lines).told() if each.code == "told_in_parts"]


@pytest.mark.parametrize(
    "order",
    [
        ORDER,
        ORDER | {"at": "2025-05-01T11:59:59Z"},
        ORDER | {"at": "2025-05-01T12:00:02Z"},
        ORDER | {"at": "2025-05-01T12:09:00Z", "proceeds_usd": "53990"},
        ORDER | {"source": "csv", "row": "aa@11111111.22222222"},
        {name: told for name, told in ORDER.items() if name != "source"},
    ],
)
def test_an_order_beside_its_fills_is_asked_about(order: dict[str, Any]) -> None:
    assert asked(*FILLS, order) == ["order"]
    (message,) = (each.message for each in book_of(FUNDS, *FILLS, order).told() if each.code == "told_in_parts")
    for answer in answers(message):
        assert asked(*FILLS, order, *answer) == []


def test_purchases_and_receipts_in_parts_are_asked_about() -> None:
    bought = [{"kind": "purchase", "id": f"b{part}", "at": "2025-05-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
               "quantity": part, "cost_usd": f"{float(part) * 90000:.0f}", "source": source}
              for part, source in (("0.1", "trades"), ("0.2", "trades"), ("0.3", "orders"))]  # fmt: skip
    assert asked(*bought) == ["b0.3"]
    paid = [receipt(f"p{part}", "2025-05-01T12:00:00Z", part, "90000", source=source)
            for part, source in (("0.01", "workers"), ("0.02", "workers"), ("0.03", "pool"))]  # fmt: skip
    assert asked(*paid) == ["p0.03"]


@pytest.mark.parametrize(
    "order",
    [
        ORDER | {"quantity": "0.61"},
        ORDER | {"at": "2025-05-01T12:11:00Z"},
        ORDER | {"wallet": "hot"},
        ORDER | {"source": "trades"},
        ORDER | {"quantity": "0.4"},  # the first and the last of three are no order
    ],
)
def test_another_trade_is_another(order: dict[str, Any]) -> None:
    assert asked(*FILLS, order) == []
