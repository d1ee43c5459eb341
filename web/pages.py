"""What each address answers: it reads the book that was asked for, makes the page's view, and fills the template."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jinja2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import plain_lines
from lotwork.web import charts, wording
from lotwork.web.daemon_status import DaemonStatus
from lotwork.web.due_days import due_days
from lotwork.web.guard import SESSION
from lotwork.web.incognito import incognito, scale, without_amounts
from lotwork.web.look import Address, Links, Look, address_of, page_asked
from lotwork.web.narrowed import Narrowed
from lotwork.web.reading import BookCache, Reading
from lotwork.web.sessions import Sessions
from lotwork.web.table_files import table_file
from lotwork.web.views.abroad import abroad_view
from lotwork.web.views.costs import costs_view
from lotwork.web.views.event import event_view, year_of_event
from lotwork.web.views.find import Wanted, find_view
from lotwork.web.views.income import income_csv, income_view
from lotwork.web.views.line import line_view
from lotwork.web.views.lots import lots_view
from lotwork.web.views.overview import overview_view
from lotwork.web.views.pictures import pictures_view
from lotwork.web.views.problems import problems_view
from lotwork.web.views.quarterly import quarterly_view
from lotwork.web.views.sales import sales_view
from lotwork.web.views.sell import Offer, sell_view
from lotwork.web.views.tax import tax_view

DEMO, ACT, IMPORT = "demo", "act.html", "import.html"
SOURCE, SOURCES = "source.html", "sources.html"
OF_A_NEW_BOOK = frozenset({ACT, IMPORT, SOURCE, SOURCES})
"""The pages on which the first event of a book may be told."""
NAV = (
    ("/", "Overview"),
    ("/income", "Income"),
    ("/costs", "Costs"),
    ("/sales", "Sales"),
    ("/lots", "Lots"),
    ("/sell", "What if I sell"),
    ("/quarterly", "Quarterly payments"),
    ("/tax", "Tax return"),
    ("/pictures", "Pictures"),
    ("/problems", "Problems"),
    ("/find", "Find"),
)
OF_US_LAW = frozenset({"/costs", "/sales", "/sell", "/quarterly", "/pictures"})
"""The pages of figures that only the law of the United States has."""
Page = Callable[[Request], Response]


def shown(value: Any) -> Any:
    """Return what a page shows of *value*: text as plain text, whoever said it; what is markup already stays.

    Where the amounts are hidden, they are taken out of it; an address has none.
    """
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    plain = plain_lines(value)
    return plain if isinstance(value, Address) else without_amounts(plain)


def environment() -> jinja2.Environment:
    """Return the templates: everything escaped, and a name nobody gave is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in (
        "usd",
        "quantity",
        "price",
        "day",
        "instant",
        "words",
        "plural",
        "days_left",
        "spoken",
        "answers",
        "country",
    ):
        made.filters[name] = getattr(wording, name)
    made.filters["scale"] = scale
    made.filters["shell"] = shlex.quote
    made.globals.update(chart_width=charts.WIDTH, chart_height=charts.HEIGHT)
    return made


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages and the files, over one home."""

    cache: BookCache
    clock: Clock
    status: DaemonStatus | None
    templates: jinja2.Environment
    prefix: str = ""
    """The path that everything lies below, as whoever passes requests on has it."""
    sessions: Sessions | None = None
    can_act: bool = False
    """Whether there is one who records what a page is told."""
    adds_sources: bool = False
    """Whether there are settings that a source can be added to."""
    top: str | None = None
    """The prefix of the pages of many homes, where these are of one of them."""

    def overview(self, request: Request) -> Response:
        """Return what to pay, and what it rests on."""
        return self.page(request, "overview.html", lambda reading: overview_view(reading, self.status))

    def income(self, request: Request) -> Response:
        """Return the receipts of the year."""
        unit = request.query_params.get("unit", "")
        return self.page(request, "income.html", lambda reading: income_view(reading, unit, *_listed(request)))

    def costs(self, request: Request) -> Response:
        """Return what the year cost, and its rigs."""
        return self.page(request, "costs.html", lambda reading: costs_view(reading, *_listed(request)))

    def sales(self, request: Request) -> Response:
        """Return the rows of Form 8949, and what left without a sale."""
        return self.page(request, "sales.html", lambda reading: sales_view(reading, *_listed(request)))

    def tax(self, request: Request) -> Response:
        """Return the year's return, form by form."""
        return self.page(request, "tax.html", tax_view)

    def lots(self, request: Request) -> Response:
        """Return the open lots."""
        page, narrowed = _listed(request)
        return self.page(request, "lots.html", lambda reading: lots_view(reading, narrowed, page))

    def sell(self, request: Request) -> Response:
        """Return what a sale would come to, by every order of lots."""
        offer = Offer.asked(request.query_params)
        return self.page(request, "sell.html", lambda reading: sell_view(reading, offer))

    def pictures(self, request: Request) -> Response:
        """Return what is looked at rather than read."""
        return self.page(request, "pictures.html", pictures_view)

    def quarterly(self, request: Request) -> Response:
        """Return the four payments of the year."""
        return self.page(request, "quarterly.html", quarterly_view)

    def problems(self, request: Request) -> Response:
        """Return what a person must decide."""
        return self.page(request, "problems.html", lambda reading: problems_view(reading, self.status))

    def income_file(self, request: Request) -> Response:
        """Return the year's receipts as CSV."""
        reading = self.reading_of(Look.asked(request.query_params).of_file())
        return csv_answer(income_csv(reading), f"lotwork-income-{reading.year}.csv")

    def table_file(self, request: Request) -> Response:
        """Return one table of a page as CSV, all of its rows."""
        reading, name = self.reading_of(Look.asked(request.query_params).of_file()), request.path_params["name"]
        text = table_file(name, reading, request.query_params)
        if text is None:
            raise HTTPException(404, f"There is no such table of {reading.year}.")
        return csv_answer(text, f"lotwork-{name}-{reading.year}.csv")

    def due_days_file(self, request: Request) -> Response:
        """Return the year's due days as a calendar file."""
        reading = self.reading_of(Look.asked(request.query_params).of_file())
        view = quarterly_view(reading)
        if view is None:
            raise HTTPException(404, f"The due days of {reading.year} are not known: {reading.unknown_law}")
        text = due_days(view, reading, self.clock.now())
        return _file(text, "text/calendar", f"lotwork-payments-{reading.year}.ics")

    def trouble(self, status: int, says: str) -> Response:
        """Return a plain page that says what went wrong, without a trace of the program."""
        return self.plain("trouble.html", status, says=says)

    def plain(self, template: str, status: int, **told: Any) -> Response:
        """Return a page that is of no book."""
        page = self.templates.get_template(template)
        return HTMLResponse(page.render(status=status, link=Links(self.prefix, {}, self.top), **told), status)

    def event(self, request: Request) -> Response:
        """Return one event: what was said, what holds by now, and what it feeds."""
        name = request.path_params["name"]
        look = Look.asked(request.query_params)
        if look.year is None:
            look = replace(look, year=year_of_event(self.reading_of(look), name))
        return self.page(request, "event.html", lambda reading: _found(event_view(reading, name)), look)

    def line(self, request: Request) -> Response:
        """Return one line of a form: what it is made of, by which law, and the events behind it."""
        place, page = request.path_params["place"], page_asked(request.query_params)
        return self.page(request, "line.html", lambda reading: _found(line_view(reading, place, page)))

    def find(self, request: Request) -> Response:
        """Return the events that hold the words asked for."""
        told = request.query_params
        wanted = Wanted.asked(told)
        return self.page(request, "find.html", lambda reading: find_view(reading, wanted, page_asked(told)))

    def evidence(self, request: Request) -> Response:
        """Return a piece of evidence as a file, which a browser keeps and does not open."""
        sha256 = request.path_params["sha256"]
        kept = self.cache.evidence()
        if not kept.holds(sha256):
            raise HTTPException(404, "No such evidence is kept here.")
        return Response(
            kept.read(sha256),
            media_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="evidence-{sha256[:16]}"'},
        )

    def page(
        self, request: Request, template: str, view: Callable[[Reading], Any], look: Look | None = None
    ) -> Response:
        """Return the page that *template* makes of the view of a reading, for who asks."""
        look = look or Look.asked(request.query_params)
        reading, session = self.reading_of(look), request.scope.get(SESSION)
        links = Links.of(replace(look, as_of=reading.as_of), reading.year, self.prefix, self.top)
        is_foreign = not reading.is_us and (template == "tax.html" or request.scope["path"] in OF_US_LAW)
        shows_nothing = reading.is_empty and template not in OF_A_NEW_BOOK
        name = "empty.html" if shows_nothing else "abroad.html" if is_foreign else template
        context = {
            "reading": reading,
            "books": self.cache.books(),
            "is_demo": reading.book == DEMO,
            "problems": 0 if reading.is_empty else len(reading.findings),
            "nav": [each for each in NAV if reading.is_us or each[0] not in OF_US_LAW],
            "here": address_of(request.scope["path"]),
            "link": links,
            "incognito": look.incognito,
            "session": session if self.can_act and reading.as_of is None and not look.incognito else None,
            "logged_in": session,
            "adds_sources": self.adds_sources and not look.incognito,
            "can_log_in": self.can_act and self.sessions is not None and self.sessions.can_begin,
            "recorded": request.query_params.get("recorded") == "1",
            "view": None if shows_nothing else abroad_view(reading) if is_foreign else view(reading),
        }
        with incognito(look.incognito):
            return HTMLResponse(self.templates.get_template(name).render(context))

    def reading_of(self, look: Look) -> Reading:
        """Return what *look* looks at; HTTPException 404 where there is no such book."""
        if look.book not in self.cache.books():
            raise HTTPException(404, "There is no such book here.")
        return self.cache.read(look.book, look.year or (look.as_of.year if look.as_of else None), look.as_of)


def _listed(request: Request) -> tuple[int, Narrowed]:
    """Return which page of a list is asked for, and what the list is narrowed to."""
    return page_asked(request.query_params), Narrowed.asked(request.query_params)


def _found(view: Any) -> Any:
    """Return *view*, or answer that there is no such thing."""
    if view is None:
        raise HTTPException(404, "There is no such thing in this book and year.")
    return view


def csv_answer(text: str, name: str) -> Response:
    """Return *text* as a CSV file that a browser keeps as *name*."""
    return _file(text, "text/csv", name)


def _file(text: str, media_type: str, name: str) -> Response:
    return Response(
        text,
        media_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
