"""A year of which nothing is recorded is no return of 0.00, and last year's tax is told in one way."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from tests.commands.calling import Caller, codes
from tests.projections.house import receipt, transfer

PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "UTC", "recognition": "on_payout", "material_participation": "true",
}  # fmt: skip
LATER = receipt("later", "2026-02-01", "1", "50000")
NOTHING, DIFFERS = "year_without_records", "prior_year_tax_differs"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock(parse_instant("2026-04-10T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())


def facts(year: int, **told: str) -> dict[str, Any]:
    return {"kind": "year_facts", "id": f"f{year}", "at": "2026-03-01T00:00:00Z", "year": year, **told}


def open_of(lotwork: Caller, *words: str) -> set[str]:
    told = lotwork("file", "--year", "2025", "--dry-run", *words, "--json", code=None)
    return {problem["key"] for problem in told.result.get("problems", ())}


@pytest.mark.parametrize(
    "lines",
    [
        (LATER,),
        (receipt("before", "2024-02-01", "1", "50000"), LATER),
        (receipt("before", "2024-02-01", "1"), transfer("moved", "2025-02-01", "1", "w", "v")),
        (facts(2025, prior_year_tax_usd="5", long_term_carryover_usd="7"),),
        (facts(2025, wages_usd="7", through="2025-05-31"),),
        ({"kind": "price", "id": "p", "at": "2025-02-01T00:00:00Z", "asset": "BTC", "price_usd": "1", "source": "x"},),
        ({"kind": "payment", "id": "p", "at": "2025-04-01T00:00:00Z", "year": 2025, "amount_usd": "500"},),
    ],
)
def test_a_year_of_nothing_stops_is_told_by_the_return_and_can_be_acknowledged(
    lines: tuple[dict[str, Any], ...], lotwork: Caller
) -> None:
    lotwork.take(PROFILE, *lines)
    assert NOTHING in open_of(lotwork)
    assert NOTHING in codes(lotwork("liability", "--year", "2025", "--json", code=1).result["findings"])
    assert NOTHING not in open_of(lotwork, "--acknowledge", NOTHING)


@pytest.mark.parametrize(
    "line",
    [
        receipt("mined", "2025-02-01", "1", "50000"),
        receipt("mined", "2025-02-01", "1", None),
        facts(2025, wages_usd="0"),
        {"kind": "expense", "id": "b", "at": "2025-03-01T12:00:00Z", "category": "electricity", "amount_usd": "700"},
        {"kind": "business_income", "id": "h", "at": "2025-04-01T12:00:00Z", "category": "hosting",
         "amount_usd": "5000"},
    ],
)  # fmt: skip
def test_one_word_of_the_year_is_a_record(line: dict[str, Any], lotwork: Caller) -> None:
    lotwork.take(PROFILE, LATER, line)
    assert NOTHING not in open_of(lotwork)


def test_the_year_that_goes_on_need_not_have_begun(lotwork: Caller) -> None:
    lotwork.take(PROFILE, receipt("mined", "2025-02-01", "1", "50000"))
    assert NOTHING not in codes(lotwork("liability", "--year", "2026", "--json", code=None).result["findings"])


@pytest.mark.parametrize(("told", "differs"), [("7100", True), ("0", True), ("4.99", False), ("5.01", True)])
def test_a_tax_that_the_next_year_is_told_otherwise_stops_by_more_than_rounding(
    told: str, differs: bool, lotwork: Caller
) -> None:
    """A receipt of one dollar owes nothing; of 50,000 it owes more than nothing."""
    price = "50000" if told == "0" else "1"
    lotwork.take(PROFILE, receipt("mined", "2025-02-01", "1", price), facts(2026, prior_year_tax_usd=told))
    assert (DIFFERS in open_of(lotwork)) is differs
    if differs:
        named = lotwork("file", "--year", "2025", code=3).err
        assert '"prior_year_tax_usd": "AMOUNT"' in named
        assert DIFFERS not in open_of(lotwork, "--acknowledge", f"{DIFFERS}:f2026")


def test_of_a_joint_and_a_single_return_nothing_is_compared(lotwork: Caller) -> None:
    joint = {**PROFILE, "id": "us", "at": "2026-02-01T00:00:00Z", "filing_status": "mfj"}
    mined = receipt("mined", "2025-02-01", "1", "50000")
    lotwork.take(PROFILE, joint, mined, facts(2026, prior_year_tax_usd="7100"))
    assert DIFFERS not in open_of(lotwork)


def test_the_payments_of_the_next_year_tell_it_of_a_filed_return(lotwork: Caller) -> None:
    lotwork.take(PROFILE, receipt("mined", "2025-02-01", "1", "50000"), LATER)
    lotwork("file", "--year", "2025")
    lotwork.take(facts(2026, prior_year_tax_usd="7100"))
    told = lotwork("quarterly", "--year", "2026", "--json", code=1).result
    assert DIFFERS in codes(told["findings"])


@pytest.mark.parametrize("command", ["income", "gains", "expenses", "equipment"])
def test_a_listing_of_a_year_of_nothing_says_which_years_the_book_holds(lotwork: Caller, command: str) -> None:
    bill = {"kind": "expense", "id": "b", "at": "2022-03-01T12:00:00Z", "category": "electricity", "amount_usd": "7"}
    lotwork.take(PROFILE, bill, receipt("before", "2024-02-01", "1", "50000"), LATER)
    said = lotwork(command, "--year", "2025", code=None).out
    assert "Nothing of 2025 is recorded in book main; its years: 2022, 2024, 2026." in said
    assert "is recorded" not in lotwork(command, "--year", "2024", code=None).out


def test_a_refund_of_nothing_is_none(lotwork: Caller) -> None:
    mined = receipt("mined", "2025-02-01", "1", "50000")
    lotwork.take(PROFILE, mined)
    lotwork("file", "--year", "2025")
    lotwork.take({"kind": "correction", "at": "2026-04-10T12:00:00Z", "target": "mined", "reason": "the statement",
                  "set": {"price_usd": "40000"}})  # fmt: skip
    said = lotwork("diff", "--filed", "2025", code=None).out
    assert "no refund can be claimed: no tax was paid in the time that a claim reaches back to" in said
    assert "at most 0.00" not in said
    late = lotwork("diff", "--filed", "2025", "--as-of", "2029-04-18", code=None).out
    assert "A refund could be claimed through 2029-04-17, which has passed." in late
