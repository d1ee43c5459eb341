"""The listing of a year under another country's law: its lines in its own currency, and what they leave out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from msgspec import UNSET, UnsetType, field

from lotwork.projections.abroad.tax_return import ForeignReturn, Sheet
from lotwork.reports.lines import cents, cents_if_known
from lotwork.reports.rows import Row, Shown, Table, Words
from lotwork.rules.line import Line

Money: TypeAlias = Annotated[str, Shown(right=True, dollars=True)]
"""An amount in the currency of the return, as a decimal string."""


class ForeignLine(Row, frozen=True, kw_only=True):
    """A line of a return abroad, with its law and the events behind it."""

    form: Words
    line: Words
    label: Words
    amount: Money
    cites: tuple[str, ...]
    because: tuple[str, ...]
    from_: tuple[str, ...] = field(name="from")
    because_count: int | UnsetType = UNSET
    """How many events are behind it, where not all are named."""


class ForeignYear(Row, frozen=True, kw_only=True):
    """A year under the law of another country, and what is and is not covered."""

    year: int
    jurisdiction: str
    currency: str
    summary: Mapping[str, str | None]
    """None: not known here."""
    lines: tuple[ForeignLine, ...]
    covers: tuple[str, ...]
    does_not_cover: tuple[str, ...]
    exchange_rates: tuple[str, ...]


LINES = Table(ForeignLine, lambda row: (row.form, row.line, row.label, row.amount))


def list_foreign(told: ForeignReturn) -> ForeignYear:
    """Return the summary, every line with its law and events, and what is and is not covered."""
    return ForeignYear(
        year=told.year,
        jurisdiction=told.jurisdiction,
        currency=told.currency,
        summary={name: cents_if_known(amount) for name, amount in told.summary.items()},
        lines=tuple(_line(each, sheet) for sheet in told.sheets for each in sheet.lines),
        covers=told.covers,
        does_not_cover=told.does_not_cover,
        exchange_rates=told.rates_used,
    )


def _line(written: Line, sheet: Sheet) -> ForeignLine:
    because, count = sheet.because[written.ref], sheet.counts[written.ref]
    return ForeignLine(
        form=written.form,
        line=written.line,
        label=written.label,
        amount=cents(written.amount),
        cites=written.cites,
        because=because,
        from_=written.inputs,
        because_count=UNSET if count == len(because) else count,
    )
