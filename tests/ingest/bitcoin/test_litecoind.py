"""The watcher against a real node: Debian's litecoind on regtest, and the real store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bitcoin.core import CBlock
from embit import bech32

from lotwork.ingest.bitcoin.blocks import read_block, read_header, transaction_of
from lotwork.ingest.bitcoin.node import PAGE_BLOCKS, BitcoinNode
from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.reorganisations import Recorded
from lotwork.ingest.sections import WalletSection
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError, SourceUnreachableError
from lotwork.ledger.events import Correction, Event, Movement, Receipt, Transfer, Void
from lotwork.ledger.history import History
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore
from lotwork.projections.questions.unexplained import unexplained
from tests.ingest.memory_log import MemoryLog
from tests.litecoin_node import INSTALL, PASSWORD, USER, LitecoinNode

pytestmark = pytest.mark.node

COIN = 100_000_000


def taproot_address(number: int) -> str:
    """Return a regtest address whose key nobody needs: 32 bytes, bech32m."""
    return str(bech32.encode("rltc", 1, bytes([number]) * 32))


@pytest.fixture
def node(tmp_path: Path) -> Iterator[LitecoinNode]:
    started = LitecoinNode(tmp_path / "node").start()
    started.open_wallet("own")
    yield started
    started.kill()


@pytest.fixture
def other_node(tmp_path: Path) -> Iterator[LitecoinNode]:
    started = LitecoinNode(tmp_path / "other").start()
    yield started
    started.kill()


def section_of(node: LitecoinNode, *wallets: WalletSection, **changes: Any) -> BitcoinSection:
    given = {"chain": "litecoin-regtest", "confirmations": 1, "start_height": 1, **changes}
    return BitcoinSection(name="ltc", url=node.url, user=USER, wallets=wallets, **given)


class Miner:
    """A ledger in a folder and the watcher that fills it, restarted at every poll."""

    def __init__(
        self, home: Path, section: BitcoinSection, *, password: str = PASSWORD, page_blocks: int = PAGE_BLOCKS
    ) -> None:
        self.home = home
        self.section = section
        self.password = password
        self.page_blocks = page_blocks

    def source(self, log: Recorded, clock: SystemClock, evidence: Evidence | None = None) -> BitcoinNode:
        return BitcoinNode(
            self.section, log, clock, password=self.password, evidence=evidence, page_blocks=self.page_blocks
        )

    def poll(self) -> int:
        clock = SystemClock()
        store = EventStore.open(self.home, clock=clock)
        try:
            source = self.source(store, clock, Evidence(self.home))
            return watch_once(source, store)
        finally:
            store.close()

    def effective(self) -> list[Event]:
        store = EventStore.open(self.home, clock=SystemClock())
        try:
            history = History.read(store, "main")
            events = list(history.events())
            assert history.troubles == []
            return events
        finally:
            store.close()

    def recorded(self, *kinds: str) -> list[Event]:
        store = EventStore.open(self.home, clock=SystemClock())
        try:
            return [event for _, event in store.read("main", kinds=kinds or None)]
        finally:
            store.close()

    def fresh(self) -> dict[str, Event]:
        """Return what somebody who reads the chain for the first time would record."""
        log = MemoryLog()
        source = self.source(log, SystemClock())
        cursor, more = None, True
        while more:
            page = source.fetch_since(cursor)
            log.append(page.events)
            cursor, more = page.cursor, page.more
        return {event.id: event for event in log.events}

    def check(self) -> None:
        """Hold the effective ledger against a fresh scan's."""
        told = {event.id: without_comparison(event) for event in self.effective()}
        assert told == {name: without_comparison(event) for name, event in self.fresh().items()}


def without_comparison(event: Event) -> Event:
    """Return *event* without its evidence and without the doubt that the rest of the ledger casts on it."""
    bare = msgspec.structs.replace(event, evidence=None)
    return msgspec.structs.replace(bare, doubt=None) if isinstance(bare, Receipt) else bare


def held(events: list[Event]) -> Counter[str]:
    wallets: Counter[str] = Counter()
    for event in events:
        if isinstance(event, Receipt):
            wallets[event.wallet] += event.quantity
        elif isinstance(event, Movement):
            wallets[event.wallet] -= event.quantity + (event.fee_quantity or 0)
        elif isinstance(event, Transfer):
            wallets[event.to_wallet] += event.quantity
            wallets[event.from_wallet] -= event.quantity + (event.fee_quantity or 0)
    return wallets


