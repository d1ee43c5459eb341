"""The SQL that makes the tables and indexes of a ledger in a file, as `ledger.storage.schema` declares them.

It is written down here, so that whoever makes a ledger does not load what the declaration needs, which takes half a
second of CPU and 30 MiB; a test holds it to the declaration, word for word.
"""

from __future__ import annotations

from lotwork.ledger.storage.rows import LATE, RARE

TABLES = (
    """CREATE TABLE books (
book TEXT NOT NULL,
ledger TEXT NOT NULL,
format_version INTEGER NOT NULL,
created_us INTEGER NOT NULL,
genesis BLOB NOT NULL,
PRIMARY KEY (book)
) WITHOUT ROWID, STRICT""",
    """CREATE TABLE cursors (
book TEXT NOT NULL,
source TEXT NOT NULL,
cursor TEXT NOT NULL,
moved_us INTEGER NOT NULL,
PRIMARY KEY (book, source)
) WITHOUT ROWID, STRICT""",
    """CREATE TABLE events (
book TEXT NOT NULL,
position INTEGER NOT NULL,
id TEXT NOT NULL,
kind TEXT NOT NULL,
schema_version INTEGER NOT NULL,
at_us INTEGER NOT NULL,
latest_us INTEGER NOT NULL,
source TEXT,
txid TEXT,
recorded_us INTEGER NOT NULL,
payload TEXT NOT NULL,
prev_hash BLOB NOT NULL,
hash BLOB NOT NULL,
PRIMARY KEY (book, position)
) WITHOUT ROWID, STRICT""",
    "CREATE UNIQUE INDEX events_id ON events (book, id)",
    f"CREATE INDEX events_late ON events (book, at_us, position) WHERE {LATE}",
    f"CREATE INDEX events_rare ON events (book, kind, position) WHERE {RARE}",
    "CREATE INDEX events_source ON events (book, source, position) WHERE source IS NOT NULL",
    "CREATE INDEX events_txid ON events (book, txid) WHERE txid IS NOT NULL",
    """CREATE TABLE fence (
id INTEGER NOT NULL,
epoch INTEGER NOT NULL,
PRIMARY KEY (id)
) STRICT""",
    """CREATE TABLE outbox (
id TEXT NOT NULL,
book TEXT NOT NULL,
subject TEXT NOT NULL,
body TEXT NOT NULL,
queued_us INTEGER NOT NULL,
attempts INTEGER DEFAULT 0 NOT NULL,
sent_us INTEGER,
trouble TEXT,
PRIMARY KEY (id)
) STRICT""",
    "CREATE INDEX outbox_pending ON outbox (queued_us) WHERE sent_us IS NULL",
)
