"""An EVM node that lies: what a block's own hash proves is checked, of real blocks, against every lie of a proxy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import msgspec
import pytest
from eth_account import Account
from web3 import Web3

from lotwork.ingest.evm.bloom import Question
from lotwork.ingest.evm.node import EvmNode
from lotwork.ingest.evm.proof import Prover, rlp
from lotwork.ingest.evm.scan import ON_ITS_WORD, TRANSFER_TOPIC, address_topic
from lotwork.ingest.evm.section import EvmSection, TokenSection
from lotwork.ingest.sections import WalletSection
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError, SourceRefusedError
from lotwork.ledger.events import AssetDeclared, Receipt
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore
from tests.anvil_node import Anvil, AnvilError, running_anvil
from tests.evm_contracts import token, transfers
from tests.ingest.evm.watching import SECTION, Watched, payout
from tests.ingest.scripted_server import listening
from tests.simulated_evm import SimulatedEvm

COLD, DOLLAR = "0x" + "c0" * 20, "0x" + "d0" * 20
GWEI = 10**9

Twist = Callable[[str, Any, Any], Any]
"""What a proxy makes of the answer to a method with parameters."""


@contextmanager
def ethereum() -> Iterator[Anvil]:
    """Run Ethereum, as far as its blocks can tell: five payments in block 2, of three types."""
    with running_anvil(chain_id=1) as node:
        pool, _, hot, *others = node.accounts()
        node.put_code(DOLLAR, token(6))
        node.mine()
        node.send(pool, COLD, 5 * 10**18)
        node.send(pool, DOLLAR, data=transfers((pool, COLD, 2_500_000)))
        node.send(hot, COLD, 10**18)
        common = {"to": COLD, "value": "0x7", "gas": hex(60_000), "gasPrice": hex(5 * GWEI)}
        node.ask("eth_sendTransaction", {**common, "from": others[0]})
        listed = [{"address": DOLLAR, "storageKeys": ["0x" + "11" * 32]}]
        node.ask("eth_sendTransaction", {**common, "from": others[1], "accessList": listed})
        node.ask("eth_sendTransaction", {"from": others[2], "data": "0x00", "gas": hex(100_000)})
        node.mine()
        yield node


@pytest.fixture(scope="module")
def anvil() -> Iterator[Anvil]:
    with ethereum() as node:
        yield node


@contextmanager
def proxy(node: Anvil, twist: Twist) -> Iterator[str]:
    """Serve what *node* answers, twisted; yield where."""

    class Between(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = [self.one(each) for each in asked] if isinstance(asked, list) else self.one(asked)
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def one(self, asked: dict[str, Any]) -> dict[str, Any]:
            head = {"jsonrpc": "2.0", "id": asked["id"]}
            try:
                true = node.ask(asked["method"], *asked["params"])
                return head | {"result": twist(asked["method"], asked["params"], true)}
            except AnvilError as refused:
                return head | {"error": refused.args[0]}

        def log_message(self, *_: object) -> None:
            pass

    with listening(Between) as url:
        yield url


def section_for(anvil: Anvil, url: str, **changed: Any) -> EvmSection:
    wallets = (
        WalletSection(wallet="cold", watch=(COLD,)),
        WalletSection(wallet="hot", watch=(anvil.accounts()[2],)),
    )
    tokens = (TokenSection(contract=DOLLAR, asset="USDC", decimals=6),)
    given = {"chain_id": 1, "start_height": 1, "finality": 0, "wallets": wallets, "tokens": tokens, **changed}
    return EvmSection(name="eth", url=url, **given)


def in_block(change: Callable[[dict[str, Any]], None]) -> Twist:
    """Return the twist that changes what is said of block 2, in full."""

    def twist(method: str, params: Any, true: Any) -> Any:
        if method == "eth_getBlockByNumber" and params == ["0x2", True]:
            change(true)
        return true

    return twist


def in_transaction(sent_to: str | None, kind: str, **changed: Any) -> Twist:
    """Return the twist that changes the first transaction of type *kind* that was *sent_to*."""

    def change(block: dict[str, Any]) -> None:
        next(each for each in block["transactions"] if (each["to"], each["type"]) == (sent_to, kind)).update(changed)

    return in_block(change)


def in_receipt(change: Callable[[dict[str, Any]], None]) -> Twist:
    def twist(method: str, _params: Any, true: Any) -> Any:
        for receipt in true if method == "eth_getBlockReceipts" else ():
            change(receipt)
        return true

    return twist


def another_transaction(method: str, _params: Any, true: Any) -> Any:
    if method == "eth_getLogs":
        for log in true:
            log["transactionHash"] = "0x" + "ab" * 32
    return true


def left_out(method: str, _params: Any, true: Any) -> Any:
    return true[:-1] if method == "eth_getBlockReceipts" else true


def swapped(method: str, _params: Any, true: Any) -> Any:
    return true[::-1] if method == "eth_getBlockReceipts" else true


def header_dated(method: str, params: Any, true: Any) -> Any:
    if method == "eth_getBlockByNumber" and params[0] == "0x2":
        true["timestamp"] = hex(int(true["timestamp"], 16) + 86_400 * 40)
    return true


def cheaper(receipt: dict[str, Any]) -> None:
    receipt["gasUsed"] = "0x1"


def more(receipt: dict[str, Any]) -> None:
    for log in receipt["logs"]:
        log["data"] = f"0x{10**15:064x}"


def by_another(receipt: dict[str, Any]) -> None:
    for log in receipt["logs"]:
        log["topics"][1] = "0x" + "7" * 64


LIES: dict[str, tuple[Twist, str]] = {
    "an amount": (
        in_transaction(COLD, "0x2", value=hex(777 * 10**18)),
        "its transactions are not those its header names",
    ),
    "a receiver": (
        in_transaction(None, "0x2", to=COLD, value="0x5"),
        "its transactions are not those its header names",
    ),
    "a sender": (in_transaction(COLD, "0x2", **{"from": "0x" + "99" * 20}), "signed it, and the node says"),
    "a legacy sender": (
        in_transaction(COLD, "0x0", **{"from": "0x" + "99" * 20}),
        "signed it, and the node says",
    ),
    "a hash": (in_transaction(COLD, "0x2", hash="0x" + "ab" * 32), "a transaction does not hash to its name"),
    "a type": (in_transaction(COLD, "0x2", type="0x1"), "its transactions are not those its header names"),
    "a type of tomorrow": (in_transaction(COLD, "0x2", type="0x7e"), "is of type 126, which this version cannot check"),
    "a transaction left out": (in_block(lambda block: block["transactions"].pop()), "not those its header names"),
    "a transaction twice": (
        in_block(lambda block: block.update(transactions=2 * block["transactions"])),
        "not those",
    ),
    "a list that is none": (in_transaction(COLD, "0x2", accessList=7), "cannot be read"),
    "an instant": (header_dated, "its header does not hash to its name"),
    "a root": (in_block(lambda block: block.update(transactionsRoot="0x" + "ab" * 32)), "header does not hash"),
    "a success": (in_receipt(lambda receipt: receipt.update(status="0x0")), "its receipts are not those"),
    "gas": (in_receipt(cheaper), "another price of its gas"),
    "a price of gas": (in_receipt(lambda receipt: receipt.update(effectiveGasPrice="0x1")), "another price of its gas"),
    "tokens": (in_receipt(more), "its receipts are not those its header names"),
    "a payer of tokens": (in_receipt(by_another), "its receipts are not those its header names"),
    "a receipt left out": (left_out, "its receipts are not those its header names"),
    "receipts of one another": (swapped, "its receipts are not those its header names"),
    "a log of a transaction there is not": (another_transaction, "and the block does not"),
}
"""Each lie, and the words it is refused with."""


@pytest.mark.node
def test_no_lie_about_a_block_becomes_an_event_or_moves_the_cursor(anvil: Anvil, tmp_path: Path) -> None:
    told_now = [LIES["an amount"][0]]

    def lying(method: str, params: Any, true: Any) -> Any:
        return told_now[0](method, params, true)

    with EventStore.open(tmp_path / "home", clock=SystemClock()) as store, proxy(anvil, lying) as url:
        keep = Evidence(tmp_path / "home").keep
        source = EvmNode(section_for(anvil, url, start_height=2), store, SystemClock(), keep=keep)
        for lie, (twist, words) in LIES.items():
            told_now[0] = twist
            with pytest.raises(SourceRefusedError, match=words):
                pytest.fail(f"believed: {lie}: {watch_once(source, store)}")
            assert store.head("main").position == 0, lie
            assert store.cursor("main", "eth") is None, lie
        assert list(Evidence(tmp_path / "home").kept()) == []
        source = EvmNode(section_for(anvil, anvil.url), store, SystemClock(), keep=keep)
        watch_once(source, store)
        told = [event for _, event in store.read("main") if not isinstance(event, AssetDeclared)]
        receipts = sorted((event.quantity, event.note) for event in told if isinstance(event, Receipt))
        assert receipts == [(7, None), (7, None), (2_500_000, None), (5 * 10**18, None)]
        assert {event.evidence for event in told} == set(Evidence(tmp_path / "home").kept())


def no_logs(method: str, _params: Any, true: Any) -> Any:
    return [] if method == "eth_getLogs" else true


def no_bloom(method: str, _params: Any, true: Any) -> Any:
    if method == "eth_getBlockByNumber":
        true["logsBloom"] = "0x" + "00" * 256
    return true


def log_left_out(receipt: dict[str, Any]) -> None:
    receipt["logs"] = []


@pytest.mark.node
def test_a_log_that_one_node_leaves_out_is_missed_only_where_logs_are_not_proven(anvil: Anvil, tmp_path: Path) -> None:
    asked: list[str] = []

    def counted(method: str, params: Any, true: Any) -> Any:
        asked.append(method)
        return no_logs(method, params, true)

    for prove_logs in (False, True):
        home = tmp_path / str(prove_logs)
        with EventStore.open(home, clock=SystemClock()) as store, proxy(anvil, counted) as url:
            section = section_for(anvil, url, prove_logs=prove_logs)
            new = watch_once(EvmNode(section, store, SystemClock(), keep=Evidence(home).keep), store)
            assert new == 5 - (not prove_logs)
    assert asked.count("eth_getLogs") == 2
    assert asked.count("eth_getBlockReceipts") == 2, "once for each look: block 1 has no log, by its bloom"


@pytest.mark.node
@pytest.mark.parametrize(
    ("twist", "words"),
    [
        (no_bloom, "its header does not hash to its name"),
        (in_receipt(log_left_out), "its receipts are not those its header names"),
        (left_out, "its receipts are not those its header names"),
        (in_block(lambda block: block.pop("logsBloom")), "where bytes in hex are due"),
    ],
)
def test_a_log_that_is_hidden_is_refused_where_logs_are_proven(
    anvil: Anvil, tmp_path: Path, twist: Twist, words: str
) -> None:
    with EventStore.open(tmp_path / "home", clock=SystemClock()) as store, proxy(anvil, twist) as url:
        with pytest.raises(SourceRefusedError, match=words):
            watch_once(EvmNode(section_for(anvil, url, prove_logs=True), store, SystemClock()), store)
        assert store.cursor("main", "eth") is None or store.head("main").position == 0


def test_logs_are_proven_only_of_a_chain_whose_blocks_are() -> None:
    with pytest.raises(ConfigError, match=r"prove_logs: the blocks of chain 137 are not checked: name another node"):
        msgspec.structs.replace(SECTION, chain_id=137, native_asset="POL", prove_logs=True).check()


def test_a_bloom_shows_each_log_it_was_made_of_and_hardly_another() -> None:
    """Blooms of 40 logs each, made by the Yellow Paper's words: 3 pairs of bytes of keccak, modulo 2,048."""

    def bloom_of(*words: str) -> str:
        bits = 0
        for word in words:
            digest = bytes(Web3.keccak(hexstr=word))
            for place in (0, 2, 4):
                bits |= 1 << ((digest[place] << 8 | digest[place + 1]) & 2047)
        return f"0x{bits:0512x}"

    def address(number: int) -> str:
        return f"0x{number:040x}"

    strangers = [address_topic(address(1_000 + each)) for each in range(40)]
    ours = [address_topic(address(each)) for each in range(40)]
    found = 0
    for one in ours:
        question = Question(Web3.keccak, [DOLLAR], [TRANSFER_TOPIC], [TRANSFER_TOPIC], [one])
        assert question.may_be_in({"logsBloom": bloom_of(DOLLAR, TRANSFER_TOPIC, *strangers, one)})
        assert not question.may_be_in({"logsBloom": bloom_of(TRANSFER_TOPIC, one)})
        assert not question.may_be_in({"logsBloom": bloom_of(DOLLAR, one)})
        found += question.may_be_in({"logsBloom": bloom_of(DOLLAR, TRANSFER_TOPIC, *strangers)})
    assert found < 3


