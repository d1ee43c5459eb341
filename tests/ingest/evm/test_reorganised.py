"""What a reorganisation takes back, and what the ledger holds after any story at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger import events as e
from tests.ingest.evm.watching import (
    COLD,
    DOLLAR,
    HOT,
    HOT_TOO,
    NOW,
    POOL,
    SECTION,
    SHOP,
    SPAM,
    Watched,
    fresh,
    only,
    payout,
    token_payout,
)
from tests.simulated_evm import Move, SimulatedEvm, token_log

# -- what a reorganisation does


def test_an_orphaned_payout_is_taken_back_and_says_why() -> None:
    chain = SimulatedEvm()
    chain.mine()
    chain.mine(payout("p"))
    watched = Watched(chain)
    watched.look()
    chain.cut(1)
    chain.mine()
    (words,) = watched.source.fetch_since(watched.cursor).alerts

    void = only(watched.look())

    assert isinstance(void, e.Void)
    assert f"{void.reason}: {void.target}" in words
    assert void.target == f"evm:1:{payout('p').hash}"
    assert "reorganised" in void.reason
    assert watched.held() == {}


def test_an_asset_stays_declared_when_the_block_it_was_first_seen_in_is_orphaned() -> None:
    chain = SimulatedEvm()
    chain.mine()
    chain.mine(token_payout("t"))
    watched = Watched(chain)
    watched.look()
    chain.cut(1)
    chain.mine(token_payout("u"))

    watched.look()

    assert watched.held() == fresh(chain)
    assert [type(event) for event in watched.log.events].count(e.AssetDeclared) == 1


def test_a_payout_mined_again_in_another_block_is_the_same_income_at_another_time() -> None:
    chain = SimulatedEvm()
    chain.mine()
    chain.mine(payout("p"))
    watched = Watched(chain)
    watched.look()
    chain.cut(1)
    chain.mine()
    chain.mine(payout("p"))

    correction = only(watched.look())

    assert isinstance(correction, e.Correction)
    assert set(correction.set_) == {"at", "block_hash", "height"}
    assert watched.held() == fresh(chain)


def test_a_chain_that_comes_back_to_its_first_branch_ends_where_it_began() -> None:
    chain = SimulatedEvm()
    chain.mine(payout("before"))
    chain.mine(payout("p"))
    watched = Watched(chain)
    watched.look()
    begun = watched.held()
    first = chain.cut(1)
    chain.mine(payout("q"))
    watched.look()
    assert set(watched.held()) != set(begun)
    chain.switch(first)

    watched.look()

    assert watched.held() == begun == fresh(chain)


def test_a_reorganisation_while_the_daemon_was_down_is_found_however_deep() -> None:
    chain = SimulatedEvm()
    for number in range(150):
        chain.mine(payout(f"p{number}"))
    watched = Watched(chain)
    watched.look()
    chain.cut(144)
    for number in range(160):
        chain.mine(payout(f"q{number}"))
    watched.configure(SECTION)

    watched.look()

    assert watched.held() == fresh(chain)
    assert len(watched.held()) == 166


def test_a_reorganisation_down_to_the_first_block_is_found() -> None:
    chain = SimulatedEvm()
    for number in range(5):
        chain.mine(payout(f"p{number}"))
    watched = Watched(chain, msgspec.structs.replace(SECTION, start_height=3))
    watched.look()
    chain.cut(5)
    for number in range(6):
        chain.mine(payout(f"q{number}"))

    watched.look()

    assert watched.held() == fresh(chain, msgspec.structs.replace(SECTION, start_height=3))


def test_a_branch_that_is_shorter_takes_back_at_once_what_it_does_not_hold() -> None:
    chain = SimulatedEvm()
    for number in range(9):
        chain.mine(payout(f"p{number}"))
    watched = Watched(chain)
    watched.look()
    chain.cut(5)
    chain.mine(payout("q"))

    watched.look()

    assert watched.held() == fresh(chain)
    assert len(watched.held()) == 5


def test_a_node_that_is_behind_takes_nothing_back() -> None:
    chain = SimulatedEvm()
    for number in range(9):
        chain.mine(payout(f"p{number}"))
    watched = Watched(chain)
    watched.look()
    held = watched.held()
    gone = chain.cut(4)

    assert watched.look() == []
    chain.switch(gone)
    assert watched.look() == []
    assert watched.held() == held


def test_a_transaction_that_fails_in_its_new_block_costs_its_gas_and_moves_nothing() -> None:
    chain = SimulatedEvm()
    chain.mine()
    move = Move(name="m", sender=COLD, to=SHOP, wei=7, gas_wei=3)
    chain.mine(move)
    watched = Watched(chain)
    watched.look()
    chain.cut(1)
    chain.mine(msgspec.structs.replace(move, succeeds=False, gas_wei=2))

    watched.look()

    assert watched.held() == fresh(chain)
    assert [event.id for event in watched.held().values()] == [f"evm:1:{move.hash}:gas"]


def test_blocks_of_the_same_second_do_not_confuse_what_is_taken_back() -> None:
    chain = SimulatedEvm(seconds_per_block=0)
    for number in range(6):
        chain.mine(payout(f"p{number}"))
    watched = Watched(chain)
    watched.look()
    chain.cut(3)
    for number in range(4):
        chain.mine(payout(f"q{number}"))

    watched.look()

    assert watched.held() == fresh(chain)


def test_what_a_person_corrected_stays_corrected_when_its_block_is_replaced() -> None:
    chain = SimulatedEvm()
    chain.mine()
    chain.mine(Move(name="m", sender=COLD, to=SHOP, wei=7, gas_wei=3))
    watched = Watched(chain)
    moved = only(watched.look())
    said = {"kind": "sale", "proceeds_usd": "12.00"}
    watched.log.append([e.Correction(id="mine", at=NOW, target=moved.id, set_=said, reason="sold")])
    chain.cut(1)
    chain.mine()
    chain.mine(Move(name="m", sender=COLD, to=SHOP, wei=7, gas_wei=3))

    watched.look()

    (event,) = watched.held().values()
    assert type(event).__name__ == "Sale"
    assert event.at == datetime(2026, 1, 1, 0, 0, 36, tzinfo=UTC)


# -- any story at all

MOVES = st.sampled_from(
    [
        *(payout(f"p{number}", number + 1, to) for number, to in enumerate([COLD, HOT, HOT_TOO, COLD, HOT])),
        *(token_payout(f"t{number}", number + 1) for number in range(3)),
        token_payout("spam", contract=SPAM),
        Move(name="i0", sender=POOL, to=SHOP, wei=7, inner=((SHOP, COLD, 4), (SHOP, HOT, 3))),
        Move(name="m0", sender=COLD, to=SHOP, wei=7, gas_wei=3),
        Move(name="m1", sender=HOT, to=SHOP, wei=7, gas_wei=3),
        Move(name="m2", sender=HOT, to=COLD, wei=7, gas_wei=3),
        Move(name="m3", sender=HOT, to=HOT_TOO, wei=7, gas_wei=3),
        Move(name="m4", sender=HOT, to=DOLLAR, gas_wei=3, logs=(token_log(DOLLAR, HOT, COLD, 4),)),
        Move(name="m5", sender=HOT, to=DOLLAR, gas_wei=3, logs=(token_log(DOLLAR, HOT, SHOP, 4),)),
    ]
)


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, int, list[tuple[Move, bool, int]]]:
    """Draw one thing that happens: blocks are mined, a branch is left, an old branch returns, the daemon looks."""
    what = draw(st.sampled_from(["mine", "mine", "mine", "fork", "return", "look", "look", "one page", "restart"]))
    found = draw(st.lists(st.tuples(MOVES, st.booleans(), st.integers(1, 9)), max_size=3))
    return what, draw(st.integers(1, 25)), found


def apply(chain: SimulatedEvm, watched: Watched, left: list[list[Any]], step: tuple[str, int, list[Any]]) -> None:
    what, number, drawn = step
    mined = {move.name for block in chain.mined for move in block.moves}
    moves = {
        move.name: msgspec.structs.replace(move, succeeds=succeeds or move.to == COLD, gas_wei=gas)
        for move, succeeds, gas in drawn
        if move.name not in mined
    }
    if what == "mine":
        chain.mine(*moves.values())
    elif what == "fork":
        gone = chain.cut(number)
        left.append(gone)
        again = [move for block in gone for move in block.moves][::2]
        chain.mine(*again)
        for _ in range(len(gone) + number % 3 - 1):
            chain.mine()
    elif what == "return" and left:
        branch = left.pop()
        base = branch[0].header if branch else None
        if base and len(chain.mined) >= base.height and chain.mined[base.height - 1].header.hash == base.parent:
            left.append(chain.mined[base.height :])
            chain.switch(branch)
    elif what == "restart":
        watched.configure(watched.section)
    elif what in ("look", "one page"):
        watched.look(most_pages=1 if what == "one page" else 1_000)


@settings(max_examples=300)
@given(story=st.lists(steps(), max_size=40), seconds=st.sampled_from([0, 1, 12]), depth=st.integers(0, 3))
def test_after_any_story_the_ledger_holds_what_a_fresh_scan_finds(
    story: list[tuple[str, int, list[Any]]], seconds: int, depth: int
) -> None:
    section = msgspec.structs.replace(SECTION, finality=depth, traces=True)
    chain = SimulatedEvm(seconds_per_block=seconds)
    watched = Watched(chain, section)
    left: list[list[Any]] = []
    for step in story:
        apply(chain, watched, left, step)
    for _ in range(60):  # the branch that won grows past every block that was ever read
        chain.mine()
    watched.configure(section)

    watched.look()

    assert watched.held() == fresh(chain, section)
    assert watched.look() == [], "what is settled is settled"
