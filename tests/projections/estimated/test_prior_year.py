"""Where the prior year's tax is known from: the facts, the return that was filed, or this book."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.projections.estimating import asked, cents, facts, mined, profile

DAY = date(2025, 4, 15)
THIS_YEAR = mined("2025-02-01", "90000")


def filing(**summary: str) -> dict[str, Any]:
    return {
        "kind": "filing", "id": "filed", "at": "2025-03-01T00:00:00Z", "year": 2024, "law": "0", "position": 1,
        "head": "0", "figures": {"status": "single", "summary": summary},
    }  # fmt: skip


def test_what_the_facts_say_comes_first() -> None:
    lines = (mined("2024-02-01", "50000"), filing(total="7000", agi="60000"), THIS_YEAR)
    told = asked(*lines, facts(prior_year_tax_usd="6000", prior_year_agi_usd="90000"), as_of=DAY)
    assert told.prior.source == "year_facts"
    assert told.prior.tax == 6_000
    assert [finding.code for finding in told.findings] == ["prior_year_tax_differs"]


def test_the_return_that_was_filed_is_the_prior_years_tax_less_its_credits() -> None:
    """Form 2210 line 8: the tax of the return, less the credits."""
    told = asked(
        mined("2024-02-01", "50000"), filing(total="7000.50", agi="150000.01", credits_usd="500"), THIS_YEAR, as_of=DAY
    )
    assert told.prior.source == "filing"
    assert told.prior.tax is not None
    assert cents(told.prior.tax) == cents(told.prior.tax.from_float(6500.5))
    assert (told.method, told.findings) == ("prior_year_110", ())


def test_a_filing_of_another_hand_is_no_source() -> None:
    told = asked(filing(tax="7000"), THIS_YEAR, as_of=DAY)
    assert told.prior.source == "none"
    assert [finding.code for finding in told.findings] == ["prior_year_unknown"]


def test_what_the_book_comes_to_is_told_and_is_no_measure() -> None:
    """The measure is the tax "shown on the return" (6654(d)(1)(B)(ii)); 50,000 in 2024: see test_liability."""
    told = asked(mined("2024-02-01", "50000"), THIS_YEAR, as_of=DAY)
    assert (told.prior.source, told.prior.tax, told.method) == ("none", None, "current_year_90")
    (found,) = told.findings
    assert found.code == "prior_year_unknown"
    assert "the events here come to 9,892.07, which is no return" in found.message


def test_a_book_that_shows_no_tax_of_the_prior_year_frees_nobody_from_paying() -> None:
    """No tax in the prior year bears no penalty (6654(e)(2)); a book that began in its December shows none."""
    told = asked(mined("2024-12-30", "10"), THIS_YEAR, as_of=DAY)
    assert told.prior.source == "none"
    assert told.required.penalty_possible
    (found,) = told.findings
    assert "the events here come to none for it, which is no return" in found.message
    assert "prior_year_tax_usd=0" in found.message
    freed = asked(mined("2024-12-30", "10"), THIS_YEAR, facts(prior_year_tax_usd="0"), as_of=DAY)
    assert (freed.required.penalty_possible, freed.findings) == (False, ())


@pytest.mark.parametrize("activity", ["hobby", "business"])
@pytest.mark.parametrize("value", ["10", "300"])
def test_in_january_after_a_year_of_little_it_says_what_a_year_without_tax_asks_for(activity: str, value: str) -> None:
    """26 U.S.C. 6654(e)(2): a person decides it, since a book has none of what is outside it."""
    little, first = mined("2026-03-01", value), mined("2027-01-05", "5000")
    told = asked(profile("who", "2026-01-01", activity=activity), little, first, as_of=date(2027, 1, 10), year=2027)
    messages = {finding.code: finding.message for finding in told.findings}
    assert "no return says the prior year's tax either" in messages["current_year_unknown"]
    assert "record `year_facts` for 2027 with prior_year_tax_usd=0" in messages["prior_year_unknown"]
    assert told.required.required is None
    zero = facts(2027, prior_year_tax_usd="0")
    freed = asked(
        profile("who", "2026-01-01", activity=activity), little, first, zero, as_of=date(2027, 1, 10), year=2027
    )
    assert (freed.method, freed.required.penalty_possible) == ("none", False)
    assert {finding.code for finding in freed.findings} == {"current_year_unknown"}


def test_the_year_before_the_law_known_here_is_not_computed() -> None:
    told = asked(mined("2022-03-01", "50000"), mined("2023-03-01", "50000"), as_of=date(2023, 4, 15), year=2023)
    assert told.prior.source == "none"


@pytest.mark.parametrize(("before", "now"), [("single", "mfj"), ("mfj", "mfs")])
def test_between_joint_and_separate_returns_only_the_taxpayer_can_say_it(before: str, now: str) -> None:
    """Form 2210 instructions, line 8: the sum of two separate taxes, or the share of a joint one."""
    lines = (
        profile("then", "2024-01-01", filing_status=before),
        profile("now", "2025-01-01", filing_status=now),
        mined("2024-02-01", "50000"),
        THIS_YEAR,
    )
    told = asked(*lines, as_of=DAY)
    assert told.prior.source == "none"
    assert "joint" in told.findings[0].message
    known = asked(*lines, facts(prior_year_tax_usd="1000", prior_year_agi_usd="40000"), as_of=DAY)
    assert known.boxes.joint_changed
    more = asked(*lines, facts(prior_year_tax_usd="90000", prior_year_agi_usd="40000"), as_of=DAY)
    assert not more.boxes.joint_changed


def test_a_short_year_is_no_measure_and_no_finding() -> None:
    """26 U.S.C. 6654(d)(1)(B): "the preceding taxable year ... a taxable year of 12 months"."""
    told = asked(THIS_YEAR, facts(prior_year_tax_usd="10", prior_year_months=11), as_of=DAY)
    assert told.prior.short_year
    assert (told.method, told.findings) == ("current_year_90", ())