def base_units(coins: Decimal) -> int:
    return int(coins * COIN)


def on_chain(node: LitecoinNode, *addresses: str) -> int:
    found = node.ask("scantxoutset", "start", [f"addr({address})" for address in addresses])
    return base_units(found["total_amount"])


def rewarded(*addresses: str) -> WalletSection:
    return WalletSection(wallet="rig", watch=addresses, meaning="block_reward")


def stranger() -> str:
    return taproot_address(200)


def test_a_coinbase_is_income_once_a_hundred_blocks_stand_on_it(node: LitecoinNode, tmp_path: Path) -> None:
    addresses = [node.new_address("own", "legacy"), node.new_address("own", "bech32"), taproot_address(7)]
    miner = Miner(
        tmp_path / "home",
        section_of(node, rewarded(*addresses)),
    )
    found = [node.mine(1, address)[0] for address in addresses]
    node.mine(97, stranger())
    assert miner.poll() == 0, "at height 100 no coinbase is mature"

    node.mine(1, stranger())
    assert miner.poll() == 1
    node.mine(2, stranger())
    assert miner.poll() == 2

    receipts = miner.effective()
    for number, receipt in enumerate(receipts):
        block = node.ask("getblock", found[number])
        assert isinstance(receipt, Receipt)
        assert (receipt.income, receipt.asset, receipt.quantity) == ("block_reward", "LTC", 50 * COIN)
        assert (receipt.block_hash, receipt.height, receipt.vout) == (found[number], number + 1, 0)
        assert receipt.at.timestamp() == block["time"], "income of the day the block was found"
        assert receipt.id == f"litecoin-regtest:{block['tx'][0]}:0"
        assert receipt.evidence is not None
        kept = Evidence(tmp_path / "home").read(receipt.evidence)
        assert kept.hex() == node.ask("getrawtransaction", receipt.txid)
    miner.check()


def test_payouts_spends_and_moves_between_own_wallets_add_up_to_what_the_chain_holds(
    node: LitecoinNode, tmp_path: Path
) -> None:
    rig, pool, cold = (node.new_address("own", kind) for kind in ("legacy", "p2sh-segwit", "bech32"))
    vault = taproot_address(9)
    node.open_wallet("payer")
    payer = node.new_address("payer")
    miner = Miner(
        tmp_path / "home",
        section_of(
            node,
            rewarded(rig),
            WalletSection(wallet="pool", watch=(pool,), meaning="pool_payout", pool="ocean"),
            WalletSection(wallet="cold", watch=(cold, vault), meaning="transfer", from_wallet="exchange"),
            confirmations=2,
        ),
    )
    node.mine(2, rig)
    node.mine(1, payer)
    node.mine(101, stranger())
    miner.poll()

    # A pool pays 3, and the taxpayer's exchange account pays 4 into the taproot address.
    coin = node.coins_of("payer", payer)[0]
    node.pay([coin], {pool: "3.0", vault: "4.0", stranger(): "42.99"}, "payer")
    node.mine(1, stranger())
    assert miner.poll() == 0, "one confirmation of two"
    node.mine(1, stranger())
    assert miner.poll() == 2

    # Moved between own wallets, spent with change, moved and spent at once, and swept within one wallet.
    first, second = node.coins_of("own", rig)
    moved = node.pay([first], {cold: "30.0", rig: "19.999"}, "own")
    spent = node.pay([second], {stranger(): "10.0", rig: "39.99"}, "own")
    payout = node.coins_of("own", pool)[0]
    both = node.pay([payout], {cold: "1.0", stranger(): "1.5", pool: "0.4"}, "own")
    swept = node.pay([coin for coin in node.coins_of("own", cold) if coin["amount"] == 30], {cold: "29.999"}, "own")
    node.mine(2, stranger())
    miner.poll()

    told = {event.id.removeprefix("litecoin-regtest:"): event for event in miner.effective()}
    transfer = told[f"{moved}:rig:cold"]
    assert isinstance(transfer, Transfer)
    assert (transfer.quantity, transfer.fee_quantity) == (30 * COIN, base_units(Decimal("0.001")))
    movement = told[f"{spent}:rig"]
    assert isinstance(movement, Movement)
    assert (movement.quantity, movement.fee_quantity) == (10 * COIN, base_units(Decimal("0.01")))
    part = told[f"{both}:pool:cold"]
    assert isinstance(part, Transfer)
    assert (part.quantity, part.fee_quantity) == (COIN, None)
    rest = told[f"{both}:pool"]
    assert isinstance(rest, Movement)
    assert (rest.quantity, rest.fee_quantity) == (base_units(Decimal("1.5")), base_units(Decimal("0.1")))
    fee = told[f"{swept}:cold"]
    assert isinstance(fee, Movement)
    assert (fee.quantity, fee.fee_quantity) == (base_units(Decimal("0.001")), None)
    assert [event.pool for event in told.values() if isinstance(event, Receipt) and event.income == "pool_payout"] == [
        "ocean"
    ]

    wallets = held(list(told.values()))
    assert wallets["rig"] == on_chain(node, rig)
    assert wallets["pool"] == on_chain(node, pool)
    assert wallets["cold"] == on_chain(node, cold, vault)
    assert wallets["exchange"] == -4 * COIN
    miner.check()


