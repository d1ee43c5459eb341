"""How far back what was told reaches: from which instant on a book that was folded without it may be another.

An event reaches back to when it happened, a void or a correction to when what it touches happened, before or after; a
price to an hour before it, where it may be the nearest, and to all that a transaction in doubt moved, whose question
tells what it was worth. What all of history is read by (who the taxpayer is, where the coins lie, what was elected)
reaches back to the beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from lotwork.ledger import events as e
from lotwork.ledger.codec import kind_of
from lotwork.ledger.history import AMENDING, History, Log
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.ledger.units import AmountError
from lotwork.projections.filer.activities import ALWAYS, FOR_EVER
from lotwork.projections.pricing import NEAR

OF_ALL_HISTORY = frozenset({"asset", "wallet", "profile", "election", "selection", "sharing"})
"""Kinds that all of history is read by, whenever they were told."""


MOVING = frozenset({"at", "kind"})
"""What a correction of many events may set, of which nobody knows which ones without reading them."""


class Reach(NamedTuple):
    """The instant from which on a book may be another, and the events that what was told speaks of."""

    since: datetime = FOR_EVER
    touched: frozenset[str] = frozenset()


def reach_of(history: History, log: Log, told: Iterable[e.Event]) -> Reach:
    """Return how far back the events *told* reach in *history*; what they speak of stands in *log*."""
    found = _Reached(history, log)
    found.of(told)
    if history.end is not None:
        found.since = min(found.since, found.first_in_doubt())
    return Reach(found.since, frozenset(found.touched))


@dataclass(slots=True)
class _Reached:
    history: History
    log: Log
    since: datetime = FOR_EVER
    touched: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    """The amendments that were followed."""

    def of(self, told: Iterable[e.Event]) -> None:
        """Reach back as far as each of *told*, and what it touches, ever happened."""
        for event in told:
            if _is_of_many(event) or any(MOVING & step.set_.keys() for step in self.history.selections):
                self.since = ALWAYS
            if self.since == ALWAYS:
                return
            if not isinstance(event, AMENDING):
                self._reach(event, self.history.corrections.get(event.id, ()))
            elif event.target is not None and event.id not in self._seen:
                self._seen.add(event.id)
                self._touch(event, event.target)

    def _touch(self, event: e.Void | e.Correction, target: str) -> None:
        self.touched.add(target)
        steps = [event] if isinstance(event, e.Correction) else []
        for touched in self._read(target):
            if isinstance(touched, AMENDING):
                self.of((touched,))
            else:
                self._reach(touched, chain(self.history.corrections.get(target, ()), steps))

    def _read(self, target: str) -> Iterator[e.Event]:
        return (event for _, event in self.log.read(self.history.book, ids=(target,)))

    def _reach(self, event: e.Event, steps: Iterable[e.Correction]) -> None:
        """Reach back to when *event* happened, as it was told or as any of *steps* has it."""
        self.touched.add(event.id)
        kinds, instants = {kind_of(event)}, [event.at]
        for step in steps:
            kinds.add(str(step.set_.get("kind", kind_of(event))))
            if "at" in step.set_:
                instants.append(_instant(step.set_["at"]))
        if kinds & OF_ALL_HISTORY:
            self.since = ALWAYS
            return
        since = min(instants)
        if "price" in kinds and since != ALWAYS:
            since = min(since - NEAR, self.first_in_doubt())
        self.since = min(self.since, since)

    def first_in_doubt(self) -> datetime:
        """Return the first instant of what transactions in doubt moved: a question tells what all of one was worth."""
        doubts = self.history.doubts.values()
        told = chain.from_iterable(chain(doubt.legs, doubt.came, doubt.bought) for doubt in doubts)
        return min((event.at for event in told), default=FOR_EVER)


def _is_of_many(event: e.Event) -> bool:
    return isinstance(event, e.Correction) and event.target is None


def _instant(told: object) -> datetime:
    """Return the instant that a correction sets; one that cannot be read may be any."""
    try:
        return parse_instant(str(told))
    except (AmountError, ValueError):
        return ALWAYS
