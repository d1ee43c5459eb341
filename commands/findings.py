"""Every finding of a book, whole, and one answer for all of a kind that ask whether two are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from lotwork.commands.answer import MOST_LISTED, Call, answer, called, check_year, print_result
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.completing import codes
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError, UsageError
from lotwork.ledger.events import US
from lotwork.projections.findings import each_once
from lotwork.projections.questions.add_command import in_book
from lotwork.projections.questions.in_suspense import IN_SUSPENSE
from lotwork.reports.findings import list_counts, list_settled

if TYPE_CHECKING:
    from lotwork.ledger.storage.log import EventLog
    from lotwork.projections.as_of import Folded
    from lotwork.projections.findings import Finding


@click.command("findings")
@click.option("--year", type=int, metavar="Y", help="With those of the year's return, by US law.")
@click.option("--code", metavar="CODE", shell_complete=codes, help="Only those of one code, as row_told_twice.")
@click.option("--are-two", "reason", metavar="REASON", help="Record that each of them tells a thing of its own.")
@called
@reading
def findings_command(
    call: Call, *, year: int | None, code: str | None, reason: str | None, options: AsOfOptions
) -> int:
    """List the findings: what must be decided or mended, and what to do about it; of one --code each of them."""
    if reason is not None and (code is None or options != AsOfOptions()):
        raise UsageError("--are-two answers what is asked now, of one code: give --code, and no day, position or law")
    if year is not None:
        check_year(year)
    with call.log() as log:
        folded = options.fold(call, log, () if year is None else (year,))
        told = each_once(folded.book.told() if year is None else _of_year(call, log, folded, year, options))
        if any(finding.code == IN_SUSPENSE for finding in told):
            from lotwork.service.sources_said import sources_of, with_sources  # noqa: PLC0415 - only who waits is looked up

            with suppress(ConfigError):  # settings that cannot be read name nobody, and hold up no list
                told = with_sources(told, sources_of(call.home, call.book))
        shown = tuple(finding for finding in told if code in (None, finding.code))
        if reason is not None:
            return _settle(call, log, code or "", shown, reason)
        listing = list_counts(Counter(finding.code for finding in told))
        ended = answer(
            call, "findings", listing, log=log, law=folded.law, findings=shown, up_to=folded.book.history.up_to,
            most=MOST_LISTED if code is None else None, year=year,
        )  # fmt: skip
    if not shown and not call.as_json:
        of = "of that code " if code else ""
        of_year = in_book("`lotwork findings --year Y`", call.book)
        more = "" if year else f"; those of a year's return as well: {of_year}"
        tell(f"Nothing {of}is to be decided or mended{more}")
    many = Counter(finding.code for finding in shown if _asks_if_two(call.book, finding))
    for asked, count in many.items():
        if count > 1:
            command = in_book(f"`lotwork findings --code {asked} --are-two REASON`", call.book)
            call.say(f"Each of these {count} tells a thing of its own? Say so of all of them: {command}")
    return ended


def _of_year(call: Call, log: EventLog, folded: Folded, year: int, options: AsOfOptions) -> Iterator[Finding]:
    """Yield the findings of the return of *year*, and what is asked of the brokers' forms of it."""
    from lotwork.reports.answers import findings_of_brokers  # noqa: PLC0415 - only a year has forms

    yield from _of_return(folded, year, options)
    yield from findings_of_brokers(folded, year, lambda years: options.fold(call, log, years))


def _of_return(folded: Folded, year: int, options: AsOfOptions) -> Sequence[Finding]:
    """Return the findings of the return of *year*, those of the book among them."""
    from lotwork.projections.filer.taxpayer import year_end  # noqa: PLC0415 - only a year has a return
    from lotwork.reports.answers import answer_liability  # noqa: PLC0415 - the same

    book = folded.book
    jurisdiction = book.taxpayer.profile_on(year_end(year)).jurisdiction
    if jurisdiction != US:
        raise UsageError(f"the profile is under the law of {jurisdiction}: `lotwork liability` tells of its year")
    today = options.as_of or book.history.calendar.day(SystemClock().now())
    return answer_liability(folded, year, today, tax_table=False, as_filed=options.as_filed).findings


def _asks_if_two(book: str, finding: Finding) -> bool:
    """Say if *finding* is answered by saying that its event is a thing of its own."""
    from lotwork.projections.questions.asking import two_things  # noqa: PLC0415 - a home without findings asks nothing

    return finding.event is not None and two_things(book, finding.event) in finding.message


def _settle(call: Call, log: EventLog, code: str, shown: Sequence[Finding], reason: str) -> int:
    """Record of each event that *shown* asks about that it is another than it was held to be, all or none."""
    from lotwork.commands.record import record  # noqa: PLC0415 - only who answers writes
    from lotwork.ledger.intake import Intake  # noqa: PLC0415 - the same
    from lotwork.ledger.public_form.jsonlines import TextLine  # noqa: PLC0415 - the same
    from lotwork.ledger.public_form.parse_words import print_instant  # noqa: PLC0415 - the same
    from lotwork.projections.questions.asking import TWO  # noqa: PLC0415 - the same
    from lotwork.service.by_hand import check  # noqa: PLC0415 - the same

    targets = dict.fromkeys(finding.event for finding in shown if _asks_if_two(call.book, finding))
    if not targets:
        raise UsageError(f"--code {code}: nothing of that code is asked that this answers: see `lotwork findings`")
    now = SystemClock().now()
    intake = Intake(log, call.book, now=now)
    said = {"kind": "correction", "at": print_instant(now), "set": TWO, "reason": reason}
    intake.take([TextLine(f"findings {code}", said | {"target": target}) for target in targets], None)
    check(intake)
    (done,) = record(call, intake)
    if call.as_json:
        print_result("findings_settled", list_settled(code, len(done.new)), head=done.head)
    else:
        tell(f"{len(done.new)} events of {code} are things of their own: recorded, with your reason")
    return 0
