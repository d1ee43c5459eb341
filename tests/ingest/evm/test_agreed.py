"""Two nodes: nothing is recorded that one tells and the other does not, and nothing is taken back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
import pytest

from lotwork.ingest.evm.agreed import AgreedChain
from lotwork.ingest.evm.chain import InnerPayment
from lotwork.ingest.evm.scan import ON_ITS_WORD
from lotwork.ingest.evm.section import EvmSection
from lotwork.ingest.evm.source import word
from lotwork.ingest.evm.watch import EvmWatch
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Movement, Receipt
from tests.ingest.evm.watching import COLD, DOLLAR, HOT, POOL, SECTION, SHOP, Watched, payout, token_payout
from tests.simulated_evm import Move, SimulatedEvm, token_log

TWO = msgspec.structs.replace(SECTION, second_url="http://127.0.0.1:2", traces=True)
UNPROVEN = msgspec.structs.replace(TWO, chain_id=137, native_asset="POL")


def world(number: int) -> SimulatedEvm:
    """Return a chain with coins, tokens, and coins passed on inside a call."""
    chain = SimulatedEvm(number=number)
    chain.token_decimals[DOLLAR] = 6
    spent = Move(name="spent", sender=HOT, to=SHOP, wei=3, gas_wei=1)
    chain.mine(payout("coins"), token_payout("tokens"), spent)
    chain.mine(Move(name="inner", sender=POOL, to=POOL, inner=((POOL, COLD, 9),)))
    return chain


def watched_by(first: SimulatedEvm, second: SimulatedEvm, section: EvmSection) -> Watched:
    watched = Watched(first, section)
    watched.source = EvmWatch(section, first, watched.log, watched.clock, second=second, page_blocks=7)
    return watched


def without_logs(chain: SimulatedEvm) -> None:
    vars(chain)["transfers"] = lambda *_: []


def without_traces(chain: SimulatedEvm) -> None:
    vars(chain)["inner_payments"] = lambda *_: []


def more_inside(chain: SimulatedEvm) -> None:
    true = chain.inner_payments

    def told(blocks: Sequence[str], addresses: Collection[str]) -> list[InnerPayment]:
        return [msgspec.structs.replace(each, wei=777) for each in true(blocks, addresses)]

    vars(chain)["inner_payments"] = told


def changed(chain: SimulatedEvm, place: int, **how: Any) -> None:
    """Tell transaction *place* of block 1 otherwise, under the same name."""
    block = chain.mined[1]
    moves = [msgspec.structs.replace(move, **(how if each == place else {})) for each, move in enumerate(block.moves)]
    chain.mined[1] = msgspec.structs.replace(block, moves=tuple(moves))


def more_coins(chain: SimulatedEvm) -> None:
    changed(chain, 0, wei=777)


def more_tokens(chain: SimulatedEvm) -> None:
    changed(chain, 1, logs=(token_log(DOLLAR, POOL, COLD, 777),))


def failed(chain: SimulatedEvm) -> None:
    changed(chain, 0, succeeds=False)


def dearer(chain: SimulatedEvm) -> None:
    changed(chain, 0, gas_wei=1)


def later(chain: SimulatedEvm) -> None:
    for place, block in enumerate(chain.mined[1:], 1):
        header = msgspec.structs.replace(block.header, timestamp=block.header.timestamp + 86_400)
        chain.mined[place] = msgspec.structs.replace(block, header=header)


def until_refused(watched: Watched) -> None:
    for _ in range(3):
        watched.look()


def quantities(watched: Watched) -> list[int]:
    return sorted(event.quantity for event in watched.held().values() if isinstance(event, Receipt | Movement))


def by_another(chain: SimulatedEvm) -> None:
    changed(chain, 2, sender=POOL)


NOT_PROVEN: dict[str, tuple[Callable[[SimulatedEvm], None], str]] = {
    "an own spend told as another's": (by_another, "block 1 holds other things to one node"),
    "a log left out": (without_logs, "tokens moved in blocks 1 to 1, and the nodes differ on 0x"),
    "a call left out": (without_traces, "coins were passed on inside calls, and the nodes differ on 0x"),
    "an amount inside": (more_inside, "coins were passed on inside calls, and the nodes differ on 0x"),
}
"""What no hash of a block proves, and the words it is refused with."""
BY_NO_HASH = NOT_PROVEN | {
    "an amount": (more_coins, "block 1 holds other things to one node"),
    "tokens": (more_tokens, "the receipt of 0x.* is another to one node"),
    "a failure": (failed, "the receipt of 0x.* is another to one node"),
    "gas": (dearer, "the receipt of 0x.* is another to one node"),
    "instants": (later, "block 1 holds other things to one node"),
}


@pytest.mark.parametrize("liar", ["first", "second"])
@pytest.mark.parametrize(
    ("section", "lie"), [*((TWO, lie) for lie in NOT_PROVEN), *((UNPROVEN, lie) for lie in BY_NO_HASH)]
)
def test_what_one_of_two_nodes_tells_alone_is_refused(section: EvmSection, lie: str, liar: str) -> None:
    true = world(section.chain_id)
    lying = copy.deepcopy(true)
    twist, words = BY_NO_HASH[lie]
    twist(lying)
    watched = watched_by(*((lying, true) if liar == "first" else (true, lying)), section)

    with pytest.raises(SourceRefusedError, match=words):
        until_refused(watched)
    assert 777 not in quantities(watched)

    honest = watched_by(true, copy.deepcopy(true), section)
    honest.log, honest.cursor = watched.log, watched.cursor
    honest.source = EvmWatch(section, true, honest.log, honest.clock, second=copy.deepcopy(true))
    honest.look()
    assert quantities(honest) == [3, 5, 5, 9]
    assert {event.note for event in honest.held().values()} == {None}, "on the word of two"


def test_without_a_second_node_what_is_not_proven_says_so() -> None:
    for section, marked in ((TWO, 1), (UNPROVEN, 4)):
        alone = msgspec.structs.replace(section, second_url=None)
        watched = Watched(world(section.chain_id), alone)
        watched.look()
        notes = [event.note for event in watched.held().values()]
        assert notes.count(ON_ITS_WORD) == marked
        assert "one node's word" in word(alone).says
        assert "two nodes" in word(section).says
        assert word(section).is_proven is section.proves
        assert not word(alone).is_proven


def test_nothing_is_taken_back_on_the_word_of_one_node() -> None:
    true = world(1)
    first = copy.deepcopy(true)
    watched = watched_by(first, true, TWO)
    watched.look()
    first.cut(2)
    first.mine()
    first.mine()
    with pytest.raises(SourceRefusedError, match=r"block 2 is 0x.* to one node, and 0x.* to the second"):
        watched.look()
    assert len(watched.held()) == 4
    true.cut(2)
    true.mined += copy.deepcopy(first.mined[1:])
    watched.look()
    assert watched.held() == {}


def test_a_second_node_that_is_behind_is_waited_for_block_by_block() -> None:
    true = world(1)
    second = copy.deepcopy(true)
    second.cut(1)
    watched = watched_by(true, second, TWO)
    with pytest.raises(SourceUnreachableError, match="the second node has no block 2 yet: nothing is recorded"):
        until_refused(watched)
    assert len(watched.held()) == 3, "what both have is told"
    second.mined.append(true.mined[2])
    watched.look()
    assert len(watched.held()) == 4
    second.cut(1)
    assert watched.look() == [], "a second that forgot a block takes nothing back"
    assert len(watched.held()) == 4


def test_an_address_added_later_is_told_by_two_as_well() -> None:
    true = world(1)
    first = copy.deepcopy(true)
    few = msgspec.structs.replace(TWO, wallets=TWO.wallets[1:])
    watched = watched_by(first, true, few)
    watched.look()
    without_logs(first)
    watched.source = EvmWatch(TWO, first, watched.log, watched.clock, second=true)
    with pytest.raises(SourceRefusedError, match="the nodes differ on 0x"):
        watched.look()
    assert quantities(watched) == [3]


def test_the_heights_are_the_first_node_s_and_its_decimals_are_pinned() -> None:
    one, two = world(1), SimulatedEvm()
    agreed = AgreedChain("eth", one, two, proves=True)
    assert (agreed.chain_id(), agreed.tip(), agreed.settled("finalized"), agreed.decimals(DOLLAR)) == (1, 2, 2, 6)
    assert agreed.headers([0, 2]) == [one.mined[0].header, None]
