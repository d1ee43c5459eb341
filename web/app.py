"""The dashboard as one application: eight pages, their tables as files, a style sheet, and no script at all."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import BusyError, InputRefusedError, LotworkError
from lotwork.service.strict_headers import HEADERS
from lotwork.web.api.app import api
from lotwork.web.daemon_status import DaemonStatus
from lotwork.web.guard import Guard
from lotwork.web.pages import Pages, environment
from lotwork.web.reading import BookCache

BROKEN = "Something broke while this page was made. The log of the daemon tells what; no figure was changed."
REFUSED, BUSY = 409, 503


def create(home: Path, *, clock: Clock, status: DaemonStatus | None = None) -> Starlette:
    """Return the dashboard over the ledger in *home*; *status* is the daemon's own state, None where none runs.

    It reads and never writes, and answers only to this machine's own names on the port it was asked on. Binding it to
    the loopback alone is the business of whoever serves it.
    """
    pages = Pages(BookCache(home, clock), clock, status, environment())

    def refused(_: Request, error: Exception) -> Response:
        code = BUSY if isinstance(error, BusyError) else REFUSED if isinstance(error, InputRefusedError) else 500
        return pages.trouble(code, str(error))

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
        routes=[
            Route("/", pages.overview),
            Route("/income", pages.income),
            Route("/income.csv", pages.income_file),
            Route("/costs", pages.costs),
            Route("/sales", pages.sales),
            Route("/lots", pages.lots),
            Route("/quarterly", pages.quarterly),
            Route("/quarterly.ics", pages.due_days_file),
            Route("/tables/{name}.csv", pages.table_file),
            Route("/tax", pages.tax),
            Route("/problems", pages.problems),
            api(home, clock),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static"),
        ],
        middleware=[Middleware(Guard)],
        exception_handlers={LotworkError: refused, HTTPException: missing, Exception: broken},
    )
