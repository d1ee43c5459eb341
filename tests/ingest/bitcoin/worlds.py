"""Worlds drawn by chance: a chain that grows and reorganises, those who watch it, and the ledger each of them writes.

A world is told by its seed alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from unittest import mock

import msgspec
import pytest

from lotwork.ingest.asking.http import Bounds
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.asking.patience import Deadline
from lotwork.ingest.bitcoin.electrum.line import Line
from lotwork.ingest.bitcoin.electrum.server import ElectrumServer
from lotwork.ingest.bitcoin.esplora.server import EsploraServer
from lotwork.ingest.bitcoin.index.asked import Index
from lotwork.ingest.bitcoin.index.standing import read_standing
from lotwork.ingest.bitcoin.index.watch import IndexWatch
from lotwork.ingest.bitcoin.node import BitcoinNode
from lotwork.ingest.bitcoin.scan import Scan, read_cursor
from lotwork.ingest.bitcoin.scripts import CHAINS, address_of_script
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.ports import ReceiptSource
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import SourceUnreachableError
from lotwork.ledger.events import Event, Movement, Receipt, Transfer
from tests.drawing import stream
from tests.ingest.chain_model import MATURITY, Block, ChainModel, ModelNode, Outpoint, Paid, Tx, make_tx
from tests.ingest.faces import ElectrumFace, EsploraFace
from tests.ingest.index_model import ModelIndex
from tests.ingest.memory_log import MemoryLog
from tests.ingest.wires import InMemoryClient, connecting, in_lines

DEEPEST = 144
REGTEST = CHAINS["bitcoin-regtest"]
SCAN, LOOK = "lotwork.ingest.bitcoin.scan", "lotwork.ingest.bitcoin.index.look"
WINDOWS = (12, 288)
"""How many blocks can be undone, in one world and in the next."""


def script(number: int) -> bytes:
    return b"\x00\x14" + bytes([number]) * 20


OWN = {"rig": script(1), "pool": script(2), "vault": script(3)}
WALLET_OF = {paid: name for name, paid in OWN.items()}
STRANGER = script(99)

SECTION = BitcoinSection(
    name="node",
    book="main",
    chain="bitcoin-regtest",
    url="http://127.0.0.1:1",
    user="u",
    start_height=1,
    wallets=(
        WalletSection(wallet="rig", watch=(OWN["rig"].hex(),), meaning="block_reward"),
        WalletSection(wallet="pool", watch=(OWN["pool"].hex(),), meaning="pool_payout", pool="ocean"),
        WalletSection(wallet="vault", watch=(OWN["vault"].hex(),), meaning="transfer", from_wallet="exchange"),
    ),
    confirmations=3,
)


class World:
    """A chain, the watcher that reads it, and the log it writes."""

    unsteady: tuple[str, ...] = ("moved",)
    """What is said of a chain that moved while it was read."""

    def __init__(self, seed: int) -> None:
        self.chance = stream(seed)
        self.chain = ChainModel()
        self.branches: list[list[Block]] = []
        self.log = MemoryLog()
        self.cursor: str | None = None
        self.page_blocks = self.chance.choice((9, 40, 144, 400))
        self.section = msgspec.structs.replace(
            SECTION,
            confirmations=self.chance.choice((1, 3, 6)),
            start_height=self.chance.choice((1, 1, 5)),
        )
        self.pages = 0
        self.clock = SetClock(datetime(2026, 6, 1, tzinfo=UTC))
        for _ in range(self.chance.randint(100, 130)):
            self.mine(self.new_txs(0.05))

    # -- what miners and payers do

    def mine(self, txs: list[Tx]) -> None:
        paid = self.chance.choices([OWN["rig"], OWN["pool"], OWN["vault"], STRANGER], [2, 1, 1, 16])[0]
        self.chain.mine(txs, paid, skew=self.chance.randint(-7_000, 7_000))

    def new_txs(self, likely: float) -> list[Tx]:
        made: list[Tx] = []
        while self.chance.random() < likely:
            tx = self.new_tx(made)
            if tx is not None:
                made.append(tx)
        return made

    def new_tx(self, pending: list[Tx]) -> Tx | None:
        taken = {spent for tx in pending for spent in tx.inputs}
        ready = [
            (outpoint, coin)
            for outpoint, coin in self.chain.unspent().items()
            if coin.script in WALLET_OF
            and outpoint not in taken
            and (not coin.coinbase or self.chain.height + 1 - coin.height >= MATURITY)
        ]
        inputs: list[Outpoint] = []
        value = 0
        if ready and self.chance.random() < 0.6:
            for outpoint, coin in self.chance.sample(ready, min(len(ready), self.chance.randint(1, 3))):
                inputs.append(outpoint)
                value += coin.value
        if not inputs or self.chance.random() < 0.15:
            inputs.append((self.chance.randbytes(32), self.chance.randint(0, 3)))
            value += self.chance.randint(500, 4_000)
        return make_tx(inputs, self.split(value), tag=self.chance.getrandbits(31))

    def split(self, value: int) -> Iterator[Paid]:
        value -= self.chance.choice((0, 10, 100))
        for _ in range(self.chance.randint(1, 3)):
            part = self.chance.randint(0, max(value, 0))
            value -= part
            yield Paid(self.chance.choice([*OWN.values(), STRANGER]), part)
        if self.chance.random() < 0.7 and value > 0:
            yield Paid(self.chance.choice([*OWN.values(), STRANGER]), value)

    # -- what the chain does

    def grow(self) -> None:
        for _ in range(self.chance.choice((1, 2, 7, 30))):
            self.mine(self.new_txs(0.3))

    def reorganise(self) -> None:
        """Replace some blocks by as many or more; their transactions come back, are replaced, or are gone."""
        self.branches.append(list(self.chain.blocks))
        depth = min(self.chance.choice((1, 1, 2, 5, 20, 60, DEEPEST)), self.chain.height - 1)
        orphaned = [tx for block in self.chain.blocks[-depth:] for tx in block.txs if not tx.coinbase]
        del self.chain.blocks[-depth:]
        length = depth + self.chance.choice((0, 0, 1, 1, 4))
        waiting = [self.replaced(tx) if self.chance.random() < 0.2 else tx for tx in orphaned]
        waiting = [tx for tx in waiting if self.chance.random() < 0.8]
        for _ in range(length):
            count = self.chance.choice((0, 0, 1, 3, len(waiting)))
            self.mine(self.still_valid(waiting[:count]))
            del waiting[:count]

    def replaced(self, tx: Tx) -> Tx:
        value = sum(paid.value for paid in tx.outputs)
        return make_tx(tx.inputs, self.split(value), tag=self.chance.getrandbits(31))

    def still_valid(self, txs: list[Tx]) -> list[Tx]:
        """Return those of *txs* whose watched inputs exist and are mature on the chain as it stands."""
        unspent = self.chain.unspent()
        made_before = {tx.txid for blocks in self.branches for block in blocks for tx in block.txs}
        valid = []
        for tx in txs:
            coins = [unspent.get(spent) for spent in tx.inputs]
            missing = any(
                coin is None and spent[0] in made_before for coin, spent in zip(coins, tx.inputs, strict=True)
            )
            young = any(coin and coin.coinbase and self.chain.height + 1 - coin.height < MATURITY for coin in coins)
            if not missing and not young:
                valid.append(tx)
                for spent in tx.inputs:
                    unspent.pop(spent, None)
        return valid

    def return_to_a_branch(self) -> None:
        if self.branches:
            blocks, height = self.chance.choice(self.branches), self.chain.height
            self.branches.append(list(self.chain.blocks))
            self.chain.blocks = list(blocks)
            self.catch_up(height)

    def fall_back(self) -> None:
        """Take blocks off the tip, as a node does whose last blocks were found invalid, and mine as many again.

        In between, the chain is shorter than what was read: nothing of it may be believed yet.
        """
        self.branches.append(list(self.chain.blocks))
        height = self.chain.height
        del self.chain.blocks[-min(self.chance.choice((1, 3, 8)), self.chain.height - 5) :]
        self.refuses()
        self.catch_up(height)

    def catch_up(self, height: int) -> None:
        while self.chain.height < height:
            self.mine(self.new_txs(0.3))

    def refuses(self) -> None:
        """Look at a chain that ends below what was read of it: it is told of, and changes nothing."""
        scan = self.scan()
        former = self.branches[-1]
        stood_on_it = scan and scan.swept is None and scan.block_hash == former[scan.height - 1].block_hash
        if scan is not None and stood_on_it and scan.height > self.chain.height:
            with pytest.raises(SourceUnreachableError, match="was read before: it is behind"):
                self.source(self.log, ModelNode(self.chain)).fetch_since(self.cursor)

    # -- what the watcher does

    def scan(self) -> Scan | None:
        return read_cursor(self.cursor or "{}")

    def source(self, log: MemoryLog, node: ModelNode) -> ReceiptSource:
        return BitcoinNode(self.section, log, self.clock, connect=lambda: node, page_blocks=self.page_blocks)

    def poll(self, *, pages: int = 1_000, shaken: bool = False) -> bool:
        """Read pages as the daemon does; return whether the tip was reached."""
        for _ in range(pages):
            interrupt = self.interruption() if shaken else None
            source = self.source(self.log, ModelNode(self.chain, interrupt=interrupt))
            shaken = False
            try:
                page = source.fetch_since(self.cursor)
            except SourceUnreachableError as unsteady:
                if not any(words in str(unsteady) for words in self.unsteady):
                    raise
                continue
            self.log.append(page.events)
            self.cursor = page.cursor
            self.pages += 1
            self.clock.move(self.chance.choice((60, 600, -30)))
            if not page.more:
                return True
        return False

    def interruption(self) -> Callable[[], None]:
        """Return what reorganises the chain once, after some questions."""
        asked = count(-self.chance.randint(3, 60))

        def interrupt() -> None:
            if next(asked) == 0:
                self.reorganise()

        return interrupt

    def fresh(self, height: int | None = None) -> dict[str, Event]:
        """Return the ledger of somebody who reads the chain for the first time, in one go, up to *height*."""
        log = MemoryLog()
        node = ModelNode(self.chain, limit=height)
        source = BitcoinNode(self.section, log, self.clock, connect=lambda: node, page_blocks=1_000_000)
        log.append(source.fetch_since(None).events)
        return {event.id: event for event in log.events}

    def forget(self) -> None:
        """Lose the cursor, as a ledger does that was put together from an export.

        Not where the scan starts above a fork: without a cursor nothing tells that the start itself was replaced.
        """
        if self.section.start_height == 1:
            self.cursor = None

    def change_confirmations(self) -> None:
        confirmations = self.chance.choice((1, 2, 6, 12))
        self.section = msgspec.structs.replace(self.section, confirmations=confirmations)

    def live(self) -> None:
        if self.chance.random() < 0.1:
            self.chance.choice((self.forget, self.change_confirmations))()
        act = self.chance.choices([self.grow, self.reorganise, self.return_to_a_branch, self.fall_back], [4, 4, 2, 1])[
            0
        ]
        act()


class IndexWorld(World):
    """The same, watched through a server of histories; a fresh scan is a node's still."""

    def scan(self) -> Scan | None:
        standing = read_standing(self.cursor or "{}")
        return standing.scan if standing else None

    def source(self, log: MemoryLog, node: ModelNode) -> ReceiptSource:
        server = ModelIndex(node.chain, interrupt=self.ticking(node.interrupt))
        return IndexWatch(self.section, log, self.clock, lambda: server, page_seconds=self.page_blocks / 2)

    def poll(self, *, pages: int = 1_000, shaken: bool = False) -> bool:
        """Read on; blocks that were found during a round are read in another."""
        reached = super().poll(pages=pages, shaken=shaken)
        scan = self.scan()
        if reached and scan is not None and scan.height < self.chain.height:
            return super().poll()
        return reached

    def ticking(self, interrupt: Callable[[], None]) -> Callable[[], None]:
        """Return what lets a tenth of a second pass at each question, so that pages end in the midst of a round."""

        def tick() -> None:
            self.clock.move(0.1)
            interrupt()

        return tick


