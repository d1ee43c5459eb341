"""What a person must decide or mend: every fold returns its findings, none is swallowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lotwork.ledger.history import Trouble


class Finding(NamedTuple):
    """A stable code, one sentence that says what and what to do, and the event it stands at."""

    code: str
    message: str
    event: str | None = None


def from_troubles(troubles: Iterable[Trouble]) -> list[Finding]:
    """Return what applying voids and corrections could not do, as findings."""
    return [Finding(trouble.code, trouble.message, trouble.event) for trouble in troubles]
