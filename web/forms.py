"""Lines by their forms: in the order in which forms can be copied, each after those it takes lines from.

Within a form they stand as on the paper. A form bears the one line it is filled in for, so that it can stay closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lotwork.ledger.units import CENT
from lotwork.rules.line import Line, by_form

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
class LineRow:
    """One line of a form, with the law, the lines and the events it rests on."""

    number: str
    label: str
    amount: str
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
    result: LineRow
    rows: tuple[LineRow, ...]
    open: bool

    @property
    def zero(self) -> bool:
        """Say if every line comes to nothing."""
        return all(row.zero for row in self.rows)


def form_groups(rows: Iterable[tuple[str, LineRow]]) -> Iterator[FormGroup]:
    """Yield the forms of *rows* as they are copied, each with the line it is filled in for."""
    told = list(rows)
    last = dict(told)
    for form, lines in by_form(told, lambda each: (each[0], each[1].number)).items():
        numbered = {row.number: row for _, row in lines}
        result = next((numbered[each] for each in RESULTS.get(form, ()) if each in numbered), last[form])
        yield FormGroup(form, result, tuple(row for _, row in lines), form == FIRST_OPEN)


def line_row(line: Line, amount: str, because: Sequence[str], count: int) -> LineRow:
    """Return *line* as a page shows it: the first of the *count* events behind it are named."""
    named = tuple(because[:EVENTS_NAMED])
    zero = abs(line.amount) < CENT
    return LineRow(line.line, line.label, amount, zero, line.cites, line.inputs, named, count - len(named))