def check(world: World) -> None:
    assert world.log.effective() == world.fresh()


def held(events: dict[str, Event]) -> Counter[str]:
    """Return what each wallet holds, as the events tell."""
    wallets: Counter[str] = Counter()
    for event in events.values():
        match event:
            case Receipt():
                wallets[event.wallet] += event.quantity
            case Transfer():
                wallets[event.to_wallet] += event.quantity
                wallets[event.from_wallet] -= event.quantity + (event.fee_quantity or 0)
            case Movement():
                wallets[event.wallet] -= event.quantity + (event.fee_quantity or 0)
            case _:
                raise AssertionError(event)
    return wallets


def check_coins(world: World) -> None:
    """When all is mature, the events tell exactly what the chain's unspent outputs hold."""
    for _ in range(MATURITY + world.section.confirmations):
        world.chain.mine([], STRANGER)
    world.poll()
    check(world)
    if world.section.start_height == 1:
        on_chain = Counter[str]()
        for coin in world.chain.unspent().values():
            if coin.script in WALLET_OF:
                on_chain[WALLET_OF[coin.script]] += coin.value
        told = held(world.log.effective())
        assert {name: told[name] for name in OWN} == {name: on_chain[name] for name in OWN}


def live_through(world: World) -> None:
    for _ in range(world.chance.randint(3, 7)):
        reached = world.poll(pages=world.chance.choice((1, 1, 1_000)), shaken=world.chance.random() < 0.3)
        if reached:
            world.poll()
            check(world)
        else:
            check_page(world)
        world.live()
    world.poll()
    check(world)
    assert world.source(world.log, ModelNode(world.chain)).fetch_since(world.cursor).events == ()
    if world.chance.random() < 0.3:
        check_coins(world)


