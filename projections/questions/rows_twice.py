"""What may be recorded twice by one teller: rows that `lotwork import` marked or an earlier release doubled, and lines.

A line of JSON for which no source is named has an id made of its content, so that another note makes it another event.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from lotwork.ledger import events as e
from lotwork.ledger.codec import has_derived_id
from lotwork.ledger.known_rows import core_of, says_no_other
from lotwork.ledger.tellers import FROM_A_FILE
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import AssetTable
from lotwork.projections.findings import Finding
from lotwork.projections.questions.asking import two_things, void_command

ROW_ID = f"{FROM_A_FILE}-"
_ROW_OF_FORMER_RELEASE = re.compile(r"csv-[0-9a-f]{24}")
_WORDS = (
    "{event.id} says what {first} says: a row of a file that was recorded twice, in two spellings, by two maps or out "
    "of two exports: if it is one, void one of them: `{void}`; if these are two, say so: `{two}`"
)
_LINES = (
    "{event.id} says what {first} says of the same instant, and has no id of its own: if it is one, void one of them: "
    "`{void}`; if these are two, say so: `{two}`"
)
COINS = (e.Receipt, e.Purchase, e.GiftReceived, e.Sale, e.Transfer, e.Movement)
MONEY = (e.Expense, e.BusinessIncome, e.Energy, e.Payment)
TOLD_IN_LINES = COINS + MONEY
Line: TypeAlias = (
    e.Receipt | e.Purchase | e.GiftReceived | e.Sale | e.Transfer | e.Movement | e.Expense | e.BusinessIncome | e.Energy
    | e.Payment
)  # fmt: skip


@dataclass(slots=True)
class RowsTwice:
    """Asks about each row that says what another row says."""

    assets: AssetTable
    findings: list[Finding]
    book: str
    voided: Collection[str] = ()
    marked: set[str] = field(default_factory=set)
    """What events name as what they may repeat: whether that one is void decides if it is asked about."""
    _rows: dict[str, e.Event] = field(default_factory=dict)
    _at: datetime | None = None
    _lines: dict[tuple[type, str | None, object], list[Line]] = field(default_factory=dict)
    """The lines of one instant, by what they are, who told them and how much they tell of."""
    _lines_at: datetime | None = None
    _alone: Line | None = None
    """The line of that instant, while there is one."""

    def are_at_rest(self, events: Sequence[e.Event], *, share_instants: bool) -> bool:
        """Say if none of *events*, which are in order, is a row of a former release or stands beside another line."""
        if share_instants or events[0].at == self._lines_at:
            return False
        return ROW_ID not in "\n".join([event.id for event in events])

    def pass_by(self, events: Sequence[e.Event]) -> None:
        """Keep the last line of *events*, which are at rest."""
        for event in reversed(events):
            if event.row is None and isinstance(event, TOLD_IN_LINES):
                self._lines_at, self._alone = event.at, event
                return

    def take(self, event: e.Event) -> None:
        """Fold an event that is a row of a former release or a line, if it is."""
        if event.row is None:
            if event.id.startswith(ROW_ID):
                self.take_row(event)
            elif isinstance(event, TOLD_IN_LINES):
                self.take_line(event)

    def take_marked(self, event: e.Event) -> None:
        """Ask about an event that the import found to be perhaps another's."""
        if event.may_repeat is None or event.may_repeat == SETTLED:
            return
        self.marked.add(event.may_repeat)
        if event.may_repeat not in self.voided:
            self._ask(event, event.may_repeat)

    def take_row(self, event: e.Event) -> None:
        """Ask about a row that an earlier release recorded twice, since it was spelled otherwise."""
        if not is_row_of_former_release(event) or event.may_repeat == SETTLED:
            return
        if event.at != self._at:
            self._rows, self._at = {}, event.at
        first = self._rows.setdefault(core_of(event, self.assets), event)
        if first is not event and first.source == event.source and says_no_other(first, event):
            self._ask(event, first.id)

    def rows(self) -> list[e.Event]:
        """Return the rows of former releases of the last instant that has any."""
        return [*self._rows.values()]

    def lines(self) -> list[Line]:
        """Return the lines of the last instant."""
        kept = [line for told in self._lines.values() for line in told]
        return kept if self._alone is None else [self._alone]

    def resume(self, rows: Iterable[e.Event], lines: Iterable[Line]) -> None:
        """Go on from *rows* and *lines*."""
        for row in rows:
            self._at = row.at
            self._rows[core_of(row, self.assets)] = row
        for line in lines:
            self.take_line(line)

    def take_line(self, event: Line) -> None:
        """Ask about a line that says what another of its teller says of its instant; `elsewhere` has nameless receipts.

        Lines that are the same are one; what tells these two apart is a note, or what only one of them says.
        """
        if event.at != self._lines_at:  # as nearly all are
            self._lines_at = event.at
            self._alone = event
            return
        if self._alone is not None:
            self._lines.clear()
            self._compare(self._alone)
            self._alone = None
        self._compare(event)

    def _compare(self, event: Line) -> None:
        nameless = event.source is None
        if isinstance(event, e.Receipt) if nameless else not has_derived_id(event):
            return
        told = self._lines.setdefault((type(event), event.source, _how_much(event)), [])
        first = next((other for other in told if self._says_again(event, other)), None)
        if first is None:
            told.append(event)
        else:
            self._ask(event, first.id, _LINES)

    def _says_again(self, event: e.Event, other: e.Event) -> bool:
        if type(event) is not type(other) or SETTLED in (event.may_repeat, other.may_repeat):
            return False
        if not (has_derived_id(event) or has_derived_id(other)) or _name_two(event, other):
            return False
        same = core_of(event, self.assets) == core_of(other, self.assets)
        return same and not _noted_apart(event, other) and (isinstance(event, COINS) or says_no_other(event, other))

    def _ask(self, event: e.Event, first: str, words: str = _WORDS) -> None:
        void, two = void_command(self.book, event.id), two_things(self.book, event.id)
        self.findings.append(
            Finding("row_told_twice", words.format(event=event, first=first, void=void, two=two), event.id)
        )


def is_row_of_former_release(event: e.Event) -> bool:
    """Say if *event* was a row of a file that a release read which kept no digest of its cells."""
    return event.row is None and _ROW_OF_FORMER_RELEASE.fullmatch(event.id) is not None


def _noted_apart(event: e.Event, other: e.Event) -> bool:
    """Say if each has a note, a pool or an owner of its own: whoever wrote both meant two."""
    for key in ("note", "pool", "owner"):
        told = (getattr(event, key, None), getattr(other, key, None))
        if None not in told and told[0] != told[1]:
            return True
    return False


def _how_much(event: e.Event) -> object:
    return next((much for key in ("quantity", "amount_usd_micros", "kwh") if (much := getattr(event, key, None))), None)


def _name_two(event: e.Event, other: e.Event) -> bool:
    """Say if both name a transaction: then those are compared."""
    return getattr(event, "txid", None) is not None and getattr(other, "txid", None) is not None
