"""What the watcher knows of a chain up to one block, small enough to be its cursor.

A `Scan` holds the watched outputs that are unspent, what each recent transaction did to them (so that blocks can be
undone), and the hashes of some blocks behind, ever further apart, by which a fork is found. It grows with the number
of unspent outputs and with the transactions of the last `WINDOW` blocks, never with the age of the wallet. Where a
fork lies deeper than the window, the chain is scanned again from its start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from lotwork.ingest.bitcoin.blocks import Header, Transaction
from lotwork.ingest.bitcoin.keys import owner_of
from lotwork.ledger.errors import IntegrityError

VERSION = 1
WINDOW = 288
"""Blocks that can be undone: two days of Bitcoin. A deeper fork costs a scan from the start, nothing else."""
MOST_PAID = 10
"""Outputs of a spend that a movement names: who pays more at once pays by a list of their own."""
MEDIAN_OF = 11
"""Blocks whose median time every later block is later than (consensus)."""


class Coin(msgspec.Struct, frozen=True, array_like=True):
    """A watched output: where it stands, whose it is, how much, and when it came (seconds)."""

    txid: str
    vout: int
    wallet: str
    value: int
    at: int


class Sighting(msgspec.Struct, frozen=True, array_like=True):
    """What one transaction did to the watched wallets.

    `left` went to scripts nobody watches; `fee` is the miner's, known where every input is watched. `at` is the
    block's time, and never before the coins it spends came: headers may run two hours behind one another.
    """

    txid: str
    height: int
    block_hash: str
    at: int
    coinbase: bool
    spent: tuple[Coin, ...]
    created: tuple[Coin, ...]
    left: int
    fee: int | None
    evidence: str | None = None
    private: bool = False
    """Whether what it created came out of MWEB."""
    paid: tuple[tuple[str, int], ...] = ()
    """What strangers' scripts, in hexadecimal digits, were paid out of watched coins: the first `MOST_PAID`."""
    others: int = 0
    """How many more were paid."""

    def due(self, confirmations: int, maturity: int) -> int:
        """Return the height of the tip at which this is recorded.

        A coinbase when *maturity* blocks stand on its own, anything else when its block is number one of
        *confirmations*.
        """
        return self.height + (maturity if self.coinbase else confirmations - 1)


