"""Lots by age: how much of a coin is long-term by now, and the days on which the rest turns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lotwork.projections.basis.holding_period import long_term_from
from lotwork.projections.basis.open_lots import OpenLot
from lotwork.web.charts import MONTHS, Chart, side_by_side
from lotwork.web.reading import Reading
from lotwork.web.wording import day

MOST_MONTHS = 24
"""Of the months in which lots came so many are drawn; the older ones are one bar."""
MOST_LABELS = 13
"""Of more bars than these only the first month of a year is named below."""


@dataclass(frozen=True, slots=True)
class AgeLine:
    """The lots that came in one month, or earlier than all that are shown alone."""

    name: str
    lots: int
    long: str
    short: str
    turns: str
    """When those that are short-term turn long-term."""
    first: str
    last: str
    """The days between which they came."""


@dataclass(frozen=True, slots=True)
class Ages:
    """The lots of one asset by the month they came."""

    says: str
    asset: str
    lines: tuple[AgeLine, ...]
    chart: Chart


def ages(reading: Reading) -> Ages:
    """Return the open lots of the asset of most lots by the month they came, and the days they turn long-term."""
    asset = main_asset(reading)
    months: defaultdict[tuple[int, int], list[OpenLot]] = defaultdict(list)
    for lot in reading.lots:
        if lot.asset == asset:
            months[lot.acquired.year, lot.acquired.month].append(lot)
    names = sorted(months)
    earlier = names[:-MOST_MONTHS]
    groups = [(_name(month), months[month]) for month in names[-MOST_MONTHS:]]
    if earlier:
        groups.insert(0, (f"Before {groups[0][0]}", [lot for month in earlier for lot in months[month]]))
    lines = [_line(reading, name, lots, asset) for name, lots in groups]
    sums = [_by_term(lots, reading.today) for _, lots in groups]
    told = [
        [
            f"{line.name}: {line.long} {asset} long-term",
            f"{line.name}: {line.short} {asset} short-term, long-term {line.turns}",
        ]
        for line in lines
    ]
    labels = [line.name if place == 0 or line.name.startswith(MONTHS[0]) else _short(line.name, len(lines))
              for place, line in enumerate(lines)]  # fmt: skip
    chart = side_by_side(
        f"{asset} by the month it came",
        sums,
        labels,
        told,
        ("Long-term", "Short-term"),
        lambda units: reading.coins(units, asset),
    )
    return Ages(age_says(reading), asset, tuple(lines), chart)


def age_says(reading: Reading) -> str:
    """Return how much is long-term by now, and which day the next lot turns."""
    asset = main_asset(reading)
    lots = [lot for lot in reading.lots if lot.asset == asset]
    long, short = _by_term(lots, reading.today)
    told = f"{reading.coins(long, asset)} of {reading.coins(long + short, asset)} {asset} are long-term"
    turns = sorted(turns_long(lot) for lot in lots if not lot.is_long(reading.today))
    if not turns:
        return f"{told}."
    first = [lot for lot in lots if not lot.is_long(reading.today) and turns_long(lot) == turns[0]]
    coming = reading.coins(sum(lot.quantity for lot in first), asset)
    return f"{told}; the next, {coming} {asset}, on {day(turns[0])}, the last on {day(turns[-1])}."


def _by_term(lots: Sequence[OpenLot], today: date) -> list[int]:
    return [
        sum(lot.quantity for lot in lots if lot.is_long(today)),
        sum(lot.quantity for lot in lots if not lot.is_long(today)),
    ]


def _line(reading: Reading, name: str, lots: Sequence[OpenLot], asset: str) -> AgeLine:
    long, short = _by_term(lots, reading.today)
    turns = sorted({turns_long(lot) for lot in lots if not lot.is_long(reading.today)})
    span = " to ".join(dict.fromkeys(day(each) for each in (turns[0], turns[-1]))) if turns else ""
    return AgeLine(name, len(lots), reading.coins(long, asset), reading.coins(short, asset), span or "now",
                   *(end(lot.acquired for lot in lots).isoformat() for end in (min, max)))  # fmt: skip


def _name(month: tuple[int, int]) -> str:
    return f"{MONTHS[month[1] - 1]} {month[0]}"


def _short(name: str, bars: int) -> str:
    return "" if bars > MOST_LABELS else name.split(maxsplit=1)[0]


def turns_long(lot: OpenLot) -> date:
    """Return the day from which a sale at a gain is long-term; of what was inherited it is the day it came."""
    if lot.how == "inheritance":
        return lot.acquired
    return long_term_from(lot.term_day or lot.acquired)


def main_asset(reading: Reading) -> str:
    """Return the asset of most lots."""
    counts: defaultdict[str, int] = defaultdict(int)
    for lot in reading.lots:
        counts[lot.asset] += 1
    return max(counts, key=lambda asset: (counts[asset], asset), default="BTC")
