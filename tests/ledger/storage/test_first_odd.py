"""Verification's short way along the rows stops wherever the long way finds a fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lotwork.ledger.storage.rows import Tail
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.verify import first_odd, row_fault
from lotwork.ledger.store import Batch
from tests.ledger.making import filled, one_of_each_kind, open_store, receipts
from tests.ledger.storage.test_log_verify import flips, stored_rows


def test_the_short_way_along_the_rows_finds_odd_whatever_the_long_way_does(tmp_path: Path) -> None:
    """Every byte, every type: what `row_fault` finds a fault in, `first_odd` stops at, and moves no further."""
    with open_store(tmp_path) as store:
        store.append(Batch("main", [*one_of_each_kind(), *receipts(2, 3)]))
    rows = stored_rows(ledger_file(tmp_path))
    tail, stopped = Tail("main", hash=rows[0].prev_hash), 0
    for row in rows:
        for column, flipped in flips(row):
            changed = row._replace(**{column: flipped})  # type: ignore[arg-type] # any column, by its name
            before = replace(tail)
            odd = first_odd(iter([changed, row]), before, 0)
            assert before == tail or odd is row, f"{column} of position {row.position}: {flipped!r}"
            if row_fault(changed, tail) or changed.book != tail.book:
                assert odd is changed, f"{column} of position {row.position}: {flipped!r}"
                stopped += 1
        assert first_odd(iter([row]), replace(tail), row.position) is row
        assert first_odd(iter([row]), tail, 0) is None
        assert (tail.position, tail.hash, tail.latest_us) == (row.position, row.hash, row.latest_us)
    assert stopped > 10_000


def test_a_row_that_comes_late_or_was_recorded_before_is_looked_at_closely(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    first, second, *_ = stored_rows(ledger_file(tmp_path))
    begun = Tail("main", 1, first.hash, second.latest_us + 1, first.recorded_us)
    late = second._replace(latest_us=second.latest_us + 1)
    assert first_odd(iter([late]), replace(begun), 0) is None
    assert first_odd(iter([second]), replace(begun), 0) is second
    early = Tail("main", 1, first.hash, first.latest_us, second.recorded_us + 1)
    assert first_odd(iter([second]), early, 0) is second
    assert early.position == 1
