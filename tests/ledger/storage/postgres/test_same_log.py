"""The same events at the same instants are the same log, byte by byte, whichever database keeps it."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.storage.rows import Row
from lotwork.ledger.storage.sqlite.database import Sqlite
from lotwork.ledger.store import Batch, CursorMove, Message
from tests.ledger.making import one_of_each_kind, open_store, receipt
from tests.postgres_server import Server

ORDERED = f"SELECT {', '.join(Row._fields)} FROM events ORDER BY book, position"  # noqa: S608 - names
NAMES = ("main", "Main", "zoë", "zz", "Ünter", "é", "a b", "a-b", "_x", "10", "9")
"""Which a server in another language would put in another order than their bytes have."""


def rows(home: Path, database: Database) -> list[list[tuple[object, ...]]]:
    with open_store(home, database=database) as store:
        store.append(
            Batch("main", one_of_each_kind(), cursor=CursorMove("ocean", None, "é"), outbox=(Message("m", "s", "→"),)),
            *(Batch(name, [receipt(1, txid="AB"), receipt(2, minutes=-5, txid="0xab")]) for name in NAMES[1:]),
        )
        assert store.books() == tuple(sorted(NAMES))
        assert store.shared_txids("zz") == {"ab"}
        looked = ("books", "cursors", "outbox", "fence")
        with store.database.reading() as reading:
            assert reading is not None
            return [reading.all(ORDERED), *(reading.all(f"SELECT * FROM {name} ORDER BY 1, 2") for name in looked)]  # noqa: S608 - names


def test_both_stores_hold_the_same_bytes_in_the_same_order(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uuid, "uuid4", lambda: "0f6b1c1e-3d0f-4a53-9c11-5b7f3a2d9e10")
    with postgres.database() as name:
        on_a_server = rows(tmp_path / "two", Postgres(postgres.url(name)))
    (tmp_path / "one").mkdir()
    assert on_a_server == rows(tmp_path / "one", Sqlite(tmp_path / "one"))
