"""Who watches hundreds of books keeps none of them folded, is told the same, and folds a book only for what is new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lotwork.alerts.payments import payments
from lotwork.alerts.rules import Thresholds
from lotwork.ledger.clock import SetClock
from lotwork.ledger.store import EventStore
from lotwork.projections.replay.live import LiveBook
from tests.alerts.test_monitor import PROFILE, RECEIPT, Watch

UNPRICED = {key: value for key, value in RECEIPT.items() if key != "price_usd"} | {"at": "2026-05-03T12:00:00Z"}
HARVEST = Thresholds(harvest_fee="0.5%")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 6, 8, 12, tzinfo=UTC))


@pytest.fixture
def both(tmp_path: Path, clock: SetClock) -> Iterator[tuple[Watch, Watch]]:
    """Watch two homes alike, the second by one that keeps no book."""
    with (
        EventStore.open(tmp_path / "kept", clock=clock) as kept,
        EventStore.open(tmp_path / "lean", clock=clock) as lean,
    ):
        watches = Watch(kept, clock, payments), Watch(lean, clock, payments)
        watches[1].monitor.keeps_books = False
        yield watches


def test_the_same_is_told_as_by_one_that_keeps_the_book_folded(both: tuple[Watch, Watch], clock: SetClock) -> None:
    steps: list[tuple[dict[str, str], ...]] = [
        (PROFILE, RECEIPT), (), (RECEIPT | {"at": "2026-05-01T12:00:00Z", "quantity": "0.5"},),
        (RECEIPT | {"at": "2026-05-02T12:00:00Z", "price_usd": "60000.00"},), (UNPRICED,), (), (),
        ({"kind": "payment", "at": "2026-06-20T12:00:00Z", "year": "2026", "amount_usd": "20000"},), (),
    ]  # fmt: skip
    told: list[list[str]] = [[], []]
    for lines in steps:
        clock.move(4 * 86_400)
        for watch, found in zip(both, told, strict=True):
            watch.record(*lines)
            found += [alert.id for alert in watch.monitor.look(["main"], HARVEST)]
    assert told[0] == told[1]
    assert len(told[0]) > 4
    assert {each.partition(":")[0] for each in told[0]} >= {"payment-due", "payment-overdue", "receipts-pending"}
    assert both[0].monitor.briefs == both[1].monitor.briefs
    figures = [
        [line for line in watch.metrics.text().decode().splitlines() if "_created" not in line] for watch in both
    ]
    assert figures[0] == figures[1]
    assert (set(both[0].monitor._books), set(both[1].monitor._books)) == ({"main"}, set())


def test_a_book_is_folded_again_only_where_it_has_grown_or_the_day_turned(
    both: tuple[Watch, Watch], clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, lean = both
    folds: list[int] = []
    current = LiveBook.current

    def counted(live: LiveBook) -> object:
        folds.append(0 if live._book is None else 1)
        return current(live)

    monkeypatch.setattr(LiveBook, "current", counted)
    lean.record(PROFILE, RECEIPT)
    lean.look()
    assert folds.count(0) == 1
    for _ in range(5):
        clock.move(60)
        lean.look()
    assert folds.count(0) == 1
    clock.move(86_400)
    lean.look()
    lean.look()
    assert folds.count(0) == 2
    lean.record(RECEIPT | {"at": "2026-05-01T12:00:00Z"})
    lean.look()
    assert folds.count(0) == 3
