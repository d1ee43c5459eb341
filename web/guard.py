"""The door of the pages: who may ask, who may act, and what a browser may do with the answer.

A page on another site can point its own name at 127.0.0.1 (DNS rebinding) or make the taxpayer's browser ask for it.
So the Host must be a name of this machine, on whatever port a tunnel gave it, or one that the settings allow; a request
must not come from another origin; and only reading is possible, but for who is logged in. A link followed from
elsewhere is a plain navigation, and allowed: its sender sees nothing of the answer.

Who sits at this machine may read without a password, as long as nobody else can ask. Where the pages can be reached
from elsewhere, or somebody asks through another server, reading needs the login too.
"""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lotwork.service.reach import Reach, is_loopback
from lotwork.service.strict_headers import HEADERS
from lotwork.web.look import address_of
from lotwork.web.proxied import PASSED_ON
from lotwork.web.sessions import COOKIE, Session, Sessions

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
READING = frozenset({"GET", "HEAD"})
FROM_HERE = frozenset({"same-origin", "none"})
PORT = re.compile(r"[1-9][0-9]{0,4}")
LOGIN, LOGOUT, ACTS = "/login", "/logout", "/act/"
NOT_LOGGED_IN = (
    "Only who is logged in may do that, and it recorded nothing. Where your session has ended: open /login, then go "
    "back to the form and send it again."
)
OPEN_TO_ALL = ("/static/", "/api/")
"""What no login stands before: what holds no figures, and what asks for a token of its own."""
SESSION, SITS_HERE = "lotwork.session", "lotwork.sits_here"
"""Where the scope holds the session of who asks, and whether they sit at this machine."""
OF_HOME = "lotwork.of_home"
"""Where it holds what stands before the path that is looked at here: the address of one home of many."""

STATIC = {"Cache-Control": "no-cache"}
"""The style and the font hold no figures: a browser may keep them, and asks each time if they are still the same."""


class Guard:
    """Refuses what may not be asked, says who asks, and puts the strict headers on every answer."""

    def __init__(self, app: ASGIApp, reach: Reach, sessions: Sessions, *, reads_here: bool = True) -> None:
        self._app = app
        self._reach = reach
        self._sessions = sessions
        self._reads_here = reads_here
        """Whether who sits at this machine reads without a login."""

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

        session = scope[SESSION] = self._sessions.of(token_of(scope))
        scope[SITS_HERE] = self._sits_here(scope)
        refused = refusal(scope, self._reach) or self._not_let_in(scope, session)
        await (refused or self._app)(scope, receive, guarded)

    def _not_let_in(self, scope: Scope, session: Session | None) -> Response | None:
        """Return the answer to who has to log in first, or may not do what is asked; None where they may."""
        path = scope["path"]
        if scope["method"] not in READING:
            if path == LOGIN or session is not None:
                return None
            return PlainTextResponse(f"{NOT_LOGGED_IN}\n", 403)
        if session is not None or path == LOGIN or path.startswith(OPEN_TO_ALL):
            return None
        if self._reads_here and scope[SITS_HERE]:
            return None
        told = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
        asked = quote(f"{scope.get(OF_HOME, '')}{address_of(path)}{told}")
        return RedirectResponse(f"{self._reach.path_prefix}{LOGIN}?next={asked}", 303)

    def _sits_here(self, scope: Scope) -> bool:
        """Say if nobody but a person at this machine can be asking.

        A trusted proxy that does not tell for whom it asks is not taken for one, though it be of this machine.
        """
        client = scope.get("client")
        if scope.get(PASSED_ON) or (client is not None and self._reach.trusts(client[0])):
            return False
        if not self._reach.is_beyond:
            return True
        name, _ = name_and_port(Headers(scope=scope).get("host", ""))
        return client is not None and is_loopback(client[0]) and name in OWN_NAMES


def refusal(scope: Scope, reach: Reach) -> PlainTextResponse | None:
    """Return the answer to a request that nobody may make so; None where it is let in."""
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not is_known_host(hosts[0], reach):
        return PlainTextResponse("This name does not stand for Lotwork: open http://127.0.0.1 with its port.\n", 400)
    is_act = scope["path"] in (LOGIN, LOGOUT) or scope["path"].startswith(ACTS)
    if scope["method"] not in READING and not (scope["method"] == "POST" and is_act):
        return PlainTextResponse("These pages are only read.\n", 405, {"Allow": "GET, HEAD"})
    if not _is_own_origin(scope, headers, hosts[0]):
        return PlainTextResponse("Another site may not read these pages.\n", 403)
    return None


def token_of(scope: Scope) -> str | None:
    """Return the token that the browser sends."""
    try:
        told = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return None
    return told[COOKIE].value if COOKIE in told else None


def name_and_port(host: str) -> tuple[str, str]:
    """Return the name and the port of a Host header; the port is empty where none is told."""
    name, colon, port = host.lower().rpartition(":")
    return (host.lower(), "") if not colon or host.endswith("]") else (name, port or "none")


def is_known_host(host: str, reach: Reach) -> bool:
    """Say if a Host header names this machine, by an address of the loopback or localhost, or is an allowed name.

    The port may be any: whoever comes through a tunnel has another than the one listened on, and no other site can have
    one of these names.
    """
    name, port = name_and_port(host)
    return (port == "" or PORT.fullmatch(port) is not None) and (name in OWN_NAMES or reach.allows(name))


def _is_own_origin(scope: Scope, headers: Headers, host: str) -> bool:
    """Say if the request comes from these pages, or is a person opening one; a form comes from these pages alone."""
    origins, site = headers.getlist("origin"), headers.get("sec-fetch-site")
    for origin in origins:
        if origin.lower() != f"{scope.get('scheme', 'http')}://{host.lower()}":
            return False
    if scope["method"] not in READING:
        return bool(origins) and site in (None, "same-origin")
    if site is None or site in FROM_HERE:
        return True
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
