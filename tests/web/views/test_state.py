"""The return of the state on the pages: its lines traced, its file, what moved in it since, what an event changes."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

from lotwork.reports.traced import traced_line_row
from lotwork.web.acting import _figures
from lotwork.web.reading import BookCache
from lotwork.web.returned import return_of, state_of
from lotwork.web.wording import usd
from tests.command_line import lotwork
from tests.web.conftest import Ask, clock, record
from tests.web.markup import read
from tests.web.views.test_filed import PROFILE, RECEIPT

IN_GEORGIA = {**PROFILE, "state": "GA"}
FACTS = {"kind": "year_facts", "id": "f", "at": "2025-12-31T12:00:00Z", "year": 2025, "wages_usd": "90000",
         "dependents": 0}  # fmt: skip
CORRECTED = {
    "kind": "correction", "id": "c", "at": "2026-06-01T12:00:00Z", "target": "r1", "set": {"price_usd": "150000"},
    "reason": "another price",
}  # fmt: skip


def test_the_page_has_the_state_its_lines_lead_to_their_pages_and_its_file_holds_them(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, IN_GEORGIA, RECEIPT, FACTS)
    cache = BookCache(tmp_path, clock())
    reading = cache.read("main", 2025)
    state, federal = state_of(reading), return_of(reading)
    cache.close()
    assert state is not None
    assert federal is not None
    assert min(state.balance_due, federal.balance_due) > 0
    told = [traced_line_row(line) for line in state.lines]
    client = ask(tmp_path)
    text = read(client.get("/tax?year=2025").text).text
    assert "The state: Georgia" in text
    assert "Georgia: tax " in text
    tax = next(line for line in told if line.line == "16")
    assert tax.label in text
    line = read(client.get("/line/GA%20Form%20500/16?year=2025").text).text
    assert "us/states/ga/rate" in line
    assert "Receipt, pool payout, 0.10000000 BTC" in line
    calendar = re.sub(r"\r\n ", "", client.get("/quarterly.ics?year=2025").text)
    own, whole = (usd(owed.balance_due).replace(",", "\\,") for owed in (state, federal))
    assert f"20260415\r\nDTEND;VALUE=DATE:20260416\r\nSUMMARY:Tax return 2025 and its balance: {whole}\r\n" in calendar
    assert f"SUMMARY:Tax return of Georgia 2025 and its balance: {own}\r\nDESCRIPTION:GA Form 500." in calendar
    rows = list(csv.DictReader(client.get("/tables/state-return.csv?year=2025").text.splitlines()))
    assert sorted((row["form"], row["line"], row["amount_usd"]) for row in rows) == sorted(
        (line.form, line.line, line.amount_usd) for line in told
    )


def test_what_moved_since_and_what_a_correction_changes_tell_the_state(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, IN_GEORGIA, RECEIPT, FACTS)
    lotwork(tmp_path, "file", "--year", "2025", "--filed-on", "2026-04-14")
    cache = BookCache(tmp_path, clock())
    before = dict(_figures(cache.read("main", 2025)))
    record(tmp_path, CORRECTED)
    reading = cache.read("main", 2025)
    after = dict(_figures(reading))
    cache.close()
    known = "Tax of the state for 2025"
    more = Decimal(after[known] or 0) - Decimal(before[known] or 0)
    assert more > 0
    text = read(ask(tmp_path).get("/tax?year=2025").text).text
    assert f"{len(reading.filed[2025].moves)} lines moved" in text
    assert f"Georgia: {usd(more)} more tax of the state; the amended return: GA Form 500X." in text
    assert "GA Form 500, 16" in text


def test_without_a_state_no_page_tells_of_one(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, RECEIPT, {**FACTS, "dependents": 0})
    client = ask(tmp_path)
    assert "The state" not in client.get("/tax?year=2025").text
    assert client.get("/tables/state-return.csv?year=2025").status_code == 404
