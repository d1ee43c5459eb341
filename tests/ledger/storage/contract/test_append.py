"""Appending, whichever database keeps the ledger: whole batches, once each, in positions without a gap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import msgspec
import pytest

from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import BusyError, InputRefusedError, SourceUnreachableError
from lotwork.ledger.events import Event, Rule
from lotwork.ledger.storage.heads import read_heads
from lotwork.ledger.store import Batch, CursorMove, EventStore, Message
from tests.ledger.making import CREATED, NOON, one_of_each_kind, receipt, receipts
from tests.ledger.storage.contract.kept import Kept


def ids(store: EventStore, book: str = "main") -> list[str]:
    return [event.id for _, event in store.read(book)]


# -- what is recorded -------------------------------------------------------------------------------------------------


def test_events_stand_at_positions_without_a_gap(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 3)))
    (appended,) = store.append(Batch("main", receipts(4, 5)))
    assert [position for position, _ in store.read("main")] == [1, 2, 3, 4, 5]
    assert appended.new == ("r4", "r5")
    assert appended.head == store.head("main")
    assert appended.head.position == 5


def test_every_kind_of_event_is_read_as_it_was_written(store: EventStore) -> None:
    events = one_of_each_kind()
    store.append(Batch("main", events))
    assert [event for _, event in store.read("main")] == list(events)
    assert store.verify().ok


def test_the_same_event_again_is_known_and_changes_nothing(store: EventStore) -> None:
    (first,) = store.append(Batch("main", receipts(1, 3)))
    (again,) = store.append(Batch("main", receipts(1, 3)))
    assert (again.new, again.known, again.head) == ((), ("r1", "r2", "r3"), first.head)


def test_an_event_twice_in_one_batch_is_recorded_once(store: EventStore) -> None:
    (appended,) = store.append(Batch("main", [receipt(1), receipt(1)]))
    assert (appended.new, appended.known) == (("r1",), ("r1",))


def test_the_same_id_with_other_content_is_refused_and_named_and_nothing_is_appended(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 2)))
    changed = [receipt(1, quantity=1), receipt(2, minutes=99)]
    with pytest.raises(InputRefusedError) as refused:
        store.append(Batch("main", [receipt(3), *changed, receipt(4)], cursor=CursorMove("s", None, "1")))
    assert [problem.where for problem in refused.value.problems] == ["event r1", "event r2"]
    assert "quantity is 50000000 in the log and 1 here" in str(refused.value)
    assert ids(store) == ["r1", "r2"]
    assert store.cursor("main", "s") is None


def test_two_contents_of_one_id_in_one_batch_are_refused(store: EventStore) -> None:
    with pytest.raises(InputRefusedError, match="event r1: id: is recorded with other content"):
        store.append(Batch("main", [receipt(1), receipt(1, quantity=1)]))
    assert ids(store) == []


def test_a_conflict_in_a_late_chunk_takes_back_the_early_ones(store: EventStore) -> None:
    store.append(Batch("main", [receipt(9999)]))
    with pytest.raises(InputRefusedError):
        store.append(Batch("main", [*receipts(1, 4500), receipt(9999, quantity=1)]))
    assert ids(store) == ["r9999"]


def test_a_batch_may_be_a_stream_longer_than_one_statement_holds(store: EventStore) -> None:
    (appended,) = store.append(Batch("main", receipts(1, 4321)))
    assert len(appended.new) == appended.head.position == 4321
    assert store.verify().ok


def test_a_stream_that_breaks_off_leaves_nothing(store: EventStore) -> None:
    def broken() -> Iterator[Event]:
        yield from receipts(1, 3000)
        raise SourceUnreachableError("the line went dead")

    with pytest.raises(SourceUnreachableError):
        store.append(Batch("main", broken()))
    assert ids(store) == []
    assert store.append(Batch("main", receipts(1, 2)))[0].head.position == 2


def test_all_batches_are_recorded_or_none(store: EventStore) -> None:
    store.append(Batch("second", [receipt(1)]))
    with pytest.raises(InputRefusedError):
        store.append(Batch("main", receipts(1, 3)), Batch("second", [receipt(1, quantity=1)]))
    assert store.books() == ("second",)


def test_each_book_has_positions_ids_and_a_chain_of_its_own(store: EventStore) -> None:
    mine, yours = store.append(Batch("mine", receipts(1, 2)), Batch("yours", receipts(1, 3)))
    assert (mine.head.position, yours.head.position) == (2, 3)
    assert store.hash_at("mine", 1) != store.hash_at("yours", 1)
    assert store.books() == ("mine", "yours")
    assert store.verify().events == 5


def test_two_batches_of_one_book_follow_one_another(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 2)), Batch("main", receipts(2, 4), expected=2))
    assert ids(store) == ["r1", "r2", "r3", "r4"]


@pytest.mark.parametrize("name", ["", " main", "a\nb", "x" * 65])
def test_a_book_has_a_printable_name(store: EventStore, name: str) -> None:
    with pytest.raises(InputRefusedError, match="is not a name"):
        store.append(Batch(name, [receipt(1)]))


def test_an_event_without_an_id_is_refused(store: EventStore) -> None:
    with pytest.raises(InputRefusedError, match="an event has an id"):
        store.append(Batch("main", [msgspec.structs.replace(receipt(1), id="")]))


@pytest.mark.parametrize("at", [datetime(2025, 1, 1), datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=2)))])  # noqa: DTZ001 - that it is refused is the test
def test_an_instant_that_is_not_utc_is_refused(store: EventStore, at: datetime) -> None:
    with pytest.raises(InputRefusedError, match="in UTC"):
        store.append(Batch("main", [msgspec.structs.replace(receipt(1), at=at)]))


def test_an_event_that_does_not_read_back_as_itself_is_refused(store: EventStore) -> None:
    shifty = Rule(id="x", at=NOON, figure="a", from_=NOON.date(), value=(1, 2), cite="c", reason="r")
    with pytest.raises(InputRefusedError, match="another event"):
        store.append(Batch("main", [shifty]))
    unreadable = msgspec.structs.replace(receipt(1), price_usd=93012.55)
    with pytest.raises(InputRefusedError, match="cannot be written down"):
        store.append(Batch("main", [unreadable]))


def test_a_clock_put_back_does_not_put_the_log_back(kept: Kept) -> None:
    clock = SetClock(CREATED)
    with kept.store(clock) as store:
        store.append(Batch("main", [receipt(1)]))
        clock.move(-86_400)
        store.append(Batch("main", [receipt(2)]))
        recorded = [row[0] for row in store._all("SELECT recorded_us FROM events ORDER BY position")]
    assert recorded[0] == recorded[1]


# -- what moves with the events ---------------------------------------------------------------------------------------


def test_an_unexpected_position_is_refused(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 2), expected=0))
    with pytest.raises(BusyError, match="at position 2, not 0"):
        store.append(Batch("main", [receipt(3)], expected=0))


def test_a_cursor_moves_with_its_events(store: EventStore) -> None:
    store.append(Batch("main", [receipt(1)], cursor=CursorMove("ocean", None, "a")))
    store.append(Batch("main", [], cursor=CursorMove("ocean", "a", "b")))
    assert store.cursor("main", "ocean") == "b"
    assert store.cursor("main", "other") is None


@pytest.mark.parametrize("before", [None, "z"])
def test_a_cursor_that_moved_meanwhile_refuses_the_batch(store: EventStore, before: str | None) -> None:
    store.append(Batch("main", [], cursor=CursorMove("ocean", None, "a")))
    with pytest.raises(BusyError, match="read up to 'a'"):
        store.append(Batch("main", [receipt(1)], cursor=CursorMove("ocean", before, "b")))
    assert ids(store) == []
    assert store.cursor("main", "ocean") == "a"


def test_an_alert_waits_in_the_outbox_until_it_is_sent(store: EventStore) -> None:
    due = Message("due-1", "Payment due", "1,200 USD in 7 days")
    store.append(Batch("main", [receipt(1)], outbox=(due,)))
    store.append(Batch("main", [receipt(2)], outbox=(due,)))
    assert store.pending() == (due,)
    store.mark_sent(due.id)
    assert store.pending() == ()


def test_an_alert_that_was_sent_is_not_queued_again(store: EventStore) -> None:
    due = Message("due-1", "s", "b")
    store.append(Batch("main", outbox=(due,)))
    store.mark_sent("due-1")
    store.append(Batch("main", outbox=(due,)))
    assert store.pending() == ()


def test_an_alert_that_failed_stays_pending_with_its_trouble(store: EventStore) -> None:
    due = Message("1", "s", "b")
    store.append(Batch("main", outbox=(due,)))
    store.mark_failed(due.id, "the mail server is away")
    assert store.pending() == (due,)
    assert store._all("SELECT attempts, trouble FROM outbox WHERE id = '1'") == [(1, "the mail server is away")]


# -- who writes, and what is told outside -----------------------------------------------------------------------------


def test_a_writer_that_another_daemon_replaced_is_fenced(kept: Kept) -> None:
    with kept.store() as frozen, kept.store() as fresh, kept.store() as command:
        assert frozen.claim() == 1
        kept.end_sessions()
        assert fresh.claim() == 2
        with pytest.raises(BusyError, match="another daemon took over"):
            frozen.append(Batch("main", [receipt(1)]))
        assert fresh.append(Batch("main", [receipt(2)]))[0].head.position == 1
        assert command.append(Batch("main", [receipt(3)]))[0].head.position == 2


def test_every_commit_is_told_outside_the_database(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 3)), Batch("other", [receipt(1)]))
    assert read_heads(store.home) == {"main": store.head("main"), "other": store.head("other")}


def test_a_head_a_crash_left_untold_is_told_at_the_next_start(kept: Kept) -> None:
    kept.filled(3)
    before = (kept.home / "heads.log").read_bytes()
    with kept.store() as store:
        store.append(Batch("main", [receipt(4)]))
    (kept.home / "heads.log").write_bytes(before + b'{"book": "main", "posi')
    with kept.store() as store:
        assert read_heads(kept.home)["main"] == store.head("main")
        assert store.head("main").position == 4
