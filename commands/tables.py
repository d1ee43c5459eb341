"""Tables for a person at a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from lotwork.commands.telling import tell
from lotwork.ledger.errors import plain as plain_text
from lotwork.reports.lines import dollars, price_plain
from lotwork.reports.rows import Column, Row, Table, fields_of

if TYPE_CHECKING:
    from rich.console import Console

R = TypeVar("R", bound=Row)

FOLDED_TO, NARROWEST = 16, 10
PLAIN_FROM = 1
"""From so many rows on, a table that goes into a file or a pipe is printed without rich, which takes 20 ms to load."""
WIDEST = 240
GAP, NARROW_GAP = 3, 1
EDGES = 2
"""A table is as wide as its content. At a narrower terminal it loses its blank edges, then its headings and words fold,
then it leaves out the columns that it says it can do without, and tells which; then its columns move together; where
all that is too wide, each row is a block. No figure is ever cut off."""
WIDE = "lotwork.wide"


def _widen(ctx: click.Context, _param: click.Parameter, wide: bool) -> None:  # noqa: FBT001 - a click flag
    ctx.meta[WIDE] = wide


Wide = click.option(
    "--wide", is_flag=True, expose_value=False, callback=_widen, help="Every column, however narrow the terminal is."
)
"""What each command has that prints a table; `show_rows` asks for it."""

WHOLE: Any = {"break_long_words": False, "break_on_hyphens": False}
"""How words fold beside figures: never within one."""
HEADINGS = {"usd": "USD", "kwh": "kWh", "401k": "401(k)"} | {
    name: name.upper() for name in ("ubia", "macrs", "se", "agi", "qbi", "fica", "futa")
}


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
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def show_rows(title: str, table: Table[R], rows: Iterable[R], *, totals: Row | Mapping[str, str] | None = None) -> None:
    """Print *rows* as *table* shows them, and the totals below."""
    columns, title = table.columns, plain_text(title)
    cells = map(table.cells, rows)
    told = [[_cell(column, value) for column, value in zip(columns, row, strict=True)] for row in cells]
    at_terminal = _at_terminal()
    if not told:
        tell(f"{title}: none")
    elif len(told) < PLAIN_FROM or at_terminal or _is_drawn() or not _print_plainly(title, columns, told):
        _print_folded(title, columns, told, _leaving(table))
    sums = [f"  {heading(name)}: {_total(total)}" for name, total in _totals(totals)]
    for line in sums:
        tell("\n".join(wrap(line, _width(), subsequent_indent="    ", **WHOLE)) if at_terminal else line)


def _totals(totals: Row | Mapping[str, str] | None) -> Iterable[tuple[str, Any]]:
    return (fields_of(totals) if isinstance(totals, Row) else totals or {}).items()


def _at_terminal() -> bool:
    """Return whether a person reads at a terminal, or whoever draws one says so, as rich lets them."""
    return sys.stdout.isatty() or os.environ.get("TTY_COMPATIBLE") == "1"


def _is_drawn() -> bool:
    """Return whether whoever reads what goes into a file or a pipe asked rich for its colours."""
    return bool(os.environ.get("FORCE_COLOR"))


def _width() -> int:
    from rich.console import Console  # noqa: PLC0415 - only a table pays for it

    return Console().width


def _leaving(table: Table[R]) -> list[int]:
    """Return the places of the columns that may be left out, the first first; of a spread field, the last column."""
    places = [(at, column.field) for at, column in enumerate(table.columns)]
    return [at for field in table.leaves for at, name in reversed(places) if name == field]


def _print_plainly(title: str, columns: Sequence[Column], told: Sequence[Sequence[str]]) -> bool:
    """Print a table that goes into a file or a pipe, a row a line as rich would; say if it can be done so.

    A thousand rows take rich a second, and nothing folds where there is no terminal.
    """
    headings = [heading(column.name) for column in columns]
    widths = [max(map(len, column)) for column in zip(headings, *told, strict=True)]
    inside = sum(widths) + 3 * (len(widths) - 1)
    one_line = all(cell.isascii() and cell.isprintable() for row in (headings, *told) for cell in row)
    if not one_line or not len(title) <= inside + 2 <= WIDEST:
        return False
    sides = [">" if column.shown.right else "<" for column in columns]
    form = "   ".join(f"{{:{side}{width}}}" for side, width in zip(sides, widths, strict=True))
    blank = " " * (inside + 2)
    head = (title.ljust(inside + 2), blank, f" {form.format(*headings)} ", f" {'─' * inside} ")
    tell("\n".join((*head, *(f" {form.format(*row)} " for row in told), blank)))
    return True


def _print_folded(title: str, columns: Sequence[Column], told: Sequence[Sequence[str]], leaving: Sequence[int]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only a table pays for it

    console = Console(highlight=False, markup=False)
    widths = _widest(columns, told)
    if not _at_terminal() or _is_wide() or sum(widths) + GAP * (len(columns) - 1) + EDGES <= console.width:
        _print_at(title, columns, told, widths, edges=True)
        return
    few = [(count, GAP, FOLDED_TO) for count in range(len(leaving) + 1)]
    for count, gap, narrowest in (*few, (len(leaving), NARROW_GAP, NARROWEST)):
        left_out = set(leaving[:count])
        shown = [place for place in range(len(columns)) if place not in left_out]
        some = [columns[place] for place in shown]
        cells = [[row[place] for place in shown] for row in told]
        fitted = _fitted(some, cells, console.width - gap * (len(some) - 1), narrowest)
        if fitted is not None:
            _print_at(title, some, cells, fitted, gap=gap)
            if left_out:
                names = ", ".join(heading(columns[place].name) for place in sorted(left_out))
                tell("\n".join((*wrap(f"Left out, shown by --wide: {names}", console.width, **WHOLE), "")))
            return
    _print_records(console, title, columns, told)


def _is_wide() -> bool:
    """Return whether every column was asked for, by --wide."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(WIDE))


