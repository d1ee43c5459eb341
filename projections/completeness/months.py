"""A pool's months: what its work should have brought, what was booked, and where the one falls short of the other.

A row pays for the work since the row before it, so the rows of a month are held against the work from the last row of
the months before to the last of their own: a payout that comes when so much is owed is neither early nor late. When a
day's work is credited differs by up to two days; the reading that fits best counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import ONE_DAY
from lotwork.projections.completeness.expected import DayWork, is_solo, pays_by_the_share
from lotwork.projections.completeness.told import Account, DayTold

LAGS = (0, 1, 2)
"""Days from the work to the row that pays it."""
LEAST_DAYS = 10
"""Of fewer days of work a row more or less is a tenth."""
SHORT_BY_THE_SHARE = Decimal("0.9")
"""Where each share is paid, what comes is the subsidy, the fees of blocks, and less what the pool keeps: 5 percent at
most of any pool that is read here. A day that is lost of a month is 3 percent, three of them are ten."""
SHORT_BY_LUCK = Decimal("0.5")
"""Where the pool's luck decides: a pool of 36 blocks in the time has half of them less often than once in 700 times."""
BEYOND = Decimal(2)
"""The fees of blocks were half the subsidy in the dearest month there was; what is twice the work is counted twice."""
DAILY = Decimal("0.5")
"""A pool with rows on so many of a month's days pays daily, and days without one are named."""
UNPAID = {"BTC": 2_000_000, "LTC": 50_000_000, "DOGE": 1_000 * 10**8}
"""More than any pool here lets stand before it pays, in smallest units: 0.02 BTC, 0.5 LTC, 1,000 DOGE."""


class Window(NamedTuple):
    """The days of work that a month's rows pay for, and what they should have brought."""

    first: date
    last: date
    least: Decimal
    most: Decimal
    days: int
    """Of which a hashrate is told."""
    is_whole: bool
    """Whether it is told of all of them, and the difficulty too."""
    booked: int
    short: bool
    beyond: bool
    by_luck: bool


class PoolWork(msgspec.Struct):
    """One pool, coin and month: quantities in smallest units."""

    account: Account
    month: str
    booked: int = 0
    rows: int = 0
    """Days with a row."""
    last_event: str | None = None
    hashes: Decimal = Decimal()
    worked: int = 0
    """Days of which a hashrate is told."""
    least: Decimal | None = None
    """What the month's own work should have brought, as far as it is known."""
    most: Decimal | None = None
    unknown: int = 0
    """Days of work of which no difficulty, or no subsidy, is known."""
    without_row: list[date] = msgspec.field(default_factory=list)
    """Days between two rows of a pool that pays daily."""
    explained: list[str] = msgspec.field(default_factory=list)
    window: Window | None = None


def months_of(
    account: Account,
    rows: Sequence[DayTold],
    work: Mapping[date, DayWork],
    explained: Mapping[date, str],
    elsewhere: Collection[date] = (),
) -> list[PoolWork]:
    """Return the months of *account*, in order, those without a row too where there was work.

    On the days *elsewhere* another pool paid.
    """
    months: dict[str, PoolWork] = {}

    def month_of(day: date) -> PoolWork:
        name = f"{day:%Y-%m}"
        return months.setdefault(name, PoolWork(account, name))

    for row in rows:
        month = month_of(row.day)
        month.booked, month.rows, month.last_event = month.booked + row.quantity, month.rows + 1, row.event
    for day, one in work.items():
        month = month_of(day)
        month.worked, month.unknown = month.worked + 1, month.unknown + one.unknown
        month.hashes += one.hashes
        if not one.unknown:
            month.least, month.most = (month.least or Decimal()) + one.least, (month.most or Decimal()) + one.most
    for day, why in explained.items():
        month = month_of(day)
        if why not in month.explained:
            month.explained.append(why)
    for day in _days_without(rows, {*explained}, {*elsewhere}):
        month_of(day).without_row.append(day)
    judged = {day: one for day, one in work.items() if day not in explained}
    for name, window in _windows(rows, judged):
        months[name].window = window
    return [months[name] for name in sorted(months)]


