"""The payments to the state on the screen, in the calendar and as a file; and a book without a state."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.testclient import TestClient

from lotwork.ledger.clock import SetClock
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.web.app import create
from lotwork.web.reading import BookCache
from lotwork.web.returned import state_of
from lotwork.web.wording import usd
from tests.web.conftest import ORIGIN, Ask, record
from tests.web.markup import read
from tests.web.tables import tables
from tests.web.views.made import FACTS, PROFILE, paid, receipt

CALIFORNIA = PROFILE | {"state": "CA"}
OF_CALIFORNIA = {
    "kind": "year_facts", "id": "of ca", "at": "2026-01-01T13:00:00Z", "year": 2026, "dependents": 0,
    "state_prior_year_tax_usd": "2000", "state_prior_year_agi_usd": "90000",
}  # fmt: skip
LINES = (
    CALIFORNIA, FACTS, OF_CALIFORNIA, receipt("a", "2026-02-01", "1"), paid("to ca", "2026-04-10", 2026, "600")
    | {"state": "CA"},
)  # fmt: skip


def test_the_pages_the_calendar_and_the_file_tell_the_states_days(tmp_path: Path, ask: Ask) -> None:
    """The clock of the pages is at November 22, 2026."""
    record(tmp_path, *LINES)
    client = ask(tmp_path)
    page = client.get("/quarterly").text
    text = read(page).text
    assert "California: pay $1,400.00 by Jan 15, 2027, $800.00 of it overdue since Jun 15, 2026" in text
    assert "2 Jun 15, 2026 $800.00 $0.00 $800.00 4 Jan 15, 2027 $600.00 $0.00 $600.00" in text
    assert "add payment at=2026-11-22 year=2026 amount_usd=1400.00 state=CA" in text
    assert tables(client, page) == 2
    rows = client.get("/tables/state-installments.csv").text.splitlines()
    assert [row.split(",")[:3] for row in rows[1:]] == [
        ["1", "2026-04-15", "600.00"], ["2", "2026-06-15", "800.00"], ["4", "2027-01-15", "600.00"],
    ]  # fmt: skip
    first = read(client.get("/").text).text
    assert "California: $800.00 overdue since Jun 15, 2026." in first
    assert "California, payment 4 for 2026 $1,400.00 Due Jan 15, 2027" in first
    assert re.search(r"For California \$[0-9,.]+ more is to set aside.", first)
    pictures = read(client.get("/pictures").text).text
    assert re.search(r"For California \$[0-9,.]+ more is to set aside.", pictures)
    assert "Those to California are not among them." in pictures
    calendar = re.sub(r"\r\n ", "", client.get("/quarterly.ics").text)
    assert "SUMMARY:Estimated tax of California 2026\\, payment 1: paid\r\n" in calendar
    assert "SUMMARY:Estimated tax of California 2026\\, payment 2: $800.00\r\n" in calendar
    assert calendar.count("BEGIN:VEVENT") == 7
    assert len(set(re.findall(r"UID:.*", calendar))) == 7
    assert "What your state charges for a late payment is not reckoned" in client.get("/problems").text


def test_without_a_state_nothing_of_one_is_shown(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, FACTS, receipt("a", "2026-02-01", "1"))
    client = ask(tmp_path)
    assert 'id="state"' not in client.get("/quarterly").text
    assert client.get("/tables/state-installments.csv").status_code == 404
    assert client.get("/quarterly.ics").text.count("BEGIN:VEVENT") == 4


def test_a_move_within_the_year_is_said_on_both_pages(tmp_path: Path, ask: Ask) -> None:
    moved = {"kind": "profile", "id": "moved", "at": "2026-03-01T00:00:00Z", "state": "GA"}
    record(tmp_path, *LINES, moved)
    client = ask(tmp_path)
    for address in ("/", "/quarterly"):
        said = "Georgia: no estimated payments of 2026 are told; the findings say why."
        assert said in read(client.get(address).text).text


def text_on(home: Path, moment: str) -> str:
    """Return the first page of 2026, as of a moment."""
    with TestClient(create(home, clock=SetClock(parse_instant(moment))), base_url=ORIGIN) as client:
        return read(client.get("/?year=2026").text).text


def test_the_payment_to_the_state_is_the_next_step_where_it_is_due_first(tmp_path: Path, ask: Ask) -> None:
    """The federal payments are made: on November 22 the state's of January is not near, and on January 5 it is."""
    made = [paid(f"y{month}", f"2026-{month}-10", 2026, "15000") for month in ("04", "06", "09")]
    record(tmp_path, *LINES, *made)
    step = read(ask(tmp_path).get("/").text).text.partition(" Next ")[2]
    assert not step.startswith("Pay ")
    near = text_on(tmp_path, "2027-01-05T15:00:00Z").partition(" Next ")[2]
    assert near.startswith("Pay $1,400.00 to California by Jan 15, 2027, then record it.")
    assert "add payment at=2027-01-05 year=2026 amount_usd=1400.00 state=CA" in near


def test_both_payments_of_one_day_are_told_in_one_step(tmp_path: Path) -> None:
    record(tmp_path, *LINES)
    near = text_on(tmp_path, "2027-01-05T15:00:00Z").partition(" Next ")[2]
    assert re.match(
        r"Pay \$[0-9,.]+ by Jan 15, 2027, then record it. \$1,400.00 to California is due that day too.", near
    )


def test_the_balance_of_the_states_return_stands_on_the_page_of_a_year_that_is_over(tmp_path: Path) -> None:
    record(tmp_path, *LINES, paid("all", "2026-09-10", 2026, "60000"))
    page = text_on(tmp_path, "2027-04-10T15:00:00Z")
    cache = BookCache(tmp_path, SetClock(parse_instant("2027-04-10T15:00:00Z")))
    told = state_of(cache.read("main", 2026))
    cache.close()
    assert told is not None
    balance = usd(told.balance_due)
    assert f"California, balance for 2026 {balance} Due Apr 15, 2027" in page
    assert page.partition(" Next ")[2].startswith(f"Pay {balance} to California by Apr 15, 2027, then record it.")
    assert "state=CA" in page
    assert "type=balance state=CA" in page
