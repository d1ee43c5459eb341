"""The tax listings: dollars and cents, rounded once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from projections.liability import liability
from projections.quarterly import quarterly
from reports.tax import cents, list_liability, list_quarterly
from rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1.005", "1.01"),
        ("1.004999", "1.00"),
        ("-1.005", "-1.01"),
        ("-0.001", "0.00"),
        ("0", "0.00"),
        ("1E+3", "1000.00"),
    ],
)
def test_cents_are_rounded_half_up_and_nothing_has_no_sign(amount: str, text: str) -> None:
    assert cents(Decimal(amount)) == text


def test_a_line_over_many_events_says_how_many() -> None:
    many = [receipt(f"r{number}", "2025-03-01", "0.01", "100") for number in range(501)]
    told = list_liability(liability(book_of(*many), LAW, 2025))
    (gross,) = (line for line in told["lines"] if (line["form"], line["line"]) == ("Schedule C", "1"))
    assert (len(gross["because"]), gross["because_count"]) == (500, 501)
    few = list_liability(liability(book_of(*many[:2]), LAW, 2025))
    assert all("because_count" not in line for line in few["lines"])


def test_payments_without_a_coin_are_set_aside_in_dollars() -> None:
    facts = {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": 2025}
    book = book_of(facts | {"other_ordinary_income_usd": "80000"})
    told = list_quarterly(quarterly(book, LAW, liability(book, LAW, 2025), date(2025, 5, 1)), book.history.assets)
    assert told["set_aside"]["quantity"] is None
    assert told["safe_harbor"]["prior_year_usd"] is None
    assert {each["method"] for each in told["installments"]} == {"current_year_90"}


def test_the_prior_years_measure_is_told_where_it_is_known() -> None:
    facts = {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": 2025, "prior_year_tax_usd": "5000"}
    book = book_of(facts | {"other_ordinary_income_usd": "80000", "prior_year_agi_usd": "90000"})
    told = list_quarterly(quarterly(book, LAW, liability(book, LAW, 2025), date(2025, 5, 1)), book.history.assets)
    assert told["safe_harbor"]["prior_year_usd"] == "5000.00"
    assert [each["required_usd"] for each in told["installments"]] == ["1250.00"] * 4
