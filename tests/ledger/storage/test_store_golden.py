"""Logs as earlier programs wrote them, kept for ever: they still read, and their hashes still come out.

No `golden/log-vN.jsonl` is ever made again. When the vocabulary grows, a new file joins them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from lotwork.ledger.clock import SetClock
from lotwork.ledger.codec import KINDS, SCHEMA_VERSION, decode, encode
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.storage.chain import genesis
from lotwork.ledger.storage.rows import Row, event_hash
from lotwork.ledger.storage.sqlite.connection import ledger_file
from tests.ledger.making import CREATED, one_of_each_kind, open_store

GOLDEN = sorted((Path(__file__).parent / "golden").glob("log-v*.jsonl"))


class Begun(msgspec.Struct, forbid_unknown_fields=True):
    """The first line of a golden log: where its book began."""

    book: str
    ledger: str
    format_version: int
    created_us: int
    genesis: str


class Line(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One event of a golden log, hashes in hex."""

    position: int
    id: str
    kind: str
    schema_version: int
    at_us: int
    recorded_us: int
    payload: str
    hash: str
    source: str | None = None
    txid: str | None = None


def lines_of(file: Path) -> tuple[Begun, list[Line]]:
    first, *rest = file.read_bytes().splitlines()
    return msgspec.json.decode(first, type=Begun), [msgspec.json.decode(line, type=Line) for line in rest]


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_every_golden_log_still_reads_and_its_chain_still_holds(file: Path) -> None:
    begun, lines = lines_of(file)
    previous = genesis(begun.book, begun.ledger, begun.format_version, begun.created_us)
    assert previous.hex() == begun.genesis
    for line in lines:
        told = (begun.book, line.position, line.id, line.kind, line.schema_version, line.at_us)
        previous = event_hash((*told, line.source, line.txid, line.recorded_us, line.payload, previous))
        assert previous.hex() == line.hash
        event = decode(line.kind, line.schema_version, line.payload)
        assert event.id == line.id
        if line.schema_version == SCHEMA_VERSION:
            assert encode(event).decode() == line.payload


def test_the_first_golden_log_holds_every_kind_there_was_then() -> None:
    _, lines = lines_of(GOLDEN[0])
    assert len({line.kind for line in lines}) == 24
    assert {line.kind for line in lines} <= KINDS.keys()
    assert {line.schema_version for line in lines} == {1}


def test_todays_store_writes_the_golden_log_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, lines = lines_of(GOLDEN[-1])
    monkeypatch.setattr("lotwork.ledger.storage.appending.uuid.uuid4", lambda: begun.ledger)
    with open_store(tmp_path, SetClock(CREATED)) as store:
        store.append(Batch(begun.book, one_of_each_kind()))
    with closing(sqlite3.connect(ledger_file(tmp_path))) as connection:
        columns = ", ".join(Row._fields)
        rows = [Row._make(row) for row in connection.execute(f"SELECT {columns} FROM events ORDER BY position")]  # noqa: S608 - names
    assert [(row.id, row.payload, row.hash.hex()) for row in rows] == [
        (line.id, line.payload, line.hash) for line in lines
    ]


def test_every_kind_of_today_is_in_the_newest_golden_log() -> None:
    assert {line.kind for line in lines_of(GOLDEN[-1])[1]} == KINDS.keys()
