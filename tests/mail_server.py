"""A real mail server on the loopback, and what it was given."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message as Letter
from typing import Any

from aiosmtpd.controller import Controller

from tests.patience import PATIENCE_SECONDS


class Inbox:
    """A mail server's handler that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.answer = "250 taken"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content))
        return self.answer


class _OnAnyPort(Controller):
    """A controller that listens on whatever port is free: its own cannot, and would have to be told one beforehand."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection((self.hostname, self.port), PATIENCE_SECONDS) as asking:
            asking.recv(1024)


@contextmanager
def mail_server(inbox: Inbox, **options: Any) -> Iterator[int]:
    """Serve *inbox* on a free port of the loopback, and yield the port."""
    server = _OnAnyPort(inbox, hostname="127.0.0.1", port=0, ready_timeout=PATIENCE_SECONDS, **options)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()
