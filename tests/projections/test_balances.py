"""What wallets hold, held against what their keepers say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger import events as e
from lotwork.ledger.units import AssetTable
from lotwork.projections.balances import BalanceFold
from tests.projections.every_kind import EVERY_KIND
from tests.projections.house import book_of, codes, receipt, sale, transfer

LINES = (
    receipt("r", "2025-01-01", "1"),
    receipt("pending", "2025-01-02", "1", None),
    sale("s", "2025-01-03", "0.25", "1"),
    transfer("t", "2025-01-04", "0.5", "cold", "hot", fee_quantity="0.05", price_usd="1"),
)


def balance(at: str, wallet: str, quantity: str, **more: Any) -> dict[str, Any]:
    line = {"kind": "balance", "id": f"{wallet} {at}", "at": f"{at}T13:00:00Z", "wallet": wallet, "asset": "BTC"}
    return line | {"quantity": quantity} | more


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (balance("2025-01-01", "cold", "1"), True),
        (balance("2025-01-02", "cold", "2"), True),
        (balance("2025-01-03", "cold", "1.75"), True),
        (balance("2025-01-04", "cold", "1.2"), True),
        (balance("2025-01-04", "hot", "0.5"), True),
        (balance("2025-01-04", "hot", "0.50000001"), False),
        (balance("2025-01-04", "nobody's", "0"), True),
        (balance("2024-12-31", "cold", "1"), False),
    ],
)
def test_a_balance_is_held_against_what_came_and_went_before_it(said: dict[str, Any], right: bool) -> None:
    told = codes(book_of(*LINES, said))
    assert ("balance_differs" not in told) == right


def test_a_difference_names_both_figures_and_the_teller() -> None:
    book = book_of(receipt("r", "2025-01-01", "1"), balance("2025-01-02", "cold", "2", source="kraken"))
    (finding,) = book.told()
    assert finding.message.startswith("cold holds 2.00000000 BTC, says kraken, and the events say 1.00000000")


def test_a_movement_left_its_wallet_though_nobody_said_why() -> None:
    left = {"kind": "movement", "id": "m", "at": "2025-01-02T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    moved = left | {"quantity": "0.5", "fee_quantity": "0.1"}
    book = book_of(receipt("r", "2025-01-01", "1"), moved, balance("2025-01-02", "cold", "0.4"))
    assert codes(book) == ["movement_unexplained"]


def test_every_kind_of_event_can_be_handed_to_the_fold() -> None:
    fold = BalanceFold(AssetTable(), [])
    for event in EVERY_KIND:
        fold.take(event)
    assert fold.held["hot", "BTC"] == 1


@given(st.lists(st.sampled_from([event for event in EVERY_KIND if type(event) in BalanceFold.TAKES]), max_size=12))
def test_events_taken_at_once_come_to_what_single_ones_come_to(drawn: list[e.Event]) -> None:
    at_once, single = BalanceFold(AssetTable({}), []), BalanceFold(AssetTable({}), [])
    at_once.take_all(drawn)
    for event in drawn:
        single.take(event)
    assert (at_once.state(), at_once.findings) == (single.state(), single.findings)
