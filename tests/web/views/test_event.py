"""The page of one event: a return that was filed line by line, and which figures a correction or a void changes."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.testclient import TestClient

from tests.web.conftest import Ask, record
from tests.web.markup import read
from tests.web.views.made import FACTS, PROFILE, receipt

CORRECTED = {"kind": "correction", "id": "c", "at": "2026-06-01T12:00:00Z", "target": "r1", "reason": "weighed anew",
             "set": {"price_usd": "50000"}}  # fmt: skip
OF_MANY = {"kind": "correction", "id": "m", "at": "2026-06-02T12:00:00Z", "select": {"kind": "receipt"},
           "reason": "another pool", "set": {"pool": "braiins"}}  # fmt: skip


def void(name: str, target: str) -> dict[str, object]:
    return {"kind": "void", "id": name, "at": "2026-07-01T12:00:00Z", "target": target, "reason": "it was right"}


def test_a_return_that_was_filed_is_a_table_of_its_lines_and_its_sums_are_keys(filed: TestClient) -> None:
    found = re.search(r'href="(/event/filing-[^"?]+)', filed.get("/find?book=demo&kind=filing").text)
    assert found
    page = filed.get(f"{found[1]}?book=demo").text
    text = read(page).text
    assert re.search(r"The \d+ lines it filed CSV Line What it says Amount Form 4562, 1 Maximum amount \$2,5", text)
    assert "Agi 93427.94" in text
    assert "Amount usd:" not in text
    assert "What it feeds in 2025 CSV The return as filed" in text
    assert "lines moved since" in text
    assert "/line/Form%201040/11a?book=demo&amp;year=2025" in page


def test_a_correction_says_which_figures_it_changes_in_the_year_of_what_it_corrects(filed: TestClient) -> None:
    text = read(filed.get("/event/late-bill?book=demo").text).text
    assert "What it changes in 2025 CSV It corrects demo:insurance:2025-02-03" in text
    assert "Insurance (other than health), 15 $2,980.00 deducted" in text
    assert "Schedule C, 31 Net profit or loss $20,965.39" in text


def test_so_does_one_of_many_events_and_what_is_taken_out_or_back_says_what_counts(tmp_path: Path, ask: Ask) -> None:
    receipts = [receipt("r1", "2026-02-01"), receipt("r2", "2026-02-02"), receipt("r3", "2026-02-03")]
    record(tmp_path, PROFILE, FACTS, *receipts, CORRECTED, OF_MANY, void("v1", "c"), void("v2", "r3"), void("v3", "v2"))
    client = ask(tmp_path)

    def said(name: str) -> str:
        text = read(client.get(f"/event/{name}").text).text
        start = max(text.find("What it feeds in 2026"), text.find("What it changes in 2026"))
        return text[start : text.index("As of", start)]

    assert said("c").startswith("What it changes in 2026 No figure of 2026 rests on it")  # it was taken back
    assert said("v1").startswith("What it changes in 2026 CSV It bears on r1 Income 0.01000000 BTC, $1,000.00")
    assert said("v3").startswith("What it changes in 2026 CSV It bears on r3 Income")
    assert said("v2").startswith("What it changes in 2026 No figure of 2026 rests on it")
    many = said("m")
    assert many.startswith("What it changes in 2026 CSV It corrects r1 r2 r3 Income")
    assert many.count("Income 0.01000000 BTC") == 3
    assert "Schedule C, 1 Gross receipts" in many
    file = next(link for link in read(client.get("/event/m").text).links() if "event-feeds" in link)
    assert len(client.get(file).text.splitlines()) == 1 + 6  # three receipts, three open lots
