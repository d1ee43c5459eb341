"""Events that wait to be let in: the same ones, in order, and found by id, in memory or on the disk."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from lotwork.ledger import lined_up
from lotwork.ledger.errors import StorageError
from lotwork.ledger.events import Event, Void
from lotwork.ledger.lined_up import FEWEST_BUCKETS, LinedUp
from lotwork.ledger.storage.names import MOST_APART, Names
from lotwork.ledger.storage.rows import Written, columns_of, write_down
from tests.ledger.making import receipt

MANY = 600
"""More than are read at once."""


def odd() -> Event:
    """Return an event that cannot be written down."""
    event = receipt(9_999)
    return msgspec.structs.replace(event, at=event.at.replace(tzinfo=None))


def stood(folder: Path | None = None) -> tuple[LinedUp, list[Event]]:
    events: list[Event] = [receipt(number) for number in range(MANY)]
    events.insert(3, odd())
    line = LinedUp(folder)
    assert [line.append(event, f"f:{place}") for place, event in enumerate(events)] == [None] * len(events)
    return line, events


@pytest.mark.parametrize("in_memory", [1, 1000, 1 << 20])
def test_what_lined_up_comes_out_as_it_went_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    monkeypatch.setattr(lined_up, "IN_MEMORY_BYTES", in_memory)
    line, events = stood(tmp_path)
    assert [*line] == events
    assert len(line) == len(events)
    assert [line[place] for place in (0, 3, 255, MANY)] == [(f"f:{n}", events[n]) for n in (0, 3, 255, MANY)]
    told = [each.payload if isinstance(each, Written) else each for each in line.written()]
    assert told[2:5] == [write_down(events[2]).payload, events[3], write_down(events[4]).payload]
    assert {event.id: line.find(event.id) for event in events} == {
        event.id: (f"f:{place}", event) for place, event in enumerate(events)
    }
    assert line.find("nobody") is None
    assert events[7] in line
    assert "nobody" not in line.names
    assert [*tmp_path.iterdir()] == []


def test_an_id_that_was_told_before_is_left_out_and_shown() -> None:
    line, events = stood()
    assert line.append(receipt(5, quantity=7), "g:1") == ("f:6", events[6])
    assert len(line) == len(events)


def test_two_ids_of_one_digest_are_two() -> None:
    line = LinedUp()
    one, two = receipt(1), receipt(2)
    line.append(one, "f:1")
    line._digests[0] = hash(two.id)
    line._buckets[hash(two.id) % len(line._buckets)] = 0
    assert line.append(two, "f:2") is None
    assert line.find(two.id) == ("f:2", two)


def test_a_run_lines_up_as_its_events_do_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands before the first that was told already; the same bytes, in the same places, however long it is."""
    monkeypatch.setattr(lined_up, "IN_MEMORY_BYTES", 1 << 16)
    events = [*map(receipt, range(2 * FEWEST_BUCKETS))]
    one_by_one, run = LinedUp(tmp_path), LinedUp(tmp_path)
    told = []
    for place, event in enumerate(events):
        one_by_one.append(event, f"f:{place}")
        name, _, _, source, txid, payload = columns_of(event)
        told.append((f"f:{place}", (name, event.at, source, txid, payload)))
    assert run.extend(told[:7]) == 7
    assert run.extend(told[5:]) == 0
    assert run.extend([*told[7:], told[3], told[9]]) == len(events) - 7
    assert [*run.written()] == [*one_by_one.written()]
    assert (run.kinds, len(run), run.is_distinct) == ({"receipt"}, len(events), True)
    assert all(run.find(events[place].id) == (f"f:{place}", events[place]) for place in range(0, len(events), 997))


def test_what_the_log_knows_stands_in_the_place_of_what_was_told() -> None:
    line, events = stood()
    known = receipt(77_777)
    line.put_instead(events[10].id, known)
    assert [*line][10] == known
    assert line.find(known.id) == ("f:10", known)
    assert line.find(events[10].id) == ("f:10", events[10])
    assert line.append(known, "g:1") == ("f:10", known)


def test_only_some_kinds_are_read() -> None:
    line, _ = stood()
    void = Void(id="v", at=datetime(2025, 1, 1, tzinfo=UTC), target="r1", reason="twice")
    line.append(void, "f:v")
    assert [*line.of_kinds({"void"})] == [("f:v", void)]
    assert [*line.of_kinds({"sale"})] == []
    assert len([*line.of_kinds({"receipt"})]) == MANY + 1


def test_a_disk_that_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lined_up, "IN_MEMORY_BYTES", 1)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)
    with pytest.raises(StorageError, match="nothing was appended; free space"):
        LinedUp(tmp_path).append(receipt(1), "f:1")


def test_very_many_names_are_kept_close_and_read_the_same() -> None:
    names, told = Names(), [f"näme-{number}\ud800" for number in range(MOST_APART + 1)]
    names.extend(told[:MOST_APART])
    assert names.as_told() == tuple(told[:MOST_APART])
    names.append(told[-1])
    assert names.as_told() is names
    assert [*names] == told
    assert (names[0], names[-1], names[1:3]) == (told[0], told[-1], tuple(told[1:3]))
