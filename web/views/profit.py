"""What mining leaves month by month after power, and what one coin cost to mine against what it was worth.

Both from the year's receipts and expenses as `lotwork income` and `lotwork expenses` list them. Power is what is
business of the bills and meters that bring it, in the month it is paid; a month without any is open, and never free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lotwork.ledger.units import divide
from lotwork.projections.costs.words import BILLS_OF_POWER, category_word
from lotwork.projections.income import IncomeRow
from lotwork.web.charts import MONTHS, Chart, side_by_side
from lotwork.web.narrowed import month_days
from lotwork.web.reading import Reading
from lotwork.web.wording import plural, usd

MINED = ("block_reward", "transaction_fee", "pool_payout")
POWER = BILLS_OF_POWER - {"rent"}
"""Rent is mostly no power."""


@dataclass(frozen=True, slots=True)
class MonthOfMining:
    """One month, in micro-dollars; None is open, and `open` says why."""

    name: str
    mined: int
    power: int | None
    left: int | None
    cost: int | None
    """Of one coin of the asset shown, by the power of the month."""
    price: int | None
    """What one coin was worth when it came, on average."""
    open: str
    first: str
    last: str
    """Its first and its last day."""


@dataclass(frozen=True, slots=True)
class ProfitView:
    """What the picture shows."""

    says: str
    asset: str
    """The coin that is told of one by one: the one most was mined of, by value."""
    months: tuple[MonthOfMining, ...]
    left: Chart
    coin: Chart

    @property
    def opens(self) -> tuple[MonthOfMining, ...]:
        """The months of which something is open."""
        return tuple(month for month in self.months if month.open)


def profit_view(reading: Reading) -> ProfitView:
    """Return the year month by month, those in which nothing was mined and no power paid left out of the table."""
    rows = [
        row
        for row in reading.folded.income.rows
        if row.date.year == reading.year and row.doubt is None and row.income in MINED
    ]
    asset = _most_mined(rows)
    months = [_month(reading, number, rows, asset) for number in range(1, len(MONTHS) + 1)]
    told = tuple(month for month in months if month.mined or month.power or month.open)
    return ProfitView(_says(told), asset, told, _left(months, reading.year), _coin(months, asset, reading.year))


def _most_mined(rows: Sequence[IncomeRow]) -> str:
    values: dict[str, int] = {}
    for row in rows:
        values[row.asset] = values.get(row.asset, 0) + (row.value_usd_micros or 0)
    return max(values, key=lambda asset: (values[asset], asset), default="")


def _month(reading: Reading, number: int, rows: Sequence[IncomeRow], asset: str) -> MonthOfMining:
    came = [row for row in rows if row.date.month == number]
    mined = sum(row.value_usd_micros or 0 for row in came)
    power = _power(reading, number)
    waiting = sum(row.value_usd_micros is None for row in came)
    of_asset = [row for row in came if row.asset == asset and row.value_usd_micros is not None]
    worth, quantity = sum(row.value_usd_micros or 0 for row in of_asset), sum(row.quantity for row in of_asset)
    whole = 10 ** reading.history.assets.decimals(asset) if asset else 1
    cost = None
    if power is not None and mined and quantity and not waiting:
        cost = divide(power * worth * whole, mined * quantity)  # power by the value of what it mined
    first, last = month_days(reading.year, number)
    why = []
    if power is None and came:
        why.append("no power of the month is recorded")
    if waiting:
        why.append(f"{plural(waiting, 'receipt waits', 'receipts wait')} for a price")
    return MonthOfMining(
        name=MONTHS[number - 1],
        mined=mined,
        power=power,
        left=None if power is None or waiting else mined - power,
        cost=cost,
        price=divide(worth * whole, quantity) if quantity else None,
        open=" and ".join(why),
        first=first,
        last=last,
    )


def _power(reading: Reading, number: int) -> int | None:
    """Return what is business of the power paid in a month; None where none is recorded, or its law is not known."""
    if reading.costs is None:
        return None
    paid = [
        row.deductible_usd_micros
        for row in reading.costs.expenses.rows
        if row.date.year == reading.year and row.date.month == number and category_word(row.category) in POWER
    ]
    return sum(paid) if paid else None


def _says(months: Sequence[MonthOfMining]) -> str:
    known = [month for month in months if month.left is not None]
    if not known:
        return "What mining leaves is not known: no month has both its prices and its power."
    left = sum(month.left or 0 for month in known)
    dear = [month for month in known if month.cost is not None and month.price is not None and month.cost > month.price]
    told = f"Mining {'left' if left >= 0 else 'lost'} {usd(abs(left))} after power in {plural(len(known), 'month')}"
    if dear:
        return f"{told}; in {', '.join(month.name for month in dear)} a coin cost more to mine than it was worth."
    return f"{told}; in none of them did a coin cost more to mine than it was worth."


def _left(months: Sequence[MonthOfMining], year: int) -> Chart:
    return side_by_side(
        f"Left of what was mined after power, {year}",
        [[month.left] for month in months],
        MONTHS,
        [[_told(month)] for month in months],
        (),
        usd,
    )


def _told(month: MonthOfMining) -> str:
    return f"{month.name}: {usd(month.left)} left of {usd(month.mined)} after {usd(month.power)} of power"


def _coin(months: Sequence[MonthOfMining], asset: str, year: int) -> Chart:
    return side_by_side(
        f"One {asset}: its power and its price, {year}" if asset else f"One coin: its power and its price, {year}",
        [[month.cost, month.price] for month in months],
        MONTHS,
        [list(_of_one(month, asset)) for month in months],
        ("Power to mine one", "Price when it came"),
        usd,
    )


def _of_one(month: MonthOfMining, asset: str) -> Iterator[str]:
    yield f"{month.name}: {usd(month.cost)} of power for one {asset}"
    yield f"{month.name}: one {asset} was worth {usd(month.price)} when it came"
