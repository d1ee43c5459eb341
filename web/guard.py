"""The door of the dashboard: who may ask, what may be asked, and what a browser may do with the answer.

A page on another site can point its own name at 127.0.0.1 (DNS rebinding) or make the taxpayer's browser ask for it.
So the Host must be this machine with the very port that was asked, a request must not come from another origin, and
nothing but reading is possible. A link followed from elsewhere is a plain navigation, and allowed: its sender sees
nothing of the answer.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lotwork.service.strict_headers import HEADERS

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
READING = frozenset({"GET", "HEAD"})
FROM_HERE = frozenset({"same-origin", "none"})
HTTP_PORT = 80

STATIC = {"Cache-Control": "no-cache"}
"""The style and the font hold no figures: a browser may keep them, and asks each time if they are still the same."""


class Guard:
    """Refuses what does not come from this machine's own page, and puts the strict headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say in one line why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        headers = HEADERS | STATIC if scope["path"].startswith("/static/") else HEADERS

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        refused = refusal(scope)
        await (refused or self._app)(scope, receive, guarded)


def refusal(scope: Scope) -> PlainTextResponse | None:
    """Return the answer to a request that is not let in; None where it is."""
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not is_own_host(hosts[0], port_of(scope)):
        return PlainTextResponse("This name does not stand for Lotwork: open http://127.0.0.1 with its port.\n", 400)
    if scope["method"] not in READING:
        return PlainTextResponse("These pages are only read.\n", 405, {"Allow": "GET, HEAD"})
    if not _is_own_origin(headers, hosts[0]):
        return PlainTextResponse("Another site may not read these pages.\n", 403)
    return None


def port_of(scope: Scope) -> int:
    """Return the port the server was asked on."""
    server = scope.get("server")
    return int(server[1]) if server and server[1] else HTTP_PORT


def is_own_host(host: str, port: int) -> bool:
    """Say if a Host header names this machine by an address of the loopback or localhost, and the port asked on."""
    name, colon, told = host.lower().rpartition(":")
    if not colon or host.endswith("]"):
        name, told = host.lower(), str(HTTP_PORT)
    return name in OWN_NAMES and told == str(port)


def _is_own_origin(headers: Headers, host: str) -> bool:
    """Say if the request comes from these pages, or is a person opening one."""
    for origin in headers.getlist("origin"):
        if origin.lower() != f"http://{host.lower()}":
            return False
    site = headers.get("sec-fetch-site")
    if site is None or site in FROM_HERE:
        return True
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
