"""A node that lies: whatever it says of a block, nothing false becomes an event, and no cursor moves.

The lies are told twice: by a model of a node, and by a proxy that stands before a real litecoind.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork.ingest.bitcoin.node import BitcoinNode
from lotwork.ingest.bitcoin.rules import COIN, PERIOD, RULES, Rules, target_of
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.bitcoin.wire import BrokenBlockError, double_sha256, merkle_root, outputs_of, transactions_of
from lotwork.ingest.sections import WalletSection
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import LotworkError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Receipt
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore
from tests.ingest.chain_model import ChainModel, ModelNode, Paid, make_tx
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.memory_log import MemoryLog
from tests.ingest.scripted_server import listening
from tests.litecoin_node import PASSWORD, USER, LitecoinNode, LitecoinRpcError

RIG, STRANGER = b"\x00\x14" + b"\x01" * 20, b"\x00\x14" + b"\x63" * 20
NOW = datetime(2026, 6, 1, tzinfo=UTC)
TO_COME = 4_102_444_800
"""The year 2100."""

Lie = Callable[[bytes, Rules], bytes]
"""What a liar makes of a raw block."""


def with_header(raw: bytes, rules: Rules, **changed: int) -> bytes:
    """Return *raw* with another header over its transactions, which proves the work it claims."""
    version_and_previous = raw[:36]
    time, bits, _ = struct.unpack_from("<III", raw, 68)
    time, bits = changed.get("time", time), changed.get("bits", bits)
    root = merkle_root([one.txid for one in transactions_of(raw, mweb=True)])
    assert root is not None
    for nonce in range(1_000_000):
        header = version_and_previous + root + struct.pack("<III", time, bits, nonce)
        if rules.digest(header) <= min(target_of(bits), rules.limit):
            return header + raw[80:]
    raise AssertionError("no nonce proves that work")


def coinbase_paying(value: int, *, again: bool = True) -> Lie:
    """Return the lie that the coinbase pays so much; with the work done *again*, as a liar on a test chain can."""

    def lie(raw: bytes, rules: Rules) -> bytes:
        coinbase = transactions_of(raw, mweb=True)[0].raw
        paid, script = next(outputs_of(transactions_of(raw, mweb=True)[0]))
        begin = coinbase.index(struct.pack("<qB", paid, len(script)) + script)
        told = coinbase[:begin] + struct.pack("<q", value) + coinbase[begin + 8 :]
        made = raw.replace(coinbase, told)
        return with_header(made, rules) if again else made

    return lie


def script_for(mine: bytes) -> Lie:
    """Return the lie that the coinbase paid the script *mine*."""

    def lie(raw: bytes, _rules: Rules) -> bytes:
        at = raw.index(STRANGER if STRANGER in raw else b"\x00\x14", 80)
        return raw[:at] + mine + raw[at + len(mine) :]

    return lie


def without_the_last(raw: bytes, _rules: Rules) -> bytes:
    found = transactions_of(raw, mweb=True)
    return raw[:80] + bytes([len(found) - 1]) + b"".join(one.raw for one in found[:-1])


def with_the_last_again(raw: bytes, _rules: Rules) -> bytes:
    """CVE-2012-2459: an odd row is paired with itself, so that the last one told twice hashes to the same root."""
    found = transactions_of(raw, mweb=True)
    assert len(found) == 3
    return raw[:80] + bytes([4]) + b"".join(one.raw for one in (*found, found[-1]))


def as_inner_hashes(raw: bytes, rules: Rules) -> bytes:
    """Tell two transactions of 64 bytes, which is what two hashes one above the leaves look like."""
    told = [make_tx([(bytes([7]) * 32, each)], [Paid(b"\x51" * 4, 777)]).raw for each in (0, 1)]
    assert {len(one) for one in told} == {64}
    return with_header(raw[:80] + bytes([2]) + b"".join(told), rules)


LIES: dict[str, tuple[Lie, str]] = {
    "an amount": (coinbase_paying(777 * COIN, again=False), "do not hash to its merkle root"),
    "a script": (script_for(RIG), "do not hash to its merkle root"),
    "a transaction left out": (without_the_last, "do not hash to its merkle root"),
    "a transaction told twice": (with_the_last_again, "do not hash to its merkle root"),
    "hashes as transactions": (as_inner_hashes, "must be the coinbase"),
    "cut short": (lambda raw, _: raw[:-3], "it cannot be read"),
    "a byte more": (lambda raw, _: raw + b"\x00", "it cannot be read"),
    "a count beyond all": (lambda raw, _: raw[:80] + b"\xff" * 9 + raw[81:], "it cannot be read"),
    "no block": (lambda raw, _: raw[:50], "which is no block"),
    "an instant": (lambda raw, _: raw[:68] + b"\x00" + raw[69:], "the node gave block"),
    "more than the subsidy": (coinbase_paying(777 * COIN), "pays more than there can be"),
    "more than all there is": (coinbase_paying(85_000_000 * COIN), "pays more than there can be"),
    "less than nothing": (coinbase_paying(-1), "or less than nothing"),
    "an instant to come": (
        lambda raw, rules: with_header(raw, rules, time=TO_COME),
        "more than 2 h from now",
    ),
    "an instant before the chain": (
        lambda raw, rules: with_header(raw, rules, time=rules.begun - 1),
        "before the chain",
    ),
    "less work": (lambda raw, rules: with_header(raw, rules, bits=0x207FFFFE), "does not follow from the block before"),
    "work beyond the limit": (lambda raw, rules: with_header(raw, rules, bits=0x21_00FFFF), "less than any block"),
    "another chain's work": (lambda raw, rules: with_header(raw, rules, bits=0x1F7FFFFF), "does not follow"),
}
"""Each lie, and the words it is refused with."""

NAMED_ANEW = frozenset(LIES) & {
    "hashes as transactions", "more than the subsidy", "more than all there is", "less than nothing",
    "an instant to come", "an instant before the chain", "less work", "work beyond the limit", "another chain's work",
}  # fmt: skip
"""Lies whose block has a name of its own, by which the liar's chain goes on."""


