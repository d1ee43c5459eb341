"""Who is logged in: sessions kept in this process alone, each with its token against forged forms; and slow refusals.

What the browser holds names the session and is kept here as its digest only. A session ends when it was not used for
two hours, after twelve, on logging out, when the password changes, and with the process.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from lotwork.ledger.clock import Clock
from lotwork.service.readers import Readers
from lotwork.service.source_table import Values
from lotwork.service.web_password import has_password, is_password, kept_form, kept_password

COOKIE = "lotwork_session"
IDLE_SECONDS, LONGEST_SECONDS = 2 * 3600, 12 * 3600
MOST_SESSIONS, MOST_CLIENTS = 50, 1000
MOST_FILES = 4
"""So many files of forms that are not confirmed are kept for a session, and so many sources that are not saved."""
FREE_TRIES, MOST_WAIT_SECONDS = 3, 300
FREE_TRIES_OF_ALL, MOST_WAIT_OF_ALL = 30, 30
"""Of all clients together, whatever address each says it has."""
FORGOTTEN_SECONDS = 3600
"""Tries of which none was wrong for so long count no more."""
EVERYBODY, HERE = "", "this machine"
"""All clients together, and who sits at this machine: whatever others try from elsewhere, these do not wait for it."""

log = structlog.get_logger("lotwork.web")


class SlowDownError(Exception):
    """Too many wrong passwords: ask again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many wrong passwords: try again in {seconds} s")
        self.seconds = seconds


@dataclass(slots=True)
class Draft:
    """A source that is being added: its secrets as they were typed, which no page shows, and what was tested."""

    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    """By the name of each."""
    values: Values | None = None
    """The table that was tested; None where none was."""
    added: str = ""
    """The name under which it was saved."""


@dataclass(slots=True)
class Session:
    """One login."""

    csrf: str
    """What a form of this session must send along."""
    begun: float
    used: float
    kept: str
    """What was kept of the password it began with."""
    reader: str = ""
    """Whose it is, where there are several."""
    files: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    """What was sent with a form that is not confirmed yet, by its SHA-256."""
    done: OrderedDict[str, tuple[int, int]] = field(default_factory=OrderedDict)
    """The positions that an import recorded between, by the form that was sent and what it meant."""
    drafts: OrderedDict[str, Draft] = field(default_factory=OrderedDict)
    """The sources that are being added, by the form."""
    tables: OrderedDict[str, Mapping[str, str]] = field(default_factory=OrderedDict)
    """The tables of what was previewed, as files by their names, by the form."""

    rights: object = None
    """What whose session it is might see and do when it was last asked for, where there are several."""

    def hold_to(self, rights: object) -> None:
        """Forget what was sent, tested or previewed under other *rights*: those books may be theirs no more."""
        if rights != self.rights:
            for kept in (self.files, self.done, self.drafts, self.tables):
                kept.clear()
            self.rights = rights

    def draft(self, nonce: str) -> Draft:
        """Return the source that the form *nonce* adds; only the newest few are kept."""
        draft = self.drafts.setdefault(nonce, Draft())
        self.drafts.move_to_end(nonce)
        while len(self.drafts) > MOST_FILES:
            self.drafts.popitem(last=False)
        return draft

    def keep_tables(self, form: str, tables: Mapping[str, str]) -> None:
        """Keep the *tables* of what *form* would become; only those of the newest few are kept."""
        self.tables[form] = tables
        self.tables.move_to_end(form)
        while len(self.tables) > MOST_FILES:
            self.tables.popitem(last=False)

    def keep(self, content: bytes) -> str:
        """Keep what was sent until it is recorded, the newest few; return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.files[sha256] = content
        while len(self.files) > MOST_FILES:
            self.files.popitem(last=False)
        return sha256

    def is_form_of(self, told: str) -> bool:
        """Say if a form that sent *told* is of this session."""
        return hmac.compare_digest(self.csrf.encode(), told.encode())


@dataclass(slots=True)
class _Tries:
    """The wrong passwords of a client: how many, the last of them when, and until when the next is not looked at."""

    wrong: Counter[str] = field(default_factory=Counter)
    """By whose they were to be: a right one takes back its own alone, or it would open the way to the others'."""
    last: float = 0.0
    until: float = 0.0


