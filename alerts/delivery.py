"""Emptying the outbox: every channel, at least once, with the same id each time.

An alert is marked only after every channel took it, so a crash between sending and marking sends it again and never
loses it. A channel that refuses is asked again after a growing wait, alone: those that took the alert are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from alerts.channels import Channel, NotDeliveredError
from ledger.batch import Message
from ledger.clock import Clock
from ledger.errors import LotworkError
from ledger.store import EventStore

FIRST_WAIT_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 3600.0


@dataclass(slots=True)
class Attempt:
    """How far one alert got in this process."""

    taken: set[str] = field(default_factory=set)
    failures: int = 0
    not_before: float = 0.0


class Delivery:
    """Hands the outbox of a store to the channels."""

    def __init__(self, store: EventStore, channels: Sequence[Channel], clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._attempts: dict[str, Attempt] = {}
        self.channels = tuple(channels)

    def deliver(self) -> int:
        """Try every pending alert whose wait is over; return how many every channel has now taken."""
        sent = 0
        for message in self._store.pending():
            attempt = self._attempts.setdefault(message.id, Attempt())
            if self._clock.monotonic() < attempt.not_before:
                continue
            trouble = self.send(message, attempt)
            if trouble is None:
                self._store.mark_sent(message.id)
                del self._attempts[message.id]
                sent += 1
            else:
                self._store.mark_failed(message.id, trouble)
        return sent

    def send(self, message: Message, attempt: Attempt) -> str | None:
        """Hand *message* to each channel that has not taken it; return why some did not."""
        troubles = []
        for channel in self.channels:
            if channel.name in attempt.taken:
                continue
            try:
                channel.send(message)
            except LotworkError as refused:
                troubles.append(str(refused))
                structlog.get_logger("lotwork.alerts").warning(
                    "alert not delivered", alert_id=message.id, channel=channel.name, why=str(refused)
                )
            else:
                attempt.taken.add(channel.name)
        if not troubles:
            return None
        attempt.not_before = self._clock.monotonic() + wait_seconds(attempt.failures)
        attempt.failures += 1
        return "; ".join(troubles)

    def tell_now(self, message: Message) -> None:
        """Tell *message* past the outbox, for when the ledger itself takes no more writes."""
        trouble = self.send(message, self._attempts.setdefault(message.id, Attempt()))
        if trouble is not None:
            raise NotDeliveredError(trouble)


def wait_seconds(failures: int) -> float:
    """Return how long to wait after *failures* earlier ones: doubling from half a minute to an hour."""
    return min(FIRST_WAIT_SECONDS * 2.0 ** min(failures, 16), LONGEST_WAIT_SECONDS)
