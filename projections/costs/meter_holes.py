"""Time of which a meter that is priced told nothing, between two of its readings: an expense that is missing.

The log is looked through, so that a hole is found whoever told the readings, and whenever: a device that lost its
records, a month between two files of a utility, an hour that a file left out. Under a flat price nothing else shows it.
What is 10 minutes or less is a restart. The hour that the clocks go back over is none where a file by the clock of the
wall tells it once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lotwork.ledger import events as e
from lotwork.ledger.kinds.hour_cells import HOUR, RESTART, SECOND
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import NUMBER, add_command

TOLD_IN_HOURS = 2 * ONE_DAY
"""What is shorter is told in hours, what is longer in days."""


class Told(NamedTuple):
    """A span of time that a reading tells, whatever it says of it."""

    begin: datetime
    end: datetime
    energy: e.Energy


class Hole(NamedTuple):
    """A span that no reading tells, and the readings before and after it."""

    begin: datetime
    end: datetime
    before: e.Energy
    after: e.Energy


def holes_of(told: Iterable[Told], zones: Collection[ZoneInfo]) -> Iterator[Hole]:
    """Yield the holes between what is *told* of one meter, in order of time; *zones* are those its clock may be of."""
    reached: Told | None = None
    for span in sorted(told, key=lambda each: each[:2]):
        if reached is not None and span.begin - reached.end > RESTART:
            hole = Hole(reached.end, span.begin, reached.energy, span.energy)
            if not any(_is_told_once(hole, zone) for zone in zones):
                yield hole
        if reached is None or span.end > reached.end:
            reached = span


def _is_told_once(hole: Hole, zone: ZoneInfo) -> bool:
    """Say if *hole* is an hour that a clock of *zone* shows twice."""
    if hole.end - hole.begin > HOUR:
        return False
    before, after = ((hole.begin - HOUR).astimezone(zone).utcoffset(), hole.end.astimezone(zone).utcoffset())
    return before is not None and after is not None and after < before


def not_told(meter: str, holes: Sequence[Hole]) -> Finding:
    """Return the finding for the *holes* of *meter*, as one however many there are."""
    first, longest = holes[0], max(holes, key=lambda hole: hole.end - hole.begin)
    words = f"from {print_instant(first.begin)} to {print_instant(first.end)} ({_lasts(first.end - first.begin)})"
    if len(holes) > 1:
        whole = sum((hole.end - hole.begin for hole in holes), timedelta())
        span = f"{print_instant(longest.begin)} to {print_instant(longest.end)}"
        words += f", nor in {len(holes) - 1} more stretches, {_lasts(whole)} in all, the longest from {span}"
    energy = first.before
    said = {"business_share": energy.business_share if energy.business_share != "1" else None, "owner": energy.owner}
    command = add_command(
        MAIN_BOOK,
        "energy",
        f"at={print_instant(first.end - SECOND)}",
        f"from={print_instant(first.begin)}",
        f"to={print_instant(first.end)}",
        f"meter={meter}",
        f"kwh={NUMBER}",
        *(f"{key}={value}" for key, value in said.items() if value is not None),
    )
    each = ", a reading for each" if len(holes) > 1 else ""
    return Finding(
        "energy_not_told",
        f"meter {meter}: nothing is told {words}: power of that time is in no figure, so an expense may be missing: "
        f"import what the meter or the utility has of it, or record what was used, 0 where nothing ran{each} (where "
        f"the reading before tells that time too, correct its `to`): `{command}`",
        energy.id,
    )


def _lasts(time: timedelta) -> str:
    if time < 2 * HOUR:
        return f"{round(time.total_seconds() / 60)} minutes"
    return f"{round(time / HOUR)} hours" if time < TOLD_IN_HOURS else f"{round(time / ONE_DAY)} days"
