"""The first page: how the year's tax comes about, whether the figures can be believed, and the one thing to do."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from tests.web.conftest import Ask, record
from tests.web.markup import read
from tests.web.views.made import FACTS, PROFILE, paid, receipt, unpriced

LOST = {"kind": "movement", "id": "m", "at": "2026-06-10T12:00:00Z", "wallet": "cellar", "asset": "BTC",
        "quantity": "0.01", "txid": "ab" * 32}  # fmt: skip


def text_of(client: TestClient, address: str = "/") -> str:
    return read(client.get(address).text).text


def test_the_figures_lead_from_what_was_mined_to_what_is_still_to_pay(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, FACTS, receipt("a", "2026-02-01", "1"), paid("y", "2026-04-10", 2026, "15000"))
    so_far = text_of(ask(tmp_path)).partition("2026 so far CSV Mined")[2]
    # 100,000 x 0.9235 x 15.3%; then (100,000 - 7,064.78 - 16,100) less a fifth for 199A, by the brackets of 2026.
    for line in (
        "at its value when received $100,000.00 Expenses $0.00", "Net profit, Schedule C $100,000.00",
        "Self-employment tax $14,129.55 Income tax, with wages and all else $8,235.00 Tax for 2026 $22,364.55",
        "Withheld from wages $0.00 Paid \N{MINUS SIGN}$15,000.00 Still to pay $7,364.55",
    ):  # fmt: skip
        assert line in so_far


def test_what_was_paid_too_much_is_told_and_asks_for_nothing_more(tmp_path: Path, ask: Ask) -> None:
    payments = (paid("y1", "2025-04-10", 2025, "15000"), paid("y2", "2025-06-10", 2025, "15000"))
    record(tmp_path, PROFILE, receipt("a", "2025-02-01", "0.1"), *payments)
    text = text_of(ask(tmp_path), "/?year=2025")
    assert "2025 is paid $0.00 $28,587.04 was paid too much." in text
    assert "Tax for 2025 $1,412.96" in text
    assert "Paid \N{MINUS SIGN}$30,000.00 Paid too much $28,587.04" in text, (
        "of a tax of 1,412.955 that is rounded up a half cent less is too much"
    )


def test_a_payment_that_is_covered_says_so(tmp_path: Path, ask: Ask) -> None:
    payments = [paid(f"y{month}", f"2026-{month}-10", 2026, "15000") for month in ("04", "06", "09")]
    record(tmp_path, PROFILE, receipt("a", "2026-02-01", "1"), *payments)
    text = text_of(ask(tmp_path))
    assert "Payment 4 of 4 for 2026 $0.00" in text
    assert "This payment is covered by what was withheld and paid already." in text
    assert "Safe harbor Met 90% of this year's tax is paid." in text


def test_the_signs_count_what_is_without_a_price_and_what_left_unexplained(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, FACTS, receipt("a", "2026-02-01", "1"), unpriced("n", "2026-05-01"), LOST)
    text = text_of(ask(tmp_path)).partition("Can these figures be believed?")[2]
    assert "Without a price 1 kept out of every figure" in text
    assert "Unexplained 1 coins that left, and nobody said why" in text
    assert "Chain not verified yet run: lotwork verify Events 5 head " in text


def test_a_book_that_knows_only_who_files_says_to_bring_in_the_rest(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE)
    text = text_of(ask(tmp_path))
    assert (
        "Next No income, sale, bill or rig is recorded yet. Bring in what you have: lotwork --book main import" in text
    )
    assert "Tax for 2026 not known Nothing is recorded that a tax could be reckoned of." in text
    before = text.partition("Income by month")[0]
    assert "$" not in before, "what nobody told is no amount of 0"
    assert "Safe harbor" not in text


def test_what_a_tax_needs_beside_the_coins_is_set_as_a_command(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, receipt("a", "2026-02-01"))
    page = ask(tmp_path).get("/").text
    assert "<code>lotwork add year_facts at=2026-01-01 year=2026" in page, "a command among words is set as one"
    assert "`" not in read(page).text


def test_the_step_tells_what_is_missing_and_how_it_is_mended(tmp_path: Path, ask: Ask) -> None:
    sold = {"kind": "sale", "id": "s", "at": "2026-03-01T12:00:00Z", "wallet": "kraken", "asset": "BTC",
            "quantity": "0.5", "proceeds_usd": "45000"}  # fmt: skip
    record(tmp_path, PROFILE, FACTS, receipt("a", "2026-02-01"), sold)
    text = text_of(ask(tmp_path)).partition("Next")[2].partition("Can these figures be believed?")[0]
    for words in (
        "More coins left a wallet than it held. See Problems",
        "0.50000000 BTC more were sold from kraken than it held",
        "lotwork --book main import FILE",
        "Or, the other way: lotwork --book main add transfer at=DAY from_wallet=WALLET",
    ):
        assert words in text


def test_where_the_finding_names_its_answer_the_step_tells_that_one(tmp_path: Path, ask: Ask) -> None:
    sold = {"kind": "sale", "id": "s", "at": "2026-03-01T12:00:00Z", "wallet": "celar", "asset": "BTC",
            "quantity": "0.01", "proceeds_usd": "900"}  # fmt: skip
    record(tmp_path, PROFILE, FACTS, receipt("a", "2026-02-01"), receipt("b", "2026-02-02"), sold)
    text = text_of(ask(tmp_path)).partition("Next")[2].partition("Can these figures be believed?")[0]
    assert "did you mean cellar?" in text
    assert "lotwork add correction target=s" in text
    assert "import FILE" not in text


def test_the_one_thing_to_do_is_the_first_problem_and_without_one_the_day_of_the_next_payment(
    tmp_path: Path, ask: Ask
) -> None:
    record(tmp_path, PROFILE, FACTS, receipt("a", "2026-02-01"), unpriced("n", "2026-05-01"))
    assert "Next A receipt has no price yet. See Problems" in text_of(ask(tmp_path))
    told = {"kind": "price", "id": "x", "at": "2026-05-01T12:00:00Z", "asset": "BTC", "price_usd": "90000"}
    record(tmp_path, told)
    assert "Next Nothing to do until Apr 15, 2027. See Quarterly payments" in text_of(ask(tmp_path))
