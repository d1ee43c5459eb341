"""The pages of many homes: who asks sees their own books, and of all others what does not exist.

A request names its home in the path; the rest of the path is that of the pages of one home, which are made over the
reader's own books alone: what is not theirs is not in the log that these pages read. So a route that is added to the
pages has the rights of all others, without a word about it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, IntegrityError, LotworkError, StorageError
from lotwork.reports.csv_file import sums_text
from lotwork.reports.lines import cents
from lotwork.service.own_books import Own
from lotwork.service.reach import Reach
from lotwork.service.readers import Reader, Readers
from lotwork.web.acting import Recording
from lotwork.web.api.app import api, failure
from lotwork.web.app import application, entered, over, reading, style
from lotwork.web.daemon_status import DaemonStatus
from lotwork.web.entering import Entering
from lotwork.web.guard import LOGIN, LOGOUT, OF_HOME, SESSION, Guard
from lotwork.web.look import Links
from lotwork.web.pages import Pages, csv_answer, environment
from lotwork.web.proxied import Proxied
from lotwork.web.reading import BookCache
from lotwork.web.sessions import ReaderSessions
from lotwork.web.source_adding import OwnSettings
from lotwork.web.views.many import HOME_PATH, BookSeen, InALine, ManyView, many_view

HOME, API = "lotwork.home", "/api/"
"""Where the scope holds the name of the home that is asked for; and how the addresses for programs begin."""
APPS_KEPT, READINGS_KEPT = 16, 2
NO_NAME = ""
NO_PAGE = "There is no such page."
NOT_SHOWN = "This cannot be shown now: ask who keeps the home."
NOT_KEPT = "its home is not kept now: ask who keeps it"
NO_TOKEN = "send the token of a reader: `Authorization: Bearer TOKEN`; `lotwork web reader NAME --token` makes one"  # noqa: S105 - words, and no token


class HomeServed(NamedTuple):
    """A home whose pages can be asked for, as the daemon keeps it."""

    home: Path
    status: DaemonStatus | None
    writer: Recording
    settings: OwnSettings | None
    own: Own
    """Returns the books that the home has."""
    briefs: dict[str, InALine]
    trouble: str
    """Why it is not kept, where it is not."""
    generation: int
    """Another one where the daemon of the home is another."""


class HomesServed(Protocol):
    """The homes there are."""

    def named(self, name: str) -> HomeServed | None:
        """Return the home called *name*; None where there is none."""
        ...

    def names(self) -> Iterable[str]:
        """Return the name of every home."""
        ...


class _Key(NamedTuple):
    """What an application is made for: the reader, what they may do there, and which home it is."""

    name: str
    generation: int
    reader: Reader


@dataclass(frozen=True, slots=True)
class Front:
    """The pages that are of no home: the reader's books, and the door."""

    sessions: ReaderSessions
    readers: Readers
    homes: HomesServed
    prefix: str
    templates: Any

    def index(self, request: Request) -> Response:
        """Return every book that the reader sees, in a line."""
        return self.plain("many.html", 200, view=self._view(request), csrf=request.scope[SESSION].csrf)

    def index_file(self, request: Request) -> Response:
        """Return the same as CSV."""
        rows = (
            (
                each.home,
                each.book,
                each.due,
                cents(each.due_usd),
                cents(each.overdue_usd),
                each.open,
                each.waiting,
                each.trouble,
            )
            if each.is_known
            else (each.home, each.book, None, None, None, None, None, each.trouble)
            for each in self._view(request).lines
        )
        header = ("home", "book", "due_by", "due_usd", "overdue_usd", "open", "without_a_price", "trouble")
        return csv_answer(sums_text(header, rows), "lotwork-books.csv")

    def _view(self, request: Request) -> ManyView:
        reader = self.readers.named(request.scope[SESSION].reader)
        return many_view(() if reader is None else books_seen(self.homes, reader), self.prefix)

    def trouble(self, status: int, says: str) -> Response:
        """Return a plain page that says what went wrong."""
        return self.plain("trouble.html", status, says=says)

    def plain(self, template: str, status: int, **told: Any) -> Response:
        """Return a page that is of no book."""
        page = self.templates.get_template(template)
        text = page.render(status=status, link=Links(self.prefix, {}), **told)
        return Response(text, status, media_type="text/html")


def books_seen(homes: HomesServed, reader: Reader) -> Iterator[BookSeen]:
    """Yield every book that *reader* sees."""
    for name in homes.names():
        home = homes.named(name) if reader.sees_home(name) else None
        if home is None:
            continue
        trouble = home.trouble if reader.sees_all_of(name) else home.trouble and NOT_KEPT  # it may name another book
        sources = {} if home.status is None else home.status.sources()
        for book in sorted(_books_of(name, home, reader)):
            silent = sum(of == book and bool(answer.trouble) for (of, _), (answer, _) in sources.items())
            yield BookSeen(name, book, home.briefs.get(book), trouble, silent)


def _books_of(name: str, home: HomeServed, reader: Reader) -> Collection[str]:
    """Return the books of *home* that *reader* sees.

    Of one in trouble whose books cannot be seen, those that are theirs by name, or else one without a name: no home
    goes from the page without a word.
    """
    seen = [book for book in home.own() if reader.sees(name, book)]
    if seen or not home.trouble:
        return seen
    return reader.named_of(name) or [NO_NAME]


