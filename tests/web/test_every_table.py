"""Every table of every page has its CSV beside it: of the book, of one event or line, and of what is only previewed."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from lotwork.ledger.codec import KINDS
from lotwork.web import importing
from lotwork.web.pages import NAV
from tests.web.acting import BILL, HERE, Owner, cheap_scrypt, sent_by  # noqa: F401 - the fixture
from tests.web.conftest import Ask, record
from tests.web.tables import files_of, tables
from tests.web.test_importing import PRESET, RECEIPTS, drop
from tests.web.views.made import PROFILE, receipt
from tests.web.views.test_abroad import RECEIPT, profile, rate

NO_TABLE = frozenset({"/problems", "/sell"})
"""The pages of the book that have none: each problem is a part of its own, and nothing is asked of a sale."""
SHOWN_ELSEWHERE = frozenset({"/event/{name:path}", "/line/{place:path}", "/act/{name}", "/act/import", "/act/source",
                             "/act/source/{word}"})  # fmt: skip
"""The addresses of pages that are walked here by another name than their own."""
NO_PAGES = frozenset({"/login", "/evidence/{sha256}", "/quarterly.ics"})


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    made = Owner(tmp_path)
    assert made.log_in() == 303
    yield made
    made.store.close()


def page_of(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text


@pytest.mark.parametrize("year", [2025, 2026])
@pytest.mark.parametrize("path", [path for path, _ in NAV])
def test_every_table_of_the_book_has_its_file(filed: TestClient, path: str, year: int) -> None:
    count = tables(filed, page_of(filed, f"{path}?book=demo&year={year}"))
    assert count or path in NO_TABLE


def test_so_has_every_table_of_an_event_of_each_kind(filed: TestClient) -> None:
    seen, told = set(), 0
    for kind in KINDS:
        found = re.search(r'<td><a href="(/event/[^"]+)"', page_of(filed, f"/find?book=demo&year=2026&kind={kind}"))
        if found is not None:
            page = page_of(filed, unescape(found[1]))
            told += tables(filed, page)
            seen.add(kind)
    assert {"receipt", "sale", "filing", "correction", "equipment", "payment"} <= seen
    assert told > 2 * len(seen)


@pytest.mark.parametrize("place", ["Schedule%20C/31", "Schedule%20SE/12", "Form%201040/24"])
def test_so_has_every_table_of_a_line(filed: TestClient, place: str) -> None:
    assert tables(filed, page_of(filed, f"/line/{place}?book=demo&year=2025")) >= 2


def test_so_has_every_table_under_another_law_and_of_many_wallets(tmp_path: Path, ask: Ask) -> None:
    for law, *lines in ((profile("de"), RECEIPT, rate("EUR")),
                        (PROFILE, receipt("a", "2026-02-01"), receipt("b", "2026-02-02", wallet="attic"))):  # fmt: skip
        home = tmp_path / str(len(lines) + bool(law.get("business_began")))
        record(home, law, *lines)
        client = ask(home)
        assert tables(client, page_of(client, "/tax")) >= 2
        assert tables(client, page_of(client, "/sell?quantity=0.005&price=9000")) >= 2


@pytest.mark.parametrize(
    ("act", "address", "said"),
    [
        ("bill", "/act/bill", BILL),
        ("paid", "/act/paid?year=2026", {"amount_usd": "100"}),
        ("movement", "/act/movement?event=m1", {"what": "gift", "reason": "for a birthday"}),
        ("void", "/act/void?event=r1", {"reason": "it was another's"}),
    ],
)
def test_so_has_what_an_act_would_record_and_change(
    owner: Owner,
    act: str,
    address: str,
    said: dict[str, str],
) -> None:
    status, page = owner.send(act, {**owner.open(address), **said})
    assert status == 200
    assert tables(owner.client, page) == 2
    assert owner.position == 4


def test_the_file_of_an_import_has_every_row_though_the_page_shows_some(
    owner: Owner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "MOST_ROWS", 1)
    status, page = drop(owner, "r.csv", RECEIPTS, **PRESET)
    assert status == 200
    assert tables(owner.client, page) == 2
    (file, _) = files_of(page)
    rows = list(csv.DictReader(owner.client.get(file).text.splitlines()))
    assert [(row["row"], row["day"], row["kind"]) for row in rows] == [
        ("r.csv:2", "2026-02-03", "receipt"),
        ("r.csv:3", "2026-02-04", "receipt"),
    ]


def test_a_file_is_of_the_preview_itself_and_of_its_session_alone(
    owner: Owner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, page = drop(owner, "r.csv", RECEIPTS, **PRESET)
    becomes, changes = files_of(page)
    told = owner.client.get(becomes).text
    monkeypatch.setattr(importing.Importing, "_read", None)  # nothing is read again
    assert owner.client.get(becomes).text == told
    assert owner.position == 4
    other = owner.browser()
    assert other.get(becomes).status_code == 403
    assert owner.log_in(other) == 303
    for address in (becomes, changes, becomes.replace("becomes", "return"), "/act/preview/0/becomes.csv"):
        assert other.get(address).status_code == 404
    owner.client.post("/logout", data={"csrf": sent_by(page)["csrf"]}, headers=HERE)
    assert owner.client.get(becomes).status_code == 403


def test_every_page_there_is_was_walked(owner: Owner) -> None:
    app: Starlette = owner.app
    pages = {route.path for route in app.routes if isinstance(route, Route) and "GET" in (route.methods or ())}
    pages = {path for path in pages if not path.endswith(".csv")}
    assert pages == {path for path, _ in NAV} | SHOWN_ELSEWHERE | NO_PAGES
