"""One trade that one source tells in its parts, and another whole: a list of fills beside a list of orders.

An order is filled in parts, within minutes, and an exchange exports either. What left is realized once (26 U.S.C. 1001)
and has its cost once (1012), so a whole that comes to just the parts another teller tells is a question.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from lotwork.ledger.events import Purchase, Receipt, Sale
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.tellers import FROM_A_FILE, teller_of
from lotwork.ledger.told_again import SETTLED
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import add_command, correct_command
from lotwork.projections.questions.lately import last_of

Traded: TypeAlias = Sale | Purchase | Receipt
_Place: TypeAlias = tuple[type[Traded], str, str]
"""A kind, a wallet and a coin."""
FILLED = timedelta(minutes=10)
MOST_TRADED = 64
"""So many of the last minutes, of one coin and wallet, are looked at."""
_PARTS = (
    "{whole.id} is as much {whole.asset} as {count} others that another source tells within minutes come to, {first} "
    "to {last}: if it is the same told whole, void it: `{void}`; if it is another, say so: `{other}`"
)


@dataclass(slots=True)
class InParts:
    """Holds what was traded in the last minutes against what others tell of it."""

    findings: list[Finding]
    book: str = MAIN_BOOK
    _recent: defaultdict[_Place, deque[Traded]] = field(default_factory=lambda: defaultdict(deque))

    def kept(self) -> list[Traded]:
        """Return what another fold can go on from."""
        return [event for recent in self._recent.values() for event in recent]

    def resume(self, events: Iterable[Traded]) -> None:
        """Go on from another fold's `kept`."""
        for event in events:
            self._recent[type(event), event.wallet, event.asset].append(event)

    def are_at_rest(self, events: Sequence[Traded]) -> bool:
        """Say if one source, which is no file's, tells *events* of one kind, and alone told of such minutes before."""
        first, sources = events[0], {each.source for each in events}
        return len(sources) == 1 and FROM_A_FILE not in sources and self._told_alone(first)

    def _told_alone(self, first: Traded) -> bool:
        return not any(
            kind is type(first) and first.at - each.at <= FILLED and each.source != first.source
            for (kind, *_), recent in self._recent.items()
            if first.at - recent[-1].at <= FILLED
            for each in recent
        )

    def pass_by(self, events: Sequence[Traded]) -> None:
        """Keep *events*, which are at rest."""
        for event in last_of(events, FILLED):
            self._keep(event)

    def _keep(self, event: Traded) -> deque[Traded]:
        recent, at = self._recent[type(event), event.wallet, event.asset], event.at
        while recent and (at - recent[0].at > FILLED or len(recent) >= MOST_TRADED):
            recent.popleft()
        recent.append(event)
        return recent

    def take(self, event: Traded) -> None:
        """Hold *event* against the minutes before it: as the whole of parts, and as the last part of a whole."""
        recent = self._keep(event)
        if len(recent) > 2 and event.may_repeat != SETTLED:  # noqa: PLR2004 - a whole has two parts at least
            self._hold(event, recent)

    def _hold(self, event: Traded, recent: deque[Traded]) -> None:
        told: defaultdict[tuple[str | None, str | None], list[Traded]] = defaultdict(list)
        for each in recent:
            told[_teller(each)].append(each)
        mine = told.pop(_teller(event))
        for others in told.values():
            parts = _last_that_come_to(event.quantity, others)
            if parts:
                self._ask(event, parts)
                return
            for whole in others:
                parts = _last_that_come_to(whole.quantity, mine)
                if parts and whole.may_repeat != SETTLED:
                    self._ask(whole, parts)
                    return

    def _ask(self, whole: Traded, parts: list[Traded]) -> None:
        void = add_command(self.book, "void", f"target={whole.id}", "reason=told in its parts")
        other = correct_command(self.book, whole.id, {"may_repeat": SETTLED}, "another one")
        words = _PARTS.format(
            whole=whole, count=len(parts), first=parts[0].id, last=parts[-1].id, void=void, other=other
        )
        self.findings.append(Finding("told_in_parts", words, whole.id))


def _teller(event: Traded) -> tuple[str | None, str | None]:
    """Return who told *event*: its source; of a file that names none, its columns."""
    if event.source != FROM_A_FILE:
        return event.source, None
    return event.source, teller_of(event).columns


def _last_that_come_to(quantity: int, events: list[Traded]) -> list[Traded]:
    """Return the last of *events*, two at least, that come to *quantity*; none where there are no such."""
    left = quantity
    for place in range(len(events) - 1, -1, -1):
        left -= events[place].quantity
        if left <= 0:
            return events[place:] if left == 0 and place < len(events) - 1 else []
    return []
