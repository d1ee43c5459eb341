"""One line of a form: what it says, how much, by which law, and from which other lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import TypeVar

import msgspec

from lotwork.ledger.units import CENT, zero_unsigned
from lotwork.rules.figures import Figure

T = TypeVar("T")
NUMBER = re.compile(r"([0-9]*)([a-z]*)(.*)", re.DOTALL)
WIDE = Context(prec=120)
"""Holds the cents of any sum that a ledger can come to."""
MOST_EVENTS_NAMED = 500
"""Of the events behind a line so many are named; the others are counted."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a form or worksheet, exact to the last digit; a form rounds it once, when it is printed."""

    form: str
    line: str
    label: str
    amount: Decimal
    cites: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    """The lines it came from ("Schedule SE line 12")."""
    figures: tuple[str, ...] = ()
    """The paths of the figures it used ("us/self_employment/oasdi_rate")."""

    @property
    def ref(self) -> str:
        """How other lines name this one."""
        return f"{self.form} line {self.line}"


def line(
    where: tuple[str, str],
    label: str,
    amount: Decimal,
    *,
    cites: Iterable[str] = (),
    inputs: Iterable[Line | str] = (),
    figures: Iterable[Figure] = (),
) -> Line:
    """Write the line *where* (form, number), citing the statute first and then each figure's own law."""
    cited, used = tuple(cites), tuple(figures)
    law = tuple(dict.fromkeys((*cited, *[figure.citation for figure in used]))) if used or len(cited) > 1 else cited
    return Line(
        form=where[0],
        line=where[1],
        label=label,
        amount=amount,
        cites=law,
        inputs=tuple([source.ref if isinstance(source, Line) else source for source in inputs]),
        figures=tuple(dict.fromkeys([figure.path for figure in used])) if used else (),
    )


def line_order(number: str) -> tuple[int, str, str]:
    """Return where a line stands on its form: 8 before 10, 4 before 4a, words after all numbers."""
    found = NUMBER.match(number)
    digits, letters, rest = found.groups() if found else ("", "", number)
    return (int(digits[:9]) if digits else 10**9, letters, rest)


def by_form(lines: Iterable[T], place: Callable[[T], tuple[str, str]]) -> dict[str, list[T]]:
    """Return *lines*, told in the order they were computed, by form, as they are copied: each form as on the paper.

    *place* says the form and the number of a line. A form stands where the last of its lines was computed: after every
    form it takes lines from.
    """
    forms: dict[str, list[T]] = {}
    for each in lines:
        form = place(each)[0]
        told = forms.pop(form, [])
        told.append(each)
        forms[form] = told
    return {form: sorted(told, key=lambda each: line_order(place(each)[1])) for form, told in forms.items()}


def given_back(amount: Decimal) -> Decimal:
    """Return what is overpaid, half a cent of it left out: the tax that it is more than rounds half a cent up."""
    down = amount.quantize(CENT, ROUND_HALF_DOWN, WIDE)
    return down if amount - down == CENT / 2 else amount


def to_cents(amount: Decimal) -> Decimal:
    """Return *amount* as a form prints it: rounded half up to the cent; what rounds to nothing has no sign."""
    return zero_unsigned(amount.quantize(CENT, ROUND_HALF_UP, WIDE))
