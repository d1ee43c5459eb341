"""Verification's short way calls no block of rows well in which the long way finds a fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as replaced

from lotwork.ledger.storage.chain import NOTHING, SHORT
from lotwork.ledger.storage.plain_rows import follow_plainly
from lotwork.ledger.storage.rows import Row, Tail
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.verify import row_fault
from lotwork.ledger.store import Batch
from tests.ledger.making import filled, one_of_each_kind, open_store, receipt, receipts
from tests.ledger.storage.test_log_verify import flips, stored_rows

ODD_VALUES = (
    None,
    True,
    0,
    1,
    2.0,
    -1,
    1 << 62,
    "",
    "é",
    "main",
    "receipt",
    "ocean",
    b"",
    b"main",
    NOTHING,
    "{}",
    "\ud800",
)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """Return the rows of a book with one event of every kind, late ones among them, and a long text."""
    home = tmp_path_factory.mktemp("home")
    with open_store(home) as store:
        store.append(Batch("main", [*one_of_each_kind(), *receipts(2, 9)]))
        store.append(Batch("main", [replaced(receipt(10), wallet="é" * SHORT), *receipts(11, 30)]))
    return stored_rows(ledger_file(home))


def start(rows: Sequence[Row]) -> Tail:
    return Tail("main", hash=rows[0].prev_hash)


def at(row: Row) -> Tail:
    return Tail(row.book, row.position, row.hash, row.latest_us, row.recorded_us)


def the_long_way(rows: Sequence[Row], tail: Tail) -> Tail | None:
    """Return where *rows* end after *tail*; None where one is of another book, or not as it was written."""
    for row in rows:
        if row.book != tail.book or row_fault(row, tail):
            return None
        tail = at(row)
    return tail


def test_what_follows_is_called_well_whatever_its_kinds_and_however_it_is_cut(rows: list[Row]) -> None:
    for size in (1, 2, 7, len(rows)):
        tail = start(rows)
        for first in range(0, len(rows), size):
            assert follow_plainly(rows[first : first + size], tail)
        assert tail == at(rows[-1])


def test_whatever_byte_or_type_is_another_the_block_is_not_called_well(rows: list[Row]) -> None:
    """At the beginning of a block and within it: the tail stays where it was, too."""
    tried = 0
    for place, row in enumerate(rows):
        for first in {max(place - 1, 0), place}:
            tail = at(rows[first - 1]) if first else start(rows)
            for column, flipped in flips(row):
                changed = row._replace(**{column: flipped})  # type: ignore[arg-type] # any column, by its name
                after = replace(tail)
                assert not follow_plainly([*rows[first:place], changed, *rows[place + 1 : place + 2]], after), column
                assert after == tail
                tried += 1
    assert tried > 10_000


@st.composite
def damages(draw: st.DrawFn, rows: Sequence[Row]) -> list[Row]:
    """Draw a block that begins where the book does: columns changed, rows doubled, gone, swapped, hashed anew."""
    block = [*rows[: draw(st.integers(1, len(rows)))]]
    for _ in range(draw(st.integers(1, 3))):
        place, other = draw(st.integers(0, len(block) - 1)), draw(st.integers(0, len(block) - 1))
        match draw(st.sampled_from(["change", "change", "borrow", "nudge", "double", "drop", "swap"])):
            case "change":
                block[place] = _changed(
                    block[place], draw(st.sampled_from(Row._fields)), draw(st.sampled_from(ODD_VALUES))
                )
            case "borrow":
                column = draw(st.sampled_from(Row._fields))
                block[place] = _changed(block[place], column, getattr(block[other], column))
            case "nudge":
                column = draw(st.sampled_from(["position", "schema_version", "at_us", "latest_us", "recorded_us"]))
                value = getattr(block[place], column)
                block[place] = _changed(block[place], column, value + draw(st.sampled_from([-1, 1])) if value else 0)
            case "double":
                block.insert(other, block[place])
            case "drop" if len(block) > 1:
                del block[place]
            case _:
                block[place], block[other] = block[other], block[place]
    return _hashed_anew(block) if draw(st.booleans()) else block


def _changed(row: Row, column: str, value: Any) -> Row:
    return row._replace(**{column: value})


def _hashed_anew(rows: Sequence[Row]) -> list[Row]:
    """Return *rows* as a chain: what is wrong with them is then in their columns alone, where they can be hashed."""
    chained: list[Row] = []
    for row in rows:
        following = row._replace(prev_hash=chained[-1].hash) if chained else row
        try:
            chained.append(following._replace(hash=following.rehashed()))
        except (TypeError, UnicodeError):
            chained.append(following)
    return chained


@settings(max_examples=1500)
@given(st.data())
def test_both_ways_agree_on_any_damage(rows: list[Row], data: st.DataObject) -> None:
    """Where the short way calls a block well, so does the long way, and both come to the same end."""
    block = data.draw(damages(rows))
    tail = start(rows)
    after, end = replace(tail), the_long_way(block, tail)
    if follow_plainly(block, after):
        assert after == end
    else:
        assert after == tail


@settings(max_examples=300)
@given(st.data())
def test_the_short_way_leaves_little_to_the_long_one(rows: list[Row], data: st.DataObject) -> None:
    """Rows told later, or recorded later, than these were follow as plainly: no order of instants is taken for odd."""
    told = data.draw(st.permutations(rows))
    block: list[Row] = []
    tail = start(rows)
    for position, row in enumerate(told, start=1):
        placed = row._replace(
            position=position,
            latest_us=max(row.at_us, tail.latest_us),
            recorded_us=rows[0].recorded_us + position // 3,
            prev_hash=tail.hash,
        )
        block.append(placed._replace(hash=placed.rehashed()))
        tail = at(block[-1])
    after = start(rows)
    assert the_long_way(block, start(rows)) == tail
    assert follow_plainly(block, after)
    assert after == tail


def test_a_row_that_comes_late_or_was_recorded_before_is_looked_at_closely(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    first, second, *_ = stored_rows(ledger_file(tmp_path))
    begun = Tail("main", 1, first.hash, second.latest_us + 1, first.recorded_us)
    late = second._replace(latest_us=second.latest_us + 1)
    assert follow_plainly([late], replace(begun))
    assert not follow_plainly([second], replace(begun))
    early = Tail("main", 1, first.hash, first.latest_us, second.recorded_us + 1)
    assert not follow_plainly([second], early)
    assert early.position == 1
