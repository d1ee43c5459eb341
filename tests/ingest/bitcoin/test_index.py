"""A server of histories at the edges: what it hides, tells late, or tells otherwise; where a look stops and goes on."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from lotwork.commands import telling
from lotwork.ingest.bitcoin.derived import rows_of
from lotwork.ingest.bitcoin.electrum.section import ElectrumSection
from lotwork.ingest.bitcoin.electrum.source import SOURCE
from lotwork.ingest.bitcoin.index.asked import Agreeing
from lotwork.ingest.bitcoin.index.standing import read_standing
from lotwork.ingest.bitcoin.index.watch import IndexWatch
from lotwork.ingest.bitcoin.scripts import CHAINS, address_of_script
from lotwork.ingest.ports import Page
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import IntegrityError, SourceUnreachableError
from lotwork.ledger.events import Event, Receipt
from tests.ingest.bitcoin.test_derived import REGTEST_KEY
from tests.ingest.chain_model import ChainModel, Paid, Tx, make_tx
from tests.ingest.index_model import ModelIndex
from tests.ingest.memory_log import MemoryLog

RIG, STRANGER = b"\x00\x14" + b"\x01" * 20, b"\x00\x14" + b"\x63" * 20


def paid_to(target: bytes, value: int = 500, tag: int = 0) -> Tx:
    return make_tx([(bytes([7, tag % 256]) * 16, tag)], [Paid(target, value)], tag=tag)


class Watcher:
    """A watch through a server of the model chain, its log and its cursor."""

    def __init__(self, chain: ChainModel, *watch: str, page_seconds: float = 20.0, **changes: Any) -> None:
        self.chain = chain
        self.server = ModelIndex(chain)
        self.section = ElectrumSection(
            name="server",
            chain="bitcoin-regtest",
            url="tcp://127.0.0.1:1",
            wallets=(WalletSection(wallet="rig", watch=watch or (RIG.hex(),), meaning="pool_payout"),),
            confirmations=1,
            gap_limit=5,
        )
        self.section = msgspec.structs.replace(self.section, **changes)
        self.page_seconds = page_seconds
        self.clock = SetClock(datetime(2026, 6, 1, tzinfo=UTC))
        self.log = MemoryLog()
        self.cursor: str | None = None
        self.progress: list[str] = []

    def look(self) -> bool:
        """Look once, with a watch that was just begun; return whether there is more."""
        page = self.page()
        self.log.append(page.events)
        self.cursor = page.cursor
        self.progress += [page.progress] if page.progress else []
        return page.more

    def page(self) -> Page:
        watch = IndexWatch(self.section, self.log, self.clock, lambda: self.server, page_seconds=self.page_seconds)
        return watch.fetch_since(self.cursor)

    def poll(self) -> dict[str, Event]:
        while self.look():
            pass
        return self.log.effective()


def chain_of(*txs: Tx, after: int = 0) -> ChainModel:
    chain = ChainModel()
    for tx in txs:
        chain.mine([tx], STRANGER)
    for _ in range(after):
        chain.mine([], STRANGER)
    return chain


def named(tx: Tx) -> str:
    return tx.txid[::-1].hex()


def test_what_was_proven_stays_though_a_list_leaves_it_out() -> None:
    young, old = paid_to(RIG, tag=1), paid_to(RIG, tag=2)
    for after in (3, 400):
        watcher = Watcher(chain_of(young, old, after=after))
        told = watcher.poll()
        assert len(told) == 2
        watcher.server.hidden = {named(young)}
        watcher.chain.mine([paid_to(RIG, tag=3)], STRANGER)
        with pytest.raises(SourceUnreachableError, match="it is behind, or hides them: nothing is taken back"):
            watcher.poll()
        assert watcher.log.effective() == told
        watcher.server.hidden = set()
        assert len(watcher.poll()) == 3


def test_an_index_that_was_lost_takes_nothing_back_even_where_everything_is_read_anew() -> None:
    txs = [paid_to(RIG, tag=number) for number in range(3)]
    watcher = Watcher(chain_of(*txs, after=400))
    told = watcher.poll()
    watcher.server.hidden = {named(tx) for tx in txs}
    watcher.section = msgspec.structs.replace(
        watcher.section,
        wallets=(WalletSection(wallet="rig", watch=(RIG.hex(), STRANGER.hex()), meaning="pool_payout"),),
    )
    with pytest.raises(SourceUnreachableError, match="nothing is taken back"):
        watcher.poll()
    assert watcher.log.effective() == told
    # Not even where the cursor is lost too: the block that the receipt names is on the chain still.
    watcher.cursor = None
    with pytest.raises(SourceUnreachableError, match="nothing is taken back"):
        watcher.poll()
    assert watcher.log.effective() == told


@pytest.mark.parametrize("after", [3, 400])
def test_one_told_late_is_read_from_its_block_on(after: int) -> None:
    first, late = paid_to(RIG, 1_000, tag=1), paid_to(RIG, tag=2)
    spends = make_tx([(late.txid, 0)], [Paid(STRANGER, 400)], tag=3)
    watcher = Watcher(chain_of(first, late, spends, after=after))
    watcher.server.hidden = {named(late), named(spends)}
    assert len(watcher.poll()) == 1
    watcher.server.hidden = set()
    watcher.chain.mine([], STRANGER)

    told = watcher.poll()

    fresh = Watcher(watcher.chain)
    assert told == fresh.poll()
    assert len(told) == 3
    assert len(watcher.log.events) == 3, "nothing was taken back on the way"


def test_a_shorter_or_forged_branch_takes_nothing_back() -> None:
    watcher = Watcher(chain_of(paid_to(RIG, tag=1), after=5))
    told = watcher.poll()
    del watcher.chain.blocks[2:]
    with pytest.raises(SourceUnreachableError, match="is behind"):
        watcher.poll()
    assert watcher.log.effective() == told


def test_a_first_reading_counts_and_goes_on_where_it_was_ended() -> None:
    receive = next(iter(rows_of(REGTEST_KEY, "rig", CHAINS["bitcoin-regtest"]))).scripts(60)
    chain = ChainModel()
    for number in range(120):
        chain.mine([paid_to(receive[number % 60], tag=number)], STRANGER)
    whole = Watcher(chain, REGTEST_KEY)
    whole.poll()
    parts = Watcher(chain, REGTEST_KEY, page_seconds=1.0)
    parts.server.interrupt = lambda: parts.clock.move(0.1)

    assert parts.poll() == whole.log.effective()

    assert len(whole.log.events) == 120
    assert len(parts.progress) > 20
    assert "addresses asked" in parts.progress[0]
    assert parts.progress[-1].startswith("next unused addresses: rig bcrt1")
    assert any(
        "70 of 70 addresses asked" in words and "transactions to read; read up to block" in words
        for words in parts.progress
    )
    assert parts.server.asked < 3 * whole.server.asked, "no look begins from the start"


def test_a_person_can_compare_the_next_address_and_a_key_that_was_never_paid() -> None:
    receive = next(iter(rows_of(REGTEST_KEY, "rig", CHAINS["bitcoin-regtest"]))).scripts(9)
    watcher = Watcher(chain_of(after=3), REGTEST_KEY)
    watch = IndexWatch(watcher.section, watcher.log, watcher.clock, lambda: watcher.server)
    page = watch.fetch_since(None)
    address = address_of_script(receive[0], CHAINS["bitcoin-regtest"])
    assert page.left_out is not None
    assert page.left_out.startswith(
        f"no address of the key of rig was ever paid: compare the wallet's first address with {address}"
    )
    watcher.chain.mine([paid_to(receive[3])], STRANGER)
    page = watch.fetch_since(page.cursor)
    assert page.progress == f"next unused addresses: rig {address_of_script(receive[4], CHAINS['bitcoin-regtest'])}"
    assert page.left_out is None


def test_a_reading_is_told_to_whoever_sits_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for sits in (True, False):
        monkeypatch.setattr(sys.stderr, "isatty", lambda sits=sits: sits)
        telling.progress_of("cold")("70 of 70 addresses asked")
    assert capsys.readouterr().err == "cold: 70 of 70 addresses asked\n"


def test_two_servers_that_differ_record_nothing() -> None:
    watcher = Watcher(chain_of(paid_to(RIG, tag=1), after=3))
    other = ModelIndex(watcher.chain)
    both = Agreeing(watcher.server, other, "server 'two'")
    watcher.server, one = both, watcher.server  # type: ignore[assignment] # the two in place of the one
    other.hidden = {named(watcher.chain.blocks[0].txs[1])}
    with pytest.raises(SourceUnreachableError, match=r"tell the history of script .* differently"):
        watcher.poll()
    other.hidden = set()
    assert len(watcher.poll()) == 1
    other.chain, one.hidden = chain_of(after=9), set()
    with pytest.raises(SourceUnreachableError, match="tell block 4 differently"):
        watcher.poll()


def test_the_cursor_does_not_grow_with_the_age_of_the_wallet() -> None:
    chain = chain_of(*(paid_to(RIG, tag=number) for number in range(300)), after=300)
    watcher = Watcher(chain)
    watcher.poll()
    spent = make_tx([(tx.txid, 0) for block in chain.blocks for tx in block.txs[1:]][:250], [Paid(STRANGER, 1)], tag=1)
    chain.mine([spent], STRANGER)
    for _ in range(400):
        chain.mine([], STRANGER)
    watcher.poll()
    assert len(watcher.cursor or "") < 20_000


def test_a_cursor_that_is_no_text_of_ours_is_damage() -> None:
    assert read_standing('{"version": 1, "height": 7}') is None
    assert read_standing('{"version": 99, "scan": {}}') is None
    with pytest.raises(IntegrityError, match="cannot be read"):
        read_standing('{"version": 1, "scan": {}}')
    with pytest.raises(IntegrityError, match="cannot be read"):
        read_standing("{")


def test_on_whose_word_it_stands_is_said() -> None:
    section = ElectrumSection(name="a", url="ssl://a.example:50002", wallets=())
    assert not SOURCE.word(section).is_proven
    assert "second_url" in SOURCE.word(section).remedy
    two = msgspec.structs.replace(section, second_url="ssl://b.example:50002")
    assert SOURCE.word(two).is_proven
    assert not SOURCE.word(msgspec.structs.replace(two, chain="bitcoin-regtest")).is_proven


def test_a_coinbase_waits_for_its_hundred_blocks() -> None:
    chain = ChainModel()
    chain.mine([], RIG)
    for _ in range(99):
        chain.mine([], STRANGER)
    watcher = Watcher(chain)
    assert watcher.poll() == {}
    chain.mine([], STRANGER)
    (receipt,) = watcher.poll().values()
    assert isinstance(receipt, Receipt)
    assert receipt.height == 1


def test_what_was_listed_of_a_branch_that_came_and_went_is_proven_by_nothing_and_contradicts_nothing() -> None:
    """The lists of an unfinished round speak of the branch that stood then; the blocks that were read, of this one."""
    other = bytes(RIG[:2]) + b"\x02" * 20
    watcher = Watcher(chain_of(after=20), RIG.hex(), other.hex(), page_seconds=0)
    watcher.chain.mine([paid_to(RIG, tag=1)], STRANGER)
    watcher.chain.mine([paid_to(other, tag=2)], STRANGER)
    watcher.poll()
    stood = list(watcher.chain.blocks)
    del watcher.chain.blocks[-2:]
    for tx in (paid_to(RIG, tag=3), paid_to(RIG, tag=4), paid_to(RIG, tag=5)):
        watcher.chain.mine([tx], STRANGER)
    watcher.server.interrupt = lambda: watcher.clock.move(1)
    assert watcher.look(), "one script of two is listed"
    standing = read_standing(watcher.cursor or "")
    assert standing is not None
    assert len(standing.pending) == 1
    watcher.chain.blocks = stood
    watcher.chain.mine([], STRANGER)
    watcher.chain.mine([], STRANGER)
    assert watcher.poll() == fresh(watcher)


@pytest.mark.parametrize("lies", [False, True])
def test_what_one_of_several_servers_behind_an_address_listed_alone_is_listed_again_once(lies: bool) -> None:
    """A pool of servers answers one list from another branch; a server that goes on so is told of."""
    other = bytes(RIG[:2]) + b"\x02" * 20
    watcher = Watcher(chain_of(after=20), RIG.hex(), other.hex(), page_seconds=0)
    watcher.server.interrupt = lambda: watcher.clock.move(1)
    watcher.poll()
    watcher.chain.mine([paid_to(other, tag=1)], STRANGER)
    here = watcher.chain.blocks
    elsewhere = ChainModel()
    elsewhere.blocks = here[:-1]
    elsewhere.mine([paid_to(RIG, tag=2)], STRANGER)
    honest = watcher.server.history
    alone = ModelIndex(elsewhere)
    watcher.server.history = alone.history  # type: ignore[method-assign] # for one list
    watcher.server.state, honest_state = alone.state, watcher.server.state  # type: ignore[method-assign] # the same
    assert watcher.look()
    if not lies:
        watcher.server.history, watcher.server.state = honest, honest_state  # type: ignore[method-assign] # as it was
        assert watcher.poll() == fresh(watcher)
        return
    with pytest.raises(SourceUnreachableError):
        watcher.poll()
    with pytest.raises(SourceUnreachableError):
        watcher.poll()


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_sweep_whose_lists_left_out_what_was_proven_gets_over_it_when_the_server_does(times: int) -> None:
    """What an unfinished round had listed was never asked for again, and contradicted the log for ever."""
    other = bytes(RIG[:2]) + b"\x02" * 20
    watcher = Watcher(chain_of(paid_to(RIG, tag=1), after=20), RIG.hex(), other.hex(), page_seconds=0)
    watcher.server.interrupt = lambda: watcher.clock.move(1)
    told = watcher.poll()
    watcher.cursor = None
    for _ in range(times):
        watcher.server.hidden = {named(paid_to(RIG, tag=1))}
        watcher.chain.mine([], STRANGER)
        with pytest.raises(SourceUnreachableError, match="nothing is taken back"):
            watcher.poll()
        asked = watcher.server.asked
        with pytest.raises(SourceUnreachableError, match="nothing is taken back"):
            watcher.poll()
        assert watcher.server.asked - asked < 40, "it asks for all lists once a block, not at every look"
        assert watcher.log.effective() == told
    watcher.server.hidden = set()
    watcher.chain.mine([paid_to(other, tag=2)], STRANGER)
    watcher.poll()
    assert watcher.poll() == fresh(watcher)


def fresh(watcher: Watcher) -> dict[str, Event]:
    """Return what somebody tells who reads the chain for the first time."""
    anew = Watcher(watcher.chain)
    anew.section = watcher.section
    return anew.poll()
