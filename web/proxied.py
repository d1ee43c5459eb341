"""Requests that another server passes on: whom it asks for, by which name, and below which path.

Only the word of a proxy that the settings trust is taken; what anyone else says of it is thrown away, and remembered.
"""

from __future__ import annotations

import ipaddress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from lotwork.service.reach import Reach, is_passed_on

PASSED_ON = "lotwork.passed_on"
"""What the scope holds where somebody else asks through a server."""


class Proxied:
    """Puts the client, the scheme, the name and the path of who really asks in the place of the proxy's."""

    def __init__(self, app: ASGIApp, reach: Reach) -> None:
        self._app = app
        self._reach = reach

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as it was asked for."""
        if scope["type"] == "http":
            scope = asked_for(scope, self._reach)
        await self._app(scope, receive, send)


def asked_for(scope: Scope, reach: Reach) -> Scope:
    """Return *scope* as the one behind a trusted proxy asked, and without the prefix of the path."""
    passed_on = is_passed_on(name for name, _ in scope["headers"])
    changed = dict(scope, **{PASSED_ON: passed_on})
    changed["headers"] = [(name, value) for name, value in scope["headers"] if not is_passed_on((name,))]
    client = scope.get("client")
    if passed_on and client and reach.trusts(client[0]):
        headers = Headers(scope=scope)
        asks = _asks(",".join(headers.getlist("x-forwarded-for")), reach)
        if asks:
            changed["client"] = (asks, 0)
        if headers.get("x-forwarded-proto") in ("http", "https"):
            changed["scheme"] = headers["x-forwarded-proto"]
        host = headers.get("x-forwarded-host")
        if host:
            others = [(name, value) for name, value in changed["headers"] if name != b"host"]
            changed["headers"] = [*others, (b"host", host.encode("latin-1"))]
    prefix, path = reach.path_prefix, scope["path"]
    if prefix and (path == prefix or path.startswith(f"{prefix}/")):
        changed["path"] = path[len(prefix) :] or "/"
        changed["raw_path"] = changed["path"].encode("latin-1", "replace")
    return changed


def _asks(told: str, reach: Reach) -> str | None:
    """Return the address of who asks: the last of those told, in however many lines, that is no trusted proxy.

    A proxy adds behind what it was told. None where it told no address: then it counts as who asks.
    """
    for hop in reversed([each.strip() for each in told.split(",") if each.strip()]):
        address = _address(hop)
        if address is None or not reach.trusts(address):
            return address
    return None


def _address(hop: str) -> str | None:
    """Return the address that a proxy wrote, without a port; None where it is none."""
    host, _, port = hop.rpartition(":")
    for text in (hop, hop.strip("[]"), host.strip("[]") if port.isdigit() else ""):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            continue
    return None