def check_page(world: World) -> None:
    """Half way up, the ledger is that of a fresh scan as far as was read."""
    scan = world.scan()
    if scan is None:  # shaken before anything was read
        return
    on_chain = scan.height <= world.chain.height and world.chain.hash_at(scan.height) == scan.block_hash
    if scan.swept is None and on_chain and scan.confirmations == world.section.confirmations:
        assert world.log.effective() == world.fresh(scan.height)


# -- one chain, read in three ways


class Reader:
    """A ledger of its own, and one way to read the chain into it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.log = MemoryLog()
        self.cursor: str | None = None


class Trio(World):
    """A chain read by its node, by an Electrum server and by an Esplora, these down to the wire."""

    unsteady = (
        "moved",
        "not where it was told to be",
        "refused blockchain.transaction",
        "it counts other transactions",
        "no more that it proved",
    )

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.readers = [Reader(kind) for kind in ("node", "electrum", "esplora")]
        self.on = self.readers[0]
        self.log = self.on.log

    def take(self, reader: Reader) -> None:
        """Let *reader* be the one who watches."""
        self.on.cursor, self.on = self.cursor, reader
        self.log, self.cursor = reader.log, reader.cursor

    def scan(self) -> Scan | None:
        if self.on.kind == "node":
            return super().scan()
        standing = read_standing(self.cursor or "{}")
        return standing.scan if standing else None

    def source(self, log: MemoryLog, node: ModelNode) -> ReceiptSource:
        if self.on.kind == "node":
            return super().source(log, node)
        page_seconds = self.page_blocks / 2
        if self.on.kind == "electrum":
            answer = in_lines(ElectrumFace(node.chain, interrupt=node.interrupt).answer)

            def line() -> Index:
                return ElectrumServer(WireLine(answer, self.clock))

            return IndexWatch(self.section, log, self.clock, line, page_seconds=page_seconds)
        face = EsploraFace(node.chain, interrupt=node.interrupt)
        face.digests = {address_of_script(each, REGTEST): hashlib.sha256(each).hexdigest() for each in OWN.values()}
        client = InMemoryClient(
            source="esplora", clock=self.clock, pace=Pace(self.clock, gap_seconds=0), bounds=Bounds(attempts=1)
        )
        client.server = face.answer
        server = EsploraServer("https://esplora.example", client, REGTEST, after_txid=False)
        return IndexWatch(self.section, log, self.clock, lambda: server, page_seconds=page_seconds)

    def poll(self, *, pages: int = 1_000, shaken: bool = False) -> bool:
        """Read on in each way; the chain may move while one of them reads."""
        reached = True
        shaken_one = self.chance.choice(self.readers) if shaken else None
        for reader in self.readers:
            self.take(reader)
            reached = super().poll(pages=pages, shaken=reader is shaken_one) and reached
        return reached

    def refuses(self) -> None:
        """Look at a chain that ends below what was read of it, in each way."""
        for reader in self.readers:
            self.take(reader)
            super().refuses()

    def forget(self) -> None:
        for reader in self.readers:
            self.take(reader)
            super().forget()


class WireLine(Line):
    """A line whose far end is in the process."""

    def __init__(self, answer: Callable[[bytes], bytes], clock: SetClock) -> None:
        super().__init__("tcp://127.0.0.1:1", deadline=Deadline(clock, 1e9), tls=None)
        self._answer = answer

    def _open(self) -> None:
        with connecting(self._answer):
            super()._open()


def live_as_three(world: Trio) -> None:
    """Let the chain live, and hold each ledger against a fresh scan whenever all have reached the tip."""
    for _ in range(world.chance.randint(3, 7)):
        world.poll(pages=world.chance.choice((1, 1, 1_000)), shaken=world.chance.random() < 0.3)
        if world.chance.random() < 0.5:
            world.poll()
            check_all(world)
        world.live()
    world.poll()
    check_all(world)


def check_all(world: Trio) -> None:
    """Hold each ledger against a fresh scan; blocks found while one was read are read first."""
    for _ in range(2):
        world.poll()
    fresh = world.fresh()
    for reader in world.readers:
        assert reader.log.effective() == fresh, f"{reader.kind} tells it otherwise"


def trios(seeds: range) -> Counter[str]:
    """Live through the worlds of *seeds*, read in three ways; return what came to pass."""
    counted: Counter[str] = Counter()
    for seed in seeds:
        with mock.patch(f"{SCAN}.WINDOW", WINDOWS[seed % 2]), mock.patch(f"{LOOK}.WINDOW", WINDOWS[seed % 2]):
            world = Trio(seed)
            try:
                live_as_three(world)
            except AssertionError as difference:
                raise AssertionError(f"world {seed}: {difference}") from difference
        counted.update(worlds=1, branches=len(world.branches), blocks=world.chain.height)
        counted.update(events=sum(len(reader.log.events) for reader in world.readers))
    return counted
