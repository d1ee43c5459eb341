"""A folder as a source: each file once, the bad one named and holding up no other."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lotwork.ingest.folder.reading import FolderSource
from lotwork.ingest.sheets.column_map import load_map
from lotwork.ingest.watch import watch_once
from lotwork.ledger import boundary
from lotwork.ledger.boundary import descriptor_below
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import ConfigError, InputRefusedError
from lotwork.ledger.events import Receipt
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RECEIPT = {
    "kind": "receipt",
    "at": "2026-02-01T12:00:00Z",
    "wallet": "cold",
    "asset": "BTC",
    "quantity": "1",
    "income": "pool_payout",
    "price_usd": "100000",
}
MAP = """
kind = "receipt"
columns = { at = "time", quantity = "amount" }
constants = { wallet = "cold", asset = "BTC", income = "pool_payout" }
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    with EventStore.open(tmp_path, clock=SetClock(NOW)) as opened:
        yield opened


@pytest.fixture
def source(store: EventStore) -> FolderSource:
    inbox = store.home / "inbox"
    inbox.mkdir()
    return FolderSource(
        name="receipts",
        book="main",
        folder=inbox,
        column_map=None,
        log=store,
        clock=SetClock(NOW),
        evidence=Evidence(store.home),
    )


def put(source: FolderSource, name: str, *events: Mapping[str, object], age: float = 3600) -> Path:
    path = source.folder / name
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    os.utime(path, (NOW.timestamp() - age,) * 2)
    return path


def test_each_file_is_let_in_once(source: FolderSource, store: EventStore) -> None:
    put(source, "a.jsonl", {**RECEIPT, "id": "1"})
    put(source, "b.jsonl", {**RECEIPT, "id": "2"}, {**RECEIPT, "id": "3"})
    assert [watch_once(source, store), watch_once(source, store)] == [3, 0]


def test_a_file_that_was_renamed_is_known_and_one_that_grew_adds_what_is_new(
    source: FolderSource, store: EventStore
) -> None:
    path = put(source, "a.jsonl", {**RECEIPT, "id": "1"})
    watch_once(source, store)
    path.rename(source.folder / "z.jsonl")
    assert watch_once(source, store) == 0
    put(source, "z.jsonl", {**RECEIPT, "id": "1"}, {**RECEIPT, "id": "2"})
    assert watch_once(source, store) == 1


def test_a_file_that_is_still_being_written_waits(source: FolderSource, store: EventStore) -> None:
    put(source, "a.jsonl", RECEIPT, age=1)
    told: list[str] = []
    assert watch_once(source, store, tell=told.append) == 0
    assert told == ["a.jsonl: written to within the last 2 seconds, and not read yet: ask again"]
    put(source, "a.jsonl", RECEIPT, age=2)
    assert watch_once(source, store, tell=told.append) == 1
    assert len(told) == 1


def test_what_waits_is_told_beside_what_is_let_in(source: FolderSource, store: EventStore) -> None:
    put(source, "a.jsonl", {**RECEIPT, "id": "1"})
    for name in "cdefg":
        put(source, f"{name}.jsonl", {**RECEIPT, "id": name}, age=0)
    put(source, "b.jsonl", {**RECEIPT, "id": "2"})
    told: list[str] = []
    assert watch_once(source, store, tell=told.append) == 2
    assert told == ["c.jsonl, d.jsonl, e.jsonl, …: written to within the last 2 seconds, and not read yet: ask again"]


def test_other_files_are_left_alone(source: FolderSource, store: EventStore) -> None:
    put(source, "notes.txt", RECEIPT)
    (source.folder / "old.jsonl").mkdir()
    assert watch_once(source, store) == 0


def test_a_bad_file_is_named_once_the_good_ones_are_in(source: FolderSource, store: EventStore) -> None:
    bad = put(source, "a.jsonl", {**RECEIPT, "quantity": "-1"})
    put(source, "b.jsonl", RECEIPT)
    told: list[str] = []
    assert watch_once(source, store, tell=told.append) == 2, "one event, and the other file in suspense"
    assert "a.jsonl:1: quantity" in "".join(told)
    for _ in range(2):
        with pytest.raises(InputRefusedError, match=r"a.jsonl:1: quantity"):
            watch_once(source, store)
    put(source, "a.jsonl", {**RECEIPT, "id": "mended"})
    assert watch_once(source, store) == 2, "the file, and what takes it out of suspense"
    bad.unlink()
    assert watch_once(source, store) == 0


def test_a_file_that_clashes_with_the_log_is_refused_by_it_and_moves_no_cursor(
    source: FolderSource, store: EventStore
) -> None:
    put(source, "a.jsonl", {**RECEIPT, "id": "1"})
    watch_once(source, store)
    before = store.cursor("main", "receipts")
    put(source, "b.jsonl", {**RECEIPT, "id": "1", "quantity": "2"})
    with pytest.raises(InputRefusedError):
        watch_once(source, store)
    assert store.cursor("main", "receipts") == before


