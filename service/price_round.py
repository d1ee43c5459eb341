"""A round of asking for prices: a few at a time, and what nobody knew is left alone for a while."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import Protocol

from lotwork.ingest.ports import PriceSource
from lotwork.ingest.prices.fetch import Unpriced, Wanted, fetch_prices
from lotwork.ledger.clock import Clock
from lotwork.ledger.events import Event
from lotwork.ledger.storage.batch import Appends, Batch
from lotwork.service.pending import Waiting

AT_ONCE = 20
"""Prices asked for between two appends, so that an end or a crash loses little."""
FIRST_WAIT_SECONDS = 300.0
LONGEST_WAIT_SECONDS = 86_400.0


class PriceRecorder(Appends, Protocol):
    """The ledger as a round of prices needs it: which it knows already, and where those that are new go."""

    def read(self, book: str, *, ids: Collection[str]) -> Iterator[tuple[int, Event]]:
        """Yield (position, event) of those of *ids* that *book* knows."""
        ...


class PriceRound:
    """Prices what waits in one book."""

    def __init__(
        self, recorder: PriceRecorder, book: str, sources: Sequence[PriceSource], clock: Clock, *, cross_check: bool
    ) -> None:
        self._recorder = recorder
        self._book = book
        self._sources = tuple(sources)
        self._clock = clock
        self._cross_check = cross_check
        self._asked: dict[Wanted, tuple[int, float]] = {}

    def go(self, waiting: Waiting, stop: Callable[[], bool]) -> tuple[int, tuple[Unpriced, ...]]:
        """Ask for what *waiting* wants; return how many prices were recorded, and what stays pending and why.

        A price that was recorded before is not recorded again, also where it was voided since.
        """
        self._asked = {wanted: self._asked[wanted] for wanted in waiting.wanted if wanted in self._asked}
        now = self._clock.monotonic()
        due = (wanted for wanted in waiting.wanted if self._asked.get(wanted, (0, now))[1] <= now)
        recorded = 0
        unpriced: list[Unpriced] = []
        while (some := list(islice(due, AT_ONCE))) and not stop():
            found = fetch_prices(some, self._sources, clock=self._clock, cross_check=self._cross_check)
            ids = [sample.id for sample in found.samples]
            known = {event.id for _, event in self._recorder.read(self._book, ids=ids)} if ids else set()
            samples = tuple(sample for sample in found.samples if sample.id not in known)
            if samples:
                self._recorder.append(Batch(self._book, samples))
            recorded += len(samples)
            unpriced += found.unpriced
            self._leave_alone(some, {item.wanted for item in found.unpriced if item.why == "too_recent"})
        return recorded, tuple(unpriced)

    def _leave_alone(self, asked: Sequence[Wanted], too_recent: set[Wanted]) -> None:
        """Ask again for what was *asked* only after a wait that doubles, from five minutes to a day."""
        for wanted in asked:
            if wanted not in too_recent:
                failures, _ = self._asked.get(wanted, (0, 0.0))
                wait = min(FIRST_WAIT_SECONDS * 2.0 ** min(failures, 12), LONGEST_WAIT_SECONDS)
                self._asked[wanted] = failures + 1, self._clock.monotonic() + wait
