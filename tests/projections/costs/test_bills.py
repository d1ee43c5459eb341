"""Bills by the year they were paid in: what stands in a year, what it comes to at the most, and a part of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.events import Expense
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.bills import Bills
from lotwork.projections.expenses import ExpenseFold

UTC_DAYS = Calendar()
BEGIN, YEARS = datetime(2022, 12, 30, tzinfo=UTC), range(2022, 2026)


def bill(name: str, at: datetime, usd_micros: int, **more: Any) -> Expense:
    fields: dict[str, Any] = {"category": "rent"} | more
    return Expense(id=name, at=at, amount_usd_micros=usd_micros, **fields)


@st.composite
def bills(draw: st.DrawFn) -> list[Expense]:
    """Draw bills in order of time: plain ones, some that are spread, and some that came back."""
    told: list[Expense] = []
    for number, day in enumerate(sorted(draw(st.lists(st.integers(0, 900), max_size=9)))):
        at = BEGIN + timedelta(days=day)
        more: dict[str, Any] = draw(
            st.sampled_from([{}, {"business_share": "0.4"}, {"category": "fines"}, {"owner": "spouse"}])
        )
        if draw(st.booleans()):
            begin = at.date() + timedelta(days=draw(st.integers(-500, 500)))
            more |= {"from_": begin, "to": begin + timedelta(days=draw(st.integers(1, 900)))}
        elif draw(st.booleans()) and told:
            more = {"refund_of": draw(st.sampled_from(told)).id}
        told.append(bill(f"e{number}", at, draw(st.integers(1, 10**9)), **more))
    return told


def taken(told: list[Expense]) -> Bills:
    all_of_them = Bills(UTC_DAYS)
    for each in told:
        all_of_them.take(each)
    return all_of_them


@given(bills())
def test_no_year_deducts_more_than_its_bills_come_to_at_the_most(told: list[Expense]) -> None:
    fold = ExpenseFold(UTC_DAYS)
    for each in told:
        fold.take(each)
    for year in YEARS:
        at_most, rows = fold.at_most(year), fold.result(year).rows
        assert at_most is not None
        assert sum(max(0, row.deductible_usd_micros) for row in rows) <= at_most
    first, rows = fold.first_day(), fold.years(YEARS[0], YEARS[-1]).rows
    assert all(first is not None and first <= (row.bill_of or row.date) for row in rows)
    assert {row.date.year for row in rows if row.paid_on is None} <= {*fold.years_told()}


@given(bills(), st.integers(0, 900))
def test_those_of_before_are_the_same_as_if_no_other_was_taken(told: list[Expense], days: int) -> None:
    instant = BEGIN + timedelta(days=days)
    part, alone = taken(told).before(instant), taken([each for each in told if each.at < instant])
    assert part == alone
    assert (part.first_day(), sorted(part.years())) == (alone.first_day(), sorted(alone.years()))
    assert [[*part.of([year])] for year in YEARS] == [[*alone.of([year])] for year in YEARS]


def test_a_spread_bill_may_stand_in_every_year_and_is_counted_once_in_its_own() -> None:
    spread = bill("a", BEGIN, 30, from_=date(2023, 1, 1), to=date(2025, 1, 1))
    plain = bill("b", BEGIN, 4)
    assert [taken([spread, plain]).at_most(year) for year in (2022, 2023)] == [34, 30]
