"""The business share of a shared bill: measured, on the day of the bill, or not deducted at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.errors import ImpossibleEventError
from lotwork.ledger.events import Event, Expense, Usage
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.costs.usage import measured_share
from lotwork.projections.expenses import ExpenseBook, ExpenseFold

BILL = 400_000_000


def usage(since: str = "2025-01-01", name: str = "power", **keys: Any) -> Usage:
    """Return a usage of 900 of 1,200 kWh where nothing else is said."""
    fields: dict[str, Any] = {"id": f"{name} {since}"} | keys
    if not {"watts", "business_sqft"} & keys.keys():
        fields = {"business_kwh": "900", "total_kwh": "1200"} | fields
    if isinstance(fields.get("to"), str):
        fields["to"] = date.fromisoformat(fields["to"])
    return Usage(at=datetime(2025, 1, 1, tzinfo=UTC), usage=name, from_=date.fromisoformat(since), **fields)


def bill(day: str = "2025-03-10", **keys: Any) -> Expense:
    """Return an electricity bill of 400 that names the usage."""
    fields: dict[str, Any] = {"id": "bill", "category": "electricity", "usage": "power"} | keys
    return Expense(at=datetime.fromisoformat(f"{day}T12:00:00+00:00"), amount_usd_micros=BILL, **fields)


def book(*events: Event) -> ExpenseBook:
    """Return the expenses of 2025."""
    fold = ExpenseFold(Calendar())
    for event in events:
        fold.take(event)
    return fold.result(2025)


def row(*events: Event) -> ExpenseRow:
    """Return the one row of 2025."""
    told = book(*events)
    (only,) = told.rows
    assert told.findings == ()
    return only


@pytest.mark.parametrize(
    ("measure", "micros", "share", "by"),
    [
        ({"business_kwh": "900", "total_kwh": "1200"}, 300_000_000, "0.75", "metered kWh"),
        ({"watts": "3250", "hours": "720", "total_kwh": "3120"}, 300_000_000, "0.75", "watts and hours"),
        ({"business_sqft": "150", "total_sqft": "1800"}, 33_333_333, "0.083333333333", "floor area"),
    ],
)
def test_a_bill_is_shared_by_kwh_by_watts_and_hours_or_by_floor(
    measure: dict[str, str], micros: int, share: str, by: str
) -> None:
    only = row(usage(**measure), bill())
    assert (only.deductible_usd_micros, only.business_share, only.share_by) == (micros, share, by)
    assert only.share_from == "power 2025-01-01"
    assert any("262" in cite for cite in only.cites)


def test_a_bill_that_states_its_own_share_says_so() -> None:
    only = row(bill(usage=None, business_share="0.9"))
    assert (only.business_share, only.share_by, only.share_from) == ("0.9", "business_share", None)


def test_a_usage_that_goes_on_ends_where_the_next_of_its_name_begins() -> None:
    events = (usage(), usage("2025-03-10", business_kwh="600", total_kwh="1200"))
    assert row(*events, bill("2025-03-09")).business_share == "0.75"
    assert row(*events, bill("2025-03-10")).business_share == "0.5"


def test_the_day_a_usage_ends_is_no_longer_in_it() -> None:
    assert row(usage(to="2025-03-11"), bill()).business_share == "0.75"
    assert [each.code for each in book(usage(to="2025-03-10"), bill()).findings] == ["usage_missing"]


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ((), "usage_missing"),
        ((usage(name="water"),), "usage_missing"),
        ((usage("2025-03-11"),), "usage_missing"),
        ((usage(to="2025-06-01"), usage("2025-02-01", to="2025-04-01")), "usage_ambiguous"),
        ((usage(), usage(id="twin")), "usage_ambiguous"),
        ((usage(), usage("2024-06-01", to="2025-04-01")), "usage_ambiguous"),
        ((usage(business_kwh="1200.1"),), "usage_impossible"),
        ((usage(business_kwh="0", total_kwh="0"),), "usage_impossible"),
        ((usage(watts="4000", hours="744", total_kwh="2975.9"),), "usage_impossible"),
    ],
)
def test_nothing_is_deducted_of_a_bill_whose_measure_is_missing_doubtful_or_above_the_whole(
    events: tuple[Event, ...], code: str
) -> None:
    told = book(*events, bill())
    assert [each.code for each in told.findings] == [code]
    assert [(each.deductible_usd_micros, each.business_share) for each in told.rows] == [(0, "0")]
    assert "nothing of" in told.findings[0].message


def test_a_month_of_its_own_is_taken_before_what_went_on_from_earlier() -> None:
    own = usage("2025-03-01", to="2025-04-01", business_kwh="600", total_kwh="1200")
    assert row(usage(), own, bill()).business_share == "0.5"
    assert row(usage(), own, bill("2025-04-01")).business_share == "0.75"


def test_a_bill_with_a_usage_and_a_share_of_its_own_waits_for_a_decision() -> None:
    told = book(usage(), bill(business_share="0.9"))
    assert [(each.code, each.event) for each in told.findings] == [("usage_and_share", "bill")]
    assert told.deductible_usd_micros == 0


def test_the_whole_may_be_business() -> None:
    assert row(usage(business_kwh="1200"), bill()).deductible_usd_micros == BILL


@given(used=st.integers(0, 10**6), whole=st.integers(1, 10**6))
def test_a_measured_share_is_the_exact_quotient_or_refused(used: int, whole: int) -> None:
    event = usage(business_kwh=str(used), total_kwh=str(whole))
    if used > whole:
        with pytest.raises(ImpossibleEventError, match="more than the whole"):
            measured_share(event)
    else:
        assert measured_share(event).part == Fraction(used, whole)
