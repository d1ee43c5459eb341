"""Charts as geometry: rectangles in a box of fixed size, drawn by the server as SVG.

The box is stretched to the width of the page, so nothing with letters stands inside it: ticks and months are plain
text beside it. Floats are allowed here and nowhere else: what is drawn here is looked at, never added up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH = 1000.0
HEIGHT = 240.0
TICKS = 4
GAP_SHARE = 0.22
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MOST_SERIES = 5
OTHERS = "other"


@dataclass(frozen=True, slots=True)
class Block:
    """One rectangle of a bar; `series` is the number of its colour."""

    y: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its rectangles from the bottom up, and what it says when asked."""

    x: float
    width: float
    blocks: tuple[Block, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart: ticks from the top down, labels from the left, the names of the colours."""

    title: str
    bars: tuple[Bar, ...]
    ticks: tuple[str, ...]
    labels: tuple[str, ...]
    series: tuple[str, ...]
    floor: float = HEIGHT
    """Where nothing is: bars stand on it, and what is below nothing hangs from it."""


def year_of_days(
    title: str,
    year: int,
    amounts: Mapping[tuple[date, str], int],
    show: Callable[[int], str],
    name: Callable[[str], str],
) -> Chart:
    """Return the days of *year* as bars, stacked by the second part of each key; the largest series lies lowest."""
    length = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    days = [date(year, 1, 1) + timedelta(days=count) for count in range(length)]
    kinds = _largest({key: amount for key, amount in amounts.items() if key[0].year == year})
    columns: dict[date, list[int]] = {}
    for (day, kind), amount in amounts.items():
        if day.year == year:
            column = columns.setdefault(day, [0] * len(kinds))
            column[kinds.index(kind if kind in kinds else OTHERS)] += amount
    shown = [columns.get(day, [0] * len(kinds)) for day in days]
    says = [
        f"{day:%b} {day.day}: {show(sum(column))}" + _parts(column, kinds, show, name)
        for day, column in zip(days, shown, strict=True)
    ]
    return _stacked(title, shown, says, MONTHS, tuple(name(kind) for kind in kinds), show)


def plain_bars(
    title: str, amounts: Sequence[int], labels: Sequence[str], says: Sequence[str], show: Callable[[int], str]
) -> Chart:
    """Return one bar an amount, all of one colour."""
    return _stacked(title, [[amount] for amount in amounts], says, labels, (), show)


def side_by_side(
    title: str,
    columns: Sequence[Sequence[int | None]],
    labels: Sequence[str],
    says: Sequence[Sequence[str]],
    series: Sequence[str],
    show: Callable[[int], str],
) -> Chart:
    """Return the amounts of each column as bars beside each other; what is below nothing hangs from the floor.

    None is an amount that is open: no bar is drawn of it. `says` has a text for each amount.
    """
    told = [amount for column in columns for amount in column if amount is not None]
    top = rounded_up(max((abs(amount) for amount in told), default=0))
    falls = any(amount < 0 for amount in told)
    floor, full = (HEIGHT / 2, HEIGHT / 2) if falls else (HEIGHT, HEIGHT)
    pitch = WIDTH / max(len(columns), 1)
    bars = []
    for place, column in enumerate(columns):
        width = pitch * (1 - GAP_SHARE) / max(len(column), 1)
        for number, amount in enumerate(column):
            if amount:
                height = full * abs(amount) / top
                block = Block(round(floor - height if amount > 0 else floor, 2), round(height, 2), number)
                x = pitch * (place + GAP_SHARE / 2) + width * number
                bars.append(Bar(round(x, 2), round(width, 2), (block,), says[place][number]))
    lowest = -top if falls else 0
    ticks = _short([show(top - (top - lowest) * step // TICKS) for step in range(TICKS + 1)])
    return Chart(title, tuple(bars), ticks, tuple(labels), tuple(series), floor)


def _parts(column: list[int], kinds: Sequence[str], show: Callable[[int], str], name: Callable[[str], str]) -> str:
    parts = [f"{name(kind)} {show(amount)}" for kind, amount in zip(kinds, column, strict=True) if amount]
    return f" ({', '.join(parts)})" if len(parts) > 1 else ""


def _largest(amounts: Mapping[tuple[date, str], int]) -> list[str]:
    """Return the series by size, the small ones beyond the palette as one."""
    totals: dict[str, int] = {}
    for (_, kind), amount in amounts.items():
        totals[kind] = totals.get(kind, 0) + amount
    kinds = sorted(totals, key=lambda kind: (-totals[kind], kind))
    if len(kinds) <= MOST_SERIES:
        return kinds
    return [*[kind for kind in kinds if kind != OTHERS][: MOST_SERIES - 1], OTHERS]


def _stacked(
    title: str,
    columns: Sequence[Sequence[int]],
    says: Sequence[str],
    labels: Sequence[str],
    series: tuple[str, ...],
    show: Callable[[int], str],
) -> Chart:
    top = rounded_up(max((sum(column) for column in columns), default=0))
    pitch = WIDTH / max(len(columns), 1)
    bars = []
    for place, column in enumerate(columns):
        blocks, level = [], 0.0
        for number, amount in enumerate(column):
            if amount > 0:
                height = HEIGHT * amount / top
                level += height
                blocks.append(Block(round(HEIGHT - level, 2), round(height, 2), number))
        if blocks:
            x, width = pitch * (place + GAP_SHARE / 2), pitch * (1 - GAP_SHARE)
            bars.append(Bar(round(x, 2), round(width, 2), tuple(blocks), says[place]))
    ticks = _short([show(top * step // TICKS) for step in range(TICKS, -1, -1)])
    return Chart(title, tuple(bars), ticks, tuple(labels), series)


def _short(texts: Sequence[str]) -> tuple[str, ...]:
    """Return amounts with as few decimals as tell them apart, all with the same number: a tick is read at a glance."""
    decimals = max(len(text.partition(".")[2].rstrip("0")) for text in texts)
    return tuple(text[: text.index(".") + decimals + bool(decimals)] if "." in text else text for text in texts)


def rounded_up(largest: int) -> int:
    """Return the least round number that is not below *largest* and that four ticks divide well."""
    if largest <= 0:
        return TICKS
    power = int(10 ** (len(str(largest)) - 1))
    for step in (1, 2, 3, 4, 6, 8, 10):
        if step * power >= largest:
            return max(step * power, TICKS)
    return largest  # pragma: no cover - ten times the power is above every number of its length
