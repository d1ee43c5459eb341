"""One connection to the pages: who says nothing, or a letter a second, is hung up on, and cannot keep others out.

uvicorn waits for a request without end, and counts whoever waits among its clients: 63 silent sockets were all it
took to close every page. Here the head of a request must be whole within a deadline, counted from the connection or
from the answer before; an answer must be taken within one; and where too many connections are open, the one that has
waited longest makes room.
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any, ClassVar, NamedTuple

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from lotwork.service.strict_headers import HEADERS

GRACE_SECONDS = 0.1
"""What was sent already is read first, before anybody makes room."""
UNREADABLE = b"This is no request that can be read.\n"


class Limits(NamedTuple):
    """How long one connection may take, and how many may be open."""

    head_seconds: float = 5.0
    """For the whole head of a request, from the connection or from the last answer on."""
    take_seconds: float = 30.0
    """For some of an answer to be taken by its asker, where it fills the buffer: a slow line takes it bit by bit."""
    most_open: int = 512


def limits_here() -> Limits:
    """Return the limits on this machine: half of the descriptors are left to the rest of the daemon."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Limits(most_open=max(16, min(Limits().most_open, most // 2)) if most > 0 else Limits().most_open)


class BoundedConnection(H11Protocol):
    """A connection of one server; `limited` makes the class for it."""

    limits: ClassVar[Limits]
    waiting: ClassVar[dict[BoundedConnection, None]]
    """The connections that wait for a request, the one that waits longest first."""

    @classmethod
    def limited(cls, limits: Limits) -> type[BoundedConnection]:
        """Return the class of the connections of one server."""
        return type(cls.__name__, (cls,), {"limits": limits, "waiting": {}})

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self._head_due: asyncio.TimerHandle | None = None
        self._taken_due: asyncio.TimerHandle | None = None
        self._left = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's own signature
        """Begin to wait; where too many are open, those who have waited longest make room."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > self.limits.most_open:
            self.loop.call_later(GRACE_SECONDS, self._make_room)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_no_more()
        self._was_taken()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; once the head of a request is whole, the deadline is over."""
        super().data_received(data)
        if self._is_answering:
            self._wait_no_more()

    def on_response_complete(self) -> None:
        """Wait for the next request, or see that the last answer is taken."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._must_be_taken()
        elif not self._is_answering:
            self._wait()

    def pause_writing(self) -> None:
        """See that the answer is taken, from where it fills the buffer on."""
        super().pause_writing()
        self._must_be_taken()

    def resume_writing(self) -> None:
        """Go on: the answer was taken, but for a rest."""
        super().resume_writing()
        self._was_taken()
        if self in self.waiting and self._head_due is None:
            self._wait()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, with the headers every answer has."""
        del msg
        headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        try:
            for event in (h11.Response(status_code=400, headers=headers), h11.Data(UNREADABLE), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        except h11.LocalProtocolError:  # in the middle of an answer: there is nothing to say any more
            self.hang_up()
        else:
            self.transport.close()
            self._must_be_taken()

    def hang_up(self) -> None:
        """Close at once, whatever is under way."""
        self._wait_no_more()
        self._was_taken()
        self.transport.abort()

    def _make_room(self) -> None:
        """Hang up on those who have waited longest, as many as are too many."""
        too_many = len(self.connections) - self.limits.most_open
        for oldest in list(self.waiting)[: max(0, too_many)]:
            oldest.hang_up()

    @property
    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _wait(self) -> None:
        self._wait_no_more()
        self.waiting[self] = None
        self._head_due = self.loop.call_later(self.limits.head_seconds, self._head_is_late)

    def _wait_no_more(self) -> None:
        self.waiting.pop(self, None)
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _head_is_late(self) -> None:
        """Hang up, unless the answer before is still on its way."""
        self._head_due = None
        if not self.transport.get_write_buffer_size():
            self.hang_up()
        elif self._taken_due is None:
            self._must_be_taken()

    def _must_be_taken(self) -> None:
        self._was_taken()
        self._left = self.transport.get_write_buffer_size()
        self._taken_due = self.loop.call_later(self.limits.take_seconds, self._taken_is_late)

    def _taken_is_late(self) -> None:
        """Hang up, unless some of the answer was taken since the last look."""
        self._taken_due = None
        if 0 < self.transport.get_write_buffer_size() < self._left:
            self._must_be_taken()
        else:
            self.hang_up()

    def _was_taken(self) -> None:
        if self._taken_due is not None:
            self._taken_due.cancel()
            self._taken_due = None
