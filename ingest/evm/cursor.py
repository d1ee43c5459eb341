"""How far a chain was read, told in a way that survives reorganisations: heights *with their hashes*.

The cursor is a locator: the last blocks read, one by one, then ever wider steps back to the block before the first.
Whatever a chain did while nobody looked, the newest entry that is still part of it is the ground everything above
must be compared from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from lotwork.ledger.errors import IntegrityError

DENSE_BLOCKS = 32
"""So many of the newest blocks are remembered one by one; a reorganisation hardly ever reaches deeper."""

Mark = tuple[int, str]
"""A block's height and hash."""


class EvmCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which chain was read, by whose watch list, and up to which block."""

    chain_id: int
    genesis: str
    """The hash of block 0: two chains can share an id, but not a beginning."""
    watched: str
    """The fingerprint of the watch list that every block up to the tip was read with."""
    marks: tuple[Mark, ...]
    """The locator, newest block first."""
    backfill: tuple[str, int] | None = None
    """While a changed watch list has the old blocks read again: its fingerprint, and the next height."""

    def __post_init__(self) -> None:
        heights = [height for height, _ in self.marks]
        if not heights or heights != sorted(set(heights), reverse=True):
            raise ValueError("a locator falls from the tip to the start")

    @property
    def tip(self) -> Mark:
        """Return the newest block read."""
        return self.marks[0]

    def text(self) -> str:
        """Return the cursor as it is stored."""
        return msgspec.json.encode(self, order="sorted").decode()

    @classmethod
    def parse(cls, text: str) -> EvmCursor:
        """Return the cursor stored as *text*."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError as broken:
            raise IntegrityError(
                f"the stored cursor of an EVM source cannot be read ({broken}): run `lotwork verify`"
            ) from broken

    def with_read(self, ground: Mark, blocks: Iterable[Mark]) -> tuple[Mark, ...]:
        """Return the locator after *blocks* were read upon the block *ground*."""
        kept = {mark for mark in self.marks if mark[0] < ground[0]}
        return thinned(sorted((*blocks, ground, *kept), reverse=True))


def thinned(marks: list[Mark]) -> tuple[Mark, ...]:
    """Return *marks*, newest first, with ever wider gaps below the dense ones, the last always kept.

    Below the dense blocks only heights divisible by a power of two stay, the power growing with the distance, so
    that the locator of a long chain stays short and thinning again changes nothing.
    """
    tip = marks[0][0]
    kept = [mark for mark in marks[:-1] if mark[0] % _step(tip - mark[0]) == 0]
    return (*kept, marks[-1])


def _step(distance: int) -> int:
    """Return the gap between marks so far below the tip: 1 near it, else a power of two of the distance's order."""
    return 1 if distance < DENSE_BLOCKS else 1 << (distance // 4).bit_length()


def fork_height(marks: Iterable[Mark], now: Mapping[int, str | None]) -> int | None:
    """Return the height of the newest mark that is still part of the chain; None where not one is.

    *now* gives the hash the chain has at a height today, None where it is not that long.
    """
    return next((height for height, seen in marks if now.get(height) == seen), None)
