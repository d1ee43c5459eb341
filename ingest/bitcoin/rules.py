"""What no block of a chain can be, whoever tells of it: the rules a header and its money are held against.

The figures are those of Bitcoin Core (src/kernel/chainparams.cpp), Litecoin Core and Dogecoin Core
(src/chainparams.cpp). What is not checked here, and why, is told in docs/adr/0014-what-is-believed-of-a-node.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum

from lotwork.ingest.bitcoin.merged import Merged, refuses_merged
from lotwork.ingest.bitcoin.wire import double_sha256

COIN = 100_000_000
PERIOD = 2_016
"""Blocks between two changes of what a block must prove."""
MOST_CHANGE = 4
"""How many times as much, or as little, the next period's blocks must prove."""
ROUNDED = (1_001, 1_000)
"""What writing a target in four bytes may cut off."""
DIGISHIELD_FROM = 145_000
"""The block from which Dogecoin's target follows each block's time: to three quarters or three halves at most."""
DOGECOIN_ERAS = (
    (100_000, 1_000_000),
    (145_000, 500_000),
    (200_000, 250_000),
    (300_000, 125_000),
    (400_000, 62_500),
    (500_000, 31_250),
    (600_000, 15_625),
)
"""The block each era ends before, and the most coins that a block of it may make."""
DOGECOIN_FOR_EVER = 10_000
SHARE_OF_MEAN = 16
SIGN, MANTISSA = 0x0080_0000, 0x007F_FFFF
SCRYPT_MEMORY = 64 << 20


class Retargets(Enum):
    """How what a block must prove may differ from the block before."""

    STEADILY = "every 2,016 blocks, at most four times"
    FREELY = "as the time since the last block says (testnets)"
    NEVER = "not at all (regtest)"
    EACH_BLOCK = "with each block, by half at most (DigiShield)"


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
    mweb: bool = False
    """Whether a transaction may bring coins out of MWEB (LIP-2)."""
    merges: int | None = None
    """The chain's number among those whose work may stand in another chain's block; None where it stands alone."""
    maturity: int = 100
    """Blocks that must stand on a coinbase before its outputs can be spent."""
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

    def refuses_work(self, header: bytes, bits: int, height: int, merged: Merged | None = None) -> str | None:
        """Return why the work of *header*, its own or *merged*, is not believed; None where it is."""
        target = target_of(bits)
        if not 0 < target <= self.easiest(height):
            return f"the work it claims ({bits:08x}) is less than any block of the chain proves at that height"
        if merged is not None and self.merges is not None:
            broken = refuses_merged(header, merged, self.merges)
            if broken is not None:
                return broken
        if self.digest(merged.other if merged else header) > target:
            return "it does not prove the work it claims"
        return None

    def refuses_step(self, before: int, bits: int, height: int) -> str | None:
        """Return why a block with *bits* cannot stand at *height* upon one with the bits *before*; None where it can.

        That a change is the very one that the times of its period ask for is not checked.
        """
        if self.retargets is Retargets.FREELY or bits == before:
            return None
        old, new = target_of(before), target_of(bits)
        least, most = ROUNDED
        if (
            self.retargets is Retargets.STEADILY
            and height % PERIOD == 0
            and (new * most <= old * MOST_CHANGE * least and old * most <= new * MOST_CHANGE * least)
        ):
            return None
        if self.retargets is Retargets.EACH_BLOCK and (
            height < DIGISHIELD_FROM or (4 * new * least >= 3 * old * most and 2 * new * most <= 3 * old * least)
        ):
            return None
        return f"the work it claims ({bits:08x}) does not follow from the block before ({before:08x})"


@dataclass(frozen=True, slots=True, kw_only=True)
class DogecoinRules(Rules):
    """Dogecoin's: a subsidy drawn by lot at first, then 10,000 a block for ever."""

    @property
    def most_money(self) -> int:
        """The base units that one output, and any sum of them, can hold (MAX_MONEY)."""
        return 10_000_000_000 * COIN

    def subsidy(self, height: int) -> int:
        """Return the most that the block at *height* may make out of nothing."""
        return next((coins for end, coins in DOGECOIN_ERAS if height < end), DOGECOIN_FOR_EVER) * COIN

    def issued(self, height: int) -> int:
        """Return the most that can have been made up to the block at *height*."""
        made = begin = 0
        for end, coins in DOGECOIN_ERAS:
            made += max(0, min(end, height + 1) - begin) * coins
            begin = end
        return (made + max(0, height + 1 - begin) * DOGECOIN_FOR_EVER) * COIN


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
    "bitcoin-testnet4": Rules(
        begun=1_714_777_860,
        limit=_BITCOIN,
        halving=210_000,
        heights_from=1,
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
        mweb=True,
        worked=(2_772_730, 0x146878ABEE06FA883E0A),
    ),
    "litecoin-testnet": Rules(
        begun=1_486_949_366,
        limit=_LITECOIN,
        halving=840_000,
        heights_from=76,
        retargets=Retargets.FREELY,
        scrypt=True,
        mweb=True,
    ),
    "litecoin-regtest": Rules(
        begun=1_296_688_602,
        limit=_REGTEST,
        halving=150,
        heights_from=1,
        retargets=Retargets.NEVER,
        scrypt=True,
        mweb=True,
    ),
    "dogecoin": DogecoinRules(
        begun=1_386_325_540,
        limit=_LITECOIN,
        halving=100_000,
        heights_from=1_034_383,
        retargets=Retargets.EACH_BLOCK,
        scrypt=True,
        merges=0x62,
        maturity=240,
        worked=(5_050_000, 0xE993D2AA86CF246A49B),
    ),
}
