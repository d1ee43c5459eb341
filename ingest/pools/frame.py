"""How every pool is read: page by page from a cursor, each answer kept as evidence, each row as it stands today.

One question is asked at a time and what it told is recorded before the next, so that reading gets on however often
nobody answers. Each look reaches back by an overlap, and once a month over all that was ever read: a row that is told
late comes in, one that is told otherwise is corrected, one that failed is voided, by event and without a person, and
stops no other row. A row that is no longer listed is voided once it was missed three times over a day at least: an
answer that is empty by mistake takes nothing back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from lotwork.ingest.held import HeldEvidence
from lotwork.ingest.missing import A_DAY, missed, standing
from lotwork.ingest.pools import untaken as beside
from lotwork.ingest.pools.believed import Believed
from lotwork.ingest.pools.cursor import Kept, ListState, PoolCursor, Walk, instant, seconds_of
from lotwork.ingest.pools.fields import AnswerRefusedError
from lotwork.ingest.pools.meaning import GrowingPolicy, Meaning, Policy, declared, digest_of
from lotwork.ingest.pools.present import Observer, is_due, owed_after
from lotwork.ingest.pools.recorded import RecordedRows
from lotwork.ingest.pools.rows import Walked, former_names, rows_of
from lotwork.ingest.pools.settings import AccountSection
from lotwork.ingest.pools.told import Answered, Listing, Reader, Span, Told
from lotwork.ingest.pools.walking import all_before, ended, next_walk, onward, policy_print
from lotwork.ingest.ports import NOTHING, EvidenceKeeper, Page
from lotwork.ingest.reorganisations import Notice, Recorded, reconcile
from lotwork.ingest.suspense import InSuspense, Untaken, place, place_of
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Event
from lotwork.ledger.units import Asset

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient

NEVER = datetime.min.replace(tzinfo=UTC)
SKEW = timedelta(days=2)
"""How far, at least, the day that a pool files a row under may lie from the instant that it is dated at."""


class _Step(NamedTuple):
    """What one question brought."""

    state: PoolCursor
    is_done: bool
    events: tuple[Event, ...] = ()
    alerts: tuple[str, ...] = ()


class _Finish(NamedTuple):
    """What the end of a walk shows."""

    voids: tuple[Event, ...]
    words: list[str]
    known: ListState
    cut: list[Untaken]
    looked: set[str]
    """Of what is in suspense, the places that were looked at again."""


@dataclass(kw_only=True)
class Pool:
    """The account that *reader* tells of, as a receipt source."""

    section: AccountSection
    reader: Reader
    client: BoundedClient
    evidence: EvidenceKeeper
    log: Recorded
    policy: GrowingPolicy
    named: frozenset[str] | None = None
    """The sources of its book, where they are known."""
    _turn: int = field(default=0, init=False)
    """Which list is asked next; a look that fails goes on from there."""
    _now: datetime = field(default=NEVER, init=False)
    _read: set[str] = field(default_factory=set, init=False)
    """The lists that were read up to now in this look."""
    _refused: SourceRefusedError | None = field(default=None, init=False)
    """The first list of this look whose answer must not be believed."""
    _base: str | None = field(default=None, init=False)
    _live: PoolCursor = field(default_factory=PoolCursor, init=False)
    """What was learnt since the cursor *_base* and is not worth writing down yet."""
    _meaning: tuple[Policy, Meaning] | None = field(default=None, init=False)
    _recorded: RecordedRows | None = field(default=None, init=False)
    _walked: Walked = field(default_factory=Walked, init=False)
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
    def meaning(self) -> Meaning:
        """What its rows mean by the book as it stands; what it told so far is read once until the book grows."""
        standing = self.policy.standing
        if self._meaning is None or self._meaning[0] is not standing:
            made = Meaning(self.reader, source=self.name, wallet=self.section.wallet, policy=standing)
            self._meaning = standing, made
        return self._meaning[1]

    @property
    def _rows_recorded(self) -> RecordedRows:
        self._recorded = self._recorded or RecordedRows(self.log, self.book, self.name)
        return self._recorded

    @cached_property
    def _prefix(self) -> str:
        """What the ids of its events begin with, spelled as the log has it."""
        return self._rows_recorded.spelled(self.reader.prefix)

    @cached_property
    def _believed(self) -> Believed:
        return Believed(pool=self.reader.pool, source=self.name, recorded=self._rows_recorded, policy=self.policy)

    @property
    def in_suspense(self) -> InSuspense:
        """What of it waits in the book for being taken."""
        self._in_suspense = self._in_suspense or InSuspense(self.log, self.book, self.name, self.named)
        return self._in_suspense

    @property
    def _first(self) -> int:
        return seconds_of(datetime.combine(self.section.start, time(), tzinfo=UTC))

    def fetch_since(self, cursor: str | None) -> Page:
        """Return what the next question brings that is new, or that nothing is."""
        try:
            return self._fetched(cursor)
        except SourceUnreachableError as failed:
            late = beside.unread_lists(self.reader.listings, self._live.lists, self._read, self._first, self._now)
            failed.in_suspense = beside.suspended(self.in_suspense, late, self._now)
            raise

    def _fetched(self, cursor: str | None) -> Page:
        before = PoolCursor.read(cursor, self.name)
        if cursor != self._base:
            self._live, self._base, self._turn, self._refused = before, cursor, 0, None
        if self._turn == 0:
            self._now = self.client.clock.now().replace(microsecond=0)
            self._read.clear()
        while self._turn < len(self.reader.listings):
            try:
                step = self._step(self.reader.listings[self._turn], self._live)
            except SourceRefusedError as refused:  # it stops no other list
                self._refused = self._refused or refused
                self._turn += 1
                continue
            self._live = step.state
            self._turn += step.is_done
            if step.events or step.alerts:
                more = self._turn < len(self.reader.listings) or self._refused is not None
                return self._page(step.events, step.alerts, more=more)
        if self._refused is not None:
            first, self._refused, self._turn = self._refused, None, 0
            raise first
        if cursor and not self._live.has_learnt(before, A_DAY):  # a quiet pool's cursor moves once a day
            self._turn = 0
            return Page(events=self._believed.answered(self._now), cursor=cursor)
        return self._page((), (), more=False)

    def _page(self, events: tuple[Event, ...], alerts: tuple[str, ...], *, more: bool) -> Page:
        self._base = self._live.text()
        self._turn = self._turn if more else 0
        events += self._believed.answered(self._now, beside=events)
        return Page(events=events, cursor=self._base, more=more, alerts=alerts)

    def _step(self, listing: Listing, state: PoolCursor) -> _Step:
        """Ask for the next page of *listing*, if there is one to ask for."""
        now = seconds_of(self._now)
        known = state.lists.get(listing.name) or ListState(through=self._first, again=now)
        if known.account not in ("", self._prefix):  # another coin or address under the same name of a source
            known = ListState(through=self._first, again=now)
        known = replace(known, account=self._prefix)
        policy = policy_print(self.policy.recognition, self._first, now) + self.reader.reads_as
        if policy != known.policy:  # what it made of old rows may be something else
            known = replace(known, policy=policy, again=0 if known.policy else known.again, again_from=None)
        walk = self._walk(listing, known, state)
        if walk is None:
            return _Step(state.with_list(listing.name, known), is_done=True)
        span = Span(instant(walk.start), instant(walk.end))
        skew = max(SKEW, listing.overlap)
        asked = Span(span.start - skew, min(span.end + skew, self._now)) if listing.dated else span
        item = f"{listing.name} {span.start:%Y-%m-%d} to {span.end:%Y-%m-%d}, page {walk.page[:40]}"
        answer = self.client.ask_json(listing.ask(asked, walk.page), item=item)
        try:
            told = listing.read(answer.value, walk.page)
            rows = rows_of(listing, told, walk, self._first, self.client.clock.now(), self._walked)
        except AnswerRefusedError as refused:
            self._live = state.with_list(listing.name, replace(known, walk=None))
            raise self.client.refusal(item, str(refused), NOTHING, answer.body) from None
        held = HeldEvidence(self.evidence.keep)
        before = known
        evidence = held.keep(answer.body)
        events, known = self._record(listing, known, walk, rows, evidence)
        present, known = self._present(told, known, evidence)
        events += present
        alerts, known = beside.new_keys(told, known, walk)
        page = listing, told, events, alerts, self._first, self._now, evidence
        untaken, looked = beside.of_page(*page, policy=self.policy)
        words = [one.words for one in untaken if self.in_suspense.is_new(one) and one.at]
        walk = onward(walk, told, rows, (self.in_suspense.name_of(one) for one in untaken))
        if told.next is None or (told.is_guess and walk.stale) or (not listing.dated and all_before(told, walk)):
            finish = self._finish(listing, known, walk)
            known, lost = finish.known, beside.gaps(listing, before, walk)
            events += finish.voids
            untaken += (*finish.cut, *lost)
            looked |= {*finish.looked, beside.place_unread(listing.name)}
            words += (*finish.words, *(one.words for one in lost))
            self._read.add(listing.name)
        else:
            known = replace(known, walk=walk)
        read = {(place(beside.room(beside.MOVEMENT, listing), row.key), row.at) for row in told.rows}
        events += self.in_suspense.amended(untaken, looked=looked, now=self._now, because=beside.SETTLED, read=read)
        held.settle(event.evidence for event in events)
        words += beside.words_of_keys(listing.name, alerts)
        done = known.walk is None and self._walk(listing, known, state) is None
        return _Step(state.with_list(listing.name, known), done, tuple(events), tuple(words))

    def _walk(self, listing: Listing, known: ListState, state: PoolCursor) -> Walk | None:
        """Return the page to ask for next; None where *listing* is read up to now.

        Where credits are income, a payout is never read before those that it pays for.
        """
        if listing.daily and not is_due(self._now, known.present_at):
            return None
        now, policy = seconds_of(self._now), self.policy.recognition
        counts = self.reader.credits and "on_credit" in (policy(self._now), policy(instant(known.through)))
        credited = [each.name for each in self.reader.listings if each.kind == "credit"]
        names = [name for name in credited if counts and listing.kind == "payout" and name in state.lists]
        limit = min([now, *(state.lists[name].through for name in names)])
        return next_walk(listing, known, first=self._first, limit=limit, now=now, is_read=listing.name in self._read)

    def _row_name(self, listing: Listing, key: str) -> str:
        return f"{self._prefix}{listing.name}:{key}"

    def _record(
        self, listing: Listing, known: ListState, walk: Walk, rows: Sequence[Told], evidence: str
    ) -> tuple[list[Event], ListState]:
        """Return the events by which the log comes to say what *rows* say, and what is then known."""
        meaning, kept, missing = self.meaning, dict(known.kept), dict(known.missing)
        new: list[Event] = []
        doubted: list[str] = []
        fresh: list[Told] = []
        names = {row.key for row in rows}
        for row in rows:
            name = self._row_name(listing, row.key)
            missing.pop(row.key, None)
            before = former_names(row) - names if row.state == "done" else set()
            former = [each for key in before for each in meaning.ids(self._row_name(listing, key))]
            events = meaning.events(name, row, evidence, new, former=former)
            told = Kept(seconds_of(row.at), digest_of(events)) if events else None
            if kept.get(row.key) == told and not (walk.again or told is None):
                continue
            if told is None and row.key not in kept and not walk.again:
                continue
            doubted += (*meaning.ids(name), *former)
            for key in before:
                kept.pop(key, None), missing.pop(key, None)
            new += events
            fresh.append(row)
            if told is None:
                kept.pop(row.key, None)
            else:
                kept[row.key] = told
        assets = [row.asset for row in fresh if row.state == "done"]
        amended = self._amended(self._believed.doubting(new), doubted, assets, "the pool tells it otherwise")
        newest = [row.key for row in rows if row.key in kept]
        last = max([*newest, *([known.last] if known.last in kept else [])], key=lambda key: kept[key].at, default=None)
        known = replace(known, kept=kept, missing=missing, last=last or known.last)
        return amended, known

    def _present(self, told: Answered, known: ListState, evidence: str) -> tuple[list[Event], ListState]:
        """Return what *told* says of now alone, once a day."""
        if not told.present or not is_due(self._now, known.present_at):
            return [], known
        observer = Observer(pool=self.reader.pool, prefix=self._prefix, source=self.name)
        events = [*observer.events(told.present, self._now, known.present_at, known.owed, evidence)]
        new = declared(
            (one.asset for one in told.present),
            self.reader,
            self.log.assets(self.book),
            self.name,
            instant(self._first),
        )
        owed = owed_after(told.present, known.owed)
        return [*new, *events], replace(known, present_at=seconds_of(self._now), owed=owed)

    def _amended(
        self, observed: Sequence[Event], doubted: Sequence[str], assets: Iterable[str], because: str
    ) -> list[Event]:
        """Return the events to append so that the log holds *observed*, and nothing else under the ids *doubted*."""
        if not doubted:
            return []
        known = self.log.assets(self.book)
        told = declared(assets, self.reader, known, self.name, instant(self._first))
        table = known.with_declared(Asset(each.asset, each.decimals) for each in told)
        recorded = self._rows_recorded.of(doubted)
        notice = Notice(source=self.name, noted=self._now, because=because)
        return [*told, *reconcile(recorded, observed, doubted=doubted, assets=table, notice=notice)]

    def _finish(self, listing: Listing, known: ListState, walk: Walk) -> _Finish:
        """Return what the end of a walk shows: rows that are withdrawn, and how far the list is read."""
        now = seconds_of(self._now)
        expected = self._expected(listing, known, walk)
        open_rows = self.in_suspense.open(beside.room(beside.MOVEMENT, listing)) if not listing.forgets else ()
        waiting = {event.id: seconds_of(event.at) for event in open_rows}
        waiting = {name: at for name, at in waiting.items() if walk.start <= at < walk.end}
        told = expected | waiting
        whole = (walk.start, walk.end) if walk.again else None
        keys, missing = missed(told, walk.seen, known.missing, now, whole=whole)
        keys += [key for key in self._walked.renamed(expected, walk) if key not in keys]
        name = str(walk.start) if walk.again else "lately"
        taken, cut, shorter = beside.withdrawn(listing.name, name, keys, told, missing)
        missing |= {key: standing(told[key]) for key in cut}
        looked = {place_of(key) for key in taken if key in waiting}
        taken = [key for key in taken if key not in waiting]
        gone = [self._row_name(listing, key) for key in taken]
        kept = {key: one for key, one in known.kept.items() if key not in taken}
        words = [f"{name} was recorded, and the pool no longer lists it: it is void" for name in gone]
        doubted = [each for name in gone for each in self.meaning.ids(name)]
        voids = self._amended((), doubted, (), "the pool no longer lists it")
        after = ended(listing, replace(known, kept=kept, missing=missing), walk, first=self._first, now=now)
        if walk.again:
            looked |= beside.whole_again(self.in_suspense, listing.name, walk.start, walk.end, missing, shorter)
        if walk.again and after.again_from is None:  # all of it was read once more
            looked |= {place(beside.room(beside.KEY, listing), key) for key in known.unknown if key not in known.met}
            after = replace(after, met=(), unknown=tuple(key for key in known.unknown if key in known.met))
        return _Finish(tuple(voids), [*words, *(one.words for one in shorter)], after, shorter, looked)

    def _expected(self, listing: Listing, known: ListState, walk: Walk) -> dict[str, int]:
        """Return the recorded rows that the walk should have met, with their instants."""
        start = walk.start if not listing.forgets else max(walk.start, walk.oldest or walk.end)
        if not walk.again:
            return {key: one.at for key, one in known.kept.items() if start <= one.at <= walk.end}
        return self._rows_recorded.between(self._row_name(listing, ""), start, walk.end)
