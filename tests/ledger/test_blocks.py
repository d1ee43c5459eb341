"""Events in blocks come to what they come to one by one: merged in order, amended, each trouble in its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.amending import Amending
from lotwork.ledger.blocks import Entry, in_blocks, merged, time_then_position
from lotwork.ledger.events import Event, Receipt

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
hours = st.lists(st.integers(0, 12), max_size=20)
sizes = st.integers(1, 5)
fates = st.sampled_from(("plain", "plain", "plain", "changed", "told", "gone"))


def entry(position: int, hour: int) -> Entry:
    at = BEGIN + timedelta(hours=hour)
    return position, Receipt(id=f"r{position}", at=at, wallet="w", asset="BTC", quantity=1, income="other")


def blocks_of(entries: list[Entry], size: int) -> Iterator[list[Entry]]:
    return iter([entries[first : first + size] for first in range(0, len(entries), size)])


@given(hours, hours, sizes, sizes)
def test_two_runs_of_blocks_are_merged_in_order(ones: list[int], others: list[int], one: int, other: int) -> None:
    told = [entry(position, hour) for position, hour in enumerate(ones + others)]
    left = sorted(told[: len(ones)], key=time_then_position)
    right = sorted(told[len(ones) :], key=time_then_position)
    found = [*merged(blocks_of(left, one), blocks_of(right, other))]
    assert all(found)
    assert [*chain.from_iterable(found)] == sorted(told, key=time_then_position)


@given(st.lists(fates, max_size=20), sizes, st.booleans(), st.sets(st.integers(0, 19)))
def test_blocks_are_amended_as_single_events_are(fate: list[str], size: int, any_may_be: bool, moved: set[int]) -> None:
    told = [entry(position, position // 2) for position in range(len(fate))]
    fate_of = {event.id: what for (_, event), what in zip(told, fate, strict=True)}
    touched = None if any_may_be else frozenset(name for name, what in fate_of.items() if what != "plain")
    later = sorted((entry(each, each // 2 + 3) for each in moved if each < len(fate)), key=time_then_position)

    def passed(blocks: Iterator[list[Entry]]) -> list[tuple[str, int]]:
        """Return each event's id with how many troubles were told before its block was asked for."""
        troubles, found = list[str](), list[tuple[str, int]]()

        def amended(event: Event) -> Event | None:
            if fate_of[event.id] == "told":
                troubles.append(event.id)
            return None if fate_of[event.id] == "gone" else event

        before = 0
        for block in Amending(amended, troubles, touched, later).over(blocks):
            found += [(event.id, before) for event in block]
            before = len(troubles)
        return found

    assert passed(blocks_of(told, size)) == passed(blocks_of(told, 1))


def test_a_block_is_never_empty() -> None:
    assert [*in_blocks([])] == []
    assert [*in_blocks("abc")] == [["a", "b", "c"]]
