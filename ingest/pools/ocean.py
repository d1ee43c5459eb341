"""OCEAN: a pool that pays from the coinbase and tells, block by block, what each earned.

When its income counts is a dated policy of the taxpayer. *On payout*: each payout is a receipt, with the gross and the
fee of the blocks it pays for where these can be told. *On credit*: each block's earning is a receipt into the wallet
at the pool, and a payout moves it out. The id of a payout is the transaction's, so that a chain watcher's output of
the same transaction and the pool's word are one income.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.held import HeldEvidence
from lotwork.ingest.pools.coverage import after, covered_by, gross_and_fee
from lotwork.ingest.pools.ocean_answers import (
    AnswerRefusedError,
    Earning,
    Earnpay,
    MonthRow,
    Payout,
    read_earnpay,
    read_month,
)
from lotwork.ingest.pools.ocean_cursor import OceanCursor, Seen
from lotwork.ingest.pools.ocean_months import Months
from lotwork.ingest.pools.ocean_section import OceanSection, word
from lotwork.ingest.pools.uncovered import never_moved, never_paid, overdue, passed_over
from lotwork.ingest.ports import AHEAD, NOTHING, EvidenceKeeper, Page
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Event, Receipt, Transfer

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.asking.transport import Budget
    from lotwork.ingest.context import BuildContext

POOL, ASSET = "ocean", "BTC"
WINDOW = timedelta(days=30)
OVERLAP = timedelta(days=7)
"""How far back each question reaches again, for what the pool tells late."""
ON_CHAIN_SATS = 1_048_576
"""The balance that OCEAN pays out on the chain; what it pays over Lightning its API does not tell."""
PATIENCE = timedelta(days=60)
"""How long credits may wait for a payout, where they are income only then, before a person is asked."""
IDLE = timedelta(days=1)
"""A quiet pool's cursor moves once a day, so that silence does not write."""

Recognition = Callable[[datetime], str]


