"""Logging in and out: a form, a session, and the page that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lotwork.service.reach import is_loopback
from lotwork.web.forms_sent import Sent, sent
from lotwork.web.guard import LOGIN, NOT_LOGGED_IN, SESSION, SITS_HERE, token_of
from lotwork.web.sessions import COOKIE, HERE, Session, Sessions, SlowDownError

SEE_OTHER, FORBIDDEN, TOO_MANY = 303, 403, 429
NOT_OURS = "This form is not of this session: log in, open it again, and send it once more."
WRONG = "That is not the password. It was logged, and each further try has to wait longer."


@dataclass(frozen=True, slots=True)
class Entering:
    """The door of the pages below *prefix*."""

    plain: Callable[..., Response]
    """Makes a page that is of no book, of a template, a status and what is told."""
    sessions: Sessions
    prefix: str = ""

    def login_page(self, request: Request) -> Response:
        """Return the form that asks the password."""
        return self._login(request.query_params.get("next", ""), "", 200)

    async def log_in(self, request: Request) -> Response:
        """Begin a session where the password is right, and go on to the page that was asked for."""
        form = await sent(request)
        told = request.client.host if request.client else "unknown"
        client = HERE if request.scope[SITS_HERE] and is_loopback(told) else told
        reader = form.get("username") if self.sessions.has_names else ""
        try:
            token = await run_in_threadpool(self.sessions.begin, form.fields.get("password", ""), client, reader)
        except SlowDownError as slow:
            answer = self._login(form.get("next"), f"{str(slow).capitalize()}.", TOO_MANY)
            answer.headers["Retry-After"] = str(slow.seconds)
            return answer
        if token is None:
            return self._login(form.get("next"), WRONG, FORBIDDEN)
        answer = RedirectResponse(self.prefix + own_path(form.get("next")), SEE_OTHER)
        answer.set_cookie(
            COOKIE, token, path=f"{self.prefix}/", secure=request.url.scheme == "https", httponly=True,
            samesite="strict",
        )  # fmt: skip
        return answer

    async def log_out(self, request: Request) -> Response:
        """End the session."""
        of_session(request, await sent(request))
        self.sessions.end(token_of(request.scope))
        answer = RedirectResponse(f"{self.prefix}/", SEE_OTHER)
        answer.delete_cookie(COOKIE, path=f"{self.prefix}/", httponly=True, samesite="strict")
        return answer

    def _login(self, then: str, says: str, status: int) -> Response:
        can, names = self.sessions.can_begin, self.sessions.has_names
        return self.plain("login.html", status, then=own_path(then), says=says, can=can, asks_name=names)


def own_path(text: str) -> str:
    """Return *text* where it is an address of these pages, and the first page where it is none."""
    is_own = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if is_own and not text.startswith(LOGIN) else "/"


def of_session(request: Request, form: Sent) -> Session:
    """Return the session that *form* is of; HTTPException 403 where it is of none, or of another."""
    session: Session | None = request.scope[SESSION]
    if session is None:
        raise HTTPException(FORBIDDEN, NOT_LOGGED_IN)
    if not session.is_form_of(form.fields.get("csrf", "")):
        raise HTTPException(FORBIDDEN, NOT_OURS)
    return session
