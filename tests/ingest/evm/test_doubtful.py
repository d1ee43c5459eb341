"""What an own transaction, a wrapped coin or a sale brings in is told as in doubt, and by the log's own words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lotwork.ingest.evm.chain import Log
from lotwork.ingest.evm.scan import NOBODY, TRANSFER_TOPIC, address_topic, gave, wrapping
from lotwork.ingest.evm.section import TokenSection
from lotwork.ledger import events as e
from lotwork.ledger.history import History
from tests.ingest.evm.watching import COLD, DOLLAR, POOL, SECTION, SHOP, SPAM, Watched, payout, token_payout
from tests.ingest.memory_log import SharingLog
from tests.simulated_evm import Move, SimulatedEvm, token_log, wrap_log

WETH, ROUTER, SOLVER = "0x" + "e7" * 20, "0x" + "77" * 20, "0x" + "55" * 20
TRACED = msgspec.structs.replace(
    SECTION, traces=True, tokens=(*SECTION.tokens, TokenSection(contract=WETH, asset="WETH", decimals=18))
)
HALF = 5 * 10**17


def held(*moves: Move) -> list[e.Event]:
    """Return the effective events of *moves*, a block each, as a ledger reads them."""
    chain = SimulatedEvm()
    chain.token_decimals |= {DOLLAR: 6, WETH: 18}
    for move in moves:
        chain.mine(move)
    watched = Watched(chain, TRACED)
    watched.look()
    log = SharingLog()
    log.append(watched.log.events)
    return [event for event in History.read(log, "main").events() if not isinstance(event, e.AssetDeclared)]


def told(*moves: Move) -> list[tuple[str, str, int, str | None]]:
    return [
        (type(event).__name__, event.asset, event.quantity, getattr(event, "doubt", None))
        for event in held(*moves)
        if isinstance(event, e.Receipt | e.Movement | e.Transfer)
    ]


def test_a_swap_of_coins_for_tokens_brings_in_no_income() -> None:
    swap = Move(name="s", sender=COLD, to=ROUTER, wei=HALF, logs=(token_log(DOLLAR, ROUTER, COLD, 1_500_000_000),))
    assert told(swap) == [
        ("Movement", "ETH", HALF, None),
        ("Receipt", "USDX", 1_500_000_000, "same_transaction"),
    ]


def test_a_swap_of_tokens_for_coins_brings_in_no_income_whoever_sends_it() -> None:
    logs = (token_log(DOLLAR, COLD, ROUTER, 1_500_000_000),)
    for sender, gas in ((COLD, [("Movement", "ETH", 21_000, None)]), (SOLVER, [])):
        move = Move(name="s", sender=sender, to=ROUTER, logs=logs, inner=((ROUTER, COLD, HALF),))
        assert told(move) == [
            *gas,
            ("Receipt", "ETH", HALF, "same_transaction"),
            ("Movement", "USDX", 1_500_000_000, None),
        ]


def test_wrapping_and_unwrapping_are_told_on_both_sides_and_are_no_income() -> None:
    wrap = Move(name="w", sender=COLD, to=WETH, wei=HALF, logs=(wrap_log(WETH, COLD, HALF),))
    unwrap = Move(
        name="u", sender=COLD, to=WETH, logs=(wrap_log(WETH, COLD, HALF, burnt=True),), inner=((WETH, COLD, HALF),)
    )
    assert told(wrap, unwrap) == [
        ("Movement", "ETH", HALF, None),
        ("Receipt", "WETH", HALF, "wrapped"),
        ("Movement", "ETH", 21_000, None),
        ("Receipt", "ETH", HALF, "wrapped"),
        ("Movement", "WETH", HALF, None),
    ]


def test_a_wrapped_coin_that_a_stranger_s_transaction_mints_for_us_is_seen() -> None:
    minted = Move(name="m", sender=SOLVER, to=ROUTER, logs=(wrap_log(WETH, COLD, HALF),))
    assert told(minted) == [("Receipt", "WETH", HALF, "wrapped")]


@pytest.mark.parametrize("order", [1, -1])
def test_a_wrapped_coin_that_logs_a_transfer_too_is_counted_once(order: int) -> None:
    logs = (token_log(WETH, NOBODY, COLD, HALF), wrap_log(WETH, COLD, HALF))[::order]
    move = Move(name="m", sender=COLD, to=WETH, wei=HALF, logs=logs)
    assert told(move) == [("Movement", "ETH", HALF, None), ("Receipt", "WETH", HALF, "wrapped")]


def test_the_deposit_of_another_token_wraps_nothing() -> None:
    assert told(Move(name="m", sender=SOLVER, to=DOLLAR, logs=(wrap_log(DOLLAR, COLD, 5),))) == []


def test_change_that_a_contract_gives_back_is_no_income() -> None:
    bought = Move(name="b", sender=COLD, to=SHOP, wei=HALF, inner=((SHOP, COLD, 10**17),))
    assert told(bought) == [("Movement", "ETH", HALF, None), ("Receipt", "ETH", 10**17, "same_transaction")]


def nft(topic: str, *topics: str) -> Log:
    return Log(contract=SPAM, topics=(topic, *topics), data="0x")


@pytest.mark.parametrize(
    "log",
    [
        token_log(SPAM, COLD, ROUTER, 7),
        nft(TRANSFER_TOPIC, address_topic(COLD), address_topic(ROUTER), "0x" + "07" * 32),
        nft("0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62",
            address_topic(ROUTER), address_topic(COLD), address_topic(POOL)),
    ],
)  # fmt: skip
def test_what_an_unlisted_token_or_an_nft_was_sold_for_is_no_income(log: Log) -> None:
    sold = Move(name="s", sender=SOLVER, to=ROUTER, logs=(log,), inner=((ROUTER, COLD, HALF),))
    assert told(sold) == [("Receipt", "ETH", HALF, "same_transaction")]


def test_a_payout_is_in_no_doubt_and_says_who_paid() -> None:
    events: list[Any] = held(payout("p", 5), token_payout("t", 6))
    assert [(event.quantity, event.payer, event.doubt) for event in events] == [(5, POOL, None), (6, POOL, None)]


def test_logs_of_another_shape_tell_of_no_wrapping_and_no_gift() -> None:
    assert wrapping(Log(contract=WETH, topics=wrap_log(WETH, COLD, 1).topics, data="0x")) is None
    assert wrapping(token_log(WETH, COLD, POOL, 1)) is None
    assert wrapping(nft(address_topic(COLD), address_topic(COLD))) is None
    assert gave(token_log(SPAM, COLD, POOL, 0)) is None
    assert gave(nft(TRANSFER_TOPIC)) is None
    assert gave(nft("0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62")) is None


def test_a_rescan_corrects_no_receipt_for_what_is_newly_known_of_it() -> None:
    """A former release recorded it without payer and doubt: it keeps its figure, and the ledger tells of it."""
    chain = SimulatedEvm()
    chain.token_decimals |= {DOLLAR: 6, WETH: 18}
    chain.mine(Move(name="m", sender=SOLVER, to=ROUTER, logs=(wrap_log(WETH, COLD, HALF),)))
    watched = Watched(chain, TRACED)
    watched.look()
    former = [
        msgspec.structs.replace(event, payer=None, doubt=None) if isinstance(event, e.Receipt) else event
        for event in watched.log.events
    ]
    watched.log.events = former
    watched.cursor = None
    assert watched.look() == []