class Liar(ModelNode):
    """A node that says of block *height* what a lie makes of it."""

    def __init__(self, chain: ChainModel, height: int, told: bytes, *, named: bool) -> None:
        super().__init__(chain)
        self.height = height
        self.told = told
        self.name = double_sha256(told[:80])[::-1].hex() if named else chain.hash_at(height)

    def block_hash(self, height: int) -> str | None:
        true = super().block_hash(height)
        return self.name if height == self.height else true

    def raw_block(self, block_hash: str) -> bytes:
        return self.told if block_hash == self.name else super().raw_block(block_hash)


def section(**changes: Any) -> BitcoinSection:
    rig = WalletSection(wallet="rig", watch=(RIG.hex(),), meaning="pool_payout")
    given = {"chain": "bitcoin-regtest", "url": "http://127.0.0.1:1", "start_height": 1, "confirmations": 1, **changes}
    return BitcoinSection(name="node", user="u", wallets=(rig,), **given)


def look(
    node: ModelNode, log: MemoryLog, cursor: str | None, evidence: MemoryEvidence | None = None, **changes: Any
) -> str:
    clock = SetClock(NOW)
    source = BitcoinNode(section(**changes), log, clock, evidence=evidence, connect=lambda: node)
    page = source.fetch_since(cursor)
    log.append(page.events)
    return page.cursor


def true_chain() -> ChainModel:
    """Return a chain whose block 3 holds three transactions, of which one pays the rig."""
    chain = ChainModel()
    chain.mine([], STRANGER)
    chain.mine([], STRANGER)
    paid = [make_tx([(bytes([each]) * 32, 0)], [Paid(script, 500)]) for each, script in ((7, STRANGER), (8, RIG))]
    chain.mine(paid, STRANGER)
    return chain


