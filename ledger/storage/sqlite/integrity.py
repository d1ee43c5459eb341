"""Is the file as it was made? Its guards, tables and indexes, and what SQLite itself finds damaged."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from lotwork.ledger.storage.sqlite.connection import APPLICATION_ID, refuse_foreign
from lotwork.ledger.storage.sqlite.guards import GUARDS

TABLES = frozenset({"events", "books", "cursors", "outbox", "fence"})
INDEXES = frozenset({"events_id", "events_late", "events_rare", "events_source", "events_txid", "outbox_pending"})


def schema_fault(connection: sqlite3.Connection, file: Path) -> str | None:
    """Return what shows that the database is not one of ours, or not as it was made; None where all is.

    IntegrityError where its format is none, NewerFormatError where it is a newer one.
    """
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id != APPLICATION_ID:
        return "this is not a Lotwork ledger"
    refuse_foreign(connection, file)
    stored = connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ).fetchall()
    guards = {(name, sql) for kind, name, sql in stored if kind == "trigger"}
    if guards != set(GUARDS.items()):
        odd = ", ".join(sorted({str(name) for name, _ in guards ^ set(GUARDS.items())}))
        return f"the guards that keep the log append-only were changed or removed ({odd})"
    made = {("table", name) for name in TABLES} | {("index", name) for name in INDEXES}
    if {(kind, name) for kind, name, _ in stored if kind != "trigger"} != made:
        return "the tables or indexes are not those the ledger was made with"
    lax = [row[1] for row in connection.execute("PRAGMA main.table_list") if row[1] in TABLES and not row[5]]
    unique = {row[1]: row[2] for row in connection.execute("PRAGMA index_list(events)")}
    if lax or not unique.get("events_id"):
        return f"the tables lost their strictness ({', '.join(lax) or 'an id is no longer unique'})"
    return None


def integrity_fault(connection: sqlite3.Connection, file: Path) -> str | None:
    """Return what SQLite's integrity check says against *file*; None where it says ok."""
    faults = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    return None if faults == ["ok"] else f"SQLite's integrity check of {file.name} fails: {'; '.join(faults)}"
