"""Which years a state's table tells, and what to do about one that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.figures import Entry
from lotwork.rules.load import Law
from lotwork.rules.us.states.table import topic_of


def years_told(law: Law, state: str) -> tuple[int, ...]:
    """Return the years all of whose figures the table of *state* has, of those that any figure is told for by year.

    Empty where no figure changes by the year: then it tells every year from `first_year` on.
    """
    entries = tuple(_entries(law, state))
    years = sorted({version.from_.year for entry in entries if entry.indexed for version in entry.in_force})
    return tuple(year for year in years if _is_told(entries, year))


def first_year(law: Law, state: str) -> int:
    """Return the first year that every figure of the table of *state* tells, where none ends with its year."""
    return max(min(version.from_ for version in entry.in_force).year for entry in _entries(law, state))


def not_told(law: Law, state: str, year: int) -> str:
    """Return which years the table of *state* tells, and what to do about *year*; empty where *year* is among them."""
    years = years_told(law, state)
    if year in years or (not years and year >= first_year(law, state)):
        return ""
    which = " and ".join(map(str, years)) if years else f"the years from {first_year(law, state)} on"
    return (
        f"the table of {state} tells {which}, not {year}: make the return of that year by hand from the federal one, "
        f"on the state's forms of the year and with its own depreciation (`lotwork rules missing --year {year} "
        f"--state {state}` lists what the table lacks)"
    )


def why(law: Law, state: str, year: int, lacks: UnknownFigureError) -> str:
    """Return why *year* is not reckoned: the years the table tells where it is none of them, else what it *lacks*."""
    words = not_told(law, state, year)
    return f"{words}; first of all: {lacks}" if words else f"{lacks}"


def _entries(law: Law, state: str) -> Iterator[Entry]:
    topic = topic_of(law, state)
    yield from map(law.entry, law.paths(lambda each: each == topic))


def _is_told(entries: tuple[Entry, ...], year: int) -> bool:
    day = date(year, 1, 1)
    return all(not entry.is_law(day) or entry.on(day) is not None for entry in entries)
