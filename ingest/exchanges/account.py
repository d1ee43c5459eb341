"""An account at an exchange, as a receipt source: asked span by span through a process of its own.

Each look reaches back by an overlap, and once a month over all that was ever read: what is told late comes in, what is
told otherwise is corrected, and what is no longer listed is void, by event (`amending`), at any age. The cursor never
passes a row that is not over yet, or that no rule knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as replace_in
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from msgspec.structs import replace

from lotwork.ingest.asking.json_guard import JsonRefusedError, parse_json
from lotwork.ingest.exchanges.amending import OTHERWISE, Amending, are_told
from lotwork.ingest.exchanges.answers import AnswerRefusedError
from lotwork.ingest.exchanges.cursor import Cursor, read_cursor
from lotwork.ingest.exchanges.house import Asked, House, Span
from lotwork.ingest.exchanges.house import Told as ToldOfSpan
from lotwork.ingest.exchanges.key_rights import checked
from lotwork.ingest.exchanges.meaning import ROW, Meaning
from lotwork.ingest.exchanges.section import ExchangeSection
from lotwork.ingest.exchanges.talk import Talk
from lotwork.ingest.exchanges.told_by_both import Sort, ToldByBoth, looked_at, sort_of, stand
from lotwork.ingest.held import HeldEvidence
from lotwork.ingest.missing import CUT, cut_out, is_due_again, missed
from lotwork.ingest.ports import AHEAD, EvidenceKeeper, Page
from lotwork.ingest.profiles.row import Told
from lotwork.ingest.reorganisations import Recorded
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ingest.suspense import InSuspense, Untaken, place, place_of
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Event, Void
from lotwork.ledger.units import ONE_DAY, Asset

if TYPE_CHECKING:
    from lotwork.ingest.asking.quarantine import Quarantine
    from lotwork.ingest.context import Policy

MOST_ROWS_SHOWN = 20
AT_ITS_END = -1
"""How far a look has come that only has to say which rows it could not take."""
READS_AS = 4
"""Raised where rows come to mean other things: every account is then read again from its beginning."""


class Hosts(Protocol):
    """How long an exchange is to be left alone."""

    def hold(self, host: str, seconds: float) -> None:
        """Leave *host* alone for *seconds*."""
        ...

    def left(self, host: str) -> float:
        """Return for how many seconds *host* is to be left alone yet."""
        ...


@dataclass(kw_only=True)
class Account:
    """The account that *section* describes."""

    section: ExchangeSection
    house: House
    key: Mapping[str, str]
    settings: Told
    clock: Clock
    evidence: EvidenceKeeper
    log: Recorded
    policy: Policy
    pace: Hosts
    scrub: Scrubber
    quarantine: Quarantine | None
    claimed: Callable[[], Collection[str]] = tuple
    """Returns what of an import other accounts of the house are known to tell too."""
    named: frozenset[str] | None = None
    _going_on: str | None = field(default=None, init=False)
    """The cursor of the page before, where this look goes on."""
    _waiting: datetime | None = field(default=None, init=False)
    """When the first thing of this look happened that is not over yet: the cursor stays before it."""
    _from: datetime | None = field(default=None, init=False)
    """Where this look began."""
    _told: set[str] = field(default_factory=set, init=False)
    """What the events of its rows may be called."""
    _oldest: dict[Sort, datetime] = field(default_factory=dict, init=False)
    """When the first event of each sort was that it told of."""
    _unasked: set[str] = field(default_factory=set, init=False)
    """What the ids of those events begin with that it could not ask for."""
    _in_suspense: InSuspense | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """The name its cursor is stored under, and its events' `source`."""
        return self.section.name

    @property
    def book(self) -> str:
        """The book its events belong to."""
        return self.section.book

    @property
    def _first(self) -> datetime:
        return datetime.combine(self.section.start, time(), tzinfo=UTC)

    @property
    def _reads(self) -> str:
        """Return a digest of what the settings say of the rows."""
        section = self.section
        said = repr((READS_AS, section.wallet, sorted(section.set.items()), section.pairs, section.done, section.start))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def in_suspense(self) -> InSuspense:
        """What of it waits in the book for being taken."""
        if self._in_suspense is None:
            self._in_suspense = InSuspense(self.log, self.book, self.name, self.named)
        return self._in_suspense

    def fetch_since(self, cursor: str | None) -> Page:
        """Return what the account tells of the next span; see `ReceiptSource`.

        Rows that no rule knows fail the look after all others are recorded.
        """
        known = read_cursor(cursor, self.name, int(self._first.timestamp()))
        now = self.clock.now().replace(microsecond=0)
        if cursor is None or cursor != self._going_on:
            known, self._waiting, self._told = self._begun(known, now), None, set()
            self._unasked, self._oldest = set(), {}
            self._from = datetime.fromtimestamp(known.walk or 0, UTC)
        self._going_on = None
        if known.walk == AT_ITS_END:
            raise self._refusal(known)
        start = datetime.fromtimestamp(known.walk or 0, UTC)
        end = now if self.house.window is None else min(now, start + self.house.window)
        span = Span(start, end, self._first)
        left = self.pace.left(self.house.service)
        if left > 0:
            raise SourceUnreachableError(
                f"{self.name}: {self.house.service} is to be left alone for {left:.0f} s more: it is asked again"
            )
        return self._page(span, known, read_cursor(cursor, self.name, int(self._first.timestamp())), cursor, now)

    def _begun(self, known: Cursor, now: datetime) -> Cursor:
        """Return the cursor that a look begins with: a while back, or at the beginning.

        It is at the beginning where rows mean other things than they did, and once a month.
        """
        first = int(self._first.timestamp())
        again = dict.fromkeys(known.marks, "")
        if known.reads != self._reads:
            return replace(known, through=first, walk=first, reads=self._reads, look=known.look + 1, marks=again)
        back = int((min(datetime.fromtimestamp(known.through, UTC), now) - self.house.overlap).timestamp())
        if is_due_again(known.again, known.missing.values(), back, int(now.timestamp())):
            return replace(known, walk=first, look=known.look + 1, marks=again)
        return replace(known, look=known.look + 1, walk=max(first, back))

    def _refusal(self, known: Cursor) -> SourceRefusedError:
        count = len(known.refused)
        shown = "; ".join([*known.refused.values()][:MOST_ROWS_SHOWN])
        rest = f"; and {count - MOST_ROWS_SHOWN} more" if count > MOST_ROWS_SHOWN else ""
        return SourceRefusedError(
            f"{self.name}: {count} row{'s' if count != 1 else ''} cannot be taken: {shown}{rest}: "
            "all others are recorded"
        )

    def _page(self, span: Span, known: Cursor, before: Cursor, cursor: str | None, now: datetime) -> Page:
        held = HeldEvidence(self.evidence.keep)
        answers: dict[str, bytes] = {}
        notes: list[str] = []
        with self._talk() as talk:
            item = "its key"
            last = b""

            def ask(call: str, params: Mapping[str, Any]) -> Asked:
                nonlocal item, last
                item = f"{call.partition('_')[2]}, {span.start:%Y-%m-%d} to {span.end:%Y-%m-%d}"
                last = self.scrub.in_bytes(talk.ask(call, params, item))
                digest = held.keep(last)
                answers[digest] = last
                return Asked(parse_json(last), digest)

            try:
                if now.timestamp() - known.rights_at >= ONE_DAY.total_seconds():
                    known, notes = checked(self.name, self.house, ask, known, now, scrub=self.scrub.without_known)
                told = self.house.read(ask, span, known.marks, self.section.pairs)
                self._check(told, now)
            except (AnswerRefusedError, JsonRefusedError) as refused:
                if self.quarantine is not None and last:
                    self.quarantine.keep(self.name, item, str(refused), last)
                raise talk.refusal(item, str(refused)) from None
        events, words, after = self._taken(told, span, known, now, held)
        return self._paged(events, (*notes, *told.notes, *words), told.left_out, span, after, before, cursor, now)

    def _talk(self) -> Talk:
        return Talk(
            self.name,
            self.house.service,
            self.key,
            clock=self.clock,
            deadline_seconds=float(self.section.deadline_seconds),
            base_url=self.section.base_url,
            scrub=self.scrub.without_known,
            hold=lambda seconds: self.pace.hold(self.house.service, seconds),
        )

    def _check(self, told: ToldOfSpan, now: datetime) -> None:
        if any(row.at > now + AHEAD for row in told.rows):
            raise AnswerRefusedError("it tells of the future")

    def _taken(
        self, told: ToldOfSpan, span: Span, known: Cursor, now: datetime, held: HeldEvidence
    ) -> tuple[tuple[Event, ...], list[str], Cursor]:
        """Return the events of a span, what a person must look at, and how far the account is then read."""
        assets = self.log.assets(self.book)
        meaning = Meaning(
            self.house, source=self.name, wallet=self.section.wallet, settings=self.settings, start=self._first
        )
        meant = meaning.meant([row for row in told.rows if row.ref not in self.section.done], assets)
        assets = assets.with_declared(Asset(each.asset, each.decimals) for each in meant.declared)
        holds = self.policy.standing.history.corrected
        both = ToldByBoth(self.log, self.book, self.name, meaning.prefix, holds, known.same, self.claimed)
        amending = Amending(self.log, self.book, self.name, meaning.prefix, holds, both)
        events, otherwise, found = amending.amended(meant, assets, now)
        known = replace(known, same={**known.same, **found.same})
        seen = {row.ref for row in told.rows} | {*self.section.done}
        untaken = [*meant.untaken, *otherwise]
        read = {(place(ROW, row.ref), row.at) for row in told.rows}
        looked = {place(ROW, ref) for ref in seen} | {place(OTHERWISE, event.id) for event in meant.events}
        self._told |= {self.in_suspense.name_of(one) for one in untaken}
        words = [*(one.words for one in otherwise), *found.words]
        words += [meant.held[event.id] for event in events if event.id in meant.held]
        for event in meant.events:
            self._oldest[sort_of(event)] = min(event.at, self._oldest.get(sort_of(event), event.at))
        self._unasked |= {f"{meaning.prefix}{each}" for each in told.unasked}
        self._told |= {
            *(event.id for event in meant.events),
            *amending.names_of(row for row in told.rows if row.ref not in meant.silent),
        }
        if span.end >= now:
            known, void, more, left = self._ended(known, amending, now)
            events, words = (
                (*events, *void),
                [*words, *more, *(one.words for one in left if self.in_suspense.is_new(one))],
            )
            untaken += left
            cut = any(one.room == CUT for one in left)
            looked |= {CUT} if cut or (self._is_whole and not known.missing) else set()
            looked |= {*looked_at(self._told, left, known.missing)}
        because = "it was taken, is `done`, or is told otherwise"
        events = (*events, *self.in_suspense.amended(untaken, looked=looked, now=now, because=because, read=read))
        held.settle(event.evidence for event in events)
        told.left_out += [f"{count} x {why}" for why, count in sorted(meant.left_out.items())]
        self._waiting = min([*told.waiting, *filter(None, [self._waiting])], default=None)
        through = span.end if self._waiting is None else min(span.end, self._waiting)
        after = replace(
            known,
            through=max(int(through.timestamp()), int(self._first.timestamp())),
            marks={**known.marks, **told.marks},
            open={ref: said for ref, said in known.open.items() if ref not in seen} | meant.asked,
            refused={ref: said for ref, said in known.refused.items() if ref not in seen} | meant.refused,
            walk=int(span.end.timestamp()),
        )
        return events, words, after

    def _ended(
        self, known: Cursor, amending: Amending, now: datetime
    ) -> tuple[Cursor, tuple[Event, ...], list[str], list[Untaken]]:
        """Return what a look says at its end of what was recorded and is not listed; the cursor that remembers it."""
        begin = self._from or self._first
        is_whole = self._is_whole
        if not (is_whole or self.house.lists_all):
            return known, (), [], []
        oldest = self._oldest if self.house.forgets else None
        expected = amending.recorded(begin + timedelta(seconds=1), now - timedelta(seconds=1), oldest)
        expected |= self._rows_in_suspense(begin, now)
        both = replace_in(amending.both, before=known.same)
        expected |= both.expected(begin, now, oldest)
        unasked = {name for name in expected if name.startswith(tuple(self._unasked))}
        seen = {*self._told, *are_told(expected, self._told), *unasked}
        today = int(now.timestamp())
        let_go = both.let_go(known.missing)
        self._told |= let_go  # a person took it out: it is asked about no more
        before = {name: one for name, one in known.missing.items() if name not in let_go}
        gone, missing = missed(expected, seen, before, today)
        of_a_cut = cut_out({*gone}, expected, missing)
        asked, names = both.asked(gone, expected)
        missing = stand(missing, names, expected)
        own = [name for name in gone if name not in names]
        void, words, cut = amending.withdrawn([name for name in own if name not in of_a_cut], expected, missing, now)
        cut += amending.standing([name for name in own if name in of_a_cut], expected)
        back = {place_of(event.target) for event in void if isinstance(event, Void)}
        known = replace(
            known,
            missing=missing,
            again=today if is_whole else known.again,
            open={ref: said for ref, said in known.open.items() if place(ROW, ref) not in back},
            refused={ref: said for ref, said in known.refused.items() if place(ROW, ref) not in back},
        )
        return known, void, words, [*cut, *asked]

    @property
    def _is_whole(self) -> bool:
        """Return whether this look began where the account does."""
        return self._from is None or self._from <= self._first

    def _rows_in_suspense(self, begin: datetime, now: datetime) -> dict[str, int]:
        """Return the rows of the time that was read that nothing took; none where a list may have dropped some."""
        if self.house.forgets or self._unasked:
            return {}
        return {event.id: int(event.at.timestamp()) for event in self.in_suspense.open(ROW) if begin < event.at < now}

    def _paged(
        self,
        events: tuple[Event, ...],
        words: tuple[str, ...],
        left_out: list[str],
        span: Span,
        after: Cursor,
        before: Cursor,
        cursor: str | None,
        now: datetime,
    ) -> Page:
        """Return the page of a span; where rows were refused, one more comes at the end of a look, which says so."""
        ended = span.end >= now
        kept = replace(after, walk=None, look=before.look, through=before.through)
        is_news = bool(events or words) or kept != replace(before, walk=None)
        is_news = is_news or after.through - before.through >= ONE_DAY.total_seconds()
        if ended and after.refused and not is_news:
            raise self._refusal(after)
        more = not ended or bool(after.refused)
        asked = [*after.open.values()][:MOST_ROWS_SHOWN] if ended else []
        if ended:
            after = replace(after, walk=AT_ITS_END if more else None)
        where = cursor if ended and not is_news and cursor is not None else after.text()
        self._going_on = where if more else None
        return Page(
            events=events,
            cursor=where,
            more=more,
            progress=f"read to {span.end:%Y-%m-%d}" if more else None,
            left_out=f"no events: {'; '.join(left_out)}" if left_out else None,
            alerts=(*words, *asked),
        )
