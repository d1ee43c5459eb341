"""A connection to a node whose answers end: in time, and in size.

web3 asks through requests, whose time-out is for each read and whose answers may be of any size. A node that drips, or
that sends without end, is cut off here. Redirects are not followed and proxies of the environment not used: the url
that the user wrote is the url that is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests
import urllib3

from lotwork.ledger.clock import Clock

CHUNK_BYTES = 65_536


class TooMuchError(Exception):
    """The node refused a request that a smaller one may succeed where it failed."""


class BoundedSession(requests.Session):
    """A session whose answers end on time and in size, that follows no redirect and no proxy of the environment."""

    def __init__(self, clock: Clock, *, timeout_seconds: float, most_bytes: int) -> None:
        super().__init__()
        self.trust_env = False
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._most_bytes = most_bytes

    def request(self, method: str, url: str | bytes, **asked: Any) -> requests.Response:  # type: ignore[override] # it names them all
        """Return the whole answer, read within the time and the size allowed."""
        end = self._clock.monotonic() + self._timeout_seconds
        asked |= {"stream": True, "allow_redirects": False, "timeout": self._timeout_seconds}
        asked["headers"] = {**(asked.get("headers") or {}), "Accept-Encoding": "identity"}
        response = super().request(method, url, **asked)
        response._content = self._body(response, end)  # noqa: SLF001 - requests has no other way to hand over a body
        return response

    def _body(self, response: requests.Response, end: float) -> bytes:
        """Return the whole body, or raise as soon as it is too large or too late."""
        body = bytearray()
        try:
            for piece in self._pieces(response, end):
                body += piece
        except (urllib3.exceptions.TimeoutError, requests.Timeout):
            raise requests.Timeout("the answer did not end in time") from None
        except (urllib3.exceptions.HTTPError, OSError):
            raise requests.ConnectionError("the answer broke off") from None
        finally:
            response.close()
        return bytes(body)

    def _pieces(self, response: requests.Response, end: float) -> Iterator[bytes]:
        """Yield the body as it arrives: whoever waits for a full chunk waits for a dripping node."""
        arrived = 0
        while piece := response.raw.read1(CHUNK_BYTES):
            arrived += len(piece)
            if arrived > self._most_bytes:
                raise TooMuchError(f"the answer is larger than {self._most_bytes} bytes")
            if self._clock.monotonic() > end:
                raise requests.Timeout
            yield piece