class _Span(NamedTuple):
    """What one question covers: asked from `start` to `end`, told anew from `fresh`."""

    start: datetime
    fresh: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Ocean:
    """The payouts and earnings of one payout address, as a receipt source.

    *recognition* says for an instant which policy was in force: "on_payout" or "on_credit". *is_void* says whether a
    person voided an event: that is how a payout the pool withdrew or changed is settled.
    """

    section: OceanSection
    client: BoundedClient
    evidence: EvidenceKeeper
    recognition: Recognition
    is_void: Callable[[str], bool]
    months: Months = field(default_factory=Months)

    def __post_init__(self) -> None:
        section = self.section
        if not section.address.isalnum() or not section.address.isascii():
            raise ConfigError(f"{self.name}: {section.address[:100]!r} is no address: give the payout address")
        if section.wallet == POOL:
            raise ConfigError(f"{self.name}: the payout wallet and the wallet at the pool are both {section.wallet!r}")

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

    def fetch_since(self, cursor: str | None) -> Page:
        """Return what the pool credited and paid after *cursor*, one span of at most 30 days at a time."""
        before = OceanCursor.read(cursor, self.name) if cursor else OceanCursor.beginning(self.start)
        now = self.client.clock.now().replace(microsecond=0)
        span = self._span(before, now)
        until = self.client.budget()
        self.months.begin()
        item = f"earnings and payouts {span.start:%Y-%m-%d} to {span.end:%Y-%m-%d}"
        told, body = self._ask(item, span, until)
        evidence = HeldEvidence(self.evidence.keep)
        try:
            events, after, whole = self._translate(told, before, span, evidence.keep(body), until)
        except AnswerRefusedError as refused:
            raise self._refusal(item, refused, body) from None
        evidence.settle(event.evidence for event in events)
        more = span.end < now or not whole
        if not events and not more and cursor and span.end - before.instant < IDLE:
            return Page(events=(), cursor=cursor)
        return Page(events=events, cursor=after.text(), more=more)

    def _span(self, before: OceanCursor, now: datetime) -> _Span:
        """Return what to ask for: back to the last payout, so that its successor's blocks are all in the answer."""
        through = before.instant
        first = self.start
        end = max(min(through + WINDOW, now), first)
        fresh = max(min(through, now) - OVERLAP, first)
        start = max(min(fresh, datetime.fromtimestamp(before.paid, UTC)), first)
        return _Span(start, fresh, end)

    def _ask(self, item: str, span: _Span, until: Budget) -> tuple[Earnpay, bytes]:
        first, last = int(span.start.timestamp()), int(span.end.timestamp())
        url = f"{self.section.base_url}/earnpay/{self._user}/{first}/{last}"
        answer = self.client.get_json(url, item=item, until=until)
        try:
            told = read_earnpay(answer.value)
            latest = self.client.clock.now() + AHEAD
            if any(at > latest for at in (*(one.at for one in told.earnings), *(one.at for one in told.payouts))):
                raise AnswerRefusedError("it tells of the future")  # noqa: TRY301 - one refusal for all of them
        except AnswerRefusedError as refused:
            raise self._refusal(item, refused, answer.body) from None
        inside = Earnpay(
            tuple(one for one in told.earnings if span.start <= one.at <= span.end),
            tuple(one for one in told.payouts if span.start <= one.at <= span.end),
        )
        return inside, answer.body

    @property
    def _user(self) -> str:
        return quote(self.section.address, safe="")

    def _refusal(self, item: str, refused: AnswerRefusedError, body: bytes) -> SourceRefusedError:
        return self.client.refusal(item, str(refused), NOTHING, body)

    def _translate(
        self, told: Earnpay, before: OceanCursor, span: _Span, evidence: str, until: Budget
    ) -> tuple[tuple[Event, ...], OceanCursor, bool]:
        """Return the events that are new in *told*, the cursor after them, and whether they are all.

        Where a report that a payout needs is not to be had, what comes before that payout is told, and no more.
        """
        observed = dict(self._observed(told, span))
        self._check_history(before, observed, span)
        new = {key: seen for key, seen in observed.items() if before.seen.get(key) != seen}
        events: list[Event] = []
        left_out: list[list[Earning]] = []
        for earning in told.earnings:
            key = self._credit_id(earning)
            if key in new:
                events.append(self._credit(self._revised(key, before, new.pop(key)), earning, evidence))
        paid = before.paid
        for payout in told.payouts:
            key = self._payout_id(payout)
            if key not in new:
                continue
            unpaid = after(told.earnings, paid)
            covered = covered_by(payout, unpaid)
            try:
                events += self._payout(self._revised(key, before, new[key]), payout, covered, evidence, until)
            except (SourceUnreachableError, SourceRefusedError):
                if not events:
                    raise
                break
            del new[key]
            left_out.append(passed_over(covered, unpaid))
            paid = max(paid, int((covered[-1].at if covered else payout.at).timestamp()))
        through = before.instant if new else max(span.end, before.instant)
        patience = PATIENCE if self.recognition(span.end) == "on_payout" else timedelta.max
        unpaid = [] if new else after(told.earnings, paid)
        late = overdue(unpaid, span.end - OVERLAP, ON_CHAIN_SATS, patience)
        for run in filter(None, (*left_out, *late)):
            events += self._uncovered(run, evidence)
            paid = max(paid, int(run[-1].at.timestamp()))
        seen = {key: one for key, one in observed.items() if key not in new}
        return tuple(events), before.moved(through, paid, {**before.seen, **seen}, through - OVERLAP), not new

    def _observed(self, told: Earnpay, span: _Span) -> Iterator[tuple[str, Seen]]:
        """Yield the id and content of everything in *told* that is an event under the policy of its time."""
        for earning in told.earnings:
            if earning.at >= span.fresh and earning.net_sats and self.recognition(earning.at) == "on_credit":
                yield self._credit_id(earning), Seen(int(earning.at.timestamp()), earning.net_sats)
        for payout in told.payouts:
            if payout.at >= span.fresh:
                yield self._payout_id(payout), Seen(int(payout.at.timestamp()), payout.sats)

    def _check_history(self, before: OceanCursor, observed: dict[str, Seen], span: _Span) -> None:
        """Refuse an answer that no longer tells what was recorded, unless a person has voided that."""
        for key, seen in before.seen.items():
            if seen.at < span.fresh.timestamp() or observed.get(key) == seen or self.is_void(key):
                continue
            what = "tells another amount or time" if key in observed else "is no longer listed"
            raise AnswerRefusedError(
                f"{key} was recorded and {what}; if the pool is right, void it "
                f'(lotwork add void target="{key}" reason="withdrawn by the pool") and ask again'
            )

    def _revised(self, key: str, before: OceanCursor, seen: Seen) -> str:
        """Return the id of a new event; what stands in for a voided one needs another than its own."""
        return f"{key}:{seen.at}:{seen.sats}" if key in before.seen else key

    def _payout_id(self, payout: Payout) -> str:
        return f"{POOL}:{self.section.address}:{payout.txid or int(payout.at.timestamp())}"

    def _credit_id(self, earning: Earning) -> str:
        return f"{POOL}:{self.section.address}:credit:{earning.block_hash}"

    def _credit(self, event_id: str, earning: Earning, evidence: str) -> Receipt:
        gross, fee = gross_and_fee((earning,), ())
        return Receipt(
            id=event_id,
            at=earning.at,
            source=self.name,
            evidence=evidence,
            wallet=POOL,
            asset=ASSET,
            quantity=earning.net_sats,
            gross_quantity=gross,
            pool_fee_quantity=fee,
            income="pool_payout",
            pool=POOL,
        )

    def _payout(
        self, event_id: str, payout: Payout, covered: Sequence[Earning], evidence: str, until: Budget
    ) -> Iterator[Event]:
        """Yield what a payout is: income now, coins that were income when credited, or a part of each."""
        blocks = covered or (Earning("", payout.at, payout.sats, None),)
        credited = sum(one.net_sats for one in blocks if self.recognition(one.at) == "on_credit")
        if credited < payout.sats:
            gross, fee = gross_and_fee(covered, self._months(covered, until)) if not credited else (None, None)
            yield Receipt(
                id=event_id,
                at=payout.at,
                source=self.name,
                note="paid in the coinbase" if payout.generation else None,
                evidence=evidence,
                wallet=self.section.wallet,
                asset=ASSET,
                quantity=payout.sats - credited,
                gross_quantity=gross,
                pool_fee_quantity=fee,
                income="pool_payout",
                pool=POOL,
                # In a payout that is both, the transfer carries the transaction: it explains what the chain saw.
                txid=None if credited else payout.txid,
            )
        if credited:
            yield Transfer(
                id=event_id if credited == payout.sats else f"{event_id}:credited",
                at=payout.at,
                source=self.name,
                evidence=evidence,
                from_wallet=POOL,
                to_wallet=self.section.wallet,
                asset=ASSET,
                quantity=credited,
                txid=payout.txid,
            )

    def _uncovered(self, earnings: Sequence[Earning], evidence: str) -> Iterator[Event]:
        """Yield what no payout covers, apart by when it is income."""
        credited = [one for one in earnings if self.recognition(one.at) == "on_credit"]
        common = {"source": self.name, "evidence": evidence, "wallet": POOL, "asset": ASSET}
        name = f"{POOL}:{self.section.address}:uncovered"
        yield from never_paid(name, [one for one in earnings if one not in credited], POOL, common)
        yield from never_moved(name, credited, common)

    def _months(self, covered: Sequence[Earning], until: Budget) -> tuple[MonthRow, ...]:
        """Return the monthly reports of the months in which the *covered* blocks were found."""

        def ask(month: str) -> tuple[MonthRow, ...]:
            item = f"earnings report of {month}"
            url = f"{self.section.base_url}/monthly_earnings_report/{self._user}/{month}"
            answer = self.client.get_json(url, item=item, until=until)
            try:
                return read_month(answer.value)
            except AnswerRefusedError as refused:
                raise self._refusal(item, refused, answer.body) from None

        return self.months.of(covered, self.client.clock.now(), ask)