class Scan(msgspec.Struct):
    """The watched outputs of one chain, up to and with one block."""

    scripts: dict[str, str]
    """The wallet of each script watched, by its hexadecimal digits."""
    confirmations: int
    start_height: int
    foundation: str
    """The name of the block before the first that was read."""
    height: int
    block_hash: str
    floor: int
    """The lowest height blocks can be undone to."""
    swept: int | None
    """The median time up to which the log was compared with the chain; None once it was compared to the tip."""
    locator: list[tuple[int, str]]
    coins: dict[str, Coin] = {}
    sightings: list[Sighting] = []
    former: list[str] = []
    """Names that wallets had before, whose events this sweep still has to tell anew."""
    below: list[tuple[int, int]] = []
    """The (time, bits) of the last eleven blocks, the one stood on last; fewer, where they are to be asked for."""
    reached: int = 0
    """The highest block ever read: until a chain is as high again, nothing above its end is taken back."""
    maturity: int = 100
    """Blocks that stand on a coinbase when it is recorded: after as many its outputs can be spent."""
    used: dict[str, int] = {}
    """The highest index that was ever paid of each row of derived addresses, by the row's name."""
    version: int = VERSION

    @classmethod
    def begin(cls, scripts: dict[str, str], confirmations: int, start_height: int, foundation: str, swept: int) -> Scan:
        """Return a scan that knows nothing yet, standing on *foundation*, the block below *start_height*."""
        height = start_height - 1
        return cls(
            scripts=scripts,
            confirmations=confirmations,
            start_height=start_height,
            foundation=foundation,
            height=height,
            block_hash=foundation,
            floor=height,
            swept=swept,
            locator=[(height, foundation)],
        )

    @property
    def wallets(self) -> dict[bytes, str]:
        """The wallet of each script watched."""
        return {bytes.fromhex(script): wallet for script, wallet in self.scripts.items()}

    @property
    def median_time(self) -> int:
        """The median time of the blocks below: every later block of the chain has a later time."""
        times = sorted(time for time, _ in self.below)
        return times[len(times) // 2]

    def step(self, header: Header) -> None:
        """Stand on the next block."""
        self.height += 1
        self.block_hash = header.block_hash
        self.locator.insert(0, (self.height, self.block_hash))
        self.below = [*self.below, (header.time, header.bits)][-MEDIAN_OF:]
        self.reached = max(self.reached, self.height)

    def stand_on(self, height: int, header: Header) -> None:
        """Stand on a block that is not the next, of whose chain nothing between was read."""
        if height > self.height + 1:
            self.below = []
            self.locator.insert(0, (height - 1, header.previous))
            self.height = height - 1
        self.step(header)

    def take(self, sighting: Sighting) -> None:
        """Apply what a transaction did."""
        for coin in sighting.spent:
            del self.coins[key_of(coin)]
        self.coins.update((key_of(coin), coin) for coin in sighting.created)
        self.sightings.append(sighting)

    def undo_to(self, height: int, block_hash: str) -> list[Sighting]:
        """Go back to a block on the way here; return the sightings undone."""
        undone = []
        while self.sightings and self.sightings[-1].height > height:
            sighting = self.sightings.pop()
            for coin in sighting.created:
                self.coins.pop(key_of(coin), None)
            self.coins.update((key_of(coin), coin) for coin in sighting.spent)
            undone.append(sighting)
        if (height, block_hash) != (self.height, self.block_hash):
            self.below = []
        self.height, self.block_hash = height, block_hash
        self.locator = [entry for entry in self.locator if entry[0] <= height]
        return undone

    def forget_old(self) -> None:
        """Let go of what lies deeper than the window.

        A sighting is kept while undoing blocks could make it unconfirmed again, and while it is not yet swept past.
        """
        self.floor = max(self.floor, self.height - WINDOW)
        oldest = self.floor - max(self.maturity, self.confirmations)
        self.sightings = [
            sighting
            for sighting in self.sightings
            if sighting.height > oldest or (self.swept is not None and sighting.at > self.swept)
        ]
        self.locator = self._thinned()

    def _thinned(self) -> list[tuple[int, str]]:
        """Return the locator: each of the last 16 blocks, then one in 2, 4, 8 …, the lowest that is known of each."""
        kept: dict[tuple[int, int], tuple[int, str]] = {}
        for entry in sorted(entry for entry in self.locator if entry[0] >= self.floor):
            level = max(0, (self.height - entry[0]).bit_length() - 4)
            kept.setdefault((level, entry[0] >> level), entry)
        return sorted(kept.values(), reverse=True)

    def to_cursor(self) -> str:
        """Return this scan as the text the log keeps."""
        return msgspec.json.encode(self).decode()


class Told(NamedTuple):
    """What the log already told when a page began: the fork's height, the tip it was told to, and confirmations."""

    fork_height: int
    """The highest block that was read before and is still on the chain."""
    height: int
    confirmations: int
    maturity: int

    def had(self, sighting: Sighting) -> bool:
        """Say if *sighting* was read before this page, and recorded."""
        return sighting.height <= self.fork_height and sighting.due(self.confirmations, self.maturity) <= self.height


def read_cursor(cursor: str) -> Scan | None:
    """Return the scan a cursor tells; None where another version, or another kind of source, wrote it."""
    try:
        head = msgspec.json.decode(cursor)
        if not isinstance(head, dict) or head.get("version") != VERSION or "scan" in head:
            return None
        return msgspec.json.decode(cursor, type=Scan)
    except msgspec.MsgspecError as broken:
        raise IntegrityError(
            f"the watcher's stored cursor cannot be read ({broken}): run `lotwork verify`, then restore a backup"
        ) from broken


def key_of(coin: Coin) -> str:
    """Return the name of an output among the coins."""
    return f"{coin.txid}:{coin.vout}"


def sight(
    transaction: Transaction, header: Header, height: int, coins: Mapping[str, Coin], wallets: Mapping[bytes, str]
) -> Sighting | None:
    """Return what *transaction* does to the watched *wallets* (by script) that hold *coins*; None for nothing."""
    spent = tuple(coin for txid, vout in transaction.inputs if (coin := coins.get(f"{txid}:{vout}")) is not None)
    at = max([header.time, *(coin.at for coin in spent)])
    created = tuple(
        Coin(transaction.txid, vout, wallet, output.value, at)
        for vout, output in enumerate(transaction.outputs)
        if output.value > 0 and (wallet := owner_of(output.script, wallets)) is not None
    )
    if not spent and not created:
        return None
    paid = sum(output.value for output in transaction.outputs)
    own = spent and len(spent) == len(transaction.inputs)
    kept = {coin.vout for coin in created}
    left = [output for vout, output in enumerate(transaction.outputs) if spent and output.value and vout not in kept]
    return Sighting(
        txid=transaction.txid,
        height=height,
        block_hash=header.block_hash,
        at=at,
        coinbase=transaction.coinbase,
        spent=spent,
        created=created,
        left=paid - sum(coin.value for coin in created),
        fee=sum(coin.value for coin in spent) - paid if own else None,
        private=transaction.leaves_mweb,
        paid=tuple((output.script.hex(), output.value) for output in left[:MOST_PAID]),
        others=len(left[MOST_PAID:]),
    )
