"""What a person must decide or mend: every fold returns its findings, none is swallowed."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """A stable code, one sentence that says what and what to do, and the event it stands at."""

    code: str
    message: str
    event: str | None = None
