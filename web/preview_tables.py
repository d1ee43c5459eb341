"""The tables of a preview as files: made together with the preview, of the same reading, and kept in its session.

Nothing is read a second time for them, so that a file says what the page says; who has not the session, and the name of
its form, gets none, and with the session they are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lotwork.reports.csv_file import sums_text
from lotwork.reports.sources import TriedRow
from lotwork.web.forms import FormGroup
from lotwork.web.wording import NOTHING, usd

BECOMES, CHANGES, RETURN, ANSWER = "becomes", "changes", "return", "answer"
"""The names of the files: what would be recorded, what that changes, the return that would be, what a source told."""


class Effect(NamedTuple):
    """A figure that would change: a count, or dollars; None where it is not known."""

    what: str
    was: int | Decimal | None
    becomes: int | Decimal | None

    @property
    def before(self) -> str:
        """What it is now, as a page shows it."""
        return _shown(self.was)

    @property
    def after(self) -> str:
        """What it would be, as a page shows it."""
        return _shown(self.becomes)


class Shown(NamedTuple):
    """An event that would be recorded: its kind and its keys in words."""

    kind: str
    keys: tuple[tuple[str, str], ...]


class RowLine(NamedTuple):
    """What a row becomes: where it stands, what it is, its day and kind, and the event where that is known already."""

    where: str
    what: str
    day: date
    kind: str
    known: str


def of_act(events: Sequence[Shown], effects: Iterable[Effect], forms: Iterable[FormGroup]) -> dict[str, str]:
    """Return the files of the preview of an act."""
    keys = ((place, each.kind, *key) for place, each in enumerate(events, 1) for key in each.keys)
    lines = ((form.form, row.number, row.label, row.exact) for form in forms for row in form.rows)
    return {
        BECOMES: sums_text(("event", "kind", "key", "says"), keys),
        CHANGES: _changes(effects),
        RETURN: sums_text(("form", "line", "label", "amount_usd"), lines),
    }


def of_import(rows: Iterable[RowLine], effects: Iterable[Effect]) -> dict[str, str]:
    """Return the files of the preview of an import: every row, whatever the page shows of them."""
    return {
        BECOMES: sums_text(("row", "becomes", "day", "kind", "known_already_as"), rows),
        CHANGES: _changes(effects),
    }


def of_source(row: TriedRow) -> dict[str, str]:
    """Return the file of what a source told when it was tested."""
    return {ANSWER: sums_text(("what", "says"), _told(row))}


def _told(row: TriedRow) -> Iterator[tuple[str, object]]:
    yield from ((f"told: {kind}", count) for kind, count in sorted(row.kinds.items()))
    yield "read to its end", "yes" if row.is_whole else "no"
    if row.account:
        yield "account", row.account
    for name, told in (("first", row.first), ("last", row.last if row.count > 1 else None)):
        if told is not None:
            yield name, told.in_words
    yield from (("holds", f"{held.quantity} {held.asset} ({held.wallet}), {held.at}") for held in row.balances)


def _changes(effects: Iterable[Effect]) -> str:
    return sums_text(("figure", "now", "then"), effects)


def _shown(value: int | Decimal | None) -> str:
    if value is None:
        return NOTHING
    return usd(value) if isinstance(value, Decimal) else str(value)
