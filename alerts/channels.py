"""The ways an alert leaves the house. Each takes one message within a deadline, or says why it did not."""

from __future__ import annotations

from typing import Protocol

import structlog

from lotwork.ledger.errors import SourceUnreachableError
from lotwork.ledger.storage.batch import Message

DEADLINE_SECONDS = 8.0
"""Below the ten seconds a daemon has to end in."""


class NotDeliveredError(SourceUnreachableError):
    """A channel did not take an alert; it stays in the outbox and is tried again."""


class Channel(Protocol):
    """One way to tell the taxpayer."""

    @property
    def name(self) -> str:
        """The name of this channel in logs."""
        ...

    def send(self, message: Message) -> None:
        """Hand *message* over; NotDeliveredError where nobody confirmed that it was taken."""
        ...


class LogChannel:
    """The daemon's own log: always there, never the only place to look."""

    name = "log"

    def send(self, message: Message) -> None:
        """Log *message*."""
        structlog.get_logger("lotwork.alerts").warning(message.subject, alert_id=message.id, body=message.body.strip())
