"""Where the taxpayer lived in a year: one state all year, or a move, which asks for two returns of a part of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from lotwork.ledger.events import STATE_OF_LOCALITY, US, Locality, State
from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.filer.taxpayer import Taxpayer, year_end
from lotwork.projections.findings import Finding
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law
from lotwork.rules.us.states.table import StateTable, covered

ADD = "lotwork add profile at={year}-01-01T00:00:00Z state={state}"

UNKNOWN_FORM = "its return of a part of the year"
NO_INCOME_TAX = "no income tax"


class Stay(NamedTuple):
    """From a day of the year on: where."""

    since: date
    state: State
    locality: Locality | None

    @property
    def place(self) -> str:
        """The name of the state, with the city whose tax is due too."""
        return STATES[self.state] if self.locality is None else f"{STATES[self.state]} ({self.locality})"


class Residence(NamedTuple):
    """Where a taxpayer lived in a year, in order; empty where no profile names a state, or the country is another."""

    year: int
    stays: tuple[Stay, ...] = ()
    told_since: date | None = None
    """The day from which a profile names a state, the first that does; of the time before nobody said."""
    came: date | None = None
    """The day within the year from which the taxpayer's country is the United States; None: all year."""

    @property
    def state(self) -> State | None:
        """The state at the end of the year."""
        return self.stays[-1].state if self.stays else None

    @property
    def locality(self) -> Locality | None:
        """The city there."""
        return self.stays[-1].locality if self.stays else None

    @property
    def moved(self) -> bool:
        """Whether the year was not spent in one place."""
        return len(self.stays) > 1 or self.came is not None

    @property
    def is_assumed(self) -> bool:
        """Whether the state is one that a profile names only later in the year, or after it."""
        return bool(self.stays) and self.told_since is not None and self.stays[0].since < self.told_since

    @property
    def states(self) -> frozenset[State]:
        """Every state of the year."""
        return frozenset(stay.state for stay in self.stays)


def residence_in(taxpayer: Taxpayer, year: int) -> Residence:
    """Return where *taxpayer* lived in *year*: as in force when it began, and as told from each day within it."""
    if taxpayer.profile_on(year_end(year)).jurisdiction != US:
        return Residence(year)
    told = {taxpayer.since(profile) for profile in taxpayer.profiles}
    named = [taxpayer.since(profile) for profile in taxpayer.profiles if profile.state is not None]
    days = sorted({date(year, 1, 1), *(day for day in told if day.year == year)})
    stays: list[Stay] = []
    came: date | None = None
    was_abroad = False
    for day in days:
        state, locality = (profile := taxpayer.profile_on(day)).state, profile.locality
        if profile.jurisdiction != US:
            stays, was_abroad = [], True
            continue
        came, was_abroad = day if was_abroad else came, False
        locality = locality if state == STATE_OF_LOCALITY else None
        if state is not None and (not stays or (stays[-1].state, stays[-1].locality) != (state, locality)):
            stays.append(Stay(day, state, locality))
    return Residence(year, tuple(stays), min(named, default=None), came)


def none_told(year: int) -> str:
    """Return what is said where no profile names a state; it is no finding, since many a book needs none."""
    return (
        f"No state is told, so the tax of the state is not reckoned: record the one you lived in, "
        f"`{told_command(year, 'XX')}`."
    )


