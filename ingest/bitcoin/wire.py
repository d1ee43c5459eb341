"""A block as it goes over the wire, taken apart: where each transaction begins and ends, what it spends and pays.

Every block is read, also those that have nothing of a miner's: only so is a transaction that a node leaves out
missed. That takes a walk over the bytes: a library makes an object of every script, and most are nobody's here.

Litecoin writes a third form (LIP-2): flag 8 and, before the lock time, a byte 0 for its one transaction by which coins
leave MWEB, after which the rest of the block is the MWEB part, which no hash of a transaction speaks of.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

HEADER_LENGTH = 80
WITNESS, MWEB = 1, 8
"""What the flags of a transaction say that it carries (BIP144, LIP-2)."""
TXID, OUTPOINT, SEQUENCE, LOCK_TIME = 32, 36, 4, 4
NOTHING_SPENT = bytes(TXID) + b"\xff\xff\xff\xff"
"""The outpoint that a coinbase spends."""
_WIDER = {0xFD: 2, 0xFE: 4, 0xFF: 8}


class BrokenBlockError(Exception):
    """Bytes are no block; its text is the reason."""


class Slices(NamedTuple):
    """One transaction: the bytes it takes, and those of its inputs and outputs."""

    raw: bytes
    stripped: bytes
    """Without witness and MWEB: what its id is the hash of."""
    coinbase: bool

    @property
    def txid(self) -> bytes:
        """Its id in wire order."""
        return double_sha256(self.stripped)

    @property
    def coinbase_script(self) -> bytes:
        """What its one input says, where it is a coinbase."""
        length, begin = count_at(self.stripped, 4 + 1 + OUTPOINT)
        return self.stripped[begin : begin + length]


def double_sha256(data: bytes) -> bytes:
    """Return the digest that names blocks and transactions, in wire order."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def transactions_of(block: bytes, *, mweb: bool, begin: int = HEADER_LENGTH) -> list[Slices]:
    """Return the transactions of a raw *block*; BrokenBlockError where a byte is missing or left over.

    *begin* is where its header ends.
    """
    try:
        count, at = count_at(block, begin)
        if count > len(block):
            raise BrokenBlockError(f"it says that it holds {count} transactions")
        found: list[Slices] = []
        leaves_mweb = False
        for _ in range(count):
            one, at, leaves_mweb = transaction_at(block, at, mweb=mweb)
            found.append(one)
    except (struct.error, IndexError):
        raise BrokenBlockError("it ends in the middle of a transaction") from None
    if at > len(block):
        raise BrokenBlockError("it ends in the middle of a transaction")
    if at < len(block) and not leaves_mweb:
        raise BrokenBlockError(f"{len(block) - at} bytes follow its last transaction")
    return found


def inputs_of(transaction: Slices) -> Iterator[tuple[bytes, int]]:
    """Yield (id in wire order, index) of each output that *transaction* spends."""
    data = transaction.stripped
    count, at = count_at(data, 4)
    for _ in range(count):
        yield data[at : at + TXID], struct.unpack_from("<I", data, at + TXID)[0]
        at = _past_input(data, at)


def outputs_of(transaction: Slices) -> Iterator[tuple[int, bytes]]:
    """Yield (base units, script) of each output that *transaction* makes; the units may be below zero."""
    data = transaction.stripped
    count, at = count_at(data, _past_inputs(data, 4))
    for _ in range(count):
        length, begin = count_at(data, at + 8)
        yield struct.unpack_from("<q", data, at)[0], data[begin : begin + length]
        at = begin + length


def merkle_root(hashes: Sequence[bytes]) -> bytes | None:
    """Return the root over transaction *hashes* in wire order; the last of an odd row is paired with itself.

    None where two neighbours are alike: that is how a list with some transactions told twice gets the root of the list
    without them (CVE-2012-2459).
    """
    row = list(hashes)
    while len(row) > 1:
        if any(left == right for left, right in zip(row[::2], row[1::2], strict=False)):
            return None
        if len(row) % 2:
            row.append(row[-1])
        row = [double_sha256(left + right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0] if row else None


def branch_root(leaf: bytes, branch: Sequence[bytes], place: int) -> bytes:
    """Return the root that *branch* leads to from the *leaf* at *place* of the lowest row, all in wire order."""
    for beside in branch:
        leaf = double_sha256(beside + leaf if place & 1 else leaf + beside)
        place >>= 1
    return leaf


def read_transaction(raw: bytes, *, mweb: bool) -> Slices:
    """Return the one transaction that *raw* is; BrokenBlockError where a byte is missing or left over."""
    try:
        found, end, _ = transaction_at(raw, 0, mweb=mweb)
    except (struct.error, IndexError):
        raise BrokenBlockError("it ends in the middle of a transaction") from None
    if end != len(raw):
        raise BrokenBlockError("bytes follow the transaction, or are missing")
    return found


def transaction_at(data: bytes, begin: int, *, mweb: bool) -> tuple[Slices, int, bool]:
    """Return the transaction at *begin*, where it ends, and whether it is the one by which coins leave MWEB."""
    flags, inputs = 0, begin + 4
    if data[inputs] == 0:
        flags, inputs = data[inputs + 1], inputs + 2
        if not flags or flags & ~(WITNESS | MWEB) or (flags & MWEB and not mweb):
            raise BrokenBlockError(f"a transaction has the flags {flags}, which no node writes into a block")
    outputs = _past_inputs(data, inputs)
    end = _past_outputs(data, outputs)
    lock_time = end
    if flags & WITNESS:
        lock_time = _past_witnesses(data, lock_time, count_at(data, inputs)[0])
    if flags & MWEB:
        if data[lock_time]:
            raise BrokenBlockError("a transaction carries a part of MWEB, which stands outside of a block's")
        lock_time += 1
    after = lock_time + LOCK_TIME
    body = data[inputs:end]
    stripped = data[begin:after] if not flags else data[begin : begin + 4] + body + data[lock_time:after]
    count, first = count_at(data, inputs)
    coinbase = count == 1 and data[first : first + OUTPOINT] == NOTHING_SPENT
    return Slices(data[begin:after], stripped, coinbase), after, bool(flags & MWEB)


def count_at(data: bytes, at: int) -> tuple[int, int]:
    """Return the number of variable length at *at*, and where it ends; only its shortest form is one."""
    first = data[at]
    if first not in _WIDER:
        return first, at + 1
    width = _WIDER[first]
    number = int.from_bytes(data[at + 1 : at + 1 + width], "little")
    if number < (0xFD if width == 2 else 1 << (4 * width)) or at + 1 + width > len(data):  # noqa: PLR2004 - its width
        raise BrokenBlockError("a number is not written as a node writes it")
    return number, at + 1 + width


def _past_input(data: bytes, at: int) -> int:
    length, begin = count_at(data, at + OUTPOINT)
    return begin + length + SEQUENCE


def _past_inputs(data: bytes, at: int) -> int:
    count, at = count_at(data, at)
    for _ in range(count):
        at = _past_input(data, at)
    return at


def _past_outputs(data: bytes, at: int) -> int:
    count, at = count_at(data, at)
    for _ in range(count):
        length, begin = count_at(data, at + 8)
        at = begin + length
    return at


def _past_witnesses(data: bytes, at: int, inputs: int) -> int:
    for _ in range(inputs):
        count, at = count_at(data, at)
        for _ in range(count):
            length, begin = count_at(data, at)
            at = begin + length
    return at
