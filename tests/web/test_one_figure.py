"""A year that is over has one figure: the pages and the commands say the same of its payments and its return."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lotwork.web.wording import usd
from tests.command_line import lotwork
from tests.web.conftest import Ask, record
from tests.web.markup import read

PROFILE = {
    "kind": "profile", "id": "p", "at": "2025-01-01T12:00:00Z", "filing_status": "single", "activity": "business",
    "time_zone": "UTC", "jurisdiction": "us", "material_participation": True,
}  # fmt: skip
DAY = "2026-11-22"
"""The day of the clock of the pages."""


def mined(value: str) -> dict[str, str]:
    """Return a payout of 2025."""
    return {
        "kind": "receipt", "id": "r1", "at": "2025-02-01T12:00:00Z", "wallet": "cellar", "asset": "BTC",
        "quantity": "0.1", "income": "pool_payout", "value_usd": value,
    }  # fmt: skip


@pytest.mark.parametrize("value", ["31234.56", "39876.54", "48012.35", "90000.01"])
def test_payments_of_a_year_that_is_over_are_the_same_on_the_page_and_at_the_terminal(
    value: str, tmp_path: Path, ask: Ask
) -> None:
    record(tmp_path, PROFILE, mined(value))
    client = ask(tmp_path)
    page = read(client.get("/quarterly?year=2025").text).text
    said = lotwork(tmp_path, "quarterly", "--year", "2025", "--as-of", DAY, code=None)
    told = lotwork(tmp_path, "--json", "quarterly", "--year", "2025", "--as-of", DAY, code=None).result
    for row in told["installments"]:
        assert f"Required {usd(row['required_usd'])}" in page
    assert f"penalty so far {usd(told['penalty_usd'])}" in page.lower()
    assert f"Set aside {usd(told['set_aside']['usd'])} for 2025" in said.out
    overview = read(client.get("/?year=2025").text).text
    assert f"Set aside for 2025 {usd(told['set_aside']['usd'])}" in overview


def test_the_return_of_a_year_that_is_over_has_its_last_lines_on_the_page(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, mined("48012.35"))
    page = read(ask(tmp_path).get("/tax?year=2025").text).text
    filed = lotwork(tmp_path, "--json", "liability", "--year", "2025", "--tax-table", code=None).result
    lines = {line["line"]: line for line in filed["lines"] if line["form"] == "Form 1040"}
    for number in ("35a", "36", "37", "38"):
        shown = page.partition(f" {number} {lines[number]['label']} ")[2]
        assert re.search(r"\$[\d,.]+", shown)[0] == usd(lines[number]["amount_usd"])  # type: ignore[index] # fails


def test_a_year_that_runs_has_no_last_lines(tmp_path: Path, ask: Ask) -> None:
    coin = mined("48012.35") | {"at": "2026-02-01T12:00:00Z"}
    record(tmp_path, PROFILE, coin)
    assert "Estimated tax penalty" not in read(ask(tmp_path).get("/tax?year=2026").text).text
