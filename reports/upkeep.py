"""The listings of how the ledger is kept: verify, head, backup, restore, doctor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from lotwork.ledger.storage.batch import Head
from lotwork.reports.rows import Row, Words

if TYPE_CHECKING:
    from lotwork.ledger.storage.doctor import Check
    from lotwork.ledger.storage.verify import Verification


class HeadRow(Row, frozen=True, kw_only=True):
    """Where a book ends."""

    position: int
    head: str


class HeadListing(Row, frozen=True, kw_only=True):
    """What `lotwork head` tells beside what every result does, which is where the book ends: nothing."""


class VerifyListing(Row, frozen=True, kw_only=True):
    """What `lotwork verify` tells; first_bad: None where no event is wrong; notes: only where there are any."""

    ok: bool
    events: int
    first_bad: int | None
    message: str
    notes: tuple[str, ...] | UnsetType = UNSET
    heads: Mapping[str, HeadRow]


class BackupListing(Row, frozen=True, kw_only=True):
    """What `lotwork backup` tells: the file, its events, its pieces of evidence, and how many events lack theirs."""

    file: str
    events: int
    evidence: int
    evidence_lost: int


class LedgerListing(Row, frozen=True, kw_only=True):
    """What `lotwork ledger init` tells: the database, and the role that was given its rights."""

    place: str
    app_role: str | None


class MoveListing(Row, frozen=True, kw_only=True):
    """What `lotwork ledger move` tells: from where to where, and where each book ends in both."""

    source: str
    place: str
    heads: Mapping[str, HeadRow]


class RestoreListing(Row, frozen=True, kw_only=True):
    """What `lotwork restore` tells."""

    file: str
    home: str
    events: int


class CheckRow(Row, frozen=True, kw_only=True):
    """One thing the doctor looked at, and what to do where it is not well."""

    name: str
    ok: bool
    detail: Words
    remedy: Words


class CheckListing(Row, frozen=True, kw_only=True):
    """What `lotwork doctor` tells."""

    ok: bool
    checks: tuple[CheckRow, ...]


def list_verified(found: Verification) -> VerifyListing:
    """Return what was found, and where each book ends."""
    return VerifyListing(
        ok=found.ok,
        events=found.events,
        first_bad=found.first_bad,
        message=found.message,
        notes=found.notes or UNSET,
        heads=list_heads(found.heads),
    )


def list_heads(heads: Mapping[str, Head]) -> Mapping[str, HeadRow]:
    """Return where each book ends."""
    return {book: head_row(head) for book, head in heads.items()}


def head_row(head: Head) -> HeadRow:
    """Return where a book ends."""
    return HeadRow(position=head.position, head=head.hash)


def list_checks(checks: Iterable[Check]) -> CheckListing:
    """Return what the doctor found, and whether all is well."""
    rows = tuple(CheckRow(name=check.name, ok=check.ok, detail=check.detail, remedy=check.remedy) for check in checks)
    return CheckListing(ok=all(row.ok for row in rows), checks=rows)
