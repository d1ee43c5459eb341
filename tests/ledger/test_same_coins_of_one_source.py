from __future__ import annotations

from datetime import UTC, datetime

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
