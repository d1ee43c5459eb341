"""The payments to the state on the screen, in the calendar and as a file; and a book without a state."""

from __future__ import annotations

import re
from pathlib import Path

from tests.web.conftest import Ask, record
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
    assert "add payment at=2026-11-22T12:00:00Z year=2026 amount_usd=1400.00 state=CA" in text
    assert tables(client, page) == 2
    rows = client.get("/tables/state-installments.csv").text.splitlines()
    assert [row.split(",")[:3] for row in rows[1:]] == [
        ["1", "2026-04-15", "600.00"], ["2", "2026-06-15", "800.00"], ["4", "2027-01-15", "600.00"],
    ]  # fmt: skip
    first = read(client.get("/").text).text
    assert "California: $800.00 overdue since Jun 15, 2026." in first
    assert "California, payment 4 for 2026 $1,400.00 Due Jan 15, 2027" in first
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
