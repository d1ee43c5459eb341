"""The SQL that makes a ledger in a file is what the declaration of its tables comes to."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from lotwork.ledger.storage.rows import RARE, RARE_AS_A_LIST
from lotwork.ledger.storage.schema import statements
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.sqlite.tables import TABLES
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch
from tests.ledger.making import one_of_each_kind, open_store, receipts
from tests.ledger.storage.test_log import printed_by


def plain(sql: str) -> str:
    """Return *sql* without what stands for nothing: blanks, and how many there are."""
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(sql.split()))


def made(*sqls: str) -> list[tuple[object, ...]]:
    """Return each column and index of the tables that *sqls* make, as SQLite understands them."""
    with closing(sqlite3.connect(":memory:")) as database:
        for sql in sqls:
            database.execute(sql)
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        asked = ("table_xinfo", "index_list", "table_list")
        return [
            (name, *row) for name in names for pragma in asked for row in database.execute(f"PRAGMA {pragma}({name})")
        ]


def test_the_tables_of_a_file_are_those_that_are_declared() -> None:
    declared = list(statements("sqlite"))
    assert [plain(sql) for sql in TABLES] == [plain(sql) for sql in declared]
    assert made(*TABLES) == made(*declared)
    assert len(made(*TABLES)) > 30


def test_a_ledger_is_made_without_what_the_declaration_needs(tmp_path: Path) -> None:
    seen = (
        "import sys; from lotwork.cli import lotwork;"
        f"lotwork.main(['--home', {str(tmp_path / 'new')!r}, 'init'], standalone_mode=False);"
        "print([m for m in ('sqlmodel', 'sqlalchemy') if m in sys.modules])"
    )
    assert printed_by(seen).splitlines()[-1] == "[]"


def test_rare_kinds_are_found_in_a_ledger_whose_index_says_what_they_are_in_a_list(tmp_path: Path) -> None:
    """So 0.1.0 made them. It is the same index, but for its words."""
    with open_store(tmp_path) as store:
        store.append(Batch("main", [*one_of_each_kind(), *receipts(2, 30)]))
        before = [*store.read("main", kinds=("asset", "profile"))]
    (made,) = (sql for sql in TABLES if "INDEX events_rare" in sql)
    with closing(sqlite3.connect(ledger_file(tmp_path))) as owner:
        owner.execute("DROP INDEX events_rare")
        owner.execute(made.replace(RARE, RARE_AS_A_LIST))
    with open_store(tmp_path) as store:
        assert [*store.read("main", kinds=("asset", "profile"))] == before
        assert len(before) > 1
        store.append(Batch("main", receipts(31, 90)))
        assert store.assets("main").get("RVN") is not None
    assert verify(tmp_path).ok
