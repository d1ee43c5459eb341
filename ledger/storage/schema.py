"""The tables of the ledger, declared once for every database that keeps one.

This is the one module that knows sqlmodel. It is loaded where a ledger is made on a server and nowhere else: whoever
reads or appends speaks to the database itself, in plain tuples. `statements` writes the declaration down as SQL: STRICT
tables for SQLite, and for PostgreSQL 64-bit integers and texts that are ordered by their bytes, as SQLite orders them.
What makes a ledger in a file stands written down in `ledger.storage.sqlite.tables`, and is held to this by a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Field, SQLModel

from lotwork.ledger.storage.rows import LATE, RARE

DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
WHOLE = Integer().with_variant(BigInteger(), "postgresql")
WORDS = Text().with_variant(Text(collation="C"), "postgresql")
SMALL: Any = {"sqlite_strict": True, "sqlite_with_rowid": False}


def where(name: str, *columns: str, only: str) -> Index:
    """Return an index over the rows that agree with *only*."""
    return Index(name, *columns, sqlite_where=text(only), postgresql_where=text(only))


class EventRow(SQLModel, table=True):
    """One event of one book; `ledger.storage.rows.Row` names the columns in the same order."""

    __tablename__ = "events"
    __table_args__: ClassVar[Any] = (
        Index("events_id", "book", "id", unique=True),
        where("events_late", "book", "at_us", "position", only=LATE),
        where("events_rare", "book", "kind", "position", only=RARE),
        where("events_source", "book", "source", "position", only="source IS NOT NULL"),
        where("events_txid", "book", "txid", only="txid IS NOT NULL"),
        SMALL,
    )

    book: str = Field(sa_column=Column(WORDS, primary_key=True))
    position: int = Field(sa_column=Column(WHOLE, primary_key=True, autoincrement=False))
    id: str = Field(sa_column=Column(WORDS, nullable=False))
    kind: str = Field(sa_column=Column(WORDS, nullable=False))
    schema_version: int = Field(sa_column=Column(WHOLE, nullable=False))
    at_us: int = Field(sa_column=Column(WHOLE, nullable=False))
    latest_us: int = Field(sa_column=Column(WHOLE, nullable=False))
    source: str | None = Field(sa_column=Column(WORDS))
    txid: str | None = Field(sa_column=Column(WORDS))
    recorded_us: int = Field(sa_column=Column(WHOLE, nullable=False))
    payload: str = Field(sa_column=Column(WORDS, nullable=False))
    prev_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class BookRow(SQLModel, table=True):
    """Where a book began: its first event's previous hash binds every column here."""

    __tablename__ = "books"
    __table_args__: ClassVar[Any] = SMALL

    book: str = Field(sa_column=Column(WORDS, primary_key=True))
    ledger: str = Field(sa_column=Column(WORDS, nullable=False))
    format_version: int = Field(sa_column=Column(WHOLE, nullable=False))
    created_us: int = Field(sa_column=Column(WHOLE, nullable=False))
    genesis: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class CursorRow(SQLModel, table=True):
    """How far a source has been read into a book."""

    __tablename__ = "cursors"
    __table_args__: ClassVar[Any] = SMALL

    book: str = Field(sa_column=Column(WORDS, primary_key=True))
    source: str = Field(sa_column=Column(WORDS, primary_key=True))
    cursor: str = Field(sa_column=Column(WORDS, nullable=False))
    moved_us: int = Field(sa_column=Column(WHOLE, nullable=False))


class OutboxRow(SQLModel, table=True):
    """An alert on its way: pending until a channel took it."""

    __tablename__ = "outbox"
    __table_args__: ClassVar[Any] = (
        where("outbox_pending", "queued_us", only="sent_us IS NULL"),
        {"sqlite_strict": True},
    )

    id: str = Field(sa_column=Column(WORDS, primary_key=True))
    book: str = Field(sa_column=Column(WORDS, nullable=False))
    subject: str = Field(sa_column=Column(WORDS, nullable=False))
    body: str = Field(sa_column=Column(WORDS, nullable=False))
    queued_us: int = Field(sa_column=Column(WHOLE, nullable=False))
    attempts: int = Field(sa_column=Column(WHOLE, nullable=False, server_default=text("0")))
    sent_us: int | None = Field(sa_column=Column(WHOLE))
    trouble: str | None = Field(sa_column=Column(WORDS))


class FenceRow(SQLModel, table=True):
    """Row 1: the newest claim to be the daemon, an older one's writer is refused. Row 2: the ledger was moved away."""

    __tablename__ = "fence"
    __table_args__: ClassVar[Any] = {"sqlite_strict": True}

    id: int = Field(sa_column=Column(WHOLE, primary_key=True, autoincrement=False))
    epoch: int = Field(sa_column=Column(WHOLE, nullable=False))


class HeadRow(SQLModel, table=True):
    """Where each book ends, kept by PostgreSQL's own trigger: the row that whoever appends holds meanwhile."""

    __tablename__ = "heads"
    __table_args__: ClassVar[Any] = {"info": {"only": "postgresql"}}

    book: str = Field(sa_column=Column(WORDS, primary_key=True))
    position: int = Field(sa_column=Column(WHOLE, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


def statements(dialect: Literal["sqlite", "postgresql"]) -> Iterator[str]:
    """Yield the SQL that makes every table and index in one database's own words."""
    words = DIALECTS[dialect]()
    for table in SQLModel.metadata.sorted_tables:
        if table.info.get("only", dialect) == dialect:
            yield str(CreateTable(table).compile(dialect=words))
            for index in sorted(table.indexes, key=lambda each: str(each.name)):
                yield str(CreateIndex(index).compile(dialect=words))