def _days_without(rows: Sequence[DayTold], explained: set[date], elsewhere: set[date]) -> Iterator[date]:
    """Yield the days without a row between the first and the last of *rows*, where the pool pays daily.

    So it does in a month of which most days have one; the days of another month count between two such, if no other
    pool paid then.
    """
    if not rows:
        return
    told = {row.day for row in rows}
    empty: defaultdict[str, list[date]] = defaultdict(list)
    length: defaultdict[str, int] = defaultdict(int)
    day = rows[0].day
    while day <= rows[-1].day:
        length[f"{day:%Y-%m}"] += 1
        if day not in told:
            empty[f"{day:%Y-%m}"].append(day)
        day += ONE_DAY
    daily = [name for name, days in length.items() if days - len(empty[name]) >= DAILY * days]
    for name, days in empty.items():
        if name in daily:
            yield from (each for each in days if each not in explained)
        elif daily and daily[0] < name < daily[-1]:
            yield from (each for each in days if each not in explained and each not in elsewhere)


def _windows(rows: Sequence[DayTold], work: Mapping[date, DayWork]) -> Iterator[tuple[str, Window]]:
    """Yield each month with rows, and the work that they pay for."""
    if not work or not rows:
        return
    began = min(work)
    before: date | None = None
    for name, told in groupby(rows, key=lambda row: f"{row.day:%Y-%m}"):
        mine = [*told]
        window = _window(mine, began if before is None else before, work, is_first=before is None)
        before = mine[-1].day
        if window is not None:
            yield name, window


def _window(mine: Sequence[DayTold], before: date, work: Mapping[date, DayWork], *, is_first: bool) -> Window | None:
    booked = sum(row.quantity for row in mine)
    readings = []
    for lag in LAGS:
        first = before if is_first else before - (lag - 1) * ONE_DAY
        last = mine[-1].day - lag * ONE_DAY
        days = [first + number * ONE_DAY for number in range((last - first).days + 1)]
        known = [work[day] for day in days if day in work]
        if known:
            whole = len(known) == len(days) and not any(one.unknown for one in known)
            least, most = sum((one.least for one in known), Decimal()), sum((one.most for one in known), Decimal())
            readings.append((first, last, least, most, known, whole))
    if not readings:
        return None
    lowest, highest = min(readings, key=lambda one: one[2]), max(readings, key=lambda one: one[3])
    first, last, least, most, known, whole = lowest
    by_share = pays_by_the_share(known)
    is_long = len(known) >= LEAST_DAYS and not is_solo(known)
    short = is_long and booked < least * least_share(by_luck=not by_share)
    beyond = is_long and by_share and highest[5] and booked > highest[3] * BEYOND
    return Window(first, last, least, most, len(known), whole, booked, short, beyond, not by_share)


def least_share(*, by_luck: bool) -> Decimal:
    """Return the least part of what work should bring that comes for it."""
    return SHORT_BY_LUCK if by_luck else SHORT_BY_THE_SHARE


class Tail(NamedTuple):
    """Work that no row was told for since."""

    account: Account
    first: date
    last: date
    least: Decimal
    row: DayTold | None
    """The last row there is."""
    by_luck: bool
    may_owe: int
    """What the pool may owe of it still, in smallest units."""


def tail_of(
    account: Account, rows: Sequence[DayTold], work: Mapping[date, DayWork], said: DayTold | None = None
) -> Tail | None:
    """Return the work after the last of *rows*, where it should have been paid by now; *work* is not explained.

    What the pool *said* that it owes, after that row, is not missing. A pool that pays when so much is owed may owe
    some of it still: it is asked about where it would owe twice what it ever paid at once, or more than any pool lets
    stand.
    """
    since = [day for day in sorted(work) if not rows or day > rows[-1].day]
    if not since or is_solo([work[day] for day in since]):
        return None
    least = sum((work[day].least for day in since), Decimal())
    may_owe = UNPAID.get(account[1])
    if rows:
        paid = rows[-AROUND:]
        pause = max([(two.day - one.day).days for one, two in pairwise(paid)], default=0)
        days = (since[-1] - rows[-1].day).days
        usual = 2 * max(row.quantity for row in paid)
        if pause and days > max(LEAST_DAYS, 3 * pause):
            may_owe = usual if may_owe is None else min(usual, may_owe)
    by_luck = not pays_by_the_share([work[day] for day in since])
    if said is not None and (not rows or said.day > rows[-1].day):
        if said.quantity >= least * least_share(by_luck=by_luck):
            return None
        may_owe = None if may_owe is None else max(may_owe, said.quantity)
    if may_owe is None or least <= may_owe:
        return None
    return Tail(account, since[0], since[-1], least, rows[-1] if rows else None, by_luck, may_owe)


AROUND = 14
"""Rows that show how a pool paid lately."""