class ManyPages:
    """The pages of every home in one application."""

    def __init__(self, homes: HomesServed, readers: Readers, clock: Clock, reach: Reach) -> None:
        self._homes, self._readers, self._clock, self._reach = homes, readers, clock, reach
        self._templates = environment()
        self._sessions = ReaderSessions(readers, clock)
        self._front = Front(self._sessions, readers, homes, reach.path_prefix, self._templates)
        entering = Entering(self._front.plain, self._sessions, reach.path_prefix)
        self.front = application(
            [Route("/", self._front.index), Route("/books.csv", self._front.index_file), *entered(entering), style()],
            self._front,
        )
        self._apps: OrderedDict[_Key, tuple[ASGIApp, BookCache]] = OrderedDict()
        self._turn = threading.Lock()
        guard = Guard(self._asked, reach, self._sessions, reads_here=False)
        self._app = Proxied(_Apart(guard), reach)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as far as who asks may be answered."""
        await self._app(scope, receive, send)

    def routes_of(self, name: str, reader: Reader) -> list[BaseRoute]:
        """Return every address that *reader* can ask below the home *name*."""
        home = self._homes.named(name)
        return [] if home is None else self._routes(name, home, reader)[0]

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope.get(HOME)
        if name is None:
            await self.front(scope, receive, send)
            return
        is_api = scope["path"].startswith(API)
        reader = self._with_token(scope) if is_api else self._logged_in(scope)
        try:
            app = None if reader is None else await run_in_threadpool(self._app_of, name, reader, scope["path"])
        except LotworkError as refused:  # its settings cannot be read, which say where its ledger is
            told = _says_to(reader, name)(refused) if reader is not None else NOT_SHOWN
            app = failure(type(refused).__name__, told, 500) if is_api else self._front.trouble(500, told)
        if app is None:
            app = _no_such(is_api=is_api, knows=reader is not None) or self._front.trouble(404, NO_PAGE)
        await app(scope, receive, send)

    def _logged_in(self, scope: Scope) -> Reader | None:
        session = scope[SESSION]
        reader = None if session is None else self._readers.named(session.reader)
        if session is not None and reader is not None:
            session.hold_to((reader.books, reader.may_act))
        return reader

    def _with_token(self, scope: Scope) -> Reader | None:
        return reader_with_token(self._readers, Request(scope).headers.get("authorization", ""))

    def _app_of(self, name: str, reader: Reader, path: str) -> ASGIApp | None:
        """Return the pages of the home *name* for *reader*; None where they see nothing of it, or it is not there."""
        home = self._homes.named(name) if reader.sees_home(name) else None
        if home is None or path in (LOGIN, LOGOUT):
            return None
        key = _Key(name, home.generation, reader)
        with self._turn:
            found = self._apps.get(key)
            if found is None:
                routes, pages = self._routes(name, home, reader)
                found = self._apps[key] = application(routes, pages, says=_says_to(reader, name)), pages.cache
            self._apps.move_to_end(key)
            while len(self._apps) > APPS_KEPT:
                _, (_, cache) = self._apps.popitem(last=False)
                cache.close()
        return found[0]

    def _routes(self, name: str, home: HomeServed, reader: Reader) -> tuple[list[BaseRoute], Pages]:
        def own() -> frozenset[str]:
            return frozenset(book for book in home.own() if reader.sees(name, book))

        settings = home.settings if reader.may_act and reader.sees_all_of(name) else None
        pages = Pages(
            BookCache(home.home, self._clock, own, most_kept=READINGS_KEPT),
            self._clock,
            home.status,
            self._templates,
            f"{self._reach.path_prefix}{HOME_PATH}{quote(name, safe='')}",
            self._sessions,
            can_act=reader.may_act,
            adds_sources=settings is not None,
            top=self._reach.path_prefix,
        )
        routes = over(pages, home.writer, settings) if reader.may_act else reading(pages)
        return [*routes, api(home.home, self._clock, own, _says_to(reader, name))], pages


class _Apart:
    """Takes the home out of the path, so that what looks at a path looks at that of the pages of one home."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the name of its home apart."""
        if scope["type"] == "http" and scope["path"].startswith(HOME_PATH):
            name, slash, rest = scope["path"].removeprefix(HOME_PATH).partition("/")
            path = f"{slash}{rest}" or "/"
            before = f"{HOME_PATH}{quote(name, safe='')}"
            scope = {**scope, HOME: name, OF_HOME: before, "path": path, "raw_path": quote(path).encode()}
        await self._app(scope, receive, send)


def reader_with_token(readers: Readers, authorization: str) -> Reader | None:
    """Return the reader whose token a header holds; None where it is nobody's."""
    scheme, _, told = authorization.partition(" ")
    return readers.with_token(told.strip()) if scheme.lower() == "bearer" and told.strip() else None


def _says_to(reader: Reader, name: str) -> Callable[[LotworkError], str]:
    """Return what says to *reader* what went wrong: what is wrong with a whole home may name what they do not see."""

    def says(refused: LotworkError) -> str:
        is_of_home = isinstance(refused, IntegrityError | StorageError | ConfigError)
        return NOT_SHOWN if is_of_home and not reader.sees_all_of(name) else str(refused)

    return says


def _no_such(*, is_api: bool, knows: bool) -> Response | None:
    """Return what a program is told that asks for what is not there, or that nobody knows; None for a person."""
    if not is_api:
        return None
    return failure("NotFound", NO_PAGE, 404) if knows else failure("WrongToken", NO_TOKEN, 401)
