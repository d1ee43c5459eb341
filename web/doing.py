"""The addresses that do something: the acts, each a form, a preview and a record."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lotwork.web.acting import Acting, ActView, Done, opened
from lotwork.web.acts.act import Act
from lotwork.web.acts.imports import between
from lotwork.web.entering import FORBIDDEN, SEE_OTHER, of_session
from lotwork.web.forms_sent import Sent, sent
from lotwork.web.guard import NOT_LOGGED_IN, SESSION
from lotwork.web.importing import Between, Importing, ImportView
from lotwork.web.look import CONFLICT, Links, Look
from lotwork.web.pages import ACT, IMPORT, Pages, csv_answer
from lotwork.web.reading import Reading
from lotwork.web.sessions import Session

NOT_TAKEN = 422
RECORD, PREVIEW = "record", "preview"
HIDDEN = "The amounts are hidden: show them, and then record."
OTHER_SESSION = "This form is of a session that has ended; it has recorded nothing. Look at it, and send it once more."
PREVIEW_GONE = "What was shown is not here any more: open the form again, and look at it anew."


@dataclass(frozen=True, slots=True)
class Doing:
    """Acting from a page."""

    pages: Pages
    acting: Acting

    def look_of_owner(self, request: Request) -> Look:
        """Return what a form is asked for; HTTPException 403 where nobody is logged in."""
        if request.scope[SESSION] is None:
            raise HTTPException(FORBIDDEN, NOT_LOGGED_IN)
        return whole(Look.asked(request.query_params))

    def act_page(self, request: Request) -> Response:
        """Return the form of an act."""
        look, act = self.look_of_owner(request), self._named(request)
        view = opened(self.pages.reading_of(look), act, request.query_params, self.pages.clock)
        return self._shown(request, look, view, 200)

    async def act(self, request: Request) -> Response:
        """Show what a form would become, or record it."""
        form = await sent(request)
        session: Session | None = request.scope[SESSION]
        if session is not None and not session.is_form_of(form.fields.get("csrf", "")):
            return await run_in_threadpool(self._again, request, form, session)
        return await run_in_threadpool(self._act, request, form, of_session(request, form))

    def _again(self, request: Request, form: Sent, session: Session) -> Response:
        """Show what a form of another session would become, or what was recorded by it; it records nothing itself."""
        act, look = self._named(request), whole(Look.asked(form.fields))
        reading = self.pages.reading_of(look)
        known = self.acting.recorded(reading, act, form, session)
        if known is not None:
            return self._to(look, reading, known)
        view = self.acting.preview(reading, act, form, session)
        told = None if view is None else replace(view, says=OTHER_SESSION)
        return self._shown(request, look, told, FORBIDDEN)

    def _act(self, request: Request, form: Sent, session: Session) -> Response:
        act, look = self._named(request), whole(Look.asked(form.fields))
        reading = self.pages.reading_of(look)
        if form.get("step") != RECORD:
            known = self.acting.recorded(reading, act, form, session)
            if known is not None:
                return self._to(look, reading, known)
            view = self.acting.preview(reading, act, form, session)
            return self._shown(request, look, view, NOT_TAKEN if view and not view.events else 200)
        done = self.acting.record(reading, act, form, session)
        if isinstance(done, Done):
            return self._to(look, reading, done)
        return self._shown(request, look, done, CONFLICT if done and done.events else NOT_TAKEN)

    def _to(self, look: Look, reading: Reading, done: Done) -> Response:
        """Lead to what was recorded."""
        links = Links.of(look, reading.year, self.pages.prefix)
        return RedirectResponse(links.event(done.event, year="", recorded="1"), SEE_OTHER)

    def preview_file(self, request: Request) -> Response:
        """Return one table of what was previewed in this session as CSV; it is of that preview, and reads nothing."""
        session: Session | None = request.scope[SESSION]
        if session is None:
            raise HTTPException(FORBIDDEN, NOT_LOGGED_IN)
        name = request.path_params["name"]
        text = session.tables.get(f"page-{request.path_params['nonce']}", {}).get(name)
        if text is None:
            raise HTTPException(404, PREVIEW_GONE)
        return csv_answer(text, f"lotwork-preview-{name}.csv")

    def import_page(self, request: Request) -> Response:
        """Return the form that takes a file, below what was recorded of the one before."""
        look = self.look_of_owner(request)
        after, upto = between(request.query_params)
        is_done = after < upto <= self.pages.reading_of(look).head.position
        return self._of_file(request, look, self.importing.opened(Between(after, upto) if is_done else None), 200)

    async def import_file(self, request: Request) -> Response:
        """Show what a file would become, or record it."""
        form = await sent(request)
        session: Session | None = request.scope[SESSION]
        if session is not None and not session.is_form_of(form.fields.get("csrf", "")):
            return await run_in_threadpool(self._import_again, request, form, session)
        return await run_in_threadpool(self._import, request, form, of_session(request, form))

    def _import_again(self, request: Request, form: Sent, session: Session) -> Response:
        """Show what a form of another session would become, or ask its file anew; it records nothing itself."""
        look = whole(Look.asked(form.fields))
        view = self.importing.preview(self.pages.reading_of(look), form, session)
        return self._of_file(request, look, replace(view, says=view.says or OTHER_SESSION), FORBIDDEN)

    def _import(self, request: Request, form: Sent, session: Session) -> Response:
        look = whole(Look.asked(form.fields))
        reading = self.pages.reading_of(look)
        if form.get("step") != RECORD:
            view = self.importing.preview(reading, form, session)
            return self._of_file(request, look, view, 200 if view.name else NOT_TAKEN)
        done = self.importing.record(reading, form, session)
        if isinstance(done, Between):
            links = Links.of(look, reading.year, self.pages.prefix)
            return RedirectResponse(links("/act/import", after=done.after, upto=done.upto), SEE_OTHER)
        return self._of_file(request, look, done, CONFLICT if done.name else NOT_TAKEN)

    def _of_file(self, request: Request, look: Look, view: ImportView, status: int) -> Response:
        answer = self.pages.page(request, IMPORT, lambda _: view, look)
        answer.status_code = status
        return answer

    @property
    def importing(self) -> Importing:
        """The one who reads files, with what the acts have."""
        return Importing(self.acting)

    def _named(self, request: Request) -> Act:
        act = self.acting.act(request.path_params["name"])
        if act is None:
            raise HTTPException(404, "There is no such act.")
        return act

    def _shown(self, request: Request, look: Look, view: ActView | None, status: int) -> Response:
        if view is None:
            raise HTTPException(404, "There is nothing of the kind to do any more: it may be done already.")
        answer = self.pages.page(request, ACT, lambda _: view, look)
        answer.status_code = status
        return answer


def whole(look: Look) -> Look:
    """Return *look* without a day: what is recorded is recorded of the book as it stands.

    HTTPException 409 where amounts are hidden: nobody confirms what they do not see.
    """
    if look.incognito:
        raise HTTPException(CONFLICT, HIDDEN)
    return Look(look.book, look.year, None, look.incognito)