def alone(chain: ChainModel) -> bytes:
    """Return block 3 with its coinbase alone, so that the subsidy is all it can pay."""
    coinbase = chain.blocks[2].txs[0].raw
    return with_header(chain.blocks[2].raw[:80] + b"\x01" + coinbase, RULES["bitcoin-regtest"])


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_about_a_block_becomes_an_event_or_moves_the_cursor(lie: str) -> None:
    chain, log, evidence = true_chain(), MemoryLog(), MemoryEvidence()
    two = ModelNode(chain, limit=2)
    cursor = look(two, log, None)
    twist, words = LIES[lie]
    true = alone(chain) if lie in NAMED_ANEW else chain.blocks[2].raw
    told = twist(true, RULES["bitcoin-regtest"])
    liar = Liar(chain, 3, told, named=lie in NAMED_ANEW)

    with pytest.raises(SourceRefusedError, match=words):
        pytest.fail(f"believed: {look(liar, log, cursor, evidence)}")

    assert log.events == []
    assert evidence.kept == {}
    look(ModelNode(chain), log, cursor, evidence)
    assert [event.quantity for event in log.events if isinstance(event, Receipt)] == [500]
    assert set(evidence.kept) == {event.evidence for event in log.events}


def test_a_block_before_the_lie_is_recorded_and_the_lie_is_told_at_the_next_look() -> None:
    chain, log = true_chain(), MemoryLog()
    liar = Liar(chain, 3, LIES["an amount"][0](chain.blocks[2].raw, RULES["bitcoin-regtest"]), named=False)

    cursor = look(liar, log, None)

    with pytest.raises(SourceRefusedError, match="merkle root"):
        look(liar, log, cursor)
    assert json.loads(cursor)["height"] == 2


def test_a_header_without_its_work_is_refused() -> None:
    chain = true_chain()
    raw, rules = chain.blocks[2].raw, RULES["bitcoin-regtest"]
    nonce = next(n for n in range(100) if rules.refuses_work(raw[:76] + struct.pack("<I", n), 0x207FFFFF, 3))

    with pytest.raises(SourceRefusedError, match="does not prove the work it claims"):
        look(Liar(chain, 3, raw[:76] + struct.pack("<I", nonce) + raw[80:], named=True), MemoryLog(), look(
            ModelNode(chain, limit=2), MemoryLog(), None
        ))  # fmt: skip


@pytest.mark.parametrize(("seconds", "taken"), [(7_200, True), (7_201, False)])
def test_a_block_may_be_dated_two_hours_ahead_and_no_more(seconds: int, *, taken: bool) -> None:
    chain, log = true_chain(), MemoryLog()
    cursor = look(ModelNode(chain, limit=2), log, None)
    told = with_header(chain.blocks[2].raw, RULES["bitcoin-regtest"], time=int(NOW.timestamp()) + seconds)
    liar = Liar(chain, 3, told, named=True)
    if taken:
        look(liar, log, cursor)
    else:
        with pytest.raises(SourceRefusedError, match="more than 2 h from now"):
            look(liar, log, cursor)
    assert len(log.events) == taken


def test_a_height_that_the_block_itself_does_not_tell_is_refused() -> None:
    chain = true_chain()
    chain.mine([], STRANGER)

    class Shifted(ModelNode):
        """A node that calls block 1 the beginning, so that every block is told one lower."""

        def block_hash(self, height: int) -> str | None:
            return super().block_hash(height + 1 if height else 0)

    with pytest.raises(SourceRefusedError, match=r"the node says that it follows block|calls it block 2, and it calls"):
        look(Shifted(chain), MemoryLog(), None)
    with pytest.raises(SourceRefusedError, match="the node calls it block 2, and it calls itself 3"):
        look(Shifted(chain), MemoryLog(), None, start_height=2)


def test_a_block_that_does_not_follow_is_refused_and_a_chain_that_moves_is_waited_for() -> None:
    chain = true_chain()
    cursor = look(ModelNode(chain, limit=1), MemoryLog(), None)
    with pytest.raises(SourceRefusedError, match="the node says that it follows block"):
        look(Liar(chain, 2, chain.blocks[2].raw, named=True), MemoryLog(), cursor)


def test_a_tip_that_falls_takes_nothing_back() -> None:
    chain, log = true_chain(), MemoryLog()
    cursor = look(ModelNode(chain), log, None)
    for limit in (0, 1, 2):
        with pytest.raises(SourceUnreachableError, match=f"ends with block {limit}, and block 3 was read before"):
            look(ModelNode(chain, limit=limit), log, cursor)
    assert len(log.events) == 1


