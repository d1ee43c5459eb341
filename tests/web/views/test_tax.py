"""The return on the screen: what is due or comes back, line by line with its law, and what goes on to the next year."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from tests.web.conftest import Ask, record
from tests.web.markup import read
from tests.web.views.made import PROFILE, paid, receipt

BOUGHT = {"kind": "purchase", "id": "b", "at": "2025-02-01T12:00:00Z", "wallet": "hot", "asset": "BTC",
          "quantity": "1", "cost_usd": "10000"}  # fmt: skip
SOLD = {"kind": "sale", "id": "s", "at": "2025-03-01T12:00:00Z", "wallet": "hot", "asset": "BTC", "quantity": "1",
        "proceeds_usd": "1000"}  # fmt: skip


def text_of(client: TestClient, year: int) -> str:
    return read(client.get(f"/tax?year={year}").text).text


def test_a_balance_is_due_and_the_line_it_comes_from_names_its_law_and_its_event(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, receipt("a", "2025-02-01", "0.1"))
    text = text_of(ask(tmp_path), 2025)
    # 10,000 x 0.9235 x 15.3%, and no income tax below the standard deduction.
    assert "Tax return 2025 $1,412.96 Balance due. Total tax $1,412.96, paid $0.00. Filing Not filed yet." in text
    assert "12 Self-employment tax 26 U.S.C. 1401 From Schedule SE line 10, Schedule SE line 11 Events: a" in text


def test_what_was_paid_too_much_comes_back(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, receipt("a", "2025-02-01", "0.04"), paid("y", "2025-04-10", 2025, "15000"))
    assert "Tax return 2025 $14,434.82 Refund. Total tax $565.18, paid $15,000.00." in text_of(ask(tmp_path), 2025)


def test_a_year_that_is_not_over_says_so(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, receipt("a", "2026-02-01", "0.1"))
    text = text_of(ask(tmp_path), 2026)
    assert "The year is not over: these are the events so far." in text
    assert "Not filed: the year is not over." in text


def test_a_capital_loss_above_3_000_goes_on_and_comes_in_again(tmp_path: Path, ask: Ask) -> None:
    """26 U.S.C. 1211(b) and 1212(b): of a loss of 9,000 the year takes 3,000."""
    record(tmp_path, PROFILE, BOUGHT, SOLD, receipt("a", "2025-02-02", "1"), receipt("c", "2026-02-02", "1"))
    client = ask(tmp_path)
    first, second = text_of(client, 2025), text_of(client, 2026)
    assert "Came from before 2025 Goes on to 2026 Short-term capital loss $0.00 $6,000.00" in first
    assert "Came from before 2026 Goes on to 2027 Short-term capital loss $6,000.00 $3,000.00" in second


def test_where_nothing_is_carried_the_page_says_so(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, receipt("a", "2025-02-01", "0.1"))
    assert "No loss came in from before 2025, and none goes on." in text_of(ask(tmp_path), 2025)
