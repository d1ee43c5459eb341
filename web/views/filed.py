"""Whether a year's return is filed, and what has moved since: the lines, what is due, and until when to claim it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from decimal import Decimal

from lotwork.ledger.units import CENT
from lotwork.projections.filing.event_changes import EventChange
from lotwork.projections.filing.line_changes import LineChange
from lotwork.web.filed_years import FiledYear
from lotwork.web.reading import Reading
from lotwork.web.wording import day, plural, usd

CHANGES_NAMED = 8
MOVED_FIRST = (("Schedule C", "31"), ("Form 1040", "11a"), ("Form 1040", "11"), ("Form 1040", "15"))
"""Of all that moved, what a person knows a return by; the tax and what is due are told beside it."""


@dataclass(frozen=True, slots=True)
class MovedView:
    """What moved since a return was filed, and what follows."""

    lines: tuple[LineChange, ...]
    known: tuple[LineChange, ...]
    tax_filed: Decimal
    tax_now: Decimal
    due_filed: Decimal
    due_now: Decimal
    says: str
    consequence: str
    changes: tuple[EventChange, ...]
    """The last said first."""
    more: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A filed year that has moved, as the first page tells it."""

    year: int
    says: str
    consequence: str
    command: str


@dataclass(frozen=True, slots=True)
class FiledView:
    """Whether a year's return is filed: the sentence, the command that goes on from there, and what moved."""

    says: str
    command: str
    mood: str
    moved: MovedView | None
    filing: str = ""
    """The id of the filing."""


def moved_notices(reading: Reading) -> tuple[Notice, ...]:
    """Return the filed years whose figures have moved, the newest first."""
    moved = sorted((filed for filed in reading.filed.values() if filed.moves), key=lambda filed: -filed.year)
    return tuple(Notice(filed.year, _in_words(filed), _consequence(filed), _diff(reading, filed)) for filed in moved)


def _diff(reading: Reading, found: FiledYear) -> str:
    return f"lotwork --book {shlex.quote(reading.book)} diff --filed {found.year}"


def filed_view(reading: Reading) -> FiledView:
    """Return whether the year's return is filed, and what moved since."""
    book, year = shlex.quote(reading.book), reading.year
    found = reading.filed.get(year)
    if found is None:
        if not reading.is_over:
            return FiledView("Not filed: the year is not over.", "", "quiet", None)
        return FiledView("Not filed yet.", f"lotwork --book {book} file --year {year} --dry-run", "watch", None)
    says = f"Filed on {day(found.filed_on)}, as {found.filing.id}."
    diff = _diff(reading, found)
    if found.unread:
        return FiledView(f"{says} {found.unread}", diff, "bad", None, found.filing.id)
    if not found.moves:
        return FiledView(f"{says} No line has moved since.", "", "good", None, found.filing.id)
    return FiledView(says, diff, "watch", _moved(found), found.filing.id)


def _moved(found: FiledYear) -> MovedView | None:
    amended = found.amended
    if amended is None:
        return None
    known = [move for ref in MOVED_FIRST for move in found.moves if (move.form, move.line) == ref]
    return MovedView(
        lines=found.moves,
        known=tuple(known),
        tax_filed=amended.tax_filed,
        tax_now=amended.tax_now,
        due_filed=amended.filed.amount("balance_due_usd"),
        due_now=amended.now.balance_due,
        says=_in_words(found),
        consequence=_consequence(found),
        changes=found.changes[-CHANGES_NAMED:][::-1],
        more=max(0, len(found.changes) - CHANGES_NAMED),
    )


def _in_words(found: FiledYear) -> str:
    return f"{_federal_in_words(found)}{_state_in_words(found)}"


def _state_in_words(found: FiledYear) -> str:
    """Return what moved in the tax of the state, where anything did."""
    state = found.amended.state if found.amended else None
    if state is None or not state.additional_tax:
        return ""
    more = state.additional_tax
    moved = f"{usd(abs(more))} {'more' if more > 0 else 'less'} tax of the state"
    return f" {state.name}: {moved}; the amended return: {state.form}."


def _federal_in_words(found: FiledYear) -> str:
    count = plural(len(found.moves), "line")
    if found.more_tax <= -CENT:
        return f"{count} moved: {usd(-found.more_tax)} less tax than was filed."
    if found.more_tax >= CENT:
        return f"{count} moved: {usd(found.more_tax)} more tax than was filed."
    return f"{count} moved; the tax is as it was filed."


def _consequence(found: FiledYear) -> str:
    """Say what follows: until when a refund can be claimed, or what more tax costs where it is paid today."""
    price = found.price
    if price is None:
        return ""
    if found.more_tax <= -CENT:
        last = day(price.refund.last_day.day)
        if not price.refund.in_time:
            return f"A refund could be claimed through {last}, which has passed."
        if not price.refund.limit.amount:
            return "No refund can be claimed: no tax was paid in the time that a claim reaches back to."
        as_much = price.refund.as_much_through
        less = f"; less of it after {day(as_much)}" if as_much < price.refund.last_day.day else ""
        return f"A refund can be claimed through {last}, with Form 1040-X{less}."
    if found.more_tax >= CENT:
        cost = price.interest.total.amount + price.failure_to_pay.amount
        return f"Paid today, it costs {usd(cost)} of interest and penalty besides; each month it waits costs more."
    return ""
