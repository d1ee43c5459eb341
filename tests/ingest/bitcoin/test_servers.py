"""One litecoind, read by its node, by an Electrum server over it, and by an Esplora: the same events, to the byte."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the draws of tests
from typing import Any

import pytest
from embit import base58, bip32, ec

from lotwork.ingest.asking.http import BoundedClient
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.bitcoin.derived import rows_of
from lotwork.ingest.bitcoin.electrum.section import ElectrumSection
from lotwork.ingest.bitcoin.electrum.source import build as build_electrum
from lotwork.ingest.bitcoin.esplora.section import EsploraSection
from lotwork.ingest.bitcoin.esplora.source import build as build_esplora
from lotwork.ingest.bitcoin.node import BitcoinNode
from lotwork.ingest.bitcoin.scripts import CHAINS, address_of_script
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.context import BuildContext
from lotwork.ingest.ports import ReceiptSource
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.codec import encode
from lotwork.ledger.errors import ConfigError, SourceUnreachableError
from lotwork.ledger.events import Event, Movement, Receipt, Transfer
from tests.drawing import stream
from tests.electrum.server import ADMITTED, ElectrumX
from tests.esplora_over_node import EsploraOverNode
from tests.ingest.memory_log import MemoryLog
from tests.ingest.scripted_server import serving
from tests.ingest.wires import Asked, InMemoryClient, Said
from tests.litecoin_node import PASSWORD, USER, WITHOUT_MWEB, LitecoinNode, LitecoinRpcError
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.node

CHAIN = CHAINS["litecoin-regtest"]
ACCOUNT = bip32.HDKey.from_seed(bytes(range(32))).derive("m/84h/1h/0h")
VPUB = str(base58.encode_check(bytes.fromhex("045f1cf6") + base58.decode_check(ACCOUNT.to_public().to_base58())[4:]))
SCRIPTS = 8
"""Random scripts in a run, each with a reorganisation at least; `tests.faults.whole` takes more."""
OF_A_LEDGER = 25
"""Scripts that one ledger lives through, before others begin where the chain ends then."""


def derived(branch: int, index: int) -> str:
    """Return an address of the watched key."""
    script = list(rows_of(VPUB, "cold", CHAIN))[branch].scripts(index + 1)[index]
    return address_of_script(script, CHAIN)


def stranger(number: int) -> str:
    return address_of_script(b"\x51\x20" + bytes([number]) * 32, CHAIN)


class Chain:
    """A node with a payer's coins, an Electrum server and an Esplora over it."""

    def __init__(self, node: LitecoinNode, electrum: ElectrumX, esplora: EsploraOverNode, esplora_url: str) -> None:
        self.node = node
        self.electrum = electrum
        self.esplora, self.esplora_url = esplora, esplora_url
        self.mined = 0

    def mine(self, blocks: int) -> None:
        """Mine to a stranger, each time another one, so that no block comes again."""
        self.mined += 1
        self.node.mine(blocks, address_of_script(b"\x51\x20" + self.mined.to_bytes(32, "big"), CHAIN))


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with running(tmp_path_factory.mktemp("servers")) as servers:
        yield servers


@contextmanager
def running(folder: Path) -> Iterator[Chain]:
    """Run a litecoind, an Electrum server and an Esplora over it."""
    node = LitecoinNode(folder / "node", WITHOUT_MWEB, ADMITTED).start()
    electrum = ElectrumX(folder / "electrum", node)
    try:
        node.open_wallet("payer")
        node.open_wallet("own")
        node.mine(30, node.new_address("payer"))
        node.mine(100, stranger(1))
        answers = EsploraOverNode(node)
        for key in (ACCOUNT.derive([branch, index]) for branch in (0, 1) for index in range(8)):
            node.ask("importprivkey", ec.PrivateKey(key.secret).wif({"wif": b"\xef"}), "", False, wallet="own")
        with serving() as script:
            script.answer = answers.answer
            yield Chain(node, electrum.start(), answers, script.url)
    finally:
        electrum.stop()
        node.kill()


