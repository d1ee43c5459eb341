"""The pages stay up, whoever is silent, drips, never reads or comes with three hundred others: over real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from lotwork.ledger.clock import SetClock
from lotwork.service import health as health_pages
from lotwork.service.bounded_queue import BoundedQueue
from lotwork.service.connections import BoundedConnection, Limits, limits_here
from lotwork.service.health import Health
from lotwork.service.http_server import HttpServer
from lotwork.service.metrics import Metrics
from lotwork.service.strict_headers import HEADERS
from tests.patience import PATIENCE_SECONDS, SOON_SECONDS

HASTY = Limits(head_seconds=0.4, take_seconds=0.2, most_open=350)
BIG = 8 << 20


@pytest.fixture
def gate() -> threading.Event:
    """Return what lets slow pages end."""
    return threading.Event()


@contextmanager
def serving(home: Path, gate: threading.Event, limits: Limits) -> Iterator[int]:
    def quick(_: Request) -> Response:
        return PlainTextResponse("a page\n")

    def slow(_: Request) -> Response:
        gate.wait(PATIENCE_SECONDS)
        return PlainTextResponse("a page\n")

    def big(_: Request) -> Response:
        return PlainTextResponse("x" * BIG)

    def broken(_: Request) -> Response:
        raise RuntimeError("a bug")

    pages = Starlette(
        routes=[Route("/", quick), Route("/slow", slow), Route("/big", big), Route("/broken", broken)],
    )
    health = Health(home, SetClock(datetime(2026, 11, 22, tzinfo=UTC)))
    server = HttpServer.bind("127.0.0.1", 0)
    server.serve(health_pages.create(health, Metrics(), pages), limits)
    try:
        yield int(server.url.rpartition(":")[2])
    finally:
        gate.set()
        server.close()


@pytest.fixture
def port(tmp_path: Path, gate: threading.Event) -> Iterator[int]:
    """Return the port of a server that nobody keeps waiting for long."""
    with serving(tmp_path, gate, HASTY) as served:
        yield served


@pytest.fixture
def calm(tmp_path: Path, gate: threading.Event) -> Iterator[int]:
    """Return the port of a server with all the time in the world, so that only the crowd is tried."""
    with serving(
        tmp_path, gate, HASTY._replace(head_seconds=PATIENCE_SECONDS, take_seconds=PATIENCE_SECONDS)
    ) as served:
        yield served


def request(path: str, port: int, *more: str) -> bytes:
    lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *more, "", "")
    return "\r\n".join(lines).encode()


def said(port: int, words: bytes) -> socket.socket:
    """Return a connection on which *words* were said in time: anew, where this machine was away meanwhile."""
    while True:
        begun = time.perf_counter()
        one = socket.create_connection(("127.0.0.1", port), timeout=SOON_SECONDS)
        with suppress(ConnectionError):
            one.sendall(words)
            if time.perf_counter() - begun < HASTY.head_seconds:
                return one
        one.close()
        assert time.perf_counter() - begun >= HASTY.head_seconds, "hung up on before its time"


def ask(port: int, path: str = "/", *more: str, raw: bytes | None = None) -> bytes:
    """Return the whole answer; who is not answered in time, or hung up on, fails."""
    with said(port, request(path, port, "Connection: close", *more) if raw is None else raw) as one:
        answer = b""
        while part := one.recv(65536):
            answer += part
    return answer


def is_answered(answer: bytes) -> bool:
    return answer.startswith(b"HTTP/1.1 200 ")


def until_hung_up(one: socket.socket) -> None:
    """Wait until the other end has closed."""
    one.settimeout(SOON_SECONDS)
    try:
        while one.recv(65536):
            pass
    except ConnectionError:
        pass


def silent(port: int) -> socket.socket:
    return said(port, b"")


def half_a_head(port: int) -> socket.socket:
    return said(port, request("/", port)[:-2])


def after_an_answer(port: int) -> socket.socket:
    one = said(port, request("/", port))
    assert one.recv(100)
    return one


def a_body_that_never_comes(port: int) -> socket.socket:
    return said(port, request("/", port, "Content-Length: 1000000"))


@pytest.mark.parametrize("how", [silent, half_a_head, after_an_answer, a_body_that_never_comes])
def test_two_hundred_who_say_nothing_close_no_page(port: int, how: Callable[[int], socket.socket]) -> None:
    with ExitStack() as held:
        ones = [held.enter_context(how(port)) for _ in range(200)]
        assert all(is_answered(ask(port, path)) for path in ("/healthz", "/", "/healthz"))
        for one in ones:
            until_hung_up(one)


def test_a_head_that_drips_is_hung_up_on_within_its_deadline(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=SOON_SECONDS) as one:
        over = threading.Event()

        def drip() -> None:
            for letter in request("/", port) * 1000:
                if over.wait(0.02):
                    return
                try:
                    one.sendall(bytes([letter]))
                except OSError:
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        until_hung_up(one)
        over.set()
        dripping.join()
    assert is_answered(ask(port, "/healthz"))


@pytest.mark.parametrize("more", ["Connection: close", "Connection: keep-alive"])
def test_an_answer_that_nobody_takes_is_given_up(port: int, more: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given_up = threading.Event()
    hang_up = BoundedConnection.hang_up

    def hang_up_and_tell(connection: BoundedConnection) -> None:
        hang_up(connection)
        given_up.set()

    with said(port, request("/big", port, more)) as one:
        monkeypatch.setattr(BoundedConnection, "hang_up", hang_up_and_tell)
        assert given_up.wait(PATIENCE_SECONDS)
        received = 0
        try:
            while part := one.recv(1 << 20):
                received += len(part)
        except ConnectionError:
            pass
    assert received < BIG


class SlowLine(asyncio.Transport):
    """A line that takes of an answer what the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.is_cut_off = BIG, False

    def get_write_buffer_size(self) -> int:
        return self.left

    def is_closing(self) -> bool:
        return self.is_cut_off

    def abort(self) -> None:
        self.is_cut_off = True


