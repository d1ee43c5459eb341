"""What stands behind a line that moved since a return was filed: its parts, what was said since, and the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

import msgspec

from lotwork.ledger.units import ZERO_CENTS
from lotwork.projections.filing.event_changes import EventChange
from lotwork.projections.filing.line_changes import Entry, LineChange, amounts, line_changes
from lotwork.rules.compare import FigureChange

Stages: TypeAlias = tuple[list[Entry], list[Entry]]
"""The lines of then by this program: under the law of then, and under today's."""
Steps: TypeAlias = tuple[Mapping[tuple[str, str, str], Decimal], Mapping[tuple[str, str, str], Decimal]]
MOST_NAMED = 20
"""A line that more changes stand behind names the first of them and says how many there are."""


class Parts(NamedTuple):
    """How much of a line's change is due to the program, to the law, and to events."""

    program: Decimal
    law: Decimal
    events: Decimal


class Explained(msgspec.Struct, frozen=True):
    """One line that moved, with what stands behind it."""

    move: LineChange
    parts: Parts | None
    """None where the law of then is not kept."""
    changes: tuple[EventChange, ...]
    count: int
    """How many changes stand behind it."""
    figures: tuple[FigureChange, ...]


def with_sources(filed: list[Entry], stages: Stages | None) -> list[Entry]:
    """Return the lines as *filed* with the cites, events and figures this program finds behind them."""
    if stages is None:
        return filed
    known = {entry[:3]: entry for entry in stages[0]}
    return [
        entry._replace(cites=found.cites, events=found.events, figures=found.figures)
        if (found := known.get(entry[:3]))
        else entry
        for entry in filed
    ]


def explained(
    move: LineChange,
    steps: Steps | None,
    since: Mapping[str, list[EventChange]],
    changed: Iterable[FigureChange],
) -> Explained:
    """Return what stands behind *move*: *steps* are the lines of then by this program under both laws."""
    parts = None
    if steps is not None:
        key = (move.form, move.line, move.label)
        then, under_law = (step.get(key, ZERO_CENTS) for step in steps)
        parts = Parts(then - move.old, under_law - then, move.new - under_law)
    named = [change for event in move.events for change in since.get(event, ())]
    if not named and (parts is None or parts.events):
        named = [change for changes in since.values() for change in changes]
    figures = tuple(figure for figure in changed if figure.path in move.figures)
    changes = tuple(dict.fromkeys(named))
    return Explained(move, parts, changes[:MOST_NAMED], len(changes), figures)


def explained_all(
    filed: list[Entry],
    now: Sequence[Entry],
    stages: Stages | None,
    since: Mapping[str, list[EventChange]],
    changed: Sequence[FigureChange],
) -> tuple[Explained, ...]:
    """Return every line that moved from *filed* to *now*, with what stands behind it."""
    steps = None if stages is None else (amounts(stages[0]), amounts(stages[1]))
    rows = line_changes(with_sources(filed, stages), now)
    return tuple(explained(move, steps, since, changed) for move in rows)
