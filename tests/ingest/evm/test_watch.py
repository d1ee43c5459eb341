"""What is told of a chain, what is not believed of it, and what a changed watch list reads again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from lotwork.ingest.evm.chain import Block
from lotwork.ingest.evm.cursor import EvmCursor
from lotwork.ingest.sections import WalletSection
from lotwork.ledger import events as e
from lotwork.ledger.errors import InputRefusedError, SourceRefusedError, SourceUnreachableError
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
    WALLETS,
    Watched,
    fresh,
    only,
    payout,
    token_payout,
)
from tests.simulated_evm import Move, SimulatedEvm, token_log

# -- what is told of a chain that stands still


def test_a_payout_to_a_watched_address_is_a_receipt_with_the_wallets_meaning() -> None:
    chain = SimulatedEvm()
    chain.mine(payout("p", 20 * 10**18))

    event = only(Watched(chain).look())

    assert isinstance(event, e.Receipt)
    assert event.id == f"evm:1:{payout('p').hash}"
    assert (event.wallet, event.asset, event.quantity, event.income) == ("cold", "ETH", 20 * 10**18, "pool_payout")
    assert (event.at, event.height) == (datetime(2026, 1, 1, 0, 0, 12, tzinfo=UTC), 1)
    assert event.block_hash == chain.mined[1].header.hash


def test_a_failed_payout_is_no_income() -> None:
    chain = SimulatedEvm()
    chain.mine(msgspec.structs.replace(payout("p"), succeeds=False))

    assert Watched(chain).look() == []


def test_a_payment_to_a_stranger_is_a_movement_with_its_gas_as_fee() -> None:
    chain = SimulatedEvm()
    chain.mine(Move(name="m", sender=COLD, to=SHOP, wei=7, gas_wei=3))

    event = only(Watched(chain).look())

    assert isinstance(event, e.Movement)
    assert (event.wallet, event.asset, event.quantity, event.fee_quantity) == ("cold", "ETH", 7, 3)


def test_a_payment_between_own_wallets_is_one_transfer_with_its_gas_as_fee() -> None:
    chain = SimulatedEvm()
    chain.mine(Move(name="t", sender=COLD, to=HOT, wei=7, gas_wei=3))

    event = only(Watched(chain).look())

    assert isinstance(event, e.Transfer)
    assert (event.from_wallet, event.to_wallet, event.quantity, event.fee_quantity) == ("cold", "hot", 7, 3)


@pytest.mark.parametrize(
    "move",
    [
        Move(name="own", sender=HOT, to=HOT_TOO, wei=7, gas_wei=3),
        Move(name="call", sender=HOT, to=SHOP, wei=0, gas_wei=3),
        Move(name="failed", sender=HOT, to=SHOP, wei=7, gas_wei=3, succeeds=False),
        Move(name="failed own", sender=HOT, to=COLD, wei=7, gas_wei=3, succeeds=False),
        Move(name="new contract", sender=HOT, to=None, wei=0, gas_wei=3),
    ],
    ids=lambda move: move.name,
)
def test_gas_that_paid_for_no_payment_is_a_movement_of_its_own(move: Move) -> None:
    chain = SimulatedEvm()
    chain.mine(move)

    event = only(Watched(chain).look())

    assert isinstance(event, e.Movement)
    assert event.id == f"evm:1:{move.hash}:gas"
    assert (event.wallet, event.asset, event.quantity, event.fee_quantity) == ("hot", "ETH", 3, None)


def test_a_token_sent_to_a_stranger_is_a_movement_and_its_gas_another() -> None:
    chain = SimulatedEvm()
    chain.mine(Move(name="s", sender=HOT, to=DOLLAR, gas_wei=3, logs=(token_log(DOLLAR, HOT, SHOP, 9),)))

    gas, sent = (event for event in Watched(chain).look() if isinstance(event, e.Movement))

    assert (gas.asset, gas.quantity) == ("ETH", 3)
    assert (sent.asset, sent.quantity, sent.fee_quantity) == ("USDX", 9, None)


def test_the_id_of_a_token_payout_counts_the_logs_of_its_own_receipt() -> None:
    chain = SimulatedEvm()
    logs = (token_log(SPAM, POOL, COLD, 1), token_log(DOLLAR, POOL, SHOP, 2), token_log(DOLLAR, POOL, COLD, 3))
    chain.mine(token_payout("other"), Move(name="many", sender=POOL, to=DOLLAR, logs=logs))

    events = [event for event in Watched(chain).look() if isinstance(event, e.Receipt)]

    assert [event.id for event in events] == [
        f"evm:1:{token_payout('other').hash}:log0",
        f"evm:1:{Move(name='many', sender=POOL, to=DOLLAR).hash}:log2",
    ]


def test_a_token_nobody_listed_is_no_income_however_it_names_itself() -> None:
    chain = SimulatedEvm()
    chain.mine(token_payout("gift", 10**30, contract=SPAM))

    assert Watched(chain).look() == []


def test_a_token_transfer_of_nothing_is_not_told() -> None:
    chain = SimulatedEvm()
    chain.mine(token_payout("poison", 0))

    assert Watched(chain).look() == []


def test_a_listed_contract_that_logs_another_shape_is_refused() -> None:
    chain = SimulatedEvm()
    log = token_log(DOLLAR, POOL, COLD, 1)
    nft = msgspec.structs.replace(log, topics=(*log.topics, log.data), data="0x")
    chain.mine(Move(name="nft", sender=POOL, to=DOLLAR, logs=(nft,)))

    with pytest.raises(SourceRefusedError, match="not of the ERC-20 shape"):
        Watched(chain).look()


def test_coins_passed_on_inside_a_contract_are_told_where_blocks_are_traced() -> None:
    chain = SimulatedEvm()
    inner = ((SHOP, POOL, 1), (SHOP, COLD, 5), (HOT, SHOP, 6), (HOT, COLD, 7), (HOT, HOT_TOO, 8))
    chain.mine(Move(name="split", sender=POOL, to=SHOP, wei=6, inner=inner))
    traced = msgspec.structs.replace(SECTION, traces=True)

    events = list(fresh(chain, traced).values())

    assert fresh(chain) == {}
    assert [(type(event), event.id.rpartition(":")[2]) for event in events] == [
        (e.Receipt, "call2"),
        (e.Movement, "call3"),
        (e.Transfer, "call4"),
    ]


def test_what_comes_back_in_an_own_transaction_asks_a_person_what_it_is() -> None:
    chain = SimulatedEvm()
    swap = Move(name="swap", sender=HOT, to=SHOP, wei=7, logs=(token_log(DOLLAR, SHOP, HOT, 9),))
    chain.mine(swap, token_payout("pay", to=HOT))

    notes = [event.note for event in Watched(chain).look() if isinstance(event, e.Receipt)]

    assert notes == ["came back in a transaction sent by an own wallet: income, a swap or a refund?", None]


def test_a_stranger_paying_a_wallet_meant_for_transfers_moves_coins_in_from_the_wallet_named() -> None:
    chain = SimulatedEvm()
    chain.mine(payout("in", 5))
    meant = (WalletSection(wallet="cold", watch=(COLD,), meaning="transfer", from_wallet="rig"),)

    event = only(Watched(chain, msgspec.structs.replace(SECTION, wallets=meant)).look())

    assert isinstance(event, e.Transfer)
    assert (event.from_wallet, event.to_wallet, event.quantity) == ("rig", "cold", 5)


def test_an_asset_the_book_does_not_know_is_declared_before_its_first_event() -> None:
    chain = SimulatedEvm()
    chain.mine(token_payout("one"))
    chain.mine(token_payout("two"))

    declared, first, second = Watched(chain, page_blocks=1).look()

    assert isinstance(declared, e.AssetDeclared)
    assert (declared.asset, declared.decimals, declared.contract, declared.asset_class) == ("USDX", 6, DOLLAR, "token")
    assert isinstance(first, e.Receipt)
    assert isinstance(second, e.Receipt)


def test_a_book_that_knows_the_asset_at_another_scale_refuses_the_source() -> None:
    chain = SimulatedEvm()
    chain.mine(token_payout("one"))
    watched = Watched(chain)
    watched.log.append([e.AssetDeclared(id="declared", at=NOW, asset="USDX", decimals=18)])

    with pytest.raises(InputRefusedError, match="USDX has 18 decimals, not 6"):
        watched.look()


def test_a_chain_is_read_page_by_page_up_to_the_depth_below_its_tip() -> None:
    chain = SimulatedEvm()
    for number in range(30):
        chain.mine(payout(f"p{number}"))
    watched = Watched(chain, msgspec.structs.replace(SECTION, finality=10))

    watched.look()

    assert len(watched.held()) == 20
    assert watched.cursor is not None
    assert EvmCursor.parse(watched.cursor).tip[0] == 20


def test_a_chain_with_finality_is_read_up_to_its_finalized_block() -> None:
    chain = SimulatedEvm()
    chain.finality_depth = 3
    for number in range(10):
        chain.mine(payout(f"p{number}"))

    assert len(fresh(chain, msgspec.structs.replace(SECTION, finality="finalized"))) == 7


def test_blocks_before_the_start_height_are_not_read() -> None:
    chain = SimulatedEvm()
    for number in range(10):
        chain.mine(payout(f"p{number}"))

    assert len(fresh(chain, msgspec.structs.replace(SECTION, start_height=8))) == 3


def test_a_start_height_the_chain_has_not_reached_waits() -> None:
    with pytest.raises(SourceUnreachableError, match="has not reached the start height 500"):
        Watched(SimulatedEvm(), msgspec.structs.replace(SECTION, start_height=500)).look()


def test_nothing_new_leaves_the_cursor_where_it_is() -> None:
    chain = SimulatedEvm()
    chain.mine(payout("p"))
    watched = Watched(chain)
    watched.look()
    cursor = watched.cursor

    assert watched.look() == []
    assert watched.cursor == cursor


# -- what must not be believed


def test_another_chain_id_is_refused_at_every_poll() -> None:
    chain = SimulatedEvm()
    chain.mine(payout("p"))
    watched = Watched(chain)
    watched.look()
    chain.number = 5

    with pytest.raises(SourceRefusedError, match="the node is on chain 5, not on chain 1"):
        watched.look()


def test_another_chain_with_the_same_id_is_refused_by_its_first_block() -> None:
    chain = SimulatedEvm()
    chain.mine(payout("p"))
    watched = Watched(chain)
    watched.look()
    other = SimulatedEvm(number=2)
    other.number = 1
    other.mine(payout("p"))
    chain.mined = other.mined

    with pytest.raises(SourceRefusedError, match="another chain with the same id"):
        watched.look()


def test_a_token_that_changes_its_decimals_is_refused_and_nothing_is_valued_wrongly() -> None:
    chain = SimulatedEvm()
    chain.mine(token_payout("p"))
    watched = Watched(chain)
    watched.look()
    chain.token_decimals[DOLLAR] = 18
    chain.mine(token_payout("q"))

    with pytest.raises(SourceRefusedError, match="now says it has 18 decimals, and 6 are pinned"):
        watched.look()
    assert len(watched.held()) == 1


def test_a_chain_that_moves_while_it_is_read_is_read_again_later() -> None:
    class Moving(SimulatedEvm):
        moves = True

        def receipts(self, transactions: Sequence[str]) -> Any:
            found = super().receipts(transactions)
            if self.moves:
                self.moves = False
                self.cut(1)
                self.mine(payout("q"))
            return found

    chain = Moving()
    chain.mine(payout("p"))
    watched = Watched(chain)

    with pytest.raises(SourceUnreachableError, match="the chain moved at block 1"):
        watched.look()
    watched.look()

    assert list(watched.held()) == [f"evm:1:{payout('q').hash}"]


def test_blocks_of_two_branches_are_never_read_as_one_chain() -> None:
    class Torn(SimulatedEvm):
        torn = True

        def blocks(self, first: int, last: int, addresses: Collection[str]) -> list[Block]:
            below = super().blocks(first, 3, addresses)
            if self.torn:
                self.torn = False
                self.cut(3)
                for name in ("q1", "q2", "q3"):
                    self.mine(payout(name))
            return below + super().blocks(4, last, addresses)

    chain = Torn()
    for number in range(4):
        chain.mine(payout(f"p{number}"))
    watched = Watched(chain)

    with pytest.raises(SourceUnreachableError, match="the chain moved at block 4"):
        watched.look()
    watched.look()

    assert watched.held() == fresh(chain)


def test_a_block_older_than_the_one_below_it_is_refused() -> None:
    chain = SimulatedEvm(seconds_per_block=-1)
    chain.mine()
    chain.mine()

    with pytest.raises(SourceRefusedError, match="is older than the block below it"):
        Watched(chain).look()


# -- what a changed watch list does


def test_an_address_added_later_has_the_old_blocks_read_again() -> None:
    chain = SimulatedEvm()
    for number in range(20):
        chain.mine(payout(f"p{number}", to=COLD if number % 2 else HOT))
    watched = Watched(chain, msgspec.structs.replace(SECTION, wallets=WALLETS[:1]))
    watched.look()
    assert len(watched.held()) == 10
    watched.configure(SECTION)

    watched.look(most_pages=2)
    watched.configure(SECTION)
    watched.look()

    assert watched.held() == fresh(chain)
    assert watched.look() == []


def test_an_own_address_added_later_turns_what_looked_like_strangers_into_own_transfers() -> None:
    chain = SimulatedEvm()
    chain.mine(Move(name="out", sender=COLD, to=HOT, wei=7, gas_wei=3))
    chain.mine(Move(name="in", sender=HOT, to=COLD, wei=2, gas_wei=1))
    watched = Watched(chain, msgspec.structs.replace(SECTION, wallets=WALLETS[:1]))
    watched.look()
    assert {type(event) for event in watched.held().values()} == {e.Movement, e.Receipt}

    watched.configure(SECTION)
    watched.look()

    assert watched.held() == fresh(chain)
    assert {type(event) for event in watched.held().values()} == {e.Transfer}
    watched.configure(msgspec.structs.replace(SECTION, start_height=0))
    assert watched.look() == [], "what was corrected once is not corrected again"


def test_an_address_no_longer_watched_keeps_its_history() -> None:
    chain = SimulatedEvm()
    chain.mine(payout("p", to=COLD), payout("q", to=HOT))
    watched = Watched(chain)
    watched.look()
    held = watched.held()
    watched.configure(msgspec.structs.replace(SECTION, wallets=WALLETS[:1]))
    chain.mine(payout("r", to=HOT))

    assert watched.look() == []
    assert watched.held() == held


def test_a_reorganisation_in_the_middle_of_reading_again_is_found() -> None:
    chain = SimulatedEvm()
    for number in range(40):
        chain.mine(payout(f"p{number}", to=COLD if number % 2 else HOT))
    watched = Watched(chain, msgspec.structs.replace(SECTION, wallets=WALLETS[:1]))
    watched.look()
    watched.configure(SECTION)
    watched.look(most_pages=3)
    chain.cut(30)
    for number in range(33):
        chain.mine(payout(f"q{number}", to=COLD if number % 2 else HOT))

    watched.look()

    assert watched.held() == fresh(chain)
