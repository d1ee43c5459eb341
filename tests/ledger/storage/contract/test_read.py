"""Reading, whichever database keeps the ledger: a snapshot, filtered and ordered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lotwork.ledger import codec
from lotwork.ledger.events import AssetDeclared, Correction, Expense
from lotwork.ledger.storage import rows
from lotwork.ledger.storage.evidence import named_by
from lotwork.ledger.store import Batch, EventStore
from tests.ledger.making import NOON, one_of_each_kind, receipt, receipts
from tests.ledger.storage.contract.kept import Kept

NUMBERS = count(1)


def test_a_read_begins_after_one_position_and_ends_at_another(kept: Kept) -> None:
    kept.filled(6)
    with kept.log() as log:
        assert [position for position, _ in log.read("main", after=2, up_to=5)] == [3, 4, 5]
        assert list(log.read("main", after=6)) == []
        assert list(log.read("other")) == []


@pytest.mark.parametrize(
    ("kinds", "wanted"),
    [
        (("void", "correction"), ["k-void", "k-correction"]),
        (("receipt",), ["r1"]),
        (("receipt", "void"), ["r1", "k-void"]),
        (("price", "energy", "expense", "sale"), ["k-sale", "k-expense", "k-energy", "k-price"]),
        ((), []),
    ],
)
@pytest.mark.parametrize("order", ["position", "time"])
def test_a_read_keeps_the_kinds_asked_for(kept: Kept, kinds: Collection[str], wanted: list[str], order: str) -> None:
    with kept.store() as store:
        store.append(Batch("main", one_of_each_kind()))
        found = [event.id for _, event in store.read("main", kinds=kinds, by_time=order == "time")]
        assert sorted(found) == sorted(wanted)


def test_a_read_keeps_the_source_and_the_ids_asked_for(kept: Kept) -> None:
    with kept.store() as store:
        store.append(Batch("main", one_of_each_kind()))
        assert [event.id for _, event in store.read("main", source="kraken")] == ["k-price", "k-suspense"]
        assert [event.id for _, event in store.read("main", source="ocean", kinds=["price"])] == []
        assert [event.id for _, event in store.read("main", ids=["k-void", "r1", "unknown"])] == ["r1", "k-void"]
        assert [event.id for _, event in store.read("main", ids=["k-void", "r1"], by_time=True, source="ocean")] == [
            "r1"
        ]


def test_a_read_of_what_says_a_key_leaves_out_nothing_that_says_it(kept: Kept) -> None:
    told, quoted = ({"evidence": "a" * 64}, {"note": 'said "evidence", and evidence: 1_0%'})
    events = [replace(receipt(number), **more) for number, more in enumerate(({}, told, quoted))]
    correction = Correction(id="c", at=NOON, target="r0", set_={"evidence": "b" * 64}, reason="found")
    with kept.store() as store:
        store.append(Batch("main", [*events, correction, *one_of_each_kind()[5:]]), Batch("other", [events[1]]))
        found = [(position, event.id) for position, event in store.saying("main", "evidence")]
        all_of_it = [(position, event) for position, event in store.read("main")]
        wanted = [(position, event.id) for position, event in all_of_it if any(named_by(event))]
    assert {(2, "r1"), (4, "c")} <= {*wanted} <= {*found}
    assert len(found) < len(all_of_it)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(minutes=st.lists(st.integers(0, 12), min_size=1, max_size=40), data=st.data())
def test_by_time_is_in_order_of_instant_then_position_whatever_the_order_of_telling(
    store: EventStore, minutes: list[int], data: st.DataObject
) -> None:
    told = [receipt(number, minutes=minute) for number, minute in enumerate(minutes, start=1)]
    cut = data.draw(st.integers(0, len(told)))
    up_to = data.draw(st.none() | st.integers(0, len(told)))
    after = data.draw(st.integers(0, len(told)))
    book = f"book {next(NUMBERS)}"
    store.append(Batch(book, told[:cut]))
    store.append(Batch(book, told[cut:]))
    read = list(store.read(book, after=after, up_to=up_to, by_time=True))
    wanted = [(position, event) for position, event in enumerate(told, start=1) if after < position <= (up_to or 99)]
    if up_to == 0:
        wanted = []
    assert read == sorted(wanted, key=lambda entry: (entry[1].at, entry[0]))
    assert store.verify(book).ok


def test_by_time_filters_a_common_kind_from_late_and_timely_events(kept: Kept) -> None:
    def bill(minute: int) -> Expense:
        return Expense(id=f"e{minute}", at=NOON + timedelta(minutes=minute), category="rent", amount_usd_micros=1)

    with kept.store() as store:
        store.append(Batch("main", [receipt(5), bill(3), receipt(1), bill(9), bill(7), receipt(8)]))
        assert [event.id for _, event in store.read("main", kinds=["expense"], by_time=True)] == ["e3", "e7", "e9"]


def test_a_read_is_a_snapshot_of_when_it_began(kept: Kept) -> None:
    with kept.store() as store:
        store.append(Batch("main", receipts(1, 3)))
        reading = store.read("main")
        assert next(reading)[0] == 1
        store.append(Batch("main", receipts(4, 6)))
        assert store.head("main").position == 6
        assert [position for position, _ in reading] == [2, 3]
        assert [position for position, _ in store.read("main")] == [1, 2, 3, 4, 5, 6]


def test_declared_assets_are_known_beside_the_built_in_ones(kept: Kept) -> None:
    with kept.store() as store:
        store.append(Batch("main", [AssetDeclared(id="a", at=NOON, asset="RVN", decimals=8)]))
        assert store.assets("main").decimals("RVN") == 8
        assert store.assets("main").decimals("ETH") == 18
        assert store.assets("other").get("RVN") is None


def test_a_transaction_named_by_two_events_is_shared(kept: Kept) -> None:
    with kept.store() as store:
        store.append(Batch("main", [receipt(1, txid="aa"), receipt(2, txid="aa"), receipt(3, txid="bb"), receipt(4)]))
        store.append(Batch("other", [receipt(1, txid="bb")]))
        assert store.shared_txids("main") == {"aa"}


@pytest.mark.parametrize("days", [(), (5, 5, 9), (5, 3, 1, 9, 7, 8), (5, 9, 5, 9, 2, 9), (1, 2, 2, 2, 1, 3)])
def test_the_log_says_up_to_where_all_told_in_order_of_time_happened_before(kept: Kept, days: tuple[int, ...]) -> None:
    """Held against a look at each event; what was told late may stand on either side."""
    told = [replace(receipt(place), at=NOON + timedelta(days=day)) for place, day in enumerate(days)]
    with kept.store() as store:
        store.append(Batch("main", told))
        for day in range(11):
            instant, latest, before = NOON + timedelta(days=day), NOON, 0
            for position, event in enumerate(told, 1):
                latest = max(latest, event.at)
                if event.at == latest >= instant:
                    break
                before = position
            assert [store.told_before("main", instant, end) for end in (3, 99)] == [min(before, 3), before]


def test_the_log_says_up_to_where_an_older_version_wrote_it(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept.log().last_of_version("main", 1) == 0
    for version, last in ((1, 5), (2, 5), (2, 5), (3, 5)):
        with monkeypatch.context() as written, kept.store() as store:
            written.setattr(rows, "SCHEMA_VERSION", version)
            written.setattr(codec, "SCHEMA_VERSION", version)
            begun = store.head("main").position
            store.append(Batch("main", receipts(begun + 1, begun + 5)))
            assert store.last_of_version("main", 1) == last


def test_hashes_follow_one_another(kept: Kept) -> None:
    kept.filled(4)
    with kept.log() as log:
        rows = log._all("SELECT prev_hash, hash FROM events ORDER BY position")
        assert all(before[1] == after[0] for before, after in pairwise(rows))
        assert log.hash_at("main", 4) == log.head("main").hash
