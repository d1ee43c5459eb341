"""Coins that two sources tell of are counted once: a pool, a chain, a transfer and a movement of one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from lotwork.ledger.events import Event, Movement, Receipt, Transfer
from lotwork.ledger.history import History
from lotwork.ledger.same_coins import find_same_coins
from tests.ingest.memory_log import SharingLog

AT = datetime(2026, 1, 1, tzinfo=UTC)
TX = "aa"


def chain(
    name: str = "chain", quantity: int = 5, vout: int = 0, *, source: str = "node", wallet: str = "cold"
) -> Receipt:
    return Receipt(
        id=name,
        at=AT,
        source=source,
        wallet=wallet,
        asset="BTC",
        quantity=quantity,
        income="pool_payout",
        txid=TX,
        vout=vout,
    )


def pool(
    name: str = "pool", quantity: int = 5, *, source: str = "ocean", wallet: str = "cold", asset: str = "BTC"
) -> Receipt:
    return Receipt(
        id=name, at=AT, source=source, wallet=wallet, asset=asset, quantity=quantity, income="pool_payout", txid=TX
    )


def transfer(quantity: int = 5, *, source: str | None = None) -> Transfer:
    return Transfer(
        id="transfer",
        at=AT,
        source=source,
        from_wallet="rig",
        to_wallet="cold",
        asset="BTC",
        quantity=quantity,
        txid=TX,
    )


def movement(*, source: str = "node", wallet: str = "rig") -> Movement:
    return Movement(id="movement", at=AT, source=source, wallet=wallet, asset="BTC", quantity=5, txid=TX)


@pytest.mark.parametrize(
    ("events", "twins"),
    [
        ([], set()),
        ([chain()], set()),
        ([chain(), pool()], {"pool"}),
        ([chain(), chain("second", vout=1), pool(quantity=10)], {"pool"}),
        ([chain(), pool("same source", source="node")], set()),
        ([pool(), pool("other", source="braiins")], {"other"}),
        ([pool(), pool("again")], set()),
        ([chain(), chain("mirror", source="esplora")], {"mirror"}),
        ([chain(), chain("mirror", source="esplora"), pool()], {"mirror", "pool"}),
        ([chain(), transfer()], {"chain"}),
        ([chain(), pool(), transfer()], {"chain", "pool"}),
        ([chain(source="node"), transfer(source="node")], set()),
        ([movement(), transfer()], {"movement"}),
        ([movement(wallet="cold"), transfer()], set()),
        ([chain(), movement(), transfer()], {"chain", "movement"}),
        ([chain(), pool(), movement(), transfer()], {"chain", "pool", "movement"}),
        ([chain(), pool(wallet="hot")], set()),
        ([chain(), pool(asset="LTC")], set()),
    ],
)
def test_what_only_repeats_another_event_is_a_twin(events: list[Event], twins: set[str]) -> None:
    found = find_same_coins(events)
    assert found.ids == twins
    assert found.disagreements == ()


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([chain(quantity=6), pool()], "ocean tells 5 base units of BTC, the other source 6"),
        ([chain(), chain("second", vout=1), pool()], "ocean tells 5 base units of BTC, the other source 10"),
        ([chain(quantity=6), transfer()], "node tells 6 base units of BTC, the other source 5"),
    ],
)
def test_sources_that_disagree_are_told_and_one_is_counted(events: list[Event], told: str) -> None:
    (message,) = (message for _, message in find_same_coins(events).disagreements)
    assert told in message


def history(events: Iterable[Event]) -> History:
    log = SharingLog()
    log.append(list(events))
    return History.read(log, "main")


@pytest.mark.parametrize("order", [1, -1])
def test_history_counts_twins_once_whichever_was_told_first(order: int) -> None:
    made = history([chain(), pool()][::order])
    assert [event.id for event in made.events()] == ["chain"]
    assert made.troubles == []


def test_coins_that_went_from_one_own_wallet_to_another_are_found_among_the_transfers() -> None:
    made = history([movement(), pool(wallet="exchange", source="kraken")])
    assert [event.id for event in made.of_kind("transfer")] == ["pool"]
    assert made.of_kind("receipt", "movement") == []


def test_history_tells_of_sources_that_disagree_each_time_it_is_read() -> None:
    made = history([chain(quantity=6), pool()])
    for _ in range(2):
        assert [event.id for event in made.events()] == ["chain"]
        assert [(trouble.code, trouble.event) for trouble in made.troubles] == [("twins_disagree", "pool")]
