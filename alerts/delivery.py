"""Emptying the outbox: every channel, at least once, with the same id each time.

An alert is marked only after every channel took it, so a crash between sending and marking sends it again and never
loses it. A channel that refuses is asked again after a growing wait, alone: those that took the alert are not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from lotwork.alerts.channels import Channel
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import LotworkError, plain, plain_lines
from lotwork.ledger.storage.batch import Message
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.store import EventStore

FIRST_WAIT_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 3600.0


@dataclass(slots=True)
class Attempt:
    """How far one alert got in this process."""

    taken: set[str] = field(default_factory=set)
    failures: int = 0
    not_before: float = float("-inf")


class Delivery:
    """Hands the outbox of a store to the channels, and what cannot wait for a store past it.

    *pending* says which of the outbox, where it is not all of it; *whose* names the home in every message, where one
    process tells of many.
    """

    def __init__(
        self,
        channels: Sequence[Channel],
        clock: Clock,
        store: EventStore | None = None,
        *,
        pending: Callable[[EventStore], Sequence[Message]] = EventStore.pending,
        whose: str = "",
    ) -> None:
        self.channels = tuple(channels)
        self.store = store
        self._pending = pending
        self._whose = whose
        self._clock = clock
        self._attempts: dict[str, Attempt] = {}
        self._urgent: dict[str, Message] = {}

    def deliver(self) -> int:
        """Try every pending alert whose wait is over; return how many every channel has now taken."""
        sent = self.deliver_urgent()
        if self.store is None:
            return sent
        for message in self._pending(self.store):
            if not self._is_due(message):
                continue
            hit("outbox.before_send")
            trouble = self.send(message)
            hit("outbox.after_send")
            if trouble is None:
                self.store.mark_sent(message.id)
                hit("outbox.after_mark")
                del self._attempts[message.id]
                sent += 1
            else:
                self.store.mark_failed(message.id, trouble)
        return sent

    def tell_now(self, message: Message) -> None:
        """Tell *message* past the outbox, for when the ledger takes no more writes, and again until it is taken."""
        self._urgent.setdefault(message.id, message)
        self.deliver_urgent()

    def deliver_urgent(self) -> int:
        """Try what was told past the outbox and not yet taken; return how many are taken now."""
        taken = [
            message.id for message in self._urgent.values() if self._is_due(message) and self.send(message) is None
        ]
        for message_id in taken:
            del self._urgent[message_id]
        return len(taken)

    def _is_due(self, message: Message) -> bool:
        attempt = self._attempts.setdefault(message.id, Attempt())
        return self._clock.monotonic() >= attempt.not_before

    def send(self, message: Message) -> str | None:
        """Hand *message*, as plain text, to each channel that has not taken it; return why some did not."""
        said = Message(message.id, plain(message.subject), plain_lines(message.body))
        if self._whose:
            whose = plain(self._whose)
            said = Message(f"{whose}/{said.id}", f"{whose}: {said.subject}", f"{said.body.rstrip()}\nHome: {whose}.\n")
        attempt = self._attempts.setdefault(message.id, Attempt())
        troubles = []
        for channel in self.channels:
            if channel.name in attempt.taken:
                continue
            try:
                channel.send(said)
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


def wait_seconds(failures: int) -> float:
    """Return how long to wait after *failures* earlier ones: doubling from half a minute to an hour."""
    return min(FIRST_WAIT_SECONDS * 2.0 ** min(failures, 16), LONGEST_WAIT_SECONDS)