WALLETS = (
    WalletSection(wallet="cold", watch=(VPUB,), meaning="pool_payout", pool="ocean"),
    WalletSection(wallet="old", watch=(stranger(7),), meaning="block_reward"),
)


@dataclass(frozen=True, kw_only=True)
class InMemoryContext(BuildContext):
    """A context whose client asks the Esplora without a socket: many a script is read so."""

    servers: Chain

    def client(self, source: str, **_: Any) -> BoundedClient:
        """Return the client."""

        def answer(asked: Asked) -> Said:
            told = self.servers.esplora.answer(asked.path)
            return Said(status=told.status, body=told.body, media=told.media or "")

        pace = Pace(self.clock, gap_seconds=0)
        client = InMemoryClient(source=source, clock=self.clock, pace=pace, allow_private=True)
        client.server = answer
        return client


class Reader:
    """A ledger, and one way to read the chain into it."""

    def __init__(self, home: Path, servers: Chain, kind: str, *, in_memory: bool = False, **changes: Any) -> None:
        self.chain, self.kind, self.home = servers, kind, home
        self.context = partial(InMemoryContext, servers=servers) if in_memory else BuildContext
        self.log = MemoryLog()
        self.cursor: str | None = None
        self.pages: list[str] = []
        common = {"name": "ltc", "chain": "litecoin-regtest", "wallets": WALLETS, "confirmations": 2, "start_height": 1}
        self.common: dict[str, Any] = {**common, **changes}

    def source(self) -> ReceiptSource:
        clock = SystemClock()
        context = self.context(
            home=self.home,
            log=self.log,  # type: ignore[arg-type] # a log in memory
            clock=clock,
            reveal=lambda _one, _file: None,
            pace=Pace(clock),
        )
        match self.kind:
            case "node":
                section = BitcoinSection(url=self.chain.node.url, user=USER, **self.common)
                return BitcoinNode(section, self.log, clock, password=PASSWORD, evidence=context.evidence)
            case "electrum":
                return build_electrum(ElectrumSection(url=self.chain.electrum.url, **self.common), context)
            case _:
                return build_esplora(
                    EsploraSection(url=self.chain.esplora_url, allow_private=True, gap_seconds=0.0, **self.common),
                    context,
                )

    def poll(self) -> int:
        if self.kind == "electrum":
            self.chain.electrum.await_tip()
        source, new, more = self.source(), 0, True
        while more:
            page = source.fetch_since(self.cursor)
            self.log.append(page.events)
            self.cursor, more = page.cursor, page.more
            self.pages.append(page.progress or "")
            new += len(page.events)
        return new

    def poll_until(self, truth: Mapping[str, Event]) -> None:
        """Poll; and where that does not tell *truth*, again for a while, as the next polls of a daemon do.

        e-x tells the new tip before it forgets the histories that it remembered of the old one (`_notify_sessions`
        waits for the header in between): a look within that moment, which a busy machine makes long, reads an old
        history, and the next look reads what changed.
        """
        self.poll()
        give_up = time.perf_counter() + PATIENCE_SECONDS
        while self.log.effective() != truth and time.perf_counter() < give_up:
            time.sleep(0.2)
            self.poll()

    def told(self) -> dict[str, bytes]:
        """Return what holds, to the byte."""
        return {name: encode(event) for name, event in sorted(self.log.effective().items())}


KINDS = ("node", "electrum", "esplora")


def all_tell(tmp_path: Path, chain: Chain) -> dict[str, Event]:
    """Read the chain afresh in every way, hold the answers against one another, and return what they tell."""
    readers = [Reader(tmp_path, chain, kind) for kind in KINDS]
    first, *others = readers
    first.poll()
    for reader in others:
        reader.poll_until(first.log.effective())
    told = [reader.told() for reader in readers]
    assert told[0]
    assert told[1] == told[0]
    assert told[2] == told[0]
    return readers[0].log.effective()


def coins_at(chain: Chain, address: str) -> list[dict[str, Any]]:
    return chain.node.coins_of("own", address)


