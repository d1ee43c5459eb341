"""Merged mining: a block whose work stands in another chain's block (AuxPoW), as Dogecoin's does in Litecoin's.

Behind the 80 bytes of such a header stand the other chain's coinbase, the branch that leads from it to the root of the
other block, the branch that leads from this block's name to a root written in that coinbase, and the other header,
whose work it is. All of it is held against the rules of Dogecoin Core (src/auxpow.cpp): a branch that does not lead
there, a root written twice or at another place, or a slot that is not this chain's is no work for this block.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from lotwork.ingest.bitcoin.wire import (
    HEADER_LENGTH,
    BrokenBlockError,
    branch_root,
    count_at,
    double_sha256,
    transaction_at,
)

FLAG = 1 << 8
"""In a block's version: its work stands elsewhere."""
CHAIN_SHIFT = 16
MARK = b"\xfa\xbe\x6d\x6d"
MOST_BRANCHES = 30
EARLY = 20
"""Where no mark stands before it, the root begins within so many bytes of the coinbase's script."""
HASH = 32


class Merged(NamedTuple):
    """What follows a header of 80 bytes."""

    coinbase: bytes
    """The other chain's, without what no id is the hash of."""
    script: bytes
    branch: tuple[bytes, ...]
    """From the coinbase to the other block's root."""
    place: int
    chain_branch: tuple[bytes, ...]
    """From this block's name to the root in the coinbase."""
    slot: int
    other: bytes
    """The other block's header."""
    end: int
    """Where all of it ends."""


def is_merged(header: bytes) -> bool:
    """Say if the work of *header* stands in another chain's block."""
    return bool(struct.unpack_from("<i", header)[0] & FLAG)


def read_merged(raw: bytes) -> Merged:
    """Return what follows the first 80 bytes of *raw*; BrokenBlockError where it ends before that does."""
    try:
        coinbase, at, _ = transaction_at(raw, HEADER_LENGTH, mweb=False)
        at += HASH  # the other block's name, which nobody checks: its header is here
        branch, at = _hashes(raw, at)
        (place,) = struct.unpack_from("<i", raw, at)
        chain_branch, at = _hashes(raw, at + 4)
        (slot,) = struct.unpack_from("<i", raw, at)
    except (struct.error, IndexError):
        raise BrokenBlockError("it ends within its merged work") from None
    end = at + 4 + HEADER_LENGTH
    if end > len(raw):
        raise BrokenBlockError("it ends within its merged work")
    if not coinbase.coinbase:
        raise BrokenBlockError("its merged work begins with no coinbase")
    return Merged(
        coinbase.stripped, coinbase.coinbase_script, branch, place, chain_branch, slot, raw[at + 4 : end], end
    )


def refuses_merged(header: bytes, merged: Merged, chain: int) -> str | None:
    """Return why *merged* is no work for *header* of the chain with the number *chain*; None where it is."""
    if struct.unpack_from("<i", header)[0] >> CHAIN_SHIFT != chain:
        return "it was merged for another chain"
    if struct.unpack_from("<i", merged.other)[0] >> CHAIN_SHIFT == chain:
        return "its work stands in a block of its own chain"
    if merged.place or len(merged.chain_branch) > MOST_BRANCHES:
        return "its work does not lead to the first transaction of the other block"
    if branch_root(double_sha256(merged.coinbase), merged.branch, 0) != merged.other[36:68]:
        return "its work does not lead to the other block's merkle root"
    root = branch_root(double_sha256(header), merged.chain_branch, merged.slot)[::-1]
    return _refuses_script(merged, root, chain)


def _refuses_script(merged: Merged, root: bytes, chain: int) -> str | None:
    script, height = merged.script, len(merged.chain_branch)
    found = script.find(root)
    marked = script.find(MARK)
    if found < 0:
        return "the other block's coinbase does not name it"
    if marked >= 0 and (script.find(MARK, marked + 1) >= 0 or marked + len(MARK) != found):
        return "the other block's coinbase names it at another place"
    if marked < 0 and found > EARLY:
        return "the other block's coinbase names it too late"
    try:
        size, nonce = struct.unpack_from("<II", script, found + HASH)
    except struct.error:
        return "the other block's coinbase ends too early"
    if size != 1 << height or merged.slot != _slot(nonce, chain, height):
        return "the other block's coinbase names it for another slot"
    return None


def _slot(nonce: int, chain: int, height: int) -> int:
    """Return the slot that a chain has among 2 ** *height*, so that no work serves one chain twice."""
    number = (nonce * 1_103_515_245 + 12_345) & 0xFFFFFFFF
    number = ((number + chain) * 1_103_515_245 + 12_345) & 0xFFFFFFFF
    return number % (1 << height)


def _hashes(raw: bytes, at: int) -> tuple[tuple[bytes, ...], int]:
    count, at = count_at(raw, at)
    end = at + HASH * count
    if end > len(raw):
        raise BrokenBlockError("it ends within its merged work")
    return tuple(raw[begin : begin + HASH] for begin in range(at, end, HASH)), end
