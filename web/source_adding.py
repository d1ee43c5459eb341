"""A source added from a page: the keys that its declaration's example has, a test, and then config.toml.

It goes by the code of `lotwork source add`, with the bounds that a page has: no file and no folder of this machine is
named, a secret is typed, and only what was tested is saved. What is typed as a secret waits in the session alone, is
written into a private file of the home, and stands in no page, no address and no log.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.private_keys import lets_spend
from lotwork.ingest.register import SOURCES
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import BusyError, LotworkError, Problem
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.reports.sources import TriedRow
from lotwork.service.ledger_place import open_log
from lotwork.service.settings_saved import text_of
from lotwork.service.source_adding import Adding, references_of
from lotwork.service.source_answers import services, shown, usual
from lotwork.service.source_secrets import Pending, Slot, checked, refuse_what_is_there
from lotwork.service.source_table import Key, Values, block_of, example_of, keys_of, put, refuse_what_spends
from lotwork.service.source_trying import (
    SettingsRead,
    account_of,
    once,
    secrets_named,
    trial_context,
    tried,
    words_of,
)
from lotwork.web.acting import NONCE_LETTERS, id_of
from lotwork.web.acts.act import Field, Told
from lotwork.web.daemon_status import DaemonStatus
from lotwork.web.forms_sent import Sent
from lotwork.web.preview_tables import of_source
from lotwork.web.sessions import Draft, Session
from lotwork.web.wording import instant, words

KEY, SECRET, TESTED = "key:", "secret:", "tested"
"""How the names of fields begin that ask a key or a secret, and the one that says what was tested."""
OF_FOLDERS = frozenset({"folder"})
"""Keys that name a folder of this machine, which no page may."""
NOT_TESTED = "This is not what was tested last: test it again, and then save it."
ONE_AT_A_TIME = "a source is being tested already: wait until it has answered"


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """The settings of the home, as the daemon that serves the pages has them."""

    load: Callable[[], SettingsRead]
    begin: Callable[[], object]
    """Writes the settings that every home starts with, unless there are some."""
    learn: Callable[[Iterable[str]], None]
    """Lets no log say these secrets from now on."""
    take_up: Callable[[], None]
    """Has the daemon read its settings anew."""


class Choice(NamedTuple):
    """A source that can be added: the word for it, and what it is."""

    word: str
    label: str


class Going(NamedTuple):
    """A source that the settings name: what it reads, and how it stands."""

    name: str
    kind: str
    place: str
    state: str


@dataclass(frozen=True, slots=True)
class SourcesView:
    """What is watched for this book, what can be added, and what was added just now."""

    going: tuple[Going, ...]
    choices: tuple[Choice, ...]
    added: str = ""


@dataclass(frozen=True, slots=True)
class SourceView:
    """What the page of one source shows: its form; and, where `row` is there, what it told when it was tested."""

    word: str
    label: str
    cannot_see: str
    fields: tuple[Field, ...]
    told: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...] = ()
    says: str = ""
    row: TriedRow | None = None
    table: str = ""
    """What would be written into the settings."""
    files: tuple[str, ...] = ()
    """The files that its secrets would be written into."""
    tested: str = ""


def choices() -> Iterator[Choice]:
    """Yield every source that a page can add."""
    by_service = services()
    for declared in SOURCES:
        if OF_FOLDERS.isdisjoint(declared.settings.__struct_fields__):
            named = [word for word, of in by_service.items() if of is declared]
            yield from (Choice(word, f"{words(word)}: {declared.label}") for word in named)
            if not named:
                yield Choice(declared.kind, declared.label)


def meant(word: str) -> tuple[DeclaredSource[Any], Values] | None:
    """Return what is declared as *word*, and what its table says by it; None where a page adds no such source."""
    if word not in {choice.word for choice in choices()}:
        return None
    by_service = services()
    if word in by_service:
        return by_service[word], {"service": word}
    return next(declared for declared in SOURCES if declared.kind == word), {}


@dataclass(slots=True)
class SourceAdding:
    """The one who tests and saves what a session sends, over one home."""

    home: Path
    clock: Clock
    settings: OwnSettings
    status: DaemonStatus | None
    _saves: threading.Lock = field(default_factory=threading.Lock)
    _tests: threading.Lock = field(default_factory=threading.Lock)

    def listed(self, book: str, added: str) -> SourcesView:
        """Return the sources of *book*, and all that can be added; *added* is named where it is there."""
        going = tuple(self.going(book))
        return SourcesView(going, tuple(choices()), added if added in {each.name for each in going} else "")

    def going(self, book: str) -> Iterator[Going]:
        """Yield the sources of *book*, each with how it stands."""
        answers = self.status.sources() if self.status is not None else {}
        sources = self.settings.load().settings.sources
        for declared in SOURCES:
            for section in sources.of(declared.kind):
                if section.book != book:
                    continue
                known = answers.get((book, section.name))
                if known is None:
                    state = "not taken up yet; where it stays so, the log of the daemon says why"
                elif known[0].trouble:
                    state = known[0].trouble.partition("\n")[0]
                else:
                    state = f"answered at {instant(known[0].at)}" if known[0].at else "asked, or about to be"
                yield Going(section.name, declared.kind, account_of(section) or "", state)

    def opened(self, word: str) -> SourceView | None:
        """Return the empty form of the source *word*; None where a page adds none of that name."""
        found = meant(word)
        if found is None:
            return None
        return self._view(self._adding(found[0]), word, {}, Draft(), secrets.token_hex(NONCE_LETTERS // 2))

    def test(self, word: str, book: str, sent: Sent, session: Session) -> SourceView | None:
        """Return what the source tells as it was sent, or its form with what is wrong; None where there is none."""
        found = meant(word)
        if found is None:
            return None
        id_of(sent.fields, 0)
        nonce, adding, values = sent.fields["nonce"], self._adding(found[0]), dict(found[1])
        draft = session.draft(nonce)
        draft.values, draft.added = None, ""
        try:
            pending = self._told(adding, word, values, book, sent.fields, draft)
            problems = tuple(_missing(adding, values))
            row = None if problems else self._tried(adding, values, pending)
        except LotworkError as refused:
            return self._refused(self._view(adding, word, sent.fields, draft, nonce), refused, draft)
        view = self._view(adding, word, sent.fields, draft, nonce)
        if row is None:
            return replace(view, problems=problems)
        draft.values = values
        session.keep_tables(id_of(sent.fields, 0), of_source(row))
        files = tuple(str(self.home / one.file) for one in pending)
        return replace(view, row=row, table=block_of(adding.declared, values), files=files, tested=_digest(values))

    def save(self, word: str, book: str, sent: Sent, session: Session) -> str | SourceView | None:
        """Save what was tested, once, and have it taken up; return its name, or the form with what is wrong."""
        found = meant(word)
        if found is None:
            return None
        id_of(sent.fields, 0)
        nonce, adding = sent.fields["nonce"], self._adding(found[0])
        draft = session.draft(nonce)
        with self._saves:
            values = draft.values
            if draft.added:
                return draft.added
            if values is None or values.get("book", MAIN_BOOK) != book or _digest(values) != sent.fields.get(TESTED):
                return replace(self._view(adding, word, sent.fields, draft, nonce), says=NOT_TESTED)
            try:
                pending = _pending(adding, draft, str(values["name"]))
                adding.refuse_name(str(values["name"]), book)
                refuse_what_is_there(self.home, pending)
                before = text_of(self.home)
                adding.save(before, adding.with_it(before, values), values, pending)
            except LotworkError as refused:
                return self._refused(self._view(adding, word, sent.fields, draft, nonce), refused, draft)
            draft.added, draft.values = str(values["name"]), None
            draft.secrets.clear()
        self.settings.take_up()
        return draft.added

    def _adding(self, declared: DeclaredSource[Any]) -> Adding:
        return Adding(self.home, self.settings.load(), declared, "this form")

    def _told(
        self, adding: Adding, word: str, values: Values, book: str, told: Told, draft: Draft
    ) -> tuple[Pending, ...]:
        """Put what the fields say into *values*; return the secrets, those that were typed before among them."""
        if book != MAIN_BOOK:
            values["book"] = book
        for key in _keys(adding, word):
            text = told.get(f"{KEY}{key.name}", "").strip()
            is_default = not key.is_required and key.default is not None and text == shown(key.default)
            if text and not is_default:
                put(values, adding.declared.settings, key.name, text)
        refuse_what_spends(values)
        for slot in adding.slots:
            typed = told.get(f"{SECRET}{slot.name}", "")
            if typed.strip():
                draft.secrets[slot.name] = checked(typed, slot)
        self.settings.learn(draft.secrets.values())
        pending = _pending(adding, draft, str(values.get("name", adding.declared.kind)))
        for slot, one in zip(_typed(adding, draft), pending, strict=True):
            values |= slot.in_file(one.file)
        return pending

    def _tried(self, adding: Adding, values: Values, pending: tuple[Pending, ...]) -> TriedRow:
        """Return what the source tells, or raise why it cannot be had; the settings and secrets stay unwritten."""
        section = adding.section(values)
        adding.refuse_name(section.name, section.book)
        self.settings.begin()
        adding.with_it(text_of(self.home), values)
        refuse_what_is_there(self.home, pending)
        if not self._tests.acquire(blocking=False):
            raise BusyError(ONE_AT_A_TIME)
        try:
            known = secrets_named(adding.config, section, references_of(pending))
            self.settings.learn(known)
            with open_log(self.home) as events:
                context = trial_context(self.home, events, section.name, known, adding.reveal(pending), self.clock)
                also = partial(adding.told_already, section, context=context)
                return tried(adding.declared, section, context, also, Scrubber(known))
        finally:
            self._tests.release()

    def _refused(self, view: SourceView, refused: LotworkError, draft: Draft) -> SourceView:
        """Return *view* with why it was refused, free of what was typed as a secret."""
        scrub = Scrubber(draft.secrets.values())
        problems = tuple(
            Problem(*map(scrub, (each.where, each.key, each.reason, each.remedy)))
            for each in getattr(refused, "problems", ())
        )
        return replace(view, problems=problems, says="" if problems else once(refused, scrub))

    def _view(self, adding: Adding, word: str, told: Told, draft: Draft, nonce: str) -> SourceView:
        """Return the form of *word*, filled in as far as it was *told*, else with what is mostly answered."""
        label = next(choice.label for choice in choices() if choice.word == word)
        fields = (*self._of_keys(adding, word, told), *_of_secrets(adding, word, told, draft))
        return SourceView(word, label, words_of(adding.declared), fields, (("nonce", nonce),))

    def _of_keys(self, adding: Adding, word: str, told: Told) -> Iterator[Field]:
        for key in _keys(adding, word):
            name = f"{KEY}{key.name}"
            likely = usual(key, adding.taken, self.clock.now().year) or ""
            yield Field(
                name,
                words(key.name.replace(".", "_")),
                "choice" if key.choices else "text",
                _harmless(told.get(name, "")) if told else likely,
                required=key.is_required,
                hint=key.comment or f"like {shown(key.example)}",
                choices=tuple((each, words(each)) for each in key.choices),
            )


def _harmless(text: str) -> str:
    """Return an answer as the form has it again; what lets anybody spend is not repeated."""
    return "" if lets_spend(text) else text


def _keys(adding: Adding, word: str) -> Iterator[Key]:
    """Yield the keys that the form of *word* asks: those of the example that are no secret, and are not told by it."""
    told = {key for slot in adding.slots for key in (slot.name, slot.file_key)} | {"book"}
    told |= {"service"} if word in services() else set()
    keys = keys_of(adding.declared.settings, example_of(adding.declared))
    return (key for key in keys if key.path[0] not in told)


def _of_secrets(adding: Adding, word: str, told: Told, draft: Draft) -> Iterator[Field]:
    """Yield a field for each secret; the first answer to `service` may be the only one that needs it."""
    values: Values = {"service": word} if word in services() else {}
    if told.get(f"{KEY}service"):
        values["service"] = told[f"{KEY}service"]
    for slot in adding.slots:
        needed = adding.lacks(values, slot.name)
        if slot.is_shown or needed:
            lies = f"it goes into NAME{slot.suffix} beside the ledger, which only you may read, and is not shown again"
            is_typed = "1" if slot.name in draft.secrets else ""
            yield Field(f"{SECRET}{slot.name}", words(slot.name), "secret", is_typed, required=needed, hint=lies)


def _typed(adding: Adding, draft: Draft) -> list[Slot]:
    return [slot for slot in adding.slots if slot.name in draft.secrets]


def _pending(adding: Adding, draft: Draft, name: str) -> tuple[Pending, ...]:
    """Return the secrets that are to be written, each into the file that the name of the source names."""
    return tuple(Pending(f"{name}{slot.suffix}", draft.secrets[slot.name]) for slot in _typed(adding, draft))


def _missing(adding: Adding, values: Values) -> Iterator[Problem]:
    """Yield what keeps *values* from being a table."""
    lacking = adding.lacking(values)
    if lacking is not None:
        for name in (*lacking.keys, *lacking.secrets):
            yield Problem("", name, "it is missing", "fill it in")
        yield from lacking.wrong


def _digest(values: Values) -> str:
    """Return by what a form names the answers that were tested; they hold no secret."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()
