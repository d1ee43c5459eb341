"""A file that is dropped on a page: what each of its rows becomes, by the reading of `lotwork import`, and the record.

What is recorded is what was previewed: the same bytes by their SHA-256, the same settings, at the same position of the
log, and the same events by a digest of them all. The file itself waits in the session and is kept nowhere.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from lotwork.ingest.profiles.home_zone import zone_of
from lotwork.ingest.profiles.profile import profiles
from lotwork.ingest.profiles.reading import told_of
from lotwork.ingest.sheets.column_map import presets
from lotwork.ledger.codec import encode, kind_of
from lotwork.ledger.errors import BusyError, InputRefusedError, Problem, UsageError
from lotwork.ledger.events import AssetDeclared, Event
from lotwork.ledger.evidence_told import DIGEST, EvidenceTold
from lotwork.ledger.intake import Intake
from lotwork.ledger.public_form.jsonlines import TextBlock, TextLine, line_by_line
from lotwork.ledger.public_form.parse_words import TAX_YEARS, parse_instant, print_instant
from lotwork.ledger.storage.batch import Appended, Batch
from lotwork.ledger.units import AmountError
from lotwork.service.by_hand import check
from lotwork.service.file_import import FileTold, Import, settings_of
from lotwork.service.file_import import Reading as FileReading
from lotwork.web.acting import MOVED_ON, NONCE_LETTERS, NOT_READY, Acting, id_of, why_not
from lotwork.web.acts.act import Field, Told
from lotwork.web.forms_sent import MOST_FILE_BYTES, Sent
from lotwork.web.preview_tables import Effect, RowLine, of_import
from lotwork.web.reading import Reading
from lotwork.web.sessions import Session
from lotwork.web.uploaded import file_name, opened
from lotwork.web.views.event import in_brief

FILE, NAME, MAP, WALLET, SAYS, REVISE, DIGEST_SENT = "file", "file_name", "map", "wallet", "says", "revise", "digest"
SETTING = "set_"
"""How the name of a field begins that asks what `--set` says."""
ASKED_FOR = re.compile(r"--set '?([a-z_]{1,40})=")
MOST_ROWS, MOST_PROBLEMS, MOST_ASKED, MOST_DONE = 300, 100, 12, 20
BY_FACE = (("", "Known by its columns"),)
NO_FILES_OF_OURS = "a page reads no file of this machine"


class Between(NamedTuple):
    """The positions between which an import recorded: after the first, up to the last."""

    after: int
    upto: int


@dataclass(frozen=True, slots=True)
class ImportView:
    """What the page shows: its form; and, where `name` is there, what became of every row of the file."""

    fields: tuple[Field, ...]
    told: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...] = ()
    more_problems: int = 0
    says: str = ""
    name: str = ""
    sentences: tuple[str, ...] = ()
    """What no event tells: which rows are left out and why, which say the same, and which columns nothing reads."""
    asked: tuple[str, ...] = ()
    """What of the rows left out waits for a person's word."""
    revisions: tuple[str, ...] = ()
    revises: bool = False
    rows: tuple[RowLine, ...] = ()
    more_rows: int = 0
    new: int = 0
    known: int = 0
    effects: tuple[Effect, ...] = ()
    effect_year: int = 0
    position: int = 0
    head: str = ""
    digest: str = ""
    done: Between | None = None
    """What was recorded just now."""


