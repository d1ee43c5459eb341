"""Acting from a page: a form, what it would become and change, and then the record; by one writer, once.

A preview names the head of the log it was made from. If the log has moved on since, nothing is recorded and a new
preview is shown; the id of what is recorded is chosen when the form is opened, so that the same form sent twice is one
event.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import msgspec

from lotwork.ledger.clock import Clock
from lotwork.ledger.codec import kind_of, same_event
from lotwork.ledger.day_alone import day_taken
from lotwork.ledger.errors import BusyError, FencedError, InputRefusedError, Problem
from lotwork.ledger.events import Correction, Event, Filing, Selection, Void
from lotwork.ledger.evidence_told import DIGEST, EvidenceTold
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.batch import Appends, Batch
from lotwork.ledger.units import ZERO
from lotwork.service.by_hand import let_in
from lotwork.web.acts.act import Act, Brought, Form, Told
from lotwork.web.acts.answer import ANSWER
from lotwork.web.acts.costs import BILL, RIG
from lotwork.web.acts.filing import filing_act
from lotwork.web.acts.imports import TAKEOUT
from lotwork.web.acts.lots import LOTS
from lotwork.web.acts.records import MOVEMENT, PAID, VOID, event_named
from lotwork.web.forms import FormGroup
from lotwork.web.forms_sent import Sent
from lotwork.web.preview_tables import Effect, Shown, of_act
from lotwork.web.reading import BookCache, Reading
from lotwork.web.returned import state_of
from lotwork.web.sessions import Session
from lotwork.web.views.event import as_text
from lotwork.web.views.fed import year_about
from lotwork.web.views.quarterly import quarterly_view
from lotwork.web.wording import words

ACTS: Mapping[str, Act] = {act.name: act for act in (BILL, RIG, PAID, MOVEMENT, VOID, LOTS, TAKEOUT, ANSWER)}
TO_FILE, EVIDENCE = "file", "evidence"
UNSHOWN = frozenset({"kind", "id", "figures"})
"""Keys of an event that its preview shows otherwise, or not."""
NONCE_LETTERS = 24
MOVED_ON = "The ledger has moved on since this was shown. Nothing was recorded: look at it anew, and confirm it again."
HELD = "Another process is writing in the ledger. Nothing was recorded: confirm it again in a moment."
RECORDED = "This form was recorded already, and that stays. If this is another one, look at it, and confirm it."
NOT_READY = "The daemon records nothing now: it is still verifying the ledger, or refused it. See the overview."
Recording = Callable[[], Appends | None]


@dataclass(frozen=True, slots=True)
class ActView:
    """What a page of an act shows: its form; or, where `events` are there, what it would become."""

    act: str
    form: Form
    told: tuple[tuple[str, str], ...]
    """All that is sent along unseen, so that the next step means the same."""
    problems: tuple[Problem, ...] = ()
    says: str = ""
    """What keeps it from being recorded, where something does."""
    events: tuple[Shown, ...] = ()
    effects: tuple[Effect, ...] = ()
    effect_year: int = 0
    position: int = 0
    head: str = ""
    forms: tuple[FormGroup, ...] = ()
    """The lines of the return that would be recorded."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was recorded, or was already: the id of its first event."""

    event: str