def build(section: OceanSection, context: BuildContext) -> Ocean:
    """Return the pool; the policy of recognition is the one the book's profile had in force."""
    policy = context.policy(section.book)
    client = context.client(
        section.name, allow_private=section.allow_private, deadline_seconds=section.deadline_seconds
    )
    return Ocean(
        section=section,
        client=client,
        evidence=context.evidence,
        recognition=policy.recognition,
        is_void=policy.is_void,
    )


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
""",
    units="whole satoshis, told as a number or as a text",
    times="UTC, as ISO text without a zone or as seconds in a text: when the block was found, when the payout was sent",
    docs="""\
Payouts and per-block earnings of one address, gross and fee. Whether income counts when credited or when paid follows
the `recognition` of your profile, with its date. A payout out of the coinbase is the same income as the output your
node sees: the transaction's id joins them, and it counts once.

An output that your node names for the pool (`pool = "ocean"`) and that the pool does not list is in doubt, and so are
credits that no payout covers, which the pool mostly paid over Lightning: no figure has them until you [say what they
were](corrections.md#an-inflow-that-may-be-no-income).
""",
    cannot_see="""\
what was paid before `start`, what the pool no longer tells, and Lightning payouts, but by the credits they leave
without a payout, once these come to what the pool pays on the chain (0.01048576 BTC) and are a week old, or have
waited for two months.
""",
)