class Work(NamedTuple):
    """A file as it was read: what became of it, all its events with the corrections, and those that are new."""

    done: Import
    events: tuple[Event, ...]
    new: tuple[Event, ...]

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all the events, in their order."""
        return hashlib.sha256(b"\n".join(map(encode, self.events))).hexdigest()


@dataclass(frozen=True, slots=True)
class Importing:
    """The one who previews and records files, with what the acts have."""

    acting: Acting

    def opened(self, done: Between | None = None) -> ImportView:
        """Return the empty form, below what was recorded just now."""
        begun = print_instant(self.acting.clock.now())
        nonce = secrets.token_hex(NONCE_LETTERS // 2)
        return ImportView(_fields({}, ()), (("nonce", nonce), ("begun", begun)), done=done)

    def preview(self, reading: Reading, sent: Sent, session: Session) -> ImportView:
        """Return what the file that was sent would become, or the form with what is wrong."""
        told = _with_file(sent, session)
        try:
            work = self._read(reading, told, session)
        except (InputRefusedError, UsageError) as refused:
            return _refused(told, refused)
        return self._shown(reading, told, work, session)

    def record(self, reading: Reading, sent: Sent, session: Session) -> Between | ImportView:
        """Record what was previewed; where anything differs from what it was then, return a new preview instead."""
        told = sent.fields
        writer = self.acting.recording()
        if writer is None:
            raise BusyError(NOT_READY)
        form = f"{told.get('nonce', '')} {told.get(DIGEST_SENT, '')}"  # the same form may come back with another file
        done = session.done.get(form)
        if done is not None:
            return Between(*done)
        try:
            work = self._read(reading, told, session)
        except (InputRefusedError, UsageError) as refused:
            return _refused(told, refused)
        seen = (told.get("position"), told.get("head"), told.get(DIGEST_SENT))
        if seen != (str(reading.head.position), reading.head.hash, work.digest) or not work.new:
            return replace(self._shown(reading, told, work, session), says=MOVED_ON)
        try:
            (appended,) = writer.append(Batch(reading.book, work.events, expected=reading.head.position))
        except BusyError as busy:
            again = self.acting.cache.read(reading.book, reading.year)
            return replace(self.preview(again, sent, session), says=why_not(busy, reading, again))
        session.files.pop(told.get(FILE, ""), None)
        between = Between(reading.head.position, appended.head.position)
        session.done[form] = between
        while len(session.done) > MOST_DONE:
            session.done.popitem(last=False)
        return between

    def _read(self, reading: Reading, told: Told, session: Session) -> Work:
        """Return what the file becomes, by the reading and the door of `lotwork import`; or raise what it would."""
        id_of(told, 0)
        begun = _begun(told)
        content = session.files.get(told.get(FILE, ""))
        if content is None:
            raise InputRefusedError("the file is not here any more: choose it again")
        chosen = told.get(MAP, "") or None
        if chosen is not None and chosen not in {*profiles(), *presets()}:
            raise InputRefusedError(f"{NO_FILES_OF_OURS}: choose a map that is named here, or use the command")
        log, book, name = self.acting.cache.log, reading.book, file_name(told.get(NAME, ""))
        evidence = EvidenceTold(self.acting.cache.evidence(), only_try=True)  # a page brings none with a file
        intake = Intake(log, book, evidence=evidence, now=self.acting.clock.now())
        about = FileTold(name.name)
        with opened(content) as opener:
            files = FileReading(
                None, chosen, _settings(told), told.get(WALLET, "").strip() or None, zone_of(log, book), opener
            )
            lines = files.lines(name, intake.problems, about)
            intake.take(_of_this_page(lines, book, intake.problems), None)
        intake.check_recorded()
        check(intake)
        events = [*intake.events[book]]
        known = {event.id for _, event in log.read(book, ids=[event.id for event in events])}
        revises = bool(told.get(REVISE))
        if revises:
            events += [revision.amendment(begun) for _, revision in intake.revisions]
        new = tuple(event for event in events if event.id not in known)
        appended = Appended(book, tuple(event.id for event in new), tuple(sorted(known)), reading.head)
        return Work(Import([about], intake, (appended,), revise=revises, dry_run=False), tuple(events), new)

    def _shown(self, reading: Reading, told: Told, work: Work, session: Session) -> ImportView:
        (about,), intake, fresh = work.done.files, work.done.intake, {event.id for event in work.new}
        asked = tuple(each.message for each in work.done.asked())
        sentences = (*about.sentences(), *about.notes, *work.done.repeated())
        fields = _fields(told, (*asked, *sentences))
        first = sorted(work.events, key=lambda event: event.id not in fresh)
        assets = intake.assets(reading.book)
        year = reading.year
        if work.new:
            latest = max(reading.history.calendar.day(event.at).year for event in work.new)
            year = latest if latest in TAX_YEARS else year
        declares = any(isinstance(event, AssetDeclared) for event in work.new)  # no page knows such a coin yet
        effects = () if declares or not work.new else self.acting.effects(reading, work.new, year)
        rows = [
            RowLine(
                intake.where(reading.book, event.id) or about.name,
                in_brief(reading, event, assets),
                reading.history.calendar.day(event.at),
                kind_of(event),
                "" if event.id in fresh else event.id,
            )
            for event in first
        ]
        session.keep_tables(id_of(told, 0), of_import(rows, effects))
        return ImportView(
            fields=fields,
            told=_unseen(told, fields),
            name=about.name,
            sentences=sentences,
            asked=asked,
            revisions=tuple(str(revision) for _, revision in intake.revisions),
            revises=work.done.revise,
            rows=tuple(rows[:MOST_ROWS]),
            more_rows=max(0, len(rows) - MOST_ROWS),
            new=len(work.new),
            known=len(work.events) - len(work.new),
            effects=effects,
            effect_year=0 if declares or not work.new else year,
            position=reading.head.position,
            head=reading.head.hash,
            digest=work.digest,
        )


def _fields(told: Told, says: Iterable[str]) -> tuple[Field, ...]:
    """Return what is asked: the file, and what it may not say; a field for each `--set` that *says* names."""
    named = {key for text in says for key in ASKED_FOR.findall(text)}
    named |= {name.removeprefix(SETTING) for name, value in told.items() if name.startswith(SETTING) and value.strip()}
    known = {*told_of({})._fields}
    maps = [(name, profile.title) for name, profile in profiles().items()] + [(name, name) for name in presets()]
    settings = (
        Field(f"{SETTING}{key}", f"--set {key}", value=told.get(f"{SETTING}{key}", ""), required=False)
        for key in sorted(named & known)[:MOST_ASKED]
    )
    return (
        Field(FILE, "The file, as it was downloaded", "file", told.get(FILE, ""), takes="",
              hint=f"{MOST_FILE_BYTES >> 20} MiB at most; it is read, and not kept"),
        Field(MAP, "What it is (--map)", "choice", told.get(MAP, ""), required=False, choices=(*BY_FACE, *maps)),
        Field(WALLET, "The wallet of rows that name none (--wallet)", value=told.get(WALLET, ""), required=False),
        *settings,
        Field(SAYS, "What else it does not say (--set)", value=told.get(SAYS, ""), required=False,
              hint="zone=America/New_York; several with a semicolon between them"),
    )  # fmt: skip


def _settings(told: Told) -> dict[str, str]:
    """Return what each --set says: of the fields that ask one each, and of the field for all others."""
    pairs = [
        f"{name.removeprefix(SETTING)}={value.strip()}"
        for name, value in told.items()
        if name.startswith(SETTING) and value.strip()
    ]
    return settings_of((*pairs, *(pair.strip() for pair in told.get(SAYS, "").split(";") if pair.strip())))


def _unseen(told: Told, fields: Sequence[Field] = ()) -> tuple[tuple[str, str], ...]:
    """Return what is sent along unseen; with *fields*, what those say too."""
    own = [(name, told.get(name, "")) for name in ("nonce", "begun", NAME)]
    return (*own, *((each.name, each.value) for each in fields))


def _refused(told: Told, refused: InputRefusedError | UsageError) -> ImportView:
    """Return the form again, with what is wrong, and a field for all that it asks for."""
    problems = tuple(refused.problems) if isinstance(refused, InputRefusedError) else ()
    says = "" if problems else str(refused)
    fields = _fields(told, (str(refused), *(f"{each.reason} {each.remedy}" for each in problems)))
    more = max(0, len(problems) - MOST_PROBLEMS)
    return ImportView(fields, _unseen(told), problems[:MOST_PROBLEMS], more, says)


def _with_file(sent: Sent, session: Session) -> Told:
    """Return the fields of *sent*, its file by the SHA-256, under the name it was sent with."""
    content = sent.files.get(FILE)
    if content is None:
        return sent.fields
    return {**sent.fields, FILE: session.keep(content), NAME: file_name(sent.names.get(FILE, "")).name}


def _begun(told: Told) -> datetime:
    """Return the instant at which the form was opened; InputRefusedError where it has none."""
    with suppress(AmountError):
        return parse_instant(told.get("begun", ""))
    raise InputRefusedError("this form was not opened here: open it again")


def _of_this_page(lines: Iterable[TextLine | TextBlock], book: str, problems: list[Problem]) -> Iterator[TextLine]:
    """Yield *lines*; append a problem for each that names another book than the page's, or a file of this machine."""
    for line in line_by_line(lines):
        evidence, of = line.content.get("evidence"), line.content.get("book", book)
        if of != book:
            problems.append(Problem(line.where, "book", "a page records in its own book", "use `lotwork import`"))
        elif evidence is not None and not (isinstance(evidence, str) and DIGEST.fullmatch(evidence)):
            problems.append(Problem(line.where, "evidence", NO_FILES_OF_OURS, "use `lotwork import`"))
        else:
            yield line
