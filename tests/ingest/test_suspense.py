"""What is in suspense: one event for one thing, void while it is settled, back while it is told again."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest

from lotwork.ingest.suspense import InSuspense, Untaken, place
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Event, Suspense, Void
from tests.ingest.memory_log import MemoryLog

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(key: str, reason: str = "no rule knows it", room: str = "row") -> Untaken:
    return Untaken(room, key, f"trade {key}", reason, "record it by hand", at=NOW)


class Source:
    """A source that tells what it does not take, and a log; each look is of another process."""

    def __init__(self, log: MemoryLog | None = None, name: str = "a:source", *named: str) -> None:
        self.log = log or MemoryLog()
        self.name = name
        self.named = frozenset({name, *named}) if named else None

    def look(self, *untaken: Untaken, looked: tuple[str, ...] = ("row",), read: str = "") -> tuple[Event, ...]:
        """Record what one look brings, and return it; *read* are the rows that it came upon."""
        book = InSuspense(self.log, "main", self.name, self.named)
        rows = {(place("row", key), NOW) for key in read}
        events = book.amended(untaken, looked=looked, now=NOW, because="it was taken", read=rows)
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


def renamed(former: Source, *others: str) -> Source:
    """Return the source of *former* under another name, beside *others* that go on."""
    return Source(former.log, "new:name", "new:name", *others)


def reasons(source: Source) -> list[str]:
    """Return why what is in suspense is, whoever told it."""
    return [event.reason for event in source.log.effective().values() if isinstance(event, Suspense)]


def test_a_source_under_another_name_takes_back_what_its_former_name_told() -> None:
    former = Source()
    former.look(row("1"), row("2"), row("3"), row("1", room="rows"))
    now = renamed(former)
    assert len(now.look(row("2"), read="23")) == 3, "the second is told by the new name, the third was taken"
    assert now.look(row("2"), read="23") == ()
    assert len(reasons(now)) == 3
    assert now.open == {"trade 1", "trade 2"}, "the first was not met, nor that of another room"
    now.look(read="12")
    assert (len(reasons(now)), now.open) == (1, {"trade 1"}), "that of another room stands"


def test_a_row_that_the_new_name_tells_otherwise_is_not_taken() -> None:
    former = Source()
    former.look(row("1"))
    now = renamed(former)
    now.look(row("1", "another reason"), read="1")
    assert reasons(now) == ["no rule knows it", "another reason"]


def test_a_row_of_one_key_and_another_instant_is_another_accounts() -> None:
    former = Source()
    former.look(row("1")._replace(at=NOW.replace(second=1)))
    assert renamed(former).look(read="1") == ()
    assert former.open == {"trade 1"}


def test_what_a_source_that_goes_on_told_is_none_of_another() -> None:
    former = Source()
    former.look(row("1"), row("2"))
    assert len(renamed(former, former.name).look(row("2"), read="1")) == 1, "its own alone"
    assert Source(former.log, "unknown to the settings").look(read="12") == (), "nobody said who is named"


def test_what_a_person_settled_or_gave_back_is_left_to_them_under_a_new_name() -> None:
    former = Source()
    former.look(row("1"))
    (name,) = former.log.effective()
    former.log.append([Void(id="mine", at=NOW, target=name, reason="recorded by hand")])
    now = renamed(former)
    assert now.look(read="1") == ()
    former.log.append([Void(id="back", at=NOW, target="mine", reason="it was not")])
    (taken,) = now.look(read="1")
    former.log.append([Void(id="no", at=NOW, target=taken.id, reason="it was another one")])
    assert now.look(read="1") == ()
    assert now.open == {"trade 1"}


def test_a_name_that_comes_back_tells_it_again() -> None:
    former = Source()
    former.look(row("1"))
    now = renamed(former)
    now.look(row("1"), read="1")
    back = Source(former.log, former.name, former.name, "another")
    assert back.look(looked=()) == (), "it was not read: what the other name told stands"
    assert back.open == {"trade 1"}
    assert len(back.look(row("1"), read="1")) == 2, "its own is told again, that of the other name is taken back"
    assert back.open == {"trade 1"}
    assert back.look(row("1"), read="1") == ()


@pytest.mark.parametrize("order", list(permutations("123")))
def test_what_is_settled_of_one_is_none_of_the_others(order: tuple[str, ...]) -> None:
    """One is taken back and told again, one was settled by a person, one was never taken back: in whichever order."""
    source = Source()
    source.look(*(row(key) for key in order))
    names = {event.subject[-1]: event.id for event in source.log.effective().values() if isinstance(event, Suspense)}
    source.log.append([Void(id="mine", at=NOW, target=names["2"], reason="recorded by hand")])
    source.look(row("2"), row("3"))
    assert source.open == {"trade 3"}
    source.look(row("1"), row("2"), row("3"))
    assert source.open == {"trade 1", "trade 3"}
