"""A filed year on the screen: that it is filed, what moved since, what follows, and the command that says it all."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from lotwork.ledger.clock import SetClock
from lotwork.web.filed_years import YEARS_LOOKED_AT
from lotwork.web.reading import BookCache
from tests.command_line import lotwork
from tests.web.conftest import NOW, Ask, clock, record
from tests.web.markup import read

PROFILE = {
    "kind": "profile", "id": "p", "at": "2025-01-01T12:00:00Z", "filing_status": "single", "activity": "business",
    "time_zone": "UTC", "jurisdiction": "us", "recognition": "on_payout", "material_participation": True,
    "business_began": "2025-01-01",
}  # fmt: skip
RECEIPT = {
    "kind": "receipt", "id": "r1", "at": "2025-02-01T12:00:00Z", "wallet": "cellar", "asset": "BTC",
    "quantity": "0.10000000", "income": "pool_payout", "pool": "ocean", "price_usd": "100000",
}  # fmt: skip


def text_of(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return read(answer.text).text


def test_the_page_says_what_the_command_says(filed: TestClient, filed_home: Path) -> None:
    told = lotwork(filed_home, "--book", "demo", "diff", "--filed", "2025", "--json", code=None).result
    text = text_of(filed, "/tax?book=demo&year=2025")
    assert told["additional_tax_usd"].startswith("-")
    assert f"{len(told['lines'])} lines moved: ${told['additional_tax_usd'][1:]} less tax than was filed." in text
    claim = told["refund_claim"]
    assert claim["last_day"] == "2029-04-17"
    assert "A refund can be claimed through Apr 17, 2029, with Form 1040-X." in text
    moved = text.partition("Every line that moved")[2].partition("What was said since")[0]
    for line in told["lines"]:
        assert f"{line['form']}, {line['line']} {line['label']}" in moved
    profit = next(line for line in told["lines"] if (line["form"], line["line"]) == ("Schedule C", "31"))
    assert profit["change_usd"] == "-1860.00"
    assert "Net profit or loss Schedule C, 31 $22,825.39 $20,965.39 \N{MINUS SIGN}$1,860.00" in text


def test_a_filed_year_names_its_day_its_filing_and_what_was_said_since(filed: TestClient, filed_home: Path) -> None:
    told = lotwork(filed_home, "--book", "demo", "diff", "--filed", "2025", "--json", code=None).result
    text = text_of(filed, "/tax?book=demo&year=2025")
    assert f"Filed on Apr 14, 2026, as {told['filing']} ." in text
    assert "demo:insurance:2025-02-03 corrected by late-bill : A second invoice came" in text
    assert "lotwork --book demo diff --filed 2025" in text


def test_the_overview_of_any_year_tells_of_a_filed_year_that_moved(filed: TestClient) -> None:
    for year in (2025, 2026):
        page = read(filed.get(f"/?book=demo&year={year}").text)
        assert "Your return of 2025 has moved since it was filed" in page.text
        assert "less tax than was filed. A refund can be claimed through Apr 17, 2029" in page.text
        assert "/tax?book=demo&year=2025" in page.links()


def test_a_book_that_filed_nothing_says_so_and_how(demo: TestClient) -> None:
    assert "has moved since" not in text_of(demo, "/?book=demo")
    text = text_of(demo, "/tax?book=demo&year=2025")
    assert "Not filed yet. lotwork --book demo file --year 2025 --dry-run" in text
    assert "Not filed: the year is not over." in text_of(demo, "/tax?book=demo&year=2026")


def test_a_return_that_stands_as_filed_has_moved_nothing_and_one_that_grew_costs_interest(
    tmp_path: Path, ask: Ask
) -> None:
    record(tmp_path, PROFILE, RECEIPT)
    lotwork(tmp_path, "file", "--year", "2025", "--filed-on", "2026-04-14")
    client = ask(tmp_path)
    assert "No line has moved since." in text_of(client, "/tax?year=2025")
    record(tmp_path, {**RECEIPT, "id": "r2", "at": "2025-03-01T12:00:00Z"})
    text = text_of(client, "/tax?year=2025")
    assert "more tax than was filed. Paid today, it costs $" in text
    assert "r2 appended" in text


def test_what_happens_after_the_year_moves_nothing_of_it(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, RECEIPT)
    lotwork(tmp_path, "file", "--year", "2025", "--filed-on", "2026-04-14")
    record(tmp_path, {**RECEIPT, "id": "r2", "at": "2026-03-01T12:00:00Z"})
    assert "No line has moved since." in text_of(ask(tmp_path), "/tax?year=2025")


def test_a_filing_nobody_can_read_is_told_and_breaks_no_page(tmp_path: Path, ask: Ask) -> None:
    filing = {"kind": "filing", "id": "odd", "at": "2026-04-14T12:00:00Z", "year": 2025, "figures": {"lines": "none"},
              "law": "0" * 64, "position": 1, "head": "0" * 64}  # fmt: skip
    record(tmp_path, PROFILE, RECEIPT, filing)
    client = ask(tmp_path)
    assert "its figures cannot be read" in text_of(client, "/tax?year=2025")
    assert "has moved since" not in text_of(client, "/")


def test_a_return_too_old_to_claim_is_held_against_today_only_on_its_own_page(tmp_path: Path) -> None:
    day = "2024-01-01T12:00:00Z"
    record(tmp_path, {**PROFILE, "at": day, "business_began": "2024-01-01"}, {**RECEIPT, "at": "2024-02-01T12:00:00Z"})
    lotwork(tmp_path, "file", "--year", "2024", "--filed-on", "2025-04-14")
    later = SetClock(NOW.replace(year=2024 + YEARS_LOOKED_AT + 1))
    for now, year, seen in ((clock(), 2026, True), (later, 2026, False), (later, 2024, True)):
        cache = BookCache(tmp_path, now)
        assert (2024 in cache.read("main", year).filed) is seen
        cache.close()
