"""The listings: decimal strings, the years asked for, and nothing that is pending."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from msgspec import UNSET

from lotwork.projections.returns.business import equipment_of
from lotwork.reports.costs import list_equipment, list_expenses
from lotwork.reports.gains import TermTotalRow, list_gains
from lotwork.reports.income import list_income
from lotwork.reports.lots import LotListing, list_lots
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt, sale

LINES = (
    receipt("a", "2025-01-01", "1"), receipt("b", "2025-01-02", "1", None), sale("s", "2025-06-01", "2", "10"),
    receipt("c", "2026-01-01", "1"), sale("g", "2026-06-01", "0.5", "0", disposition="donated"),
)  # fmt: skip


def floats(value: Any) -> bool:
    """Say if a float stands anywhere in *value*."""
    if isinstance(value, dict):
        return any(map(floats, value.values()))
    return any(map(floats, value)) if isinstance(value, list | tuple) else isinstance(value, float)


def test_lots_are_listed_with_the_day_and_what_is_pending() -> None:
    told = list_lots(book_of(*LINES), date(2026, 12, 31))
    assert (told.at, told.pending) == (date(2026, 12, 31), ("b",))
    assert [(row.lot, row.quantity, row.basis_usd) for row in told.rows] == [("c", "0.50000000", "50.000000")]
    assert list_lots(book_of(), None) == LotListing(at=None, rows=(), pending=())


def test_gains_are_those_of_the_year_and_missing_coins_are_marked() -> None:
    book = book_of(*LINES)
    told = list_gains(book, 2025)
    assert [row.missing for row in told.rows] == [UNSET, True]
    assert told.totals.short == TermTotalRow(
        proceeds_usd="10.000000", basis_usd="100.000000", adjustment_usd="0.000000", gain_usd="-90.000000"
    )
    assert told.removed == ()
    later = list_gains(book, 2026)
    assert later.rows == ()
    assert [row.disposition for row in later.removed] == ["donated"]


def test_a_gift_shows_both_bases_and_a_wash_sale_its_code() -> None:
    given = {"kind": "gift", "id": "g", "at": "2025-01-01T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "1",
             "donor_basis_usd": "10", "fair_value_usd": "8", "donor_acquired": "2021-03-01"}  # fmt: skip
    (lot,) = list_lots(book_of(given), None).rows
    assert (lot.how, lot.basis_usd, lot.loss_basis_usd) == ("gift", "10.000000", "8.000000")
    (row,) = list_gains(book_of(given, sale("s", "2025-06-01", "1", "9")), 2025).rows
    assert (row.gain_usd, row.basis_used, row.basis_known) == ("0.000000", "neither", True)
    (unknown,) = list_lots(book_of({key: given[key] for key in list(given)[:6]}), None).rows
    assert (unknown.basis_usd, unknown.basis_known) == ("0.000000", False)


def test_a_wash_sale_shows_its_adjustment_in_the_row_and_in_the_totals() -> None:
    """Form 8949, columns (f) and (g); its instructions, code W."""
    fund = {"kind": "asset", "id": "f", "at": "2025-01-01T00:00:00Z", "asset": "FUND", "decimals": 0}
    bought = {"kind": "purchase", "wallet": "desk", "asset": "FUND", "quantity": "1", "cost_usd": "100"}
    book = book_of(
        fund | {"class": "security"}, bought | {"id": "p", "at": "2025-01-02T12:00:00Z"},
        sale("s", "2025-06-01", "1", "80", asset="FUND", wallet="desk"),
        bought | {"id": "q", "at": "2025-06-02T12:00:00Z"},
    )  # fmt: skip
    told = list_gains(book, 2025)
    (row,) = told.rows
    assert (row.adjustment_code, row.adjustment_usd, row.gain_usd) == ("W", "20.000000", "0.000000")
    assert (row.box, told.totals.short.adjustment_usd) == ("C", "20.000000")
    (lot,) = list_lots(book, None).rows
    assert (lot.how, lot.basis_usd, lot.held_from) == ("wash_sale", "120.000000", date(2025, 1, 3))


def test_what_was_donated_shows_what_its_form_begins_with() -> None:
    (removed,) = list_gains(book_of(*LINES), 2026).removed
    assert (removed.term, removed.fair_value_usd, removed.deduction_usd) == ("short", "0.000000", "0.000000")
    assert (removed.acquired, removed.form) == (date(2026, 1, 1), "Schedule A, Form 8283")


def test_income_lists_what_has_a_price_and_names_what_has_none() -> None:
    told = list_income(book_of(*LINES), 2025)
    assert [row.receipt for row in told.rows] == ["a"]
    assert told.pending == ("b",)
    assert told.totals == {"value_usd": "100.000000", "pool_payout": "100.000000"}
    assert list_income(book_of(), 2025).totals == {"value_usd": "0.000000"}


def test_expenses_and_rigs_are_listed_in_decimal_strings() -> None:
    bill = {"kind": "expense", "id": "e", "at": "2025-06-30T12:00:00Z", "category": "electricity", "amount_usd": "100"}
    rig = {
        "kind": "equipment", "id": "k", "at": "2025-02-01T12:00:00Z", "equipment": "S21", "cost_usd": "1000",
        "acquired": "2025-02-01", "placed_in_service": "2025-02-01", "bonus": "none",
    }  # fmt: skip
    book = book_of(bill | {"business_share": "0.9"}, rig)
    expenses = list_expenses(book.expenses.result(2025))
    assert (expenses.deductible_usd, expenses.totals) == ("90.000000", {"electricity": "90.000000"})
    rigs = list_equipment(equipment_of(book, Law.load(), 2025))
    assert rigs.totals.depreciation_usd == "200.000000"
    assert (rigs.rows[0].recovery_class, rigs.rows[0].disposed, rigs.rows[0].gain_usd) == ("5", None, None)
    assert not floats(msgspec.to_builtins(expenses))
    assert not floats(msgspec.to_builtins(rigs))
