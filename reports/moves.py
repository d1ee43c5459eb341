"""What moves, as every listing tells it: a form line, old and new, and the figures of two laws that differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from lotwork.projections.filing.law_effect import LineEffect, YearEffect
from lotwork.projections.filing.line_changes import LineChange
from lotwork.reports.law import plain
from lotwork.reports.lines import cents
from lotwork.reports.rows import Day, Row, Table, Usd, Words
from lotwork.rules.compare import FigureChange
from lotwork.rules.load import Law


class MoveRow(Row, frozen=True, kw_only=True):
    """A form line that moved."""

    form: Words
    line: Words
    label: Words
    old_usd: Usd
    new_usd: Usd
    change_usd: Usd
    cites: tuple[str, ...]


R = TypeVar("R", bound=MoveRow)


class FigureBehind(Row, frozen=True, kw_only=True):
    """A figure of the law behind a line, before and after; None where a law does not know it."""

    path: Words
    before: Any
    after: Any
    cite: str
    source: Words


class FigureChangeRow(Row, frozen=True, kw_only=True):
    """A figure that two laws know differently, from a day on; None where a law does not know it."""

    path: Words
    from_: Day = msgspec.field(name="from")
    before: Any
    after: Any
    title: Words
    cite: str
    source: Words


class EffectRow(MoveRow, frozen=True, kw_only=True):
    """A line that moves under another law, the events it comes from, and the figures behind it that differ."""

    because: tuple[str, ...]
    figures: tuple[FigureBehind, ...]


class EffectListing(Row, frozen=True, kw_only=True):
    """The lines of a year that move under another law; unknown: why the year cannot be computed under one of them."""

    year: int
    lines: tuple[EffectRow, ...]
    unknown: str | None
    state: str | UnsetType = UNSET
    state_tax_change_usd: Usd | UnsetType = UNSET
    """By how much the tax of the state moves, after its credits; left out where none is reckoned under both laws."""


class LawChangeListing(Row, frozen=True, kw_only=True):
    """What `lotwork rules diff` tells: the digests of two laws, the figures that differ, and the lines that move."""

    book: str
    before: str
    after: str
    rows: tuple[FigureChangeRow, ...]
    years: tuple[EffectListing, ...]


MOVED = Table(MoveRow, lambda row: (row.form, row.line, row.label, row.old_usd, row.new_usd, row.change_usd)).leaving(
    lambda row: (row.old_usd, row.label)
)
DIFFERING = Table(FigureChangeRow, lambda row: (row.path, row.from_, row.before, row.after, row.source)).leaving(
    lambda row: (row.source, row.from_)
)


def list_law_change(
    book: str, old: Law, new: Law, changed: Iterable[FigureChange], effects: Iterable[YearEffect]
) -> LawChangeListing:
    """Return the figures *changed* between two laws, and the lines of *book* that move with them."""
    return LawChangeListing(
        book=book,
        before=old.digest,
        after=new.digest,
        rows=tuple(map(figure_change_row, changed)),
        years=tuple(map(list_effect, effects)),
    )


def figure_change_row(change: FigureChange) -> FigureChangeRow:
    """Return a figure that two laws know differently."""
    return FigureChangeRow(
        path=change.path,
        from_=change.from_,
        before=plain(change.before),
        after=plain(change.after),
        title=change.title,
        cite=change.cite,
        source=change.source,
    )


def list_effect(effect: YearEffect) -> EffectListing:
    """Return the lines of a year that move under another law, with the events behind each."""
    return EffectListing(
        year=effect.year,
        lines=tuple(map(_effect, effect.lines)),
        unknown=effect.unknown,
        state=effect.state or UNSET,
        state_tax_change_usd=UNSET if effect.state is None else cents(effect.state_change),
    )


def _effect(each: LineEffect) -> EffectRow:
    return move_row(each.move, EffectRow, because=each.move.events, figures=tuple(map(figure_behind, each.figures)))


def move_row(move: LineChange, row: type[R], **more: object) -> R:
    """Return a line that moved, as a *row* that tells *more* of it than where and how far."""
    return row(
        form=move.form,
        line=move.line,
        label=move.label,
        old_usd=cents(move.old),
        new_usd=cents(move.new),
        change_usd=cents(move.change),
        cites=move.cites,
        **more,
    )


def figure_behind(figure: FigureChange) -> FigureBehind:
    """Return a figure that differs, as it is told beside the line that it moves."""
    return FigureBehind(
        path=figure.path,
        before=plain(figure.before),
        after=plain(figure.after),
        cite=figure.cite,
        source=figure.source,
    )