@pytest.mark.node
def test_a_node_without_receipts_of_whole_blocks_is_asked_for_each(anvil: Anvil, tmp_path: Path) -> None:
    def twist(method: str, _params: Any, true: Any) -> Any:
        if method == "eth_getBlockReceipts":
            raise AnvilError({"code": -32601, "message": "the method does not exist"})
        return true

    with EventStore.open(tmp_path / "home", clock=SystemClock()) as store, proxy(anvil, twist) as url:
        assert watch_once(EvmNode(section_for(anvil, url), store, SystemClock()), store) == 5


@pytest.mark.node
def test_a_chain_whose_blocks_hash_otherwise_is_told_on_the_node_s_word(tmp_path: Path) -> None:
    with running_anvil() as node, EventStore.open(tmp_path / "home", clock=SystemClock()) as store:
        node.send(node.accounts()[0], COLD, 5)
        node.mine()
        section = section_for(node, node.url, chain_id=31337, native_asset="ETH", tokens=())
        watch_once(EvmNode(section, store, SystemClock()), store)
        assert [event.note for _, event in store.read("main")] == [ON_ITS_WORD]


@pytest.mark.node
def test_two_nodes_that_differ_are_believed_by_none(anvil: Anvil, tmp_path: Path) -> None:
    with EventStore.open(tmp_path / "home", clock=SystemClock()) as store:
        with running_anvil(chain_id=1, timestamp=1_767_225_601) as other:
            section = section_for(anvil, anvil.url, second_url=other.url)
            with pytest.raises(SourceRefusedError, match=r"block 0 is 0x.* to one node, and 0x.* to the second"):
                watch_once(EvmNode(section, store, SystemClock()), store)
        assert store.cursor("main", "eth") is None
        agreed = section_for(anvil, anvil.url, second_url=anvil.url)
        assert watch_once(EvmNode(agreed, store, SystemClock()), store) == 5


