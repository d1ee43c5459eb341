"""`lotwork file`: a year's return is recorded as it was filed, and nothing open is passed over in silence.

What is recorded is enough to come back to: the figures, the law and where it is kept, the position and head of the log,
and as evidence the exact bytes that `lotwork liability --year Y --up-to POSITION --law filed --json` prints.
"""

from __future__ import annotations

import difflib
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime

import click
from msgspec import UNSET

from lotwork.commands.answer import MOST_LISTED, Call, by_code, called, check_year, first_few, print_result
from lotwork.commands.as_of_options import DAY
from lotwork.commands.tax import total_in_words
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import InputRefusedError, Problem, UsageError
from lotwork.ledger.events import Filing
from lotwork.ledger.storage.batch import MAIN_BOOK, Batch, Head
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.filing.check import name_of
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import in_book
from lotwork.reports.filing import FileListing, state_of
from lotwork.reports.states import state_in_words
from lotwork.reports.upkeep import head_row
from lotwork.rules.law_archive import LawArchive
from lotwork.service.return_filing import SETTLED_ONLY, Return, make_return
from lotwork.web.remedies import REMEDIES, command_for


@click.command("file")
@click.option("--year", type=int, required=True, metavar="Y", help="The tax year.")
@click.option("--acknowledge", "names", multiple=True, metavar="CODE[:EVENT]", help="File though this is open.")
@click.option("--filed-on", type=DAY, metavar="DATE", help="The day it was filed.  [default: today]")
@click.option("--dry-run", is_flag=True, help="Check everything, record nothing.")
@called
def file_command(call: Call, *, year: int, names: tuple[str, ...], filed_on: datetime | None, dry_run: bool) -> int:
    """Record a year's return as filed; refused while anything is open that is not acknowledged by name."""
    check_year(year)
    _check_names(names)
    with call.log() as log:
        made = _return(call, log, year, names, None if filed_on is None else filed_on.date())
    for name in made.idle(names):
        call.say(f"--acknowledge {name}: nothing of that name is open")
    known = made.repeats
    if known is not None or dry_run:
        return _say(call, made, known or made.event(None, None), made.head, recorded=False)
    event = made.event(LawArchive(call.home).keep(made.prepared.law), Evidence(call.home).keep(made.answer))
    with call.store() as store:
        (done,) = store.append(Batch(call.book, (event,), expected=made.head.position))
    return _say(call, made, event, done.head, recorded=True)


def _check_names(names: Iterable[str]) -> None:
    """Refuse what names no finding; `all` among it, since each is to be looked at."""
    for name in names:
        code = name.partition(":")[0]
        if code == "all":
            raise UsageError("--acknowledge all: each finding is acknowledged by its own name, after a look at it")
        if code in SETTLED_ONLY:
            raise UsageError(f"--acknowledge {name}: this is settled, not acknowledged: {REMEDIES[code].title}")
        if code not in REMEDIES:
            near = difflib.get_close_matches(code, REMEDIES, 1)
            hint = f"did you mean {near[0]}?" if near else "the refusal names those that are open"
            raise UsageError(f"--acknowledge {name}: no finding has that code: {hint}")


def _return(call: Call, log: EventLog, year: int, names: tuple[str, ...], filed_on: date | None) -> Return:
    log.check_written(call.book)
    made = make_return(call.home, log, call.book, year, names, filed_on, SystemClock().now())
    if made.still_open:
        today = made.history.calendar.day(SystemClock().now())
        raise InputRefusedError(
            f"the return of {year} is not filed, nothing was recorded: {len(made.still_open)} open",
            list(_problems(made.still_open, call.book, year, today)),
        )
    return made


def _problems(still_open: Iterable[Finding], book: str, year: int, today: date) -> Iterator[Problem]:
    for code, told in by_code(still_open).items():
        shown = first_few(told)
        for finding in shown:
            yield _problem(finding, book, year, today)
        if len(shown) < len(told):
            listed = in_book(f"`lotwork findings --year {year} --code {code}`", book)
            yield Problem(f"year {year}", code, f"and {len(told) - len(shown)} more like these", f"{listed} lists them")


def _problem(finding: Finding, book: str, year: int, today: date) -> Problem:
    remedy = REMEDIES.get(finding.code)
    command = command_for(remedy, book, finding.event, year, today) if remedy else ""
    other = command_for(remedy, book, finding.event, year, today, otherwise=True) if remedy else ""
    settle = f"settle it ({command}; or the other way: {other})" if other else f"settle it ({command})"
    settle = settle if command else "settle it as it says" if "`lotwork " in finding.message else "settle it"
    name = shlex.quote(name_of(finding))
    also = "" if finding.code in SETTLED_ONLY else f", or file all the same with --acknowledge {name}"
    return Problem(finding.event or f"year {year}", finding.code, finding.message, settle + also)


def _say(call: Call, made: Return, event: Filing, head: Head, *, recorded: bool) -> int:
    amends = None if made.before is None or made.before.id == event.id else made.before.id
    if call.as_json:
        listing = FileListing(
            year=made.year,
            filing=event.id if recorded or made.repeats else None,
            recorded=recorded,
            filed_on=made.day,
            amends=amends,
            made_from=head_row(made.head),
            law_filed=event.law,
            law_files=event.law_files,
            program=event.program,
            evidence=event.evidence,
            acknowledged=event.acknowledged,
            status=made.listing.status,
            activity=made.listing.activity,
            summary=made.listing.summary,
            state=state_of(event) or UNSET,
        )
        print_result("file", listing, head=head, law=made.prepared.law)
        return 0
    if made.repeats:
        tell(f"The return of {made.year} is filed with these figures already: {event.id}")
    else:
        done = f"filed, as {event.id}" if recorded else "ready to be filed; nothing was recorded (--dry-run)"
        tell(f"The return of {made.year} is {done}.")
    book = "" if call.book == MAIN_BOOK else f" --book {shlex.quote(call.book)}"
    if amends is not None:
        tell(f"It amends {amends}: see `lotwork diff --filed {made.year}{book}` before it.")
    tell(total_in_words(made.listing))
    tell("By the Tax Table, as a filed return is: `lotwork liability` alone reckons to the cent.")
    state = made.prepared.state
    if state.state is not None:
        what = f"{state.computed.form} is recorded with it" if state.computed and state.is_filed else "none is recorded"
        tell(next(state_in_words(state)))
        tell(f"The return of the state: {what}.")
    many = Counter(name.partition(":")[0] for name in event.acknowledged)
    shown = (name if many[code := name.partition(":")[0]] <= MOST_LISTED else f"{code}, {many[code]:,} of them"
             for name in event.acknowledged)  # fmt: skip
    for words in dict.fromkeys(shown):
        tell(f"  acknowledged: {words}")
    if recorded:
        tell(f"The same bytes again: lotwork liability --year {made.year}{book} --up-to {made.head.position} "
                   "--law filed --json")  # fmt: skip
    return 0
