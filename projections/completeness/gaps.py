"""What is missing, told: of which pool, of which days, how it comes in, and how to say that nothing is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from lotwork.ledger.events import Balance, Credit, Receipt
from lotwork.ledger.history import History
from lotwork.ledger.public_form.hashrates import hashrate_text
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.units import ONE_DAY, unscaled
from lotwork.projections.completeness.expected import Work
from lotwork.projections.completeness.falls import Fallen, of_fall
from lotwork.projections.completeness.months import PoolWork, Tail, Window
from lotwork.projections.completeness.silences import Silence
from lotwork.projections.completeness.told import Account, WorkFold
from lotwork.projections.completeness.unnamed import Claim, of_month, of_tail, of_unpaid, within
from lotwork.projections.completeness.unpaid import Unpaid
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import NOTE, add_command, correct_command

MISSING = "income_missing"
BEYOND = "income_beyond_work"
NOT_PAID = "credited_not_paid"
SECONDS_A_DAY = 86_400
_SILENT = (
    "{pool} told no {assets} from {first} to {last} ({days} days), between rows that came {often}, and no other pool "
    "paid meanwhile: rows may be missing: {bring}; if the rigs were off, say so: `{explained}`"
)
_SHORT = (
    "{pool} paid {booked} {asset} in {month} for the work of {first} to {last} ({days} days, {rate} on average), which "
    "should have brought {expected} without the fees of blocks{luck}: rows may be missing{without}: "
    "{bring}{unnamed}; if it is right all the same, say why: `{explained}`"
)
_BEYOND = (
    "{pool} paid {booked} {asset} in {month} for the work of {first} to {last} ({days} days, {rate} on average), which "
    "should have brought {expected} at most, without the fees of blocks: rows may be told twice, in a wrong unit, or "
    "the hashrate may be of some rigs only: void or correct what is wrong; if it is right all the same, say why: "
    "`{explained}`"
)
_TAIL = (
    "{pool} has told no {asset} {since}, though work was done from {first} to {last} which should have brought "
    "{expected}: rows may be missing: {bring}{unnamed}; if it is right all the same, say why: `{explained}`"
)


_NOT_PAID = (
    "{pool} credited {quantity} {asset} from {first} to {last} which no payout covers: a payout may be missing, over "
    "Lightning or to another address: {bring}{unnamed}; if it is right all the same, say why: `{explained}`"
)
_CONVERTED = (
    "{pool} credited {quantity} {asset} from {first} to {last} and paid none of it, but {other}: where it converted "
    "the one into the other by itself, that is a swap: where income counts when credited, record it as a `sale` told "
    "as swapped and a `purchase` of {other}; if the coins are still there, or came as {other}, say so: `{explained}`"
)
_FALLEN = (
    "what {pool} owes of {asset} fell by {quantity} from {first} to {last}, and it tells payouts of {paid}: a payout "
    "may be missing, dropped from its list or sent elsewhere: {bring}{unnamed}; if it is right all the same, say why: "
    "`{explained}`"
)


class Gaps:
    """Makes the findings of one book."""

    def __init__(self, history: History, told: WorkFold, work: Work) -> None:
        self._history = history
        self._told = told
        self._work = work

    def of_silences(self, silences: Iterable[Silence]) -> Iterator[Finding]:
        """Yield a finding for each silence; coins of one pool that were silent together are one."""
        together: dict[tuple[str, date, date], list[Silence]] = {}
        for one in silences:
            together.setdefault((one.account[0], one.first, one.last), []).append(one)
        for (pool, first, last), found in together.items():
            one = found[0]
            explained = [self._explained(each.account, first, last) for each in found]
            stands_at = one.before if one.before.day.year == first.year else one.after
            words = _SILENT.format(
                pool=self._told.name(pool),
                assets=" and no ".join(each.account[1] for each in found),
                first=first,
                last=last,
                days=(last - first).days + 1,
                often="every few days" if (one.before.day + ONE_DAY) != first else "regularly",
                bring=self._bring(pool, one.before.event, first, last),
                explained=" && ".join(explained),
            )
            yield Finding(MISSING, words, stands_at.event)

    def of_month(self, month: PoolWork) -> Iterator[Finding]:
        """Yield what is wrong about a month."""
        window = month.window
        if window is None or not (window.short or window.beyond) or month.last_event is None:
            return
        pool, asset = month.account
        common = {
            "pool": self._pool(pool),
            "asset": asset,
            "month": month.month,
            "booked": self._coins(window.booked, asset),
            "first": window.first,
            "last": window.last,
            "days": window.days,
            "rate": self._rate(month.account, window),
            "explained": self._explained(month.account, *_bounds(month, window)),
        }
        if window.beyond:
            words = _BEYOND.format(expected=self._coins(window.most, asset), **common)
            yield Finding(BEYOND, f"{words}", month.last_event)
            return
        missing = ", ".join(_spans(month.without_row))
        words = _SHORT.format(
            expected=self._coins(window.least, asset),
            unnamed=self._unnamed(month.account, of_month(month)),
            luck=" on average; the luck of the pool decides, and this is less than half" if window.by_luck else "",
            without=f", mostly of the days without one: {missing}" if missing else "",
            bring=self._bring(pool, month.last_event, window.first, window.last),
            **common,
        )
        yield Finding(MISSING, words, month.last_event)

    def of_tail(self, tail: Tail) -> Finding:
        """Return what is told of work that nothing came for."""
        pool, asset = tail.account
        words = _TAIL.format(
            pool=self._pool(pool),
            asset=asset,
            since=f"since {tail.row.day}" if tail.row else "at all",
            first=tail.first,
            last=tail.last,
            expected=f"{self._coins(tail.least, asset)} {asset}",
            bring=self._bring(pool, tail.row.event if tail.row else None, tail.first, tail.last),
            unnamed=self._unnamed(tail.account, of_tail(tail)),
            explained=self._explained(tail.account, tail.first, tail.last),
        )
        return Finding(MISSING, words, tail.row.event if tail.row else self._last_work(tail.account))

    def of_unpaid(self, one: Unpaid) -> Finding:
        """Return what is told of credits that no payout covers."""
        pool, asset = one.account
        words = _NOT_PAID if one.paid_in is None else _CONVERTED
        told = words.format(
            pool=self._pool(pool),
            quantity=self._coins(one.quantity, asset),
            asset=asset,
            first=one.first,
            last=one.last.day,
            other=one.paid_in,
            bring=self._bring(pool, one.last.event, one.first, one.last.day),
            unnamed=self._unnamed(one.account, of_unpaid(one)),
            explained=self._explained(one.account, one.last.day, one.last.day),
        )
        return Finding(NOT_PAID, told, one.last.event)

    def of_fall(self, one: Fallen) -> Finding:
        """Return what is told of a fall of what a pool owes that no payout covers."""
        pool, asset = one.account
        words = _FALLEN.format(
            pool=self._pool(pool),
            quantity=self._coins(one.quantity, asset),
            asset=asset,
            first=one.first,
            last=one.last,
            paid=self._coins(one.paid, asset),
            bring=self._bring(pool, one.event, one.first, one.last),
            unnamed=self._unnamed(one.account, of_fall(one)),
            explained=self._explained(one.account, one.last, one.last),
        )
        return Finding(NOT_PAID, words, one.event)

    def _unnamed(self, account: Account, claim: Claim | None) -> str:
        """Return what to do about receipts of the time that name no pool, where there are some; else nothing."""
        pool, asset = account
        found = [] if claim is None else [*within(self._told.unnamed.get(asset, ()), claim.first, claim.last)]
        if not found or not pool:
            return ""
        total = self._coins(sum(row.quantity for row in found), asset)
        named = {"pool": self._told.name(pool)}
        command = correct_command(self._history.book, found[0].event, named, "who paid it")
        return (
            f"; {total} {asset} of that time came without the name of a pool, which is less than lacks: where they are "
            f"of {named['pool']}, say so of each, as `{command}`"
        )

    def _last_work(self, account: Account) -> str | None:
        told = (each for each in reversed(self._told.work) if self._told.account_of(each, account[1]) == account)
        return next((each.id for each in told), None)

    def _pool(self, pool: str) -> str:
        return self._told.name(pool) or "no pool"

    def _bring(self, pool: str, event: str | None, first: date, last: date) -> str:
        """Return how missing rows come in, by what told the rows that are there."""
        history = self._history
        names = [] if event is None else [event]
        told = [each for _, each in history.log.read(history.book, up_to=history.up_to, ids=names)]
        source = next((each.source for each in told if isinstance(each, Receipt | Credit | Balance)), None)
        span = f"{first} to {last}"
        if source is None:
            return f"look at {self._told.name(pool) or 'the pool'}'s own list of {span} and import it"
        return (
            f"see with `lotwork source test` and `lotwork poll {source}` whether {source} still answers, and import "
            f"the pool's own list of {span} where it does not tell them"
        )

    def _explained(self, account: Account, first: date, last: date) -> str:
        pool, asset = account
        named = (f"pool={self._told.name(pool)}",) if pool else ()
        ends = last + ONE_DAY
        at = print_instant(self._history.calendar.midnight(ends))
        command = add_command(
            self._history.book, "hashrate", f"at={at}", *named, f"asset={asset}", f"from={first}", f"to={ends}"
        )
        return f"{command} 'explained={NOTE}'"

    def _coins(self, units: Decimal | int, asset: str) -> str:
        return unscaled(int(units), self._history.assets.decimals(asset))

    def _rate(self, account: Account, window: Window) -> str:
        days = [one for day, one in self._work.days[account].items() if window.first <= day <= window.last]
        return mean_rate(sum((one.hashes for one in days), Decimal()), len(days))


def _bounds(month: PoolWork, window: Window) -> tuple[date, date]:
    """Return the days of work that a person would speak of: those without a row, else all that the month pays for."""
    days = [day for day in month.without_row if window.first <= day <= window.last]
    return (days[0], days[-1]) if days and window.short else (window.first, window.last)


def _spans(days: Sequence[date]) -> Iterator[str]:
    """Yield *days*, which are in order, as spans: "2026-02-10 to 2026-02-21"."""
    first: date | None = None
    for day, following in zip_longest(days, days[1:]):
        first = first or day
        if following != day + ONE_DAY:
            yield f"{first}" if first == day else f"{first} to {day}"
            first = None


def mean_rate(hashes: Decimal, days: int) -> str:
    """Return so many *hashes* in so many whole *days* as a mean hashrate, to four digits."""
    if not days:
        return hashrate_text(0)
    rate = int(hashes / (days * SECONDS_A_DAY))
    digits = len(str(rate)) - SHOWN_DIGITS
    return hashrate_text(round(rate, -digits) if digits > 0 else rate)


SHOWN_DIGITS = 4
