"""A connection to a node whose answers end: in time, and in size.

web3 asks through requests, whose time-out is for each read and whose answers may be of any size. Here every operation
of the socket below may take what is left of the look's one deadline, so that a node that drips is cut off, be it in the
first line of its answer; and so is one that sends without end. Redirects are not followed and proxies of the
environment not used: the url that the user wrote is the url that is asked.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from lotwork.ingest.asking.addresses import AddressRefusedError
from lotwork.ingest.asking.json_guard import JsonRefusedError
from lotwork.ingest.asking.json_rpc import check_packing, check_reply
from lotwork.ingest.asking.patience import Deadline, EndingSocket, connected
from lotwork.ledger.errors import ConfigError

LONGEST_MESSAGE = 200
LEAST_SECRET = 6
CHUNK_BYTES = 65_536
DEEPEST = 10_000
"""Calls within calls are told within one another; how deep they may be, the reader of a trace says."""


class TooMuchError(Exception):
    """The node refused a request that a smaller one may succeed where it failed."""


class BoundedSession(requests.Session):
    """A session whose answers end on time and in size, that follows no redirect and no proxy of the environment."""

    def __init__(self, deadline: Deadline, *, most_bytes: int) -> None:
        super().__init__()
        self.trust_env = False
        self._deadline = deadline
        self._most_bytes = most_bytes
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter(deadline))

    def request(self, method: str, url: str | bytes, **asked: Any) -> requests.Response:  # type: ignore[override] # it names them all
        """Return the whole answer, read within the time and the size allowed; JsonRefusedError where it is no reply."""
        left = self._deadline.left()
        if left <= 0:
            raise requests.Timeout("the time for this look is over")
        asked |= {"stream": True, "allow_redirects": False, "timeout": left}
        asked["headers"] = {**(asked.get("headers") or {}), "Accept-Encoding": "identity"}
        response = super().request(method, url, **asked)
        body = self._body(response)
        check_packing(response.headers.get("Content-Encoding"))
        if response.status_code < HTTPStatus.BAD_REQUEST:
            check_reply(asked["data"], body, deepest=DEEPEST)
            if response.status_code != HTTPStatus.OK:
                raise JsonRefusedError("it is a reply under a status that is none")
        response._content = body  # noqa: SLF001 - requests has no other way to hand over a body
        return response

    def _body(self, response: requests.Response) -> bytes:
        """Return the whole body, or raise as soon as it is too large or too late."""
        body = bytearray()
        try:
            for piece in self._pieces(response):
                body += piece
        except (urllib3.exceptions.TimeoutError, requests.Timeout, TimeoutError):
            raise requests.Timeout("the answer did not end in time") from None
        except (urllib3.exceptions.HTTPError, OSError):
            raise requests.ConnectionError("the answer broke off") from None
        finally:
            response.close()
        return bytes(body)

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        """Yield the body as it arrives: whoever waits for a full chunk waits for a dripping node."""
        arrived = 0
        while piece := response.raw.read1(CHUNK_BYTES):
            arrived += len(piece)
            if arrived > self._most_bytes:
                raise TooMuchError(f"the answer is larger than {self._most_bytes} bytes")
            yield piece


class _Adapter(HTTPAdapter):
    """Connections that end by the deadline, also while the first line of an answer drips."""

    def __init__(self, deadline: Deadline) -> None:
        self._pools = _pools(deadline)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools


def _pools(deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    """Return the kinds of pools whose connections end by *deadline*."""

    class Ending(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            try:
                found = connected(
                    self.host, self.port or self.default_port, deadline.left, tls=isinstance(self, HTTPSConnection)
                )
            except AddressRefusedError as refused:
                raise ConfigError(f"node at {self.host}: {refused}: correct its url, or use a tunnel") from None
            except TimeoutError as late:
                raise urllib3.exceptions.ConnectTimeoutError(self, str(late)) from None
            except OSError as unknown:
                raise urllib3.exceptions.NewConnectionError(self, str(unknown)) from None
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return found

    class Plain(Ending):
        def connect(self) -> None:
            super().connect()
            self.sock: Any = EndingSocket(self.sock, deadline.left)

    class Tls(Ending, HTTPSConnection):
        def connect(self) -> None:
            HTTPSConnection.connect(self)
            self.sock: Any = EndingSocket(self.sock, deadline.left)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


class Unsaid:
    """What of a *url* may be a key, and is shown nowhere: its password, the parts of its path, what its query says."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        pieces = [parts.username or "", parts.password or "", *parts.path.split("/")]
        pieces += [value for _, value in parse_qsl(parts.query)]
        found = {piece for told in pieces for piece in (told, unquote(told)) if len(piece) >= LEAST_SECRET}
        self._secrets = sorted(found, key=len, reverse=True)

    def shown(self, words: object) -> str:
        """Return a stranger's words without them, on one line, not too long."""
        text = " ".join(str(words).split())
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text[:LONGEST_MESSAGE]
