"""What is looked at: its sentence, the figures behind it, and that what is open is said and not drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.reports.lines import dollars
from tests.command_line import lotwork
from tests.web.conftest import Ask, record
from tests.web.markup import read
from tests.web.views.made import FACTS, PROFILE, receipt, unpriced

AMOUNT = re.compile(r"\d\.\d|\$\d|\d,\d{3}")


def bill(name: str, day: str, dollars: str, category: str = "electricity", share: str = "1") -> dict[str, object]:
    return {"kind": "expense", "id": name, "at": f"{day}T12:00:00Z", "category": category, "amount_usd": dollars,
            "business_share": share}  # fmt: skip


def text_of(client: TestClient, address: str = "/pictures") -> str:
    return read(client.get(address).text).text


def test_a_month_is_what_was_mined_less_its_power_and_a_coin_costs_its_part_of_it(tmp_path: Path, ask: Ask) -> None:
    record(
        tmp_path,
        PROFILE,
        FACTS,
        receipt("a", "2026-02-01"),
        receipt("b", "2026-03-01", "0.02"),
        receipt("c", "2026-03-02", "1", asset="LTC", price_usd="1000"),
        bill("kwh", "2026-02-20", "900", share="0.5"),
        bill("q", "2026-03-20", "6000"),
        bill("h", "2026-03-21", "300", "hosting"),
        bill("r", "2026-03-22", "77", "rent"),
    )
    text = text_of(ask(tmp_path))
    assert "Mining lost $2,750.00 after power in 2 months; in Mar a coin cost more to mine than it was worth." in text
    # Half of February's bill is business; in March 6,300 of power made 3,000 dollars, 2,000 of them as 0.02 BTC.
    assert "Feb $1,000.00 $450.00 $550.00 $45,000.00 $100,000.00" in text
    assert "Mar $3,000.00 $6,300.00 \N{MINUS SIGN}$3,300.00 $210,000.00 $100,000.00" in text


def test_a_loss_hangs_from_the_floor(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, receipt("a", "2026-02-01"), bill("kwh", "2026-02-20", "1500"))
    page = ask(tmp_path).get("/pictures").text
    figure = page[page.index('id="profit-left-title"') : page.index("</figure>")]
    assert '<line class="floor" x1="0" x2="1000.0" y1="120.0" y2="120.0" />' in figure
    assert re.findall(r'<rect class="s0" [^>]*y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', figure) == [
        ("120.0", "100.0")
    ]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([receipt("a", "2026-02-01")], "Feb is open: no power of the month is recorded."),
        ([receipt("a", "2026-02-01"), bill("r", "2026-02-20", "77", "rent")], "no power of the month is recorded"),
        ([receipt("a", "2026-02-01"), unpriced("u", "2026-02-02"), bill("kwh", "2026-02-20", "9")],
         "Feb is open: 1 receipt waits for a price."),
        ([unpriced("u", "2026-02-02"), unpriced("v", "2026-02-03")],
         "Feb is open: no power of the month is recorded and 2 receipts wait for a price."),
    ],
)  # fmt: skip
def test_what_is_open_is_said_and_has_no_bar(
    tmp_path: Path, ask: Ask, lines: list[dict[str, object]], why: str
) -> None:
    record(tmp_path, PROFILE, *lines)
    client = ask(tmp_path)
    page = client.get("/pictures").text
    assert why in read(page).text
    assert "What mining leaves is not known: no month has both its prices and its power." in read(page).text
    assert "<rect" not in page[page.index('id="profit-left-title"') : page.index("</figure>")]
    (row,) = client.get("/tables/profit-by-month.csv").text.splitlines()[1:]
    assert row.split(",")[3:5] == ["", ""]


def test_a_power_bill_of_a_month_in_which_nothing_was_mined_is_a_loss(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, bill("kwh", "2026-02-20", "40"))
    assert "Mining lost $40.00 after power in 1 month;" in text_of(ask(tmp_path))


def test_coins_held_and_to_set_aside_are_those_of_the_command(demo: TestClient, demo_home: Path) -> None:
    text = text_of(demo, "/pictures?book=demo")
    asked = ("--json", "--book", "demo", "quarterly", "--year", "2026", "--as-of", "2026-11-22")
    told = lotwork(demo_home, *asked, code=None)
    aside = told.result["set_aside"]
    assert f"Set aside {aside['quantity']} BTC (${dollars(aside['usd'])}) for 2026; 1.26865086 BTC are held" in text
    for row in told.result["installments"]:
        amounts = " ".join(f"${dollars(row[name])}" for name in ("required_usd", "paid_usd", "shortfall_usd"))
        assert amounts in text


def test_the_profit_of_a_year_adds_up_to_its_income_and_its_power(demo: TestClient) -> None:
    text = text_of(demo, "/pictures?book=demo&year=2025")
    assert text.count("is open") == 0
    assert "after power in" in text


def test_lots_by_age_tell_the_days_on_which_they_turn(tmp_path: Path, ask: Ask) -> None:
    record(
        tmp_path, PROFILE, receipt("a", "2025-02-01"), receipt("b", "2026-02-03", "0.02"), receipt("c", "2026-02-20")
    )
    answer = (
        "0.01000000 of 0.04000000 BTC are long-term; the next, 0.02000000 BTC, on Feb 4, 2027, the last on Feb 21, "
    )
    for path in ("/pictures", "/lots"):
        text = text_of(ask(tmp_path), path)
        assert text.count(f"{answer}2027.") == 1
        assert "Feb 2025 1 0.01000000 0.00000000 now" in text
        assert "Feb 2026 2 0.00000000 0.03000000 Feb 4, 2027 to Feb 21, 2027" in text
    assert text.index(answer) < text.index("By wallet")


def test_lots_of_long_ago_are_one_bar(tmp_path: Path, ask: Ask) -> None:
    days = [f"{year}-{month:02d}-05" for year in (2023, 2024, 2025) for month in range(1, 13)]
    record(tmp_path, PROFILE, *(receipt(day, day, "0.001") for day in days))
    text = text_of(ask(tmp_path), "/lots")
    assert "Before Jan 2024 12 0.01200000 0.00000000 now Jan 2024 1" in text


def test_a_year_whose_law_is_not_known_says_so_of_its_quarters(demo: TestClient) -> None:
    text = text_of(demo, "/pictures?book=demo&year=2012")
    assert "What to set aside is not known" in text
    assert "What each payment asks for is not known" in text


@pytest.mark.parametrize("path", ["/pictures", "/lots", "/sell"])
def test_no_amount_is_in_a_page_without_amounts(tmp_path: Path, ask: Ask, path: str) -> None:
    record(tmp_path, PROFILE, FACTS, receipt("a", "2026-02-01", "4"), bill("kwh", "2026-02-20", "900"))
    page = read(ask(tmp_path).get(f"{path}?incognito=1&quantity=2&price=70000").text)
    law = re.compile(r"[\d.]+-\d[()\w]*|\d+ U\.S\.C\. \S+|Rev\. Rul\. \S+")
    shown = [word for word in page.words if AMOUNT.search(law.sub("", word))]
    assert shown == []
    assert not [word for word in page.words if word.strip() in {"4", "3", "2", "70000"}]
    assert not [held for _, held in page.elements if held.get("value") in {"2", "70000"}]
