from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from lotwork.web.due_days import MOST_OCTETS


@pytest.fixture
def lines(demo: TestClient) -> list[str]:
    answer = demo.get("/quarterly.ics?book=demo&year=2026")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="lotwork-payments-2026.ics"'
    assert answer.content.count(b"\n") == answer.content.count(b"\r\n")
    return answer.text.split("\r\n")


def test_it_holds_the_four_due_days_as_whole_days(lines: list[str]) -> None:
    starts = [line.partition(":")[2] for line in lines if line.startswith("DTSTART")]
    ends = [line.partition(":")[2] for line in lines if line.startswith("DTEND")]
    assert starts == ["20260415", "20260615", "20260915", "20270115"]
    assert ends == ["20260416", "20260616", "20260916", "20270116"]


def test_no_line_is_longer_than_the_format_allows(lines: list[str]) -> None:
    assert max(len(line.encode()) for line in lines) <= MOST_OCTETS


def test_every_component_that_begins_ends(lines: list[str]) -> None:
    opened: list[str] = []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            opened.append(value)
        elif name == "END":
            assert opened.pop() == value
    assert not opened
    assert lines[-1] == ""


def test_each_says_what_is_short_and_the_paid_ones_that_they_are_paid(lines: list[str]) -> None:
    unfolded = re.sub(r"\r\n ", "", "\r\n".join(lines))
    said = re.findall(r"SUMMARY:(.*)\r\n", unfolded)
    assert said == [
        "Estimated tax 2026\\, payment 1 of 4: paid",
        "Estimated tax 2026\\, payment 2 of 4: paid",
        "Estimated tax 2026\\, payment 3 of 4: paid",
        "Estimated tax 2026\\, payment 4 of 4: $1\\,207.00",
    ]
    assert unfolded.count("BEGIN:VALARM") == 2


def test_a_later_download_replaces_the_days_of_an_earlier(demo: TestClient, lines: list[str]) -> None:
    names = [line for line in lines if line.startswith("UID:")]
    again = demo.get("/quarterly.ics?book=demo&year=2026").text.split("\r\n")
    other = demo.get("/quarterly.ics?book=demo&year=2025").text.split("\r\n")
    assert len(set(names)) == 4
    assert names == [line for line in again if line.startswith("UID:")]
    assert not set(names) & set(other)


def test_a_year_without_known_law_has_no_due_days(demo: TestClient) -> None:
    answer = demo.get("/quarterly.ics?book=demo&year=2012")
    assert answer.status_code == 404
    assert "The due days of 2012 are not known" in answer.text
