"""When each choice of lots was recorded, held against the sale it is for.

Law: units are identified no later than the date and time of the sale (Treas. Reg. 1.1012-1(j)(2)). The log says when an
event was written into it; a book that was begun later says so of every event, and then other records must show it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from lotwork.packet.checks.history import Happening
from lotwork.packet.checks.telling import Report, short

MOST_CHOICES = 25
"""Choices recorded late that are told one by one."""
TWO_DAYS_OF_HOURS = 48


class Timing:
    """Collects the choices of the disposals of one year."""

    def __init__(self, year: int) -> None:
        self._year = year
        self._none = 0
        self._in_time: dict[str, int] = {}
        self._late: list[str] = []

    def note(
        self, event: Happening, day: date, chosen: list[tuple[str, int, str | None]], by: list[Happening],
        election: Happening | None,
    ) -> None:  # fmt: skip
        """Take note of how the lots of a disposal were chosen."""
        if day.year != self._year:
            return
        if chosen and event.choices():
            self._hold(event, "the sale itself names its lots", event.lots_recorded)
        elif chosen:
            for each in by:
                self._hold(event, f"the selection {short(each.id)} names its lots", each.recorded)
        elif election is not None:
            how = f"the standing order {short(election.id)} ({election.word('method')}) chose its lots"
            self._hold(event, how, election.recorded)
        else:
            self._none += 1

    def _hold(self, event: Happening, how: str, recorded: datetime) -> None:
        if recorded <= event.at:
            kind = "standing order" if "standing order" in how else "specific identification"
            self._in_time[kind] = self._in_time.get(kind, 0) + 1
        else:
            self._late.append(f"{short(event.id)}: {how}, and that was recorded {apart(recorded - event.at)} after it "
                              "happened")  # fmt: skip

    def tell(self, report: Report) -> None:
        """Tell when the choices were recorded; one recorded late is no failure of the packet, and must be known."""
        if self._none:
            report.note(f"{self._none} disposals of {self._year} name no lots and stand under no order: first in, "
                        "first out.")  # fmt: skip
        for kind, count in sorted(self._in_time.items()):
            report.note(f"{count} disposals of {self._year} took their lots by {kind}, recorded before they happened.")
        if self._late:
            report.note(
                f"{len(self._late)} choices of lots in {self._year} were recorded after their disposal. The law asks "
                "for the choice by the time of the sale (Treas. Reg. 1.1012-1(j)(2)); that it was made then must be "
                "shown by other records than this log."
            )
            for words in self._late[:MOST_CHOICES]:
                report.note(f"  {words}")
            if len(self._late) > MOST_CHOICES:
                report.note(f"  and {len(self._late) - MOST_CHOICES} more.")


def apart(time: timedelta) -> str:
    """Return a span of time in words."""
    hours = int(time.total_seconds()) // 3600
    if hours >= TWO_DAYS_OF_HOURS:
        return f"{hours // 24} days"
    return f"{hours} hours" if hours else f"{int(time.total_seconds())} seconds"
