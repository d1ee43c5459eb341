"""What a source told and nothing here took, told until it is settled.

A row that no rule knows, a file that was refused, a meter that tells nothing any more: a figure may be wrong.
The source that told it takes it back once it can be taken; a person voids it once it is recorded by hand, or is none of
the book's. The command for that stands in these words and nowhere else, quoted for a shell.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from lotwork.ledger.events import Suspense
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import add_command

IN_SUSPENSE, NOT_LET_IN = "in_suspense", "folder_not_let_in"
FILES_NAMED = 3


def in_suspense(event: Suspense, book: str) -> Finding:
    """Return the finding for *event* of *book*: what was told, why it was not taken, and what to do."""
    settled = add_command(book, "void", f"target={event.id}", "reason=recorded by hand")
    return Finding(
        IN_SUSPENSE,
        f"{event.source or 'by hand'} told what is in no figure: {event.subject}: {event.reason}: {event.remedy}; "
        f"once it is settled otherwise than by the source: `{settled}`",
        event.id,
    )


def of_nobody(finding: Finding, source: str) -> Finding:
    """Return *finding*, of what *source* told, saying that the settings name no such source any more."""
    return finding._replace(
        message=f"{finding.message}; no source of this book is named {source} any more, so no look takes it back: "
        "void it where the source bears another name and told it again, or once it is recorded by hand"
    )


def not_let_in(source: str, folder: str, names: Sequence[str], book: str) -> Finding:
    """Return the finding for files of a *folder* that stand in no book: refused within the hour, or never looked at."""
    shown = ", ".join(names[:FILES_NAMED]) + f" and {len(names) - FILES_NAMED} more" * (len(names) > FILES_NAMED)
    poll = shlex.join(("lotwork", *(() if book == MAIN_BOOK else ("--book", book)), "poll", source))
    return Finding(
        NOT_LET_IN,
        f"{folder}, the folder of source {source}, holds what is in no figure: {shown}: it was not let in yet, or was "
        f"refused and may still be being written: `{poll}` lets it in, or says why not: mend it, or take it out",
    )


def folder_missing(source: str, folder: str) -> Finding:
    """Return the finding for a *folder* of the settings that is not there: what lies in it is in no figure."""
    return Finding(
        NOT_LET_IN,
        f"{folder}, the folder of source {source}, is not there, so that nobody knows what lies in it: mount or create "
        "it, or correct `folder` in config.toml",
    )