def test_a_branch_that_is_shorter_takes_nothing_back_and_one_as_long_does() -> None:
    chain, log = true_chain(), MemoryLog()
    cursor = look(ModelNode(chain), log, None)
    del chain.blocks[1:]
    chain.mine([], STRANGER)
    with pytest.raises(SourceUnreachableError, match="ends with block 2, and block 3 was read before"):
        look(ModelNode(chain), log, cursor)
    assert len(log.events) == 1
    chain.mine([], STRANGER)
    look(ModelNode(chain), log, cursor)
    assert log.effective() == {}


# -- the rules themselves


def test_the_work_of_a_litecoin_block_is_scrypts() -> None:
    """Block 0 of Litecoin, which every node carries."""
    header = bytes.fromhex(
        f"01000000{64 * '0'}d9ced4ed1130f7b7faad9be25323ffafa33232a17c3edf6cfd97bee6bafbdd97b9aa8e4ef0ff0f1ecd513f7c"
    )
    assert double_sha256(header)[::-1].hex() == "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2"
    rules = RULES["litecoin"]
    assert rules.refuses_work(header, 0x1E0FFFF0, 0) is None
    assert RULES["bitcoin"].refuses_work(header, 0x1E0FFFF0, 0) is not None
    assert rules.refuses_work(header[:-1] + b"\x7d", 0x1E0FFFF0, 0) == "it does not prove the work it claims"


def test_the_work_of_a_bitcoin_block_is_its_own_hash() -> None:
    """Block 0 of Bitcoin."""
    header = bytes.fromhex(
        f"01000000{64 * '0'}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
    )
    assert RULES["bitcoin"].refuses_work(header, 0x1D00FFFF, 0) is None
    assert RULES["bitcoin"].refuses_work(header, 0x1D00FFFF, 900_000) is not None, "cheap work, so high up, is a lie"
    assert RULES["litecoin"].refuses_work(header, 0x1D00FFFF, 0) is not None


@pytest.mark.parametrize(
    ("before", "bits", "height", "taken"),
    [
        (0x17034219, 0x17034219, 840_001, True),
        (0x17034219, 0x17034218, 840_001, False),
        (0x17034219, 0x17034218, 417 * PERIOD, True),
        (0x17034219, 0x170D0864, 417 * PERIOD, True),
        (0x17034219, 0x170D1864, 417 * PERIOD, False),
        (0x170D0864, 0x17034219, 417 * PERIOD, True),
        (0x170D0864, 0x17033219, 417 * PERIOD, False),
    ],
)
def test_what_a_block_must_prove_changes_with_its_period_and_at_most_four_times(
    before: int, bits: int, height: int, *, taken: bool
) -> None:
    assert (RULES["bitcoin"].refuses_step(before, bits, height) is None) is taken
    assert RULES["bitcoin-testnet"].refuses_step(before, 0x1D00FFFF, height) is None
    assert (RULES["bitcoin-regtest"].refuses_step(before, bits, height) is None) is (before == bits)


@pytest.mark.parametrize("bits", [0, 0x01FEDCBA, 0x04923456, 0x1D80FFFF, 0xFF123456, 0x20000000, 0x237FFFFF])
def test_a_target_that_is_none_proves_nothing(bits: int) -> None:
    assert RULES["bitcoin-regtest"].refuses_work(bytes(80), bits, 1) is not None


def test_what_there_is_follows_from_the_subsidies() -> None:
    bitcoin = RULES["bitcoin"]
    assert [bitcoin.subsidy(height) for height in (0, 209_999, 210_000, 840_000)] == [
        50 * COIN, 50 * COIN, 25 * COIN, 312_500_000,
    ]  # fmt: skip
    assert bitcoin.subsidy(64 * 210_000) == 0
    assert bitcoin.issued(0) == 50 * COIN
    assert bitcoin.issued(210_000) == 210_000 * 50 * COIN + 25 * COIN
    assert bitcoin.issued(100 * 210_000) == 2_099_999_997_690_000
    assert bitcoin.most_money == 21_000_000 * COIN
    assert RULES["litecoin"].most_money == 84_000_000 * COIN


