"""What the activity was at an instant: a business or a hobby, and when it turned from one into the other.

Law: whether an activity is carried on for profit decides what its receipts and its costs are (26 U.S.C. 162, 183), and
each bill goes by the activity it was paid in: what a hobby cost is deducted nowhere (67(g), 183), and is no start-up
cost either, since those are what a business would have deducted (195(c)(1)(B)). Section 183 speaks of the activity of a
taxable year: a plan, or a finding, may therefore suppose a whole year to be one or the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import BUSINESS, Activity, Profile
from lotwork.ledger.units import MICROSECOND, ONE_DAY
from lotwork.ledger.zones import Calendar

ALWAYS = datetime.min.replace(tzinfo=UTC)
FOR_EVER = datetime.max.replace(tzinfo=UTC)


class Turn(NamedTuple):
    """An instant from which the activity was another, and the profile that says so."""

    at: datetime
    activity: Activity
    profile: str


class Span(NamedTuple):
    """A time without a break in which the activity was a business."""

    begin: datetime
    end: datetime


class Activities(msgspec.Struct, frozen=True):
    """What the activity was at each instant; before the first profile that tells it, what that one says."""

    calendar: Calendar
    first: Activity = BUSINESS
    turns: tuple[Turn, ...] = ()
    whole: Mapping[int, Activity] = msgspec.field(default_factory=dict)
    """Years of which the activity is supposed throughout, whatever was told."""

    @classmethod
    def read(cls, profiles: Iterable[Profile], calendar: Calendar, whole: Mapping[int, Activity]) -> Activities:
        """Return what *profiles*, in order of time, say of the activity."""
        told = [(begins(each.at, calendar), each.activity, each.id) for each in profiles if each.activity is not None]
        first: Activity = told[0][1] if told else BUSINESS
        turns: list[Turn] = []
        for at, activity, profile in told:
            if activity != (turns[-1].activity if turns else first):
                turns.append(Turn(at, activity, profile))
        return cls(calendar, first, tuple(turns), whole)

    def at(self, instant: datetime) -> Activity:
        """Return the activity of *instant*."""
        if self.whole and (supposed := self.whole.get(self.calendar.day(instant).year)):
            return supposed
        if not self.turns:
            return self.first
        place = bisect_right(self.turns, instant, key=_when)
        return self.turns[place - 1].activity if place else self.first

    @property
    def never_turn(self) -> bool:
        """Whether it is one at every instant."""
        return not self.turns and not self.whole

    def on(self, day: date) -> Activity:
        """Return the activity at the end of *day*."""
        return self.at(self.calendar.midnight(day + ONE_DAY) - MICROSECOND)

    def in_year(self, year: int) -> tuple[Activity, ...]:
        """Return what the activity was in *year*, in order: more than one word where it turned within it."""
        begin = self.calendar.midnight(date(year, 1, 1))
        return (self.at(begin), *(turn.activity for turn in self.turns_in(year)))

    def turns_in(self, year: int) -> tuple[Turn, ...]:
        """Return the turns within *year*; one at its very beginning makes no part of it another."""
        begin, end = (self.calendar.midnight(date(each, 1, 1)) for each in (year, year + 1))
        return () if year in self.whole else tuple(turn for turn in self.turns if begin < turn.at < end)

    def is_business(self, year: int) -> bool:
        """Say if the activity was a business in any part of *year*."""
        return BUSINESS in self.in_year(year)

    def left_business(self, day: date) -> date | None:
        """Return the day on which what served a business on *day* stopped serving it; None while it goes on."""
        end = next((span.end for span in self.spans() if self.calendar.midnight(day) < span.end), FOR_EVER)
        return None if end == FOR_EVER else self.calendar.day(end)

    def spans(self) -> tuple[Span, ...]:
        """Return the times in which the activity was a business, in order."""
        years = {each for year in self.whole for each in (year, year + 1)}
        borders = {turn.at for turn in self.turns} | {self.calendar.midnight(date(year, 1, 1)) for year in years}
        edges = (ALWAYS, *sorted(borders), FOR_EVER)
        spans: list[Span] = []
        for begin, end in pairwise(edges):
            known = self.first if begin == ALWAYS else self.at(begin)
            if known == BUSINESS and spans and spans[-1].end == begin:
                spans[-1] = spans[-1]._replace(end=end)
            elif known == BUSINESS:
                spans.append(Span(begin, end))
        return tuple(spans)


def begins(at: datetime, calendar: Calendar) -> datetime:
    """Return when a profile begins to hold: one told for midnight of January 1 in UTC means the taxpayer's own year."""
    new_year = (at.month, at.day) == (1, 1) and at == at.replace(hour=0, minute=0, second=0, microsecond=0)
    return calendar.midnight(at.date()) if new_year else at


def _when(turn: Turn) -> datetime:
    return turn.at