def _print_at(
    title: str,
    columns: Sequence[Column],
    told: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    gap: int = GAP,
    edges: bool = False,
) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - only a table pays for it
    from rich.console import Console  # noqa: PLC0415 - the same
    from rich.table import Table as RichTable  # noqa: PLC0415 - the same

    table = RichTable(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, show_edge=edges,
        padding=(0, gap // 2),
    )  # fmt: skip
    for column, width in zip(columns, widths, strict=True):
        justify: Literal["left", "right"] = "right" if column.shown.right else "left"
        table.add_column(heading(column.name), justify=justify, width=width, overflow="fold")
    for cells in told:
        table.add_row(*cells)
    narrowest = sum(widths) + gap * (len(widths) - 1) + EDGES * edges
    console = Console(highlight=False, markup=False)
    Console(highlight=False, markup=False, width=max(narrowest, console.width)).print(table)
    if not edges:
        tell()


def _print_records(console: Console, title: str, columns: Sequence[Column], told: Sequence[Sequence[str]]) -> None:
    """Print a table that no folding fits into the terminal: a row is a block, a cell a line after its heading."""
    console.print(title, style="bold")
    headings = [heading(column.name) for column in columns]
    wide = max(map(len, headings))
    for cells in told:
        console.print()
        for words, cell in zip(headings, cells, strict=True):
            for place, line in enumerate(wrap(cell, max(FOLDED_TO, console.width - wide - 3))):
                console.print(f" {'' if place else words:<{wide}}  {line}", soft_wrap=True)
    console.print()


def _widest(columns: Sequence[Column], told: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column is where nothing folds."""
    from rich.cells import cell_len  # noqa: PLC0415 - only a table pays for it

    headings = [heading(column.name) for column in columns]
    return [max(map(cell_len, cells)) for cells in zip(headings, *told, strict=True)]


def _fitted(columns: Sequence[Column], told: Sequence[Sequence[str]], room: int, narrowest: int) -> list[int] | None:
    """Return widths that fit into *room*, headings and words folded and none to less than *narrowest*; or None."""
    from rich.cells import cell_len  # noqa: PLC0415 - only a table pays for it

    widths = _widest(columns, told)
    least = [
        max(
            [narrowest if column.shown.folds and width > narrowest else max(cell_len(row[place]) for row in told)]
            + [cell_len(word) for word in heading(column.name).split()]
        )
        for place, (column, width) in enumerate(zip(columns, widths, strict=True))
    ]
    if sum(least) > room:
        return None
    while sum(widths) > room:
        can_give = [place for place, width in enumerate(widths) if width > least[place]]
        widths[max(can_give, key=lambda place: widths[place])] -= 1
    return widths


def _cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.shown.dollars:
        return dollars(str(value))
    return price_plain(str(value)) if column.shown.price else plain_text(plain(value))


def _total(total: Any) -> str:
    if isinstance(total, Row):
        total = fields_of(total)
    if isinstance(total, Mapping):
        return ", ".join(f"{heading(name)} {_total(part)}" for name, part in total.items())
    return dollars(str(total))
