"""A block as the watcher needs it: who was paid, and which outputs were spent; and what of it is proven.

A block is asked for raw and read from its own bytes: nothing is believed that a node decoded. Its transactions must
hash to its header's merkle root, the header to the block's name, and prove the work that its chain asks for; its money
and its instant must be possible. An answer that fails any of these is refused in words, not recorded.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from lotwork.ingest.bitcoin.keys import pays_a_key_of
from lotwork.ingest.bitcoin.merged import Merged, is_merged, read_merged
from lotwork.ingest.bitcoin.rules import Rules
from lotwork.ingest.bitcoin.wire import (
    HEADER_LENGTH,
    BrokenBlockError,
    Slices,
    double_sha256,
    inputs_of,
    merkle_root,
    outputs_of,
    transactions_of,
)
from lotwork.ingest.ports import AHEAD
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError

HOGEX_BEGIN, HOGEX_LENGTH = b"\x58\x20", 34
"""The script of MWEB's own balance (LIP-2): a version 8 witness of 32 bytes, the first output of the one transaction by
which coins leave MWEB."""
FORGED = "nothing was recorded; check the node, its disk, and whoever stands between"

Outpoint = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Header:
    """What a block's first 80 bytes tell: its name, the block before, the root of its transactions, time and work."""

    block_hash: str
    previous: str
    merkle_root: bytes
    time: int
    bits: int


