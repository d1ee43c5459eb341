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
