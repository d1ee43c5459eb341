"""A server that is killed, restarted or cut off loses nothing that was acknowledged, and doubles nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import BusyError, ConfigError, UnreachableError
from lotwork.ledger.storage.port import Writing
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch, CursorMove, EventStore, Message
from tests.ledger.making import CREATED, open_store, receipt, receipts
from tests.ledger.storage.postgres.line import Line
from tests.ledger.storage.postgres.poller import Poller
from tests.postgres_server import WRITER, Server


@pytest.mark.faults
def test_a_server_killed_and_restarted_in_the_midst_of_appends_loses_and_doubles_nothing(
    postgres: Server, database: str, tmp_path: Path
) -> None:
    store = EventStore.open(tmp_path, clock=SystemClock(), database=Postgres(postgres.url(database)))
    poller = Poller(store)
    poller.start()
    for end in (postgres.kill, lambda: postgres.stop("fast"), postgres.kill):
        poller.await_more()
        end()
        postgres.start()
    poller.await_more()
    poller.finish()
    with store:
        poller.assert_whole()


@pytest.fixture
def line(postgres: Server) -> Iterator[Line]:
    opened = Line(postgres.port)
    yield opened
    opened.close()


@pytest.fixture
def far(postgres: Server, line: Line, database: str, tmp_path: Path) -> Iterator[EventStore]:
    url = postgres.url(database).replace(f":{postgres.port}/", f":{line.port}/")
    with open_store(tmp_path / "home", database=Postgres(url, patience=1)) as store:
        yield store


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_commit_whose_answer_was_lost_is_looked_up_and_not_repeated(far: EventStore, line: Line, where: str) -> None:
    far.append(Batch("main", receipts(1, 2)))
    line.cut = where  # type: ignore[assignment] # one of the two
    move, told = CursorMove("ocean", None, "4"), (Message("m", "s", "b"),)
    (done,) = far.append(Batch("main", tuple(receipts(1, 4)), cursor=move, outbox=told))
    assert line.cut == ""
    assert (done.new, done.known) == (("r3", "r4"), ("r1", "r2"))
    assert [position for position, _ in far.read("main")] == [1, 2, 3, 4]
    assert far.head("main") == done.head
    assert far.cursor("main", "ocean") == "4"
    assert far.pending() == told
    assert far.verify().ok


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize(
    "batch",
    [Batch("main", cursor=CursorMove("ocean", None, "4")), Batch("main", outbox=(Message("m", "s", "b"),))],
    ids=["cursor", "alert"],
)
def test_the_same_holds_where_nothing_but_a_cursor_or_an_alert_moves(
    far: EventStore, line: Line, where: str, batch: Batch
) -> None:
    line.cut = where  # type: ignore[assignment] # one of the two
    far.append(batch)
    assert (far.cursor("main", "ocean"), len(far.pending())) == (("4", 0) if batch.cursor else (None, 1))


def test_a_stream_that_cannot_be_read_again_is_refused_where_its_commit_did_not_arrive(
    far: EventStore, line: Line
) -> None:
    line.cut = "before"
    with pytest.raises(BusyError, match="nothing was appended: do it again"):
        far.append(Batch("main", iter(list(receipts(1, 3)))))
    assert far.head("main").position == 0
    line.cut = "after"
    (done,) = far.append(Batch("main", iter(list(receipts(1, 3)))))
    assert done.new == ("r1", "r2", "r3")
    assert far.head("main") == done.head


def test_a_fate_that_cannot_be_looked_up_is_told_as_unknown_and_doing_it_again_is_safe(
    far: EventStore, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    far.append(Batch("main", [receipt(1)]))
    line.cut = "after"
    monkeypatch.setattr("lotwork.ledger.storage.postgres.database.connect", lambda *_, **__: refuse_connection(line))
    with pytest.raises(UnreachableError, match="may be there or not: do the same again"):
        far.append(Batch("main", [receipt(2)]))
    monkeypatch.undo()
    (done,) = far.append(Batch("main", [receipt(2)]))
    assert (done.new, done.known, done.head.position) == ((), ("r2",), 2)


def refuse_connection(_line: Line) -> None:
    import psycopg  # noqa: PLC0415 - the error of the library itself

    raise psycopg.OperationalError("connection refused")


def test_sessions_that_the_server_ended_are_opened_again(postgres: Server, database: str, store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 2)))
    reading = store.read("main")
    assert next(reading)[0] == 1
    postgres.end_sessions(database)
    assert store.head("main").position == 2
    assert store.append(Batch("main", [receipt(3)]))[0].head.position == 3
    assert [position for position, _ in store.read("main")] == [1, 2, 3]


def test_a_server_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    nowhere = Postgres("postgresql://me@127.0.0.1:1/lotwork", patience=0)
    with pytest.raises(UnreachableError, match="does not answer"):
        open_store(tmp_path, database=nowhere)
    with pytest.raises(UnreachableError, match="does not answer"):  # and nobody says that the ledger is damaged
        verify(tmp_path, database=nowhere)


def test_a_server_that_did_not_come_back_is_not_waited_for_again() -> None:
    clock = SetClock(CREATED)
    nowhere = Postgres("postgresql://me@127.0.0.1:1/lotwork", clock=clock)
    for _ in range(2):
        with pytest.raises(UnreachableError), nowhere.reading():
            pass
        assert round(clock.elapsed) == 10
    with pytest.raises(UnreachableError):
        nowhere.write(lambda _: None)
    assert round(clock.elapsed) == 10


def test_a_database_or_a_role_that_is_not_there_is_a_setting_to_correct(postgres: Server, tmp_path: Path) -> None:
    for url in (postgres.url("nowhere"), postgres.url("postgres", "nobody")):
        with pytest.raises(ConfigError, match="does not let us in"):
            open_store(tmp_path, database=Postgres(url))


def test_a_database_in_another_encoding_is_refused(postgres: Server, tmp_path: Path) -> None:
    with postgres.superuser("postgres") as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(ConfigError, match="UTF-8"):
        open_store(tmp_path, database=Postgres(postgres.url("latin", "postgres")))


def test_a_writer_that_holds_on_too_long_is_named_and_then_waited_for(
    postgres: Server, database: str, store: EventStore
) -> None:
    store.database.write(lambda at: at.all("SELECT set_config('lock_timeout', '50ms', false)"))
    holder = Postgres(postgres.url(database))
    with holder.still(), pytest.raises(BusyError, match="another process is writing"):
        store.append(Batch("main", [receipt(1)]))
    assert store.append(Batch("main", [receipt(1)]))[0].new == ("r1",)


def test_a_server_that_does_not_keep_what_it_commits_is_something_to_mend(store: EventStore) -> None:
    detail, remedy = store.database.condition()
    assert detail.startswith("PostgreSQL ")
    assert remedy == "set fsync and full_page_writes to on in postgresql.conf"


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_a_transaction_that_the_server_asks_to_run_again_is_run_again(store: EventStore, code: str) -> None:
    key, runs = 7, list[int]()

    def work(at: Writing) -> int:
        runs.append(1)
        at.all("INSERT INTO fence VALUES (?, 7)", (key,))
        if len(runs) < 3:
            at.all(f"DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '{code}'; END $$")
        return len(runs)

    assert store.database.write(work) == 3
    assert store.database.write(lambda at: at.all("SELECT * FROM fence")) == [(7, 7)]
    key = 8
    runs.clear()
    with pytest.raises(BusyError, match="again"):
        store.database.write(work, again=False)
    assert len(runs) == 1
    assert store.database.write(lambda at: at.all("SELECT * FROM fence")) == [(7, 7)]


def test_a_session_relies_on_nothing_but_its_own_settings(postgres: Server, database: str, store: EventStore) -> None:
    with postgres.superuser(database) as connection:
        for loose in ("synchronous_commit = off", "default_transaction_isolation = serializable", "lock_timeout = 0"):
            connection.execute(f"ALTER ROLE {WRITER} SET {loose}".encode())
    try:
        wanted = {
            "synchronous_commit": "on",
            "default_transaction_isolation": "read committed",
            "lock_timeout": "10s",
            "statement_timeout": "5min",
            "idle_in_transaction_session_timeout": "10min",
            "idle_session_timeout": "0",
            "tcp_user_timeout": "11000",  # milliseconds: as the socket says
            "search_path": "lotwork",
            "client_encoding": "UTF8",
        }
        found = store.database.write(lambda at: {name: at.all(f"SHOW {name}")[0][0] for name in wanted})
        assert found == wanted
    finally:
        with postgres.superuser(database) as connection:
            connection.execute(f"ALTER ROLE {WRITER} RESET ALL".encode())
