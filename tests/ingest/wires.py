"""Connections in memory: what a source sends is answered by the test, and no socket is opened.

Everything above the socket is the program's own: its HTTP, its lines, its bounds. A look takes a millisecond so.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from typing import Any, Self
from unittest import mock

import httpx2

from lotwork.ingest.asking.http import BoundedClient
from lotwork.ingest.meters.kasa import LENGTH, crossed, uncrossed

JSON = "application/json"
KNOCKED_AT = (
    "lotwork.ingest.bitcoin.electrum.line.connected",
    "lotwork.ingest.bitcoin.rpc.connected",
    "lotwork.ingest.evm.session.connected",
    "lotwork.ingest.asking.patience.connected",
    "lotwork.ingest.meters.home_assistant_line.connected",
)
"""Where those who do not ask through the bounded client open their connections."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question, as a server sees it: of a line, the method stands in place of the path."""

    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return dict(httpx2.QueryParams(self.body.decode()))

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One answer as it leaves a server, and what breaks it on its way."""

    body: bytes = b""
    status: int = 200
    media: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    broken: Exception | None = None
    """What the asker's socket raises instead of reading on; ConnectionError, TimeoutError, EOFError (cut)."""

    def of(self, **changes: Any) -> Said:
        """Return it with *changes*."""
        return replace(self, **changes)


Server = Callable[[Asked], Said]


def said(value: Any) -> Said:
    """Return *value* as JSON."""
    return Said(body=json.dumps(value).encode())


def word(text: str) -> Said:
    """Return a word, as text."""
    return Said(body=text.encode(), media="text/plain")


class Wire:
    """The near end of a connection: what is sent is answered when it is read."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self._sent = b""
        self._due = io.BytesIO()

    def sendall(self, data: Any) -> None:
        """Take what is sent."""
        self._sent += bytes(data)

    def makefile(self, *_: object, **__: object) -> Wire:
        """Return what arrives."""
        return self

    def readinto(self, buffer: Any) -> int:
        """Read on; whatever was sent since is answered first."""
        count = self._due.readinto(buffer)
        if not count and self._sent:
            sent, self._sent = self._sent, b""
            self._due = io.BytesIO(self._answer(sent))
            count = self._due.readinto(buffer)
        return count

    def getpeername(self) -> tuple[str, int]:
        """Return an address of one's own machine."""
        return "127.0.0.1", 1

    def settimeout(self, _seconds: float) -> None:
        """Nobody waits here."""

    def setsockopt(self, *_: object) -> None:
        """Nothing is to be set."""

    def close(self) -> None:
        """Nothing is to be closed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is to be closed."""


class Messages:
    """The near end of a websocket, whose messages are lines of a wire; the far end is asked first, by `connect`."""

    def __init__(self, _url: str, *, sock: Wire, **_: object) -> None:
        self._wire = sock
        self._arriving = io.BufferedReader(_Reading(sock))
        self.send('{"type": "connect"}')

    def send(self, message: str) -> None:
        """Send a message."""
        self._wire.sendall(message.encode() + b"\n")

    def recv(self, **_: object) -> bytes:
        """Return the next message; raises EOFError where it was cut."""
        line = self._arriving.readline()
        if not line.endswith(b"\n"):
            raise EOFError("cut")
        return line[:-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is to be closed."""


class _Reading(io.RawIOBase):
    """What arrives on a wire, as a file."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._wire.readinto(buffer)


def over_http(server: Server) -> Callable[[bytes], bytes]:
    """Return *server* as one that reads a whole question of HTTP and writes its answer."""

    def answer(sent: bytes) -> bytes:
        head, _, body = sent.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        told = server(Asked(path=first.split(" ")[1], body=body, headers=headers))
        if told.broken is not None and not isinstance(told.broken, EOFError):
            raise told.broken
        length = len(told.body) + 40 * isinstance(told.broken, EOFError)
        given = {"Content-Type": told.media, "Content-Length": str(length), "Connection": "close", **told.headers}
        written = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        return f"HTTP/1.1 {told.status} Told\r\n{written}\r\n".encode() + told.body

    return answer


def in_lines(server: Server, *, named: str = "method") -> Callable[[bytes], bytes]:
    """Return *server* as one that answers each line by a line; a broken answer ends what is told.

    What is asked is *named* so in each line.
    """

    def answer(sent: bytes) -> bytes:
        told = b""
        for line in sent.splitlines():
            question = json.loads(line)
            one = server(Asked(path=question[named], body=line))
            if isinstance(one.broken, EOFError):
                return told + one.body
            if one.broken is not None:
                raise one.broken
            told += one.body + b"\n"
        return told

    return answer


in_messages = partial(in_lines, named="type")
"""Returns a server as one that answers over a websocket."""


def in_frames(server: Server) -> Callable[[bytes], bytes]:
    """Return *server* as a plug that answers over TP-Link's first line: a length, and crossed bytes."""

    def answer(sent: bytes) -> bytes:
        told = server(Asked(path="a plug", body=uncrossed(sent[LENGTH.size :])))
        if told.broken is not None and not isinstance(told.broken, EOFError):
            raise told.broken
        return LENGTH.pack(len(told.body) + 40 * isinstance(told.broken, EOFError)) + crossed(told.body)

    return answer


class InMemory(httpx2.BaseTransport):
    """What carries the questions of the bounded client to *server*."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return what is answered, or raise what breaks."""
        told = self._server(
            Asked(
                path=request.url.path,
                params=dict(request.url.params),
                body=request.read(),
                headers=dict(request.headers),
            )
        )
        match told.broken:
            case None:
                headers = {"content-type": told.media, **told.headers}
                return httpx2.Response(told.status, headers=headers, stream=_Once(told.body))
            case TimeoutError():
                raise httpx2.ReadTimeout("late")
            case EOFError():
                raise httpx2.RemoteProtocolError("cut")
            case broken:
                raise httpx2.ReadError(str(broken))


class InMemoryClient(BoundedClient):
    """The bounded client, whose questions never leave the process."""

    server: Server

    def _transport(self, *_: Any) -> httpx2.BaseTransport:
        return InMemory(self.server)


class _Once(httpx2.SyncByteStream):
    """A body that arrives at once, packed as it is."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body


@contextmanager
def connecting(answer: Callable[[bytes], bytes]) -> Iterator[None]:
    """Let whoever opens a connection of its own talk with *answer*."""

    def connected(*_: object, **__: object) -> Wire:
        return Wire(answer)

    for place in KNOCKED_AT:  # before any is patched: one that is loaded meanwhile would keep what another's place is
        import_module(place.rpartition(".")[0])
    with ExitStack() as patched:
        for place in KNOCKED_AT:
            patched.enter_context(mock.patch(place, connected))
        patched.enter_context(mock.patch("lotwork.ingest.meters.home_assistant_line.connect", Messages))
        yield