class Deadline:
    """What is done when the time is over, unless it is taken back."""

    def __init__(self, then: Callable[[], None]) -> None:
        self.then: Callable[[], None] | None = then

    def cancel(self) -> None:
        self.then = None


class Turns:
    """A loop whose deadlines are over when the test says so."""

    def __init__(self) -> None:
        self.due: list[Deadline] = []

    def call_later(self, _: float, then: Callable[[], None]) -> Deadline:
        self.due.append(Deadline(then))
        return self.due[-1]

    def pass_deadline(self) -> None:
        now, self.due = self.due, []
        for deadline in now:
            if deadline.then is not None:
                deadline.then()


@pytest.mark.parametrize("taken", [[BIG // 2, BIG // 4, 100, 1], [BIG - 1], []])
def test_an_answer_that_is_taken_bit_by_bit_is_cut_off_only_where_that_ends(taken: list[int]) -> None:
    """A tunnel over a slow line is no reason to cut a page off, however long it takes."""
    config = Config(Starlette(), log_config=None)
    config.load()
    line, turns = SlowLine(), Turns()
    one = BoundedConnection.limited(HASTY)(config, ServerState(), {}, turns)
    one.connection_made(line)
    one.pause_writing()
    for left in taken:
        line.left = left
        turns.pass_deadline()
        assert not line.is_cut_off
    turns.pass_deadline()
    assert line.is_cut_off


def test_of_three_hundred_at_once_none_is_lost(calm: int) -> None:
    async def one() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", calm)
        writer.write(request("/", calm, "Connection: close"))
        answer = await reader.read()
        writer.close()
        return answer

    async def all_of_them() -> list[bytes]:
        return await asyncio.wait_for(asyncio.gather(*(one() for _ in range(300))), PATIENCE_SECONDS)

    answers = asyncio.run(all_of_them())
    assert sum(map(is_answered, answers)) == 300


def test_health_answers_while_every_page_hangs(calm: int, gate: threading.Event) -> None:
    """Silent ones fill every connection that is left besides."""
    with ExitStack() as held:

        def connected() -> socket.socket:
            return held.enter_context(socket.create_connection(("127.0.0.1", calm), timeout=PATIENCE_SECONDS))

        waiting = [connected() for _ in range(300)]
        for one in waiting:
            one.sendall(request("/slow", calm, "Connection: close"))
        for _ in range(120):
            connected()
        assert is_answered(ask(calm, "/healthz"))
        assert b"lotwork_" in ask(calm, "/metrics")
        gate.set()
        assert [one for one in waiting if not is_answered(one.recv(100))] == []


def test_one_too_many_in_the_queue_is_told_when_to_come_back() -> None:
    """Those who wait are all answered, and who came in vain is let in once there is room again."""

    async def told() -> tuple[list[int], list[int], int]:
        go_on = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await go_on.wait()
            await PlainTextResponse("a page")(scope, receive, send)

        queue = BoundedQueue(app, at_work=2, most_inside=5)

        async def one() -> int:
            said: list[Message] = []

            async def send(message: Message) -> None:
                said.append(message)

            async def receive() -> Message:
                return {"type": "http.request"}

            await queue({"type": "http", "method": "GET", "headers": []}, receive, send)
            headers = dict(said[0]["headers"])
            assert (said[0]["status"] == 503) == (headers.get(b"retry-after") == b"1")
            return int(said[0]["status"])

        inside = [asyncio.create_task(one()) for _ in range(5)]
        await asyncio.sleep(0)
        beyond = [await one() for _ in range(3)]
        inside[4].cancel()  # whoever goes away makes room
        await asyncio.sleep(0)
        late = asyncio.create_task(one())
        await asyncio.sleep(0)
        go_on.set()
        return [await each for each in inside[:4]], beyond, await late

    assert asyncio.run(told()) == ([200] * 4, [503] * 3, 200)


ASKED: tuple[tuple[str, bytes | None, int], ...] = (
    ("/", None, 200),
    ("/healthz", None, 200),
    ("/readyz", None, 503),
    ("/metrics", None, 200),
    ("/nowhere", None, 404),
    ("/broken", None, 500),
    ("", b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 400),
    ("", b"GET / HTTP/1.1\r\n\r\n", 400),
    ("", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("", b"\x16\x03\x01\x02\x00\x01\x00\x01", 400),
    ("", b"nonsense\r\n\r\n", 400),
    ("", b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: " + b"b" * 70_000, 400),
)


def test_every_answer_has_the_strict_headers_once(calm: int) -> None:
    for path, raw, status in ASKED:
        head = ask(calm, path, raw=raw).partition(b"\r\n\r\n")[0].decode()
        first, *lines = head.split("\r\n")
        assert first.split()[1] == str(status), (path, raw)
        told = [line.partition(": ")[::2] for line in lines]
        for name, value in HEADERS.items():
            assert [said for key, said in told if key.lower() == name.lower()] == [value], (path, raw)


def test_half_of_the_descriptors_are_left_to_the_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    for most, left in ((1024, 512), (100, 50), (10, 16), (-1, 512), (1 << 20, 512)):
        monkeypatch.setattr("resource.getrlimit", lambda _, most=most: (most, most))
        assert limits_here().most_open == left
