"""What is in suspense is told once, taken back, told again and settled by either database alike."""

from __future__ import annotations

from datetime import UTC, datetime

from lotwork.ingest.suspense import InSuspense, Untaken
from lotwork.ledger.events import Void
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(key: str) -> Untaken:
    """Return a row that no rule takes."""
    return Untaken("row", key, f"trade {key}", "no rule knows it: «ünïcode»", "record it by hand", at=NOW)


def look(store: EventStore, *keys: str, book: str = "main") -> tuple[int, set[str]]:
    """Record what a look does not take, by a reader that begins anew; return how many events, and what stands."""
    events = InSuspense(store, book, "kraken").amended(map(row, keys), looked={"row"}, now=NOW, because="taken")
    store.append(Batch(book, events))
    return len(events), {each.subject[-1] for each in InSuspense(store, book, "kraken").open("row")}


def test_it_stands_until_it_is_taken_and_comes_back_until_a_person_settles_it(store: EventStore) -> None:
    assert look(store, "1", "2") == (2, {"1", "2"})
    assert look(store, "1", "2") == (0, {"1", "2"})
    assert look(store, "2") == (1, {"2"})
    assert look(store, "1", "2", book="farm") == (2, {"1", "2"})
    (second,) = (each.id for each in InSuspense(store, "main", "kraken").open("row"))
    store.append(Batch("main", (Void(id="mine", at=NOW, target=second, reason="recorded by hand"),)))
    assert look(store, "1", "2") == (1, {"1"})
    assert look(store) == (1, set())
    assert look(store, book="other") == (0, set())
    assert {each.subject[-1] for each in InSuspense(store, "farm", "kraken").open("row")} == {"1", "2"}