def of_residence(taxpayer: Taxpayer, residence: Residence, law: Law) -> Iterator[Finding]:
    """Yield what a person must decide about where the taxpayer lived."""
    profile = taxpayer.profile_on(year_end(residence.year))
    if profile.jurisdiction != US and profile.state is not None:
        yield Finding(
            "state_of_another_country",
            f"a profile names the state {profile.state}, and the one in force in {residence.year} says "
            f"{profile.jurisdiction}: no state's tax is reckoned; correct the one that is wrong",
        )
    if profile.locality is not None and residence.stays and residence.state != STATE_OF_LOCALITY:
        yield Finding(
            "locality_elsewhere",
            f"a profile names {profile.locality}, which lies in {STATE_OF_LOCALITY}, and the state in force in "
            f"{residence.year} is {residence.state}: the city's tax is not reckoned; correct `state` or `locality`",
        )
    yield from _told_apart(taxpayer, residence.year)
    yield from _city_left(taxpayer, residence.year)
    if residence.moved:
        yield _moved(residence, law)
    elif residence.is_assumed and residence.state is not None:
        yield told_later(residence, residence.state, "its return is reckoned as one of all the year")


def told_later(residence: Residence, state: State, what: str) -> Finding:
    """Return the finding that nobody said where the taxpayer lived in the year of *residence*; *what* rests on it."""
    return Finding(
        "state_told_later",
        f"no profile names the state you lived in before {residence.told_since}: {STATES[state]} is taken for "
        f"{residence.year} too, and {what}; if it was, record `{told_command(residence.year, state)}`, else name the "
        "state that it was",
        state,
    )


def told_command(year: int, state: str) -> str:
    """Return the command that names *state* from the beginning of *year* on."""
    return ADD.format(year=year, state=state)


def _told_apart(taxpayer: Taxpayer, year: int) -> Iterator[Finding]:
    """Yield each day of *year* of which profiles name different states: the one recorded last is taken."""
    told: dict[date, list[State]] = {}
    for profile in taxpayer.profiles:
        day = taxpayer.since(profile)
        if profile.state is not None and day.year == year:
            told.setdefault(day, []).append(profile.state)
    for day, states in told.items():
        if len(set(states)) > 1:
            yield Finding(
                "states_of_one_day",
                f"profiles of {day} name {' and '.join(dict.fromkeys(states))}: {states[-1]}, told last, is taken; "
                "correct the `state` or the `at` of the one that is wrong",
            )


def _city_left(taxpayer: Taxpayer, year: int) -> Iterator[Finding]:
    """Yield each profile of *year* that names the state in force again, and not the city there that was told before.

    A city told before any state names its state too.
    """
    state: State | None = None
    city: Locality | None = None
    for profile in taxpayer.profiles:
        day, again = taxpayer.since(profile), profile.state is not None and profile.state == state
        if again and city is not None and profile.locality is None and day.year == year:
            yield Finding(
                "locality_left",
                f"{profile.id} names {state} again and no city, and {city} was told before: from {day} on its tax is "
                f"not reckoned; if you live there still, correct it to say locality={city}, or leave `state` out of it",
                profile.id,
            )
        if profile.state is not None or profile.locality is not None:
            city = profile.locality
            state = profile.state or state or (None if city is None else STATE_OF_LOCALITY)


def _moved(residence: Residence, law: Law) -> Finding:
    """Return the finding of a move, with the form that each state has for a part of the year."""
    year, spans = residence.year, []
    if residence.came is not None:
        spans.append(f"another country until {residence.came - ONE_DAY}")
    ends = [*(stay.since - ONE_DAY for stay in residence.stays[1:]), year_end(year)]
    for stay, end in zip(residence.stays, ends, strict=True):
        spans.append(f"{stay.place} from {stay.since} to {end} ({part_year_form(law, stay.state, year)})")
    return Finding(
        "moved_states",
        f"you lived in {' and in '.join(spans)}: each asks for the return of a part of the year, which is not reckoned "
        f"here, so no state's tax of {year} is; file them by hand, or correct the `at` of the profile, if you lived in "
        "one state all year",
    )


def part_year_form(law: Law, state: State, year: int) -> str:
    """Return the form that *state* has for a part of the year and for a nonresident, as far as its table says."""
    if state not in covered(law):
        return UNKNOWN_FORM
    try:
        return StateTable(law, state, year).text("part_year_form") or NO_INCOME_TAX
    except UnknownFigureError:
        return UNKNOWN_FORM
