"""By which names a source's own amendments are known in the log: what it took back, told again, or tells otherwise.

`<id>:orphaned:<n>` is the void of what it tells no more, `<id>:restored:<n>` the void of that void, and
`<id>:moved:<n>` the correction of what it tells otherwise. The id tells, not the source: one that was renamed still
knows what it said.
"""

from __future__ import annotations

from lotwork.ledger.events import Correction, Event, Void

ORPHANED, RESTORED, MOVED = "orphaned", "restored", "moved"


def subject_of(event: Event) -> str | None:
    """Return the id of the event that *event*, a source's own amendment, speaks of; None for every other event."""
    subject, _, number = event.id.rpartition(":")
    subject, _, word = subject.rpartition(":")
    if isinstance(event, Void | Correction) and number.isdecimal() and word in (ORPHANED, RESTORED, MOVED):
        return subject
    return None


def takes_back(void: Void) -> bool:
    """Say if *void* is a source's own, of what it told."""
    return subject_of(void) == void.target
