"""Lines by their forms: in the order in which forms can be copied, each after those it takes lines from.

Within a form they stand as on the paper. A form bears the one line it is filled in for, so that it can stay closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from msgspec import UNSET

from lotwork.reports.countries import ForeignLine, list_foreign
from lotwork.reports.traced import TracedLineRow, traced_line_row
from lotwork.rules.line import by_form
from lotwork.rules.us.two_businesses import SUFFIX
from lotwork.web.reading import Reading
from lotwork.web.returned import return_of, state_of
from lotwork.web.wording import money, usd

EVENTS_NAMED = 8
FIRST_OPEN = "Form 1040"
RESULTS = {
    "Form 1040": ("24a", "24"), "Schedule 1": ("10",), "Schedule 2": ("21",), "Schedule C": ("31",),
    "Schedule D": ("16",), "Schedule SE": ("12",), "Form 4562": ("22",), "Form 6251": ("11",),
    "Form 8959": ("12 and 18", "18"), "Form 8960": ("17",), "Form 8995": ("17", "15"), "Form 8995-A": ("41", "39"),
    "Form 8829": ("36",), "Form 4797": ("19", "17"), "Form 461": ("16",),
}  # fmt: skip
"""The line a form is filled in for, a later year's number first; of any other form it is the last."""


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of a form, with the law, the lines and the events it rests on."""

    number: str
    label: str
    amount: str
    exact: str
    """The amount as a file holds it."""
    zero: bool
    cites: tuple[str, ...]
    inputs: tuple[str, ...]
    events: tuple[str, ...]
    more: int
    """How many events are not named."""


@dataclass(frozen=True, slots=True)
class FormGroup:
    """One form: the line it is filled in for, and all of them."""

    form: str
    result: FormLine
    rows: tuple[FormLine, ...]
    open: bool

    @property
    def zero(self) -> bool:
        """Say if every line comes to nothing."""
        return all(row.zero for row in self.rows)


def form_groups(rows: Iterable[tuple[str, FormLine]]) -> Iterator[FormGroup]:
    """Yield the forms of *rows* as they are copied, each with the line it is filled in for."""
    told = list(rows)
    last = dict(told)
    for form, lines in by_form(told, lambda each: (each[0], each[1].number)).items():
        numbered = {row.number: row for _, row in lines}
        result = next(
            (numbered[each] for each in RESULTS.get(form.removesuffix(SUFFIX), ()) if each in numbered), last[form]
        )
        yield FormGroup(form, result, tuple(row for _, row in lines), form == FIRST_OPEN)


def form_line(row: TracedLineRow | ForeignLine, amount: str, shown: str) -> FormLine:
    """Return a line as a page shows it, its *amount* as *shown*: the first of the events behind it are named."""
    named = row.because[:EVENTS_NAMED]
    count = len(row.because) if row.because_count is UNSET else row.because_count
    return FormLine(
        number=row.line,
        label=row.label,
        amount=shown,
        exact=amount,
        zero=not Decimal(amount),
        cites=row.cites,
        inputs=row.from_,
        events=named,
        more=count - len(named),
    )


@dataclass(frozen=True, slots=True)
class TracedForm:
    """A line of the year's return, under whichever law: as a page shows it, and all that it names of what is behind."""

    form: str
    ref: str
    row: FormLine
    because: tuple[str, ...]
    count: int
    """How many events are behind it, named or not."""
    figures: tuple[str, ...] = ()
    """The paths of the figures of the law that it goes by."""


def lines_of(reading: Reading) -> tuple[TracedForm, ...]:
    """Return every line of the year's return in the order they are computed; none where its law is not known."""
    if reading.abroad is not None:
        told = list_foreign(reading.abroad)
        figures = {each.ref: each.figures for sheet in reading.abroad.sheets for each in sheet.lines}
        return tuple(_traced(row, row.amount, money(row.amount, told.currency), figures) for row in told.lines)
    owed = return_of(reading)
    if owed is None:
        return ()
    state = state_of(reading)
    lines = (*owed.lines, *(() if state is None else state.lines))
    figures = {each.line.ref: each.line.figures for each in lines}
    rows = map(traced_line_row, lines)
    return tuple(_traced(row, row.amount_usd, usd(row.amount_usd), figures) for row in rows)


def _traced(
    row: TracedLineRow | ForeignLine, amount: str, shown: str, figures: Mapping[str, tuple[str, ...]]
) -> TracedForm:
    ref = f"{row.form} line {row.line}"
    count = len(row.because) if row.because_count is UNSET else row.because_count
    return TracedForm(row.form, ref, form_line(row, amount, shown), row.because, count, figures.get(ref, ()))
