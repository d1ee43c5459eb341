"""Which line of a Form 1099-DA tells which of our sales: the best assignment, whatever order the lines came in.

Both sides are sorted by what they say, so that the same lines give the same answer in any order. In one wallet and
asset, and within a day of each other, the pairs are found in four steps, the surest first: the same quantity and
proceeds; the same quantity, at the least total difference; several on one side that come to one on the other; and
last the nearest quantity, of what is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias, TypeVar

import msgspec

from lotwork.ledger.events import BrokerReport, Sale
from lotwork.ledger.units import CENT_MICROS
from lotwork.projections.gains import GainRow
from lotwork.projections.reconcile.assignment import assign
from lotwork.projections.reconcile.broker.groups import Grouped, groups

DAYS_APART = 1
"""A broker's day is its own zone's, mostly UTC."""
MOST_AT_ONCE = 48
"""Of more than this on a side a run is cut by day, and a day by rank: an exact assignment is cubic."""
PASSES = 8
"""What a cut in too long a run kept apart meets in the next pass."""
A_DAY = 1 << 40
PARTS_OF_ALL = 10**6

Item = TypeVar("Item")
Place: TypeAlias = tuple[date, int, int]
"""Where something stands among its like: its day, its quantity, its proceeds."""


class Sold(NamedTuple):
    """One disposal at a broker: its rows of Form 8949, their total, and the fee that was taken from the proceeds."""

    disposal: str
    wallet: str
    asset: str
    quantity: int
    day: date
    broker_day: date
    """Its day in UTC, which brokers keep."""
    proceeds: int
    fee: int
    rows: tuple[GainRow, ...]
    event: Sale | None
    """None: the fee of a transfer."""

    @property
    def gross(self) -> int:
        """The proceeds before the fee."""
        return self.proceeds + self.fee


class Match(NamedTuple):
    """Lines and sales that belong together; one of them is mostly alone with one."""

    lines: tuple[BrokerReport, ...]
    sales: tuple[Sold, ...]


class Matched(msgspec.Struct):
    """Every line and every sale once: in a match, or alone."""

    matches: list[Match] = msgspec.field(default_factory=list)
    lines: list[BrokerReport] = msgspec.field(default_factory=list)
    sales: list[Sold] = msgspec.field(default_factory=list)


def match(lines: Iterable[BrokerReport], sales: Iterable[Sold]) -> Matched:
    """Return which of *lines* tells which of *sales*."""
    told: defaultdict[tuple[str, str], list[BrokerReport]] = defaultdict(list)
    ours: defaultdict[tuple[str, str], list[Sold]] = defaultdict(list)
    for line in lines:
        told[line.wallet, line.asset].append(line)
    for sale in sales:
        ours[sale.wallet, sale.asset].append(sale)
    whole = Matched()
    for account in sorted(told.keys() | ours.keys()):
        here = _Account(sorted(told[account], key=_line_order), sorted(ours[account], key=_sale_order))
        here.pair()
        whole.matches += sorted(here.matches, key=lambda each: (_line_order(each.lines[0]), each.lines[0].id))
        whole.lines += here.lines
        whole.sales += here.sales
    return whole


def _line_order(line: BrokerReport) -> tuple[date, int, int, int, str]:
    acquired = line.acquired.toordinal() if line.acquired else 0
    return line.sold, line.quantity, line.proceeds_usd_micros, acquired, line.id


def _sale_order(sale: Sold) -> tuple[date, int, int, str]:
    return sale.broker_day, sale.quantity, sale.proceeds, sale.disposal


def apart(line: BrokerReport, sale: Sold) -> int:
    """Return how many days *line* and *sale* are apart, by the nearer of the taxpayer's day and the broker's."""
    return min(abs((line.sold - sale.broker_day).days), abs((line.sold - sale.day).days))


def proceeds_apart(line: BrokerReport, sale: Sold) -> int:
    """Return how far the proceeds differ, fee netted or not."""
    return min(abs(line.proceeds_usd_micros - sale.proceeds), abs(line.proceeds_usd_micros - sale.gross))


class _Account(msgspec.Struct):
    """The lines and sales of one wallet and asset, each taken once."""

    lines: list[BrokerReport]
    sales: list[Sold]
    matches: list[Match] = msgspec.field(default_factory=list)

    def pair(self) -> None:
        """Take the four steps."""
        for days in range(DAYS_APART + 1):
            for amount in (lambda sale: sale.proceeds, lambda sale: sale.gross):
                self._pair_alike(days, amount)
        self._pair_best(lambda each: each.quantity, _same_quantity)
        self._pair_groups()
        self._pair_best(lambda _each: 0, _near_quantity)

    def _pair_alike(self, days: int, amount: Callable[[Sold], int]) -> None:
        """Pair what has the same quantity and, to the cent, the same proceeds: nothing can be nearer to either."""
        ours: defaultdict[tuple[date, int], list[Sold]] = defaultdict(list)
        for sale in self.sales:
            ours[sale.broker_day, sale.quantity].append(sale)
            if sale.day != sale.broker_day:
                ours[sale.day, sale.quantity].append(sale)
        for sold in ours.values():
            sold.sort(key=lambda sale: (amount(sale), sale.disposal), reverse=True)
        taken: set[str] = set()
        paired: list[tuple[BrokerReport, Sold]] = []
        for line in sorted(self.lines, key=lambda line: (line.proceeds_usd_micros, line.id)):
            for shift in sorted({-days, days}):
                bucket = ours.get((date.fromordinal(line.sold.toordinal() + shift), line.quantity), [])
                found = _alike(bucket, line.proceeds_usd_micros, amount, taken)
                if found is not None:
                    taken.add(found.disposal)
                    paired.append((line, found))
                    break
        self._take((Match((line,), (sale,)) for line, sale in paired))

    def _pair_best(
        self,
        bucket: Callable[[BrokerReport | Sold], Hashable],
        cost: Callable[[BrokerReport, Sold], int | None],
    ) -> None:
        """Pair what is left at the least total cost, in each bucket and each run of days that follow on each other."""
        for _ in range(PASSES):
            found = [
                Match((lines[i],), (sales[j],))
                for lines, sales in _runs(self.lines, self.sales, bucket)
                for i, j in assign(lines, sales, cost)
            ]
            self._take(found)
            if not found:
                return

    def _pair_groups(self) -> None:
        found: list[Grouped[BrokerReport, Sold]] = []
        for lines, sales in _runs(self.lines, self.sales, lambda _each: 0):
            found += groups(lines, sales, apart, DAYS_APART)
        found.sort(
            key=lambda each: (each.cost, *(line.id for line in each.left), *(one.disposal for one in each.right))
        )
        lines_taken: set[str] = set()
        sales_taken: set[str] = set()
        kept: list[Match] = []
        for each in found:
            lines_in, sales_in = {line.id for line in each.left}, {sale.disposal for sale in each.right}
            if lines_in.isdisjoint(lines_taken) and sales_in.isdisjoint(sales_taken):
                lines_taken |= lines_in
                sales_taken |= sales_in
                kept.append(Match(each.left, each.right))
        self._take(kept)

    def _take(self, matches: Iterable[Match]) -> None:
        """Keep *matches*, and leave their lines and sales to no later step."""
        kept = list(matches)
        lines = {line.id for each in kept for line in each.lines}
        sales = {sale.disposal for each in kept for sale in each.sales}
        self.matches += kept
        self.lines = [line for line in self.lines if line.id not in lines]
        self.sales = [sale for sale in self.sales if sale.disposal not in sales]


def _alike(bucket: list[Sold], proceeds: int, amount: Callable[[Sold], int], taken: set[str]) -> Sold | None:
    """Return the sale of *bucket*, which runs from the most to the least, within a cent of *proceeds*, if any."""
    while bucket and (bucket[-1].disposal in taken or amount(bucket[-1]) < proceeds - CENT_MICROS):
        bucket.pop()
    if bucket and amount(bucket[-1]) <= proceeds + CENT_MICROS:
        return bucket.pop()
    return None


def _same_quantity(line: BrokerReport, sale: Sold) -> int | None:
    """Return what it costs to pair two of one quantity: days first, then proceeds."""
    days = apart(line, sale)
    return None if days > DAYS_APART else days * A_DAY + min(proceeds_apart(line, sale), A_DAY - 1)


def _near_quantity(line: BrokerReport, sale: Sold) -> int | None:
    """Return what it costs to pair two of different quantity: nothing that is less than half of the other."""
    days, less, more = apart(line, sale), *sorted((line.quantity, sale.quantity))
    if days > DAYS_APART or 2 * less < more:
        return None
    return (more - less) * PARTS_OF_ALL // more * (DAYS_APART + 1) + days


def _runs(
    lines: Sequence[BrokerReport],
    sales: Sequence[Sold],
    bucket: Callable[[BrokerReport | Sold], Hashable],
) -> list[tuple[list[BrokerReport], list[Sold]]]:
    """Return what may be paired with each other: by bucket, in runs of days no more than a day apart."""
    made: defaultdict[Hashable, list[tuple[Place, BrokerReport | Sold]]] = defaultdict(list)
    for line in lines:
        made[bucket(line)].append(((line.sold, line.quantity, line.proceeds_usd_micros), line))
    for sale in sales:
        made[bucket(sale)].append(((sale.broker_day, sale.quantity, sale.proceeds), sale))
    runs: list[tuple[list[BrokerReport], list[Sold]]] = []
    for placed in made.values():
        placed.sort(key=lambda each: each[0])
        for run in _following(placed, 2 * DAYS_APART):
            for part in [run] if len(run) <= 2 * MOST_AT_ONCE else _following(run, 0):
                runs += _pieces(*_sides(item for _, item in part))
    return [(left, right) for left, right in runs if left and right]


def _following(placed: list[tuple[Place, Item]], reach: int) -> list[list[tuple[Place, Item]]]:
    """Cut what is sorted by its place where nothing follows within *reach* days."""
    runs: list[list[tuple[Place, Item]]] = []
    last: date | None = None
    for place, item in placed:
        if last is None or (place[0] - last).days > reach:
            runs.append([])
        runs[-1].append((place, item))
        last = place[0]
    return runs


def _pieces(lines: list[BrokerReport], sales: list[Sold]) -> list[tuple[list[BrokerReport], list[Sold]]]:
    """Cut a crowded day into pieces of like rank: of as many on either side, the first with the first."""
    count = -(-max(len(lines), len(sales)) // MOST_AT_ONCE)
    return [
        (
            lines[len(lines) * n // count : len(lines) * (n + 1) // count],
            sales[len(sales) * n // count : len(sales) * (n + 1) // count],
        )
        for n in range(count)
    ]


def _sides(run: Iterable[BrokerReport | Sold]) -> tuple[list[BrokerReport], list[Sold]]:
    lines: list[BrokerReport] = []
    sales: list[Sold] = []
    for each in run:
        if isinstance(each, BrokerReport):
            lines.append(each)
        else:
            sales.append(each)
    return lines, sales
