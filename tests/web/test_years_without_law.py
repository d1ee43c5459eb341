"""The pages in January and April of a year whose law is not out: the payments are told, and nothing stops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.ledger.clock import SetClock
from lotwork.web.app import create
from lotwork.web.pages import NAV
from tests.web.conftest import ORIGIN, record
from tests.web.markup import read
from tests.web.test_pages import PROFILE, RECEIPT

ADDRESSES = [path for path, _ in NAV]
MINED = RECEIPT | {"quantity": "1.00000000"}
EVEN = [MINED | {"id": f"r{month}", "at": f"2026-{month:02}-10T12:00:00Z"} for month in range(1, 13)]
PRIOR = {
    "kind": "year_facts", "id": "f", "at": "2027-01-02T12:00:00Z", "year": 2027, "prior_year_tax_usd": "8000",
    "prior_year_agi_usd": "90000",
}  # fmt: skip


def client(home: Path, year: int, month: int, day: int) -> TestClient:
    return TestClient(create(home, clock=SetClock(datetime(year, month, day, 12, tzinfo=UTC))), base_url=ORIGIN)


@pytest.fixture
def january(demo_home: Path) -> Iterator[TestClient]:
    with client(demo_home, 2027, 1, 10) as opened:
        yield opened


@pytest.mark.parametrize("day", [(2027, 1, 10), (2027, 4, 10), (2027, 6, 20)])
def test_every_page_opens_in_a_year_whose_law_is_not_out(demo_home: Path, day: tuple[int, int, int]) -> None:
    with client(demo_home, *day) as opened:
        for address in (f"{path}?book=demo{year}" for year in ("", "&year=2026", "&year=2025") for path in ADDRESSES):
            answer = opened.get(address)
            assert (address, answer.status_code) == (address, 200)
            assert "`" not in read(answer.text).text, address


def test_in_january_the_first_page_tells_of_the_payment_of_the_year_before(january: TestClient) -> None:
    text = read(january.get("/?book=demo").text).text
    assert "Payment 4 of 4 for 2026 $1,207.00 Due Jan 15, 2027 , in 5 days" in text
    assert "Pay $1,207.00 by Jan 15, 2027, then record it." in text
    assert "year=2026 amount_usd=1207.00" in text
    assert "Tax for 2027 not known" in text


def test_once_it_is_paid_the_first_payment_of_the_year_is_told_by_the_prior_year(tmp_path: Path) -> None:
    """26 U.S.C. 6654(d)(1)(B)(ii): a quarter of 8,000 is enough whatever 2027 brings."""
    record(tmp_path, PROFILE, MINED | {"at": "2027-01-05T12:00:00Z"}, PRIOR)
    with client(tmp_path, 2027, 1, 20) as opened:
        first, payments = (read(opened.get(path).text).text for path in ("/", "/quarterly"))
    assert "Payment 1 of 4 for 2027 $2,000.00 Due Apr 15, 2027" in first
    assert "Rule that asks least: 100% of last year's tax $8,000.00" in payments
    assert "so 90% of its tax is not" in payments
    assert "Penalty up to Jan 20, 2027 $0.00" in payments


def test_what_is_overdue_stands_first_with_the_penalty_so_far(tmp_path: Path) -> None:
    record(tmp_path, PROFILE, *EVEN)
    with client(tmp_path, 2026, 5, 15) as opened:
        text = read(opened.get("/").text).text
    assert "overdue since Apr 15, 2026" in text
    assert text.index("overdue since Apr 15, 2026") < text.index("Payment 2 of 4")
    assert "more each day; penalty so far $" in text


def test_in_the_next_year_it_is_told_as_far_as_the_rate_is_known(tmp_path: Path) -> None:
    record(tmp_path, PROFILE, *EVEN)
    with client(tmp_path, 2027, 2, 1) as opened:
        text = read(opened.get("/").text).text
    assert "overdue since Apr 15, 2026; penalty so far $" in text
    assert "through Dec 31, 2026, as far as the rate is known. See the payments of 2026" in text


def test_a_year_of_before_the_law_has_no_due_days_and_says_so_in_words(tmp_path: Path) -> None:
    record(tmp_path, PROFILE, MINED | {"at": "2020-01-05T12:00:00Z"})
    with client(tmp_path, 2027, 1, 20) as opened:
        answer = opened.get("/quarterly.ics?year=2020")
    assert answer.status_code == 404
    assert "The due days of 2020 are not known" in read(answer.text).text
    assert "`" not in answer.text


def test_where_neither_measure_is_known_the_pages_say_so(tmp_path: Path) -> None:
    record(tmp_path, PROFILE, MINED | {"at": "2027-01-05T12:00:00Z"})
    with client(tmp_path, 2027, 1, 20) as opened:
        text = read(opened.get("/quarterly").text).text
        assert opened.get("/quarterly.ics").status_code == 200
    assert "Safe harbor not known." in text
    assert "neither its law nor the tax of 2026 is" in text
