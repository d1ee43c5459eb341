"""Asking again, and ending on time: what every look at a node has, whatever carries its questions.

A look is made of many questions. Where each is answered with some chance, all of them together hardly ever are; so one
that was not answered is asked again at once, a few times, and only then is the look given up. All of them, with the
waits between them, have one deadline; it holds against a node that drips, too, since every read on its sockets may
take what is left of it and no more.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from typing import Any, TypeVar, cast

from lotwork.ingest.asking.addresses import check_address, resolve
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceUnreachableError

ATTEMPTS = 4
FIRST_WAIT_SECONDS = 0.05
LEAST_SECONDS = 0.001
"""What a socket is given where nothing is left: it takes 0 for no limit."""

T = TypeVar("T")


class Deadline:
    """The seconds one look may take in all, counted on the monotonic clock from now, or from `begin`."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self.begin()

    def begin(self) -> None:
        """Count from now."""
        self._end = self._clock.monotonic() + self._seconds

    def left(self) -> float:
        """Return the seconds left; below zero when they are spent."""
        return self._end - self._clock.monotonic()


def patient(asked: T, clock: Clock, deadline: Deadline) -> T:
    """Return *asked*, each of whose questions is asked again where it was not answered, within the *deadline*."""
    return cast("T", _Patient(asked, clock, deadline))


class _Patient:
    def __init__(self, asked: object, clock: Clock, deadline: Deadline) -> None:
        self._asked = asked
        self._clock = clock
        self._deadline = deadline

    def __getattr__(self, name: str) -> Any:
        question = getattr(self._asked, name)
        if not callable(question):
            return question

        def ask(*what: Any, **named: Any) -> Any:
            wait = FIRST_WAIT_SECONDS
            for _ in range(ATTEMPTS - 1):
                try:
                    return question(*what, **named)
                except SourceUnreachableError:
                    if self._deadline.left() <= wait:
                        raise
                self._clock.sleep(wait)
                wait *= 2
            return question(*what, **named)

        return ask


def connected(host: str, port: int, left: Callable[[], float], *, tls: bool) -> socket.socket:
    """Return a connection to the first address of *host* that answers, its name and all of it within what is *left*.

    It may be private; where the line will not be encrypted (*tls*) it must be. Raises OSError where none answers,
    AddressRefusedError where one must not be asked, TimeoutError where the time is over: a library gives each address
    as much again, and the name as long as the system likes.
    """
    broken: OSError = TimeoutError("timed out")
    addresses = resolve(host, port, left())
    for address in addresses:
        check_address(address, allow_private=True, tls=tls)
    for address in addresses:
        seconds = left()
        if seconds <= 0:
            raise TimeoutError("timed out")
        try:
            found = socket.create_connection((address, port), seconds)
        except OSError as refused:
            broken = refused
        else:
            found.settimeout(max(left(), LEAST_SECONDS))
            return found
    raise broken


class EndingSocket:
    """A connected socket whose every operation may take the seconds that are *left*, asked for anew each time."""

    def __init__(self, connected: socket.socket, left: Callable[[], float]) -> None:
        self._socket = connected
        self._left = left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def _limit(self) -> None:
        left = self._left()
        if left <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(left)

    def sendall(self, data: Any) -> None:
        """Send *data*."""
        self._limit()
        self._socket.sendall(data)

    def makefile(self, mode: str, *_: object) -> io.BufferedReader:
        """Return what arrives, as a file."""
        if mode != "rb":
            raise ValueError(f"{mode}: only what arrives is read as a file")
        return io.BufferedReader(_Arriving(self._socket.makefile("rb", buffering=0), self._limit))


class _Arriving(io.RawIOBase):
    """The bytes that arrive on a socket; it stays open until these are closed, whoever closes the connection before."""

    def __init__(self, arriving: Any, limit: Callable[[], None]) -> None:
        super().__init__()
        self._arriving = arriving
        self._limit = limit

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read some bytes into *buffer*."""
        self._limit()
        return cast("int | None", self._arriving.readinto(buffer))

    def close(self) -> None:
        """Let go of the socket."""
        self._arriving.close()
        super().close()