def test_a_block_found_invalid_takes_its_income_back_and_its_payments_come_again(
    node: LitecoinNode, tmp_path: Path
) -> None:
    rig, pool = node.new_address("own"), node.new_address("own")
    node.open_wallet("payer")
    payer = node.new_address("payer")
    miner = Miner(
        tmp_path / "home",
        section_of(
            node,
            rewarded(rig),
            WalletSection(wallet="pool", watch=(pool,), meaning="pool_payout"),
        ),
    )
    node.mine(1, payer)
    node.mine(1, rig)
    node.mine(100, stranger())
    txid = node.pay(node.coins_of("payer", payer), {pool: "2.0", stranger(): "47.9"}, "payer")
    paid_in = node.mine(1, stranger())[0]
    miner.poll()
    assert {event.id.split(":")[1] for event in miner.effective()} >= {txid}

    # The chain falls back by three blocks: that proves nothing, and takes nothing back.
    node.ask("invalidateblock", node.ask("getblockhash", 101))
    with pytest.raises(SourceUnreachableError, match="ends with block 100, and block 103 was read before"):
        miner.poll()
    assert {event.id.split(":")[1] for event in miner.effective()} >= {txid}

    # It grows as long again without the payout, which waits again; the reward is mature in another block.
    for _ in range(3):
        node.ask("generateblock", taproot_address(203), [])
    miner.poll()
    assert txid not in {event.txid for event in miner.effective() if isinstance(event, Receipt)}
    assert {void.target.split(":")[1] for void in miner.recorded("void") if isinstance(void, Void)} >= {txid}

    # Mined again in other blocks, to another address, it is the same income.
    node.mine(1, taproot_address(201))
    miner.poll()
    payout = next(event for event in miner.effective() if isinstance(event, Receipt) and event.txid == txid)
    assert payout.block_hash != paid_in
    assert payout.block_hash == node.ask("getrawtransaction", txid, True)["blockhash"]
    moved = [event for event in miner.recorded("correction") if isinstance(event, Correction)]
    assert payout.id in {correction.target for correction in moved}
    miner.check()

    # And the first branch again, longer.
    node.ask("reconsiderblock", paid_in)
    node.ask("invalidateblock", node.ask("getblockhash", 103))
    node.mine(3, taproot_address(204))
    miner.poll()
    miner.check()


def test_two_nodes_that_join_reorganise_the_one_that_is_behind(
    node: LitecoinNode, other_node: LitecoinNode, tmp_path: Path
) -> None:
    rig = node.new_address("own")
    miner = Miner(tmp_path / "home", section_of(node, rewarded(rig)))
    node.mine(3, rig)
    node.mine(100, stranger())
    node.join(other_node)
    node.part()
    other_node.part()
    node.mine(2, rig)
    miner.poll()
    assert len(miner.effective()) == 3

    # While the watcher is down the other branch wins: five blocks against two.
    other_node.mine(5, taproot_address(202))
    node.join(other_node)
    assert node.ask("getchaintips")[1]["status"] in ("valid-fork", "valid-headers")
    node.mine(100, stranger())
    miner.poll()

    assert len(miner.effective()) == 3, "the two coinbases of the losing branch never became income"
    miner.check()


def test_a_poll_without_news_appends_nothing_and_keeps_the_cursor(node: LitecoinNode, tmp_path: Path) -> None:
    rig = node.new_address("own")
    miner = Miner(tmp_path / "home", section_of(node, rewarded(rig)))
    node.mine(101, rig)

    assert (miner.poll(), miner.poll(), miner.poll()) == (1, 0, 0)


