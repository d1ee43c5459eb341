from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.reorganisations import Notice, effective_contents, reconcile, recorded_of
from lotwork.ledger.events import Correction, Event, Movement, Receipt, Sale, Void
from lotwork.ledger.kinds.event_base import Doubt
from lotwork.ledger.units import AssetTable
from tests.ingest.memory_log import MemoryLog

MORNING = datetime(2026, 3, 1, 8, tzinfo=UTC)
NOTICE = Notice(source="node", noted=MORNING, because="block 7 was replaced")


def receipt(name: str, height: int, quantity: int = 50) -> Receipt:
    """Return a payout seen at *height*: one day a block."""
    return Receipt(
        id=name,
        at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=height),
        source="node",
        wallet="cold",
        asset="BTC",
        quantity=quantity,
        income="pool_payout",
        txid=name,
        vout=0,
        block_hash=f"{height:064x}",
        height=height,
    )


def movement(name: str, height: int) -> Movement:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=height)
    return Movement(id=name, at=at, source="node", wallet="cold", asset="BTC", quantity=7, txid=name, fee_quantity=1)


def tell(log: MemoryLog, *observed: Event, notice: Notice = NOTICE) -> tuple[Event, ...]:
    """Reconcile the whole log with *observed*, and append what that takes."""
    ids = log.known | {event.id for event in observed}
    appended = reconcile(recorded_of(log, "main", ids), observed, doubted=ids, assets=AssetTable(), notice=notice)
    log.append(appended)
    return appended


def test_what_is_seen_for_the_first_time_is_appended_as_it_is() -> None:
    log = MemoryLog()

    assert tell(log, receipt("a", 1), receipt("b", 2)) == (receipt("a", 1), receipt("b", 2))


def test_what_is_seen_again_unchanged_appends_nothing() -> None:
    log = MemoryLog()
    tell(log, receipt("a", 1))

    assert tell(log, receipt("a", 1)) == ()


def test_an_orphaned_payout_is_voided_with_the_reason() -> None:
    log = MemoryLog()
    tell(log, receipt("a", 1))

    (void,) = tell(log)

    assert isinstance(void, Void)
    assert (void.id, void.target, void.reason) == ("a:orphaned:1", "a", "block 7 was replaced")
    assert log.effective() == {}
    assert tell(log) == (), "what is out already is not voided twice"


def test_a_payout_that_comes_back_has_its_void_voided() -> None:
    log = MemoryLog()
    tell(log, receipt("a", 1))
    tell(log)

    (void,) = tell(log, receipt("a", 1))

    assert isinstance(void, Void)
    assert (void.id, void.target) == ("a:restored:1", "a:orphaned:1")
    assert log.effective() == {"a": receipt("a", 1)}


def test_a_payout_in_another_block_is_the_same_income_corrected() -> None:
    log = MemoryLog()
    tell(log, receipt("a", 1))

    (correction,) = tell(log, receipt("a", 3))

    assert isinstance(correction, Correction)
    assert correction.set_ == {"at": "2026-01-04T00:00:00Z", "block_hash": f"{3:064x}", "height": 3}
    assert log.effective() == {"a": receipt("a", 3)}


def test_a_key_that_is_no_longer_told_is_unset() -> None:
    log = MemoryLog()
    tell(log, receipt("a", 1))
    bare = msgspec.structs.replace(receipt("a", 1), block_hash=None)

    tell(log, bare)

    assert log.effective() == {"a": bare}


def test_a_clock_set_back_does_not_put_a_later_correction_before_an_earlier_one() -> None:
    log = MemoryLog()
    tell(log, receipt("a", 1))
    tell(log, receipt("a", 2))

    tell(log, receipt("a", 3), notice=noticed(noted=MORNING - timedelta(days=1)))

    assert log.effective() == {"a": receipt("a", 3)}


def noticed(*, noted: datetime) -> Notice:
    return Notice(source=NOTICE.source, noted=noted, because=NOTICE.because)


def test_another_evidence_of_the_same_payout_is_no_correction() -> None:
    log = MemoryLog()
    tell(log, receipt("a", 1))

    assert tell(log, msgspec.structs.replace(receipt("a", 1), evidence="0" * 64, source="renamed")) == ()


@pytest.mark.parametrize(
    ("before", "after"), [("same_transaction", None), (None, "same_transaction"), ("private", None)]
)
def test_a_doubt_that_ends_or_arises_is_told_with_the_other_block_it_stands_in(
    before: Doubt | None, after: Doubt | None
) -> None:
    """A replaced branch paid it out of a coin that this one never had, or the other way round."""
    log = MemoryLog()
    seen = msgspec.structs.replace(receipt("a", 1), doubt=before)
    tell(log, seen)

    assert tell(log, msgspec.structs.replace(seen, doubt=after)) == (), "a newer program knows more: nothing moved"
    moved = msgspec.structs.replace(receipt("a", 2), doubt=after)
    assert len(tell(log, moved)) == 1
    assert log.effective() == {"a": moved}
    assert tell(log, moved) == ()


def test_what_is_neither_seen_nor_doubted_is_left_alone() -> None:
    log = MemoryLog()
    tell(log, receipt("a", 1))

    recorded = recorded_of(log, "main", {"a"})

    assert reconcile(recorded, (), doubted=(), assets=AssetTable(), notice=NOTICE) == ()


def test_a_movement_a_person_explained_stays_explained_through_a_reorganisation() -> None:
    log = MemoryLog()
    tell(log, movement("m", 1))
    sold = {"kind": "sale", "proceeds_usd": "12.00"}
    log.append([Correction(id="mine", at=MORNING, target="m", set_=sold, reason="sold for a rig")])

    tell(log)
    assert log.effective() == {}
    tell(log, movement("m", 2))

    (sale,) = log.effective().values()
    assert isinstance(sale, Sale)
    assert (sale.at, sale.quantity, sale.proceeds_usd_micros) == (movement("m", 2).at, 7 + 1, 12_000_000)  # its fee too


def test_what_a_person_voided_stays_void_when_the_chain_brings_it_back() -> None:
    log = MemoryLog()
    tell(log, receipt("a", 1))
    log.append([Void(id="mine", at=MORNING, target="a", reason="a gift, recorded elsewhere")])

    tell(log)
    tell(log, receipt("a", 2))

    assert log.effective() == {}


def test_what_stands_is_what_the_chain_last_told() -> None:
    log = MemoryLog()
    tell(log, receipt("a", 1), receipt("b", 1))
    tell(log, receipt("a", 2))

    told = effective_contents(log.events, AssetTable())

    assert told.keys() == {"a"}
    assert told["a"]["height"] == 2


VIEWS = st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 4)), max_size=12)


@given(VIEWS, st.lists(st.integers(-3, 3), min_size=12, max_size=12))
def test_the_effective_ledger_is_always_what_was_last_seen(views: list[dict[str, int]], hours: list[int]) -> None:
    log = MemoryLog()
    noted = MORNING
    for view, step in zip(views, hours, strict=False):
        noted += timedelta(hours=step)
        observed = [
            movement(name, height) if name in "ef" else receipt(name, height, quantity=10 * height)
            for name, height in view.items()
        ]

        tell(log, *observed, notice=noticed(noted=noted))

        assert log.effective() == {event.id: event for event in observed}
        assert tell(log, *observed) == (), "telling it twice changes nothing"
