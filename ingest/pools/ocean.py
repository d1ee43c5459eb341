"""OCEAN: a pool that pays from the coinbase and tells, block by block, what each earned.

Each look reaches back a week, and once a month over all that was ever read: what the pool tells late comes in, what it
tells otherwise is corrected, what it no longer lists is voided (where it is much at once, asked about), and no row
stops another. What it paid over Lightning its API may leave out: more was earned than was paid and is owed then, and a
person is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from datetime import UTC, datetime, time, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.held import HeldEvidence
from lotwork.ingest.missing import A_DAY, is_due_again, missed, standing
from lotwork.ingest.pools.believed import Believed
from lotwork.ingest.pools.coverage import after, covered_by
from lotwork.ingest.pools.ocean_answers import Earning, Earnpay
from lotwork.ingest.pools.ocean_cursor import OceanCursor, alerted
from lotwork.ingest.pools.ocean_events import POOL, OceanEvents, Recognition, with_keys
from lotwork.ingest.pools.ocean_months import Months
from lotwork.ingest.pools.ocean_present import with_present
from lotwork.ingest.pools.ocean_questions import OceanQuestions
from lotwork.ingest.pools.ocean_recorded import Span, alike, former_ids, observed_rows, recorded_rows
from lotwork.ingest.pools.ocean_section import CANNOT_SEE, DOCS, OceanSection, word
from lotwork.ingest.pools.present import Observer
from lotwork.ingest.pools.recorded import RecordedRows
from lotwork.ingest.pools.settings import check_typed
from lotwork.ingest.pools.uncovered import by_balance, overdue, passed_over
from lotwork.ingest.pools.untaken import SETTLED, keys_unnamed, place_unread, suspended, unread, whole_again, withdrawn
from lotwork.ingest.pools.walking import policy_print
from lotwork.ingest.ports import EvidenceKeeper, Page
from lotwork.ingest.suspense import InSuspense, Untaken
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Event
from lotwork.ledger.units import ONE_DAY

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.reorganisations import Recorded

WINDOW = timedelta(days=30)
OVERLAP = timedelta(days=7)
"""How far back each question reaches again, for what the pool tells late."""
ON_CHAIN_SATS = 1_048_576
"""The balance that OCEAN pays out on the chain; what it pays over Lightning its API does not tell."""
PATIENCE = timedelta(days=60)
"""How long credits may wait for a payout, where they are income only then, before a person is asked."""


class _Made(NamedTuple):
    """The events of a span, through when its earnings were paid, what no payout covers, and what was not made."""

    evidence: str
    events: list[Event]
    paid: int
    left_out: list[list[Earning]]
    unmade: set[str]
    covered: list[str]
    """The names of what would be uncovered, were its last block not paid by a payout of these."""


@dataclass(frozen=True, kw_only=True)
class Ocean:
    """The payouts and earnings of one payout address, as a receipt source.

    *recognition* says for an instant which policy was in force: "on_payout" or "on_credit".
    """

    section: OceanSection
    client: BoundedClient
    evidence: EvidenceKeeper
    recognition: Recognition
    log: Recorded
    named: frozenset[str] | None = None
    """The sources of its book, where they are known."""
    months: Months = field(default_factory=Months)
    believed: Believed | None = None
    """What the book believes of its amounts; None: they are held against nothing."""

    def __post_init__(self) -> None:
        section = self.section
        if not section.address.isalnum() or not section.address.isascii():
            raise ConfigError(f"{self.name}: {section.address[:100]!r} is no address: give the payout address")
        if POOL in (section.wallet, section.lightning_wallet):
            raise ConfigError(f"{self.name}: the payout wallet and the wallet at the pool are both {POOL!r}")

    @property
    def name(self) -> str:
        """The name its cursor is stored under, and its events' `source`."""
        return self.section.name

    @property
    def book(self) -> str:
        """The book its events belong to."""
        return self.section.book

    @property
    def start(self) -> datetime:
        """The instant before which nothing is asked for."""
        return datetime.combine(self.section.start, time(), tzinfo=UTC)

    @cached_property
    def make(self) -> OceanEvents:
        """What makes its events, called as the log spells the address."""
        prefix = f"{POOL}:{self.section.address}:"
        spelled = prefix if self.believed is None else self.believed.recorded.spelled(prefix)
        return OceanEvents(self.section, self.recognition, spelled)

    def fetch_since(self, cursor: str | None) -> Page:
        """Return what the pool credited and paid after *cursor*, one span of at most 30 days at a time."""
        now = self.client.clock.now().replace(microsecond=0)
        before = OceanCursor.read(cursor, self.name) if cursor else OceanCursor.beginning(self.start, now)
        try:
            return self._fetched(cursor, before, now)
        except SourceUnreachableError as failed:
            late = unread(POOL, before.instant, now) if cursor else []
            failed.in_suspense = suspended(self.in_suspense, late, now)
            raise

    def _fetched(self, cursor: str | None, before: OceanCursor, now: datetime) -> Page:
        asking = OceanQuestions(self.section, self.client, self.months)
        page = self._fresh(cursor, before, now, asking)
        if not (page.events or page.alerts or page.more or not cursor):
            state = OceanCursor.read(page.cursor, self.name)
            page = self._once_more(state, now, asking) if self._is_due(state, now) else page
        if self.believed is not None and not page.events:
            page = replaced(page, events=self.believed.answered(now))
        observer = Observer(pool=POOL, prefix=self.make.prefix, source=self.name)
        return with_present(page, now, self.section.observe, observer, asking, self.evidence.keep)

    def _fresh(self, cursor: str | None, before: OceanCursor, now: datetime, asking: OceanQuestions) -> Page:
        """Return what is new."""
        first, through = self.start, before.instant
        end, fresh = max(min(through + WINDOW, now), first), max(min(through, now) - OVERLAP, first)
        span = Span(max(min(fresh, datetime.fromtimestamp(before.paid, UTC)), first), fresh, end)
        told, body, item = asking.earnpay(span.start, span.end)
        evidence = HeldEvidence(self.evidence.keep)
        observed = dict(observed_rows(self.make, told, span))
        new = {key for key, seen in observed.items() if before.seen.get(key) != seen}
        former = former_ids(self.make, told, new)
        before = before.without(former)
        made = self._made(told, before.paid, new, evidence.keep(body), asking)
        asked_at = int(now.timestamp())
        asked = range(int(span.fresh.timestamp()), int(span.end.timestamp()) + 1)
        expected = {key: one.at for key, one in before.seen.items() if one.at in asked}
        lost, missing = missed(expected, observed, before.missing, asked_at)
        gone, _, cut = withdrawn(POOL, "lately", lost, expected, missing)
        policy = policy_print(self.recognition, int(first.timestamp()), asked_at)
        changed = before.policy not in ("", policy)  # what it made of old rows may be something else
        state = replace(before, missing=missing, policy=policy, again=0 if changed else before.again)
        owed: list[Event] = []
        if not made.unmade:
            owed, made, state = self._left(told, made, span, state, evidence.keep, asking)
        events = [*self._amended(made.events, [*(new - made.unmade), *gone, *made.covered, *former], now), *owed]
        events += self._suspended(told, state, events, now, cut, {place_unread(POOL)})
        kept = {key: one for key, one in {**before.seen, **observed}.items() if key not in {*made.unmade, *gone}}
        reached = before.instant if made.unmade else max(span.end, min(before.instant, now))
        state, alerts = alerted(state, told, gone, item, cut)
        state = state.moved(reached, made.paid, kept, reached - OVERLAP)
        evidence.settle(event.evidence for event in events)
        more = span.end < now or bool(made.unmade)
        is_quiet = (state.missing, state.owed_at) == (before.missing, before.owed_at) and not (alerts or changed)
        if not events and not more and cursor and is_quiet and span.end - before.instant < ONE_DAY:
            return Page(events=(), cursor=cursor)  # a quiet pool's cursor moves once a day
        return Page(events=tuple(events), cursor=state.text(), more=more, alerts=alerts)

    def _is_due(self, state: OceanCursor, now: datetime) -> bool:
        """Return whether all that was ever read is to be read again."""
        recent, today = int((now - OVERLAP).timestamp()), int(now.timestamp())
        return state.again_from is not None or is_due_again(state.again, state.missing.values(), recent, today)

    def _once_more(self, state: OceanCursor, now: datetime, asking: OceanQuestions) -> Page:
        """Return what a span of what is long read says today."""
        begin, today = int(self.start.timestamp()), int(now.timestamp())
        fresh = datetime.fromtimestamp(begin if state.again_from is None else state.again_from, UTC)
        paid = begin - 1 if state.again_from is None else state.again_paid
        stop = max(state.instant - OVERLAP, fresh)
        span = Span(max(min(fresh, datetime.fromtimestamp(paid, UTC)), self.start), fresh, min(fresh + WINDOW, stop))
        told, body, item = asking.earnpay(span.start, span.end)
        evidence = HeldEvidence(self.evidence.keep)
        observed = dict(observed_rows(self.make, told, span))
        made = self._made(told, paid, {*observed}, evidence.keep(body), asking)
        former = former_ids(self.make, told, {*observed})
        of = int(span.fresh.timestamp()), int(span.end.timestamp())
        expected = recorded_rows(self.log, self.section, self.make.prefix, span)
        lost, missing = missed(expected, observed, state.missing, today, whole=of)
        gone, stand, cut = withdrawn(POOL, str(int(fresh.timestamp())), lost, expected, missing)
        missing |= {key: standing(expected[key]) for key in stand}
        events = self._amended(made.events, [*(observed.keys() - made.unmade), *gone, *made.covered, *former], now)
        whole = whole_again(self.in_suspense, POOL, int(fresh.timestamp()), int(span.end.timestamp()), missing, cut)
        events += self._suspended(told, state, events, now, cut, whole)
        evidence.settle(event.evidence for event in events)
        late = overdue(after(told.earnings, made.paid), span.end - OVERLAP, ON_CHAIN_SATS, PATIENCE)
        paid = max([made.paid, *(int(run[-1].at.timestamp()) for run in late)])
        is_over = span.end >= stop
        state, alerts = alerted(replace(state, missing=missing), told, gone, item, cut)
        state = replace(
            state,
            again=today if is_over else state.again,
            again_from=None if is_over else of[1],
            again_paid=paid,
        )
        return Page(events=tuple(events), cursor=state.text(), more=not is_over and not made.unmade, alerts=alerts)

    def _made(self, told: Earnpay, paid: int, new: set[str], evidence: str, asking: OceanQuestions) -> _Made:
        """Return the events of what is *new* in *told*.

        Where a report that a payout needs is not to be had, what comes before that payout is made, and no more.
        """
        made = _Made(evidence, [], paid, [], {*new}, [])
        for earning in told.earnings:
            key = self.make.credit_id(earning)
            if key in made.unmade:
                made.events.append(self.make.credit(earning, evidence))
                made.unmade.discard(key)
        for payout in told.payouts:
            key = self.make.payout_id(payout)
            if key not in made.unmade:
                continue
            unpaid = after(told.earnings, paid)
            covered = covered_by(payout, unpaid)
            try:
                events = [*self.make.payout(payout, covered, evidence, partial(asking.months_of, covered))]
            except (SourceUnreachableError, SourceRefusedError):
                if not made.events:
                    raise
                break
            made.events.extend(events)
            made.unmade.discard(key)
            made.left_out.append(passed_over(covered, unpaid))
            made.covered.extend(self.make.uncovered_id(one) for one in covered)
            paid = max(paid, int((covered[-1].at if covered else payout.at).timestamp()))
        return made._replace(paid=paid, events=[with_keys(event, told.unknown) for event in made.events])

    def _left(
        self,
        told: Earnpay,
        made: _Made,
        span: Span,
        state: OceanCursor,
        keep: Callable[[bytes], str],
        asking: OceanQuestions,
    ) -> tuple[list[Event], _Made, OceanCursor]:
        """Return what no payout on the chain covers, what is paid then, and when the pool was asked what it owes."""
        patience = PATIENCE if self.recognition(span.end) == "on_payout" else timedelta.max
        unpaid = after(told.earnings, made.paid)
        runs = [*made.left_out, *overdue(unpaid, span.end - OVERLAP, ON_CHAIN_SATS, patience)]
        paid = max([made.paid, *(int(run[-1].at.timestamp()) for run in runs if run)])
        today = int(self.client.clock.now().timestamp())
        owed, body = None, b""
        if after(told.earnings, paid) and span.end.timestamp() >= today - 1 and abs(today - state.owed_at) >= A_DAY:
            owed, body = asking.owed()
            state = replace(state, owed_at=today)
        note = None
        events: list[Event] = []
        if owed is not None:
            gone, amount = by_balance(after(told.earnings, paid), owed, span.end - 2 * ONE_DAY)
            if gone and amount == state.left:
                runs.append(gone)
                note = f"the pool says it owes {owed} sat beside this"
                paid = max(paid, int(gone[-1].at.timestamp()))
                if self.recognition(span.end) == "on_credit":
                    events.append(self.make.balance(owed, span.end, keep(body)))
            state = replace(state, left=amount)
        found: list[Event] = []
        for run in filter(None, runs):
            found += self.make.uncovered(run, made.evidence, note if run is runs[-1] else None)
        return [*found, *events], made._replace(paid=paid), state

    @property
    def in_suspense(self) -> InSuspense:
        """What of it waits in the book for being taken."""
        return InSuspense(self.log, self.book, self.name, self.named)

    def _suspended(
        self,
        told: Earnpay,
        state: OceanCursor,
        events: Sequence[Event],
        now: datetime,
        cut: Iterable[Untaken],
        looked: Collection[str] = (),
    ) -> tuple[Event, ...]:
        """Return what suspends rows *cut* at once, and keys that no answer had before and no event of this page names.

        What is no longer told of *looked* is taken back.
        """
        twice, places = alike(self.make, told)
        found = [*keys_unnamed(POOL, told.unknown - {*state.unknown}, events, now), *cut, *twice]
        return self.in_suspense.amended(found, looked={*looked, *places}, now=now, because=SETTLED)

    def _amended(self, observed: Sequence[Event], rows: Iterable[str], now: datetime) -> list[Event]:
        """Return the events to append so that the log holds *observed*, and nothing else of *rows*."""
        doubted = [name for key in rows for name in self.make.names(key)]
        if not doubted:
            return []
        from lotwork.ingest.reorganisations import Notice, reconcile, recorded_of  # noqa: PLC0415 - only where asked

        recorded = recorded_of(self.log, self.book, doubted)
        notice = Notice(source=self.name, noted=now, because="the pool tells it otherwise, or no longer")
        assets = self.log.assets(self.book)
        observed = observed if self.believed is None else self.believed.doubting(observed)
        return [*reconcile(recorded, observed, doubted=doubted, assets=assets, notice=notice)]


def build(section: OceanSection, context: BuildContext) -> Ocean:
    """Return the pool; the policy of recognition is the one the book's profile had in force."""
    check_typed(section, "BTC")
    client = context.client(
        section.name, allow_private=section.allow_private, deadline_seconds=section.deadline_seconds
    )
    policy = context.policy(section.book)
    recorded = RecordedRows(context.log, section.book, section.name)
    return Ocean(
        section=section, client=client, evidence=context.evidence, log=context.log, recognition=policy.recognition,
        named=context.names_in(section.book),
        believed=Believed(pool=POOL, source=section.name, recorded=recorded, policy=policy),
    )  # fmt: skip


SOURCE = DeclaredSource(
    kind="ocean",
    word=word,
    label="The pool OCEAN",
    settings=OceanSection,
    build=build,
    example="""\
[[sources.ocean]]             # the pool OCEAN
name = "ocean"
address = "bc1q..."
wallet = "cold"
start = 2025-01-01
# observe = ["hashrate", "balance"]   # for `lotwork completeness`
""",
    units="whole satoshis, told as a number or as a text",
    times="UTC, as ISO text without a zone or as seconds in a text: when the block was found, when the payout was sent",
    docs=DOCS,
    cannot_see=CANNOT_SEE,
)
