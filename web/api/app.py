"""`/api/v1` as an application of its own: who may ask, and how an answer or a refusal is told."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import (
    BookNotFoundError,
    BusyError,
    HomeNotFoundError,
    InputRefusedError,
    LotworkError,
    StorageError,
    UsageError,
)
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.storage.log import EventLog
from lotwork.reports.refusal import list_failure, list_refusal
from lotwork.reports.result import json_of
from lotwork.service.api_token import has_token, is_token
from lotwork.service.ledger_place import open_log
from lotwork.service.own_books import Own, open_own_log
from lotwork.web.api.document import VERSION, document
from lotwork.web.api.questions import QUESTIONS, answer

JSON = "application/json"
STATUSES: tuple[tuple[type[LotworkError], int], ...] = (
    (BookNotFoundError, 404), (HomeNotFoundError, 404), (UsageError, 400), (InputRefusedError, 409), (BusyError, 503),
    (StorageError, 503),
)  # fmt: skip
ANSWERS_KEPT = 32
MOST_SECONDS = 900
"""An answer holds no longer, and never past a midnight: those of every zone lie on a quarter of an hour."""
UNMADE = "there is no token: `lotwork api token` makes one, and prints it"
ANOTHER = "send the token of this home: `Authorization: Bearer TOKEN`; `lotwork api token` makes a new one"


class Api:
    """Answers the questions over one home; the same question about the same log is worked out once in a while.

    Where only some books are one's *own*, it was seen to already who asks, and the others are not there.
    """

    def __init__(
        self, home: Path, clock: Clock, own: Own | None = None, says: Callable[[LotworkError], str] = str
    ) -> None:
        self._home = home
        self._clock = clock
        self._own = own
        self._says = says
        self._turn = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()

    def ask(self, request: Request) -> Response:
        """Return what the question of the address answers, to whoever sends the token."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        question = QUESTIONS.get(request.path_params["name"])
        if question is None:
            return failure("NotFound", f"there is no such question: {', '.join(QUESTIONS)}", 404)
        values = dict(request.query_params)
        if len(values) != len(request.query_params.multi_items()):
            return failure(UsageError.__name__, "a value is told twice: tell each once", 400)
        try:
            with self._turn, self._opened() as log:
                head = log.head(values.get("book", MAIN_BOOK))
                quarter = self._clock.now().timestamp() // MOST_SECONDS
                key = (question.name, head, quarter, *sorted(values.items()))
                told = self._kept.get(key) if head.position else None
                if told is None:
                    told = self._kept[key] = answer(question, log, values, self._clock)
                    while len(self._kept) > ANSWERS_KEPT:
                        self._kept.popitem(last=False)
        except LotworkError as refusal:
            status = next((status for kind, status in STATUSES if isinstance(refusal, kind)), 500)
            words = self._says(refusal)
            if words != str(refusal):
                return failure(type(refusal).__name__, words, status)
            return Response(json_of(list_refusal(refusal)), status, media_type=JSON)
        return Response(told, media_type=JSON)

    def _opened(self) -> EventLog:
        if self._own is None:
            return open_log(self._home)
        log = open_own_log(self._home, self._own)
        log.check_heads()
        return log

    def _refused(self, request: Request) -> Response | None:
        """Return the answer to who does not hold the token; None where it was sent."""
        if self._own is not None:
            return None
        if not has_token(self._home):
            return failure("NoToken", UNMADE, 401)
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() == "bearer" and is_token(self._home, told.strip()):
                return None
        except LotworkError as unreadable:
            return failure(type(unreadable).__name__, str(unreadable), 500)
        return failure("WrongToken", ANOTHER, 401)


def failure(error: str, message: str, status: int) -> Response:
    """Return a refusal that no command knows, in the same words of JSON."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004 - not authorized
    told = json_of(list_failure(error, UsageError.exit_code, message))
    return Response(told, status, headers, media_type=JSON)


def api(home: Path, clock: Clock, own: Own | None = None, says: Callable[[LotworkError], str] = str) -> Mount:
    """Return `/api/v1` over the ledger in *home*, or one's *own* books of it, to be mounted beside the pages.

    *says* returns what of a refusal is told to who asks.
    """
    asked = Api(home, clock, own, says)

    def describe(_: Request) -> Response:
        return Response(document(), media_type=JSON)

    def missing(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return failure("NotFound", "there is no such address: see openapi.json", status)

    routes = [Route("/openapi.json", describe), Route("/{name}", asked.ask)]
    return Mount(f"/api/{VERSION}", app=Starlette(routes=routes, exception_handlers={HTTPException: missing}))
