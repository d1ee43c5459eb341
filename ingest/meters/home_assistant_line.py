"""Asking Home Assistant over its websocket: one connection for a look, bounded in time and size.

The token is sent to a private address, or over TLS. An answer is known by its number; what comes between is passed
over.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect

from lotwork.ingest.asking.addresses import AddressRefusedError
from lotwork.ingest.asking.answer import LONGEST_WORDS, JsonAnswer, own_words
from lotwork.ingest.asking.json_guard import JsonRefusedError, parse_json
from lotwork.ingest.asking.patience import LEAST_SECONDS, Deadline, connected
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError

LONGEST = 10 * 1024 * 1024
MOST_BETWEEN = 100
"""Messages that may stand before an answer."""
USUAL_PORTS = {"http": 80, "https": 443}


class _LineRefusedError(Exception):
    """An answer that must not be believed; its text is the reason."""

    def __init__(self, reason: str, body: bytes = b"") -> None:
        self.body = body
        super().__init__(reason)


@dataclass
class Line:
    """How one Home Assistant is asked."""

    name: str
    base_url: str
    token: str = field(repr=False)
    clock: Clock
    seconds: float
    refuse: Callable[[str, str, bytes], SourceRefusedError]
    """Returns the error for what was asked, the reason and the bytes."""
    scrub: Callable[[str], str] = field(repr=False)

    def ask(self, item: str, *questions: Mapping[str, Any]) -> list[JsonAnswer]:
        """Return the result of each of *questions*, asked one after the other over one connection.

        Raises SourceUnreachableError where it did not answer in time, SourceRefusedError where its answer must not be
        believed, ConfigError where it must not be asked.
        """
        deadline = Deadline(self.clock, self.seconds)
        try:
            with self._connected(deadline) as line:
                self._log_in(line, deadline)
                return [self._result(line, number, each, deadline) for number, each in enumerate(questions, 1)]
        except AddressRefusedError as refused:
            raise ConfigError(f"{self.name}: base_url: {refused}: correct it") from None
        except _LineRefusedError as refused:
            raise self.refuse(item, str(refused), refused.body) from None
        except (InvalidURI, ValueError):  # a socket that is given is never led elsewhere by the library
            raise self.refuse(item, "it redirects elsewhere, which is not followed", b"") from None
        except InvalidStatus as told:
            status = told.response.status_code
            if status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS:
                raise self.refuse(item, f"status {status}: no websocket of Home Assistant is there", b"") from None
            raise self._silent(item, f"status {status}") from None
        except InvalidHandshake as odd:
            if isinstance(odd.__cause__, EOFError | OSError):
                raise self._silent(item, "it hung up") from None
            raise self.refuse(item, "what answers there speaks no websocket", b"") from None
        except (WebSocketException, OSError, EOFError) as silence:
            raise self._silent(item, self.scrub(str(silence))[:LONGEST_WORDS] or type(silence).__name__) from None

    def _silent(self, item: str, why: str) -> SourceUnreachableError:
        return SourceUnreachableError(
            f"{self.name}: {item}: no answer ({why}): check its address and the network; it is asked again at the next "
            "poll"
        )

    def _connected(self, deadline: Deadline) -> ClientConnection:
        parts = urlsplit(self.base_url)
        tls, host = parts.scheme == "https", parts.hostname or ""
        port = parts.port or USUAL_PORTS[parts.scheme]
        plain = connected(host, port, deadline.left, tls=tls)
        try:
            plain.settimeout(None)
            return connect(
                f"{'wss' if tls else 'ws'}://{host}:{port}/api/websocket",
                sock=plain,
                ssl=ssl.create_default_context() if tls else None,
                compression=None,
                open_timeout=max(deadline.left(), LEAST_SECONDS),
                close_timeout=LEAST_SECONDS,
                ping_interval=None,
                max_size=LONGEST,
                proxy=None,
            )
        except BaseException:
            plain.close()
            raise

    def _log_in(self, line: ClientConnection, deadline: Deadline) -> None:
        """Show the token, as the greeting asks for."""
        hello, body = self._read(line, deadline)
        if hello.get("type") != "auth_required":
            raise _LineRefusedError("it greets as no Home Assistant does", body)
        line.send(json.dumps({"type": "auth", "access_token": self.token}))
        told, body = self._read(line, deadline)
        if told.get("type") != "auth_ok":
            raise _LineRefusedError("it does not know the token: make a new one in your profile there", body)

    def _result(
        self, line: ClientConnection, number: int, question: Mapping[str, Any], deadline: Deadline
    ) -> JsonAnswer:
        line.send(json.dumps({"id": number, **question}))
        for _ in range(MOST_BETWEEN):
            told, body = self._read(line, deadline)
            if told.get("id") != number or told.get("type") != "result":
                continue
            if told.get("success") is not True:
                said = self.scrub(own_words(told))
                raise _LineRefusedError(f"it refused{f': it says {said!r}' if said else ''}", body)
            return JsonAnswer(told.get("result"), body)
        raise _LineRefusedError("it answers another question")

    def _read(self, line: ClientConnection, deadline: Deadline) -> tuple[dict[str, Any], bytes]:
        left = deadline.left()
        if left <= 0:
            raise TimeoutError("the time for this look is over")
        body = bytes(line.recv(timeout=left, decode=False))
        try:
            told = parse_json(body)
        except JsonRefusedError as refused:
            raise _LineRefusedError(str(refused), body) from None
        if not isinstance(told, dict):
            raise _LineRefusedError("its answer is no object", body)
        return told, body
