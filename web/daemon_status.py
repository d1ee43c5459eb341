"""What the pages ask of the daemon: when each source last answered, and when the chain was last verified.

The shape is that of `service.health.Health`; the pages run as well without it, and then say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol


class SourceAnswer(Protocol):
    """What is known of one source."""

    @property
    def at(self) -> datetime | None:
        """When it last answered; None where it never did."""
        ...

    @property
    def trouble(self) -> str | None:
        """Why it did not answer the last time."""
        ...


class DaemonStatus(Protocol):
    """The daemon's own state."""

    @property
    def chain_ok(self) -> bool | None:
        """Whether the last verification found the chain sound; None before the first."""
        ...

    @property
    def verified_at(self) -> datetime | None:
        """When that was."""
        ...

    def sources(self) -> Mapping[tuple[str, str], tuple[SourceAnswer, timedelta]]:
        """Return each (book, source) with its last answer and how long it has been silent."""
        ...
