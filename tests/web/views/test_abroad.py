"""A profile of another country: that country's return in its own currency, what it leaves out, and no US figure."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from lotwork.ledger.events import US
from lotwork.projections.abroad.countries import COUNTRIES, Country
from lotwork.web.pages import OF_US_LAW
from tests.web.conftest import Ask, record
from tests.web.markup import read

RECEIPT = {
    "kind": "receipt", "id": "r1", "at": "2026-02-01T12:00:00Z", "wallet": "keller", "asset": "BTC",
    "quantity": "0.10000000", "income": "pool_payout", "price_usd": "100000",
}  # fmt: skip
ABROAD = [each for each in COUNTRIES.values() if each.code != US]


def profile(jurisdiction: str) -> dict[str, object]:
    return {"kind": "profile", "id": "p", "at": "2026-01-01T12:00:00Z", "jurisdiction": jurisdiction,
            "activity": "hobby", "time_zone": "UTC"}  # fmt: skip


def rate(currency: str) -> dict[str, object]:
    return {"kind": "exchange_rate", "id": "x", "at": "2026-02-01T12:00:00Z", "currency": currency, "per_usd": "0.9"}


@pytest.mark.parametrize("country", ABROAD, ids=lambda country: country.code)
def test_the_return_is_that_country_s_in_its_currency(tmp_path: Path, ask: Ask, country: Country) -> None:
    record(tmp_path, profile(country.code), RECEIPT, rate(country.currency))
    client = ask(tmp_path)
    first, page = read(client.get("/").text), read(client.get("/tax").text)
    assert f"Tax for 2026, {country.name}" in first.text
    assert f"Tax return 2026, {country.name}" in page.text
    assert f"{country.currency} 9,000.00" in page.text
    assert "What it does not cover" in page.text
    file = next(link for link in page.links() if link.startswith("/tables/sums.csv"))
    told = list(csv.DictReader(client.get(file).text.splitlines()))
    assert {row["currency"] for row in told} == {country.currency}
    assert all(f"{Decimal(row['amount']):,.2f}" in page.text for row in told if row["amount"])
    assert len(told) > 1
    assert "the coins a transfer costs" in page.text
    for text in (first.text, page.text):
        assert "Schedule C" not in text
        assert "Safe harbor" not in text
        assert "Self-employment" not in text


@pytest.mark.parametrize("path", sorted(OF_US_LAW))
def test_a_page_of_us_law_shows_that_country_s_return_in_its_place(tmp_path: Path, ask: Ask, path: str) -> None:
    record(tmp_path, profile("de"), RECEIPT, rate("EUR"))
    page = read(ask(tmp_path).get(path).text)
    assert "Tax return 2026, Germany" in page.text
    assert not any(link.startswith(path) for link in page.links() if "incognito" not in link)  # that leads to itself


def test_lots_speak_of_no_term_of_us_law(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, profile("pt"), RECEIPT, rate("EUR"))
    text = read(ask(tmp_path).get("/lots").text).text
    assert "0.10000000 BTC" in text
    assert "ong-term" not in text


def test_without_a_rate_the_page_says_what_to_record(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, profile("de"), RECEIPT)
    for path in ("/", "/tax", "/problems", "/income", "/lots"):
        answer = ask(tmp_path).get(path)
        assert answer.status_code == 200, path
    assert "exchange_rate" in read(ask(tmp_path).get("/tax").text).text
