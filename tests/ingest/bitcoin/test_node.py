"""The watcher over a model chain: what it does at the edges. Random worlds are in test_reorganisations."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from lotwork.ingest.asking.patience import Deadline
from lotwork.ingest.bitcoin.node import PAGE_BLOCKS, BitcoinNode
from lotwork.ingest.bitcoin.rpc import RpcNode
from lotwork.ingest.bitcoin.scan import WINDOW, read_cursor
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.ports import Page
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import ConfigError, IntegrityError, SourceUnreachableError
from lotwork.ledger.events import Event, Movement, Receipt, Transfer
from tests.ingest.chain_model import ChainModel, ModelNode, Paid, Tx, make_tx
from tests.ingest.memory_log import MemoryLog


def script(number: int) -> bytes:
    return b"\x00\x14" + bytes([number]) * 20


RIG, COLD, OLD, STRANGER = script(1), script(2), script(3), script(99)


def wallet(name: str, *scripts: bytes) -> WalletSection:
    return WalletSection(wallet=name, watch=tuple(one.hex() for one in scripts), meaning="pool_payout")


SECTION = BitcoinSection(
    name="node",
    book="main",
    chain="bitcoin-regtest",
    url="http://127.0.0.1:8332",
    user="u",
    start_height=1,
    wallets=(wallet("rig", RIG),),
    confirmations=1,
)


class Watcher:
    """A watcher, its log and its cursor."""

    def __init__(self, chain: ChainModel, *, page_blocks: int = PAGE_BLOCKS, **changes: Any) -> None:
        self.chain = chain
        self.section = msgspec.structs.replace(SECTION, **changes)
        self.page_blocks = page_blocks
        self.log = MemoryLog()
        self.cursor: str | None = None
        self.clock = SetClock(datetime(2026, 6, 1, tzinfo=UTC))
        self.node = ModelNode(chain)

    def fetch(self) -> Page:
        self.node = ModelNode(self.chain)
        source = BitcoinNode(
            self.section,
            self.log,
            self.clock,
            connect=lambda: self.node,
            page_blocks=self.page_blocks,
        )
        return source.fetch_since(self.cursor)

    def poll(self) -> int:
        """Read to the tip; return how many pages that took."""
        pages, more = 0, True
        while more:
            page = self.fetch()
            self.log.append(page.events)
            self.cursor, more = page.cursor, page.more
            pages += 1
        return pages

    def configure(self, **changes: Any) -> None:
        self.section = msgspec.structs.replace(self.section, **changes)

    @property
    def effective(self) -> dict[str, Event]:
        return self.log.effective()


def paid_to(target: bytes, value: int = 500, tag: int = 0) -> Tx:
    """Return a payment by strangers."""
    return make_tx([(bytes([7, tag]) * 16, tag)], [Paid(target, value)], tag=tag)


def chain_of(*txs: Tx, after: int = 0) -> ChainModel:
    """Return a chain with one transaction a block, and empty blocks on top."""
    chain = ChainModel()
    for tx in txs:
        chain.mine([tx], STRANGER)
    for _ in range(after):
        chain.mine([], STRANGER)
    return chain


def test_a_fork_deeper_than_can_be_undone_while_nobody_watched_is_found() -> None:
    stays, goes = paid_to(RIG, tag=1), paid_to(RIG, tag=2)
    chain = chain_of(stays, goes, after=WINDOW + 60)
    watcher = Watcher(chain)
    watcher.poll()
    del chain.blocks[1:]
    for _ in range(WINDOW + 80):
        chain.mine([], STRANGER)

    watcher.poll()

    assert [event.txid for event in watcher.effective.values() if isinstance(event, Receipt)] == [
        stays.txid[::-1].hex()
    ]
    assert len(watcher.log.events) == 3, "two receipts and one void: what stayed was not touched"


def test_a_chain_replaced_from_its_first_block_takes_everything_back() -> None:
    chain = chain_of(paid_to(RIG, tag=1), after=WINDOW + 60)
    watcher = Watcher(chain)
    watcher.poll()
    chain.blocks.clear()
    for _ in range(WINDOW + 80):
        chain.mine([], STRANGER)

    watcher.poll()

    assert watcher.effective == {}


def test_the_cursor_does_not_grow_with_the_age_of_the_wallet() -> None:
    chain = chain_of(paid_to(RIG), after=200)
    watcher = Watcher(chain)
    watcher.poll()
    young = len(watcher.cursor or "")
    for _ in range(3_000):
        chain.mine([], STRANGER)

    watcher.poll()

    scan = read_cursor(watcher.cursor or "")
    assert scan is not None
    assert len(scan.locator) < 64
    assert scan.sightings == []
    assert len(watcher.cursor or "") < young + 4_000


def test_a_locator_s_blocks_stand_ever_further_apart() -> None:
    watcher = Watcher(chain_of(after=900))
    watcher.poll()

    scan = read_cursor(watcher.cursor or "")

    assert scan is not None
    depths = [scan.height - height for height, _ in scan.locator]
    assert depths[:16] == list(range(16))
    assert WINDOW * 3 // 4 < depths[-1] <= WINDOW
    assert all(deeper - depth <= max(1, depth // 4) for depth, deeper in pairwise(depths))


def test_a_node_that_still_downloads_its_chain_is_waited_for() -> None:
    genesis = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    node = ModelNode(chain_of(paid_to(RIG)))
    node.genesis, node.progress = genesis, "block 4711 of 900000"
    section = msgspec.structs.replace(SECTION, chain="bitcoin")
    source = BitcoinNode(section, MemoryLog(), SetClock(datetime(2026, 1, 1, tzinfo=UTC)), connect=lambda: node)

    with pytest.raises(SourceUnreachableError, match=r"still downloading its chain \(block 4711 of 900000\)"):
        source.fetch_since(None)
    assert not node.open, "the connection is let go of"


def test_a_node_on_another_chain_is_refused() -> None:
    section = msgspec.structs.replace(SECTION, chain="litecoin")
    node = ModelNode(chain_of())
    source = BitcoinNode(section, MemoryLog(), SetClock(datetime(2026, 1, 1, tzinfo=UTC)), connect=lambda: node)

    with pytest.raises(ConfigError, match="litecoin begins with block 12a765e31ffd"):
        source.fetch_since(None)


def test_a_start_height_the_chain_has_not_reached_is_waited_for() -> None:
    watcher = Watcher(chain_of(after=5), start_height=10)

    with pytest.raises(SourceUnreachableError, match="has no block 9 yet, and is watched from 10"):
        watcher.fetch()


def test_a_page_ends_when_its_time_is_over() -> None:
    chain = chain_of(paid_to(RIG), after=20)
    watcher = Watcher(chain)
    watcher.node = ModelNode(chain, interrupt=lambda: watcher.clock.move(0.1))
    source = BitcoinNode(watcher.section, watcher.log, watcher.clock, connect=lambda: watcher.node, page_seconds=2)

    page = source.fetch_since(None)

    scan = read_cursor(page.cursor)
    assert scan is not None
    assert page.more
    assert 1 <= scan.height < 20


def test_what_a_wallet_received_stays_when_it_is_watched_no_more() -> None:
    watcher = Watcher(chain_of(paid_to(RIG), paid_to(COLD)), wallets=(wallet("rig", RIG), wallet("cold", COLD)))
    watcher.poll()

    watcher.configure(wallets=(wallet("rig", RIG),))
    watcher.poll()

    assert len(watcher.effective) == 2


def test_an_address_taken_out_of_a_wallet_is_still_watched() -> None:
    chain = chain_of(paid_to(OLD, tag=1))
    watcher = Watcher(chain, wallets=(wallet("rig", OLD),))
    watcher.poll()

    watcher.configure(wallets=(wallet("rig", RIG),))
    chain.mine([paid_to(OLD, tag=2), paid_to(RIG, tag=3)], STRANGER)
    watcher.poll()

    assert len(watcher.effective) == 3
    assert len(watcher.log.events) == 3


def test_a_wallet_added_later_turns_what_left_into_a_transfer() -> None:
    first = paid_to(RIG)
    moved = make_tx([(first.txid, 0)], [Paid(COLD, 490)])
    watcher = Watcher(chain_of(first, moved))
    watcher.poll()
    assert [type(event) for event in watcher.effective.values()] == [Receipt, Movement]

    watcher.configure(wallets=(wallet("rig", RIG), wallet("cold", COLD)))
    watcher.poll()

    assert [type(event) for event in watcher.effective.values()] == [Receipt, Transfer]


def test_a_wallet_under_another_name_takes_its_history_along() -> None:
    first = paid_to(OLD, tag=1)
    spent = make_tx([(first.txid, 0)], [Paid(STRANGER, 490)])
    chain = chain_of(first, spent, paid_to(RIG, tag=2), after=40)
    watcher = Watcher(chain, wallets=(wallet("rig", RIG, OLD),), page_blocks=9)
    watcher.poll()

    watcher.configure(wallets=(wallet("farm", RIG),))
    watcher.poll()

    assert {getattr(event, "wallet", None) for event in watcher.effective.values()} == {"farm"}
    assert [type(event) for event in watcher.effective.values()] == [Receipt, Movement, Receipt]


def test_a_later_start_leaves_what_was_recorded_before_it() -> None:
    watcher = Watcher(chain_of(paid_to(RIG, tag=1), after=30))
    watcher.poll()
    watcher.chain.mine([paid_to(RIG, tag=2)], STRANGER)

    watcher.configure(start_height=25)
    watcher.poll()

    assert len(watcher.effective) == 2


def test_more_confirmations_put_a_young_payout_back_until_it_has_them() -> None:
    watcher = Watcher(chain_of(paid_to(RIG), after=1))
    watcher.poll()
    assert len(watcher.effective) == 1

    watcher.configure(confirmations=4)
    watcher.poll()
    assert len(watcher.effective) == 0

    watcher.chain.mine([], STRANGER)
    watcher.chain.mine([], STRANGER)
    watcher.poll()
    assert len(watcher.effective) == 1


def test_fewer_confirmations_record_what_was_waiting() -> None:
    watcher = Watcher(chain_of(paid_to(RIG), after=1), confirmations=6)
    watcher.poll()
    assert len(watcher.effective) == 0

    watcher.configure(confirmations=2)
    watcher.poll()

    assert len(watcher.effective) == 1


def test_a_cursor_of_another_version_is_read_again_from_the_start() -> None:
    watcher = Watcher(chain_of(paid_to(RIG), after=3))
    watcher.poll()
    told = json.loads(watcher.cursor or "")
    watcher.cursor = json.dumps({**told, "version": 99})

    watcher.poll()

    assert len(watcher.log.events) == 1, "the same income is known, not counted twice"


def test_a_source_that_lost_its_cursor_counts_nothing_twice() -> None:
    watcher = Watcher(chain_of(paid_to(RIG, tag=1), paid_to(RIG, tag=2), after=30), page_blocks=7)
    watcher.poll()
    watcher.cursor = None

    assert watcher.poll() == 5

    assert len(watcher.log.events) == 2


def test_a_damaged_cursor_is_a_damaged_log() -> None:
    watcher = Watcher(chain_of(after=3))
    watcher.cursor = '{"version":1,"height":"x"}'

    with pytest.raises(IntegrityError, match="run `lotwork verify`"):
        watcher.fetch()


def test_a_configuration_that_cannot_be_used_is_refused_at_once() -> None:
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ConfigError, match="no wallets"):
        BitcoinNode(msgspec.structs.replace(SECTION, wallets=()), MemoryLog(), clock)
    for url in ("https://127.0.0.1:8332", "http://127.0.0.1"):
        with pytest.raises(ConfigError, match="http://HOST:PORT"):
            BitcoinNode(msgspec.structs.replace(SECTION, url=url), MemoryLog(), clock)
    for url in ("http://u:p@127.0.0.1:8332", "127.0.0.1:8332", "http://[::1"):
        with pytest.raises(ConfigError, match="http://HOST:PORT"):
            RpcNode(url, "u", "secret", deadline=Deadline(clock, 1))


def test_neither_the_source_nor_the_node_shows_the_password() -> None:
    source = BitcoinNode(SECTION, MemoryLog(), SetClock(datetime(2026, 1, 1, tzinfo=UTC)), password="secret")
    node = RpcNode(SECTION.url, "u", "secret", deadline=Deadline(SetClock(datetime(2026, 1, 1, tzinfo=UTC)), 1))

    assert "secret" not in f"{source!r} {source.section!r}"
    assert "secret" not in f"{node.shown} {node!r}"
    node.close()
