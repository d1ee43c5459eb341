"""Which order of lots is in force, and which lots were chosen: the taxpayer's elections and selections in time."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import date
from typing import get_args

import msgspec

from lotwork.ledger import events as e
from lotwork.projections.basis.identification import Identification

METHODS: dict[str, e.Method] = {method: method for method in get_args(e.Method)}


class Orders:
    """The order of lots in force for a disposal; FIFO where nothing was elected, or nothing that holds for it.

    An election for one wallet beats one for all, one for one asset beats one for all, and the later of two beats the
    earlier; one that was not made before the disposal, or not told to whom it must be, is passed over. Law: FIFO by
    acquisition is the rule, another order must be identified (Treas. Reg. 1.1012-1(j)).
    """

    def __init__(self, elections: Iterable[e.Event], identification: Identification) -> None:
        kept = sorted((event for event in elections if isinstance(event, e.Election)), key=_rank)
        self._elections = [(election, METHODS[election.method]) for election in kept if election.method in METHODS]
        self._identification = identification

    def __bool__(self) -> bool:
        return bool(self._elections)

    def in_force(
        self, wallet: str, asset: str, day: date, event: e.Sale | e.Transfer | e.Movement | None = None
    ) -> e.Method:
        """Return the order in force for *asset* in *wallet* on *day*: for *event*, or for one at the end of the day."""
        at = self._identification.end_of(day) if event is None else event.at
        of_a_broker = wallet in self._identification.brokers
        chosen: e.Method = "fifo"
        refused: tuple[e.Election, str] | None = None
        for election, method in self._elections:
            if election.from_ <= day and election.wallet in (None, wallet) and election.asset in (None, asset):
                doubtful = of_a_broker or election.at > at
                fault = self._identification.fault(election, wallet, asset, at) if doubtful else None
                if fault is None:
                    chosen, refused = method, None
                elif method != chosen:
                    refused = election, fault
        if refused is not None and event is not None:
            self._identification.refuse(*refused, wallet, event)
        return chosen


def _rank(election: e.Election) -> tuple[bool, bool, date]:
    return election.wallet is not None, election.asset is not None, election.from_


class ChoiceState(msgspec.Struct):
    """Which selections still wait for a sale, which came too late, and which faulty orders were told of, by id."""

    waiting: list[str]
    late: list[str]
    told: list[tuple[str, str]]
    used: list[str]
    """Those that a sale has used up."""


class Choices:
    """Lots chosen by name: in the sale itself, or by a selection recorded for it before it happened."""

    def __init__(self, selections: Iterable[e.Event], identification: Identification) -> None:
        self._identification = identification
        self._for: defaultdict[str, list[e.Selection]] = defaultdict(list)
        self._next: defaultdict[tuple[str, str], deque[e.Selection]] = defaultdict(deque)
        self.late: list[e.Selection] = []
        self._used: list[str] = []
        for event in selections:
            if isinstance(event, e.Selection):
                if event.for_ is not None:
                    self._for[event.for_].append(event)
                else:
                    self._next[event.wallet, event.asset].append(event)

    def state(self) -> ChoiceState:
        """Return what the disposals so far have left."""
        waiting = [selection.id for line in self._next.values() for selection in line]
        late = [selection.id for selection in self.late]
        return ChoiceState(waiting, late, sorted(self._identification.told), self._used)

    def resume(self, state: ChoiceState) -> None:
        """Go on from *state*: these selections, where as many disposals have been."""
        self._used.extend(state.used)
        for key, line in self._next.items():
            self._next[key] = deque(selection for selection in line if selection.id not in state.used)
        told = {selection.id: selection for selections in self._for.values() for selection in selections}
        self.late = [told[selection] for selection in state.late]
        self._identification.told.update(state.told)

    def of(self, event: e.Sale | e.Transfer) -> tuple[e.LotChoice, ...]:
        """Return the lots chosen for *event*; a selection made after it does not count, and is kept as late."""
        if event.lots:
            return event.lots if self._identification.chosen_in_time(event) else ()
        if not (self._for or self._next):
            return ()
        chosen: tuple[e.LotChoice, ...] = ()
        for selection in self._for.get(event.id, ()):
            if selection.at > event.at:
                self.late.append(selection)
            elif self._identification.chosen_in_time(event, selection):
                chosen += selection.lots
        if chosen or isinstance(event, e.Transfer):
            return chosen
        waiting = self._next.get((event.wallet, event.asset))
        if waiting and waiting[0].at <= event.at:
            selection = waiting.popleft()
            self._used.append(selection.id)
            return selection.lots if self._identification.chosen_in_time(event, selection) else ()
        return ()
