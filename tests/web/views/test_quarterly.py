"""Payments on the screen: the rule that asks least, what each quarter has and lacks, and what was paid."""

from __future__ import annotations

from pathlib import Path

from tests.web.conftest import Ask, record
from tests.web.markup import read
from tests.web.views.made import FACTS, PROFILE, paid, receipt


def text_of(home: Path, ask: Ask, *lines: dict[str, object], address: str = "/quarterly") -> str:
    record(home, PROFILE, *lines)
    return read(ask(home).get(address).text).text


def test_a_year_without_facts_goes_by_its_own_tax(tmp_path: Path, ask: Ask) -> None:
    payments = [paid(f"y{month}", f"2026-{month}-10", 2026, "15000") for month in ("04", "06", "09")]
    text = text_of(tmp_path, ask, receipt("a", "2026-02-01", "1"), *payments)
    # 22,364.55 x 90%, in four parts.
    assert "Rule that asks least: 90% of this year's tax $20,128.09 Each of four payments $5,032.02" in text
    assert text.count("Paid Required $5,032.02 Paid $5,032.02 Short $0.00") == 4
    assert "Apr 10, 2026 Estimated $15,000.00 Jun 10, 2026 Estimated $15,000.00 Sep 10, 2026 Estimated" in text
    assert "Safe harbor met." in text


def test_above_150_000_last_year_s_tax_counts_with_a_tenth_more(tmp_path: Path, ask: Ask) -> None:
    """26 U.S.C. 6654(d)(1)(C)(i): 110 percent of 10,000 is less than 90 percent of this year's tax."""
    text = text_of(tmp_path, ask, FACTS, receipt("a", "2026-02-01", "1"))
    assert "Rule that asks least: 110% of last year's tax $11,000.00 Each of four payments $2,750.00" in text
    assert text.count("Required $2,750.00 Paid $0.00 Short $2,750.00") == 4


def test_a_penalty_runs_for_what_was_not_paid_and_the_page_says_up_to_which_day(tmp_path: Path, ask: Ask) -> None:
    text = text_of(tmp_path, ask, FACTS, receipt("a", "2026-02-01", "1"))
    assert "Overdue for" in text
    assert "Penalty up to Nov 22, 2026 $229.95" in text


def test_a_small_tax_asks_for_no_payment_and_the_cards_say_so(tmp_path: Path, ask: Ask) -> None:
    text = text_of(tmp_path, ask, receipt("a", "2026-02-01"))
    assert text.count("Nothing required Required $0.00 Paid $0.00 Short $0.00") == 4
    assert "Safe harbor not needed. No payment is required: tax after withholding is less than $1,000." in text
    assert "Payments made for 2026 None is recorded." in text


def test_a_year_that_is_over_has_no_next_payment(tmp_path: Path, ask: Ask) -> None:
    lines = (receipt("a", "2025-02-01", "0.1"), paid("y", "2025-04-10", 2025, "15000"))
    text = text_of(tmp_path, ask, *lines, address="/quarterly?year=2025")
    assert "Every due day of 2025 is past." in text
    assert "2 Jun 16, 2025 Paid Required $317.91" in text
    assert "What to pay next" not in text
