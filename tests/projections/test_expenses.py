"""Expenses by line of Schedule C, with their business share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.events import Energy, Event, Expense, Profile, Tariff
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.words import category_word
from lotwork.projections.expenses import ExpenseBook, ExpenseFold
from tests.projections.every_kind import EVERY_KIND

JUNE = datetime(2025, 6, 30, 12, tzinfo=UTC)


def spent(category: str, usd_micros: int, **more: Any) -> Expense:
    """Return an expense of 30 June 2025."""
    fields: dict[str, Any] = {"id": category, "at": JUNE} | more
    return Expense(category=category, amount_usd_micros=usd_micros, **fields)


def book(*events: Event, year: int = 2025, calendar: Calendar | None = None) -> ExpenseBook:
    """Return the expenses of *year*."""
    fold = ExpenseFold(calendar or Calendar())
    for event in events:
        fold.take(event)
    return fold.result(year)


def test_the_contracts_example_is_nine_tenths_of_its_bill() -> None:
    told = book(spent("electricity", 1_200_000_000, business_share="0.9", id="e1"))
    assert told.by_category == {"electricity": 1_080_000_000}
    assert told.by_line == {"25": 1_080_000_000}
    (row,) = told.rows
    assert (row.expense, row.date, row.label) == ("e1", date(2025, 6, 30), "Utilities")
    assert (row.amount_usd_micros, row.deductible_usd_micros) == (1_200_000_000, 1_080_000_000)


@pytest.mark.parametrize(
    ("category", "line"),
    [
        ("electricity", "25"), ("internet", "25"), ("rent", "20b"), ("repairs", "21"), ("supplies", "22"),
        ("travel", "24a"), ("professional", "17"), ("insurance", "15"), ("software", "27b"), ("hosting", "27b"),
        ("other", "27b"),
    ],
)  # fmt: skip
def test_every_word_of_the_contract_has_its_line(category: str, line: str) -> None:
    told = book(spent(category, 1))
    assert told.by_line == {line: 1}
    assert told.findings == ()


def test_other_expenses_stood_on_line_27a_until_2023() -> None:
    told = book(spent("software", 5, at=datetime(2023, 5, 1, tzinfo=UTC)), year=2023)
    assert told.by_line == {"27a": 5}


def test_a_word_of_the_taxpayers_own_is_another_expense_under_its_name() -> None:
    told = book(spent("Immersion oil", 7))
    (row,) = told.rows
    assert (row.category, row.line, row.label) == ("immersion_oil", "27b", "Other expenses (from line 48)")
    assert told.findings == ()


def test_a_slip_of_a_known_word_is_a_finding() -> None:
    told = book(spent("eletricity", 7, id="slip"), spent("eletricity", 8, id="again"))
    assert [(finding.code, finding.event) for finding in told.findings] == [("category_unknown", "again")]
    assert "if 'electricity' was meant" in told.findings[0].message
    assert told.by_line == {"27b": 15}


def test_capitals_and_spaces_do_not_make_another_word() -> None:
    assert {category_word(text) for text in ("Pool fee", " pool-fee ", "POOL_FEE")} == {"pool_fee"}


def test_the_day_is_the_taxpayers() -> None:
    honolulu = Calendar([Profile(id="me", at=JUNE, time_zone="Pacific/Honolulu")])
    midnight = spent("rent", 9, at=datetime(2026, 1, 1, 5, tzinfo=UTC))
    assert book(midnight, calendar=honolulu).rows[0].date == date(2025, 12, 31)
    assert book(midnight, year=2026, calendar=honolulu).rows == ()


def test_metered_electricity_stands_beside_the_bills() -> None:
    reading = Energy(
        id="kwh", at=JUNE, kwh="1000", from_="2025-05-01", to="2025-06-01", meter="m", business_share="0.5"
    )
    told = book(reading, Tariff(id="p", at=JUNE, from_="2025-01-01", price_usd="0.10"), spent("electricity", 3_000_000))
    assert told.by_category == {"electricity": 53_000_000}
    assert [(row.expense, row.date) for row in told.rows] == [("electricity", JUNE.date()), ("kwh", JUNE.date())]
    assert told.deductible_usd_micros == 53_000_000


def test_metered_electricity_brings_its_findings() -> None:
    reading = Energy(id="kwh", at=JUNE, kwh="1000", from_="2025-05-01", to="2025-06-01", meter="m")
    assert [finding.code for finding in book(reading).findings] == ["energy_without_tariff"]


def test_an_expense_that_is_all_personal_deducts_nothing() -> None:
    assert book(spent("internet", 80_000_000, business_share="0")).by_line == {"25": 0}


@given(
    amounts=st.lists(st.integers(0, 10**12), max_size=20),
    share=st.decimals(min_value=0, max_value=1, places=6, allow_nan=False),
)
def test_totals_are_the_rows_and_never_more_than_was_paid(amounts: list[int], share: Any) -> None:
    words = ("rent", "electricity", "oil", "travel")
    told = book(
        *(
            spent(words[number % 4], amount, id=str(number), business_share=f"{share:f}")
            for number, amount in enumerate(amounts)
        )
    )
    assert sum(told.by_category.values()) == sum(told.by_line.values()) == told.deductible_usd_micros
    assert all(0 <= row.deductible_usd_micros <= row.amount_usd_micros for row in told.rows)


@given(data=st.data())
def test_the_order_of_import_does_not_change_the_book(data: st.DataObject) -> None:
    events = [spent("rent", 5), spent("travel", 6), spent("eletricity", 7), spent("eletricity", 8, id="slip")]
    assert book(*data.draw(st.permutations(events))) == book(*events)


def test_of_all_kinds_of_events_only_expenses_and_metered_electricity_count() -> None:
    told = book(*EVERY_KIND)
    assert told.by_line == {"20b": 1_000_000, "25": 1_000_000}
    assert told.findings == ()
