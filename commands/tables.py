"""Tables for a person at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

NUMBERS = ("quantity", "_usd", "share", "seconds", "amount")
FOLDED = frozenset({
    "lot", "receipt", "expense", "disposal", "form", "label", "equipment", "cites", "because", "title", "source",
    "path", "from", "confidence",
})  # fmt: skip
FOLDED_TO = 16
MANY = 100
WIDEST = 240
"""A table is as wide as its content; at a narrower terminal its words fold, and no figure is ever cut off."""

HEADINGS = {"usd": "USD", "kwh": "kWh", "ubia": "UBIA", "macrs": "MACRS"}


def heading(name: str) -> str:
    """Return a key as words: `proceeds_usd` is "Proceeds USD"."""
    words = [HEADINGS.get(word, word) for word in name.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def plain(value: Any) -> str:
    """Return a value as a table shows it: dollars to the cent with separators, nothing as a blank."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{heading(str(name))} {plain(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, value))
    return str(value)


def dollars(text: str) -> str:
    """Return an amount in dollars, to the cent and with separators, rounded half to even."""
    from decimal import Decimal  # noqa: PLC0415 - tables only

    return f"{Decimal(text):,.2f}"


def show_table(
    title: str, rows: Iterable[Mapping[str, Any]], columns: Iterable[str], *, totals: Mapping[str, Any] | None = None
) -> None:
    """Print *rows* under *columns*, and the totals below."""
    names = list(columns)
    told = [[_cell(name, row.get(name)) for name in names] for row in rows]
    if len(told) < MANY or sys.stdout.isatty() or not _print_plainly(title, names, told):
        _print_folded(title, names, told)
    for name, total in (totals or {}).items():
        click.echo(f"  {heading(name)}: {_total(total)}")


def _print_plainly(title: str, names: Sequence[str], told: Sequence[Sequence[str]]) -> bool:
    """Print a long table that goes into a file or a pipe, a row a line as rich would; say if it can be done so.

    A thousand rows take rich a second, and nothing folds where there is no terminal.
    """
    headings = [heading(name) for name in names]
    widths = [max(map(len, column)) for column in zip(headings, *told, strict=True)]
    inside = sum(widths) + 3 * (len(widths) - 1)
    one_line = all(cell.isascii() and cell.isprintable() for row in (headings, *told) for cell in row)
    if not one_line or not len(title) <= inside + 2 <= WIDEST:
        return False
    sides = [">" if _is_number(name) else "<" for name in names]
    form = "   ".join(f"{{:{side}{width}}}" for side, width in zip(sides, widths, strict=True))
    blank = " " * (inside + 2)
    head = (title.ljust(inside + 2), blank, f" {form.format(*headings)} ", f" {'─' * inside} ")
    click.echo("\n".join((*head, *(f" {form.format(*row)} " for row in told), blank)))
    return True


def _print_folded(title: str, names: Sequence[str], told: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - only a table pays for it
    from rich.console import Console  # noqa: PLC0415 - the same
    from rich.measure import Measurement  # noqa: PLC0415 - the same
    from rich.table import Table  # noqa: PLC0415 - the same

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name in names:
        table.add_column(
            heading(name), justify="right" if _is_number(name) else "left", no_wrap=name not in FOLDED, overflow="fold"
        )
    for cells in told:
        table.add_row(*cells)
    console = Console(highlight=False, markup=False)
    needed = Measurement.get(console, console.options.update(max_width=WIDEST), table).maximum
    if console.is_terminal:
        needed = min(needed, max(console.width, needed - _slack(names, told)))
    console = Console(highlight=False, markup=False, width=max(needed, console.width))
    console.print(table if told else f"{title}: none")


def _is_number(name: str) -> bool:
    return any(mark in name for mark in NUMBERS)


def _slack(names: Sequence[str], told: Sequence[Sequence[str]]) -> int:
    """Return by how many characters the folded columns can give way."""
    longest = (max(map(len, column)) for column in zip(map(heading, names), *told, strict=True))
    return sum(max(0, width - FOLDED_TO) for name, width in zip(names, longest, strict=True) if name in FOLDED)


def _cell(name: str, value: Any) -> str:
    if value is not None and name.endswith("_usd") and name != "price_usd":
        return dollars(str(value))
    return plain(value)


def _total(total: Any) -> str:
    if isinstance(total, Mapping):
        return ", ".join(f"{heading(name)} {_total(part)}" for name, part in total.items())
    return dollars(str(total))
