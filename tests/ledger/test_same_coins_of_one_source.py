from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lotwork.ledger.events import Event, Movement, Transfer
from lotwork.ledger.same_coins import find_same_coins

AT = datetime(2026, 1, 1, tzinfo=UTC)


def movement(source: str | None) -> Movement:
    return Movement(id="left", at=AT, source=source, wallet="rig", asset="BTC", quantity=5, txid="t")


def transfer(source: str | None, name: str = "moved") -> Transfer:
    return Transfer(
        id=name, at=AT, source=source, from_wallet="rig", to_wallet="cold", asset="BTC", quantity=7, txid="t"
    )


def test_a_transaction_that_pays_an_own_wallet_and_a_stranger_is_two_things_its_node_tells() -> None:
    assert find_same_coins([transfer("node"), movement("node")]).ids == frozenset()


def test_a_movement_is_explained_by_a_transfer_that_somebody_else_tells() -> None:
    assert find_same_coins([transfer(None), movement("node")]).ids == {"left"}
    assert find_same_coins([transfer(None), movement(None)]).ids == {"left"}
    both: list[Event] = [transfer("node"), transfer("exchange", "again"), movement("node")]
    assert find_same_coins(both).ids == {"left", "again"}


def left(name: str, source: str | None, **more: Any) -> Movement:
    told: dict[str, Any] = {"at": AT, "wallet": "rig", "asset": "BTC", "quantity": 5, "txid": "ab"} | more
    return Movement(id=name, source=source, **told)


@pytest.mark.parametrize(
    ("events", "twins", "asked"),
    [
        ([left("a", "node"), left("b", "csv")], {"b"}, []),
        ([left("a", "node", note="gas"), left("b", "other", note="gas", txid="0xAB")], {"b"}, []),
        ([left("a", "node"), left("b", None)], {"b"}, []),
        ([left("a", "node"), left("b", "csv"), left("c", "esplora")], {"b", "c"}, []),
        ([left(name, source) for source in ("node", "csv") for name in (f"{source}1", f"{source}2")],
         {"csv1", "csv2"}, ["node2"]),
        ([left("a", "node"), left("b", "csv", fee_quantity=1)], {"b"}, ["b"]),
        ([left("a", "node"), left("b", "node")], set(), ["b"]),
        ([left("a", "csv"), left("b", "csv")], set(), ["b"]),
        ([left("a", "node"), left("b", "node", note="to a second person")], set(), []),
        ([left("a", "node"), left("b", "csv", quantity=6)], set(), []),
        ([left("a", "node"), left("b", "csv", wallet="cold")], set(), []),
        ([left("a", "node"), left("b", "csv", asset="LTC")], set(), []),
        ([left("a", "node"), left("b", "csv", txid="cd")], set(), []),
        ([left("a", "node", txid=None), left("b", "csv", txid=None)], set(), []),
    ],
)  # fmt: skip
def test_coins_leave_once_whoever_tells_of_it(events: list[Event], twins: set[str], asked: list[str]) -> None:
    found = find_same_coins(events)
    assert found.ids == twins
    assert [(code, event) for code, _, event in found.doubts] == [("transaction_told_twice", event) for event in asked]
