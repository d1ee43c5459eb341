"""Tables for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NUMBERS = ("quantity", "_usd", "share", "seconds", "amount")
FOLDED = frozenset({
    "lot", "receipt", "expense", "disposal", "form", "label", "equipment", "cites", "because", "title", "source",
    "path", "from", "confidence",
})  # fmt: skip
FOLDED_TO = 16
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
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - only a table pays for it
    from rich.console import Console  # noqa: PLC0415 - the same
    from rich.measure import Measurement  # noqa: PLC0415 - the same
    from rich.table import Table  # noqa: PLC0415 - the same

    names = list(columns)
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name in names:
        number = any(mark in name for mark in NUMBERS)
        table.add_column(
            heading(name), justify="right" if number else "left", no_wrap=name not in FOLDED, overflow="fold"
        )
    told = [[_cell(name, row.get(name)) for name in names] for row in rows]
    for cells in told:
        table.add_row(*cells)
    console = Console(highlight=False, markup=False)
    needed = Measurement.get(console, console.options.update(max_width=WIDEST), table).maximum
    if console.is_terminal:
        needed = min(needed, max(console.width, needed - _slack(names, told)))
    console = Console(highlight=False, markup=False, width=max(needed, console.width))
    console.print(table if told else f"{title}: none")
    for name, total in (totals or {}).items():
        console.print(f"  {heading(name)}: {_total(total)}")


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