def test_an_address_added_later_brings_its_past_with_it(node: LitecoinNode, tmp_path: Path) -> None:
    rig, found = node.new_address("own"), node.new_address("own")
    first = rewarded(rig)
    miner = Miner(tmp_path / "home", section_of(node, first), page_blocks=20)
    node.mine(2, rig)
    node.mine(2, found)
    node.mine(100, stranger())
    miner.poll()

    second = WalletSection(wallet="found", watch=(found,), meaning="block_reward")
    later = Miner(tmp_path / "home", section_of(node, first, second), page_blocks=20)

    assert later.poll() == 2
    assert miner.recorded("void", "correction") == [], "what was right is left as it is"
    later.check()


def test_a_wrong_password_is_an_error_of_configuration(node: LitecoinNode, tmp_path: Path) -> None:
    rig = rewarded(node.new_address("own"))
    miner = Miner(tmp_path / "home", section_of(node, rig), password="not this one")

    with pytest.raises(ConfigError, match="refused the user name or password") as refusal:
        miner.poll()

    assert refusal.value.exit_code == 3
    assert "not this one" not in str(refusal.value)


def test_a_node_on_another_chain_is_refused(node: LitecoinNode, tmp_path: Path) -> None:
    rig = WalletSection(wallet="rig", watch=("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",), meaning="block_reward")
    miner = Miner(tmp_path / "home", section_of(node, rig, chain="bitcoin"))

    with pytest.raises(ConfigError, match="is on another chain: bitcoin begins with block 000000000019d668"):
        miner.poll()

    assert miner.recorded() == []


def test_a_node_that_was_down_is_read_on_from_where_it_stood(node: LitecoinNode, tmp_path: Path) -> None:
    rig = node.new_address("own")
    miner = Miner(tmp_path / "home", section_of(node, rewarded(rig)))
    node.mine(101, rig)
    miner.poll()
    node.stop()

    with pytest.raises(SourceUnreachableError, match="did not answer getblockhash") as silence:
        miner.poll()
    assert silence.value.exit_code == 6

    node.start()
    node.mine(1, stranger())
    assert miner.poll() == 1
    miner.check()


def test_mweb_blocks_are_read_from_their_own_bytes(tmp_path: Path) -> None:
    """Since 2022 each Litecoin block ends in a transaction of a form of its own, and in a part that is none."""
    node = LitecoinNode(tmp_path / "node", "-debug=0").start()
    try:
        for wallet in ("own", "payer", "hidden"):
            node.open_wallet(wallet)
        rig, pool, payer = node.new_address("own"), node.new_address("own"), node.new_address("payer")
        node.mine(1, rig)
        node.mine(430, payer)
        node.ask("sendtoaddress", node.new_address("hidden", "mweb"), "10", wallet="payer")
        node.mine(8, rig)
        txid = node.ask("sendtoaddress", pool, "3", wallet="hidden")
        blocks = node.mine(2, rig)
        miner = Miner(
            tmp_path / "home",
            section_of(
                node,
                rewarded(rig),
                WalletSection(wallet="pool", watch=(pool,), meaning="pool_payout"),
            ),
        )
        raw = bytes.fromhex(node.ask("getblock", blocks[0], 0))
        header = read_header(raw, blocks[0])
        *_, last = read_block(raw, header, 440, RULES["litecoin-regtest"])
        assert transaction_of(last).leaves_mweb, f"{txid} left MWEB here"
        assert as_decoded(node, blocks[0]) == read(node, 440)

        miner.poll()

        payouts = [event for event in miner.effective() if isinstance(event, Receipt) and event.wallet == "pool"]
        assert [(payout.quantity, payout.block_hash) for payout in payouts] == [(3 * COIN, blocks[0])]
        assert [payout.doubt for payout in payouts] == ["private"], "nobody sees who paid: it may be an own coin"
        assert {event.doubt for event in miner.effective() if isinstance(event, Receipt)} == {None, "private"}
        miner.check()
    finally:
        node.kill()


@pytest.mark.parametrize("kind", ["legacy", "bech32"])
def test_a_coinbase_that_pays_the_key_of_a_watched_address_is_its_owner_s(
    node: LitecoinNode, tmp_path: Path, kind: str
) -> None:
    """HASH160 of the key that is paid is the address; the coin is seen, and seen to be spent."""
    address = node.new_address("own", kind)
    key = node.ask("getaddressinfo", address, wallet="own")["pubkey"]
    described = node.ask("getdescriptorinfo", f"pk({key})")["descriptor"]
    node.ask("generatetodescriptor", 1, described)
    node.mine(100, stranger())
    miner = Miner(
        tmp_path / "home", section_of(node, WalletSection(wallet="rig", watch=(address,), meaning="block_reward"))
    )
    miner.poll()
    (reward,) = miner.effective()
    assert isinstance(reward, Receipt)
    assert (reward.wallet, reward.income, reward.height) == ("rig", "block_reward", 1)
    miner.check()


