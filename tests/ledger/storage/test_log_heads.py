"""The heads told outside the database: short, private, and never ahead."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import InputRefusedError, IntegrityError, StorageError
from lotwork.ledger.storage import heads as room
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.heads import (
    Outside,
    disagreement,
    furthest,
    heads_file,
    line_of,
    look,
    read_heads,
    write_heads,
)
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.renewing import renew_heads
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.sqlite.database import Sqlite
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch
from tests.ledger.making import CREATED, filled, open_store, receipts


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


@pytest.mark.parametrize(
    "text", ["main", "Zürich 1", "日本", 'a"b', "a\\b", "a\tb", "\x7f", "", "a/b", "<&>", "\u2028"]
)
def test_a_line_is_the_very_json_that_former_releases_wrote(text: str) -> None:
    told = {"book": text, "position": 7, "hash": "a" * 64, "at": text}
    plain = json.dumps(told)
    check = hashlib.sha256(plain.encode()).hexdigest()[:16]
    assert line_of(Head(text, 7, "a" * 64), text).decode() == f'{plain[:-1]}, "check": "{check}"}}\n'


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


# -- damage is told as what it is -------------------------------------------------------------------------------------


def two_books(home: Path) -> None:
    with open_store(home) as store:
        store.append(Batch("main", receipts(1, 3)))
        store.append(Batch("main", receipts(4, 9)), Batch("other", receipts(1, 2)))


@pytest.mark.faults
@pytest.mark.parametrize("flips", [range(8), [-1]], ids=["every bit", "gone"])
def test_every_byte_of_the_heads_that_changes_is_told_and_no_event_is_blamed(tmp_path: Path, flips: list[int]) -> None:
    two_books(tmp_path)
    file = heads_file(tmp_path)
    whole = file.read_bytes()
    assert verify(tmp_path).ok
    for offset in range(len(whole)):
        bit = flips[offset % len(flips)]
        changed = bytes([whole[offset] ^ 1 << bit]) if bit >= 0 else b""
        content = whole[:offset] + changed + whole[offset + 1 :]
        found = furthest(content, file)
        told = found.fault or found.cut_short or found.untold({"main": head(9)})
        assert told, (offset, bit)
        if offset % 150 == 0 or offset == len(whole) - 1:
            file.write_bytes(content)
            verified = verify(tmp_path)
            said = verified.message + " ".join(verified.notes)
            assert "heads.log" in said, (offset, bit)
            assert "rewritten" not in said
            assert verified.ok or "all 11 events follow one another: main at 9" in said


def test_a_line_of_an_earlier_release_is_read_and_never_breaks_a_reader(tmp_path: Path) -> None:
    line = b'{"book": "main", "position": 1, "hash": "%s", "at": "2026-01-01T00:00:00+00:00"}\n' % (b"a" * 64)
    heads_file(tmp_path).write_bytes(line)
    assert read_heads(tmp_path)["main"] == Head("main", 1, "a" * 64)
    for offset in range(len(line)):
        for bit in range(8):
            furthest(line[:offset] + bytes([line[offset] ^ 1 << bit]) + line[offset + 1 :], heads_file(tmp_path))


@pytest.mark.parametrize(
    "line",
    [
        b'{"book":"main","position":99999999999999999999,"hash":"%s"}' % (b"a" * 64),
        b'{"book":"\\ud800","position":1,"hash":"%s"}' % (b"a" * 64),
        b'{"book":"\xff","position":1,"hash":"%s"}' % (b"a" * 64),
        b'{"book":"a\\u202eb","position":1,"hash":"%s"}' % (b"a" * 64),
        b"[" * 100_000,
        b"\x00" * 512,
    ],
)
def test_a_line_that_nobody_wrote_is_told_and_not_stumbled_over(tmp_path: Path, line: bytes) -> None:
    filled(tmp_path, 3)
    with heads_file(tmp_path).open("r+b") as out:
        whole = out.read()
        out.seek(0)
        out.write(line + b"\n" + whole)
    found = verify(tmp_path)
    assert not found.ok
    assert "is not a head" in found.message
    with pytest.raises(IntegrityError, match="is not a head"):
        open_store(tmp_path)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda file: file.unlink(), "is missing"),
        (lambda file: file.write_bytes(b""), "holds nothing"),
        (lambda file: file.write_bytes(b'{"book": "ma'), "does not know it"),
    ],
    ids=["missing", "emptied", "but a cut line"],
)
def test_heads_that_are_gone_are_told_by_whoever_opens_the_ledger(
    tmp_path: Path, damage: Callable[[Path], None], told: str
) -> None:
    two_books(tmp_path)
    with open_store(tmp_path) as store:
        damage(heads_file(tmp_path))
        assert told in verify(tmp_path).message
        if "know" not in told:
            with pytest.raises(IntegrityError, match="empty or gone"):
                store.append(Batch("main", receipts(10, 10)))
    for opened in (open_store, EventLog.open):
        with pytest.raises(IntegrityError, match=f"{told}: whether its end was cut off cannot be seen"):
            opened(tmp_path)


def test_a_book_that_the_heads_do_not_know_is_told(tmp_path: Path) -> None:
    two_books(tmp_path)
    lines = heads_file(tmp_path).read_bytes().splitlines(keepends=True)
    heads_file(tmp_path).write_bytes(b"".join(line for line in lines if b"other" not in line))
    assert "book other ends at position 2" in verify(tmp_path).message


def test_heads_are_begun_before_the_first_commit_and_told_after_it(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        assert not heads_file(tmp_path).exists()
        with pytest.raises(InputRefusedError):
            store.append(Batch("\n", receipts(1, 1)))
        assert not heads_file(tmp_path).exists()
        store.append(Batch("main", receipts(1, 1)))
    told = [line.split(b'"position": ')[1][:1] for line in heads_file(tmp_path).read_bytes().splitlines()]
    assert told == [b"0", b"1"]


def test_heads_are_written_anew_once_a_person_says_so(tmp_path: Path) -> None:
    two_books(tmp_path)
    file = heads_file(tmp_path)
    damaged = file.read_bytes().replace(b'"position": 9', b'"position": 8')
    file.write_bytes(damaged)
    assert not verify(tmp_path).ok
    assert renew_heads(tmp_path, SetClock(CREATED), Sqlite(tmp_path)).ok
    assert verify(tmp_path).ok
    assert read_heads(tmp_path)["main"].position == 9
    (former,) = tmp_path.glob("heads.log.until-*")
    assert former.read_bytes() == damaged
    before = file.read_bytes()
    assert renew_heads(tmp_path, SetClock(CREATED), Sqlite(tmp_path)).events == 11
    assert file.read_bytes() == before, "what is sound is left alone"


def test_heads_that_tell_of_events_the_ledger_has_lost_are_not_written_over(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    old = ledger_file(tmp_path).read_bytes()
    with open_store(tmp_path) as store:
        store.append(Batch("main", receipts(4, 9)))
    ledger_file(tmp_path).write_bytes(old)
    with pytest.raises(IntegrityError, match="6 events are missing"):
        renew_heads(tmp_path, SetClock(CREATED), Sqlite(tmp_path))


def test_a_reader_beside_whoever_begins_a_book_is_told_no_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, 3)
    began: list[int] = []

    def look_while_another_begins(file: Path) -> Outside:
        seen = look(file)
        if not began:
            began.append(1)
            with open_store(tmp_path) as store:
                store.append(Batch("late", receipts(1, 2)))
        return seen

    for module in ("log", "verify"):
        monkeypatch.setattr(f"lotwork.ledger.storage.{module}.look", look_while_another_begins)
    EventLog.open(tmp_path)
    began.clear()
    with open_store(tmp_path) as store:
        store.append(Batch("later", receipts(1, 2)))
    assert verify(tmp_path).ok


# -- a file that its writer leaves open -------------------------------------------------------------------------------


def test_whoever_appends_again_reads_the_file_once_and_another_writer_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    closing = room._close_cut_line

    def close(out: FileIO, size: int) -> None:
        looked.append(size)
        closing(out, size)

    monkeypatch.setattr(room, "_close_cut_line", close)
    with open_store(tmp_path) as store:
        store.append(Batch("main", receipts(1, 1)))
        begun = len(looked)
        for number in range(2, 6):
            store.append(Batch("main", receipts(number, number)))
        assert len(looked) == begun
        write_heads(tmp_path, [head(1, "other")], CREATED)
        begun = len(looked)
        store.append(Batch("main", receipts(6, 6)))
        assert len(looked) == begun + 1, "what another wrote is looked at"
    told = read_heads(tmp_path)
    assert (told["main"].position, told["other"].position) == (6, 1)


@pytest.mark.parametrize("cut", [b'{"book"', b"\n"])
def test_what_was_cut_short_behind_the_last_line_is_closed_by_whoever_left_the_file_open(
    tmp_path: Path, cut: bytes
) -> None:
    with open_store(tmp_path) as store:
        store.append(Batch("main", receipts(1, 1)))
        with heads_file(tmp_path).open("ab") as out:
            out.write(cut)
        store.append(Batch("main", receipts(2, 2)))
    assert read_heads(tmp_path)["main"].position == 2


def test_a_file_put_in_the_place_of_the_one_left_open_is_the_one_written(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.append(Batch("main", receipts(1, 2)))
        room.replace_lines(heads_file(tmp_path), heads_file(tmp_path).read_bytes())
        store.append(Batch("main", receipts(3, 3)))
    assert read_heads(tmp_path)["main"].position == 3
