"""A connection to a node whose answers end: in time, and in size.

web3 asks through requests, whose time-out is for each read and whose answers may be of any size. A node that drips, or
that sends without end, is cut off here. Redirects are not followed and proxies of the environment not used: the url
that the user wrote is the url that is asked.
"""

from __future__ import annotations

from typing import Any

import requests

from ledger.clock import Clock

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

    def request(self, method: str, url: str | bytes, **asked: Any) -> requests.Response:  # type: ignore[override]
        """Return the whole answer, read within the time and the size allowed."""
        end = self._clock.monotonic() + self._timeout_seconds
        asked |= {"stream": True, "allow_redirects": False, "timeout": self._timeout_seconds}
        asked["headers"] = {**(asked.get("headers") or {}), "Accept-Encoding": "identity"}
        response = super().request(method, url, **asked)
        body = bytearray()
        for chunk in response.iter_content(CHUNK_BYTES):
            body += chunk
            if len(body) > self._most_bytes:
                response.close()
                raise TooMuchError(f"the answer is larger than {self._most_bytes} bytes")
            if self._clock.monotonic() > end:
                response.close()
                raise requests.Timeout("the answer did not end in time")
        response._content = bytes(body)  # noqa: SLF001 - requests has no other way to hand over a body already read
        return response