def test_node_electrum_and_esplora_tell_the_same_to_the_byte(tmp_path: Path, chain: Chain) -> None:
    node = chain.node
    node.mine(1, derived(0, 0))
    for number in range(28):
        node.ask("sendtoaddress", derived(0, 1 + number % 3), "0.5", wallet="payer")
        if number % 5 == 0:
            chain.mine(1)
    node.ask("sendtoaddress", derived(0, 21), "1.25", wallet="payer")
    node.mine(1, stranger(7))
    chain.mine(101)
    first = coins_at(chain, derived(0, 21))
    # Only the derived addresses below 8 can be signed for: pay on from one of these, with change.
    coin = coins_at(chain, derived(0, 1))[0]
    node.pay([coin], {stranger(9): "0.2", derived(1, 0): "0.29"}, "own")
    node.pay(coins_at(chain, derived(0, 2))[:2], {derived(1, 1): "0.99"}, "own")
    chain.mine(2)

    told = all_tell(tmp_path, chain)

    assert first == []
    kinds = [type(event) for event in told.values()]
    assert (kinds.count(Receipt), kinds.count(Movement), kinds.count(Transfer)) == (31, 2, 0)
    spent = [event for event in told.values() if isinstance(event, Movement)]
    assert sorted((each.quantity, each.fee_quantity) for each in spent) == [(1_000_000, None), (20_000_000, 1_000_000)]
    assert all(event.evidence for event in told.values())
    rewards = [event for event in told.values() if isinstance(event, Receipt) and event.income == "block_reward"]
    assert [reward.wallet for reward in rewards] == ["old"]


def test_one_takes_the_place_of_another_and_nothing_is_told_twice(tmp_path: Path, chain: Chain) -> None:
    reader = Reader(tmp_path, chain, "node")
    reader.poll()
    before = list(reader.log.events)
    for kind in ("electrum", "esplora", "node"):
        reader.kind = kind
        assert reader.poll() == 0
    assert reader.log.events == before


def test_a_poll_without_a_new_block_asks_little(tmp_path: Path, chain: Chain) -> None:
    reader = Reader(tmp_path, chain, "esplora")
    reader.poll()
    asked = chain.esplora.asked
    cursor = reader.cursor
    assert reader.poll() == 0
    assert reader.cursor == cursor
    assert chain.esplora.asked - asked <= 4


def test_both_forms_of_paging_read_the_same(tmp_path: Path, chain: Chain) -> None:
    one = Reader(tmp_path, chain, "esplora")
    other = Reader(tmp_path, chain, "esplora", paging="after_txid")
    one.poll()
    other.poll()
    assert one.told() == other.told()


def test_two_servers_that_agree_tell_the_same(tmp_path: Path, chain: Chain) -> None:
    one = Reader(tmp_path, chain, "electrum")
    two = Reader(tmp_path, chain, "electrum", second_url=chain.electrum.url)
    one.poll()
    two.poll()
    assert one.told() == two.told()


@pytest.mark.parametrize("kind", KINDS)
def test_another_chain_is_refused(tmp_path: Path, chain: Chain, kind: str) -> None:
    reader = Reader(
        tmp_path,
        chain,
        kind,
        chain="bitcoin-regtest",
        wallets=(WalletSection(wallet="a", watch=("51",), meaning="other"),),
    )
    with pytest.raises(ConfigError, match="is on another chain: bitcoin-regtest begins with block 0f9188f1"):
        reader.poll()


def test_an_address_paid_late_in_a_gap_is_found_by_all(tmp_path: Path, chain: Chain) -> None:
    chain.node.ask("sendtoaddress", derived(0, 40), "1.0", wallet="payer")
    chain.mine(2)

    told = all_tell(tmp_path, chain)

    assert any(isinstance(event, Receipt) and event.quantity == 100_000_000 for event in told.values())


@pytest.mark.seeded
def test_whatever_the_chain_does_all_three_tell_what_a_fresh_scan_tells(tmp_path: Path, chain: Chain) -> None:
    counted = follow_scripts(tmp_path, chain, range(SCRIPTS))
    assert counted["reorganisations"] >= SCRIPTS
    assert counted["events"] > 0


