"""The page of income: what came in day by day, stacked by pool, and every receipt with the price it was valued at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from lotwork.ledger.units import MICROS
from lotwork.projections.income import IncomeRow
from lotwork.reports.csv_file import csv_text
from lotwork.reports.income import RECEIPTS_FILE, ReceiptRow, receipt_row
from lotwork.web.charts import MONTHS, Chart, year_of_days
from lotwork.web.listing import Listing, page_of
from lotwork.web.narrowed import ALL_ROWS, Narrowed, month_days
from lotwork.web.reading import Reading
from lotwork.web.wording import usd, words

DOLLARS = "USD"
CSV_NAMES = ((ReceiptRow.income, "kind"),)
"""What the file has always called a field that a listing tells by another name."""


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month: its receipts and what they were worth; coins only where one asset is shown."""

    name: str
    receipts: int
    coins: str
    value_usd_micros: int
    first: str
    last: str
    """Its first and its last day."""


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of income in one asset."""

    name: str
    asset: str
    receipts: int
    coins: str
    value_usd_micros: int


@dataclass(frozen=True, slots=True)
class IncomeView:
    """What the page shows."""

    total_usd_micros: int
    total_coins: str
    """All that came in of the one asset that is shown; empty where dollars are."""
    receipts: int
    pending: int
    doubtful: int
    unit: str
    units: tuple[str, ...]
    chart: Chart
    months: tuple[MonthLine, ...]
    kinds: tuple[KindLine, ...]
    rows: Listing[ReceiptRow]
    narrowed: Narrowed
    """What the list of receipts is narrowed to, and no sum."""

    @property
    def asset(self) -> str:
        """The one asset that is shown; empty where all are, in dollars."""
        return "" if self.unit == DOLLARS else self.unit

    @property
    def asked(self) -> dict[str, str]:
        """What the next page of the receipts asks for."""
        return {"unit": self.unit, **self.narrowed.kept}

    @property
    def listed(self) -> dict[str, str]:
        """What the file of the receipts asks for."""
        return {**self.narrowed.kept, **({"asset": self.asset} if self.asset else {})}


def income_view(reading: Reading, unit: str, page: int, narrowed: Narrowed = ALL_ROWS) -> IncomeView:
    """Return the year's income in dollars, or in the coins of one asset; the receipts newest first."""
    rows = _of_year(reading)
    assets = tuple(sorted({row.asset for row in rows}))
    unit = unit if unit in assets else DOLLARS
    shown = rows if unit == DOLLARS else [row for row in rows if row.asset == unit]
    listed = [row for row in shown if _is_of(narrowed, row)]
    return IncomeView(
        total_usd_micros=sum(row.value_usd_micros or 0 for row in shown),
        total_coins="" if unit == DOLLARS else reading.coins(sum(row.quantity for row in shown), unit),
        receipts=len(shown),
        pending=sum(row.value_usd_micros is None and row.doubt is None for row in shown),
        doubtful=sum(row.doubt is not None for row in shown),
        unit=unit,
        units=(DOLLARS, *assets),
        chart=_chart(reading, shown, unit),
        months=tuple(_months(reading, shown, unit)),
        kinds=tuple(_kinds(reading, shown)),
        rows=page_of(listed[::-1], page).of(lambda row: receipt_row(row, reading.history.assets)),
        narrowed=narrowed,
    )


def _is_of(narrowed: Narrowed, row: IncomeRow) -> bool:
    return narrowed.holds(row.date, asset=row.asset, wallet=row.wallet, origin=row.pool or row.income)


def _of_year(reading: Reading) -> list[IncomeRow]:
    return [row for row in reading.folded.income.rows if row.date.year == reading.year]


def _chart(reading: Reading, rows: list[IncomeRow], unit: str) -> Chart:
    amounts: defaultdict[tuple[date, str], int] = defaultdict(int)
    for row in rows:
        amount = (row.value_usd_micros or 0) if unit == DOLLARS else row.quantity
        amounts[row.date, row.pool or row.income] += amount
    title = f"Income by day, {reading.year}, in {'dollars' if unit == DOLLARS else unit}"
    return year_of_days(title, reading.year, amounts, _shown(reading, unit), words)


def _shown(reading: Reading, unit: str) -> Callable[[int], str]:
    if unit == DOLLARS:
        return lambda micros: usd(micros) if micros % MICROS else f"${micros // MICROS:,}"
    return lambda units: reading.coins(units, unit)


def _months(reading: Reading, rows: list[IncomeRow], unit: str) -> Iterator[MonthLine]:
    for number, name in enumerate(MONTHS, start=1):
        month = [row for row in rows if row.date.month == number]
        if month:
            held = sum(row.quantity for row in month)
            text = "" if unit == DOLLARS else reading.coins(held, unit)
            first, last = month_days(reading.year, number)
            yield MonthLine(name, len(month), text, sum(row.value_usd_micros or 0 for row in month), first, last)


def _kinds(reading: Reading, rows: list[IncomeRow]) -> Iterator[KindLine]:
    kinds: defaultdict[tuple[str, str], list[IncomeRow]] = defaultdict(list)
    for row in rows:
        kinds[row.pool or row.income, row.asset].append(row)
    for (kind, asset), told in sorted(kinds.items(), key=lambda entry: -len(entry[1])):
        held = reading.coins(sum(row.quantity for row in told), asset)
        yield KindLine(kind, asset, len(told), held, sum(row.value_usd_micros or 0 for row in told))


def income_csv(reading: Reading, narrowed: Narrowed = ALL_ROWS) -> str:
    """Return the year's receipts as CSV: exact decimals, pending ones with an empty value, no cell a formula."""
    rows = (receipt_row(row, reading.history.assets) for row in _of_year(reading) if _is_of(narrowed, row))
    return csv_text(RECEIPTS_FILE, rows, *CSV_NAMES)
