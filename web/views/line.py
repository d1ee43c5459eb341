"""The page of one line of a form: what it is made of, by which law, and every event behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lotwork.projections.filer.taxpayer import year_end
from lotwork.rules.errors import UnknownFigureError
from lotwork.web.forms import FormLine, TracedForm, lines_of
from lotwork.web.listing import Listing, page_of
from lotwork.web.reading import Reading
from lotwork.web.views.event import as_text, described


@dataclass(frozen=True, slots=True)
class Part:
    """A line that this one is made of, or that is made of it; `row` is None where it is no line of the return."""

    ref: str
    form: str = ""
    row: FormLine | None = None


@dataclass(frozen=True, slots=True)
class LawUsed:
    """A figure of the law that the line goes by."""

    title: str
    path: str
    value: str
    cite: str


@dataclass(frozen=True, slots=True)
class Behind:
    """An event behind the line."""

    id: str
    day: date | None
    says: str


@dataclass(frozen=True, slots=True)
class LineView:
    """What the page shows."""

    form: str
    row: FormLine
    made_of: tuple[Part, ...]
    goes_into: tuple[Part, ...]
    law: tuple[LawUsed, ...]
    events: Listing[Behind]
    more: int
    """How many events are behind it that it does not name."""


def line_view(reading: Reading, place: str, page: int) -> LineView | None:
    """Return the line at *place*, "Schedule C/31"; None where the return of the year has no such line."""
    every = lines_of(reading)
    told = next((each for each in every if f"{each.form}/{each.row.number}" == place), None)
    if told is None:
        return None
    by_ref = {each.ref: each for each in every}
    listed = page_of(told.because, page)
    about = described(reading, listed.rows)
    return LineView(
        form=told.form,
        row=told.row,
        made_of=tuple(_part(ref, by_ref.get(ref)) for ref in told.row.inputs),
        goes_into=tuple(_part(each.ref, each) for each in every if told.ref in each.row.inputs),
        law=tuple(_law(reading, told.figures)),
        events=listed.of(lambda name: Behind(name, *about.get(name, (None, "")))),
        more=told.count - len(told.because),
    )


def _part(ref: str, told: TracedForm | None) -> Part:
    return Part(ref) if told is None else Part(ref, told.form, told.row)


def _law(reading: Reading, paths: tuple[str, ...]) -> Iterator[LawUsed]:
    for path in paths:
        try:
            figure = reading.law.figure(path, year_end(reading.year))
        except UnknownFigureError:
            continue
        yield LawUsed(figure.title, path, as_text(figure.value), figure.citation)
