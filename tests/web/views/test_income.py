"""Income on the screen: the year's receipts and no other's, month by month and by who paid them."""

from __future__ import annotations

from pathlib import Path

from tests.web.conftest import Ask, record
from tests.web.markup import read
from tests.web.views.made import PROFILE, receipt, unpriced


def block(name: str, day: str) -> dict[str, object]:
    """Return a block found alone."""
    alone = receipt(name, day, wallet="node", income="block_reward")
    return {key: value for key, value in alone.items() if key != "pool"}


def text_of(home: Path, ask: Ask, address: str = "/income") -> str:
    lines = (receipt("a", "2026-02-01"), receipt("b", "2026-02-20", "0.02"), block("c", "2026-03-05"))
    record(home, PROFILE, receipt("old", "2025-12-31"), *lines)
    return read(ask(home).get(address).text).text


def test_each_month_has_its_receipts_and_what_they_were_worth(tmp_path: Path, ask: Ask) -> None:
    text = text_of(tmp_path, ask)
    assert "Income 2026 $4,000.00 3 receipts" in text
    assert "By month CSV Month Receipts Value Feb 2 $3,000.00 Mar 1 $1,000.00 Year 3 $4,000.00" in text
    assert "Feb 1: $1,000 Feb 20: $2,000 Mar 5: $1,000" in text


def test_a_pool_and_a_block_found_alone_are_told_apart_with_their_coins(tmp_path: Path, ask: Ask) -> None:
    text = text_of(tmp_path, ask)
    assert "OCEAN 2 0.03000000 BTC $3,000.00 Block reward 1 0.01000000 BTC $1,000.00" in text


def test_the_receipts_of_the_year_stand_newest_first_and_those_of_another_on_its_page(tmp_path: Path, ask: Ask) -> None:
    listed = text_of(tmp_path, ask).partition("Receipts, newest first")[2]
    days = ("Mar 5, 2026 Block reward node 0.01000000 BTC", "Feb 20, 2026 OCEAN", "Feb 1, 2026 OCEAN")
    assert [listed.index(each) for each in days] == sorted(listed.index(each) for each in days)
    assert "Dec 31, 2025" not in listed
    assert "Dec 31, 2025 OCEAN cellar" in read(ask(tmp_path).get("/income?year=2025").text).text


def test_in_coins_a_month_tells_them_and_what_has_no_price_counts(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, receipt("a", "2026-02-01"), unpriced("n", "2026-02-02"))
    text = read(ask(tmp_path).get("/income?unit=BTC").text).text
    assert "Income 2026 0.02000000 BTC Worth $1,000.00 when received, in 2 receipts" in text
    assert "Feb 2 0.02000000 $1,000.00" in text
