"""A real HTTP server on the loopback that answers what a test scripted, faults included."""

from __future__ import annotations

import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lotwork.ingest.asking.http import BoundedClient, Bounds
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.asking.quarantine import Quarantine
from lotwork.ledger.clock import Clock, SystemClock

JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer, and what is wrong with it."""

    body: bytes = b"{}"
    status: int = 200
    media: str | None = JSON
    headers: dict[str, str] = field(default_factory=dict)
    declared: int | None = None
    """A Content-Length that is not the body's; below zero: none, the end of the connection ends the body."""
    drip: float | None = None
    """Seconds between single bytes of the body."""
    silent: float | None = None
    """Seconds before anything is said."""
    hang_up: bool = False


class Script:
    """What is answered: the queued replies first, then what `answer` says to a path."""

    def __init__(self) -> None:
        self.queue: deque[Reply] = deque()
        self.answer: Callable[[str], Reply] = lambda _path: Reply(status=404, body=b'{"message":"NotFound"}')
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        """What was posted."""
        self.url = ""
        self.closing = threading.Event()

    def reply_to(self, path: str) -> Reply:
        """Return the next reply."""
        self.asked.append(path)
        return self.queue.popleft() if self.queue else self.answer(path)


@contextmanager
def serving(*, tls: ssl.SSLContext | None = None) -> Iterator[Script]:
    """Serve a script on a free port of the loopback."""
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script.headers.append(dict(self.headers))
            reply = script.reply_to(self.path)
            if reply.silent is not None:
                script.closing.wait(reply.silent)
            if reply.hang_up:
                self.connection.close()
                return
            with suppress(OSError):  # the client hung up on us: that is what some tests are about
                _say(self, reply, script.closing)

        def do_POST(self) -> None:
            script.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def log_message(self, *_args: object) -> None:
            pass

    with listening(Handler, tls=tls) as script.url:
        try:
            yield script
        finally:
            script.closing.set()


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler], *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve by *handler* on a free port of the loopback; yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _say(handler: BaseHTTPRequestHandler, reply: Reply, closing: threading.Event) -> None:
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    if reply.media is not None:
        handler.send_header("Content-Type", reply.media)
    declared = len(reply.body) if reply.declared is None else reply.declared
    if declared >= 0:
        handler.send_header("Content-Length", str(declared))
    handler.end_headers()
    if reply.drip is None:
        handler.wfile.write(reply.body)
        return
    for index in range(len(reply.body)):
        handler.wfile.write(reply.body[index : index + 1])
        handler.wfile.flush()
        if closing.wait(reply.drip):
            return


def client_of(
    source: str,
    home: Path | None = None,
    *,
    clock: Clock | None = None,
    bounds: Bounds | None = None,
    headers: dict[str, str] | None = None,
    secrets: tuple[str, ...] = (),
) -> BoundedClient:
    """Return a client that may ask the loopback, and waits next to nothing between attempts."""
    clock = clock or SystemClock()
    return BoundedClient(
        source=source,
        clock=clock,
        pace=Pace(clock, gap_seconds=0),
        allow_private=True,
        bounds=bounds or Bounds(deadline_seconds=30, attempts=2, first_wait_seconds=0.001, longest_wait_seconds=0.002),
        headers=headers or {},
        quarantine=None if home is None else Quarantine(home, secrets=secrets),
    )
