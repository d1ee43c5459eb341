"""The rows of a file held against the log: which event each became before, and what it now says otherwise."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lotwork.ledger.codec import kind_of
from lotwork.ledger.errors import Problem
from lotwork.ledger.events import Correction, Event
from lotwork.ledger.history import History, Log
from lotwork.ledger.known_rows import FLOWS, Revision, RowRead, recognised
from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.ledger.revised import Revised, told_by_its_house
from lotwork.ledger.same_deals import house_of, is_part
from lotwork.ledger.serials import RIGS, may_be_mended
from lotwork.ledger.tellers import FROM_A_FILE
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import AssetTable

TWO_RIGS = (
    "; its serial may have been mended: if it is another rig, say so first: `lotwork --book {book} add correction "
    "target={event} 'set={{\"may_repeat\": \"none\"}}' 'reason=two rigs'`"
)
UNDO = (
    "where it did not happen, `lotwork --book {book} add void target={event} reason=failed`; where the row is of "
    'another one, `lotwork --book {book} add correction target={event} \'set={{"may_repeat": "none"}}\' '
    "'reason=it happened'`; then import again"
)


@dataclass(frozen=True)
class RecordedRows:
    """What one book holds that rows of files may have become."""

    log: Log
    book: str
    assets: AssetTable
    history: Callable[[], History]
    """The book as it holds, read when it is first needed."""

    @cached_property
    def _revised(self) -> Revised:
        return Revised(self.log, self.book, self.assets, self.history)

    def settle(
        self, rows: Sequence[RowRead], taken: Iterable[Event]
    ) -> Iterator[tuple[RowRead, Event, list[Revision]]]:
        """Yield each of *rows* with its event, and what it says otherwise than that event as it is recorded.

        The event is one of the log, one of those *taken* from files before this one, or a new one.
        """
        recorded = {event.id: event for event in self._read_before(rows)}
        found = self._recognised(list(rows), recorded, {event.id: event for event in taken})
        for row, event in self._mended(found, recorded):
            revisions = self._revised.by(row, event) if event.id in recorded else []
            if event.id in recorded and told_by_its_house(row, event) and not is_part(event.id):
                revisions += self._also_told(row, event)
            if row.own_id and isinstance(event, RIGS) and row.event.id not in (event.id, row.former):
                hint = _in_a_shell(TWO_RIGS, self.book, event.id)
                revisions = [each._replace(hint=hint) for each in revisions]
            yield row, event, revisions

    def gone(self, told: Iterable[TextLine], claimed: Container[str]) -> Iterator[Revision]:
        """Yield the void of each event that the log holds of a row which does not tell it any more.

        An event that another row *claimed* is that row's.
        """
        where = {name: line.where for line in told for name in line.gone if name not in claimed}
        for _, event in self.log.read(self.book, ids=where) if where else ():
            holds = None if event.row is None else self.history().corrected(event)
            if holds is not None and holds.may_repeat != SETTLED:
                yield Revision(where[event.id], event, {}, {}, void=event.id)

    def undone(self, told: Sequence[tuple[str, RowRead]], claimed: Collection[str]) -> Iterator[Problem]:
        """Yield a problem for each row *told* with words that say that it did not happen, where the log says it did.

        An event that another row of the file *claimed* is that row's, and one that is void, or that a person called one
        of its own, is settled.
        """
        rows = [row for _, row in told]
        recorded = {event.id: event for event in self._read_before(rows) if event.id not in claimed}
        known = frozenset(recorded)
        for (words, row), (_, event) in zip(told, self._recognised(rows, recorded, {}), strict=True):
            holds = self.history().corrected(event) if event.id in known else None
            if holds is not None and holds.may_repeat != SETTLED:
                reason = f"{words}, and {event.id} is recorded of it, which counts"
                yield Problem(row.where, "row", reason, _in_a_shell(UNDO, self.book, event.id))

    def _mended(
        self, found: list[tuple[RowRead, Event]], recorded: dict[str, Event]
    ) -> Iterator[tuple[RowRead, Event]]:
        """Yield what was *found*, a rig that is new with the event that it may be under a serial that was mended.

        That is one that no other row of the file is, and of which nobody said that it is a thing of its own.
        """
        new = {event.id for row, event in found if row.own_id and event.id not in recorded and isinstance(event, RIGS)}
        claimed = {event.id for _, event in found}
        known = [each for each in recorded.values() if new and isinstance(each, RIGS) and each.id not in claimed]
        held = [holds for each in known if (holds := self.history().corrected(each)) is not None]
        rigs = [holds for holds in held if holds.may_repeat != SETTLED]
        for row, event in found:
            other = next((each for each in rigs if event.id in new and may_be_mended(event, each)), None)
            if other is not None:
                rigs.remove(other)
            yield row, event if other is None else recorded[other.id]

    def _recognised(
        self, rows: list[RowRead], recorded: dict[str, Event], taken: dict[str, Event]
    ) -> list[tuple[RowRead, Event]]:
        """Return each row with its event; what the log holds under the name of a new one is *recorded* too.

        Such is the same row, that a map told under another source before.
        """
        while True:
            found = recognised(rows, (recorded | taken).values(), self.assets, self._held)
            new = [event.id for _, event in found if event.id not in recorded and event.id not in taken]
            more = {event.id: event for _, event in self.log.read(self.book, ids=new)} if new else {}
            if not more:
                return found
            recorded |= more

    def _read_before(self, rows: Iterable[RowRead]) -> Iterator[Event]:
        """Yield what the log holds that rows may have become."""
        sources = {FROM_A_FILE, *(row.event.source or FROM_A_FILE for row in rows)}
        for source in sorted(sources):
            said = (event for _, event in self.log.read(self.book, source=source))
            yield from (event for event in said if not isinstance(event, Correction))
        names = [name for row in rows for name in (row.event.id, row.former)]
        yield from (event for _, event in self.log.read(self.book, ids=names))
        yield from self._told_by_houses(rows, sources)

    def _told_by_houses(self, rows: Iterable[RowRead], sources: Collection[str]) -> Iterator[Event]:
        """Yield what other sources told of the houses whose own exports these *rows* stand in: their APIs."""
        named = [row.event for row in rows if row.own_id and row.event.source == house_of(row.event)]
        houses = {house_of(event) for event in named}
        kinds = {kind_of(event) for event in named}
        for _, event in self.log.read(self.book, kinds=kinds | FLOWS) if houses else ():
            if house_of(event) in houses and event.source not in sources:
                yield event

    def _held(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield those of *events* that corrections changed, as they hold."""
        history = self.history()
        for event in events if history.corrections or history.selections else ():
            holds = history.corrected(event)
            if holds is not None and holds is not event:
                yield holds

    def _also_told(self, row: RowRead, event: Event) -> Iterator[Revision]:
        """Yield what keeps that the export tells *event* of an API too, unless it is kept already.

        So that it does not go when the API no longer tells it: a person is asked.
        """
        steps = self.history().corrections.get(event.id, ())
        kept = any(step.set_.get("row") for step in steps) or self.history().corrected(event) is None
        if row.event.row is not None and not kept:
            yield Revision(row.where, event, {"row": row.event.row}, {}, also=True)


def _in_a_shell(words: str, book: str, event: str) -> str:
    """Return *words* with the names in their commands as a shell reads them."""
    return words.format(book=shlex.quote(book), event=shlex.quote(event))
