"""Requests that another server passes on: whom it asks for, by which name, and below which path.

Only the word of a proxy that the settings trust is taken; what anyone else says of it is thrown away, and remembered.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from lotwork.service.reach import Reach

FORWARDED = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"forwarded", b"x-real-ip", b"via")
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
    told = {name for name, _ in scope["headers"]}
    passed_on = any(name in told for name in FORWARDED)
    changed = dict(scope, **{PASSED_ON: passed_on})
    changed["headers"] = [(name, value) for name, value in scope["headers"] if name not in FORWARDED]
    client = scope.get("client")
    if passed_on and client and reach.trusts(client[0]):
        headers = Headers(scope=scope)
        hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        while hops and reach.trusts(hops[-1]):
            hops.pop()
        if hops:
            changed["client"] = (hops[-1], 0)
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
