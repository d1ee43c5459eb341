"""The completeness of a book: each pool's months against the work that was told, and what is found missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lotwork.ledger.history import History
from lotwork.projections.completeness.expected import DayWork, Work, work_of
from lotwork.projections.completeness.gaps import Gaps
from lotwork.projections.completeness.months import PoolWork, months_of, tail_of
from lotwork.projections.completeness.silences import silences
from lotwork.projections.completeness.told import Account, DayTold, WorkFold
from lotwork.projections.completeness.unpaid import Unpaid, converted, unpaid
from lotwork.projections.findings import Finding

NONE: dict[date, str] = {}


@dataclass(frozen=True, slots=True)
class Completeness:
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
    findings = [*gaps.of_silences(silences(rows, accounted))]
    findings += [gaps.of_unpaid(one) for one in _unpaid(told, work)]
    months: list[PoolWork] = []
    compared = {**rows, **{account: _rows_of(account, rows, work) for account in work.days}}
    for account in sorted({*compared, *work.explained}):
        mine = compared.get(account, [])
        days: dict[date, DayWork] = work.days.get(account, {})
        explained = _explained(account, work)
        found = months_of(account, mine, days, explained, [*_elsewhere(account, rows)])
        months += found
        findings += [each for month in found for each in gaps.of_month(month)]
        tail = tail_of(account, mine, {day: one for day, one in days.items() if day not in explained})
        if tail is not None:
            findings.append(gaps.of_tail(tail))
    return Completeness(tuple(months), tuple(findings))


def _unpaid(told: WorkFold, work: Work) -> Iterator[Unpaid]:
    """Yield what pools credited and never paid, by either policy."""
    accounts = {*told.credits, *told.held}
    explained = {account: _explained(account, work) for account in accounts}
    yield from unpaid(told.credits, told.paid, explained)
    yield from converted({**told.held, **told.credits}, told.paid, explained)


def _explained(account: Account, work: Work) -> dict[date, str]:
    return {**work.explained.get(("", account[1]), NONE), **work.explained.get(account, NONE)}


def _rows_of(account: Account, rows: dict[Account, list[DayTold]], work: Work) -> Sequence[DayTold]:
    """Return what came for the work of *account*; for work at any pool, what came of every pool that tells of none."""
    pool, asset = account
    if pool:
        return rows.get(account, [])
    days: dict[date, DayTold] = {}
    for each, told in rows.items():
        if each[1] == asset and each not in work.days:
            for row in told:
                one = days.setdefault(row.day, DayTold(row.day, 0, row.event))
                one.quantity, one.event = one.quantity + row.quantity, row.event
    return [days[day] for day in sorted(days)]


def _elsewhere(account: Account, rows: dict[Account, list[DayTold]]) -> Iterator[date]:
    """Yield the days on which another pool paid."""
    return (row.day for (pool, _), told in rows.items() if pool != account[0] for row in told)
