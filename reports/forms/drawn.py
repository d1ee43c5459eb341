"""One file of a form before it is written: its name, its bytes, and which rows its layout cannot carry."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from lotwork.ledger.units import AssetTable, unscaled
from lotwork.projections.forms.form_8949 import Entered, Form8949, Total, total_of
from lotwork.projections.liability import Liability
from lotwork.reports.broker import VARIOUS
from lotwork.reports.csv_file import plain_cell
from lotwork.reports.lines import coins

if TYPE_CHECKING:
    from lotwork.projections.equipment import EquipmentBook
    from lotwork.reports.amended import AmendmentListing
    from lotwork.reports.estimated import QuarterlyListing
    from lotwork.reports.states import StatePapers

TWO = 2
"""The decimals of cents."""
STOPS = ", at which `lotwork file` stops"
"""Behind it, of why something is a draft, stands what a finding says."""


class LeftOut(NamedTuple):
    """Rows that a layout has no place for, and why."""

    why: str
    total: Total


class Drawn(NamedTuple):
    """One file: its name without what marks a draft, what is in it, and what is not."""

    name: str
    format: str
    content: bytes
    rows: int
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    draft: bool = False
    """Whether it is a draft though what it was drawn from is none."""


class Drawing(NamedTuple):
    """What every layout is drawn from."""

    form: Form8949
    assets: AssetTable
    book: str
    law: str
    position: int
    head: str
    draft: tuple[str, ...]
    """Why it is a draft; empty where it is none."""
    owed: Liability | None = None
    """The return behind it."""
    open: tuple[tuple[str, str], ...] = ()
    """What is open, as far as paper tells it: code and message."""
    unfiled: tuple[str, ...] = ()
    """Why what goes on paper is a draft, though the files are none: it is not what was filed."""
    rigs: tuple[tuple[EquipmentBook, ...], ...] = ()
    """Of each business the schedules of its rigs, year by year through this one."""
    payments: QuarterlyListing | None = None
    amended: AmendmentListing | None = None
    """How a return that was filed differs from what is now known, where it does."""
    state: StatePapers | None = None
    """The return of the state, where one is filed with it."""
    state_says: tuple[str, ...] = ()
    """What the state comes to and what else it asks, in words; empty where no state is told."""


def money(cents: int) -> str:
    """Return cents as dollars: "1240.00", and a loss with its minus."""
    return unscaled(cents, TWO)


def american(day: date | None) -> str:
    """Return a day as the form has it, MM/DD/YYYY, or that there are various."""
    return VARIOUS if day is None else day.strftime("%m/%d/%Y")


def description(entered: Entered, assets: AssetTable) -> str:
    """Return column (a): "0.0125 BTC", or what a thing is called."""
    row = entered.row
    if row.thing:
        return row.thing
    number = coins(row.quantity, row.asset, assets)
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {row.asset}"


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[str] = frozenset()) -> bytes:
    """Return a CSV in UTF-8; a cell that begins like a formula gets an apostrophe, but in the columns of *numbers*."""
    out = io.StringIO(newline="")
    write = csv.writer(out)
    write.writerow(header)
    amounts = [name in numbers for name in header]
    for row in rows:
        write.writerow(cell if amount else plain_cell(cell) for cell, amount in zip(row, amounts, strict=True))
    return out.getvalue().encode()


def without(rows: Iterable[Entered], why: str) -> tuple[LeftOut, ...]:
    """Return what a file says of *rows* that it cannot carry; nothing where there are none."""
    told = tuple(rows)
    return (LeftOut(why, total_of(told)),) if told else ()
