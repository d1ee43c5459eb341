"""Asking an Electrum server: one line of JSON each way, bounded in time and length, over TLS or to one's own machine.

An answer is known by its number; what a server sends of its own accord stands between and is passed over. A line that
is too long, is no JSON or answers another question ends the connection; the next question makes a new one.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from lotwork.ingest.asking.addresses import AddressRefusedError
from lotwork.ingest.asking.json_guard import JsonRefusedError, JsonValue, parse_json
from lotwork.ingest.asking.patience import Deadline, EndingSocket, connected
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError, plain

LONGEST_LINE = 32 << 20
"""Bytes: four times the largest transaction in hexadecimal digits."""
MOST_BETWEEN = 1_000
"""Lines that may stand before an answer."""
MOST_TOLD = 200
VERSIONS = ["1.4", "1.4.3"]
"""What of the protocol is spoken (electrumx.readthedocs.io): every server still speaks it."""

Question: TypeAlias = tuple[str, tuple[Any, ...]]
"""A method and its parameters."""
VERSION: Question = ("server.version", ("lotwork", VERSIONS))
"""What each connection begins with."""


def check_electrum_url(url: str, key: str = "url") -> tuple[str, int, bool]:
    """Return the host, port and whether TLS is spoken; ConfigError where *url* is no Electrum server's."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    bare = parts.path in ("", "/") and not parts.query and parts.username is None
    if parts.scheme not in ("ssl", "tcp") or not host or port is None or not bare:
        raise ConfigError(f'{key}: an Electrum server is "ssl://HOST:PORT", or "tcp://HOST:PORT" on your own network')
    return host, port, parts.scheme == "ssl"


def tls_of(certificate: Path | None) -> ssl.SSLContext:
    """Return how a server is known: by the authorities this machine trusts, or by the one *certificate* given."""
    try:
        context = ssl.create_default_context(cafile=None if certificate is None else str(certificate))
    except (OSError, ssl.SSLError) as unread:
        raise ConfigError(f"{certificate}: no certificate can be read from it ({unread}): give a PEM file") from None
    if certificate is not None:
        context.check_hostname = False  # it is pinned: servers sign their own, for whatever name
    return context


class Line:
    """A connection to one server; it is made at the first question, and anew after a failure."""

    def __init__(self, url: str, *, deadline: Deadline, tls: ssl.SSLContext | None) -> None:
        self._host, self._port, secure = check_electrum_url(url)
        self.shown = f"{self._host}:{self._port}"
        self._tls = tls if secure else None
        self._deadline = deadline
        self._socket: EndingSocket | None = None
        self._arriving: Any = None
        self._number = 0

    def ask(self, method: str, *params: Any) -> JsonValue:
        """Return what the server answers; SourceUnreachableError where it does not, or says that it cannot."""
        (told,) = self._asked([(method, params)])
        return self._result(method, told)

    def ask_many(self, questions: Sequence[Question]) -> list[JsonValue]:
        """Return what the server answers to all *questions*, sent together; None where it says that it cannot.

        A server may hold an answer back for a second to send it with others: one by one is what takes long.
        """
        told = self._asked(questions)
        return [None if one.get("error") is not None else one.get("result") for one in told]

    def _asked(self, questions: Sequence[Question]) -> list[dict[str, JsonValue]]:
        method = questions[0][0]
        try:
            return self._answers(questions) if self._socket is not None else self._first_answers(questions)
        except (OSError, EOFError) as silence:
            self.close()
            raise SourceUnreachableError(
                f"server at {self.shown} did not answer {method} ({str(silence) or type(silence).__name__}): is this "
                "an Electrum server's address? It will be asked again"
            ) from silence
        except AddressRefusedError as refused:
            self.close()
            raise ConfigError(f"server at {self.shown}: {refused}: correct its url") from None

    def _first_answers(self, questions: Sequence[Question]) -> list[dict[str, JsonValue]]:
        """Open the connection and ask the first *questions* with what it begins with: each way there may fail."""
        self._open()
        version, *told = self._answers([VERSION, *questions])
        self._result(VERSION[0], version)
        return told

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._arriving.close()
            self._socket.close()
        self._socket = None

    def _open(self) -> None:
        plain_socket = connected(self._host, self._port, self._deadline.left, tls=self._tls is not None)
        try:
            found = (
                plain_socket if self._tls is None else self._tls.wrap_socket(plain_socket, server_hostname=self._host)
            )
        except BaseException:
            plain_socket.close()
            raise
        self._socket = EndingSocket(found, self._deadline.left)
        self._arriving = self._socket.makefile("rb")

    def _answers(self, questions: Sequence[Question]) -> list[dict[str, JsonValue]]:
        assert self._socket is not None, "a question is asked on an open connection"  # noqa: S101 - narrows
        first = self._number + 1
        self._number += len(questions)
        lines = [
            json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}) + "\n"
            for number, (method, params) in enumerate(questions, first)
        ]
        self._socket.sendall("".join(lines).encode())
        found: dict[int, dict[str, JsonValue]] = {}
        for _ in range(len(questions) + MOST_BETWEEN):
            told = self._read(questions[0][0])
            number = told.get("id")
            if isinstance(number, int) and first <= number <= self._number and number not in found:
                found[number] = told
                if len(found) == len(questions):
                    return [found[number] for number in range(first, self._number + 1)]
            elif "method" not in told:
                break
        raise self._odd(questions[0][0], "it answers another question")

    def _read(self, method: str) -> dict[str, JsonValue]:
        line = self._arriving.readline(LONGEST_LINE + 1)
        if not line:
            raise EOFError("the connection was closed")
        if not line.endswith(b"\n"):
            if len(line) <= LONGEST_LINE:
                raise EOFError("the answer ended early")
            raise self._odd(method, f"its answer is longer than {LONGEST_LINE} bytes")
        try:
            told = parse_json(line)
        except JsonRefusedError as broken:
            raise self._odd(method, str(broken)) from None
        if not isinstance(told, dict):
            raise self._odd(method, "its answer is no object")
        return told

    def _result(self, method: str, told: dict[str, JsonValue]) -> JsonValue:
        error = told.get("error")
        if error is not None:
            words = error.get("message") if isinstance(error, dict) else error
            raise SourceUnreachableError(
                f"server at {self.shown} refused {method}: {plain(str(words))[:MOST_TOLD]}: it will be asked again"
            )
        if "result" not in told:
            raise self._odd(method, "its answer has no result")
        return told["result"]

    def _odd(self, method: str, why: str) -> SourceRefusedError:
        self.close()
        return SourceRefusedError(
            f"server at {self.shown} gave an answer to {method} that no Electrum server gives: {why}: nothing was "
            "recorded; check what listens there"
        )