def follow_scripts(folder: Path, chain: Chain, seeds: range) -> Counter[str]:
    """Let the chain follow a script for each of *seeds*; hold the three ledgers against a fresh scan after each."""
    counted: Counter[str] = Counter()
    readers: list[Reader] = []
    for number, seed in enumerate(seeds):
        if number % OF_A_LEDGER == 0:
            chain.mine(40)  # so that nothing from before is read: a use before the start tells an index alone of more
            start = chain.node.height - 40
            readers = [Reader(folder, chain, kind, in_memory=True, start_height=start) for kind in KINDS]
            for reader in readers:
                reader.poll()
        counted["reorganisations"] += follow(chain, readers, stream(seed))
        fresh = Reader(folder, chain, "node", **readers[0].common)
        fresh.poll()
        truth = fresh.log.effective()
        for reader in readers:
            reader.poll_until(truth)
            assert reader.log.effective() == truth, f"script {seed}: {reader.kind} tells it otherwise"
        counted["scripts"] += 1
        counted["events"] += len(truth)
    for reader in readers:
        assert reader.poll() == 0
    return counted


def follow(chain: Chain, readers: list[Reader], chance: Random) -> int:
    """Let the chain pay, spend, grow and reorganise by chance, and some of *readers* look; return how often it did."""
    reorganised = 0
    release(chain)
    for _ in range(chance.randint(1, 2)):
        for _ in range(chance.randint(1, 3)):
            acts: list[Callable[[], None]] = [
                lambda: chain.mine(chance.randint(1, 3)),
                lambda: pay(chain, chance.randint(0, 6), chance.randint(1, 50)),
                lambda: spend(chain, chance.randint(0, 6)),
            ]
            chance.choices(acts, [1, 3, 2])[0]()
        if chance.random() < 0.4:
            chance.choice(readers).poll()
        reorganise(chain, min(chance.randint(1, 20), chance.randint(1, 20)), chance.choice((1, 2)))
        reorganised += 1
    return reorganised


def pay(chain: Chain, index: int, hundredths: int) -> None:
    """Pay an address, as long as the payer has coins whose payments were not lost with a block."""
    with suppress(LitecoinRpcError):
        chain.node.ask("sendtoaddress", derived(0, index), f"0.{hundredths:02}", wallet="payer")


def release(chain: Chain) -> None:
    """Give the payer the coins back whose payments were lost with a block: nobody will mine them."""
    waiting = set(chain.node.ask("getrawmempool"))
    for told in chain.node.ask("listtransactions", "*", 1_000, 0, wallet="payer"):
        if told["category"] == "send" and not told["confirmations"] and told["txid"] not in waiting:
            with suppress(LitecoinRpcError):  # given back before
                chain.node.ask("abandontransaction", told["txid"], wallet="payer")


def spend(chain: Chain, index: int) -> None:
    coins = [coin for coin in coins_at(chain, derived(0, index)) if coin["confirmations"] and coin["amount"] > 0.01]
    if coins:
        half = coins[0]["amount"] / 2
        chain.node.pay(coins[:1], {stranger(3): f"{half:.8f}", derived(1, index): f"{half - half / 10:.8f}"}, "own")


def reorganise(chain: Chain, depth: int, longer: int) -> None:
    """Replace the last blocks by others and some more, which hold what waits, or not."""
    node = chain.node
    with chain.electrum.asleep():
        node.ask("invalidateblock", node.ask("getblockhash", node.height - depth + 1))
        node.ask("generateblock", stranger(50 + chain.mined % 100), [])
        chain.mine(depth + longer)


def test_a_server_that_is_gone_is_asked_again(tmp_path: Path, chain: Chain) -> None:
    reader = Reader(tmp_path, chain, "electrum")
    reader.common["deadline_seconds"] = 1
    chain.electrum.stop()
    try:
        with pytest.raises(SourceUnreachableError, match=r"did not answer .* It will be asked again"):
            reader.source().fetch_since(None)
    finally:
        chain.electrum.start()
