"""Beside every table of the pages is a link to all of its rows as CSV, and every page prints whole."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.web import listing
from lotwork.web.table_files import FILES
from tests.projections.house import receipt, sale
from tests.web.conftest import Ask, record

LINK = re.compile(r'<a class="file" href="([^"]+)"')


def rows_of(client: TestClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address.replace("&amp;", "&"))
    assert answer.status_code == 200, address
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_a_file_holds_every_row_though_the_page_shows_some(demo: TestClient) -> None:
    page = demo.get("/lots?book=demo&year=2026").text
    total = int(re.findall(r"of ([0-9]+) lots", page)[0])
    assert total > listing.ROWS_A_PAGE
    rows = rows_of(demo, "/tables/lots.csv?book=demo&year=2026")
    assert len(rows) == total
    one = rows_of(demo, "/tables/lots.csv?book=demo&year=2026&wallet=cold&term=long")
    assert 0 < len(one) < total
    assert {row["wallet"] for row in one} == {"cold"}


@pytest.mark.parametrize(
    ("page", "asked"),
    [("/find", "&q=ocean&kind=receipt&from=2026-02-01&to=2026-02-28"), ("/line/Schedule%20C/1", ""),
     ("/line/Schedule%20SE/12", "")],
)  # fmt: skip
def test_what_is_found_and_what_is_behind_a_line_are_files_of_all_their_events(
    demo: TestClient, page: str, asked: str
) -> None:
    text = demo.get(f"{page}?book=demo&year=2026{asked}").text
    link = next(each for each in LINK.findall(text) if "/tables/events-" in each)
    rows = rows_of(demo, link)
    total = re.search(r"of ([0-9,]+) event", text)
    assert total
    assert len(rows) == int(total[1].replace(",", ""))
    assert len({row["event"] for row in rows}) == len(rows)
    assert all(row["day"] and row["what"] for row in rows)
    if page == "/find":
        assert {row["kind"] for row in rows} == {"receipt"}
        assert {row["day"][:7] for row in rows} == {"2026-02"}


def test_the_sums_of_a_page_are_those_of_its_rows(demo: TestClient) -> None:
    def added(name: str, column: str) -> Decimal:
        rows = rows_of(demo, f"/tables/{name}.csv?book=demo&year=2026")
        return sum((Decimal(row[column]) for row in rows if row[column]), Decimal(0))

    assert added("sales", "gain_usd") == added("sales-by-term", "gain_usd")
    assert (
        added("receipts", "value_usd")
        == added("income-by-month", "value_usd")
        == added("income-by-origin", "value_usd")
    )
    assert added("lots", "basis_usd") == added("lots-by-wallet", "basis_usd")
    assert added("bills", "deductible_usd") == added("costs-by-line", "deducted_usd")


@pytest.mark.parametrize("name", ["nothing", "../app", "income"])
def test_a_table_that_is_none_is_not_found(demo: TestClient, name: str) -> None:
    assert demo.get(f"/tables/{name}.csv?book=demo&year=2026").status_code == 404


def test_no_name_in_a_file_is_a_formula(tmp_path: Path, ask: Ask) -> None:
    name = '=HYPERLINK("x")'
    bill = {"kind": "expense", "id": "e", "at": "2026-02-02T12:00:00Z", "category": "electricity", "amount_usd": "5"}
    mined = receipt("r", "2026-01-10", "1", wallet=name, pool="-pool")
    lives = {"kind": "profile", "id": "me", "at": "2025-01-01T12:00:00Z", "state": "GA"}
    record(tmp_path, lives, mined, sale("s", "2026-02-01", "0.5", "90", wallet=name), bill)
    client = ask(tmp_path)
    seen = 0
    for table in FILES:
        answer = client.get(f"/tables/{table}.csv?year=2026&event=s&place=Schedule%20C/1")
        if answer.status_code == 404:
            assert table in {"carried", "moved", "ways-to-sell", "event-filed"}
            continue
        for row in list(csv.reader(io.StringIO(answer.text, newline="")))[1:]:
            seen += sum(cell.startswith("'=") for cell in row)
            assert not any(cell.startswith(("=", "+", "@")) for cell in row), table
            assert not any(cell.startswith("-") and not re.fullmatch(r"-[0-9.]+", cell) for cell in row), table
    assert seen > 3


def test_a_year_without_anything_has_no_files(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path)
    client = ask(tmp_path)
    assert {client.get(f"/tables/{name}.csv?year=2026").status_code for name in FILES} == {404}


@pytest.mark.parametrize(("page", "noun"), [("/income", "receipt"), ("/lots", "lot")])
def test_all_rows_are_on_one_page_to_be_printed(demo: TestClient, page: str, noun: str) -> None:
    first = demo.get(f"{page}?book=demo&year=2026").text
    assert "All, to print" in first
    whole = demo.get(f"{page}?book=demo&year=2026&page=all").text
    shown, total = re.findall(f"1\N{EN DASH}([0-9]+) of ([0-9]+) {noun}s", whole)[0]
    assert shown == total
    assert int(total) > listing.ROWS_A_PAGE
    assert whole.count("<tr><td><time") == int(total)
    assert "All, to print" not in whole


def test_more_rows_than_a_browser_takes_are_a_file_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_ON_ONE", 100)
    page = listing.page_of(range(101), listing.ALL)
    assert (page.page, page.pages, page.can_be_whole) == (1, 2, False)
    whole = listing.page_of(range(100), listing.ALL)
    assert (whole.pages, whole.first, whole.last, whole.can_be_whole) == (1, 1, 100, False)
