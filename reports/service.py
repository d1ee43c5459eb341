"""The listing of `lotwork service`: the unit that keeps the daemon running, and how it stands."""

from __future__ import annotations

from lotwork.reports.rows import Row, Words


class ServiceListing(Row, frozen=True, kw_only=True):
    """How the service stands; unit: the file, installed or not; active and enabled: systemd's own words.

    problems: what keeps it from running, or will after the next start of the machine, each with what to do.
    """

    installed: bool
    unit: str
    scope: str
    active: str | None
    enabled: str | None
    pid: int | None
    restarts: int | None
    home: Words | None
    problems: tuple[Words, ...]