def test_change_to_an_address_nobody_watches_is_named_and_told_as_change_once_it_is_watched(
    node: LitecoinNode, tmp_path: Path
) -> None:
    own, change = node.new_address("own"), node.ask("getrawchangeaddress", wallet="own")
    node.mine(101, own)
    coin = node.coins_of("own", own)[:1]
    rest = Decimal(str(coin[0]["amount"])) - Decimal("0.1001")
    node.pay(coin, {stranger(): "0.1", change: str(rest)}, "own")
    node.mine(1, stranger())
    miner = Miner(tmp_path / "home", section_of(node, WalletSection(wallet="cold", watch=(own,))))
    miner.poll()
    (left,) = (event for event in miner.effective() if isinstance(event, Movement))
    assert sorted(left.outputs) == sorted((f"{stranger()}: 0.10000000", f"{change}: {rest:.8f}"))
    assert left.quantity == base_units(rest) + COIN // 10
    told = unexplained(left, 8).message
    assert f"{change}: {rest:.8f}" in told
    assert "add that address to `watch` of cold" in told

    miner.section = section_of(node, WalletSection(wallet="cold", watch=(own, change)))
    miner.poll()

    (left,) = (event for event in miner.effective() if isinstance(event, Movement))
    assert left.quantity == COIN // 10
    assert "watch" not in unexplained(left, 8).message


def read(node: LitecoinNode, height: int) -> list[tuple[str, list[tuple[str, int]], list[tuple[int, str]]]]:
    """Return what the watcher reads of a block: each transaction's id, what it spends, and what it pays."""
    block_hash = node.ask("getblockhash", height)
    raw = bytes.fromhex(node.ask("getblock", block_hash, 0))
    found = read_block(raw, read_header(raw, block_hash), height, RULES["litecoin-regtest"])
    return [
        (one.txid, list(one.inputs), [(output.value, output.script.hex()) for output in one.outputs])
        for one in map(transaction_of, found)
    ]


def as_decoded(node: LitecoinNode, block_hash: str) -> list[tuple[str, list[tuple[str, int]], list[tuple[int, str]]]]:
    """Return the same of a block in the node's own words; an input inside MWEB has none."""
    return [
        (
            one["txid"],
            [(spent["txid"], spent["vout"]) for spent in one["vin"] if "coinbase" not in spent and "txid" in spent],
            [(base_units(made["value"]), made["scriptPubKey"]["hex"]) for made in one["vout"] if not made["ismweb"]],
        )
        for one in node.ask("getblock", block_hash, 2)["tx"]
    ]


def test_a_block_is_read_as_the_node_and_a_library_read_it(node: LitecoinNode) -> None:
    own = node.new_address("own")
    node.mine(102, own)
    node.pay(node.coins_of("own", own), {stranger(): "20.0", own: "79.9"}, "own")
    node.mine(1, own)
    for height in (1, 17, 102, 103):
        block_hash = node.ask("getblockhash", height)
        whole = CBlock.deserialize(bytes.fromhex(node.ask("getblock", block_hash, 0)))

        assert read(node, height) == as_decoded(node, block_hash)
        assert [txid for txid, _, _ in read(node, height)] == [one.GetTxid()[::-1].hex() for one in whole.vtx]
        assert [paid for _, _, paid in read(node, height)] == [
            [(made.nValue, made.scriptPubKey.hex()) for made in one.vout] for one in whole.vtx
        ]


def test_a_machine_without_litecoind_fails_the_test_and_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match=INSTALL):
        LitecoinNode(tmp_path / "node", program=tmp_path / "no-such-program")


def test_the_clock_of_a_reorganisation_is_the_watcher_s(node: LitecoinNode, tmp_path: Path) -> None:
    rig = node.new_address("own")
    miner = Miner(tmp_path / "home", section_of(node, rewarded(rig)))
    node.mine(1, rig)
    node.mine(100, stranger())
    miner.poll()
    node.ask("invalidateblock", node.ask("getblockhash", 1))
    node.mine(101, taproot_address(205))
    before = SystemClock().now()
    miner.poll()

    (void,) = miner.recorded("void")

    assert before <= void.at <= before + timedelta(minutes=1)
