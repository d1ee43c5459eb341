"""The listing of `lotwork replay`: how much was folded and how fast, what amends it, and the state it comes to."""

from __future__ import annotations

from lotwork.ledger.history import History
from lotwork.reports.rows import Row
from lotwork.rules.load import Law


class AmendedRow(Row, frozen=True, kw_only=True):
    """How much of what was told is amended: events that are void, corrections, and rules of the book."""

    void: int
    corrections: int
    rules: int


class ReplayListing(Row, frozen=True, kw_only=True):
    """What `lotwork replay` tells; resumed_from: the position of the checkpoint it went on from, 0 for none."""

    events: int
    seconds: str
    events_per_second: int
    resumed_from: int
    amended_by: AmendedRow
    state_digest: str


def amended_row(history: History, law: Law) -> AmendedRow:
    """Return how much of what *history* tells is amended."""
    corrections = len(history.selections) + sum(map(len, history.corrections.values()))
    return AmendedRow(void=len(history.voided), corrections=corrections, rules=len(law.corrections))
