"""The dashboard as one application: its pages, their tables as files, a style sheet, and no script at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import BusyError, InputRefusedError, LotworkError, StorageError
from lotwork.ledger.storage.batch import Appends
from lotwork.service.reach import Reach
from lotwork.service.strict_headers import HEADERS
from lotwork.web.acting import Acting, Recording
from lotwork.web.api.app import api
from lotwork.web.daemon_status import DaemonStatus
from lotwork.web.doing import Doing
from lotwork.web.entering import Entering
from lotwork.web.guard import LOGIN, LOGOUT, Guard
from lotwork.web.pages import Pages, environment
from lotwork.web.proxied import Proxied
from lotwork.web.reading import BookCache
from lotwork.web.sessions import Sessions
from lotwork.web.source_adding import OwnSettings, SourceAdding
from lotwork.web.sourcing import Sourcing

BROKEN = "Something broke while this page was made. The log of the daemon tells what; no figure was changed."
REFUSED, BUSY, NO_ROOM = 409, 503, 507


def create(
    home: Path,
    *,
    clock: Clock,
    status: DaemonStatus | None = None,
    reach: Reach | None = None,
    writer: Recording | None = None,
    settings: OwnSettings | None = None,
) -> Starlette:
    """Return the dashboard over the ledger in *home*; *status* is the daemon's own state, None where none runs.

    It answers to this machine's own names, and to those that *reach* allows. It reads; who logs in with the password
    of the home may record, by the *writer* that the daemon appends with, and add sources to its *settings*. Binding it
    to an address is the business of whoever serves it.
    """
    reach = reach or Reach()
    sessions = Sessions(home, clock)
    pages = Pages(
        BookCache(home, clock),
        clock,
        status,
        environment(),
        reach.path_prefix,
        sessions,
        can_act=writer is not None,
        adds_sources=settings is not None,
    )
    entering = Entering(pages.plain, sessions, reach.path_prefix)
    routes = [*entered(entering), *over(pages, writer, settings), api(home, clock)]
    return application(routes, pages, [Middleware(Proxied, reach), Middleware(Guard, reach, sessions)])


def over(pages: Pages, writer: Recording | None, settings: OwnSettings | None) -> list[BaseRoute]:
    """Return the addresses of the books that *pages* are of: those that read, and those that act by the *writer*."""
    home, clock, status = pages.cache.home, pages.clock, pages.status

    def recording() -> Appends | None:
        is_damaged = status is not None and status.chain_ok is False
        return None if writer is None or is_damaged else writer()

    doing = Doing(pages, Acting(pages.cache, clock, recording))
    adding = None if settings is None else SourceAdding(home, clock, settings, status)
    return [*reading(pages), *_doing(doing, Sourcing(doing, adding))]


def application(
    routes: Sequence[BaseRoute],
    pages: Plainly,
    middleware: Sequence[Middleware] = (),
    *,
    says: Callable[[LotworkError], str] = str,
) -> Starlette:
    """Return the application of these *routes*; what goes wrong in one is told as one of the *pages*.

    *says* returns what of a refusal is told to who asks.
    """

    def refused(_: Request, error: Exception) -> Response:
        codes = ((BusyError, BUSY), (InputRefusedError, REFUSED), (StorageError, NO_ROOM))
        told = says(error) if isinstance(error, LotworkError) else str(error)
        return pages.trouble(next((code for kind, code in codes if isinstance(error, kind)), 500), told)

    def missing(_: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code != 404:  # noqa: PLR2004 - not found
            return pages.trouble(error.status_code, error.detail)
        detail = error.detail if isinstance(error, HTTPException) and error.detail != "Not Found" else ""
        return pages.trouble(404, detail or "There is no such page.")

    def broken(_: Request, _error: Exception) -> Response:
        answer = pages.trouble(500, BROKEN)
        answer.headers.update(HEADERS)  # this answer is made outside the guard
        return answer

    return Starlette(
        routes=routes,
        middleware=middleware,
        exception_handlers={LotworkError: refused, HTTPException: missing, Exception: broken},
    )


class Plainly(Protocol):
    """Who can say in a plain page what went wrong."""

    def trouble(self, status: int, says: str) -> Response:
        """Return the page."""
        ...


def entered(entering: Entering) -> list[BaseRoute]:
    """Return the addresses by which one logs in and out."""
    return [
        Route(LOGIN, entering.login_page),
        Route(LOGIN, entering.log_in, methods=["POST"]),
        Route(LOGOUT, entering.log_out, methods=["POST"]),
    ]


def style() -> Mount:
    """Return the address of what holds no figures: the style sheet, the mark and the font."""
    return Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")


def reading(pages: Pages) -> list[BaseRoute]:
    """Return the addresses that are only read."""
    return [
        Route("/", pages.overview),
        Route("/income", pages.income),
        Route("/income.csv", pages.income_file),
        Route("/costs", pages.costs),
        Route("/sales", pages.sales),
        Route("/lots", pages.lots),
        Route("/sell", pages.sell),
        Route("/pictures", pages.pictures),
        Route("/quarterly", pages.quarterly),
        Route("/quarterly.ics", pages.due_days_file),
        Route("/tables/{name}.csv", pages.table_file),
        Route("/tax", pages.tax),
        Route("/problems", pages.problems),
        Route("/event/{name:path}", pages.event),
        Route("/line/{place:path}", pages.line),
        Route("/find", pages.find),
        Route("/evidence/{sha256}", pages.evidence),
        style(),
    ]


def _doing(doing: Doing, sourcing: Sourcing) -> list[BaseRoute]:
    return [
        Route("/act/import", doing.import_page),
        Route("/act/import", doing.import_file, methods=["POST"]),
        Route("/act/preview/{nonce}/{name}.csv", doing.preview_file),
        Route("/act/source", sourcing.listed),
        Route("/act/source.csv", sourcing.listed_file),
        Route("/act/source/{word}", sourcing.opened),
        Route("/act/source/{word}", sourcing.send, methods=["POST"]),
        Route("/act/{name}", doing.act_page),
        Route("/act/{name}", doing.act, methods=["POST"]),
    ]
