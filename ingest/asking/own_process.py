"""What a process of its own is given that asks through a library, and how its answer is found in what it prints."""

from __future__ import annotations

MOST_BYTES = 1 << 16
MARK = b"\x1e"
"""What stands before the answer: whatever the library prints comes before it."""
NOT_INSTALLED = 3
KEPT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "SYSTEMROOT", "TMPDIR")
"""What it keeps of the environment: none of our secrets."""
