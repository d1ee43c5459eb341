"""Evidence kept in memory, so that a test can look at what was kept."""

from __future__ import annotations

import hashlib


class MemoryEvidence:
    """Keeps bytes by their SHA-256."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def keep(self, data: bytes) -> str:
        """Keep *data* and return its SHA-256 in hex."""
        digest = hashlib.sha256(data).hexdigest()
        self.kept[digest] = data
        return digest
