"""The completeness of a book: each pool's months against the work that was told, and what is found missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from lotwork.ledger.history import History
from lotwork.projections.completeness.expected import DayWork, Work, work_of
from lotwork.projections.completeness.falls import fallen, of_fall
from lotwork.projections.completeness.gaps import Gaps
from lotwork.projections.completeness.months import PoolWork, months_of, tail_of
from lotwork.projections.completeness.silences import silences
from lotwork.projections.completeness.told import Account, DayTold, WorkFold
from lotwork.projections.completeness.unnamed import Claim, is_met, of_month, of_tail, of_unpaid
from lotwork.projections.completeness.unpaid import Unpaid, converted, is_still_owed, unpaid
from lotwork.projections.findings import Finding

NONE: dict[date, str] = {}


class Completeness(msgspec.Struct, frozen=True):
    """Every pool's months, and what is missing."""

    months: tuple[PoolWork, ...]
    findings: tuple[Finding, ...]


def completeness(history: History, told: WorkFold) -> Completeness:
    """Return the months of every pool that *told* knows of, and the findings."""
    work = work_of(told)
    gaps = Gaps(history, told, work)
    rows = dict(told.rows)
    accounted = {account: {*days} for account, days in work.days.items()}
    for account, told_why in work.explained.items():
        accounted.setdefault(account, set()).update(told_why)
    findings = [*gaps.of_silences(silences(rows, accounted, told.unnamed))]
    lacking: list[tuple[Claim | None, Iterable[Finding]]] = [
        (of_unpaid(one), (gaps.of_unpaid(one),)) for one in _unpaid(told, work)
    ]
    lost = fallen(told.falls, told.paid, {each: _explained(each, work) for each in told.falls}, told.last_day)
    lacking += [(of_fall(one), (gaps.of_fall(one),)) for one in lost]
    months: list[PoolWork] = []
    compared = {**rows, **{account: _rows_of(account, told, work) for account in work.days}}
    for account in sorted({*compared, *work.explained}):
        mine = compared.get(account, [])
        days: dict[date, DayWork] = work.days.get(account, {})
        explained = _explained(account, work)
        found = months_of(account, mine, days, explained, [*_elsewhere(account, rows)])
        months += found
        lacking += [(of_month(month), gaps.of_month(month)) for month in found]
        judged = {day: one for day, one in days.items() if day not in explained}
        tail = tail_of(account, mine, judged, told.owed(account))
        if tail is not None:
            lacking.append((of_tail(tail), (gaps.of_tail(tail),)))
    claims = [claim for claim, _ in lacking if claim is not None]
    for claim, asked in lacking:
        if claim is None or not is_met(claim, claims, told.unnamed):
            findings += asked
    return Completeness(tuple(months), tuple(findings))


def _unpaid(told: WorkFold, work: Work) -> Iterator[Unpaid]:
    """Yield what pools credited and never paid, by either policy."""
    accounts = {*told.credits, *told.held}
    explained = {account: _explained(account, work) for account in accounts}
    found = [*unpaid(told.credits, told.paid, explained)]
    found += converted({**told.held, **told.credits}, told.paid, explained)
    yield from (one for one in found if not is_still_owed(one, told.owed(one.account)))


def _explained(account: Account, work: Work) -> dict[date, str]:
    return {**work.explained.get(("", account[1]), NONE), **work.explained.get(account, NONE)}


def _rows_of(account: Account, told: WorkFold, work: Work) -> Sequence[DayTold]:
    """Return what came for the work of *account*.

    For work at any pool it is what came of every pool that tells of none, and, where no pool tells of any, what names
    no pool.
    """
    pool, asset = account
    if pool:
        return told.rows.get(account, [])
    came = [(each, rows) for each, rows in told.rows.items() if each[1] == asset and each not in work.days]
    if not any(each[1] == asset for each in work.days if each != account):
        came.append((account, told.unnamed.get(asset, [])))
    days: dict[date, DayTold] = {}
    for _, rows in came:
        for row in rows:
            one = days.setdefault(row.day, DayTold(row.day, 0, row.event))
            one.quantity, one.event = one.quantity + row.quantity, row.event
    return [days[day] for day in sorted(days)]


def _elsewhere(account: Account, rows: dict[Account, list[DayTold]]) -> Iterator[date]:
    """Yield the days on which another pool paid."""
    return (row.day for (pool, _), told in rows.items() if pool != account[0] for row in told)