@pytest.mark.parametrize(
    "block",
    [
        b"",
        bytes(80),
        bytes(80) + b"\xfd\x01\x00",
        bytes(80) + b"\xfe\xff\xff\xff\xff",
        bytes(80) + b"\x01" + bytes(4) + b"\x00\x00",
        bytes(80) + b"\x01" + bytes(4) + b"\x00\x02\x00",
        bytes(80) + b"\x01" + bytes(4) + b"\x00\x08\x00\x00\x00",
        bytes(80) + b"\x01" + bytes(4) + b"\x01" + bytes(36) + b"\xfe\xff\xff\xff\xff",
    ],
)
def test_bytes_that_are_no_block_are_told_as_such(block: bytes) -> None:
    with pytest.raises(BrokenBlockError):
        transactions_of(block, mweb=False)


# -- the same before a real node


@contextmanager
def proxy(node: LitecoinNode, twist: Callable[[str, list[Any], Any], Any]) -> Iterator[str]:
    """Serve what *node* answers, twisted; yield where."""

    class Between(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            method, params = asked["method"], asked.get("params", [])
            try:
                true = node.ask(method, *params)
            except LitecoinRpcError:  # it knows nothing of a block that is made up
                true = None
            told = {"error": None, "id": asked["id"], "result": twist(method, params, true)}
            said = json.dumps(told, default=str).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    with listening(Between) as url:
        yield url


def poll(home: Path, url: str, script: str) -> int:
    wallet = WalletSection(wallet="rig", watch=(script,), meaning="block_reward")
    with EventStore.open(home, clock=SystemClock()) as store:
        there = msgspec.structs.replace(section(chain="litecoin-regtest", url=url), user=USER, wallets=(wallet,))
        source = BitcoinNode(there, store, SystemClock(), password=PASSWORD, evidence=Evidence(home))
        return watch_once(source, store)


@pytest.mark.node
def test_no_lie_before_a_real_node_becomes_an_event_or_moves_the_cursor(tmp_path: Path) -> None:
    """777 coins were once recorded where the block paid 0.0125: by a proxy that broke the block, and decoded it."""
    node, rules = LitecoinNode(tmp_path / "node").start(), RULES["litecoin-regtest"]
    try:
        node.open_wallet("own")
        own = node.new_address("own")
        node.mine(3, own)
        node.mine(100, node.new_address("own"))
        script = node.ask("getaddressinfo", own, wallet="own")["scriptPubKey"]
        home = tmp_path / "home"
        assert poll(home, node.url, script) == 3, "whose coinbases a hundred blocks stand on"
        for coin in node.coins_of("own", own)[:2]:
            node.pay([coin], {own: "49.9"}, "own")
        node.mine(1, node.new_address("own"))
        height = node.height
        raw = bytes.fromhex(node.ask("getblock", node.ask("getblockhash", height), 0))
        with EventStore.open(home, clock=SystemClock()) as store:
            before = store.head("main"), store.cursor("main", "node")
        kept = set(Evidence(home).kept())
        for lie, (twist, words) in LIES.items():
            coinbase_alone = raw[:80] + b"\x01" + transactions_of(raw, mweb=True)[0].raw
            true = with_header(coinbase_alone, rules) if lie in NAMED_ANEW else raw
            told = twist(true, rules)
            name = double_sha256(told[:80])[::-1].hex() if lie in NAMED_ANEW else None

            def said(method: str, params: list[Any], result: Any, told: bytes = told, name: str | None = name) -> Any:
                if method == "getblockhash" and params == [height] and name:
                    return name
                if method == "getblock":
                    return told.hex() if params[1] == 0 else {"tx": [{"vout": [{"value": 777}]}]}
                return result

            with proxy(node, said) as url, pytest.raises(LotworkError, match=words):
                pytest.fail(f"believed: {lie}: {poll(home, url, script)}")
        with EventStore.open(home, clock=SystemClock()) as store:
            assert (store.head("main"), store.cursor("main", "node")) == before
        assert set(Evidence(home).kept()) == kept
        assert poll(home, node.url, script) > 0
    finally:
        node.kill()