class Sessions:
    """The sessions of one home."""

    has_names = False
    """Whether a password is somebody's, who says their name with it."""

    def __init__(self, home: Path, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._open: OrderedDict[str, Session] = OrderedDict()
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._turn = threading.Lock()
        self._looking = threading.Lock()
        """One password is looked at after the other: of many sent at once each is counted before the next."""

    @property
    def can_begin(self) -> bool:
        """Whether there is a password to begin one with."""
        return has_password(self._home)

    def kept_of(self, reader: str) -> str | None:
        """Return what is kept of the password of *reader*; None where there is none."""
        del reader
        return kept_password(self._home)

    def begin(self, password: str, client: str, reader: str = "") -> str | None:
        """Return the token of a new session of *client*; None where *password* is wrong, which is logged.

        Raises SlowDownError, without looking at the password, where too many were wrong.
        """
        with self._looking:
            return self._looked_at(password, client, reader)

    def _looked_at(self, password: str, client: str, reader: str) -> str | None:
        now = self._clock.monotonic()
        with self._turn:
            wait = max(self._wait(client, now), 0 if client == HERE else self._wait(EVERYBODY, now))
        if wait:
            raise SlowDownError(wait)
        kept = self.kept_of(reader)
        whose = reader if kept is not None else ""
        right = self._is_right(kept, password)
        with self._turn:
            if not right or kept is None:
                wrong = self._was_wrong(client, whose, now, FREE_TRIES, MOST_WAIT_SECONDS)
                self._was_wrong(EVERYBODY, whose, now, FREE_TRIES_OF_ALL, MOST_WAIT_OF_ALL)
                log.warning("a wrong password for the pages", client=client, wrong=wrong)
                return None
            self._was_right(client, whose)
            self._was_right(EVERYBODY, whose)
            token = secrets.token_urlsafe(32)
            self._open[_name(token)] = Session(secrets.token_urlsafe(32), now, now, kept, reader)
            own = [name for name, each in self._open.items() if each.reader == reader]
            for name in own[:-MOST_SESSIONS]:  # who logs in again and again ends nobody else's
                del self._open[name]
        log.info("logged in to the pages", client=client, **({"reader": reader} if reader else {}))
        return token

    def of(self, token: str | None) -> Session | None:
        """Return the session that *token* names, used now; None where there is none, or it has ended."""
        now = self._clock.monotonic()
        with self._turn:
            self._forget_ended(now)
            session = self._open.get(_name(token)) if token else None
            if session is None or token is None:
                return None
            if session.kept != self.kept_of(session.reader):
                del self._open[_name(token)]
                return None
            session.used = now
            return session

    def _is_right(self, kept: str | None, password: str) -> bool:
        return kept is not None and is_password(kept, password)

    def end(self, token: str | None) -> None:
        """End the session that *token* names."""
        with self._turn:
            self._open.pop(_name(token or ""), None)

    def _forget_ended(self, now: float) -> None:
        """Drop every session that has ended, with the secrets, files and tables in it, though nobody asks with it."""
        for name, session in list(self._open.items()):
            if now - session.used > IDLE_SECONDS or now - session.begun > LONGEST_SECONDS:
                del self._open[name]

    def _wait(self, client: str, now: float) -> int:
        """Return how many seconds *client* has to wait; 0 where it need not."""
        tries = self._tries.get(client)
        return 0 if tries is None or tries.until <= now else int(tries.until - now) + 1

    def _was_wrong(self, client: str, whose: str, now: float, free: int, most_wait: int) -> int:
        tries = self._tries.setdefault(client, _Tries())
        self._tries.move_to_end(client)
        if now - tries.last > FORGOTTEN_SECONDS:
            tries.wrong.clear()
        tries.wrong[whose] += 1
        tries.last, wrong = now, tries.wrong.total()
        if wrong >= free:
            tries.until = now + min(2 ** min(wrong - free, 16), most_wait)
        while len(self._tries) > MOST_CLIENTS:
            self._tries.popitem(last=False)
        return wrong

    def _was_right(self, client: str, whose: str) -> None:
        tries = self._tries.get(client)
        if tries is not None:
            del tries.wrong[whose]
            if not tries.wrong:
                del self._tries[client]


class ReaderSessions(Sessions):
    """The sessions of those who read many homes, each by their own name and password."""

    has_names = True

    def __init__(self, readers: Readers, clock: Clock) -> None:
        super().__init__(readers.file.parent, clock)
        self._readers = readers
        self._nobody = kept_form(secrets.token_urlsafe(32))
        """The password of nobody: a name that is not known takes as long to refuse as one that is."""

    @property
    def can_begin(self) -> bool:
        """Whether there is anybody who may begin one."""
        return any(each.password for each in self._readers.all().values())

    def kept_of(self, reader: str) -> str | None:
        """Return what is kept of the password of *reader*; None where there is no such reader, or they have none."""
        found = self._readers.named(reader)
        return None if found is None else found.password

    def _is_right(self, kept: str | None, password: str) -> bool:
        return is_password(kept or self._nobody, password) and kept is not None


def _name(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