def test_a_file_that_clashes_with_the_log_holds_up_no_other(source: FolderSource, store: EventStore) -> None:
    put(source, "a.jsonl", {**RECEIPT, "id": "1"})
    watch_once(source, store)
    put(source, "b.jsonl", {**RECEIPT, "id": "1", "quantity": "2"})
    put(source, "c.jsonl", {**RECEIPT, "id": "3"})
    assert watch_once(source, store) == 2
    with pytest.raises(InputRefusedError, match=r"b.jsonl:1: id: .1. is recorded with other content"):
        watch_once(source, store)


VOID = {"kind": "void", "at": "2026-02-02T12:00:00Z", "target": "1", "reason": "told twice"}


@pytest.mark.parametrize("lacks", ["target", "evidence", "asset", "permission"])
def test_a_file_that_lacked_something_is_let_in_once_that_is_there(
    source: FolderSource, store: EventStore, lacks: str
) -> None:
    lacking = {
        "target": VOID,
        "evidence": {**RECEIPT, "evidence": "bills/1.pdf"},
        "asset": {**RECEIPT, "asset": "WOW"},
        "permission": RECEIPT,
    }[lacks]
    path = put(source, "a.jsonl", lacking)
    if lacks == "permission":
        os.link(path, source.folder / "a second name")
    with pytest.raises(InputRefusedError):
        watch_once(source, store)
    if lacks == "evidence":
        (source.folder / "bills").mkdir()
        (source.folder / "bills" / "1.pdf").write_text("a bill")
    elif lacks == "permission":
        (source.folder / "a second name").unlink()
    else:
        asset = {"kind": "asset", "at": "2026-01-01T12:00:00Z", "asset": "WOW", "decimals": 8}
        put(source, "b.jsonl", {**RECEIPT, "id": "1"} if lacks == "target" else asset)
    assert sum(watch_once(source, store) for _ in range(2)) >= 1
    assert watch_once(source, store) == 0


