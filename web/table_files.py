"""Every table of the pages as a file: all of its rows, amounts exact, whatever page of it is shown.

A file is named as its table is; the rows are those of the page, from the same folds. A cell that begins like a formula
gets an apostrophe, a number stays one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from starlette.datastructures import QueryParams

from lotwork.ledger.codec import kind_of
from lotwork.reports.costs import BILLS, RIGS, bill_row, rig_row
from lotwork.reports.countries import list_foreign
from lotwork.reports.csv_file import csv_text, sums_text
from lotwork.reports.estimated import INSTALLMENTS
from lotwork.reports.gains import DISPOSALS_FILE, REMOVALS, disposal_row, removal_row
from lotwork.reports.lots import LOTS, lot_row
from lotwork.reports.tax import LINES, traced_line_row
from lotwork.web.forms import lines_of
from lotwork.web.narrowed import ALL_ROWS, Narrowed
from lotwork.web.reading import Reading
from lotwork.web.returned import return_of
from lotwork.web.views.abroad import abroad_view
from lotwork.web.views.ages import ages
from lotwork.web.views.costs import bills_of, costs_view
from lotwork.web.views.event import described, in_brief
from lotwork.web.views.find import Wanted, events_found
from lotwork.web.views.income import DOLLARS, income_csv, income_view
from lotwork.web.views.lots import lots_of, lots_view
from lotwork.web.views.overview import overview_view
from lotwork.web.views.profit import profit_view
from lotwork.web.views.quarterly import quarterly_view
from lotwork.web.views.sales import sales_of, sales_view
from lotwork.web.views.sell import Offer, sell_view
from lotwork.web.views.tax import tax_view
from lotwork.web.wording import coins_exact, dollars_exact


class Asked(NamedTuple):
    """What a table was narrowed to."""

    unit: str = ""
    wallet: str = ""
    term: str = ""
    asset: str = ""
    quantity: str = ""
    price: str = ""
    fee: str = ""
    part: str = ""
    on: str = ""
    lots: str = ""
    """What a sale is asked for: `lotwork.web.views.sell.Offer`."""
    q: str = ""
    kind: str = ""
    first: str = ""
    last: str = ""
    """What is looked for among the events."""
    origin: str = ""
    line: str = ""
    """What else a list is narrowed to: `lotwork.web.narrowed.Narrowed`."""
    place: str = ""
    """A line of a form, as "Schedule C/1"."""

    @property
    def narrowed(self) -> Narrowed:
        """What the list is narrowed to."""
        return Narrowed.asked(self._asdict())


Cells = tuple[object, ...]
File = Callable[[Reading, Asked], str | None]


def table_file(name: str, reading: Reading, asked: Asked) -> str | None:
    """Return the table *name* of *reading* as CSV; None where there is no such table, or none of this year."""
    if reading.is_empty or name not in FILES:
        return None
    return FILES[name](reading, asked)


def _sums(header: tuple[str, ...], rows: Iterable[Cells] | None) -> str | None:
    """Return *rows* of a summary under *header*; None where there is no such table this year."""
    return None if rows is None else sums_text(header, rows)


def _income_by_month(reading: Reading, asked: Asked) -> str | None:
    view = income_view(reading, asked.unit, 1)
    rows = (
        (each.name, each.receipts, coins_exact(each.coins), dollars_exact(each.value_usd_micros))
        for each in view.months
    )
    return _sums(("month", "receipts", "coins" if view.unit == DOLLARS else view.unit, "value_usd"), rows)


def _income_by_origin(reading: Reading, asked: Asked) -> str | None:
    rows = (
        (each.name, each.asset, each.receipts, coins_exact(each.coins), dollars_exact(each.value_usd_micros))
        for each in income_view(reading, asked.unit, 1).kinds
    )
    return _sums(("origin", "asset", "receipts", "coins", "value_usd"), rows)


def _sales(reading: Reading, asked: Asked) -> str | None:
    rows = (disposal_row(row, reading.history.assets) for row in sales_of(reading, asked.narrowed))
    return csv_text(DISPOSALS_FILE, rows)


def _sales_by_term(reading: Reading, _: Asked) -> str | None:
    rows = (
        (term, each.proceeds_usd, each.basis_usd, each.adjustment_usd, each.gain_usd)
        for term, each in sales_view(reading, 1).totals
    )
    return _sums(("term", "proceeds_usd", "basis_usd", "adjustment_usd", "gain_usd"), rows)


def _removed(reading: Reading, _: Asked) -> str | None:
    removals, assets = reading.folded.gains.removals, reading.history.assets
    return csv_text(REMOVALS, (removal_row(each, assets) for each in removals if each.day.year == reading.year))


def _lots(reading: Reading, asked: Asked) -> str | None:
    shown = lots_of(reading, asked.narrowed)
    return csv_text(LOTS, (lot_row(lot, reading.history.assets) for lot in shown))


def _lots_by_wallet(reading: Reading, _: Asked) -> str | None:
    rows = (
        (
            each.wallet,
            each.asset,
            each.lots,
            coins_exact(each.coins),
            coins_exact(each.long_coins),
            dollars_exact(each.basis_usd_micros),
            dollars_exact(each.value_usd_micros),
        )
        for each in lots_view(reading, ALL_ROWS, 1).holdings
    )
    return _sums(("wallet", "asset", "lots", "coins", "long_term_coins", "basis_usd", "worth_usd"), rows)


def _lots_by_age(reading: Reading, _: Asked) -> str | None:
    told = ages(reading) if reading.lots else None
    rows = None if told is None else (
        (each.name, told.asset, each.lots, coins_exact(each.long), coins_exact(each.short), each.turns)
        for each in told.lines
    )  # fmt: skip
    return _sums(("came", "asset", "lots", "long_term_coins", "short_term_coins", "turns_long_term"), rows)


def _profit_by_month(reading: Reading, _: Asked) -> str | None:
    view = profit_view(reading)
    rows = (
        (each.name, *map(dollars_exact, (each.mined, each.power, each.left, each.cost, each.price)), each.open)
        for each in view.months
    )
    header = ("month", "mined_usd", "power_usd", "left_usd", "power_for_one_coin_usd", "price_of_one_coin_usd", "open")
    return _sums(header, rows) if view.months else None


def _ways_to_sell(reading: Reading, asked: Asked) -> str | None:
    sold = sell_view(reading, Offer(*(getattr(asked, name) for name in Offer._fields))).sold
    if sold is None:
        return None
    rows = (
        (ways.wallet, row.method, row.basis_usd, row.short_gain_usd, row.long_gain_usd, row.added_tax_usd,
         row.after_tax_cash_usd)
        for ways in sold.wallets
        for row in ways.rows
    )  # fmt: skip
    header = ("wallet", "method", "basis_usd", "short_gain_usd", "long_gain_usd", "added_tax_usd", "after_tax_cash_usd")
    return _sums(header, rows)


def _events_found(reading: Reading, asked: Asked) -> str | None:
    wanted = Wanted.asked(QueryParams({"q": asked.q, "kind": asked.kind, "from": asked.first, "to": asked.last}))
    day_of = reading.history.calendar.day
    rows = (
        (event.id, day_of(event.at).isoformat(), kind_of(event), in_brief(reading, event))
        for event in events_found(reading, wanted)
    )
    return _sums(("event", "day", "kind", "what"), rows)


def _events_behind(reading: Reading, asked: Asked) -> str | None:
    told = next((each for each in lines_of(reading) if f"{each.form}/{each.row.number}" == asked.place), None)
    if told is None:
        return None
    about = described(reading, told.because)
    rows = ((name, *_of_day(*about.get(name, (None, "")))) for name in told.because)
    return _sums(("event", "day", "what"), rows)


def _of_day(day: date | None, says: str) -> tuple[str, str]:
    return (day.isoformat() if day else "", says)


def _bills(reading: Reading, asked: Asked) -> str | None:
    if reading.costs is None:
        return None
    return csv_text(BILLS, map(bill_row, bills_of(reading.costs.expenses.rows, asked.narrowed)))


def _rigs(reading: Reading, _: Asked) -> str | None:
    return None if reading.costs is None else csv_text(RIGS, map(rig_row, reading.costs.equipment.rows))


def _rigs_gone(reading: Reading, _: Asked) -> str | None:
    view = costs_view(reading, 1)
    rows = None if view is None else (
        (each.row.equipment, each.left, each.row.disposed, each.row.proceeds_usd, dollars_exact(each.basis_left),
         each.row.gain_usd, each.row.recapture_usd)
        for each in view.gone
    )  # fmt: skip
    return _sums(("rig", "how", "day", "proceeds_usd", "basis_left_usd", "gain_usd", "recapture_usd"), rows)


def _costs_by_line(reading: Reading, _: Asked) -> str | None:
    view = costs_view(reading, 1)
    rows = None if view is None else (
        (each.line, each.label, each.count, dollars_exact(each.paid), dollars_exact(each.deducted))
        for each in view.lines
    )  # fmt: skip
    return _sums(("line", "label", "bills", "paid_usd", "deducted_usd"), rows)


def _payments(reading: Reading, _: Asked) -> str | None:
    view = quarterly_view(reading)
    rows = (
        None if view is None else ((each.day, each.type, dollars_exact(each.amount_usd_micros)) for each in view.made)
    )
    return _sums(("day", "type", "amount_usd"), rows)


def _installments(reading: Reading, _: Asked) -> str | None:
    view = quarterly_view(reading)
    return None if view is None else csv_text(INSTALLMENTS, view.told.installments)


def _sums_of_the_year(reading: Reading, _: Asked) -> str | None:
    if reading.abroad is not None:
        told = list_foreign(reading.abroad)
        return _sums(
            ("what", "amount", "currency"), ((what, much, told.currency) for what, much in told.summary.items())
        )
    view = overview_view(reading, None)
    return _sums(("what", "amount_usd"), ((each.label, each.amount) for each in view.figures))


def _return(reading: Reading, _: Asked) -> str | None:
    owed = return_of(reading)
    if owed is not None:
        return csv_text(LINES, map(traced_line_row, owed.lines))
    view = abroad_view(reading)
    return None if view is None else _sums(("form", "line", "label", "amount"), (
        (group.form, row.number, row.label, row.amount) for group in view.forms for row in group.rows
    ))  # fmt: skip


def _carried(reading: Reading, _: Asked) -> str | None:
    view = tax_view(reading)
    rows = None if view is None else ((each.label, each.came, each.goes) for each in view.carried)
    return _sums(("what", "came_usd", "goes_usd"), rows)


def _moved(reading: Reading, _: Asked) -> str | None:
    view = tax_view(reading)
    if view is None or view.filed.moved is None:
        return None
    rows: Iterator[Cells] = (
        (each.form, each.line, each.label, each.old, each.new, each.change) for each in view.filed.moved.lines
    )
    return _sums(("form", "line", "label", "filed_usd", "now_usd", "change_usd"), rows)


FILES: Mapping[str, File] = {
    "receipts": lambda reading, asked: income_csv(reading, asked.narrowed),
    "income-by-month": _income_by_month,
    "income-by-origin": _income_by_origin,
    "sales": _sales,
    "sales-by-term": _sales_by_term,
    "left-without-a-sale": _removed,
    "lots": _lots,
    "lots-by-wallet": _lots_by_wallet,
    "lots-by-age": _lots_by_age,
    "profit-by-month": _profit_by_month,
    "ways-to-sell": _ways_to_sell,
    "events-found": _events_found,
    "events-behind": _events_behind,
    "bills": _bills,
    "costs-by-line": _costs_by_line,
    "rigs": _rigs,
    "rigs-that-left": _rigs_gone,
    "payments": _payments,
    "installments": _installments,
    "sums": _sums_of_the_year,
    "return": _return,
    "carried": _carried,
    "moved": _moved,
}
"""The tables by the names of their files."""
