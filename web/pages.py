"""What each address answers: it reads the book that was asked for, makes the page's view, and fills the template."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jinja2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import plain_lines
from lotwork.ledger.public_form.parse_words import TAX_YEARS
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.web import charts, wording
from lotwork.web.daemon_status import DaemonStatus
from lotwork.web.due_days import due_days
from lotwork.web.listing import ALL
from lotwork.web.reading import BookCache, Reading
from lotwork.web.table_files import Asked, table_file
from lotwork.web.views.abroad import abroad_view
from lotwork.web.views.costs import costs_view
from lotwork.web.views.income import income_csv, income_view
from lotwork.web.views.lots import lots_view
from lotwork.web.views.overview import overview_view
from lotwork.web.views.problems import problems_view
from lotwork.web.views.quarterly import quarterly_view
from lotwork.web.views.sales import sales_view
from lotwork.web.views.tax import tax_view

DEMO = "demo"
YEAR_DIGITS = 6
NAV = (
    ("/", "Overview"),
    ("/income", "Income"),
    ("/costs", "Costs"),
    ("/sales", "Sales"),
    ("/lots", "Lots"),
    ("/quarterly", "Quarterly payments"),
    ("/tax", "Tax return"),
    ("/problems", "Problems"),
)
OF_US_LAW = frozenset({"/costs", "/sales", "/quarterly"})
"""The pages of figures that only the law of the United States has."""
Page = Callable[[Request], Response]


def shown(value: Any) -> Any:
    """Return what a page shows of *value*: text as plain text, whoever said it; what is markup already stays."""
    return plain_lines(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


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
    made.filters["shell"] = shlex.quote
    made.globals.update(chart_width=charts.WIDTH, chart_height=charts.HEIGHT)
    return made


@dataclass(frozen=True, slots=True)
class Pages:
    """The eight pages and the files, over one home."""

    cache: BookCache
    clock: Clock
    status: DaemonStatus | None
    templates: jinja2.Environment

    def overview(self, request: Request) -> Response:
        """Return what to pay, and what it rests on."""
        return self._page(request, "overview.html", lambda reading: overview_view(reading, self.status))

    def income(self, request: Request) -> Response:
        """Return the receipts of the year."""
        unit = request.query_params.get("unit", "")
        return self._page(request, "income.html", lambda reading: income_view(reading, unit, _page(request)))

    def costs(self, request: Request) -> Response:
        """Return what the year cost, and its rigs."""
        return self._page(request, "costs.html", lambda reading: costs_view(reading, _page(request)))

    def sales(self, request: Request) -> Response:
        """Return the rows of Form 8949, and what left without a sale."""
        return self._page(request, "sales.html", lambda reading: sales_view(reading, _page(request)))

    def tax(self, request: Request) -> Response:
        """Return the year's return, form by form."""
        return self._page(request, "tax.html", tax_view)

    def lots(self, request: Request) -> Response:
        """Return the open lots."""
        wallet, term = request.query_params.get("wallet", ""), request.query_params.get("term", "")
        return self._page(request, "lots.html", lambda reading: lots_view(reading, wallet, term, _page(request)))

    def quarterly(self, request: Request) -> Response:
        """Return the four payments of the year."""
        return self._page(request, "quarterly.html", quarterly_view)

    def problems(self, request: Request) -> Response:
        """Return what a person must decide."""
        return self._page(request, "problems.html", lambda reading: problems_view(reading, self.status))

    def income_file(self, request: Request) -> Response:
        """Return the year's receipts as CSV."""
        reading = self._reading(request)
        return _file(income_csv(reading), "text/csv", f"lotwork-income-{reading.year}.csv")

    def table_file(self, request: Request) -> Response:
        """Return one table of a page as CSV, all of its rows."""
        reading, name = self._reading(request), request.path_params["name"]
        asked = Asked(*(request.query_params.get(key, "") for key in Asked._fields))
        text = table_file(name, reading, asked)
        if text is None:
            raise HTTPException(404, f"There is no such table of {reading.year}.")
        return _file(text, "text/csv", f"lotwork-{name}-{reading.year}.csv")

    def due_days_file(self, request: Request) -> Response:
        """Return the year's due days as a calendar file."""
        reading = self._reading(request)
        view = quarterly_view(reading)
        if view is None:
            raise HTTPException(404, f"The due days of {reading.year} are not known: {reading.unknown_law}")
        text = due_days(view, reading.book, self.clock.now())
        return _file(text, "text/calendar", f"lotwork-payments-{reading.year}.ics")

    def trouble(self, status: int, says: str) -> Response:
        """Return a plain page that says what went wrong, without a trace of the program."""
        return HTMLResponse(self.templates.get_template("trouble.html").render(status=status, says=says), status)

    def _page(self, request: Request, template: str, view: Callable[[Reading], Any]) -> Response:
        reading = self._reading(request)
        asked = {"book": reading.book, "year": str(reading.year)}

        def link(path: str, **changes: str | int) -> str:
            """Return *path* in this book and year, with *changes*; an empty value takes its key out."""
            told = {name: str(value) for name, value in {**asked, **changes}.items() if value != ""}
            return f"{path}?{urlencode(told)}"

        is_foreign = not reading.is_us and (template == "tax.html" or request.url.path in OF_US_LAW)
        name = "empty.html" if reading.is_empty else "abroad.html" if is_foreign else template
        context = {
            "reading": reading,
            "books": self.cache.books(),
            "is_demo": reading.book == DEMO,
            "problems": 0 if reading.is_empty else len(reading.findings),
            "nav": [each for each in NAV if reading.is_us or each[0] not in OF_US_LAW],
            "here": request.url.path,
            "link": link,
            "view": None if reading.is_empty else abroad_view(reading) if is_foreign else view(reading),
        }
        return HTMLResponse(self.templates.get_template(name).render(context))

    def _reading(self, request: Request) -> Reading:
        book = request.query_params.get("book", MAIN_BOOK)
        if book not in self.cache.books():
            raise HTTPException(404, "There is no such book here.")
        year = request.query_params.get("year")
        if year is None:
            return self.cache.read(book, None)
        if not (year.isascii() and year.isdigit() and len(year) <= YEAR_DIGITS and int(year) in TAX_YEARS):
            raise HTTPException(404, f"There is no such year: name one from {TAX_YEARS[0]} on.")
        return self.cache.read(book, int(year))


def _page(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if text == "all":
        return ALL
    return int(text[:9]) if text.isascii() and text.isdigit() else 1


def _file(text: str, media_type: str, name: str) -> Response:
    return Response(
        text,
        media_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
