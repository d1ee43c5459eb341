"""However an account is exported, its events are the same: in parts, in another order, longer each month, again."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import msgspec
import pytest

from lotwork.ledger.codec import encode
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import AssetDeclared
from lotwork.ledger.intake import Intake
from tests.ingest.memory_log import MemoryLog
from tests.ingest.profiles.exports import TABLES, expected, read, table, written

BY_ORDER = {"green-button-net.csv"}
"""Here the clock tells an hour twice, and only the order of the rows says which is which."""
JOINED_BY = {"nicehash.csv": 0, "coinledger.csv": 2, "kraken-ledgers.csv": 1}
"""The column whose rows are one deal: no export is cut within one."""
Row = list[str]


class Book:
    """A log that exports are let into."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.above, (self.header, *self.rows) = table(name)
        self.path = folder / name
        self.log = MemoryLog()
        self.log.append([AssetDeclared(id="bnb", at=datetime(2020, 1, 1, tzinfo=UTC), asset="BNB", decimals=8)])

    def groups(self) -> list[list[Row]]:
        """Return the rows, those of one deal together."""
        found: dict[str, list[Row]] = {}
        for at, row in enumerate(self.rows):
            found.setdefault(row[JOINED_BY[self.name]] if self.name in JOINED_BY else str(at), []).append(row)
        return list(found.values())

    def take(self, rows: list[Row]) -> int:
        """Let an export of *rows* in, and return how many events are new; a refused one is not."""
        self.path.write_text(written(self.above, [self.header, *rows]), encoding="utf-8")
        door = Intake(self.log)
        try:
            door.take(read(self.path, self.name).lines, self.path.parent)
            door.check()
        except InputRefusedError:
            return 0
        assert not door.revisions
        new = [event for event in door.events["main"] if event.id not in self.log.known]
        self.log.append(new)
        return len(new)

    def told(self) -> Counter[bytes]:
        """Return what the log holds, whatever the order, but for who may be told again."""
        return Counter(encode(msgspec.structs.replace(event, may_repeat=None)) for event in self.log.events)


@pytest.fixture(params=TABLES)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Book:
    return Book(request.param, tmp_path)


def whole(book: Book) -> Counter[bytes]:
    """Return what the export tells that is let in at once."""
    other = Book(book.name, book.path.parent)
    assert other.take(other.rows) == len(expected(book.name).events)
    return other.told()


def test_the_same_export_again_tells_nothing_new(book: Book) -> None:
    book.take(book.rows)
    before = book.told()
    for rows in (book.rows, book.rows[::-1]):
        if book.name not in BY_ORDER:
            assert book.take(rows) == 0
    assert book.told() == before


def test_the_order_of_rows_changes_no_event(book: Book) -> None:
    if book.name in BY_ORDER:
        return
    stated = whole(book)
    book.take(sorted(book.rows, key=lambda row: hashlib.sha256(repr(row).encode()).digest()))
    assert book.told() == stated


@pytest.mark.parametrize("parts", [2, 3])
def test_parts_that_overlap_and_then_the_whole_are_the_whole(book: Book, parts: int) -> None:
    if book.name in BY_ORDER:
        return
    stated = whole(book)
    groups = book.groups()
    size = max(1, len(groups) // parts)
    for start in range(0, len(groups), size):
        book.take([*chain(*groups[start : start + size + 1])])
    book.take(book.rows)
    assert book.told() == stated


def test_a_longer_export_each_time_adds_only_what_is_new(book: Book) -> None:
    stated = whole(book)
    groups = book.groups()
    for end in range(1, len(groups) + 1):
        book.take([*chain(*groups[:end])])
    assert book.told() == stated
