"""Evidence that waits until it is known what of it is recorded.

A look that fails has told nothing, and what it read must not stay on the disk: at a node that answers seldom that
would be all there is. So a source gives what it read to a `HeldEvidence`, and writes, as the last thing before it hands
over its page, what the page names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable


class HeldEvidence:
    """Holds raw bytes by their SHA-256, until they are named or forgotten."""

    def __init__(self, keep: Callable[[bytes], str]) -> None:
        self._keep = keep
        self._held: dict[str, bytes] = {}

    def keep(self, data: bytes) -> str:
        """Hold *data* and return its SHA-256 in hex."""
        digest = hashlib.sha256(data).hexdigest()
        self._held[digest] = data
        return digest

    def settle(self, named: Iterable[str | None]) -> None:
        """Keep what is *named*, and forget the rest."""
        held, self._held = self._held, {}
        for digest in sorted(held.keys() & set(named)):
            self._keep(held[digest])
