"""What was recorded on a server is changed by nobody without a trace, and a trace is always found."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from lotwork.ledger.errors import ConfigError, IntegrityError, NewerFormatError, StorageError
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.store import Batch, EventStore
from tests.ledger.making import open_store, receipts
from tests.postgres_server import OWNER, WRITER, Server

COPY = (
    "SELECT book, {}, kind, 1, at_us, latest_us, source, txid, 0, '', {}, hash FROM lotwork.events WHERE position = {}"
)
INTO = "INSERT INTO lotwork.events "
UPSERT = "SELECT * FROM lotwork.events WHERE position = 3 ON CONFLICT (book, position) DO UPDATE SET payload = ''"
CHANGES = [
    INTO + COPY.format("position, id", "prev_hash", 2),
    INTO + COPY.format("9223372036854775807, 'far'", "hash", 3),
    INTO + COPY.format("5, 'gap'", "hash", 3),
    INTO + COPY.format("4, 'four'", "prev_hash", 3),
    INTO + COPY.format("1, 'one'", "prev_hash", 1),
    INTO + COPY.format("1, 'one'", "prev_hash", 1).replace("SELECT book", "SELECT 'other'"),
    INTO + UPSERT,
    "UPDATE lotwork.events SET payload = '{}' WHERE position = 2",
    "UPDATE lotwork.events SET position = 9 WHERE position = 3",
    "DELETE FROM lotwork.events WHERE position = 3",
    "TRUNCATE lotwork.events",
    "TRUNCATE lotwork.events, lotwork.books, lotwork.heads CASCADE",
    "UPDATE lotwork.books SET created_us = 0",
    "DELETE FROM lotwork.books",
    "INSERT INTO lotwork.books SELECT * FROM lotwork.books ON CONFLICT (book) DO UPDATE SET created_us = 0",
    "UPDATE lotwork.heads SET position = 2",
    "INSERT INTO lotwork.heads VALUES ('other', 0, '')",
    "DELETE FROM lotwork.heads",
    "MERGE INTO lotwork.events USING (VALUES (3)) AS v(p) ON position = p WHEN MATCHED THEN UPDATE SET payload = ''",
]
MOVING_HEADS = (
    "CREATE TEMP TABLE mine (LIKE lotwork.events); CREATE TRIGGER mine AFTER INSERT ON mine "
    "REFERENCING NEW TABLE AS added EXECUTE FUNCTION lotwork.follow()"
)
NOT_OF_THE_ROLE = [
    "ALTER TABLE lotwork.events DISABLE TRIGGER ALL",
    "ALTER TABLE lotwork.events DROP COLUMN payload",
    "DROP TRIGGER events_keep ON lotwork.events",
    "DROP TABLE lotwork.events",
    "DROP SCHEMA lotwork CASCADE",
    "CREATE TABLE lotwork.events2 (x int)",
    "CREATE OR REPLACE FUNCTION lotwork.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    MOVING_HEADS,
    "SET session_replication_role = replica",
    "DELETE FROM lotwork.cursors",
    "TRUNCATE lotwork.outbox",
    "COMMENT ON SCHEMA lotwork IS 'Lotwork ledger, format 2'",
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["postgres", OWNER, WRITER])
def test_no_statement_changes_what_was_recorded(
    postgres: Server, database: str, store: EventStore, role: str, change: str
) -> None:
    store.append(Batch("main", receipts(1, 3)))
    head = store.head("main")
    with psycopg.connect(postgres.url(database, role), autocommit=True) as other_program:
        if role == "postgres":
            other_program.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.Error, match=r"the log only grows|permission denied|duplicate key"):
            other_program.execute(change.encode())
    assert store.head("main") == head
    assert store.verify().ok


@pytest.mark.parametrize("change", NOT_OF_THE_ROLE)
def test_the_role_that_lotwork_runs_as_may_only_append(postgres: Server, database: str, change: str) -> None:
    with (
        psycopg.connect(postgres.url(database), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(change.encode())


TAMPERING = [
    ("UPDATE events SET payload = replace(payload, '93012', '13012') WHERE position = 2", "position 2: its content"),
    ("UPDATE events SET recorded_us = recorded_us - 1 WHERE position = 2", "position 2"),
    ("UPDATE events SET latest_us = latest_us + 1 WHERE position = 3", "position 3: the latest instant"),
    ("UPDATE events SET txid = 'aa' WHERE position = 1", "position 1"),
    ("DELETE FROM events WHERE position = 2", "position 2"),
    ("DELETE FROM events WHERE position = 3", "3 is told|1 events are missing|do not agree"),
    ("UPDATE books SET created_us = 0", "where book main began was changed"),
    ("UPDATE heads SET position = 2", "do not agree"),
    ("DELETE FROM heads", "do not agree"),
]
UNDOING = [
    ("DROP TRIGGER events_keep ON events", "events_keep"),
    ("ALTER TABLE events ENABLE TRIGGER events_follow", "events_follow"),
    ("ALTER TABLE books DISABLE TRIGGER books_keep", "books_keep"),
    ("CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'", "events_keep"),
    ("ALTER FUNCTION follow() SECURITY INVOKER", "events_follow"),
    ("ALTER FUNCTION follow() SET search_path = public", "events_follow"),
    ("CREATE TRIGGER quiet BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse()", "quiet"),
    ("ALTER TABLE events ALTER COLUMN payload DROP NOT NULL", "tables or indexes"),
    ('ALTER TABLE events ALTER COLUMN book TYPE text COLLATE "und-x-icu"', "tables or indexes"),
    ("DROP INDEX events_id", "tables or indexes"),
    ("CREATE VIEW seen AS SELECT * FROM events", "tables or indexes"),
    ("CREATE RULE quiet AS ON INSERT TO outbox DO INSTEAD NOTHING", "was put on outbox"),
    ("ALTER TABLE cursors ENABLE ROW LEVEL SECURITY", "was put on cursors"),
    ("CREATE TABLE public.more () INHERITS (events)", "was put on events"),
    ("ALTER TABLE events SET UNLOGGED", "was put on events"),
]


def as_owner(postgres: Server, database: str, statement: str, *, guarded: bool) -> None:
    """Run *statement* as the superuser, with every guard put out of the way for as long as that takes."""
    with postgres.superuser(database) as connection:
        connection.execute("SET search_path = lotwork")
        for table in () if guarded else ("events", "books", "heads"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        connection.execute(statement.encode())
        for table in () if guarded else ("events", "books", "heads"):
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
            for name in connection.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", (table,)
            ).fetchall():
                connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name[0]}".encode())


@pytest.mark.parametrize(("statement", "told"), TAMPERING)
def test_what_the_owner_of_the_server_changes_is_found(
    postgres: Server, database: str, store: EventStore, statement: str, told: str
) -> None:
    store.append(Batch("main", receipts(1, 3)))
    as_owner(postgres, database, statement, guarded=False)
    found = store.verify()
    assert not found.ok
    assert re.search(told, found.message), found.message


def test_putting_the_guards_aside_and_back_leaves_no_trace(postgres: Server, database: str, store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 3)))
    as_owner(postgres, database, "SELECT 1", guarded=False)
    assert store.verify().ok


@pytest.mark.parametrize(("statement", "told"), UNDOING)
def test_nothing_is_appended_where_a_guard_was_undone(
    postgres: Server, database: str, tmp_path: Path, statement: str, told: str
) -> None:
    as_owner(postgres, database, statement, guarded=True)
    with pytest.raises(IntegrityError, match=told):
        open_store(tmp_path / "other", database=Postgres(postgres.url(database)))


def test_a_dump_that_is_restored_is_the_same_ledger(
    postgres: Server, database: str, store: EventStore, tmp_path: Path
) -> None:
    store.append(Batch("main", receipts(1, 3)))
    with postgres.database(made=False) as other:
        postgres.dump_into(database, other)
        with open_store(tmp_path / "home", database=Postgres(postgres.url(other))) as restored:
            assert restored.verify().head == store.head("main")
            assert restored.append(Batch("main", receipts(4, 5)))[0].head.position == 5


def test_another_programs_schema_is_left_alone(postgres: Server, tmp_path: Path) -> None:
    with postgres.database(made=False) as name:
        with postgres.superuser(name) as connection:
            connection.execute("CREATE SCHEMA lotwork")
        with pytest.raises(IntegrityError, match="another program"):
            open_store(tmp_path, database=Postgres(postgres.url(name, OWNER)))
        with postgres.superuser(name) as connection:
            connection.execute("COMMENT ON SCHEMA lotwork IS 'Lotwork ledger, format 99'")
        with pytest.raises(NewerFormatError, match="upgrade the program"):
            open_store(tmp_path, database=Postgres(postgres.url(name, OWNER)))


def test_a_role_that_may_not_make_a_ledger_is_told_who_may(postgres: Server, tmp_path: Path) -> None:
    with postgres.database(made=False) as name:
        with pytest.raises(StorageError, match="ledger init --app-role"):
            open_store(tmp_path, database=Postgres(postgres.url(name)))
        with pytest.raises(ConfigError, match="createuser nobody_here"):
            Postgres(postgres.url(name, OWNER)).grant("nobody_here")
