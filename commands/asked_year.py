"""The tax year a command is asked for: the one that is named, or this year where the filer lives, and it says so."""

from __future__ import annotations

from datetime import date

import click

from lotwork.commands.answer import Call, check_year
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.log import EventLog

Year = click.option("--year", type=int, metavar="Y", help="The tax year.  [default: this one]")


def asked_year(call: Call, year: int | None, as_of: date | None = None) -> int:
    """Return *year* where it is named and can be asked for; else that of the day *as_of*, or of the filer's today."""
    if year is not None:
        return check_year(year)
    with call.log() as log:
        return this_year(call, log, as_of)


def this_year(call: Call, log: EventLog, as_of: date | None = None) -> int:
    """Return the year of the day *as_of*, or else of the filer's today, and say which it is."""
    if as_of is not None:
        call.say(f"No --year is given: this is of {as_of.year}, the year of the day that is named.")
        return check_year(as_of.year)
    from lotwork.ledger.history import History  # noqa: PLC0415 - who names a year reads no calendar for it

    calendar, now = History.read(log, call.book).calendar, SystemClock().now()
    year = calendar.day(now).year
    call.say(f"No --year is given: this is of {year}, the year it is in {calendar.zone(now).key}.")
    return check_year(year)
