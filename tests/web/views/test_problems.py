"""Problems on the screen: how many there are of each, what each stands at, and the command that settles it."""

from __future__ import annotations

from pathlib import Path

from lotwork.web.views.problems import MOST_SHOWN
from tests.web.conftest import Ask, record
from tests.web.markup import read
from tests.web.views.made import FACTS, PROFILE, receipt, unpriced


def test_a_problem_is_told_with_the_day_the_coins_and_the_wallet_of_its_event(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, FACTS, unpriced("payout-5", "2026-05-01"))
    text = read(ask(tmp_path).get("/problems").text).text
    assert "1 of it must be settled, or acknowledged by name, before a return is filed." in text
    assert "A receipt has no price yet 1 Settle before filing" in text
    assert "May 1, 2026, 0.01000000 BTC, cellar" in text
    assert "lotwork --book main poll" in text


def test_many_of_one_kind_are_counted_and_only_the_first_are_shown(tmp_path: Path, ask: Ask) -> None:
    lines = [unpriced(f"payout-{number:02}", "2026-05-01") for number in range(MOST_SHOWN + 2)]
    record(tmp_path, PROFILE, FACTS, *lines)
    text = read(ask(tmp_path).get("/problems").text).text
    assert "A receipt has no price yet 52 Settle before filing" in text
    assert text.count(" has no price yet and is in no figure") == MOST_SHOWN
    assert "2 more" in text


def test_what_must_be_settled_before_filing_comes_first(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, receipt("a", "2026-02-01", "1"), unpriced("payout-5", "2026-05-01"))
    text = read(ask(tmp_path).get("/problems").text).text
    first = text.index("A receipt has no price yet 1 Settle before filing")
    assert first < text.index("Last year's tax is not recorded 1 Worth a look")
    assert "1 of them must be settled, or acknowledged by name, before a return is filed." in text
