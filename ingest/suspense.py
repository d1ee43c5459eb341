"""What a source tells and nothing here takes, as events of its book, and what takes them back.

An alert is sent once; an event stands until it is settled. So a row that no rule knows, a file that was refused, a
meter that tells nothing any more is a `suspense`: it stops the return that it may belong to. Its id is made of what it
is and why, so that it is told once however often it is seen; where the source can be read without it, or no longer
tells it, the source voids it, by event and without a person. What a person voided stays void while it is told the same.

A source that was given another name takes back what its former name put there: what it tells in the same words itself,
and the very row, by key and instant, that it read and took. What nobody's name is any more, and no other took, stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from lotwork.ingest.reorganisations import Recorded
from lotwork.ledger.errors import LONGEST_WORDS, plain
from lotwork.ledger.events import Event, Suspense, Void
from lotwork.ledger.taken_back import ORPHANED, RESTORED, subject_of
from lotwork.ledger.voids import find_voided

PREFIX = "suspense:"
DIGITS = 16
NAME_PARTS = 4
"""Of the name of what is in suspense: its source, its room, its key, what was told."""
SEPARATOR = "\x00"


class Untaken(NamedTuple):
    """One thing that was told and not taken."""

    room: str
    """What it is one of, a word: row, file, silence."""
    key: str
    """What it is known by, among those of its source and room."""
    subject: str
    reason: str
    remedy: str
    at: datetime | None = None
    """Its own time; None: nobody knows, and it may be of any year."""
    evidence: str | None = None
    told: str | None = None
    """What makes it another one under the same key; left out, its reason."""

    @property
    def words(self) -> str:
        """What of it is said to a person."""
        return f"{self.subject}: {self.reason}: {self.remedy}"

    @property
    def place(self) -> str:
        """Its room and its key."""
        return place(self.room, self.key)


@dataclass
class _Account:
    """One recorded suspense, and the voids that were said of it since, of each other too."""

    event: Suspense
    voids: dict[str, Void] = field(default_factory=dict)
    """In the order of the log, by their ids."""

    @property
    def own(self) -> list[str]:
        """The voids by which the source took it back."""
        return [name for name, void in self.voids.items() if self._is_own(void) and void.target == self.event.id]

    @property
    def in_force(self) -> list[str]:
        """Those of them that hold."""
        out = self._out
        return [name for name in self.own if name not in out]

    @property
    def is_settled(self) -> bool:
        """Whether a person voided it, or a void of the source, and that holds: the source leaves it so."""
        out = self._out
        return any(name not in out and self._is_said(void) for name, void in self.voids.items())

    @property
    def is_open(self) -> bool:
        """Whether no void of it holds."""
        return self.event.id not in self._out

    @property
    def _out(self) -> frozenset[str]:
        return find_voided(self.voids.values())

    def _is_own(self, void: Void) -> bool:
        return subject_of(void) == self.event.id

    def _is_said(self, void: Void) -> bool:
        """Say if a person told *void*, of the suspense or of what the source said: not of a former word of a person."""
        of = self.voids.get(void.target)
        return not self._is_own(void) and (of is None or self._is_own(of))


class InSuspense:
    """What *source* has in suspense in *book*: the log is read once, and from there on what came since."""

    def __init__(self, log: Recorded, book: str, source: str, named: frozenset[str] | None = None) -> None:
        """Read *log* for *source*; *named* are all sources of *book*, None where nobody knows them."""
        self._log = log
        self._named = named
        self._strays: dict[str, _Account] = {}
        """What a source told that nobody is named as any more."""
        self._book = book
        self._source = source
        self._position = 0
        self._accounts: dict[str, _Account] = {}
        self._targets: dict[str, str] = {}
        """Of which suspense each void is, by its own id, or by way of another void."""

    def amended(
        self,
        untaken: Iterable[Untaken],
        *,
        looked: Collection[str],
        now: datetime,
        because: str,
        read: Collection[tuple[str, datetime]] = (),
    ) -> tuple[Event, ...]:
        """Return the events by which the log comes to have *untaken* in suspense, and of *looked* nothing else.

        *looked* are places, or rooms as a whole, that were read again. *because* says why what is taken back is.
        *read* are the rows of this look, each as its place and its own instant: no two accounts have one alike.
        """
        self._catch_up()
        seen: dict[str, Untaken] = {}
        for one in untaken:
            seen.setdefault(self.name_of(one), one)
        events: list[Event] = []
        for name, account in self._accounts.items():
            room, _, rest = _place_of(name).partition(":")
            was_looked = room in looked or f"{room}:{rest}" in looked
            if name not in seen and was_looked and account.is_open and not account.is_settled:
                number = len(account.own) + 1
                events.append(self._void(f"{name}:{ORPHANED}:{number}", name, now, because))
        for name, one in seen.items():
            known = self._accounts.get(name)
            if known is None:
                events.append(self._event(name, one, now))
            elif not known.is_settled:
                events += (
                    self._void(f"{name}:{RESTORED}:{void.rpartition(':')[2]}", void, now, "it is told again")
                    for void in known.in_force
                )
        return (*events, *self._renamed(seen, read, now))

    def _renamed(self, seen: Collection[str], read: Collection[tuple[str, datetime]], now: datetime) -> Iterator[Event]:
        """Yield what takes back what a name that is no source's any more told, and this one tells too, or took."""
        own = (name for name, account in self._accounts.items() if account.is_open or account.is_settled)
        told = {_told_of(name) for name in (*seen, *own)}
        places = {_place_of(name) for name in seen}
        for name, stray in self._strays.items():
            place_, event = _place_of(name), stray.event
            is_read = event.dated == "yes" and (place_, event.at) in read and place_ not in places
            if (is_read or _told_of(name) in told) and stray.is_open and not stray.is_settled:
                number = len(stray.own) + 1
                yield self._void(f"{name}:{ORPHANED}:{number}", name, now, f"the source is named {self._source} now")

    def open(self, room: str) -> Iterator[Suspense]:
        """Yield what of *room* is in suspense and not void."""
        self._catch_up()
        for name, account in self._accounts.items():
            if _place_of(name).partition(":")[0] == room and account.is_open:
                yield account.event

    def count(self) -> int:
        """Return how many things of the source are in suspense."""
        self._catch_up()
        return sum(account.is_open for account in self._accounts.values())

    def is_answered(self, place: str) -> bool:
        """Say if something of *place* is in suspense, or was settled by a person: either way a return knows of it."""
        self._catch_up()
        of_place = (account for name, account in self._accounts.items() if _place_of(name) == place)
        return any(account.is_open or account.is_settled for account in of_place)

    def is_new(self, one: Untaken) -> bool:
        """Say if *one* was never told before."""
        self._catch_up()
        return self.name_of(one) not in self._accounts

    def name_of(self, one: Untaken) -> str:
        """Return the id of its event."""
        told = one.reason if one.told is None else one.told
        return f"{PREFIX}{self._source}:{one.place}:{digest(one.subject + SEPARATOR + told)}"

    def _event(self, name: str, one: Untaken, now: datetime) -> Suspense:
        return Suspense(
            id=name,
            at=now if one.at is None else one.at,
            source=self._source,
            evidence=one.evidence,
            subject=_words(one.subject),
            reason=_words(one.reason),
            remedy=_words(one.remedy),
            dated="no" if one.at is None else "yes",
        )

    def _void(self, name: str, target: str, now: datetime, because: str) -> Void:
        return Void(id=name, at=now, source=self._source, target=target, reason=because)

    def _catch_up(self) -> None:
        for position, event in self._log.read(self._book, after=self._position, kinds=("suspense", "void")):
            self._position = position
            if isinstance(event, Suspense):
                if event.source == self._source and event.id.startswith(PREFIX):
                    self._accounts[event.id] = _Account(event)
                elif self._named is not None and (teller_of(event.id) or self._source) not in self._named:
                    self._strays[event.id] = _Account(event)
                continue
            if not isinstance(event, Void):
                continue
            subject = self._targets.get(event.target, event.target)
            account = self._accounts.get(subject) or self._strays.get(subject)
            if account is not None:
                account.voids[event.id] = event
                self._targets[event.id] = subject


def place(room: str, key: str) -> str:
    """Return what is known by *key* in *room*, as an id has it."""
    return f"{room}:{digest(key)}"


def place_of(event_id: str) -> str:
    """Return the place of an event in suspense; nothing of any other event."""
    return _place_of(event_id) if event_id.startswith(PREFIX) else ""


def teller_of(event_id: str) -> str:
    """Return the source that told what is in suspense under *event_id*; nothing where no look told it."""
    parts = event_id.removeprefix(PREFIX).rsplit(":", 3) if event_id.startswith(PREFIX) else []
    return parts[0] if len(parts) == NAME_PARTS else ""


def digest(words: str) -> str:
    """Return what *words* are known by in an id."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def _place_of(name: str) -> str:
    """Return the room and the key that *name* has before its last part."""
    room, key, _ = name.rsplit(":", 3)[-3:]
    return f"{room}:{key}"


def _told_of(name: str) -> str:
    """Return what *name* has behind its source: of the same thing, told in the same words, it is the same."""
    return name.removeprefix(f"{PREFIX}{teller_of(name)}:")


def _words(words: str) -> str:
    return plain("; ".join(words.splitlines()))[:LONGEST_WORDS]