def opened(reading: Reading, act: Act, told: Told, clock: Clock) -> ActView | None:
    """Return the empty form of *act*, filled as far as the address says; None where it is about nothing."""
    form = act.form(reading, told)
    if form is None:
        return None
    nonce = secrets.token_hex(NONCE_LETTERS // 2)
    return ActView(act.name, form, (*form.unseen, ("nonce", nonce), ("begun", print_instant(clock.now()))))


@dataclass(frozen=True, slots=True)
class Acting:
    """The one who previews and records what a session sends, over one home."""

    cache: BookCache
    clock: Clock
    recording: Recording

    def act(self, name: str) -> Act | None:
        """Return the act called *name*; None where there is none."""
        return filing_act(self.cache.log, self.clock) if name == TO_FILE else ACTS.get(name)

    def preview(self, reading: Reading, act: Act, sent: Sent, session: Session) -> ActView | None:
        """Return what *sent* would become, or its form with what is wrong; None where it is about nothing any more.

        A form that was recorded and came back otherwise (by the browser's way back) is a new one, which says so.
        """
        if _known(reading, sent.fields) is not None:
            fresh = {"nonce": secrets.token_hex(NONCE_LETTERS // 2), "begun": print_instant(self.clock.now())}
            view = self.preview(reading, act, replace(sent, fields={**sent.fields, **fresh}), session)
            return None if view is None else replace(view, says=RECORDED)
        told = self._with_file(sent, session)
        form = act.form(reading, told)
        if form is None:
            return None
        filled = replace(form, fields=tuple(replace(each, value=told.get(each.name, "")) for each in form.fields))
        unseen = (*form.unseen, ("nonce", told.get("nonce", "")), ("begun", told.get("begun", "")))
        try:
            events, brought = self._made(reading, act, told, session, only_try=True)
        except InputRefusedError as refused:
            problems = tuple(refused.problems)
            return ActView(act.name, filled, unseen, problems, "" if problems else str(refused))
        year = year_about(reading, events[0])
        effects = self.effects(reading, events, year)
        shown = tuple(map(self._shown(reading), events))
        session.keep_tables(id_of(told, 0), of_act(shown, effects, brought.forms))
        return ActView(
            act.name,
            filled,
            (*unseen, *((each.name, each.value) for each in filled.fields)),
            says=brought.says,
            events=shown,
            forms=brought.forms,
            effects=effects,
            effect_year=year,
            position=reading.head.position,
            head=reading.head.hash,
        )

    def record(self, reading: Reading, act: Act, sent: Sent, session: Session) -> Done | ActView | None:
        """Record what *sent* means; where the log has moved on since its preview, return a new one instead."""
        told = sent.fields
        writer = self.recording()
        if writer is None:
            raise BusyError(NOT_READY)
        if _known(reading, told) is not None:
            return self.recorded(reading, act, sent, session) or self.preview(reading, act, sent, session)
        if told.get("head") != reading.head.hash or told.get("position") != str(reading.head.position):
            return self._moved(reading, act, sent, session)
        try:
            events = self._events(reading, act, told, session, only_try=False)
        except InputRefusedError:
            return self.preview(reading, act, sent, session)
        try:
            writer.append(Batch(reading.book, events, expected=reading.head.position))
        except BusyError as busy:
            now = self.cache.read(reading.book, reading.year)
            return self._moved(now, act, sent, session, why_not(busy, reading, now))
        session.files.pop(told.get(EVIDENCE, ""), None)
        return Done(events[0].id)

    def recorded(self, reading: Reading, act: Act, sent: Sent, session: Session) -> Done | None:
        """Return what was recorded by the form that *sent* is of, where that says the same; None where nothing was."""
        known = _known(reading, sent.fields)
        is_it = known is not None and self._is_same(reading, act, sent.fields, session, known)
        return Done(known.id) if known is not None and is_it else None

    def _moved(self, reading: Reading, act: Act, sent: Sent, session: Session, says: str = MOVED_ON) -> ActView | None:
        view = self.preview(reading, act, sent, session)
        return None if view is None else replace(view, says=view.says or says)

    def _is_same(self, reading: Reading, act: Act, told: Told, session: Session, known: Event) -> bool:
        """Say if what is recorded under the id of this form is what the form says."""
        try:
            events = self._events(reading, act, told, session, only_try=True, at=known.at)
        except InputRefusedError:
            # what is taken out is not taken out again, nor are lots chosen or a return filed again
            return isinstance(known, Void | Correction | Selection | Filing)
        return bool(events) and same_event(events[0], known)

    def _events(
        self, reading: Reading, act: Act, told: Told, session: Session, *, only_try: bool, at: datetime | None = None
    ) -> tuple[Event, ...]:
        """Return the events that *told* becomes, by the door of `lotwork add`; InputRefusedError where it is shut.

        What is of now is said *at* that instant, where it is recorded already.
        """
        return self._made(reading, act, told, session, only_try=only_try, at=at)[0]

    def _made(
        self, reading: Reading, act: Act, told: Told, session: Session, *, only_try: bool, at: datetime | None = None
    ) -> tuple[tuple[Event, ...], Brought]:
        """Return the events that *told* becomes, and what comes with them."""
        begun = print_instant(at or self.clock.now()) if act.is_of_now else told.get("begun", "")
        made = act.lines(reading, told)
        brought = made if isinstance(made, Brought) else Brought(made)
        lines = [
            TextLine(words(str(line["kind"])), {"at": begun, **line, "id": id_of(told, place)})
            for place, line in enumerate(brought.lines)
        ]
        for line in lines:
            _check(line)
            taken = day_taken(line.content, self.cache.log, reading.book)
            if taken is not None:
                line.content["at"] = taken.at
        evidence = EvidenceTold(self.cache.evidence(), only_try=only_try)
        self._bring(told, session, evidence)
        if brought.event is not None:
            return (self._as_made(brought, told, evidence, only_try=only_try, at=at),), brought
        intake = let_in(self.cache.log, reading.book, lines, evidence, self.clock.now())
        intake.check_recorded()
        if intake.problems:
            raise InputRefusedError("refused", intake.problems)
        return tuple(intake.events[reading.book]), brought

    def _as_made(
        self, brought: Brought, told: Told, evidence: EvidenceTold, *, only_try: bool, at: datetime | None
    ) -> Event:
        """Return the event of *brought* under the id of its form, all that it rests on kept where it is meant."""
        if brought.event is None:
            raise InputRefusedError("there is nothing to record")
        for content in brought.evidence:
            evidence.bring(content)
        evidence.keep()
        if not only_try:
            brought.keep()
        return msgspec.structs.replace(brought.event, id=id_of(told, 0), at=at or brought.event.at)

    def _bring(self, told: Told, session: Session, evidence: EvidenceTold) -> None:
        sha256 = told.get(EVIDENCE, "")
        if not sha256:
            return
        content = session.files.get(sha256)
        if content is not None:
            evidence.bring(content)
        elif not self.cache.evidence().holds(sha256):
            raise InputRefusedError("the file is not here any more: choose it again")

    def _with_file(self, sent: Sent, session: Session) -> Told:
        """Return the fields of *sent*, a file that came with it by its SHA-256; its bytes wait in the session."""
        content = sent.files.get(EVIDENCE)
        if content is None:
            return sent.fields
        return {**sent.fields, EVIDENCE: session.keep(content)}

    def _shown(self, reading: Reading) -> Callable[[Event], Shown]:
        def shown(event: Event) -> Shown:
            public = to_contract(event, reading.history.assets)
            keys = (
                (words(name), as_text(value)) for name, value in public.items() if name not in ("kind", "id", "figures")
            )
            return Shown(words(kind_of(event)), tuple(keys))

        return shown

    def effects(self, reading: Reading, events: Sequence[Event], year: int) -> tuple[Effect, ...]:
        """Return which figures of *year* the *events* would change."""
        before = self.cache.read(reading.book, year)
        after = self.cache.supposed(before, events)
        figures = zip(_figures(before), _figures(after), strict=True)
        changes = (Effect(what, old, new) for (what, old), (_, new) in figures)
        return tuple(each for each in changes if each.before != each.after)


def why_not(busy: BusyError, shown: Reading, now: Reading) -> str:
    """Return why nothing was recorded of what was *shown*; who was fenced off is told in the words of *busy*."""
    if now.head != shown.head:
        return MOVED_ON
    if isinstance(busy, FencedError):
        raise busy
    return HELD


def _check(line: TextLine) -> None:
    """Refuse a line that names another book, or a file of this machine: a page brings what it has, and no path."""
    evidence = line.content.get(EVIDENCE)
    if "book" in line.content or not (evidence is None or (isinstance(evidence, str) and DIGEST.fullmatch(evidence))):
        raise InputRefusedError("a page records in its own book, and names no file: use the command")


def id_of(told: Told, place: int) -> str:
    """Return the id of what a form records, chosen when it was opened; InputRefusedError where it has none."""
    nonce = told.get("nonce", "")
    if not (len(nonce) == NONCE_LETTERS and all(letter in "0123456789abcdef" for letter in nonce)):
        raise InputRefusedError("this form was not opened here: open it again")
    return f"page-{nonce}" if place == 0 else f"page-{nonce}-{place + 1}"


def _known(reading: Reading, told: Told) -> Event | None:
    """Return what was recorded by the form of *told*; None where nothing was, or it was not opened here."""
    try:
        return event_named(reading, id_of(told, 0))
    except InputRefusedError:
        return None


def _figures(reading: Reading) -> Iterator[tuple[str, int | Decimal | None]]:
    """Yield the figures that a preview compares; None for what is not known."""
    owed, payments = reading.owed, quarterly_view(reading)
    yield (
        f"Net profit, Schedule C {reading.year}",
        None if owed is None else sum((each.net for each in owed.businesses), ZERO),
    )
    yield f"Tax for {reading.year}", None if owed is None else owed.tax
    state = state_of(reading)
    taxed = state is not None and state.computed is not None
    yield f"Tax of the state for {reading.year}", state.tax if state is not None and taxed else None
    yield f"Still to pay for {reading.year}", None if owed is None else owed.balance_due
    yield "The next payment", None if payments is None else payments.to_pay
    yield "Open lots", len(reading.lots)
    yield "Problems", len(reading.findings)