@pytest.mark.parametrize("seconds", [253_402_300_900, -(10**12), 10**16, 0])
def test_what_the_disk_says_of_a_files_day_may_be_no_date(
    source: FolderSource, store: EventStore, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    put(source, "a.jsonl", {**RECEIPT, "id": "1"})
    honest = Path.lstat

    def odd(path: Path) -> os.stat_result:
        found = list(honest(path))
        found[8] = seconds
        return os.stat_result(found, {"st_mtime": float(seconds), "st_mtime_ns": seconds * 10**9, "st_ctime_ns": 1})

    monkeypatch.setattr(Path, "lstat", odd)
    assert watch_once(source, store) == 1


def test_a_folder_is_listed_and_each_file_read_once_a_look(
    source: FolderSource, store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        put(source, f"{number:02}.jsonl", {**RECEIPT, "id": f"r{number}"})
    opened: list[str] = []

    def noted(folder: Path, name: object, most: int) -> int:
        opened.append(str(name))
        return descriptor_below(folder, name, most)

    monkeypatch.setattr(boundary, "descriptor_below", noted)
    assert watch_once(source, store) == 30
    assert len(opened) == 2 * 30, "once for what it is known by, once for what it tells"
    assert watch_once(source, store) == 0
    assert len(opened) == 2 * 30, "what lies unchanged is not read again"
    same_size = {**RECEIPT, "id": "r9", "note": "x"}
    put(source, "09.jsonl", {**same_size, "note": "y"})
    with pytest.raises(InputRefusedError):
        watch_once(source, store)
    put(source, "09.jsonl", {**same_size, "id": "rX"})
    assert watch_once(source, store) == 2


def test_a_line_of_another_book_is_refused(source: FolderSource, store: EventStore) -> None:
    put(source, "a.jsonl", {**RECEIPT, "book": "other"})
    with pytest.raises(InputRefusedError, match="it tells of book other"):
        watch_once(source, store)


def test_csv_is_read_by_the_map_and_without_one_says_so(source: FolderSource, store: EventStore) -> None:
    path = source.folder / "pool.csv"
    path.write_text("time,amount\n2026-02-01T12:00:00Z,0.5\n2026-02-02T12:00:00Z,0.25\n")
    os.utime(path, (1, 1))
    with pytest.raises(InputRefusedError, match="set `map` of source receipts"):
        watch_once(source, store)
    (store.home / "map.toml").write_text(MAP)
    source.column_map = load_map(store.home / "map.toml")
    assert watch_once(source, store) == 3


def test_a_folder_that_is_not_there_is_named(source: FolderSource, store: EventStore) -> None:
    source.folder = store.home / "gone"
    with pytest.raises(ConfigError, match="is no folder"):
        watch_once(source, store)


BANK = """
kind = "expense"
columns = { at = "Date", amount_usd = "Amount", note = "Text" }
constants = { category = "electricity" }
signs = { amount_usd = "outflow" }
only = { Text = { contains = ["power"] } }
"""
ROWS = "Date,Text,Amount\n2026-01-03,COFFEE,-3\n2026-01-04,TEA,-3\n2026-01-05,COFFEE,-4\n"


def put_rows(source: FolderSource, tmp_path: Path, rows: str, column_map: str) -> None:
    (tmp_path / "map.toml").write_text(column_map)
    source.column_map = load_map(tmp_path / "map.toml")
    path = source.folder / "bank.csv"
    path.write_text(rows)
    os.utime(path, (NOW.timestamp() - 3600,) * 2)


def test_rows_that_are_left_out_are_told_once(source: FolderSource, store: EventStore, tmp_path: Path) -> None:
    told: list[str] = []
    put_rows(source, tmp_path, f"{ROWS}2026-01-06,ACH POWER CO 77,-120\n", BANK)
    assert [watch_once(source, store, tell=told.append) for _ in range(2)] == [1, 0]
    assert told == ['bank.csv: 3 of 4 rows left out: Text is "COFFEE" (2), Text is "TEA" (1)']


def test_a_file_of_which_nothing_is_taken_is_named(source: FolderSource, store: EventStore, tmp_path: Path) -> None:
    put_rows(source, tmp_path, ROWS, BANK)
    with pytest.raises(InputRefusedError, match=r'bank.csv:1: file: 3 of 3 rows left out: Text is "COFFEE" \(2\)'):
        watch_once(source, store)


def test_what_a_better_map_says_otherwise_is_refused_with_the_command(
    source: FolderSource, store: EventStore, tmp_path: Path
) -> None:
    rows = "time,amount,hash\n2026-02-01T00:00:00Z,1,ab\n"
    put_rows(source, tmp_path, rows, MAP)
    assert watch_once(source, store) == 1
    put_rows(
        source, tmp_path, f"{rows}2026-02-02T00:00:00Z,1,cd\n", MAP.replace(" }\nconst", ', txid = "hash" }\nconst')
    )
    with pytest.raises(InputRefusedError, match=r"is recorded otherwise .*txid: absent -> ab.*--revise"):
        watch_once(source, store)


def test_an_export_is_known_by_its_face_and_what_came_in_is_held(source: FolderSource, store: EventStore) -> None:
    path = source.folder / "download.csv"
    path.write_text(Path("tests/data/samples/river.csv").read_text(encoding="utf-8"), encoding="utf-8")
    os.utime(path, (1, 1))
    assert watch_once(source, store) == 5
    told = [event for _, event in store.read("main") if isinstance(event, Receipt)]
    assert [(receipt.source, receipt.doubt) for receipt in told] == [("river", None), ("river", "unexplained")]


def test_what_a_folder_is_of_may_be_said(source: FolderSource, store: EventStore) -> None:
    source.settings = {"inflow": "pool_payout", "pool": "braiins"}
    path = source.folder / "download.csv"
    path.write_text(Path("tests/data/samples/river.csv").read_text(encoding="utf-8"), encoding="utf-8")
    os.utime(path, (1, 1))
    watch_once(source, store)
    told = [event for _, event in store.read("main") if isinstance(event, Receipt)]
    assert [(receipt.pool, receipt.doubt) for receipt in told] == [(None, None), ("braiins", None)]


@pytest.mark.parametrize("column", ["Kurs_USD", "kurs usd", "KursUSD"])
def test_a_file_that_spells_an_optional_column_otherwise_is_refused(
    source: FolderSource, store: EventStore, column: str
) -> None:
    source.column_map = load_map({"kind": "receipt", "columns": {"at": "time", "quantity": "amount"},
                                  "optional": {"price_usd": "kurs_usd"},
                                  "constants": {"wallet": "cold", "asset": "BTC", "income": "bonus"}})  # fmt: skip
    put(source, "a.csv").write_text(f"time,amount,{column}\n2026-02-01,1,90000\n")
    os.utime(source.folder / "a.csv", (NOW.timestamp() - 3600,) * 2)
    with pytest.raises(InputRefusedError, match="did you mean kurs_usd"):
        watch_once(source, store)


def test_a_column_that_may_be_an_optional_one_is_told(source: FolderSource, store: EventStore) -> None:
    source.column_map = load_map({"kind": "receipt", "columns": {"at": "time", "quantity": "amount"},
                                  "optional": {"price_usd": "kurs_usd"},
                                  "constants": {"wallet": "cold", "asset": "BTC", "income": "bonus"}})  # fmt: skip
    put(source, "a.csv").write_text("time,amount,Kurs,Worker\n2026-02-01,1,90000,w\n")
    os.utime(source.folder / "a.csv", (NOW.timestamp() - 3600,) * 2)
    told: list[str] = []
    assert watch_once(source, store, tell=told.append) == 1
    assert told == ["a.csv: 1 column is not read: Kurs (did you mean kurs_usd?)"]
