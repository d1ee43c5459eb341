"""What a source told and nothing here took, told until it is settled.

A row that no rule knows, a file that was refused, a hole in what a meter counted: a figure may be wrong for want of it.
The source that told it takes it back once it can be taken; a person voids it once it is recorded by hand, or is none of
the book's.
"""

from __future__ import annotations

from lotwork.ledger.events import Suspense
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import add_command

IN_SUSPENSE = "in_suspense"


def in_suspense(event: Suspense, book: str) -> Finding:
    """Return the finding for *event* of *book*: what was told, why it was not taken, and what to do."""
    settled = add_command(book, "void", f"target={event.id}", "reason=recorded by hand")
    return Finding(
        IN_SUSPENSE,
        f"{event.source or 'by hand'} told what is in no figure: {event.subject}: {event.reason}: {event.remedy}; "
        f"once it is settled otherwise than by the source: `{settled}`",
        event.id,
    )
