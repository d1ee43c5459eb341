"""What servers of histories answer, read as what it must be; anything else is refused in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.bitcoin.index.asked import Entry
from lotwork.ingest.bitcoin.rpc import BLOCK_NAME, HIGHEST
from lotwork.ledger.errors import SourceRefusedError

MOST_TRANSACTIONS = 10_000_000
"""No block, and no script's history, holds so many."""


class Values:
    """Reads the answers of one server, called *who* in messages."""

    def __init__(self, who: str) -> None:
        self._who = who

    def odd(self, question: str) -> SourceRefusedError:
        """Return the refusal of an answer to *question*."""
        return SourceRefusedError(
            f"{self._who} gave an answer to {question} that no such server gives: nothing was recorded; check what "
            "listens there"
        )

    def number(self, told: JsonValue, question: str, most: int = HIGHEST) -> int:
        """Return a whole number from 0 to *most*."""
        if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told <= most:
            raise self.odd(question)
        return told

    def name(self, told: JsonValue, question: str) -> str:
        """Return the name of a block or a transaction."""
        if not isinstance(told, str) or not BLOCK_NAME.fullmatch(told):
            raise self.odd(question)
        return told

    def hex(self, told: JsonValue, question: str) -> bytes:
        """Return the bytes that hexadecimal digits write."""
        try:
            return bytes.fromhex(told if isinstance(told, str) and told.isascii() and " " not in told else "?")
        except ValueError:
            raise self.odd(question) from None

    def object(self, told: JsonValue, question: str) -> dict[str, JsonValue]:
        """Return an object."""
        if not isinstance(told, dict):
            raise self.odd(question)
        return told

    def list(self, told: JsonValue, question: str) -> list[JsonValue]:
        """Return a list."""
        if not isinstance(told, list):
            raise self.odd(question)
        return told

    def hashes(self, told: JsonValue, question: str) -> tuple[bytes, ...]:
        """Return the hashes of a branch in wire order."""
        return tuple(bytes.fromhex(self.name(one, question))[::-1] for one in self.list(told, question))


def state_of(entries: Iterable[Entry]) -> str:
    """Return a text that is another one when *entries* are; "" where there are none."""
    lines = "".join(f"{entry.height}:{entry.txid}\n" for entry in sorted(entries))
    return hashlib.sha256(lines.encode()).hexdigest()[:32] if lines else ""
