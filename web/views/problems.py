"""The page of problems: every finding in plain words, what it does to the figures, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lotwork.ledger.events import Event
from lotwork.projections.findings import Finding
from lotwork.web.answering import answers_in_words
from lotwork.web.daemon_status import DaemonStatus
from lotwork.web.reading import Reading
from lotwork.web.remedies import EVENT, REMEDIES, Remedy, acknowledgement, command_for
from lotwork.web.wording import day, words

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Told:
    """One finding: its sentence, the event it stands at, and what that event is."""

    message: str
    event: str
    about: str
    command: str = ""
    """What mends this one, where each finding of its code has a command of its own."""
    otherwise: str = ""
    answers: tuple[tuple[int, str], ...] = ()
    """The commands that a form can fill in, each by its number and what it records."""


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Every finding of one code; `more` were left out of `shown`."""

    code: str
    title: str
    stops: bool
    """Whether `lotwork file` stops at one of them."""
    count: int
    command: str
    otherwise: str
    """The command that gives the other answer, where it is a question."""
    acknowledge: str
    """The command that files all the same, where it stops and nothing else answers it."""
    shown: Sequence[Told]

    @property
    def each(self) -> bool:
        """Whether each finding that is shown has its own command."""
        return any(told.command for told in self.shown)

    @property
    def more(self) -> int:
        """How many findings are not shown."""
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True)
class SourceTrouble:
    """A source that cannot go on, and why in its own words, a line each."""

    name: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class ProblemsView:
    """What the page shows, what stops a return first."""

    count: int
    stopping: int
    groups: tuple[ProblemGroup, ...]
    troubles: tuple[SourceTrouble, ...]


def problems_view(reading: Reading, status: DaemonStatus | None = None) -> ProblemsView:
    """Return the findings of *reading*, one group a code, and what keeps its sources from going on."""
    codes = dict.fromkeys(finding.code for finding in reading.findings)
    groups = sorted(_groups(reading, codes), key=lambda group: (not group.stops, bool(group.acknowledge)))
    return ProblemsView(
        count=len(reading.findings),
        stopping=len(reading.stops),
        groups=tuple(groups),
        troubles=tuple(_troubles(reading.book, status)) if status else (),
    )


def _troubles(book: str, status: DaemonStatus) -> Iterator[SourceTrouble]:
    for (of, name), (answer, _) in sorted(status.sources().items()):
        if of == book and answer.trouble:
            yield SourceTrouble(name, answer.trouble.splitlines())


def _groups(reading: Reading, codes: dict[str, None]) -> Iterator[ProblemGroup]:
    for code in codes:
        told = [finding for finding in reading.findings if finding.code == code]
        told.sort(key=lambda finding: finding not in reading.stops)
        first, remedy = told[0], REMEDIES.get(code, Remedy(words(code)))
        stops = first in reading.stops
        answered = not stops or bool(remedy.command) or "`lotwork " in first.message
        named = acknowledgement(reading.book, code, reading.year)
        yield ProblemGroup(
            code=code,
            title=remedy.title,
            stops=stops,
            count=len(told),
            command=command_for(remedy, reading.book, first.event, reading.year, reading.today),
            otherwise=command_for(remedy, reading.book, first.event, reading.year, reading.today, otherwise=True),
            acknowledge="" if answered else named,
            shown=tuple(_told(reading, told[:MOST_SHOWN], remedy)),
        )


def _told(reading: Reading, findings: Sequence[Finding], remedy: Remedy) -> Iterator[Told]:
    """Yield *findings* with what their events are: the day, the coins, the wallet; and with the command of each.

    A command that is the same for all of them stands once, with the group.
    """
    each = len(findings) > 1 and EVENT in remedy.command
    ids = {finding.event for finding in findings if finding.event}
    log = reading.history.log.read(reading.book, up_to=reading.head.position, ids=ids) if ids else ()
    about = {event.id: _about(reading, event) for _, event in log}
    for finding in findings:
        answers = tuple(enumerate(answers_in_words(reading, finding)))
        told = Told(finding.message, finding.event or "", about.get(finding.event or "", ""), answers=answers)
        if each:
            command, otherwise = (
                command_for(remedy, reading.book, finding.event, reading.year, reading.today, otherwise=other)
                for other in (False, True)
            )
            told = replace(told, command=command, otherwise=otherwise)
        yield told


def _about(reading: Reading, event: Event) -> str:
    parts = [day(reading.history.calendar.day(event.at))]
    quantity, asset = getattr(event, "quantity", None), getattr(event, "asset", None)
    if quantity is not None and asset is not None:
        parts.append(f"{reading.coins(quantity, asset)} {asset}")
    wallet = getattr(event, "wallet", None) or getattr(event, "from_wallet", None)
    return ", ".join([*parts, wallet] if wallet else parts)