@dataclass(frozen=True, slots=True)
class Output:
    """Base units paid to a script."""

    value: int
    script: bytes


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction: the outputs it spends, those it makes, and its raw bytes."""

    txid: str
    coinbase: bool
    inputs: tuple[Outpoint, ...]
    outputs: tuple[Output, ...]
    raw: bytes

    @property
    def leaves_mweb(self) -> bool:
        """Whether its other outputs came out of MWEB, where nobody sees who paid."""
        first = self.outputs[0].script if self.outputs else b""
        return len(first) == HOGEX_LENGTH and first.startswith(HOGEX_BEGIN)


def forged(block_hash: str, why: str) -> SourceRefusedError:
    """Return the refusal of what a node told of a block."""
    return SourceRefusedError(f"block {block_hash}: {why}: {FORGED}")


def read_header(raw: bytes, asked: str) -> Header:
    """Return the header of the raw block that the node gave for *asked*; another block is refused."""
    if len(raw) < HEADER_LENGTH:
        raise forged(asked, f"the node gave {len(raw)} bytes, which is no block")
    header = raw[:HEADER_LENGTH]
    named = double_sha256(header)[::-1].hex()
    if named != asked:
        raise forged(asked, f"the node gave block {named} instead")
    time, bits = struct.unpack_from("<II", header, 68)
    return Header(asked, header[4:36][::-1].hex(), header[36:68], time, bits)


def read_header_alone(raw: bytes, asked: str, rules: Rules) -> Header:
    """Return the header that was given for *asked* by itself; bytes that follow it, but merged work, are refused."""
    header = read_header(raw, asked)
    merged = merged_in(raw, header, rules)
    if len(raw) != (merged.end if merged else HEADER_LENGTH):
        raise forged(asked, f"{len(raw)} bytes were given for its header")
    return header


def check_header(raw: bytes, header: Header, height: int, rules: Rules, now: datetime) -> None:
    """Refuse a header without the work its chain asks for at *height*, or from an instant no block can have."""
    broken = rules.refuses_work(raw[:HEADER_LENGTH], header.bits, height, merged_in(raw, header, rules))
    if broken is not None:
        raise forged(header.block_hash, broken)
    if not rules.begun <= header.time <= (now + AHEAD).timestamp():
        raise forged(header.block_hash, f"it is dated {header.time}, before the chain began or more than 2 h from now")


def merged_in(raw: bytes, header: Header, rules: Rules) -> Merged | None:
    """Return the merged work that follows the header of *raw*; None where its work is its own."""
    if rules.merges is None or not is_merged(raw):
        return None
    try:
        return read_merged(raw)
    except BrokenBlockError as broken:
        raise forged(header.block_hash, f"it cannot be read ({broken})") from None


def check_step(header: Header, height: int, before: int, rules: Rules) -> None:
    """Refuse a header whose work does not follow from that of the block *before* it."""
    broken = rules.refuses_step(before, header.bits, height)
    if broken is not None:
        raise forged(header.block_hash, broken)


def behind(who: str, tip: int, reached: int) -> SourceUnreachableError:
    """Return the error for one whose chain ends below what was read of it; *who* is `node 'its name'`."""
    return SourceUnreachableError(
        f"{who}: its chain ends with block {tip}, and block {reached} was read before: it is behind, or was "
        "made to forget blocks: nothing is taken back until its chain is as long again; it will be asked again"
    )


def moved(who: str, height: int) -> SourceUnreachableError:
    """Return the error for a chain that did not stand still at *height*."""
    return SourceUnreachableError(
        f"{who}: its chain moved at block {height} while it was read: nothing of this look counts; the next "
        "one starts afresh"
    )


def read_block(raw: bytes, header: Header, height: int, rules: Rules) -> list[Slices]:
    """Return the transactions of a raw block, whole and as its miner put them there; others are refused."""
    try:
        merged = merged_in(raw, header, rules)
        found = transactions_of(raw, mweb=rules.mweb, begin=merged.end if merged else HEADER_LENGTH)
    except BrokenBlockError as broken:
        raise forged(header.block_hash, f"it cannot be read ({broken})") from None
    if merkle_root([one.txid for one in found]) != header.merkle_root:
        raise forged(header.block_hash, "its transactions do not hash to its merkle root")
    if [one.coinbase for one in found] != [True, *(False for _ in found[1:])]:
        # What looks like transactions may be the hashes above them, 64 bytes each: a coinbase it cannot look like.
        raise forged(header.block_hash, "its first transaction, and no other, must be the coinbase")
    check_told_height(found[0], header, height, rules)
    for number, one in enumerate(found):
        check_money(one, header, rules.issued(height) if number or len(found) > 1 else rules.subsidy(height), rules)
    return found


def check_told_height(coinbase: Slices, header: Header, height: int, rules: Rules) -> None:
    """Refuse a coinbase that tells another height than *height* (BIP34)."""
    told = _height_in(coinbase)
    if height >= rules.heights_from and told != height:
        raise forged(header.block_hash, f"the node calls it block {height}, and it calls itself {told}")


def _height_in(coinbase: Slices) -> int | None:
    """Return the height that a coinbase's script begins with (BIP34): a pushed number, or a digit's own code."""
    script = coinbase.coinbase_script
    size = script[0] if script else 0
    if 0x51 <= size <= 0x60:  # noqa: PLR2004 - OP_1 to OP_16
        return size - 0x50
    return int.from_bytes(script[1 : 1 + size], "little") if 0 < size <= min(5, len(script) - 1) else None


def check_money(one: Slices, header: Header, most: int, rules: Rules) -> None:
    """Refuse an output below zero, or more coins than there can be.

    *most* is all that was ever issued, or of a coinbase that stands alone its subsidy: beside others it may also pay
    all that could be their fees.
    """
    values = [value for value, _ in outputs_of(one)]
    if min(values, default=0) < 0 or sum(values) > min(most, rules.most_money):
        raise forged(
            header.block_hash,
            f"transaction {one.txid[::-1].hex()} pays more than there can be, or less than nothing",
        )


def transaction_of(slices: Slices) -> Transaction:
    """Return a transaction from its bytes."""
    inputs = () if slices.coinbase else tuple((txid[::-1].hex(), vout) for txid, vout in inputs_of(slices))
    return Transaction(
        txid=slices.txid[::-1].hex(),
        coinbase=slices.coinbase,
        inputs=inputs,
        outputs=tuple(Output(value, script) for value, script in outputs_of(slices)),
        raw=slices.raw,
    )


def may_touch(raw: bytes, scripts: Collection[bytes], txids: Sequence[str]) -> bool:
    """Say if a raw block can hold one of *scripts* or spend an output of *txids*; False is certain.

    Searching bytes costs a fraction of making objects, and most blocks have nothing of a miner's.
    """
    if any(script in raw for script in scripts) or any(bytes.fromhex(txid)[::-1] in raw for txid in txids):
        return True
    return pays_a_key_of(raw, scripts)
