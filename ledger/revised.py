"""What a row says otherwise by now than what the files said of its event last.

What a file said is the event as it was recorded, with what `import --revise` made of it since; a person's corrections
are no file's words. So a row that goes back to its first text is a revision too, and one that a person mended is not
asked about again and again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lotwork.ledger.correcting import corrected
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Correction, Event, Receipt, Void
from lotwork.ledger.history import History, Log
from lotwork.ledger.known_rows import SAID_OF_IT, Revision, RowRead, revision_of
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.same_deals import house_of
from lotwork.ledger.tellers import FROM_A_FILE, FROM_FILES, cells_of
from lotwork.ledger.units import AssetTable


@dataclass(frozen=True)
class Revised:
    """What files said of the events of one book since they were recorded."""

    log: Log
    book: str
    assets: AssetTable
    history: Callable[[], History]

    @cached_property
    def _by_files(self) -> Mapping[str, list[Correction | Void]]:
        """The corrections and voids that files told, by the event they are of."""
        found: defaultdict[str, list[Correction | Void]] = defaultdict(list)
        for _, event in self.log.read(self.book, source=FROM_A_FILE):
            if isinstance(event, Correction | Void) and event.target is not None:
                found[event.target].append(event)
        return found

    def by(self, row: RowRead, event: Event) -> list[Revision]:
        """Return what *row* says otherwise than *event*; what a person said, or made void, stays as it is."""
        revised = event.id in self._by_files
        by_both = told_by_its_house(row, event)
        if not (revised or by_both) and revision_of(row, event, self.assets) is None:
            return []
        again = list(self._told_again(row, event, by_both=by_both)) if revised or by_both else []
        said = self._said(event) if revised else event
        holds = said if again else self.history().corrected(event)
        if holds is None:
            return again
        changes, before = self._changes(row, event, said, holds)
        return [*again, *([Revision(row.where, holds, changes, before)] if changes else [])]

    def _told_again(self, row: RowRead, event: Event, *, by_both: bool) -> Iterator[Revision]:
        """Yield the void of each void of *event*, where files alone made it void, or the API that told it."""
        voided = self.history().voided
        if event.id not in voided:
            return
        against = [
            void
            for _, void in self.log.read(self.book, kinds=("void",))
            if isinstance(void, Void) and void.target == event.id and void.id not in voided
        ]
        tellers = {FROM_A_FILE, event.source} if by_both else {FROM_A_FILE}
        if all(void.source in tellers for void in against):
            for void in against:
                yield Revision(row.where, event, {}, {}, void=void.id)

    def _said(self, event: Event) -> Event:
        """Return *event* as files told it last."""
        history = self.history()
        steps = [step for step in history.corrections.get(event.id, ()) if step.source == FROM_A_FILE]
        for step in sorted(steps, key=lambda step: history.order[step.id]):
            with suppress(InputRefusedError):
                event = corrected(event, step, self.assets)
        return event

    def _changes(
        self, row: RowRead, event: Event, said: Event, holds: Event
    ) -> tuple[dict[str, Any], Mapping[str, Any]]:
        """Return what is to be set, and what the keys are as the event holds."""
        told = revision_of(row, said, self.assets)
        otherwise = revision_of(row, holds, self.assets) if told is not None else None
        changes: dict[str, Any] = {}
        if told is not None and otherwise is not None:
            changes = {key: value for key, value in otherwise.changes.items() if key in told.changes}
        public = to_contract(holds, self.assets)
        if said is not event and event.row and cells_of(row.event.row or "") == cells_of(event.row):
            first, last = (to_contract(each, self.assets) for each in (event, said))
            added = last.keys() - first.keys() - to_contract(row.event, self.assets).keys() - SAID_OF_IT
            changes |= {key: None for key in sorted(added) if public.get(key) == last[key]}
        return changes, public


def told_by_its_house(row: RowRead, event: Event) -> bool:
    """Say if *row* stands in the own export of the house whose API told *event*."""
    own = row.own_id and row.event.source is not None and row.event.source == house_of(row.event)
    if isinstance(event, Receipt) and event.pool is not None:  # what a pool takes back is void, and nobody is asked
        return False
    return own and event.row is None and event.source not in {*FROM_FILES, row.event.source}
