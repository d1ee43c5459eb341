"""What every command shares: where the home is, which book is meant, and how an answer is printed.

Standard output holds the answer and nothing else: one JSON object under `--json`, a table otherwise. All talk goes to
standard error.
"""

from __future__ import annotations

import functools
import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from lotwork.commands.completing import books
from lotwork.commands.progress import progress
from lotwork.commands.telling import tell, tell_json, without_secrets
from lotwork.ledger.errors import LotworkError, plain
from lotwork.ledger.public_form.parse_words import check_tax_year
from lotwork.ledger.storage.batch import MAIN_BOOK, Head
from lotwork.ledger.storage.files import MOST_SETTINGS_BYTES, read_plain
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.findings_kept import told_of
from lotwork.projections.questions.add_command import findings_in, in_book
from lotwork.reports.findings import list_findings
from lotwork.reports.result import Schema, json_of, schema_of
from lotwork.reports.rows import Row
from lotwork.reports.whole_result import pieces_of_result
from lotwork.service.home import ENVIRONMENT, check_book, check_home, default_home, home_at
from lotwork.service.ledger_place import open_log, open_store

if TYPE_CHECKING:
    from lotwork.alerts.elsewhere import Place
    from lotwork.ledger.clock import Clock
    from lotwork.ledger.history import History
    from lotwork.ledger.store import EventStore
    from lotwork.projections.findings import Finding
    from lotwork.rules.load import Law

FINDINGS = 1
MOST_OF_A_KIND = 4
"""Findings of one code that a terminal is shown in full; of more it is shown the first few."""
FIRST_OF_A_KIND = 2
MOST_LISTED = 20
"""The same where the findings are what was asked for, of every code."""
PENDING = "_pending"
"""How the codes end of what waits for a price."""
SETTINGS = "config.toml"
UNWATCHED = ("run", "init", "add", "install")
"""Commands that show no progress: the daemon, which logs what it does, and those that ask a person."""
ALSO = "LOTWORK_HEADS__ALSO"

Function = TypeVar("Function", bound=Callable[..., Any])


class Call(msgspec.Struct, frozen=True):
    """How the command was called: the home, the book, and the form of the answer."""

    home: Path
    book: str
    as_json: bool
    named: bool = False
    """Whether a person named a home or a book, by an option or in the environment."""

    def log(self, *, begun: bool = True) -> EventLog:
        """Open the log for reading; where it must have *begun*, a home or a book that is not there is refused."""
        log = open_log(self.home)
        if begun:
            check_home(log)
            check_book(log, self.book)
        return log

    def check_named(self) -> None:
        """Refuse a home that is not there, and a book that a person named and that is not there."""
        with open_log(self.home, check_heads=False) as log:
            check_home(log)
            if self.book != MAIN_BOOK:
                check_book(log, self.book)

    def log_of_law(self) -> EventLog:
        """Open the log for what needs no book: a home or a book is refused only where one was named in vain."""
        if self.named:
            self.check_named()
        return open_log(self.home)

    @contextmanager
    def store(self) -> Iterator[EventStore]:
        """Open the store for writing, creating what it needs; tell where it ends elsewhere too, if that is set up."""
        from lotwork.ledger.clock import SystemClock  # noqa: PLC0415 - a reader does not pay for the writer's library

        clock = SystemClock()
        with open_store(self.home, clock=clock) as store:
            yield store
            if self._names_places():
                self._tell_elsewhere({book: store.head(book) for book in store.books()}, clock)

    def places(self) -> tuple[Place, ...]:
        """Return where else the heads are told; none where the settings do not speak of it."""
        if not self._names_places():
            return ()
        from lotwork.alerts.elsewhere import places_of  # noqa: PLC0415 - few homes have any
        from lotwork.config import load  # noqa: PLC0415 - the same

        return places_of(load(self.home).settings.heads, self.home)

    def _names_places(self) -> bool:
        """Return whether the settings may name places: to read them in full costs more than most commands do."""
        if ALSO in os.environ:
            return True
        try:
            lines = read_plain(self.home / SETTINGS, MOST_SETTINGS_BYTES).splitlines()
        except OSError:
            return False
        return any(b"also" in line.partition(b"#")[0] for line in lines)

    def _tell_elsewhere(self, heads: Mapping[str, Head], clock: Clock) -> None:
        from lotwork.alerts.elsewhere import tell  # noqa: PLC0415 - few homes have any

        try:
            troubles = tell(self.places(), heads, clock.now())
        except LotworkError as refused:  # settings that cannot be used are told by who needs them
            troubles = [f"the heads could not be told elsewhere: {refused}"]
        for trouble in troubles:
            self.say(f"lotwork: recorded, but {trouble}")

    def say(self, words: str) -> None:
        """Say something to the person at the terminal."""
        tell(words, err=True)


