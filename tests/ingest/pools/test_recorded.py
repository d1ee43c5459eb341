"""What the log has of a pool's rows: read once, and the same as the whole log read anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lotwork.ingest.pools.recorded import RecordedRows
from lotwork.ingest.reorganisations import Notice, reconcile, recorded_of
from lotwork.ledger.events import Event, Receipt
from tests.ingest.memory_log import MemoryLog

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST = int(NOON.timestamp())


def paid(number: int, quantity: int = 1000, source: str = "pool") -> Receipt:
    return Receipt(
        id=f"p:{number}", at=NOON + timedelta(hours=number), wallet="cold", asset="BTC", quantity=quantity,
        income="pool_payout", source=source,
    )  # fmt: skip


class Counting(MemoryLog):
    """A log that counts what is read of it by kind."""

    read_out = 0

    def read(self, book: str, **what: Any) -> Iterator[tuple[int, Event]]:
        for entry in super().read(book, **what):
            self.read_out += what.get("ids") is None
            yield entry


def say(log: MemoryLog, *observed: Event, gone: tuple[str, ...] = ()) -> None:
    """Let the log come to say what is *observed*, and not what is *gone*."""
    names = [*(event.id for event in observed), *gone]
    notice = Notice(source="pool", noted=NOON + timedelta(days=len(log.events)), because="the pool says so")
    recorded = recorded_of(log, "main", names)
    log.append(reconcile(recorded, observed, doubted=names, assets=log.assets("main"), notice=notice))


@pytest.mark.parametrize("asked_before", [False, True])
def test_what_is_voided_corrected_and_back_is_told_as_the_log_tells_it(*, asked_before: bool) -> None:
    log = Counting()
    rows = RecordedRows(log, "main", "pool")
    say(log, *(paid(number) for number in range(6)), paid(9, source="a file"))
    if asked_before:
        assert len(rows.between("p:", FIRST, FIRST + 86_400)) == 6
    say(log, paid(1, 2000), gone=("p:2", "p:3"))
    say(log, paid(3))
    within = rows.between("p:", FIRST, FIRST + 5 * 3600)
    assert within == {str(number): FIRST + number * 3600 for number in (0, 1, 3, 4)}
    assert rows.between("other:", FIRST, FIRST + 86_400) == {}
    names = ["p:1", "p:2", "p:3", "p:9", "p:77"]
    assert sorted(map(str, rows.of(names))) == sorted(map(str, recorded_of(log, "main", names)))


def test_each_event_is_read_once_however_many_spans_are_asked_for() -> None:
    log = Counting()
    rows = RecordedRows(log, "main", "pool")
    say(log, *(paid(number) for number in range(50)))
    log.read_out = 0
    for span in range(50):
        assert rows.between("p:", FIRST + span * 3600, FIRST + (span + 1) * 3600) == {str(span): FIRST + span * 3600}
    assert log.read_out == 50
