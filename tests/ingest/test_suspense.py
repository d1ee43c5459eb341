"""What is in suspense: one event for one thing, void while it is settled, back while it is told again."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

from lotwork.ingest.suspense import InSuspense, Untaken, place
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Event, Suspense, Void
from tests.ingest.memory_log import MemoryLog

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(key: str, reason: str = "no rule knows it", room: str = "row") -> Untaken:
    return Untaken(room, key, f"trade {key}", reason, "record it by hand", at=NOW)


class Source:
    """A source that tells what it does not take, and a log; each look is of another process."""

    def __init__(self, log: MemoryLog | None = None, name: str = "a:source") -> None:
        self.log = log or MemoryLog()
        self.name = name

    def look(self, *untaken: Untaken, looked: tuple[str, ...] = ("row",)) -> tuple[Event, ...]:
        """Record what one look brings, and return it."""
        book = InSuspense(self.log, "main", self.name)
        events = book.amended(untaken, looked=looked, now=NOW, because="it was taken")
        self.log.append(events)
        return events

    @property
    def open(self) -> set[str]:
        return {event.subject for event in self.log.effective().values() if isinstance(event, Suspense)}


def test_what_is_told_thrice_is_one_event() -> None:
    source = Source()
    assert [len(source.look(row("1"), row("1"))) for _ in range(3)] == [1, 0, 0]


def test_what_is_taken_and_told_again_is_void_and_back_however_often() -> None:
    source = Source()
    source.look(row("1"), row("2"))
    for _ in range(3):
        assert len(source.look(row("2"))) == 1
        assert source.open == {"trade 2"}
        assert len(source.look(row("1"), row("2"))) == 1
        assert source.open == {"trade 1", "trade 2"}


def test_what_was_not_looked_at_stays() -> None:
    source = Source()
    source.look(row("1"), row("2"), row("1", room="rows"), looked=())
    assert source.look(looked=()) == ()
    assert len(source.look(looked=(place("row", "1"),))) == 1
    assert source.open == {"trade 1", "trade 2"}, "a room whose name begins alike is another"
    source.look(looked=("row",))
    assert source.open == {"trade 1"}


def test_another_reason_is_another_event_and_the_former_is_taken_back() -> None:
    source = Source()
    (one,) = source.look(row("1"))
    void, other = sorted(source.look(row("1", "a coin that nobody declared")), key=lambda event: event.id != "x")
    kinds = {type(void), type(other)}
    assert kinds == {Void, Suspense}
    assert len(source.open) == 1
    assert one.id in {getattr(event, "target", None) for event in (void, other)}


def said(source: Source, name: str, target: str) -> None:
    """Record a void by a person."""
    source.log.append((Void(id=name, at=NOW, target=target, reason="by hand"),))


def test_what_a_person_voided_and_brought_back_is_the_sources_again() -> None:
    source = Source()
    (one,) = source.look(row("1"))
    for number in range(3):
        said(source, f"v{number}", one.id)
        assert source.look() == source.look(row("1")) == ()
        assert source.open == set()
        said(source, f"u{number}", f"v{number}")
        assert source.look(row("1")) == ()
        assert source.open == {"trade 1"}
    assert len(source.look()) == 1
    assert source.open == set()


def test_what_a_person_says_of_a_void_of_the_source_stays_on_top() -> None:
    source = Source()
    source.look(row("1"))
    (void,) = source.look()
    said(source, "still", void.id)
    assert source.look() == source.look(row("1")) == ()
    assert source.open == {"trade 1"}
    said(source, "no", "still")
    assert source.open == set()
    assert len(source.look(row("1"))) == 1
    assert source.open == {"trade 1"}
    (again,) = source.look()
    (back,) = source.look(row("1"))
    assert again.id != void.id
    said(source, "taken", back.id)
    assert source.look(row("1")) == ()
    assert source.open == set()


def test_what_a_person_settled_is_left_alone_and_of_another_source_too() -> None:
    source = Source()
    (one,) = source.look(row("1"))
    source.log.append((Void(id="mine", at=NOW, target=one.id, reason="recorded by hand"),))
    assert source.look(row("1")) == ()
    assert source.look() == ()
    assert Source(source.log, "another").look() == ()
    assert source.open == set()


def test_the_order_in_which_sources_tell_changes_nothing() -> None:
    ends = set()
    for turns in sorted(set(permutations("aabb"))):
        log = MemoryLog()
        named = {name: Source(log, name) for name in "ab"}
        sources = list(named.values())
        done = dict.fromkeys(named, 0)
        for source in map(named.__getitem__, turns):
            step = done[source.name]
            done[source.name] += 1
            source.look(*[row("1"), row("2")][: 2 - step])
        for source in sources:
            source.look(row("2"))
        ends.add(frozenset(name for name, event in log.effective().items() if isinstance(event, Suspense)))
    assert len(ends) == 1
    assert {len(end) for end in ends} == {2}


def test_no_error_has_anything_in_suspense_of_its_own() -> None:
    assert InputRefusedError("x").in_suspense == ()
