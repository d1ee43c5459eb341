"""The listing of a year's tax: every line with the events behind it."""

from __future__ import annotations

from typing import Any

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


def test_what_waits_for_income_is_handed_on_with_the_losses() -> None:
    """26 U.S.C. 179(b)(3)(B), 280A(c)(5): the home uses 1,000 of income up, and 9,000 elected wait."""
    rig = {
        "kind": "equipment", "id": "rig", "at": "2024-03-01T12:00:00Z", "equipment": "rig", "cost_usd": "9000",
        "acquired": "2024-03-01", "placed_in_service": "2024-03-01", "section_179_usd": "9000", "bonus": "none",
    }  # fmt: skip
    home = {"kind": "home_office", "method": "regular", "office_sqft": "100", "home_sqft": "1000"}
    rent = {"kind": "expense", "category": "home_rent", "amount_usd": "24000"}
    lines = [
        each | {"id": f"{each['kind']} {year}", "at": f"{year}-02-01T12:00:00Z"} | more
        for year in (2024, 2025)
        for each, more in ((home, {"year": year}), (rent, {}))
    ]
    book = book_of(rig, *lines, receipt("r", "2024-02-01", "1", "1000"), receipt("s", "2025-02-01", "1", "500"))
    first, second = (list_liability(liability(book, LAW, year)) for year in (2024, 2025))
    assert (first.carried_in.section_179_usd, first.carried_in.home_operating_usd) == ("0.00", "0.00")
    assert (first.carried_forward.section_179_usd, first.carried_forward.home_operating_usd) == ("9000.00", "1400.00")
    assert (second.carried_in.section_179_usd, second.carried_in.home_operating_usd) == ("9000.00", "1400.00")
    assert (second.carried_forward.section_179_usd, second.carried_forward.home_operating_usd) == ("9000.00", "3300.00")
    assert second.carried_forward.home_depreciation_usd == "0.00"


def test_what_waits_for_income_is_handed_on_for_both_spouses() -> None:
    """26 U.S.C. 179(b)(3)(B), 280A(c)(5): 6,000 of income less a home of 5,000 take 1,000 of 11,000 elected.

    The spouse's rig takes it, which leaves 4,000 of income for a home of 8,000.
    """
    couple = [
        {"kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "mfj", "activity": "business"},
        {"kind": "wallet", "id": "w", "at": "2024-01-01T00:00:00Z", "wallet": "hers", "owner": "spouse"},
    ]
    rigs = [
        {"kind": "equipment", "id": name, "at": "2024-03-01T12:00:00Z", "equipment": name, "cost_usd": usd,
         "acquired": "2024-03-01", "placed_in_service": "2024-03-01", "section_179_usd": usd, "bonus": "none",
         "owner": owner}
        for name, usd, owner in [("a", "2000", "taxpayer"), ("b", "9000", "spouse")]
    ]  # fmt: skip
    home: list[dict[str, Any]] = [
        {"kind": "home_office", "id": "h", "at": "2024-02-01T12:00:00Z", "year": 2024, "method": "regular",
         "office_sqft": "100", "home_sqft": "1000", "owner": "spouse"},
        {"kind": "expense", "id": "rent", "at": "2024-02-01T12:00:00Z", "category": "home_rent", "amount_usd": "80000",
         "owner": "spouse"},
    ]  # fmt: skip
    coins = [
        receipt("r", "2024-02-01", "1", "1000"),
        receipt("s", "2024-02-01", "1", "5000", wallet="hers"),
        receipt("t", "2025-02-01", "1", "4000"),
        receipt("u", "2025-02-01", "1", "500", wallet="hers"),
    ]
    book = book_of(*couple, *rigs, *home, *coins)
    first, second = (list_liability(liability(book, LAW, year)) for year in (2024, 2025))
    assert first.carried_forward.section_179_usd == second.carried_in.section_179_usd == "10000.00"
    assert first.carried_forward.home_operating_usd == second.carried_in.home_operating_usd == "4000.00"
    assert second.carried_forward.section_179_usd == "5500.00"
