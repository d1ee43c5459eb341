"""`lotwork file`: a year's return is recorded as it was filed, and nothing open is passed over in silence.

What is recorded is enough to come back to: the figures, the law and where it is kept, the position and head of the log,
and as evidence the exact bytes that `lotwork liability --year Y --up-to POSITION --law filed --json` prints.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import click
import msgspec

from lotwork.commands.answer import Call, Year, by_code, called, check_year, first_few, print_result
from lotwork.commands.as_of_options import DAY, AsOfOptions
from lotwork.commands.tax import total_in_words
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.codec import derived_id
from lotwork.ledger.errors import InputRefusedError, Problem, UsageError
from lotwork.ledger.events import Filing
from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import MAIN_BOOK, Batch, Head
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.filing.check import Prepared, acknowledged, name_of, prepare
from lotwork.projections.filing.filed import FiguresAsFiled, filings
from lotwork.projections.filing.line_changes import entries_as_filed, line_changes
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import in_book
from lotwork.projections.replay.checkpoint import program_digest
from lotwork.reports.filing import FileListing, figures_as_filed
from lotwork.reports.tax import LiabilityListing, list_liability
from lotwork.reports.upkeep import head_row
from lotwork.reports.whole_result import result_of
from lotwork.rules.law_archive import LawArchive
from lotwork.web.remedies import REMEDIES, command_for

PROGRAM = ("ledger", "projections", "reports", "rules")
"""The rooms that make a return."""
SETTLED_ONLY = frozenset({"jurisdiction_not_us", "mining_income_deferred"})
"""What cannot be acknowledged: a return under the wrong country's law, or under one that is only supposed, is none."""


@dataclass(frozen=True, slots=True)
class Return:
    """A return that can be filed, with the bytes it is answered with."""

    year: int
    day: date
    at: datetime
    head: Head
    prepared: Prepared
    listing: LiabilityListing
    answer: bytes
    acknowledged: tuple[str, ...]
    before: Filing | None
    """The filing it amends."""

    def event(self, law_files: str | None, evidence: str | None) -> Filing:
        """Return the event that records it."""
        told = Filing(
            id="",
            at=self.at,
            evidence=evidence,
            year=self.year,
            figures=figures_as_filed(self.listing).plain,
            law=self.prepared.law.digest,
            position=self.head.position,
            head=self.head.hash,
            law_files=law_files,
            program=program_digest(PROGRAM),
            acknowledged=self.acknowledged,
        )
        return msgspec.structs.replace(told, id=derived_id(told))

    def idle(self, names: Iterable[str]) -> list[str]:
        """Return those of *names* that acknowledge nothing."""
        used = {name for own in self.acknowledged for name in (own, own.partition(":")[0])}
        return [name for name in names if name not in used]

    @property
    def repeats(self) -> Filing | None:
        """The filing this one would only repeat: the same figures, by whatever edition of the law they came.

        The law's digest covers its formulas, so that it is another with every release; a return with the figures of the
        one before it amends nothing.
        """
        same = self.before is not None and _same(self.before.figures, figures_as_filed(self.listing))
        return self.before if same else None


@click.command("file")
@Year
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


def _same(before: Mapping[str, object], now: FiguresAsFiled) -> bool:
    """Say if two returns tell the same: every figure the one *before* has, and no line with another amount.

    A release may drop a sum that stands on no line, or tell a line or a figure more.
    """
    try:
        old = msgspec.convert(dict(before), FiguresAsFiled)
    except msgspec.ValidationError:
        return False
    same = all(now.summary.get(name) == amount for name, amount in old.summary.items())
    who = (old.status, old.activity) == (now.status, now.activity)
    return who and same and not line_changes(entries_as_filed(old.lines), entries_as_filed(now.lines))


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
    head = log.head(call.book)
    history = History.read(log, call.book, up_to=head.position)
    now = SystemClock().now()
    today = history.calendar.day(now)
    day = filed_on or today
    if day.year <= year:
        raise InputRefusedError(f"the year {year} is not over on {day}: its return is filed from {year + 1}-01-01 on")
    if day > today:
        raise InputRefusedError(f"--filed-on {day}: that day has not come yet: record the return once it is filed")
    book, law = AsOfOptions(up_to=head.position).fold(call, log, (year,), from_zero=True)
    prepared = prepare(book, law, year, now)
    settled, still_open = acknowledged(prepared.open, names)
    if still_open:
        raise InputRefusedError(
            f"the return of {year} is not filed, nothing was recorded: {len(still_open)} open",
            list(_problems(still_open, call.book, year, today)),
        )
    listing = list_liability(prepared.owed)
    told = (*book.told(), *prepared.owed.findings)
    answer = result_of("liability", listing, head=head, law=prepared.law, findings=told)
    earlier = filings(history, year)
    noon = history.calendar.midnight(day) + timedelta(hours=12)
    return Return(
        year=year,
        day=day,
        at=now if filed_on in (None, today) else noon,
        head=head,
        prepared=prepared,
        listing=listing,
        answer=answer,
        acknowledged=tuple(dict.fromkeys(settled)),
        before=earlier[-1] if earlier else None,
    )


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
    for name in event.acknowledged:
        tell(f"  acknowledged: {name}")
    if recorded:
        tell(f"The same bytes again: lotwork liability --year {made.year}{book} --up-to {made.head.position} "
                   "--law filed --json")  # fmt: skip
    return 0