def test_a_block_from_before_the_chains_or_from_tomorrow_is_refused() -> None:
    for seconds in (-400_000_000, 200 * 86_400):
        chain = SimulatedEvm(seconds_per_block=seconds if seconds > 0 else 12)
        if seconds < 0:
            chain.mined[0] = msgspec.structs.replace(
                chain.mined[0], header=msgspec.structs.replace(chain.mined[0].header, timestamp=1_000_000_000)
            )
        chain.mine(payout("p"))
        watched = Watched(chain)
        with pytest.raises(SourceRefusedError, match="before any such chain began or more than 2 h from now"):
            watched.look()


@pytest.mark.parametrize(
    ("chain_id", "wei", "taken"),
    [
        (1, 10**27 - 1, True),
        (1, 10**27, False),
        (61, 10**27, False),
        (1, 2**256 - 1, False),
        (137, 10**33 - 1, True),
        (137, 10**33, False),
    ],
)
def test_more_coins_than_there_can_be_are_refused(chain_id: int, wei: int, *, taken: bool) -> None:
    chain = SimulatedEvm(number=chain_id)
    chain.mine(payout("p", wei))
    coin = {1: "ETH", 61: "ETC"}.get(chain_id, "POL")
    watched = Watched(chain, msgspec.structs.replace(SECTION, chain_id=chain_id, native_asset=coin))
    if taken:
        watched.look()
    else:
        with pytest.raises(SourceRefusedError, match="more than there can be"):
            watched.look()
    assert len(watched.held()) == taken


# -- the two trees, against what everybody knows


def prover() -> Prover:
    return Prover(Web3.keccak, lambda digest, signature: str(Account._recover_hash(digest, vrs=signature)))


def test_nothing_has_the_root_that_everybody_knows_and_lists_their_encoding() -> None:
    """The empty root stands in every empty block; the encodings are those of the paper's own page."""
    assert prover()._trie_root([]).hex() == "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
    assert rlp([b"cat", [b"", b"\x7f", b"\x80"]]).hex() == "c983636174c4807f8180"
    assert rlp(b"a" * 56).hex() == "b838" + "61" * 56
