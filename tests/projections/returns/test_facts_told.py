"""What is told of a year beside the ledger counts once, and for the whole of the year.

Law: tax withheld is a credit of the year (26 U.S.C. 31(a)); wages are income of the year they come in (61, 451).
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.filing.check import prepare
from lotwork.projections.liability import liability
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW, NOW = Law.load(), datetime(2026, 11, 29, tzinfo=UTC)
ME = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
      "time_zone": "UTC"}  # fmt: skip
PAID = receipt("r", "2025-02-01", "0.1", "90000")


def facts(name: str = "f", **keys: Any) -> dict[str, Any]:
    return {"kind": "year_facts", "id": name, "at": "2025-01-01T00:00:00Z", "year": 2025} | keys


def withheld(name: str, amount: str) -> dict[str, Any]:
    return {"kind": "payment", "id": name, "at": "2025-06-15T00:00:00Z", "year": 2025, "amount_usd": amount,
            "type": "withholding"}  # fmt: skip


def stops(*lines: dict[str, Any]) -> list[str]:
    return [finding.code for finding in prepare(book_of(ME, PAID, *lines), LAW, 2025, NOW).open]


JUNE = facts("june", through="2025-06-30", wages_usd="50000")


@pytest.mark.parametrize(
    "lines",
    [
        [JUNE],
        [JUNE, facts(taxable_interest_usd="5")],
        [JUNE, facts(wages_usd="40000")],
        [JUNE | {"through": "2025-12-31"}],
        [facts("may", through="2025-05-31", withholding_usd="4000"), facts(wages_usd="9000")],
        [facts("may", through="2025-05-31", other_short_term_gain_usd="700")],
    ],
)
def test_a_year_told_in_part_is_not_filed(lines: list[dict[str, Any]]) -> None:
    assert stops(*lines) == ["year_facts_in_part"]


@pytest.mark.parametrize(
    "lines",
    [
        [JUNE, facts(wages_usd="100000")],
        [JUNE, facts(wages_usd="50000")],
        [JUNE | {"wages_usd": "0"}],
        [facts("may", through="2025-05-31", other_short_term_gain_usd="700"), facts(other_short_term_gain_usd="-90")],
        [JUNE | {"year": 2026, "through": "2026-06-30"}],
    ],
)
def test_a_year_told_whole_is_filed(lines: list[dict[str, Any]]) -> None:
    assert stops(*lines) == []


@pytest.mark.parametrize("payments", [["5000"], ["2500", "2500"], ["1250.40", "1250", "1250", "1250"]])
def test_what_is_withheld_and_told_in_two_ways_is_asked_about(payments: list[str]) -> None:
    lines = [withheld(f"w{number}", amount) for number, amount in enumerate(payments)]
    told = facts(wages_usd="30000", withholding_usd="5000")
    assert stops(told, *lines) == ["withholding_told_twice"]
    owed = liability(book_of(ME, PAID, told, facts("once", withholding_usd="0"), *lines), LAW, 2025)
    assert owed.withheld == sum(map(Decimal, payments))
    assert owed.findings == ()


@pytest.mark.parametrize("payments", [[], ["800"], ["5000", "800"]])
def test_what_an_employer_and_another_withheld_is_added(payments: list[str]) -> None:
    lines = [withheld(f"w{number}", amount) for number, amount in enumerate(payments)]
    assert stops(facts(wages_usd="30000", withholding_usd="5000"), *lines) == []


@pytest.mark.parametrize(
    ("status", "keys", "contradict"),
    [
        ("single", {"age": 70}, True),
        ("single", {"age": 70, "aged_65_or_older": 1}, False),
        ("single", {"age": 60, "aged_65_or_older": 1}, True),
        ("single", {"age": 64, "aged_65_or_older": 1}, False),
        ("single", {"age": 64}, False),
        ("single", {"aged_65_or_older": 1}, False),
        ("mfj", {"age": 60, "aged_65_or_older": 1}, False),
        ("mfj", {"age": 60, "aged_65_or_older": 2}, True),
        ("mfj", {"age": 70, "spouse_age": 66, "aged_65_or_older": 1}, True),
        ("mfj", {"age": 70, "spouse_age": 40, "aged_65_or_older": 1}, False),
        ("mfs", {"age": 40, "aged_65_or_older": 1}, False),
    ],
)
def test_ages_and_the_number_of_the_aged_agree(status: str, keys: dict[str, Any], contradict: bool) -> None:
    """Of 70 years and no one told to be 65: 2,000 of standard deduction and 6,000 for a senior were missing unasked."""
    asked = stops(
        facts(must_itemize=False, **keys), ME | {"id": "s", "at": "2024-01-01T00:00:00Z", "filing_status": status}
    )
    assert ("ages_contradict" in asked) == contradict


@pytest.mark.parametrize(
    ("year", "status", "wages", "limit"),
    [
        (2024, "single", 0, "10000"),
        (2024, "mfs", 0, "5000"),
        (2025, "single", 0, "40000"),
        (2025, "mfs", 0, "20000"),
        (2025, "mfj", 550_000, "25000"),
        (2025, "mfj", 900_000, "10000"),
        (2025, "mfs", 275_000, "12500"),
        (2026, "hoh", 0, "40400"),
        (2026, "hoh", 555_000, "25400"),
    ],
)
def test_more_taxes_than_may_be_deducted_are_told(year: int, status: str, wages: int, limit: str) -> None:
    """26 U.S.C. 164(b)(6), (7): 10,000; 40,000 and 40,400 less 30 percent of income above 500,000 and 505,000."""
    me = ME | {"filing_status": status, "activity": "hobby"}

    def told(taxes: str) -> list[str]:
        of_year = facts(wages_usd=str(wages), itemized_deductions_usd="90000", itemized_taxes_usd=taxes) | {
            "year": year
        }
        return [each.code for each in liability(book_of(me, of_year), LAW, year).findings]

    assert told(limit) == []
    assert told(str(Decimal(limit) + Decimal("0.01"))) == ["itemized_taxes_above_limit"]


def test_taxes_above_the_limit_are_nothing_where_the_standard_deduction_is_taken() -> None:
    asked = stops(facts(itemized_deductions_usd="15000", itemized_taxes_usd="15000"))
    assert asked == []
    assert stops(facts(itemized_deductions_usd="60000", itemized_taxes_usd="50000")) == ["itemized_taxes_above_limit"]
