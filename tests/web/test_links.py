"""Every figure leads to what it rests on: from the overview over the line of a form to the event, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

from lotwork.ledger.storage.evidence import Evidence
from lotwork.web.incognito import AMOUNT, HIDDEN, incognito, without_amounts
from lotwork.web.look import NO_FILE, Links
from lotwork.web.pages import NAV
from tests.web.conftest import ORIGIN, Ask, record
from tests.web.markup import read
from tests.web.views.made import FACTS, PROFILE, paid, receipt

BOOK = "book=demo&year=2026"
DOLLARS = re.compile(r"\$[0-9]")
SALE = {
    "kind": "sale", "id": "s/1", "at": "2026-03-01T12:00:00Z", "wallet": "cellar", "asset": "BTC", "quantity": "0.004",
    "proceeds_usd": "500",
}  # fmt: skip
FIXED = {
    "kind": "correction", "id": "c1", "at": "2026-04-01T12:00:00Z", "target": "r1", "set": {"price_usd": "90000"},
    "reason": "the pool's own price",
}  # fmt: skip


def small(home: Path, *more: Mapping[str, object]) -> None:
    record(home, PROFILE, FACTS, receipt("r1", "2026-02-01"), SALE, FIXED, *more)


def test_every_figure_of_the_overview_leads_to_a_page_that_holds_it(demo: TestClient) -> None:
    page = demo.get(f"/?{BOOK}").text
    sums = page[page.index('<table class="sums">') : page.index("</table>", page.index('<table class="sums">'))]
    rows = re.findall(r"<tr.*?</tr>", sums, re.DOTALL)
    assert len(rows) == 10
    for row in rows:
        found = re.search(r'<td><a href="([^"]+)">([^<]+)</a></td>', row)
        assert found, row
        told = read(demo.get(found[1].replace("&amp;", "&")).text).text
        assert found[2].lstrip("\N{MINUS SIGN}") in told or found[1].startswith(("/costs", "/tax", "/quarterly"))


def test_a_line_tells_its_parts_its_law_and_its_events_down_to_the_receipt(demo: TestClient) -> None:
    page = read(demo.get(f"/line/Schedule%20SE/12?{BOOK}").text)
    assert "Schedule SE, line 12 $6,542.65" in page.text
    assert "What it is made of CSV Schedule SE, 10 Social security part $5,302.54 Schedule SE, 11 Medic" in page.text
    assert "26 U.S.C. 1401" in page.text
    assert "Where it goes" in page.text
    assert "of 381 events" in page.text
    ten = read(demo.get(f"/line/Schedule%20SE/10?{BOOK}").text)
    assert "us/self_employment/oasdi_rate" in ten.text
    event = next(link for link in page.links() if link.startswith("/event/demo:"))
    told = read(demo.get(event).text).text
    assert "Schedule SE, 12" in told
    assert "What it feeds in 2026" in told


@pytest.mark.parametrize(
    "address", ["/line/Schedule%20SE/99", "/line/", "/line/12", "/event/nobody", "/event/", "/evidence/00"]
)
def test_what_is_not_there_is_said_so(demo: TestClient, address: str) -> None:
    assert demo.get(f"{address}?{BOOK}").status_code == 404


def test_an_event_tells_what_was_said_what_holds_and_what_it_feeds(tmp_path: Path, ask: Ask) -> None:
    small(tmp_path)
    told = read(ask(tmp_path).get("/event/r1").text).text
    assert "Receipt r1 Feb 1, 2026 , event 3 of this book. It was corrected" in told
    assert "Price usd 90000 first: 100000" in told
    assert "Income 0.01000000 BTC, $900.00" in told
    assert "Open lot 0.00600000 BTC in cellar, basis $540.00" in told
    assert "Form 8949 0.00400000 BTC on Mar 1, 2026, gain $140.00 with s/1" in told
    assert "Corrected: Price usd: 90000. the pool's own price c1" in told
    assert "Schedule C, 1" in told


def test_an_event_of_another_year_is_shown_in_its_own(tmp_path: Path, ask: Ask) -> None:
    small(tmp_path, receipt("old", "2025-02-01"), paid("p1", "2026-01-15", 2025, "10"))
    client = ask(tmp_path)
    assert "What it feeds in 2025 CSV Income" in read(client.get("/event/old").text).text
    assert "What it feeds in 2026" in read(client.get("/event/old?year=2026").text).text
    assert "Payment for 2025 $10.00" in read(client.get("/event/p1?year=2025").text).text


def test_an_id_with_a_slash_is_found_by_its_link(tmp_path: Path, ask: Ask) -> None:
    small(tmp_path)
    client = ask(tmp_path)
    link = next(link for link in read(client.get("/sales").text).links() if link.startswith("/event/s"))
    assert link.startswith("/event/s%2F1?")
    assert "Sale s/1" in read(client.get(link).text).text


@pytest.mark.parametrize("name", ["what?x=1&y=2#z", "100% of it", "up/../../there", "a b", "\N{EURO SIGN}/1;c,d"])
def test_whatever_an_event_is_called_each_form_and_link_of_its_page_leads_to_it(
    tmp_path: Path, ask: Ask, name: str
) -> None:
    small(tmp_path, receipt(name, "2026-02-03"))
    client = ask(tmp_path)
    asked = f"{ORIGIN}{Links('', {}).event(name)}"
    page = read(client.get(asked).text)
    forms = [told["action"] for tag, told in page.elements if tag == "form" and told["method"] == "get"]
    asks = [f"{urljoin(asked, urlsplit(each)._replace(query='', fragment='').geturl())}?year=2026" for each in forms]
    hides = urljoin(asked, next(each for each in page.links() if "incognito=1" in each))
    assert len(asks) == 2
    for address in (*asks, hides):
        assert f"Receipt {name} Feb 3, 2026" in read(client.get(address).text).text


def test_what_is_taken_out_says_so_and_feeds_nothing(tmp_path: Path, ask: Ask) -> None:
    void = {"kind": "void", "id": "v1", "at": "2026-05-01T12:00:00Z", "target": "r2", "reason": "never came"}
    small(tmp_path, receipt("r2", "2026-02-03"), void)
    told = read(ask(tmp_path).get("/event/r2").text).text
    assert "It was taken out: it counts in no figure." in told
    assert "No figure of 2026 rests on it" in told
    assert "Taken out. never came v1" in told


def test_evidence_comes_as_a_file_that_a_browser_does_not_open(tmp_path: Path, ask: Ask) -> None:
    sha256 = Evidence(tmp_path).keep(b"<script>alert(1)</script>")
    small(tmp_path, receipt("r2", "2026-02-03", evidence=sha256), receipt("r3", "2026-02-04", evidence="0" * 64))
    client = ask(tmp_path)
    page = read(client.get("/event/r2").text)
    answer = client.get(next(link for link in page.links() if link.startswith("/evidence/")))
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "is not kept here" in read(client.get("/event/r3").text).text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=CELLAR", ["s/1", "r1"]), ("q=0.004", ["s/1"]), ("q=$500.00", ["s/1"]), ("q=10,000", ["f"]),
        ("q=90000", ["c1"]), ("kind=receipt", ["r1"]), ("from=2026-03-01&to=2026-03-31", ["s/1"]),
        ("q=nothing+like+it", []),
        ("kind=nonsense&from=never&q=s/1", ["s/1"]), ("as_of=2026-02-28&kind=sale", []),
    ],
)  # fmt: skip
def test_events_are_found_by_words_amounts_kinds_and_days(
    tmp_path: Path, ask: Ask, asked: str, found: list[str]
) -> None:
    small(tmp_path)
    page = ask(tmp_path).get(f"/find?{asked}").text
    assert re.findall(r'<td class="wide"><code>([^<]*)</code></td>', page) == found


def test_as_of_a_day_a_page_knows_what_had_happened_by_then(tmp_path: Path, ask: Ask) -> None:
    small(tmp_path, receipt("r2", "2026-06-01"))
    client = ask(tmp_path)
    then = read(client.get("/income?as_of=2026-05-31").text)
    assert "As of May 31, 2026: what had happened by the end of that day, as it is known now." in then.text
    assert "1 receipt, each" in then.text
    assert "2 receipts, each" in read(client.get("/income").text).text
    assert "$900.00" in then.text  # corrected: a correction says what is known
    assert [link for link in then.links()[1:] if "as_of=2026-05-31" not in link] == ["/income?book=main&year=2026"]
    assert "what had happened by" not in read(client.get("/lots?as_of=2027-01-01").text).text  # it has not come
    assert client.get("/?as_of=yesterday").status_code == 404


@pytest.mark.parametrize("path", [path for path, _ in NAV])
def test_incognito_leaves_no_amount_in_a_page_and_keeps_its_words(demo: TestClient, path: str) -> None:
    page = read(demo.get(f"{path}?{BOOK}&incognito=1").text)
    assert DOLLARS.search(page.text) is None
    assert [found[0] for found in AMOUNT.finditer(page.text)] == []
    assert path in ("/find", "/problems") or HIDDEN in page.text
    assert [link for link in page.links()[1:] if "incognito=1" not in link] == [f"{path}?{BOOK}"]
    plain = read(demo.get(f"{path}?{BOOK}").text)
    files = [link for link in plain.links() if link.startswith(("/tables/", "/income.csv", "/quarterly.ics"))]
    assert len(page.links()) == len(plain.links()) - len(files)
    assert files or path in ("/problems", "/sell", "/find")
    for link in files:
        assert demo.get(link).status_code == 200
        answer = demo.get(f"{link}&incognito=1")
        assert (answer.status_code, NO_FILE in read(answer.text).text) == (409, True), link


def test_what_an_event_says_in_whole_numbers_is_hidden_and_its_evidence_no_link(tmp_path: Path, ask: Ask) -> None:
    bill = {"kind": "expense", "id": "x", "at": "2026-02-02T12:00:00Z", "category": "electricity", "amount_usd": "777"}
    more = {"kind": "correction", "id": "c", "at": "2026-02-05T12:00:00Z", "target": "x", "reason": "more"}
    record(tmp_path, bill)
    record(tmp_path, {**more, "set": {"amount_usd": "778"}, "evidence": Evidence(tmp_path).keep(b"a photo")})
    client = ask(tmp_path)
    for event in ("x", "c"):
        shown, hidden = (client.get(f"/event/{event}?year=2026{also}").text for also in ("", "&incognito=1"))
        assert "778" in read(shown).text
        assert "778" not in read(hidden).text
        assert ("/evidence/" in shown, "/evidence/" in hidden) == (event == "c", False)
        assert "download" not in hidden


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("$1,207.00", f"${HIDDEN}"), ("$0", f"${HIDDEN}"), ("0.07647505 BTC", f"{HIDDEN} BTC"),
        ("EUR 5", f"EUR {HIDDEN}"), ("amount_usd=1207", f"amount_usd={HIDDEN}"),
        ('{"amount_usd": "778"}', f'{{"amount_usd": "{HIDDEN}"}}'), ("Amount usd: 778", f"Amount usd: {HIDDEN}"),
        ("Fee quantity: 2, Year: 2026", f"Fee quantity: {HIDDEN}, Year: 2026"),
        ("Prior year agi usd: -300", f"Prior year agi usd: -{HIDDEN}"),
        ("quantity=3 pool=7", f"quantity={HIDDEN} pool=7"),
        ("\N{MINUS SIGN}$3.10", f"\N{MINUS SIGN}${HIDDEN}"), ("amount_usd=1207.00", f"amount_usd={HIDDEN}"),
        ("Treas. Reg. 1.1012-1(j)", "Treas. Reg. 1.1012-1(j)"), ("26 U.S.C. 6654", "26 U.S.C. 6654"),
        ("line 12", "line 12"), ("Jan 15, 2027", "Jan 15, 2027"),
        ("demo:insurance:2025-02-03", "demo:insurance:2025-02-03"),
    ],
)  # fmt: skip
def test_an_amount_is_hidden_whole_and_the_law_is_not(told: str, seen: str) -> None:
    assert without_amounts(told) == told
    with incognito(hides=True):
        assert without_amounts(told) == seen
