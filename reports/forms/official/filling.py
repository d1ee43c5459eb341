"""An official form filled: each field that its map names, XFA taken out, and a copy for each page of rows.

A viewer that reads XFA would show the empty form, so it is removed. Names and numbers of persons are in no book: those
fields stay empty, and can be filled in, as every field can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from lotwork.ledger.errors import InputRefusedError
from lotwork.projections.forms.form_8949 import Entered, Total, total_of
from lotwork.reports.forms.drawn import Drawing, money
from lotwork.reports.forms.irs import cells
from lotwork.reports.forms.official.apart import fields_of, write_apart
from lotwork.reports.forms.official.field_map import FieldMap, TableField
from lotwork.reports.forms.sheets.paper import amount
from lotwork.reports.lines import NOTHING, cents
from lotwork.rules.us.two_businesses import of_spouse

MOST_COPIES = 50
"""Above it the form is not filled row by row: a statement is attached."""
ZERO = "-0-"
AMOUNTS = frozenset({3, 4, 6, 7})
"""Which of columns (a) to (h), counted from 0, are amounts."""


class Filled(NamedTuple):
    """A filled form: its bytes, how many copies of the form it has, and what was entered, by field and copy."""

    content: bytes
    copies: int
    entered: int
    left_empty: tuple[str, ...]
    """Lines that the map knows and the return has not."""
    not_on_it: tuple[str, ...]
    """Lines that the return has of this form, with an amount, and the map has no field for."""


def fill(blank: bytes, told: FieldMap, drawing: Drawing, *, spouse: bool = False) -> Filled:
    """Return the form *blank* filled by the map *told*. Raises InputRefusedError where the map does not fit it."""
    names = {field.name for field in fields_of(blank)}
    unknown = sorted(name for name in _named(told) if name not in names)
    if unknown:
        raise InputRefusedError(f"the map names {unknown[0]}, and the form has no such field: make the map anew")
    lines, empty = _of_lines(told, drawing, spouse=spouse)
    copies = list(_copies(told, drawing)) or [{}]
    if len(copies) > MOST_COPIES:
        raise InputRefusedError(
            f"{told.form} would have {len(copies)} copies: enter the totals of each box and attach 8949.pdf (`lotwork "
            "forms --format pdf`) as the statement"
        )
    content = write_apart(blank, [{**lines, **own} for own in copies], draft=bool(drawing.draft))
    others = tuple(_not_on_it(told, drawing, spouse=spouse))
    return Filled(content, len(copies), len(lines) + sum(map(len, copies)), tuple(empty), others)


def _named(told: FieldMap) -> Iterator[str]:
    yield from (each.field for each in told.lines)
    for table in told.tables:
        yield from (each.partition("=")[0] for each in table.boxes.values())
        yield from (name for row in table.rows for name in row)
        yield from table.totals


def _of_lines(told: FieldMap, drawing: Drawing, *, spouse: bool) -> tuple[dict[str, str], list[str]]:
    """Return the amount of each field that holds a line, and the lines that the return has not."""
    owed = () if drawing.owed is None else drawing.owed.lines
    has = {(each.line.form, each.line.line): cents(each.line.amount) for each in owed}
    columns = {
        (each.line, letter): money(own)
        for each in drawing.form.schedule_d
        for letter, own in zip("degh", amounts_of(each.total), strict=True)
    }
    found: dict[str, str] = {}
    empty: list[str] = []
    for each in told.lines:
        form = each.form or told.form
        if each.column is not None:
            stands = columns.get((each.line, each.column))
        else:
            stands = has.get((of_spouse(form) if spouse else form, each.line))
        if stands is None:
            empty.append(f"{form} line {each.line}")
        else:
            found[each.field] = _entered(stands, in_brackets=each.in_brackets)
    return found, empty


def _not_on_it(told: FieldMap, drawing: Drawing, *, spouse: bool) -> Iterator[str]:
    """Yield the lines of the form that the return has and the map has not: a list, say, of as many rows as it needs."""
    form = of_spouse(told.form) if spouse else told.form
    mapped = {each.line for each in told.lines if each.form is None}
    for each in () if drawing.owed is None or told.tables else drawing.owed.lines:
        if each.line.form == form and each.line.line not in mapped and cents(each.line.amount) != NOTHING:
            yield each.line.line


def _entered(told: str, *, in_brackets: bool = False) -> str:
    """Return an amount as it is written on the form: nothing as -0-, a loss in brackets, unless they are printed."""
    return ZERO if told == NOTHING else amount(told.removeprefix("-") if in_brackets else told)


def _copies(told: FieldMap, drawing: Drawing) -> Iterator[dict[str, str]]:
    """Yield what stands on each copy of a form of rows: one box on each of its pages, as many rows as it has."""
    pages = [list(_pages(table, drawing)) for table in told.tables]
    for each in zip_longest(*pages, fillvalue={}):
        yield {name: value for own in each for name, value in own.items()}


def _pages(table: TableField, drawing: Drawing) -> Iterator[dict[str, str]]:
    for box, rows in drawing.form.by_box.items():
        if box in table.boxes:
            for at in range(0, len(rows), len(table.rows)):
                yield dict(_page(table, box, rows[at : at + len(table.rows)], drawing))


def _page(table: TableField, box: str, rows: Sequence[Entered], drawing: Drawing) -> Iterator[tuple[str, str]]:
    """Yield the fields of one page: the box, its rows, and the totals of these rows, as each copy has its own."""
    field, _, state = table.boxes[box].partition("=")
    yield field, state
    for names, row in zip(table.rows, rows, strict=False):
        told = zip(names, cells(row, drawing), strict=True)
        yield from ((name, _entered(cell) if at in AMOUNTS else cell) for at, (name, cell) in enumerate(told) if cell)
    totals = (_entered(money(each)) for each in amounts_of(total_of(rows)))
    yield from zip(table.totals, totals, strict=True)


def amounts_of(total: Total) -> tuple[int, int, int, int]:
    """Return columns (d), (e), (g) and (h) of rows added up, in cents."""
    return total.proceeds, total.basis, total.adjustment, total.gain
