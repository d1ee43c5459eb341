"""Rows of files that may be recorded twice: what `lotwork import` marked, and what an earlier release doubled."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from lotwork.ledger import events as e
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


@dataclass(slots=True)
class RowsTwice:
    """Asks about each row that says what another row says."""

    assets: AssetTable
    findings: list[Finding]
    book: str
    voided: Collection[str] = ()
    _rows: dict[str, e.Event] = field(default_factory=dict)
    _at: datetime | None = None

    def take_marked(self, event: e.Event) -> None:
        """Ask about an event that the import found to be perhaps another's."""
        if event.may_repeat not in (None, SETTLED) and event.may_repeat not in self.voided:
            self._ask(event, str(event.may_repeat))

    def take_row(self, event: e.Event) -> None:
        """Ask about a row that an earlier release recorded twice, since it was spelled otherwise."""
        if not is_row_of_former_release(event) or event.may_repeat == SETTLED:
            return
        if event.at != self._at:
            self._rows, self._at = {}, event.at
        first = self._rows.setdefault(core_of(event, self.assets), event)
        if first is not event and first.source == event.source and says_no_other(first, event):
            self._ask(event, first.id)

    def _ask(self, event: e.Event, first: str) -> None:
        void, two = void_command(self.book, event.id), two_things(self.book, event.id)
        self.findings.append(
            Finding("row_told_twice", _WORDS.format(event=event, first=first, void=void, two=two), event.id)
        )


def is_row_of_former_release(event: e.Event) -> bool:
    """Say if *event* was a row of a file that a release read which kept no digest of its cells."""
    return event.row is None and _ROW_OF_FORMER_RELEASE.fullmatch(event.id) is not None
