"""A line of a return as its listing tells it: with the events behind it and the lines it comes from."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from lotwork.projections.returns.traced_lines import TracedLine
from lotwork.reports.lines import LineRow, cents
from lotwork.reports.rows import Table


class TracedLineRow(LineRow, frozen=True, kw_only=True):
    """A line with the events behind it and the lines it comes from."""

    because: tuple[str, ...]
    """The first of the events behind it."""
    from_: tuple[str, ...] = msgspec.field(name="from")
    because_count: int | UnsetType = UNSET
    """How many events are behind it, where they are not all named."""


RETURN_FILE = Table(TracedLineRow, lambda row: (row.form, row.line, row.label, row.amount_usd, row.cites, row.from_))
"""What the file of a return holds."""
LINES = Table(TracedLineRow, lambda row: (row.form, row.line, row.label, row.amount_usd))


def traced_line_row(traced: TracedLine) -> TracedLineRow:
    """Return a line as a listing of a year's tax tells it."""
    line = traced.line
    return TracedLineRow(
        form=line.form,
        line=line.line,
        label=line.label,
        amount_usd=cents(line.amount),
        cites=line.cites,
        because=traced.because,
        from_=line.inputs,
        because_count=UNSET if traced.events == len(traced.because) else traced.events,
    )
