"""The SQL that makes a ledger in a file is what the declaration of its tables comes to."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from lotwork.ledger.storage.schema import statements
from lotwork.ledger.storage.sqlite.tables import TABLES
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