def called(function: Function) -> Function:
    """Give a command the shared options, wherever they stand, and a Call in their place."""

    @click.option("--home", metavar="DIR", help="Keep all state in DIR.")
    @click.option("--book", metavar="NAME", help="The taxpayer's book.", shell_complete=books)
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
    @click.pass_context
    @functools.wraps(function)
    def wrapper(
        ctx: click.Context, /, *args: Any, home: str | None, book: str | None, as_json: bool, **words: Any
    ) -> Any:
        before = ctx.find_object(dict) or {}
        place = home or before.get("home")
        told = book or before.get("book")
        call = Call(
            home=home_at(place) if place else default_home(),
            book=told or MAIN_BOOK,
            as_json=as_json or bool(before.get("as_json")),
            named=bool(place or told or os.environ.get(ENVIRONMENT)),
        )
        gc.enable()
        if ctx.info_name in UNWATCHED:
            return function(call, *args, **words)
        with progress():
            return function(call, *args, **words)

    return wrapper  # type: ignore[return-value] # click's wrapper takes the options in the function's stead


def check_year(year: int) -> int:
    """Return *year* where it is one that tax law could know."""
    return check_tax_year(year, "--year")


def read_law(directory: Path | None = None, history: History | None = None) -> Law:
    """Return the law, from *directory* or as it came with Lotwork, with the corrections *history* records."""
    from lotwork.rules.load import Law  # noqa: PLC0415 - not every command asks the law

    law = Law.load(directory)
    if history is None:
        return law
    from lotwork.projections.law_in_force import law_in_force  # noqa: PLC0415 - the same

    return law_in_force(history, law)


def answer(  # noqa: PLR0913 - what every result rests on
    call: Call,
    name: str,
    content: Row,
    *,
    log: EventLog,
    law: Law,
    findings: Iterable[Finding] = (),
    show: Callable[[], None] | None = None,
    up_to: int | None = None,
    most: int | None = MOST_OF_A_KIND,
    year: int | None = None,
) -> int:
    """Print a result with what it rests on, and return its exit code: 1 where findings need a person.

    A terminal is shown the first findings of each kind that has more than *most*; all of them where that is None. Where
    they are those of a return, its *year* is in the command that lists the others.
    """
    told = told_of(findings_in(call.book, _with_price_states(call, log, findings)))
    head = log.head(call.book, up_to=up_to)
    if call.as_json:
        print_result(name, content, head=head, law=law, findings=told)
    else:
        if show is not None:
            show()
        show_findings(call.book, told, most=most, year=year)
    return FINDINGS if told else 0


def _with_price_states(call: Call, log: EventLog, findings: Iterable[Finding]) -> Iterable[Finding]:
    """Return *findings*, in which what waits for a price says why it was not had."""
    told = told_of(findings)
    if not any(code.endswith(PENDING) for code in told.codes()):
        return told
    from lotwork.service.price_states import with_price_states  # noqa: PLC0415 - most answers wait for no price

    said = with_price_states(call.home, call.book, log, told)
    return [each._replace(message=without_secrets(each.message)) for each in said]


def show_findings(
    book: str, findings: Sequence[Finding], *, most: int | None = MOST_OF_A_KIND, year: int | None = None
) -> None:
    """List what a person must decide: of each kind the first few, with the command that lists the others."""
    if not findings:
        return
    tell(f"\n{len(findings)} finding{'s' if len(findings) > 1 else ''} to look at:", err=True)
    for code, told in by_code(findings).items():
        shown = told if most is None else first_few(told, most)
        for finding in shown:
            tell(f"  {code}: {plain(finding.message)}", err=True)
        if len(shown) < len(told):
            of_year = "" if year is None else f"--year {year} "
            listed = in_book(f"`lotwork findings {of_year}--code {code}`", book)
            tell(f"  {code}: and {len(told) - len(shown)} more like these: {listed} lists them", err=True)


def by_code(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return *findings* by their code, in the order in which they were told."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.code, []).append(finding)
    return kinds


def first_few(told: list[Finding], most: int = MOST_OF_A_KIND) -> list[Finding]:
    """Return of the findings of one code those that a terminal is shown: all where there are no more than *most*."""
    return told if len(told) <= most else told[:FIRST_OF_A_KIND]


def print_result(
    name: str, content: Row, *, head: Head, law: Law | None = None, findings: Iterable[Finding] = ()
) -> None:
    """Print a result as one JSON object."""
    for piece in pieces_of_result(name, content, head=head, law=law or read_law(), findings=findings):
        tell_json(piece)
    sys.stdout.flush()


def print_alone(name: str, content: Row) -> None:
    """Print as one JSON object what needs no log, or none but one; it has no findings."""
    print_json(json_of(Schema(schema=schema_of(name)), content, list_findings(())))


def print_refusal(refusal: LotworkError) -> None:
    """Print what was refused as one JSON object."""
    from lotwork.reports.refusal import list_refusal  # noqa: PLC0415 - a refusal is rare

    print_json(json_of(list_refusal(refusal)))


def print_failure(error: str, exit_code: int, message: str) -> None:
    """Print as one JSON object what ended a command that was refused by no rule of ours: a slip, the system, a bug."""
    from lotwork.reports.refusal import list_failure  # noqa: PLC0415 - a failure is rare

    print_json(json_of(list_failure(error, exit_code, message)))


def print_json(told: bytes) -> None:
    """Print one JSON object on standard output."""
    tell_json(told)
    sys.stdout.flush()
