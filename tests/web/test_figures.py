"""Every figure that stands by itself, on every page, is a link, and the list that it leads to sums to it."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from lotwork.web.pages import NAV
from tests.web.conftest import Ask, record
from tests.web.figures import Figures
from tests.web.markup import read
from tests.web.views.made import FACTS, PROFILE, receipt

LEAD_NOWHERE = {
    "a day, or from which to which": re.compile(r"([A-Z][a-z]{2} \d{1,2}, \d{4}( to )?)+|in \d+ days?"),
    "how many problems stand below": re.compile(r"\d+"),
}
"""Why a figure is no link."""
BOOK = "book=demo&year=2026"
SUMMED = (
    ("/income?unit=BTC", "receipts", "/income", ("quantity", "value_usd")),
    ("/income", "receipts", "/income", ("value_usd",)),
    ("/costs", "bills", "/costs", ("amount_usd", "deductible_usd")),
    ("/sales", "sales", "/sales", ("proceeds_usd", "basis_usd", "adjustment_usd", "gain_usd")),
    ("/lots", "lots", "/lots", ("quantity", "basis_usd")),
)


def loose(page: str, path: str) -> list[tuple[str, str]]:
    found = Figures()
    found.feed(page)
    assert found.links or path in ("/problems", "/sell")
    named = {name for name in LEAD_NOWHERE if name != "how many problems stand below" or path == "/problems"}
    return [
        (heading, told)
        for heading, told in found.loose
        if not any(LEAD_NOWHERE[name].fullmatch(told) for name in named)
    ]


@pytest.mark.parametrize("path", [*(path for path, _ in NAV), "/line/Schedule%20C/31"])
def test_every_figure_of_every_page_is_a_link(demo: TestClient, path: str) -> None:
    assert loose(demo.get(f"{path}?{BOOK}").text, path) == []


def test_so_is_every_figure_of_a_moved_return_and_each_leads_somewhere(filed: TestClient) -> None:
    page = filed.get("/tax?book=demo&year=2025").text
    assert "Filed, and moved since" in page
    assert loose(page, "/tax") == []
    moved, forms = page[page.index('id="filed"') : page.index('id="forms"')], page[page.index('id="forms"') :]
    links = set(re.findall(r'<a href="(/line/[^"]+)"', moved))
    assert links
    assert links <= set(re.findall(r'<a href="(/line/[^"]+)"', forms))


@pytest.mark.parametrize(
    "path", ["/sell?quantity=0.002&price=90000", "/event/r1?", "/quarterly?", "/lots?as_of=2026-02-10"]
)
def test_so_is_every_figure_that_is_asked_for(tmp_path: Path, ask: Ask, path: str) -> None:
    record(tmp_path, PROFILE, FACTS, receipt("r1", "2026-02-01"))
    page = ask(tmp_path).get(path)
    assert page.status_code == 200
    assert [each for each in loose(page.text, path) if each[0] != "What it says"] == []  # it is what it says itself
    assert "/lots?book=main&amp;year=2026&amp;wallet=cellar&amp;asset=BTC#open" in page.text or "/sell" not in path


@pytest.mark.parametrize(("page", "file", "path", "columns"), SUMMED)
def test_a_figure_is_what_its_list_sums_to(
    demo: TestClient, page: str, file: str, path: str, columns: tuple[str, ...]
) -> None:
    shown = demo.get(f"{page}{'&' if '?' in page else '?'}{BOOK}").text
    rows = [row for row in re.findall(r"<tr>.*?</tr>", shown, re.DOTALL) if f'href="{path}?' in row and "#" in row]
    told: dict[str, str] = {}
    for row in rows:
        told.setdefault(narrowed_by(row, path), row)
    told.pop("", None)
    assert len(told) >= 2
    for narrow, row in told.items():
        answer = demo.get(f"/tables/{file}.csv?{BOOK}{narrow}").text
        listed = list(csv.DictReader(answer.splitlines()))
        assert path == "/sales" or f" {len(listed)} " in read(row).text, narrow
        for column in () if path == "/lots" and "first=" in narrow else columns:  # by age the two terms stand apart
            total = sum((Decimal(each[column] or 0) for each in listed), Decimal(0))
            wanted = f"{abs(total):,.8f}" if column == "quantity" else f"{abs(total):,.2f}"
            assert wanted in read(row).text, (narrow, column)


def narrowed_by(row: str, path: str) -> str:
    """Return what the first list that a row leads to is narrowed to, as an address says it."""
    found = re.search(rf'href="({path}\?[^"#]*)#', row)
    if found is None:
        return ""
    asked = parse_qsl(urlsplit(found[1].replace("&amp;", "&")).query)
    return "".join(f"&{name}={value}" for name, value in asked if name not in ("book", "year", "unit"))


def test_a_list_says_what_it_is_narrowed_to_on_every_page_of_it_and_in_its_file(demo: TestClient) -> None:
    page = demo.get(f"/income?{BOOK}&origin=ocean&asset=BTC&first=2026-03-01&last=2026-03-31").text
    assert "Narrowed to BTC, OCEAN, 2026-03-01, 2026-03-31. Show all" in read(page).text
    days = re.findall(r'<td><time datetime="([^"]+)"', page)
    assert days
    assert all(day.startswith("2026-03") for day in days)
    file = next(link for link in read(page).links() if link.startswith("/tables/receipts.csv"))
    assert len(demo.get(file).text.splitlines()) == len(days) + 1
    for odd in ("first=never", "last=2026-13-01", "origin="):
        assert "Narrowed to" not in read(demo.get(f"/income?{BOOK}&{odd}").text).text
    assert "Show all" in read(demo.get(f"/income?{BOOK}&origin=nobody").text).text
