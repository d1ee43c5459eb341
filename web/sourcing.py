"""The addresses of sources: what is watched, and one added, tested before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lotwork.reports.csv_file import sums_text
from lotwork.web.doing import NOT_TAKEN, Doing, whole
from lotwork.web.entering import SEE_OTHER, of_session
from lotwork.web.forms_sent import Sent, sent
from lotwork.web.look import CONFLICT, Links, Look
from lotwork.web.pages import SOURCE, SOURCES, csv_answer
from lotwork.web.sessions import Session
from lotwork.web.source_adding import SourceAdding, SourceView

TO_SAVE = "save"
NO_SETTINGS = "Sources are added where the daemon runs: `lotwork source add` does it without."
NO_SUCH_SOURCE = "A page adds no source of that name: `lotwork source add` knows more of them."


@dataclass(frozen=True, slots=True)
class Sourcing:
    """The sources of a book, and adding one."""

    doing: Doing
    adding: SourceAdding | None

    def listed(self, request: Request) -> Response:
        """Return what is watched, and all that can be added."""
        look = self._look(request)
        view = self._there.listed(look.book, request.query_params.get("added", ""))
        return self.doing.pages.page(request, SOURCES, lambda _: view, look)

    def listed_file(self, request: Request) -> Response:
        """Return what is watched as CSV."""
        look = self._look(request)
        rows = ((each.name, each.kind, each.place, each.state) for each in self._there.going(look.book))
        return csv_answer(sums_text(("source", "kind", "reads", "state"), rows), "lotwork-sources.csv")

    def opened(self, request: Request) -> Response:
        """Return the form of one source."""
        look = self._look(request)
        return self._shown(request, look, self._there.opened(request.path_params["word"]), 200)

    async def send(self, request: Request) -> Response:
        """Show what a source tells, or save it as it was tested."""
        form = await sent(request)
        session = of_session(request, form)
        return await run_in_threadpool(self._send, request, form, session)

    def _send(self, request: Request, form: Sent, session: Session) -> Response:
        look, word = whole(Look.asked(form.fields)), request.path_params["word"]
        pages = self.doing.pages
        reading = pages.reading_of(look)
        if form.get("step") != TO_SAVE:
            view = self._there.test(word, reading.book, form, session)
            return self._shown(request, look, view, 200 if view and view.row else NOT_TAKEN)
        done = self._there.save(word, reading.book, form, session)
        if isinstance(done, str):
            links = Links.of(look, reading.year, pages.prefix)
            return RedirectResponse(links("/act/source", added=done), SEE_OTHER)
        return self._shown(request, look, done, CONFLICT)

    @property
    def _there(self) -> SourceAdding:
        if self.adding is None:
            raise HTTPException(404, NO_SETTINGS)
        return self.adding

    def _look(self, request: Request) -> Look:
        return self.doing.look_of_owner(request)

    def _shown(self, request: Request, look: Look, view: SourceView | None, status: int) -> Response:
        if view is None:
            raise HTTPException(404, NO_SUCH_SOURCE)
        told: Any = view
        answer = self.doing.pages.page(request, SOURCE, lambda _: told, look)
        answer.status_code = status
        return answer
