"""The listing of a year's tax: every line with the events behind it."""

from __future__ import annotations

from msgspec import UNSET

from lotwork.projections.liability import liability
from lotwork.reports.rows import fields_of
from lotwork.reports.tax import list_liability
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()


def test_a_line_over_many_events_says_how_many() -> None:
    many = [receipt(f"r{number}", "2025-03-01", "0.01", "100") for number in range(501)]
    told = list_liability(liability(book_of(*many), LAW, 2025))
    (gross,) = (line for line in told.lines if (line.form, line.line) == ("Schedule C", "1"))
    assert (len(gross.because), gross.because_count) == (500, 501)
    few = list_liability(liability(book_of(*many[:2]), LAW, 2025))
    assert all(line.because_count is UNSET for line in few.lines)


def test_what_earlier_years_left_and_this_one_leaves_is_listed_by_kind() -> None:
    """60,000 lost in 2024; 2025 has 50,000 of wages, and offsets 80 percent of 34,250."""
    lost = {"kind": "year_facts", "id": "a", "at": "2025-01-01T00:00:00Z", "year": 2025, "wages_usd": "50000"}
    told = list_liability(liability(book_of(lost | {"nol_carryforward_usd": "60000"}), LAW, 2025))
    assert told.carried_in.nol_usd == told.carried_in.amt_nol_usd == "60000.00"
    assert told.carried_forward.nol_usd == "32600.00"
    assert told.carried_forward.amt_nol_usd == "15000.00"
    assert {value for key, value in fields_of(told.carried_forward).items() if "nol" not in key} == {"0.00"}
