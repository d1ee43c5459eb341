"""A connection that ends on time: every step of it, from the name to the last byte, spends one budget.

The timeouts of HTTP libraries are per read, so a server that drips one byte a second holds a reader for ever. Here
each read, write, connection and handshake may take what is left until one instant, and no more. The address is
checked, then connected to, by the same hand: a name cannot stand for another address in between.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2

from lotwork.ingest.asking.addresses import NO_ADDRESS, check_address, resolve
from lotwork.ingest.asking.patience import Deadline

SOCKET_OPTION = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class Budget(Deadline):
    """The seconds one call may take in all."""

    def spend(self, timed_out: type[Exception]) -> float:
        """Return the seconds left, or raise *timed_out* when there are none."""
        left = self.left()
        if left <= 0:
            raise timed_out("the time for this call is over")
        return left


class BudgetedStream(httpcore2.NetworkStream):
    """A stream whose every operation may take what is left of its budget."""

    def __init__(self, stream: httpcore2.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the budget decides
        """Return some bytes."""
        return self._stream.read(max_bytes, self._budget.spend(httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the budget decides
        """Send *buffer*."""
        self._stream.write(buffer, self._budget.spend(httpcore2.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the budget decides
    ) -> httpcore2.NetworkStream:
        """Return the stream under TLS; the certificate is checked against the name, not the pinned address."""
        left = self._budget.spend(httpcore2.ConnectTimeout)
        return BudgetedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._budget)

    def get_extra_info(self, info: str) -> Any:
        """Return what the stream below knows of *info*."""
        return self._stream.get_extra_info(info)


class PinnedNetwork(httpcore2.NetworkBackend):
    """Opens connections to checked addresses only, within a budget; *tls* says that what is sent will be encrypted."""

    def __init__(self, budget: Budget, *, allow_private: bool, tls: bool) -> None:
        self._budget = budget
        self._allow_private = allow_private
        self._tls = tls
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the budget decides
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of *host* that answers; one bad address among them refuses the name."""
        try:
            addresses = resolve(host, port, self._budget.spend(httpcore2.ConnectTimeout))
        except TimeoutError as late:
            raise httpcore2.ConnectTimeout(str(late)) from None
        except OSError as unknown:
            raise httpcore2.ConnectError(str(unknown)) from None
        for address in addresses:
            check_address(address, allow_private=self._allow_private, tls=self._tls)
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for address in addresses:
            left = self._budget.spend(httpcore2.ConnectTimeout)
            try:
                stream = self._network.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as broken:
                failure = broken
            else:
                return BudgetedStream(stream, self._budget)
        raise failure or httpcore2.ConnectError(NO_ADDRESS)


class PinnedTransport(httpx2.HTTPTransport):
    """httpx2's transport over a `PinnedNetwork`; one connection, used once, so that one budget covers it."""

    def __init__(self, network: PinnedNetwork, tls: ssl.SSLContext | None) -> None:
        # The parent would build a pool on the plain network and has no argument for another one.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls, max_connections=1, max_keepalive_connections=0, network_backend=network
        )
