"""A stretch of events in pieces: what may be what a receipt is stands apart, and so does what comes within a day of it.

A transfer a month would else have every event of its stretch held against all that may be what it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from lotwork.ledger import events as e
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.questions.lately import LONG_AGO

COMPARED = frozenset({e.Purchase, e.GiftReceived, e.Transfer, e.Movement})
"""The kinds that may be what a receipt is, beside receipts themselves."""
FEW = 8
"""So few events are taken one by one: to look first at what they have in common would be more."""


@dataclass(slots=True)
class Pieces:
    """Cuts stretches that follow in order of time; where it cuts changes how fast they are taken, and nothing else."""

    _until: datetime = LONG_AGO
    """The end of the day after what was last apart."""

    def of(self, events: Sequence[e.Event]) -> Iterator[tuple[Sequence[e.Event], bool]]:
        """Yield *events* in pieces, each with whether it is many plain ones: of other kinds, and repeating none."""
        apart = _few_by_a_hand(events)
        if not apart and COMPARED.isdisjoint(map(type, events)) and {event.may_repeat for event in events} <= {None}:
            yield from self._by_the_day(events)
            return
        for is_plain, run in groupby(events, lambda event: _is_plain(event) and event.id not in apart):
            if is_plain:
                yield from self._by_the_day([*run])
            else:
                compared = [*run]
                self._until = compared[-1].at + ONE_DAY
                yield compared, False

    def _by_the_day(self, plain: Sequence[e.Event]) -> Iterator[tuple[Sequence[e.Event], bool]]:
        cut = bisect_right(plain, self._until, key=_instant)
        yield from ((piece, len(piece) >= FEW) for piece in (plain[:cut], plain[cut:]) if piece)


def _few_by_a_hand(events: Sequence[e.Event]) -> Collection[str]:
    """Return the receipts of *events* that a hand tells beside sources, or sources beside a hand: whichever is less."""
    if len({event.source for event in events if type(event) is e.Receipt}) == 1:  # as mostly
        return ()
    by_a_hand = frozenset(event.id for event in events if type(event) is e.Receipt and event.source is None)
    by_sources = frozenset(event.id for event in events if type(event) is e.Receipt and event.source is not None)
    return by_a_hand if len(by_a_hand) < len(by_sources) else by_sources


def _is_plain(event: e.Event) -> bool:
    return event.may_repeat is None and type(event) not in COMPARED


_instant = attrgetter("at")
