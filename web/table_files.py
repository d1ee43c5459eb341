"""Every table of the pages as a file: all of its rows, amounts exact, whatever page of it is shown.

A file is named as its table is; the rows are those of the page, from the same folds. A cell that begins like a formula
gets an apostrophe, a number stays one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from lotwork.ledger.codec import kind_of
from lotwork.reports.costs import BILLS, RIGS, bill_row, rig_row
from lotwork.reports.countries import list_foreign
from lotwork.reports.csv_file import csv_text, sums_text
from lotwork.reports.estimated import INSTALLMENTS
from lotwork.reports.gains import DISPOSALS_FILE, REMOVALS, disposal_row, removal_row
from lotwork.reports.lots import LOTS, lot_row
from lotwork.reports.state_payments import STATE_INSTALLMENTS
from lotwork.reports.traced import LINES, traced_line_row
from lotwork.web.narrowed import ALL_ROWS, Narrowed
from lotwork.web.reading import Reading
from lotwork.web.returned import return_of, state_of
from lotwork.web.tables_of_one import (
    Told,
    event_feeds,
    event_filed,
    event_lines,
    event_says,
    events_behind,
    line_goes_into,
    line_law,
    line_made_of,
)
from lotwork.web.views.abroad import abroad_view
from lotwork.web.views.ages import ages
from lotwork.web.views.costs import bills_of, costs_view
from lotwork.web.views.event import in_brief
from lotwork.web.views.find import Wanted, events_found
from lotwork.web.views.income import DOLLARS, income_csv, income_view
from lotwork.web.views.lots import lots_of, lots_view
from lotwork.web.views.overview import overview_view
from lotwork.web.views.profit import profit_view
from lotwork.web.views.quarterly import quarterly_view
from lotwork.web.views.sales import sales_of, sales_view
from lotwork.web.views.sell import Offer, sell_view
from lotwork.web.views.state_payments import state_view
from lotwork.web.views.tax import tax_view
from lotwork.web.wording import coins_exact, dollars_exact

Cells = tuple[object, ...]
File = Callable[[Reading, Told], str | None]
"""What makes a table of a reading, and of what its address says; None where there is none."""


def table_file(name: str, reading: Reading, told: Told) -> str | None:
    """Return the table *name* of *reading* as CSV; None where there is no such table, or none of this year."""
    if reading.is_empty or name not in FILES:
        return None
    return FILES[name](reading, told)


def _sums(header: tuple[str, ...], rows: Iterable[Cells] | None) -> str | None:
    """Return *rows* of a summary under *header*; None where there is no such table this year."""
    return None if rows is None else sums_text(header, rows)


def _income_by_month(reading: Reading, told: Told) -> str | None:
    view = income_view(reading, told.get("unit", ""), 1)
    rows = (
        (each.name, each.receipts, coins_exact(each.coins), dollars_exact(each.value_usd_micros))
        for each in view.months
    )
    return _sums(("month", "receipts", "coins" if view.unit == DOLLARS else view.unit, "value_usd"), rows)


def _income_by_origin(reading: Reading, told: Told) -> str | None:
    rows = (
        (each.name, each.asset, each.receipts, coins_exact(each.coins), dollars_exact(each.value_usd_micros))
        for each in income_view(reading, told.get("unit", ""), 1).kinds
    )
    return _sums(("origin", "asset", "receipts", "coins", "value_usd"), rows)


def _sales(reading: Reading, told: Told) -> str | None:
    rows = (disposal_row(row, reading.history.assets) for row in sales_of(reading, Narrowed.asked(told)))
    return csv_text(DISPOSALS_FILE, rows)


def _sales_by_term(reading: Reading, _: Told) -> str | None:
    rows = (
        (term, each.proceeds_usd, each.basis_usd, each.adjustment_usd, each.gain_usd)
        for term, each in sales_view(reading, 1).totals
    )
    return _sums(("term", "proceeds_usd", "basis_usd", "adjustment_usd", "gain_usd"), rows)


def _removed(reading: Reading, _: Told) -> str | None:
    removals, assets = reading.folded.gains.removals, reading.history.assets
    return csv_text(REMOVALS, (removal_row(each, assets) for each in removals if each.day.year == reading.year))


def _lots(reading: Reading, told: Told) -> str | None:
    shown = lots_of(reading, Narrowed.asked(told))
    return csv_text(LOTS, (lot_row(lot, reading.history.assets) for lot in shown))


def _lots_by_wallet(reading: Reading, _: Told) -> str | None:
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


def _lots_by_age(reading: Reading, _: Told) -> str | None:
    aged = ages(reading) if reading.lots else None
    rows = None if aged is None else (
        (each.name, aged.asset, each.lots, coins_exact(each.long), coins_exact(each.short), each.turns)
        for each in aged.lines
    )  # fmt: skip
    return _sums(("came", "asset", "lots", "long_term_coins", "short_term_coins", "turns_long_term"), rows)


def _profit_by_month(reading: Reading, _: Told) -> str | None:
    view = profit_view(reading)
    rows = (
        (each.name, *map(dollars_exact, (each.mined, each.power, each.left, each.cost, each.price)), each.open)
        for each in view.months
    )
    header = ("month", "mined_usd", "power_usd", "left_usd", "power_for_one_coin_usd", "price_of_one_coin_usd", "open")
    return _sums(header, rows) if view.months else None


def _ways_to_sell(reading: Reading, told: Told) -> str | None:
    sold = sell_view(reading, Offer.asked(told)).sold
    if sold is None:
        return None
    names = ["method", "basis_usd", "short_gain_usd", "long_gain_usd", "added_tax_usd", "after_tax_cash_usd"]
    if sold.state:
        names += ["state_added_tax_usd", "cash_after_state_usd"]
    rows = ((ways.wallet, *(getattr(row, name) for name in names)) for ways in sold.wallets for row in ways.rows)
    return _sums(("wallet", *names), rows)


def _events_found(reading: Reading, told: Told) -> str | None:
    day_of = reading.history.calendar.day
    rows = (
        (event.id, day_of(event.at).isoformat(), kind_of(event), in_brief(reading, event))
        for event in events_found(reading, Wanted.asked(told))
    )
    return _sums(("event", "day", "kind", "what"), rows)


def _bills(reading: Reading, told: Told) -> str | None:
    if reading.costs is None:
        return None
    return csv_text(BILLS, map(bill_row, bills_of(reading.costs.expenses.rows, Narrowed.asked(told))))


def _rigs(reading: Reading, _: Told) -> str | None:
    return None if reading.costs is None else csv_text(RIGS, map(rig_row, reading.costs.equipment.rows))


def _rigs_gone(reading: Reading, _: Told) -> str | None:
    view = costs_view(reading, 1)
    rows = None if view is None else (
        (each.row.equipment, each.left, each.row.disposed, each.row.proceeds_usd, dollars_exact(each.basis_left),
         each.row.gain_usd, each.row.recapture_usd)
        for each in view.gone
    )  # fmt: skip
    return _sums(("rig", "how", "day", "proceeds_usd", "basis_left_usd", "gain_usd", "recapture_usd"), rows)


def _costs_by_line(reading: Reading, _: Told) -> str | None:
    view = costs_view(reading, 1)
    rows = None if view is None else (
        (each.line, each.label, each.count, dollars_exact(each.paid), dollars_exact(each.deducted))
        for each in view.lines
    )  # fmt: skip
    return _sums(("line", "label", "bills", "paid_usd", "deducted_usd"), rows)


def _payments(reading: Reading, _: Told) -> str | None:
    view = quarterly_view(reading)
    rows = (
        None if view is None else ((each.day, each.type, dollars_exact(each.amount_usd_micros)) for each in view.made)
    )
    return _sums(("day", "type", "amount_usd"), rows)


def _installments(reading: Reading, _: Told) -> str | None:
    view = quarterly_view(reading)
    return None if view is None else csv_text(INSTALLMENTS, view.told.installments)


def _state_installments(reading: Reading, _: Told) -> str | None:
    view = state_view(reading, reading.year)
    return csv_text(STATE_INSTALLMENTS, view.told.installments) if view is not None and view.told.installments else None


def _reckoned(reading: Reading, _: Told) -> str | None:
    view = quarterly_view(reading)
    if view is None:
        return None
    told = view.told
    rows: list[Cells] = [(f"rule that asks least: {view.rule}", told.safe_harbor.required_annual_payment_usd)]
    if view.each_alike:
        rows.append(("each of four payments", told.installments[0].required_usd))
    rows += [("withheld from wages", view.withheld), (f"penalty up to {told.penalty_through}", told.penalty_usd)]
    return _sums(("what", "amount_usd"), rows)


def _sums_of_the_year(reading: Reading, _: Told) -> str | None:
    if reading.abroad is not None:
        listed = list_foreign(reading.abroad)
        rows = ((what, much, listed.currency) for what, much in listed.summary.items())
        return _sums(("what", "amount", "currency"), rows)
    view = overview_view(reading, None)
    return _sums(("what", "amount_usd"), ((each.label, each.amount) for each in view.figures))


def _return(reading: Reading, _: Told) -> str | None:
    owed = return_of(reading)
    if owed is not None:
        return csv_text(LINES, map(traced_line_row, owed.lines))
    view = abroad_view(reading)
    return None if view is None else _sums(("form", "line", "label", "amount"), (
        (group.form, row.number, row.label, row.exact) for group in view.forms for row in group.rows
    ))  # fmt: skip


def _state_return(reading: Reading, _: Told) -> str | None:
    state = state_of(reading)
    return None if state is None or not state.lines else csv_text(LINES, map(traced_line_row, state.lines))


def _carried(reading: Reading, _: Told) -> str | None:
    view = tax_view(reading)
    rows = None if view is None else ((each.label, each.came, each.goes) for each in view.carried)
    return _sums(("what", "came_usd", "goes_usd"), rows)


def _moved(reading: Reading, _: Told) -> str | None:
    view = tax_view(reading)
    if view is None or view.filed.moved is None:
        return None
    rows: Iterator[Cells] = (
        (each.form, each.line, each.label, each.old, each.new, each.change) for each in view.filed.moved.lines
    )
    return _sums(("form", "line", "label", "filed_usd", "now_usd", "change_usd"), rows)


FILES: Mapping[str, File] = {
    "receipts": lambda reading, told: income_csv(reading, Narrowed.asked(told)),
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
    "events-behind": events_behind,
    "made-of": line_made_of,
    "goes-into": line_goes_into,
    "law-of-line": line_law,
    "event-says": event_says,
    "event-filed": event_filed,
    "event-feeds": event_feeds,
    "event-lines": event_lines,
    "bills": _bills,
    "costs-by-line": _costs_by_line,
    "rigs": _rigs,
    "rigs-that-left": _rigs_gone,
    "payments": _payments,
    "installments": _installments,
    "state-installments": _state_installments,
    "reckoned": _reckoned,
    "sums": _sums_of_the_year,
    "return": _return,
    "state-return": _state_return,
    "carried": _carried,
    "moved": _moved,
}
"""The tables by the names of their files."""
