"""A key that a source's answers never had, told with the first row that came with it: all else was read.

What the key says is known to nobody here. It may be a fee, a second amount or a state, and then a figure is wrong;
mostly it is nothing. So a person looks once, by source and key.
"""

from __future__ import annotations

import msgspec

from lotwork.ledger.events import Receipt, Transfer
from lotwork.ledger.kinds.coins import NEW_KEYS
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.told_again import SETTLED
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import correct_command

KEYS_UNKNOWN = "keys_unknown"
_WORDS = (
    "{source} told {event.id} with what no answer of it had before: {keys}: if that is a fee, another amount or a "
    "state, correct what is wrong, and report it; if it says nothing about the coins, say so: `{right}`"
)


class UnknownKeys(msgspec.Struct):
    """Asks once about each set of keys of a source."""

    findings: list[Finding]
    book: str = MAIN_BOOK
    asked: set[tuple[str, str]] = msgspec.field(default_factory=set)
    """The sources and keys that were told, also those that a person looked at."""

    def take(self, event: Receipt | Transfer) -> None:
        """Look at the note of *event*, which says that there were such keys."""
        told, source = (event.note or "").partition(NEW_KEYS)[2], event.source or "by hand"
        if not told or (source, told) in self.asked:
            return
        self.asked.add((source, told))
        if event.may_repeat != SETTLED:
            right = correct_command(self.book, event.id, {"may_repeat": SETTLED}, "looked at, and right")
            self.findings.append(
                Finding(KEYS_UNKNOWN, _WORDS.format(source=source, event=event, keys=told, right=right), event.id)
            )
