"""The heads told outside the database: short, private, and never ahead."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.storage import heads as room
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.heads import disagreement, heads_file, read_heads, write_heads
from tests.ledger.making import CREATED


def head(position: int, book: str = "main") -> Head:
    return Head(book, position, f"{position:064x}")


def test_a_home_without_heads_has_told_none(tmp_path: Path) -> None:
    assert read_heads(tmp_path) == {}
    write_heads(tmp_path, [], CREATED)
    assert not heads_file(tmp_path).exists()


def test_the_furthest_head_of_each_book_counts_whatever_the_order_of_the_lines(tmp_path: Path) -> None:
    for told in (head(2), head(5, "other"), head(7), head(3)):
        write_heads(tmp_path, [told], CREATED)
    assert read_heads(tmp_path) == {"main": head(7), "other": head(5, "other")}


@pytest.mark.parametrize("cut", [b'{"book"', b"x" * 9000])
def test_a_line_cut_short_by_a_crash_tells_nothing_and_is_closed_by_the_next(tmp_path: Path, cut: bytes) -> None:
    write_heads(tmp_path, [head(1)], CREATED)
    with heads_file(tmp_path).open("ab") as out:
        out.write(cut)
    assert read_heads(tmp_path) == {"main": head(1)}
    write_heads(tmp_path, [head(2)], CREATED)
    assert read_heads(tmp_path) == {"main": head(2)}
    assert len(heads_file(tmp_path).read_bytes().splitlines()) == 2


def test_a_file_of_nothing_but_a_cut_line_begins_anew(tmp_path: Path) -> None:
    heads_file(tmp_path).write_bytes(b"{" * 10_000)
    write_heads(tmp_path, [head(1)], CREATED)
    assert read_heads(tmp_path) == {"main": head(1)}


def test_a_long_file_is_folded_into_the_furthest_heads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "COMPACT_ABOVE_BYTES", 2000)
    write_heads(tmp_path, [head(4, "quiet")], CREATED)
    for position in range(1, 60):
        write_heads(tmp_path, [head(position)], CREATED)
    assert read_heads(tmp_path) == {"main": head(59), "quiet": head(4, "quiet")}
    assert heads_file(tmp_path).stat().st_size < 2300
    assert heads_file(tmp_path).stat().st_mode & 0o777 == 0o600


def test_blank_lines_tell_nothing(tmp_path: Path) -> None:
    write_heads(tmp_path, [head(1)], CREATED)
    with heads_file(tmp_path).open("ab") as out:
        out.write(b"\n \n")
    assert read_heads(tmp_path) == {"main": head(1)}


def test_a_file_that_cannot_be_read_or_written_is_a_storage_error(tmp_path: Path) -> None:
    heads_file(tmp_path).mkdir()
    with pytest.raises(StorageError, match="cannot be read"):
        read_heads(tmp_path)
    with pytest.raises(StorageError, match="the events are recorded"):
        write_heads(tmp_path, [head(1)], CREATED)


def test_two_hashes_for_one_position_are_a_rewrite(tmp_path: Path) -> None:
    write_heads(tmp_path, [head(1)], CREATED)
    write_heads(tmp_path, [Head("main", 1, "f" * 64)], CREATED)
    with pytest.raises(IntegrityError, match="two hashes for position 1"):
        read_heads(tmp_path)


def test_a_log_ahead_of_its_heads_agrees_and_one_behind_does_not() -> None:
    assert disagreement(head(3), head(9), head(3).hash) is None
    assert "2 events are missing" in str(disagreement(head(3), head(1), None))
    assert "rewritten" in str(disagreement(head(3), head(9), "a" * 64))
