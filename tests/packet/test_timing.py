"""When a choice of lots was recorded is told against its sale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lotwork.packet.checks.history import Happening
from lotwork.packet.checks.telling import Report
from lotwork.packet.checks.timing import Timing

AT = datetime(2025, 5, 1, 12, tzinfo=UTC)
LOTS = [{"lot": "r", "quantity": 1}]


def happening(name: str, recorded: timedelta, **told: Any) -> Happening:
    begin = datetime(1970, 1, 1, tzinfo=UTC)
    at_us = (AT - begin) // timedelta(microseconds=1)
    return Happening({"id": name, "kind": "sale", "at_us": at_us, "position": 1, "told": told,
                      "recorded_us": at_us + recorded // timedelta(microseconds=1)})  # fmt: skip


@pytest.mark.parametrize(
    ("sale", "by", "order", "said"),
    [
        ({"lots": LOTS}, 0, None, "1 disposals of 2025 took their lots by specific identification, recorded before"),
        ({"lots": LOTS}, 72, None, "s: the sale itself names its lots, and that was recorded 3 days after it happened"),
        ({}, -1, "selection", "1 disposals of 2025 took their lots by specific identification, recorded before"),
        ({}, 5, "selection", "s: the selection c names its lots, and that was recorded 5 hours after it happened"),
        ({}, -1, "order", "1 disposals of 2025 took their lots by standing order, recorded before they happened"),
        ({}, 5, "order", "s: the standing order c (hifo) chose its lots, and that was recorded 5 hours after it"),
        ({}, 5, None, "1 disposals of 2025 name no lots and stand under no order: first in, first out"),
    ],
)
def test_a_choice_is_told_by_when_it_was_recorded(sale: dict[str, Any], by: int, order: str | None, said: str) -> None:
    timing, report = Timing(2025), Report()
    event = happening("s", timedelta(hours=by if sale else 500), **sale)
    other = happening("c", timedelta(hours=by), method="hifo")
    chosen: list[tuple[str, int, str | None]] = [("r", 1, None)] if sale or order == "selection" else []
    timing.note(event, AT.date(), chosen, [other] if order == "selection" else [], other if order == "order" else None)
    timing.tell(report)
    assert report.ok
    assert any(said in words for _, words in report.lines), report.lines


def test_a_correction_that_names_lots_later_is_what_counts() -> None:
    timing, report = Timing(2025), Report()
    event = happening("s", timedelta(hours=-1), lots=LOTS)
    event.lots_recorded = AT + timedelta(days=9)
    timing.note(event, AT.date(), [("r", 1, None)], [], None)
    timing.tell(report)
    assert any("recorded 9 days after" in words for _, words in report.lines)
