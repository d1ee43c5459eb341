"""What is remembered between two looks at a server of histories: the scan, the lists, and how far a round has come.

A *round* asks each watched script for its history up to one block, then reads the blocks that are named there. It may
take many looks: after each, what was listed and read is in the cursor, and the next goes on. A script whose state is
as it was is not listed again. Of the entries in blocks that can be undone each is remembered, of the older ones how
many there are, so that one a server tells late, or no more, is noticed at any depth.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from lotwork.ingest.bitcoin.index.asked import Entry
from lotwork.ingest.bitcoin.scan import Scan
from lotwork.ledger.errors import IntegrityError

FORM = 1


class Told(msgspec.Struct, array_like=True):
    """One script's history, as a list told it in a round."""

    settled: int
    """How many entries stand at or below the floor of the scan."""
    recent: list[Entry]
    """The entries above, in order."""


class Known(msgspec.Struct, array_like=True):
    """What is known of one script's history."""

    state: str
    """What the server said of it when it was listed; "" where it is to be listed again."""
    settled: int
    """How many entries stood at or below the floor of the scan when a round was last read."""
    recent: list[Entry]
    """The entries above, in order: proven, as far as was read."""
    listed: Told | None = None
    """What this round's list told, maybe of a branch that has left since: it proves nothing until it is read."""

    @property
    def to_read(self) -> list[Entry]:
        """The entries that are to be read."""
        return self.recent if self.listed is None else self.listed.recent


class Standing(msgspec.Struct):
    """A scan, and the round that it is in."""

    scan: Scan
    tip: int = 0
    """The block up to which the round lists and reads."""
    tip_hash: str = ""
    """Its name; empty between two rounds."""
    pending: list[str] = []
    """The scripts that are still to be asked in this round, in hexadecimal digits."""
    anew: bool = False
    """Whether the round has taken no script's word of before, since the chain has moved."""
    late: int = 0
    """The lowest block already read in which an entry was told late; 0 for none."""
    free: bool = False
    """Whether a sweep may take back what names no block: the chain was another, or nothing is known of before."""
    known: dict[str, Known] = {}
    relisted_at: int = -1
    """The server's newest block when this round was last begun anew, since what it had listed was contradicted."""
    version: int = FORM

    @property
    def is_between(self) -> bool:
        """Whether no round is under way."""
        return not self.tip_hash

    def begin_round(self, tip: int, tip_hash: str, *, anew: bool) -> None:
        """Begin a round up to *tip*; where the chain has moved, *anew*, with no list of before."""
        self.tip, self.tip_hash, self.anew, self.late = tip, tip_hash, anew, 0
        self.pending = list(self.scan.scripts)
        if anew:
            for known in self.known.values():
                known.state, known.listed = "", None

    def was_read(self) -> None:
        """Note that what was listed is read as far as the scan now stands."""
        for known in self.known.values():
            if known.listed is not None:
                known.settled, known.recent, known.listed = known.listed.settled, known.listed.recent, None

    def end_round(self) -> None:
        """Note that the round is over."""
        self.tip_hash, self.anew, self.late, self.relisted_at = "", False, 0, -1

    def settle(self) -> None:
        """Count the entries that the floor has passed, and let go of them."""
        floor = self.scan.floor
        for known in self.known.values():
            above = [entry for entry in known.recent if entry.height > floor]
            known.settled += len(known.recent) - len(above)
            known.recent = above

    def unread(self) -> list[tuple[int, list[str]]]:
        """Return the blocks listed and not read, with their transactions, in order."""
        blocks: dict[int, set[str]] = {}
        for known in self.known.values():
            for entry in known.to_read:
                if entry.height > self.scan.height:
                    blocks.setdefault(entry.height, set()).add(entry.txid)
        return [(height, sorted(blocks[height])) for height in sorted(blocks)]

    def watch_also(self, scripts: Iterable[tuple[str, str]]) -> None:
        """Watch further scripts for their wallets, in this round already."""
        for script, wallet in scripts:
            if script not in self.scan.scripts:
                self.scan.scripts[script] = wallet
                self.pending.append(script)

    def to_cursor(self) -> str:
        """Return this as the text the log keeps."""
        return msgspec.json.encode(self).decode()


def read_standing(cursor: str) -> Standing | None:
    """Return what a cursor tells; None where another version, or another kind of source, wrote it."""
    try:
        head = msgspec.json.decode(cursor)
        if not isinstance(head, dict) or "scan" not in head or head.get("version") != FORM:
            return None
        return msgspec.json.decode(cursor, type=Standing)
    except msgspec.MsgspecError as broken:
        raise IntegrityError(
            f"the watcher's stored cursor cannot be read ({broken}): run `lotwork verify`, then restore a backup"
        ) from broken
