"""Lines stand on their forms as on the paper, and forms in the order in which they can be copied."""

from __future__ import annotations

import re
from decimal import Decimal

from starlette.testclient import TestClient

from lotwork.projections.returns.traced_lines import TracedLine
from lotwork.reports.traced import TracedLineRow, traced_line_row
from lotwork.rules.line import line
from lotwork.web.forms import EVENTS_NAMED, form_groups, form_line
from tests.web.markup import read


def told(form: str, number: str, because: tuple[str, ...] = (), events: int = 0) -> TracedLineRow:
    return traced_line_row(TracedLine(line((form, number), "What", Decimal(1)), because, events))


def test_a_form_stands_after_those_its_last_line_came_from() -> None:
    written = [("Form 1040", "1a", 5), ("Schedule C", "1", 7), ("Schedule C", "31", 7), ("Form 1040", "24", 12)]
    rows = [(form, form_line(told(form, number), str(amount), str(amount))) for form, number, amount in written]
    groups = list(form_groups(rows))
    assert [group.form for group in groups] == ["Schedule C", "Form 1040"]
    assert [group.result.amount for group in groups] == ["7", "12"]
    assert [group.open for group in groups] == [False, True]


def test_a_line_names_the_first_of_its_events_and_counts_the_rest() -> None:
    names = tuple(f"event {number}" for number in range(500))
    row = form_line(told("F", "1", names, 700), "0.00", "$0.00")
    assert row.events == names[:EVENTS_NAMED]
    assert row.more == 700 - EVENTS_NAMED
    assert row.zero


def test_the_page_holds_every_line_of_the_return_once(demo: TestClient) -> None:
    """The command lists what the page has to hold."""
    page = demo.get("/tax?book=demo&year=2025").text
    markup = read(page)
    assert markup.text.index("Form 4562") < markup.text.index("Schedule SE") < markup.text.index("Form 1040 Total tax")
    assert "Schedule SE Self-employment tax, line 12 $3,225.12" in markup.text
    assert "31 Net profit or loss" in markup.text
    assert page.count('<details class="form') == len(re.findall(r'<span class="name">', page)) > 10
    assert page.count('<details class="form" open>') == 1
    assert "26 U.S.C. 1402" in markup.text
    assert "demo:insurance:2025-02-03" in markup.text


def test_what_comes_to_nothing_is_muted_and_not_hidden(demo: TestClient) -> None:
    page = demo.get("/tax?book=demo&year=2025").text
    assert '<details class="form zero">' in page
    row = (
        r'<tr( class="zero")?><th scope="row"><a [^>]*>[^<]*</a></th>.*?<td class="num"><a [^>]*>([^<]*)</a></td></tr>'
    )
    rows = re.findall(row, page, re.DOTALL)
    assert len(rows) > 80
    assert all(bool(muted) == (amount == "$0.00") for muted, amount in rows)
