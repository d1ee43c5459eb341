"""What no block of a chain can be, whoever tells of it: the rules a header and its money are held against.

The figures are those of Bitcoin Core (src/kernel/chainparams.cpp) and Litecoin Core (src/chainparams.cpp). What is
not checked here, and why, is told in docs/adr/0014-what-is-believed-of-a-node.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum

from lotwork.ingest.bitcoin.wire import double_sha256

COIN = 100_000_000
PERIOD = 2_016
"""Blocks between two changes of what a block must prove."""
MOST_CHANGE = 4
"""How many times as much, or as little, the next period's blocks must prove."""
ROUNDED = (1_001, 1_000)
"""What writing a target in four bytes may cut off."""
SHARE_OF_MEAN = 16
SIGN, MANTISSA = 0x0080_0000, 0x007F_FFFF
SCRYPT_MEMORY = 64 << 20


class Retargets(Enum):
    """How what a block must prove may differ from the block before."""

    STEADILY = "every 2,016 blocks, at most four times"
    FREELY = "as the time since the last block says (testnets)"
    NEVER = "not at all (regtest)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The consensus of one chain, as far as it is checked here."""

    begun: int
    """When its first block was made, in seconds since 1970."""
    limit: int
    """The easiest target a block may have."""
    halving: int
    """Blocks after which the subsidy halves."""
    heights_from: int
    """The first block whose coinbase must begin with its height (BIP34)."""
    retargets: Retargets
    scrypt: bool = False
    worked: tuple[int, int] | None = None
    """A height, and the work that the chain is known to hold up to it (nMinimumChainWork of its program)."""

    @property
    def most_money(self) -> int:
        """All the base units there can ever be, for any output, and any sum of them."""
        return 2 * self.halving * 50 * COIN

    def subsidy(self, height: int) -> int:
        """Return what the block at *height* may make out of nothing."""
        return (50 * COIN) >> min(height // self.halving, 63)

    def issued(self, height: int) -> int:
        """Return all that was ever made up to the block at *height*: no transaction in it can pay more."""
        whole, rest = divmod(height + 1, self.halving)
        eras = min(whole, 63)
        return sum(self.halving * ((50 * COIN) >> era) for era in range(eras)) + rest * ((50 * COIN) >> eras)

    def easiest(self, height: int) -> int:
        """Return the easiest target that is believed at *height*.

        Above a height up to which the chain's work is known, a block proves at least a sixteenth of the mean block
        below: each proved several times the mean when that was written down.
        """
        if self.worked is None or height <= self.worked[0]:
            return self.limit
        blocks, work = self.worked
        return min(self.limit, (1 << 256) * blocks * SHARE_OF_MEAN // work)

    def digest(self, header: bytes) -> int:
        """Return the number that must not be above the target of *header*."""
        if not self.scrypt:
            return int.from_bytes(double_sha256(header), "little")
        proof = hashlib.scrypt(header, salt=header, n=1024, r=1, p=1, maxmem=SCRYPT_MEMORY, dklen=32)
        return int.from_bytes(proof, "little")

    def refuses_work(self, header: bytes, bits: int, height: int) -> str | None:
        """Return why the work of *header* is not believed; None where it is."""
        target = target_of(bits)
        if not 0 < target <= self.easiest(height):
            return f"the work it claims ({bits:08x}) is less than any block of the chain proves at that height"
        if self.digest(header) > target:
            return "it does not prove the work it claims"
        return None

    def refuses_step(self, before: int, bits: int, height: int) -> str | None:
        """Return why a block with *bits* cannot stand at *height* upon one with the bits *before*; None where it can.

        That a change is the very one that the times of its period ask for is not checked.
        """
        if self.retargets is Retargets.FREELY or bits == before:
            return None
        if self.retargets is Retargets.STEADILY and height % PERIOD == 0:
            old, new = target_of(before), target_of(bits)
            least, most = ROUNDED
            if new * most <= old * MOST_CHANGE * least and old * most <= new * MOST_CHANGE * least:
                return None
        return f"the work it claims ({bits:08x}) does not follow from the block before ({before:08x})"


def target_of(bits: int) -> int:
    """Return the target that four bytes write; 0 where they write none."""
    size, mantissa = bits >> 24, bits & MANTISSA
    if bits & SIGN or size > 34:  # noqa: PLR2004 - beyond 256 bits
        return 0
    return mantissa >> (8 * (3 - size)) if size <= 3 else mantissa << (8 * (size - 3))  # noqa: PLR2004 - its three bytes


_BITCOIN, _LITECOIN, _REGTEST = (1 << 224) - 1, (1 << 236) - 1, (1 << 255) - 1
RULES = {
    "bitcoin": Rules(
        begun=1_231_006_505,
        limit=_BITCOIN,
        halving=210_000,
        heights_from=227_931,
        retargets=Retargets.STEADILY,
        worked=(824_000, 0x63C4EBD298DB40AF57541800),
    ),
    "bitcoin-testnet": Rules(
        begun=1_296_688_602,
        limit=_BITCOIN,
        halving=210_000,
        heights_from=21_111,
        retargets=Retargets.FREELY,
    ),
    "bitcoin-signet": Rules(
        begun=1_598_918_400,
        limit=0x377AE << 216,
        halving=210_000,
        heights_from=1,
        retargets=Retargets.STEADILY,
    ),
    "bitcoin-regtest": Rules(
        begun=1_296_688_602,
        limit=_REGTEST,
        halving=150,
        heights_from=1,
        retargets=Retargets.NEVER,
    ),
    "litecoin": Rules(
        begun=1_317_972_665,
        limit=_LITECOIN,
        halving=840_000,
        heights_from=710_000,
        retargets=Retargets.STEADILY,
        scrypt=True,
        worked=(2_772_730, 0x146878ABEE06FA883E0A),
    ),
    "litecoin-testnet": Rules(
        begun=1_486_949_366,
        limit=_LITECOIN,
        halving=840_000,
        heights_from=76,
        retargets=Retargets.FREELY,
        scrypt=True,
    ),
    "litecoin-regtest": Rules(
        begun=1_296_688_602,
        limit=_REGTEST,
        halving=150,
        heights_from=1,
        retargets=Retargets.NEVER,
        scrypt=True,
    ),
}
