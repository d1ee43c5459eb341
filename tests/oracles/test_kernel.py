"""Bitcoin Core's own rules (libbitcoinkernel) are given every block of random worlds, and agree on what happened.

Each block is valid by its rules, script and coin and all; it stands on the chain that we read; and what each wallet
received and gave, by the coins that it says were spent, is what our ledger tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import pytest

from lotwork.ingest.sections import WalletSection
from lotwork.ledger.events import Receipt
from tests.ingest.bitcoin import worlds
from tests.ingest.bitcoin.worlds import World, held
from tests.ingest.chain_model import MATURITY, Block, Outpoint, Paid, Tx, make_tx
from tests.oracles.asking import ask

WORLDS = 6
"""Worlds in each run; `tests.faults.whole` takes more."""


def spendable(number: int) -> bytes:
    """Return a script that is another one for each *number*, and asks nothing of whoever spends it."""
    return bytes([0x50 + number, 0x75, 0x51])


OWN = {"rig": spendable(1), "pool": spendable(2), "vault": spendable(3)}
WALLET_OF = {script: name for name, script in OWN.items()}
STRANGER = spendable(9)


class KernelWorld(World):
    """A world whose every block is valid, given to the kernel as it is mined."""

    def __init__(self, seed: int) -> None:
        self.steps: list[str] = []
        self.given: set[str] = set()
        self.highest = 0
        super().__init__(seed)
        wallets = tuple(
            WalletSection(
                wallet=each.wallet,
                watch=(OWN[each.wallet].hex(),),
                meaning=each.meaning,
                pool=each.pool,
                from_wallet=each.from_wallet,
            )
            for each in self.section.wallets
        )
        self.section = msgspec.structs.replace(self.section, wallets=wallets, start_height=1)

    def mine(self, txs: list[Tx]) -> None:
        paid = self.chance.choices([*OWN.values(), STRANGER], [2, 1, 1, 6])[0]
        self.chain.mine(txs, paid, skew=self.chance.randint(-7_000, 7_000))

    def new_tx(self, pending: list[Tx]) -> Tx | None:
        taken = {spent for tx in pending for spent in tx.inputs}
        ready = [
            (outpoint, coin)
            for outpoint, coin in self.chain.unspent().items()
            if outpoint not in taken and (not coin.coinbase or self.chain.height + 1 - coin.height >= MATURITY)
        ]
        if not ready:
            return None
        chosen: list[tuple[Outpoint, Any]] = self.chance.sample(ready, min(len(ready), self.chance.randint(1, 3)))
        value = sum(coin.value for _, coin in chosen)
        return make_tx([outpoint for outpoint, _ in chosen], self.split(value), tag=self.chance.getrandbits(31))

    def split(self, value: int) -> Iterator[Paid]:
        for paid in super().split(value):
            yield Paid(WALLET_SCRIPT.get(paid.script, STRANGER), paid.value)

    def live(self) -> None:
        """Let something happen; the branch that is left has the most work in the end, as the kernel asks."""
        super().live()
        self.catch_up(self.highest + 1)
        self.give()

    def give(self) -> None:
        """Give the kernel what it has not seen, and have it tell."""
        seen: list[Block] = [block for branch in (*self.branches, self.chain.blocks) for block in branch]
        for block in seen:
            if block.block_hash not in self.given:
                self.given.add(block.block_hash)
                self.steps.append(block.raw.hex())
        self.highest = max(self.highest, self.chain.height)
        self.steps.append("tell")


WALLET_SCRIPT = {script: OWN[name] for name, script in worlds.OWN.items()}


class Telling(NamedTuple):
    """What we tell at one time."""

    chain: list[str]
    """The blocks we stand on."""
    held: dict[str, int]
    """What each wallet holds, in satoshis."""
    confirmations: int
    """How many blocks a payment stands under when it is told."""


def lived(seed: int) -> tuple[KernelWorld, list[Telling]]:
    """Return a world after its life, and what we told on the way."""
    world = KernelWorld(seed)
    world.give()
    ours = []
    for _ in range(world.chance.randint(4, 7)):
        world.poll()
        ours.append(told(world))
        world.live()
    world.poll()
    return world, [*ours, told(world)]


def told(world: KernelWorld) -> Telling:
    """Return what our ledger tells, which is what a fresh scan does."""
    effective = world.log.effective()
    assert effective == world.fresh()
    wallets = held(effective)
    names = [block.block_hash for block in world.chain.blocks]
    return Telling(names, {name: wallets[name] for name in OWN}, world.section.confirmations)


def by_kernel(blocks: list[Any], confirmations: int) -> dict[str, int]:
    """Return what each wallet holds of what is old enough to be told, reckoned from what the kernel says."""
    wallets: Counter[str] = Counter()
    for height, (_, rows) in enumerate(blocks, 1):
        depth = len(blocks) - height + 1
        for place, (_, gives, outputs) in enumerate(rows):
            if depth < (MATURITY + 1 if place == 0 else confirmations):
                continue
            for script, value in outputs:
                wallets[WALLET_OF.get(bytes.fromhex(script), "")] += value
            for script, value in gives:
                wallets[WALLET_OF.get(bytes.fromhex(script), "")] -= value
    return {name: wallets[name] for name in OWN}


def agree(seeds: range) -> Counter[str]:
    """Hold our ledgers of the worlds of *seeds* against the kernel; return what was compared."""
    lives = [lived(seed) for seed in seeds]
    counted: Counter[str] = Counter(worlds=len(lives))
    for seed, (world, ours), answers in zip(seeds, lives, ask("kernel", [one.steps for one, _ in lives]), strict=True):
        counted["blocks"] += len(world.given)
        for telling, blocks in zip(ours, answers, strict=True):
            assert [name for name, _ in blocks] == telling.chain, f"world {seed}: another chain stands"
            assert by_kernel(blocks, telling.confirmations) == telling.held, f"world {seed}"
            counted["tellings"] += 1
        counted["receipts"] += sum(isinstance(event, Receipt) for event in world.log.events)
        counted["taken back"] += sum("orphaned" in event.id for event in world.log.events)
    return counted


@pytest.mark.seeded
def test_bitcoin_core_s_rules_agree_on_every_block_and_every_coin() -> None:
    counted = agree(range(WORLDS))
    assert counted["receipts"] > 100
    assert counted["taken back"] > 0
