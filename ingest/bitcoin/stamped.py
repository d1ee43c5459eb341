"""Whether a block holds what a stamp says: its header from a node of one's own, or one that was given."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from lotwork.ingest.bitcoin.blocks import Header, check_header, read_header, read_header_alone
from lotwork.ingest.bitcoin.rpc import Node
from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ingest.bitcoin.wire import HEADER_LENGTH, double_sha256
from lotwork.ledger.errors import InputRefusedError, SourceRefusedError

DEEP_ENOUGH = 6
"""Blocks in a row that nobody is expected to undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A block that holds a stamp's digest: when it says that it was made, and how much stands on it, where known."""

    block_hash: str
    at: datetime
    depth: int | None = None
    """Blocks of the chain from this one to the newest, itself counted; None of a header that was given."""


class NotInBlockError(InputRefusedError):
    """The block is another than the stamp says, or there is none."""


def family_of(chain: str) -> str:
    """Return the chain that *chain* is, or is a test of: bitcoin of bitcoin-regtest."""
    return chain.partition("-")[0]


def is_test(chain: str) -> bool:
    """Say whether the blocks of *chain* cost nothing, so that they prove no time."""
    return RULES[chain].worked is None


def in_chain(node: Node, chain: str, height: int, merkle_root: bytes, now: datetime) -> Stood:
    """Return the block at *height* of the node's chain, once it holds *merkle_root*.

    Raises NotInBlockError; SourceUnreachableError where there is no answer, SourceRefusedError for a forged block.
    """
    tip = node.tip_height()
    named = node.block_hash(height) if height <= tip else None
    if named is None:
        raise NotInBlockError(f"the node's chain ends with block {tip}: it is behind, or there is no block {height}")
    raw = node.raw_header(named)
    header = read_header_alone(raw, named, RULES[chain])
    check_header(raw, header, height, RULES[chain], now)
    return _held(header, height, merkle_root, tip - height + 1)


def in_header(raw: bytes, chain: str, height: int, merkle_root: bytes, now: datetime) -> Stood:
    """Return the block that the 80 bytes *raw* head, once it holds *merkle_root* and the work its chain asks for.

    That the block stands in the chain is not known by this: its hash is to be compared. Raises NotInBlockError.
    """
    if len(raw) != HEADER_LENGTH:
        raise NotInBlockError(f"a header has {HEADER_LENGTH} bytes, {2 * HEADER_LENGTH} hex digits")
    try:
        header = read_header(raw, double_sha256(raw)[::-1].hex())
        check_header(raw, header, height, RULES[chain], now)
    except (SourceRefusedError, struct.error) as forged:
        raise NotInBlockError(f"the header is none of {chain}: {forged}") from forged
    return _held(header, height, merkle_root, None)


def _held(header: Header, height: int, merkle_root: bytes, depth: int | None) -> Stood:
    if header.merkle_root != merkle_root:
        told, asked = header.merkle_root[::-1].hex(), merkle_root[::-1].hex()
        raise NotInBlockError(
            f"block {height} ({header.block_hash}) has the merkle root {told}, and the stamp leads to {asked}"
        )
    return Stood(block_hash=header.block_hash, at=datetime.fromtimestamp(header.time, UTC), depth=depth)


Held = Callable[[str, int, bytes], Stood]
"""Looks at a block of (chain, height, merkle root)."""
