"""The floor under every replay: the same rows through bare sqlite3, and nothing done with them."""

from __future__ import annotations

import sqlite3
import sys

connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
rows = connection.execute(
    "SELECT position, id, kind, schema_version, at_us, payload FROM events WHERE book = 'main' ORDER BY position"
)
print(sum(1 for _ in rows))
