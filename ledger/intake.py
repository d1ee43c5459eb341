"""The door: what comes in at once is parsed, held against itself and the log, and let in whole or not at all.

Problems are collected over all lines of all files; a caller who mends one list is done. What a line cannot know by
itself is checked here: ids that meet, and the targets of voids and corrections.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol

import msgspec

from lotwork.ledger.amendments import as_corrected, problems_of_set, problems_of_target
from lotwork.ledger.at_sight import AtSight
from lotwork.ledger.codec import derived_id, same_event
from lotwork.ledger.counting import counted
from lotwork.ledger.errors import InputRefusedError, NotLetInError, Problem
from lotwork.ledger.events import AssetDeclared, Correction, Event, Void
from lotwork.ledger.evidence_told import EvidenceTold
from lotwork.ledger.history import History, Log
from lotwork.ledger.known_rows import Revision, RowRead
from lotwork.ledger.lined_up import LinedUp
from lotwork.ledger.new_books import slips_of_books
from lotwork.ledger.not_yet import says_not_yet
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.public_form.jsonlines import MOST_PROBLEMS, TextBlock, TextLine, in_block
from lotwork.ledger.public_form.keys import required_keys
from lotwork.ledger.recorded_otherwise import recorded_otherwise
from lotwork.ledger.recorded_rows import RecordedRows
from lotwork.ledger.slips import (
    hidden_in,
    hidden_in_name,
    is_plainly_well,
    may_slip,
    slips_of,
    slips_of_correction,
    slips_of_selection,
)
from lotwork.ledger.storage.batch import MAIN_BOOK, parse_book
from lotwork.ledger.units import ONE_DAY, Asset, AssetTable
from lotwork.ledger.voids import circles

WRITTEN_BY_LOTWORK = "filing"
AMENDMENTS = (Void, Correction)
EXPORTED = "exported"
"""What `lotwork export` says of a line that the log holds, and that would be refused by hand."""


class Ledger(Log, Protocol):
    """What the door asks of a log: what history does, and its books."""

    def books(self) -> tuple[str, ...]:
        """Return the books by name."""
        ...


@dataclass(slots=True)
class Intake:
    """Lines on their way in: events by book, in the order told, with where each was told."""

    log: Ledger
    default_book: str = MAIN_BOOK
    evidence: EvidenceTold | None = None
    """What lines may bring, or say is kept; None: they bring none, and the key is passed over."""
    history_too: bool = False
    """Whether what only Lotwork writes is let in: an export of another home holds the returns filed there."""
    now: datetime | None = None
    """The instant now, more than a day after which nothing can have happened; None: it is not asked."""
    problems: list[Problem] = field(default_factory=list)
    folder: Path | None = None
    """Where what does not fit in memory waits meanwhile, if it is there."""
    events: dict[str, LinedUp] = field(init=False)
    noted: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    """By book, the events taken that may be told once more, or say that they have not happened."""
    _assets: dict[str, AssetTable] = field(default_factory=dict)
    _amendments: list[tuple[str, str, Void | Correction]] = field(default_factory=list)
    _former: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """Ids that a release gave which took a transaction's id as it was spelled, by the id of today."""
    revisions: list[tuple[str, Revision]] = field(default_factory=list)
    """By book, what rows say otherwise than the events they became before."""
    repeated: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By book, how many lines only say again what another line says."""
    exported: list[tuple[str, Event]] = field(default_factory=list)
    """By book, what is let in as the log it comes from holds it, though it would be refused by hand."""
    _rows: dict[str, list[RowRead]] = field(default_factory=lambda: defaultdict(list))
    _undone: dict[str, list[tuple[str, RowRead]]] = field(default_factory=lambda: defaultdict(list))
    """By book, rows that say that they did not happen, each with the words that say so."""
    _gone: dict[str, list[TextLine]] = field(default_factory=lambda: defaultdict(list))
    """By book, rows that do not tell all that they may have told before."""
    _histories: dict[str, History] = field(default_factory=dict)
    _unclear: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By book, the places of what must be looked at for slips."""
    _sight: AtSight = field(init=False)
    _end: datetime | None = field(init=False)
    """The instant after which nothing can have happened."""

    def __post_init__(self) -> None:
        """Let events line up where there is room."""
        self.events = defaultdict(partial(LinedUp, self.folder))
        self._end = None if self.now is None else self.now + ONE_DAY
        of = self.default_book
        line, unclear = partial(self.events.__getitem__, of), self._unclear[of].append
        self._sight = AtSight(partial(self.assets, of), line, unclear, partial(self._admit, of), self._end)

    def take(self, lines: Iterable[TextLine | TextBlock], folder: Path | None) -> None:
        """Parse *lines* of one file, whose evidence lies below *folder*. Assets may be declared on any line.

        Where a person typed the line there is no such folder (None), and evidence may lie anywhere.
        """
        self._take(map(in_block, lines), folder)
        self._settle_rows()

    def _take(self, lines: Iterable[TextLine | TextBlock], folder: Path | None) -> None:
        waiting: list[TextLine] = []
        for told in lines:
            for line in self._sight.take(told, waiting) if isinstance(told, TextBlock) else (told,):
                if len(self.problems) >= MOST_PROBLEMS:
                    return
                self._take_line(line, folder, waiting)
        for line in waiting:
            if len(self.problems) >= MOST_PROBLEMS:
                return
            self._parse(line, folder)

    def _take_line(self, line: TextLine, folder: Path | None, waiting: list[TextLine]) -> None:
        if line.gone:
            self._gone[self.default_book].append(line)
        elif line.content.get("kind") == "asset":
            if not (line.unless_known and self.assets(self.default_book).get(line.content["asset"])):
                self._declare(line, folder)
        elif waiting or self._must_wait(line.content):
            waiting.append(line)
        else:
            self._parse(line, folder)

    def _must_wait(self, content: Mapping[str, Any]) -> bool:
        """Say whether a line names an asset that a later line may declare."""
        asset, book = content.get("asset"), content.get("book", self.default_book)
        return isinstance(asset, str) and isinstance(book, str) and self.assets(book).get(asset) is None

    def _declare(self, line: TextLine, folder: Path | None) -> None:
        parsed = self._parse(line, folder)
        if parsed is None:
            return
        book, event = parsed
        if isinstance(event, AssetDeclared):
            asset = Asset(event.asset, event.decimals, event.asset_class, event.chain, event.contract)
            try:
                self._assets[book] = self.assets(book).with_declared((asset,))
            except InputRefusedError as refusal:
                self.problems.append(Problem(line.where, "decimals", str(refusal), "use the scale it has"))

    def assets(self, book: str) -> AssetTable:
        """Return the assets *book* knows, those declared on the lines taken so far among them."""
        if book not in self._assets:
            self._assets[book] = self.log.assets(book)
        return self._assets[book]

    def _parse(self, line: TextLine, folder: Path | None) -> tuple[str, Event] | None:
        content = line.content
        if content.get("kind") == WRITTEN_BY_LOTWORK and not self._is_history(content):
            reason, remedy = "a filing is not written by hand", "run `lotwork file --year Y`"
            self.problems.append(Problem(line.where, "kind", reason, remedy))
            return None
        try:
            book = self.default_book if content.get("book") is None else parse_book(content["book"])
            exported = self.history_too and content.get(EXPORTED) is True and content.get("id") is not None
            if exported:
                content = {name: value for name, value in content.items() if name != EXPORTED}
            if content.get("evidence") is not None:
                content = self._with_evidence(content, folder, line.where)
            event = parse_event(content, self.assets(book), line.where)
        except InputRefusedError as refusal:
            self.problems.extend(refusal.problems or [Problem(line.where, "line", str(refusal), "mend the line")])
            return None
        except ValueError as broken:
            self.problems.append(Problem(line.where, "book", str(broken), "name the book"))
            return None
        if exported:
            self.exported.append((book, event))
        if line.undone is not None or line.former is not None:
            read = RowRead(line.where, event, content.get("id") is not None, line.former or "", line.again)
            if line.undone is None:
                self._rows[book].append(read)
            else:
                self._undone[book].append((line.undone, read))
            return None
        if content.get("id") is None and getattr(event, "txid", None) != content.get("txid"):
            as_told = msgspec.structs.replace(event, id="", txid=content["txid"])
            self._former[book][event.id] = derived_id(as_told)
        return (book, event) if self._admit(book, event, line.where) else None

    def _settle_rows(self) -> None:
        """Put the events of the rows of one file in line: those they became before, or new ones."""
        for book, rows in self._rows.items():
            taken = [event for event in self.events[book] if event.row is not None]
            for row, event, revisions in self._recorded(book).settle(rows, taken):
                self.revisions += ((book, each) for each in revisions if not each.also)
                self._admit(book, event, row.where)
                for also in (each for each in revisions if each.also):
                    self._admit(book, also.amendment(event.at), row.where)
        for book, undone in self._undone.items():
            self.problems += self._recorded(book).undone(undone, {event.id for event in self.events[book]})
        for book, gone in self._gone.items():
            self.revisions += ((book, each) for each in self._recorded(book).gone(gone, self.events[book].names))
        for each in (self._rows, self._undone, self._gone):
            each.clear()

    def _recorded(self, book: str) -> RecordedRows:
        return RecordedRows(self.log, book, self.assets(book), partial(self._history, book))

    def _history(self, book: str) -> History:
        if book not in self._histories:
            self._histories[book] = History.read(self.log, book)
        return self._histories[book]

    def _is_history(self, content: Mapping[str, Any]) -> bool:
        """Say if a line tells a return as an export does: whole, under its id, with the log it was made from."""
        return self.history_too and "id" in content and content.keys() >= {*required_keys(WRITTEN_BY_LOTWORK)}

    def _with_evidence(self, content: Mapping[str, Any], folder: Path | None, where: str) -> dict[str, Any]:
        """Return *content* with its evidence by its SHA-256."""
        if self.evidence is None:
            return {name: value for name, value in content.items() if name != "evidence"}
        if content.get("kind") == WRITTEN_BY_LOTWORK:
            self.evidence.look_for(content.get("law_files"), folder)
        try:
            return {**content, "evidence": self.evidence.digest(content["evidence"], folder)}
        except NotLetInError as refused:
            problem = Problem(where, "evidence", f"{refused.name!r}: {refused.reason}", refused.remedy)
            raise InputRefusedError(f"{where}: refused", [problem]) from refused

    def _admit(self, book: str, event: Event, where: str) -> bool:
        """Put *event* in line, unless its id was told before with other content."""
        line = self.events[book]
        known = line.append(event, where)
        if known is not None:
            first, twin = known
            if not same_event(twin, event):
                self.problems.append(
                    Problem(
                        where, "id", f"{event.id[:60]!r} has other content at {first}", "give each event its own id"
                    )
                )
            self.repeated[book] += 1
            return False
        if not is_plainly_well(event, self._end):
            self._unclear[book].append(len(line) - 1)
        if isinstance(event, AMENDMENTS):
            self._amendments.append((book, where, event))
        if event.may_repeat is not None or (event.note is not None and says_not_yet(event.note)):
            self.noted[book].append(event)
        return True

    def check(self) -> None:
        """Hold what was taken against itself and the log. Raises InputRefusedError with every problem there is."""
        self._recall()
        self._check_slips()
        if self.now is not None:
            first = {book: events[0][0] for book, events in self.events.items() if events}
            self.problems += slips_of_books(first, self.log.books())
        if self.evidence is not None:
            for book, events in self.events.items():
                self.problems += self.evidence.problems(self.log, book, events)
        for book, where, event in self._amendments:
            if event.target is not None:
                self._check_target(book, where, event, event.target)
            if isinstance(event, Correction):
                self.problems += problems_of_set(where, event)
        turning = circles(event for _, _, event in self._amendments if isinstance(event, Void))
        said = ("target", "these voids void each other", "void one event, once")
        self.problems += [Problem(where, *said) for _, where, event in self._amendments if event.id in turning]
        if self.problems:
            self.problems.sort(key=attrgetter("place"))
            count = len(self.problems)
            more = f"; there may be more, the first {MOST_PROBLEMS} follow" if count >= MOST_PROBLEMS else ""
            words = f"refused: {count} problem{'s' if count > 1 else ''}, nothing was appended{more}"
            raise InputRefusedError(words, self.problems[:MOST_PROBLEMS])
        if self.evidence is not None:
            self.evidence.keep()

    def _recall(self) -> None:
        """Put what the log knows by the id of a former release in the place of the same event under today's."""
        for book, former in self._former.items():
            known = {event.id: event for _, event in self.log.read(book, ids=former.values())}
            for name, before in former.items():
                if before in known:
                    self.events[book].put_instead(name, known[before])

    def _check_slips(self) -> None:
        """Refuse slips of the pen, such as what happened more than a day from now, unless the log knows them."""
        for book, events in self.events.items():
            looked_at = map(events.__getitem__, counted("events checked", self._unclear[book]))
            slips = {event.id: told for where, event in looked_at if (told := self._slips(book, event, where))}
            for of, event in self.exported:
                if of == book:
                    slips.pop(event.id, None)
            hidden = hidden_in_name("book", book, events[0][0]) if events else ()
            self.problems += [told for told in hidden if next(iter(self.log.read(book)), None) is None]
            for _, known in self.log.read(book, ids=slips) if slips else ():
                del slips[known.id]
            self.problems += chain.from_iterable(slips.values())

    def _slips(self, book: str, event: Event, where: str) -> list[Problem]:
        own = list(hidden_in(event, where)) or list(slips_of(event, self._end, where))
        if own or not isinstance(event, Correction):
            return own
        if not may_slip(event):
            return []
        found = None if event.target is None else self._find(book, event.target)
        if found is None:
            return list(slips_of_selection(event, self._end, where))
        return slips_of_correction(event, self._as_corrected(book, found, event), self.assets(book), self._end, where)

    def _check_target(self, book: str, where: str, event: Void | Correction, target: str) -> None:
        found = self._find(book, target)
        if found is None:
            reason = f"no event has the id {target[:60]!r}"
            self.problems.append(Problem(where, "target", reason, "name an event of this book"))
        elif isinstance(event, Correction):
            before = self._as_corrected(book, found, event)
            self.problems += problems_of_target(where, event, before, self.assets(book))

    def _as_corrected(self, book: str, found: Event, last: Correction) -> Event:
        """Return *found* as the corrections before *last* leave it, those of the log and those taken."""
        logged = (event for _, event in self.log.read(book, kinds=("correction",)))
        taken = (event for where, _, event in self._amendments if where == book)
        return as_corrected(found, chain(logged, taken), last, self.assets(book))

    def _find(self, book: str, target: str) -> Event | None:
        _, told = self.events[book].find(target) or ("", None)
        return told or next((event for _, event in self.log.read(book, ids=(target,))), None)

    def check_recorded(self) -> None:
        """Append a problem for every event whose id the log knows with other content."""
        self.problems += chain.from_iterable(recorded_otherwise(self.log, *each) for each in self.events.items())

    def where(self, book: str, event_id: str) -> str | None:
        """Return where an event was told."""
        found = self.events[book].find(event_id) if book in self.events else None
        return None if found is None else found[0]
