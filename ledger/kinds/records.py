"""What is said about the record itself: what no event could be made of, voids, corrections, law, and returns filed."""

from __future__ import annotations

from datetime import date
from typing import Any

from lotwork.ledger.kinds.event_base import Dated, EventBase, Names, Selector, Year


class Void(EventBase, frozen=True, kw_only=True, tag="void"):
    """An event that should never have been recorded, named and with its reason; a void can be voided."""

    target: str
    reason: str


class Suspense(EventBase, frozen=True, kw_only=True, tag="suspense"):
    """What a source told and nothing here could take: it is in no figure, and stops the return until it is settled."""

    subject: str
    """What it is, as its source calls it: "trade 8842"."""
    reason: str
    """Why it was not taken."""
    remedy: str
    """What to do about it."""
    dated: Dated = "yes"
    """Whether `at` is its own time; "no": it is when it was seen, and what it tells may be of any year."""


class Correction(EventBase, frozen=True, kw_only=True, tag="correction", rename={"set_": "set"}):
    """Keys of one event, or of a selection of events, that were recorded wrongly, and what they should be."""

    set_: dict[str, Any]
    reason: str
    target: str | None = None
    select: Selector | None = None

    def __post_init__(self) -> None:
        if (self.target is None) == (self.select is None):
            raise self.refuse("a correction has a target or a select, and not both")
        if not self.set_:
            raise self.refuse("a correction sets at least one key")


class Rule(EventBase, frozen=True, kw_only=True, tag="rule", rename={"from_": "from"}):
    """A correction of the law data in force for this book, with its citation."""

    figure: str
    from_: date
    value: Any
    cite: str
    reason: str


class Filing(EventBase, frozen=True, kw_only=True, tag="filing"):
    """A return as it was filed: its figures, the law and the log it was made from."""

    year: Year
    figures: dict[str, Any]
    law: str
    position: int
    head: str
    law_files: str | None = None
    """The digest of the files of that law, which the home keeps (rules.law_archive)."""
    program: str | None = None
    """The digest of the program that computed it."""
    acknowledged: Names = ()
    """What was open when it was filed, each named: `code`, or `code:event`."""
