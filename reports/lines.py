"""Amounts and form lines as every listing tells them: dollars and cents as text, a line with its form and its law."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lotwork.reports.rows import Row, Usd, Words
from lotwork.rules.line import Line, to_cents


class LineRow(Row, frozen=True, kw_only=True):
    """A line of a form: what it says, how much, and by which law."""

    form: Words
    line: Words
    label: Words
    amount_usd: Usd
    cites: tuple[str, ...]


def cents(amount: Decimal) -> str:
    """Return *amount* in dollars and cents, rounded half up; nothing has no sign."""
    return f"{to_cents(amount):f}"


def cents_if_known(amount: Decimal | None) -> str | None:
    """Return *amount* in dollars and cents, and None for what is not known."""
    return None if amount is None else cents(amount)


def usd(amount: Decimal) -> str:
    """Return dollars as people read them, to the cent."""
    return f"${Decimal(cents(amount)):,}"


def line_row(line: Line) -> LineRow:
    """Return *line* as a listing tells it."""
    return LineRow(form=line.form, line=line.line, label=line.label, amount_usd=cents(line.amount), cites=line.cites)


def list_line(line: Line) -> dict[str, Any]:
    """Return a line as a listing tells it."""
    return {
        "form": line.form,
        "line": line.line,
        "label": line.label,
        "amount_usd": cents(line.amount),
        "cites": list(line.cites),
    }
