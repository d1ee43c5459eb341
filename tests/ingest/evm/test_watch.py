from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ingest.evm.chain import Block
from lotwork.ingest.evm.cursor import EvmCursor
from lotwork.ingest.evm.section import EvmSection, TokenSection
from lotwork.ingest.evm.watch import EvmWatch
from lotwork.ingest.sections import WalletSection
from lotwork.ledger import events as e
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import InputRefusedError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.units import Asset, AssetTable
from tests.ingest.memory_log import MemoryLog
from tests.simulated_evm import Move, SimulatedEvm, token_log

COLD, HOT, HOT_TOO = "0x" + "c0" * 20, "0x" + "1d" * 20, "0x" + "1e" * 20
POOL, SHOP = "0x" + "aa" * 20, "0x" + "bb" * 20
DOLLAR, SPAM = "0x" + "d0" * 20, "0x" + "5a" * 20
NOW = datetime(2026, 6, 1, tzinfo=UTC)

WALLETS = (WalletSection(wallet="cold", watch=(COLD,)), WalletSection(wallet="hot", watch=(HOT, HOT_TOO)))
SECTION = EvmSection(
    name="eth",
    book="main",
    chain_id=1,
    url="http://127.0.0.1:1",
    start_height=1,
    finality=0,
    wallets=WALLETS,
    tokens=(TokenSection(contract=DOLLAR, asset="USDX", decimals=6),),
)


class BookLog(MemoryLog):
    """A log in memory that knows the assets declared in it."""

    def assets(self, book: str) -> AssetTable:
        declared = [event for _, event in self.read(book, kinds=("asset",)) if isinstance(event, e.AssetDeclared)]
        return AssetTable().with_declared(Asset(event.asset, event.decimals) for event in declared)


class Watched:
    """A source, its log and its cursor: what a daemon holds, without the daemon."""

    def __init__(self, chain: SimulatedEvm, section: EvmSection = SECTION, *, page_blocks: int = 7) -> None:
        chain.token_decimals.setdefault(DOLLAR, 6)
        self.chain = chain
        self.log = BookLog()
        self.cursor: str | None = None
        self.clock = SetClock(NOW)
        self.page_blocks = page_blocks
        self.configure(section)

    def configure(self, section: EvmSection) -> None:
        """Start the source anew, as a daemon that was restarted with *section*."""
        self.section = section
        self.source = EvmWatch(section, self.chain, self.log, self.clock, page_blocks=self.page_blocks)

    def look(self, *, most_pages: int = 1_000) -> list[e.Event]:
        """Poll until there is no more; return what was appended."""
        begun = len(self.log.events)
        for _ in range(most_pages):
            self.clock.move(1)
            page = self.source.fetch_since(self.cursor)
            self.log.append(page.events)
            self.cursor = page.cursor
            if not page.more:
                break
        return self.log.events[begun:]

    def held(self) -> dict[str, e.Event]:
        """Return the effective events of the chain, by id."""
        return {name: event for name, event in self.log.effective().items() if not isinstance(event, e.AssetDeclared)}


def fresh(chain: SimulatedEvm, section: EvmSection = SECTION) -> dict[str, e.Event]:
    """Return what somebody holds who reads *chain* for the first time."""
    watched = Watched(chain, section, page_blocks=50)
    watched.look()
    return watched.held()


def payout(name: str, wei: int = 5, to: str = COLD) -> Move:
    return Move(name=name, sender=POOL, to=to, wei=wei)


def token_payout(name: str, units: int = 5, *, sender: str = POOL, to: str = COLD, contract: str = DOLLAR) -> Move:
    return Move(name=name, sender=POOL, to=contract, logs=(token_log(contract, sender, to, units),))


def only(events: Sequence[e.Event]) -> Any:
    (event,) = (event for event in events if not isinstance(event, e.AssetDeclared))
    return event


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


# -- what a reorganisation does


def test_an_orphaned_payout_is_taken_back_and_says_why() -> None:
    chain = SimulatedEvm()
    chain.mine()
    chain.mine(payout("p"))
    watched = Watched(chain)
    watched.look()
    chain.cut(1)
    chain.mine()

    void = only(watched.look())

    assert isinstance(void, e.Void)
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
