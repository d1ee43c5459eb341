"""Reading: a snapshot, filtered and ordered, from a file that may be missing or damaged."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotwork.ledger import codec
from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.events import AssetDeclared, Expense
from lotwork.ledger.storage import rows
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.store import Batch
from tests.ledger.making import NOON, filled, one_of_each_kind, open_store, receipt, receipts


def test_a_home_without_a_ledger_reads_as_an_empty_log(tmp_path: Path) -> None:
    with EventLog.open(tmp_path / "nowhere") as log:
        assert list(log.read("main")) == []
        assert log.books() == ()
        assert log.head("main") == Head("main", 0, "0" * 64)
        assert log.cursor("main", "ocean") is None
        assert log.hash_at("main", 1) is None
        assert log.shared_txids("main") == frozenset()
        assert log.assets("main").get("BTC") is not None
        assert log.verify().ok
    assert not (tmp_path / "nowhere").exists()


def test_a_log_opened_before_its_ledger_exists_sees_it_once_it_does(tmp_path: Path) -> None:
    with EventLog.open(tmp_path) as log:
        filled(tmp_path, 2)
        assert log.head("main").position == 2


def test_a_read_begins_after_one_position_and_ends_at_another(tmp_path: Path) -> None:
    filled(tmp_path, 6)
    with EventLog.open(tmp_path) as log:
        assert [position for position, _ in log.read("main", after=2, up_to=5)] == [3, 4, 5]
        assert list(log.read("main", after=6)) == []
        assert list(log.read("other")) == []


@pytest.mark.parametrize(
    ("kinds", "kept"),
    [
        (("void", "correction"), ["k-void", "k-correction"]),
        (("receipt",), ["r1"]),
        (("receipt", "void"), ["r1", "k-void"]),
        (("price", "energy", "expense", "sale"), ["k-sale", "k-expense", "k-energy", "k-price"]),
        ((), []),
    ],
)
@pytest.mark.parametrize("order", ["position", "time"])
def test_a_read_keeps_the_kinds_asked_for(tmp_path: Path, kinds: Collection[str], kept: list[str], order: str) -> None:
    with open_store(tmp_path) as store:
        store.append(Batch("main", one_of_each_kind()))
        found = [event.id for _, event in store.read("main", kinds=kinds, by_time=order == "time")]
        assert sorted(found) == sorted(kept)


def test_a_read_keeps_the_source_and_the_ids_asked_for(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.append(Batch("main", one_of_each_kind()))
        assert [event.id for _, event in store.read("main", source="kraken")] == ["k-price"]
        assert [event.id for _, event in store.read("main", source="ocean", kinds=["price"])] == []
        assert [event.id for _, event in store.read("main", ids=["k-void", "r1", "unknown"])] == ["r1", "k-void"]
        assert [event.id for _, event in store.read("main", ids=["k-void", "r1"], by_time=True, source="ocean")] == [
            "r1"
        ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(minutes=st.lists(st.integers(0, 12), min_size=1, max_size=40), data=st.data())
def test_by_time_is_in_order_of_instant_then_position_whatever_the_order_of_telling(
    tmp_path_factory: pytest.TempPathFactory, minutes: list[int], data: st.DataObject
) -> None:
    told = [receipt(number, minutes=minute) for number, minute in enumerate(minutes, start=1)]
    cut = data.draw(st.integers(0, len(told)))
    up_to = data.draw(st.none() | st.integers(0, len(told)))
    after = data.draw(st.integers(0, len(told)))
    with open_store(tmp_path_factory.mktemp("home")) as store:
        store.append(Batch("main", told[:cut]))
        store.append(Batch("main", told[cut:]))
        read = list(store.read("main", after=after, up_to=up_to, by_time=True))
        assert store.verify().ok
    wanted = [(position, event) for position, event in enumerate(told, start=1) if after < position <= (up_to or 99)]
    if up_to == 0:
        wanted = []
    assert read == sorted(wanted, key=lambda entry: (entry[1].at, entry[0]))


def test_by_time_filters_a_common_kind_from_late_and_timely_events(tmp_path: Path) -> None:
    def bill(minute: int) -> Expense:
        return Expense(id=f"e{minute}", at=NOON + timedelta(minutes=minute), category="rent", amount_usd_micros=1)

    with open_store(tmp_path) as store:
        store.append(Batch("main", [receipt(5), bill(3), receipt(1), bill(9), bill(7), receipt(8)]))
        assert [event.id for _, event in store.read("main", kinds=["expense"], by_time=True)] == ["e3", "e7", "e9"]


def test_a_read_is_a_snapshot_of_when_it_began(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.append(Batch("main", receipts(1, 3)))
        reading = store.read("main")
        assert next(reading)[0] == 1
        store.append(Batch("main", receipts(4, 6)))
        assert store.head("main").position == 6
        assert [position for position, _ in reading] == [2, 3]
        assert [position for position, _ in store.read("main")] == [1, 2, 3, 4, 5, 6]


def test_a_read_given_up_halfway_leaves_the_log_usable(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    with EventLog.open(tmp_path) as log:
        for _ in range(5):
            next(log.read("main"))
        assert len(log._idle) <= 2
        assert [position for position, _ in log.read("main")] == [1, 2, 3, 4, 5]


def test_declared_assets_are_known_beside_the_built_in_ones(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.append(Batch("main", [AssetDeclared(id="a", at=NOON, asset="RVN", decimals=8)]))
        assert store.assets("main").decimals("RVN") == 8
        assert store.assets("main").decimals("ETH") == 18
        assert store.assets("other").get("RVN") is None


def test_a_transaction_named_by_two_events_is_shared(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.append(Batch("main", [receipt(1, txid="aa"), receipt(2, txid="aa"), receipt(3, txid="bb"), receipt(4)]))
        store.append(Batch("other", [receipt(1, txid="bb")]))
        assert store.shared_txids("main") == {"aa"}


def test_the_log_says_up_to_where_an_older_version_wrote_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert EventLog(tmp_path).last_of_version("main", 1) == 0
    for version, last in ((1, 5), (2, 5), (2, 5), (3, 5)):
        with monkeypatch.context() as written, open_store(tmp_path) as store:
            written.setattr(rows, "SCHEMA_VERSION", version)
            written.setattr(codec, "SCHEMA_VERSION", version)
            begun = store.head("main").position
            store.append(Batch("main", receipts(begun + 1, begun + 5)))
            assert store.last_of_version("main", 1) == last


def test_hashes_follow_one_another(tmp_path: Path) -> None:
    filled(tmp_path, 4)
    with EventLog.open(tmp_path) as log:
        rows = log._all("SELECT prev_hash, hash FROM events ORDER BY position")
        assert all(before[1] == after[0] for before, after in pairwise(rows))
        assert log.hash_at("main", 4) == log.head("main").hash


def test_a_log_behind_its_heads_is_refused_and_read_only_when_asked(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    ledger_file(tmp_path).unlink()
    with pytest.raises(IntegrityError, match="3 events are missing"):
        EventLog.open(tmp_path)
    with EventLog.open(tmp_path, check_heads=False) as log:
        assert list(log.read("main")) == []


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to look like one" * 100, b"short"])
def test_a_file_that_is_no_database_is_an_integrity_error(tmp_path: Path, content: bytes) -> None:
    ledger_file(tmp_path).write_bytes(content)
    with EventLog(tmp_path) as log, pytest.raises(IntegrityError, match="restore a backup"):
        list(log.read("main"))
    assert not EventLog(tmp_path).verify().ok


def test_an_empty_file_is_an_empty_log(tmp_path: Path) -> None:
    ledger_file(tmp_path).touch()
    with EventLog.open(tmp_path) as log:
        assert list(log.read("main")) == []
        assert log.books() == ()
        assert log.verify().ok


def test_a_folder_in_place_of_the_ledger_is_a_storage_error(tmp_path: Path) -> None:
    ledger_file(tmp_path).mkdir()
    with EventLog(tmp_path) as log, pytest.raises(StorageError, match="disk refused"):
        log.books()


def test_reading_needs_no_orm() -> None:
    import subprocess  # noqa: PLC0415 - only this test starts a process
    import sys  # noqa: PLC0415 - as above

    seen = (
        "import sys, lotwork.ledger.storage.log;"
        "print([m for m in ('sqlmodel', 'sqlalchemy', 'pydantic') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout == "[]\n"
