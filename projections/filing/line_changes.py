"""What moves between two computations of a return: each form line, old and new, with what stands behind the change.

Lines are held against each other to the cent, as forms show them. A line the other return does not have counts as 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.units import ZERO_CENTS
from lotwork.projections.filing.filed import LineAsFiled
from lotwork.projections.liability import Liability
from lotwork.projections.states.liability import StateLiability
from lotwork.rules.line import to_cents
from lotwork.rules.us.renumbered import NO_LINES


class Entry(NamedTuple):
    """One line of a return: its amount in dollars and cents, and all that it rests on."""

    form: str
    line: str
    label: str
    amount: Decimal
    cites: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    """The paths of the figures behind it, its own and those of the lines it came from."""


class LineChange(NamedTuple):
    """One line that moved."""

    form: str
    line: str
    label: str
    old: Decimal
    new: Decimal
    cites: tuple[str, ...]
    events: tuple[str, ...]
    figures: tuple[str, ...]

    @property
    def change(self) -> Decimal:
        """New less old."""
        return self.new - self.old


def entries_of(owed: Liability, state: StateLiability | None = None) -> list[Entry]:
    """Return the lines of a computed return, and those of the return of the *state* that starts from it."""
    behind: dict[str, dict[str, None]] = {}
    entries = []
    for traced in (*owed.lines, *(() if state is None else state.lines)):
        line = traced.line
        figures = dict.fromkeys(line.figures)
        for source in line.inputs:
            figures |= behind.get(source, {})
        behind[line.ref] = behind.get(line.ref, {}) | figures
        entries.append(
            Entry(line.form, line.line, line.label, to_cents(line.amount), line.cites, traced.because, tuple(figures))
        )
    return entries


def entries_of_state(owed: Liability, state: StateLiability) -> list[Entry]:
    """Return the lines of the return of the *state* alone, each with the figures of the federal lines behind it."""
    return entries_of(owed, state)[len(owed.lines) :]


def entries_as_filed(lines: Iterable[LineAsFiled]) -> list[Entry]:
    """Return the lines of a return as it was filed: what was behind them stands in the log."""
    told = (line for line in lines if (line.form, line.line) not in NO_LINES)
    return [Entry(line.form, line.line, line.label, Decimal(line.amount_usd)) for line in told]


def line_changes(old: Sequence[Entry], new: Sequence[Entry]) -> tuple[LineChange, ...]:
    """Return the lines that moved from *old* to *new*, in the order of the new return."""
    pairs = _paired(old, new)
    return tuple(
        _move(before, after)
        for before, after in pairs
        if (before.amount if before else ZERO_CENTS) != (after.amount if after else ZERO_CENTS)
    )


def amounts(entries: Iterable[Entry]) -> Mapping[tuple[str, str, str], Decimal]:
    """Return each line's amount by form, line and label; of lines that share them, the last one's."""
    return {(entry.form, entry.line, entry.label): entry.amount for entry in entries}


def _paired(old: Sequence[Entry], new: Sequence[Entry]) -> list[tuple[Entry | None, Entry | None]]:
    """Pair the lines by form, line and label, then what is left by form and line: a label may have changed."""
    named: defaultdict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in old:
        named[entry[:3]].append(entry)
    found: list[tuple[Entry | None, Entry]] = []
    for entry in new:
        twins = named.get(entry[:3])
        found.append((twins.pop(0) if twins else None, entry))
    left: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entries in named.values():
        for entry in entries:
            left[entry[:2]].append(entry)
    pairs: list[tuple[Entry | None, Entry | None]] = []
    for before, after in found:
        renamed = left.get(after[:2])
        pairs.append((renamed.pop(0) if before is None and renamed else before, after))
    return [*pairs, *((entry, None) for entries in left.values() for entry in entries)]


def _move(old: Entry | None, new: Entry | None) -> LineChange:
    told = new or old
    if told is None:
        raise AssertionError("a pair has at least one line")
    both = [each for each in (new, old) if each is not None]
    return LineChange(
        form=told.form,
        line=told.line,
        label=told.label,
        old=old.amount if old else ZERO_CENTS,
        new=new.amount if new else ZERO_CENTS,
        cites=tuple(dict.fromkeys(cite for each in both for cite in each.cites)),
        events=tuple(dict.fromkeys(event for each in both for event in each.events)),
        figures=tuple(dict.fromkeys(path for each in both for path in each.figures)),
    )
