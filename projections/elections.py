"""Which order of lots is in force, and which lots were chosen: the taxpayer's elections and selections."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import date
from typing import get_args

import msgspec

from ledger.events import Election, Event, LotChoice, Method, Sale, Selection, Transfer

METHODS: dict[str, Method] = {method: method for method in get_args(Method)}


class Orders:
    """The order of lots in force for a wallet's asset on a day; FIFO where nothing was elected.

    An election for one wallet beats one for all, one for one asset beats one for all, and the later of two beats the
    earlier. Law: FIFO by acquisition is the rule, another order must be identified (Treas. Reg. 1.1012-1(j)).
    """

    def __init__(self, elections: Iterable[Event] = ()) -> None:
        kept = sorted((event for event in elections if isinstance(event, Election)), key=_rank)
        self._elections = [(election, METHODS[election.method]) for election in kept if election.method in METHODS]

    def __bool__(self) -> bool:
        return bool(self._elections)

    def in_force(self, wallet: str, asset: str, day: date) -> Method:
        """Return the order in force for *asset* in *wallet* on *day*."""
        chosen: Method = "fifo"
        for election, method in self._elections:
            if election.from_ <= day and election.wallet in (None, wallet) and election.asset in (None, asset):
                chosen = method
        return chosen


def _rank(election: Election) -> tuple[bool, bool, date]:
    return election.wallet is not None, election.asset is not None, election.from_


class ChoiceState(msgspec.Struct):
    """Which selections still wait for a sale, and which came too late, by id."""

    waiting: list[str]
    late: list[str]


class Choices:
    """Lots chosen by name: in the sale itself, or by a selection recorded for it before it happened."""

    def __init__(self, selections: Iterable[Event] = ()) -> None:
        self._for: defaultdict[str, list[Selection]] = defaultdict(list)
        self._next: defaultdict[tuple[str, str], deque[Selection]] = defaultdict(deque)
        self.late: list[Selection] = []
        for event in selections:
            if isinstance(event, Selection):
                if event.for_ is not None:
                    self._for[event.for_].append(event)
                else:
                    self._next[event.wallet, event.asset].append(event)

    def state(self) -> ChoiceState:
        """Return what the disposals so far have left."""
        waiting = [selection.id for line in self._next.values() for selection in line]
        return ChoiceState(waiting, [selection.id for selection in self.late])

    def resume(self, state: ChoiceState) -> None:
        """Go on from *state*: these selections, where as many disposals have been."""
        waiting = frozenset(state.waiting)
        for key, line in self._next.items():
            self._next[key] = deque(selection for selection in line if selection.id in waiting)
        told = {selection.id: selection for selections in self._for.values() for selection in selections}
        self.late = [told[selection] for selection in state.late]

    def of(self, event: Sale | Transfer) -> tuple[LotChoice, ...]:
        """Return the lots chosen for *event*; a selection made after it does not count, and is kept as late."""
        if event.lots or not (self._for or self._next):
            return event.lots
        chosen: tuple[LotChoice, ...] = ()
        for selection in self._for.get(event.id, ()):
            if selection.at <= event.at:
                chosen += selection.lots
            else:
                self.late.append(selection)
        if chosen or isinstance(event, Transfer):
            return chosen
        waiting = self._next.get((event.wallet, event.asset))
        return waiting.popleft().lots if waiting and waiting[0].at <= event.at else ()
