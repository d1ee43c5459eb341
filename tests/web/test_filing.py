"""A return filed from a page: what is open is acknowledged by its name, its lines are seen, and it is recorded once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.ledger.events import Filing
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore
from lotwork.rules.law_archive import LawArchive
from lotwork.service import web_password
from lotwork.service.web_password import set_password
from lotwork.web.app import create
from tests.command_line import lotwork
from tests.web.acting import HERE, MOVED, PASSWORD, sent_by
from tests.web.conftest import ORIGIN, clock, record
from tests.web.markup import read
from tests.web.tables import tables

FILE = "/act/file?book=demo&year=2025"
LEFT = {**MOVED, "at": "2025-03-01T12:00:00Z", "wallet": "nobody's"}


class Filer:
    """The pages over a copy of the demo book, in which something of 2025 is open."""

    def __init__(self, home: Path) -> None:
        self.home = home
        set_password(home, PASSWORD)
        record(home, LEFT, book="demo")
        self.store = EventStore.open(home, clock=clock())
        app = create(home, clock=clock(), writer=lambda: self.store)
        self.client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
        self.client.post("/login", data={"password": PASSWORD}, headers=HERE)

    def send(self, fields: dict[str, str]) -> tuple[int, str]:
        answer = self.client.post("/act/file", data=fields, headers=HERE)
        return answer.status_code, answer.headers.get("location") or answer.text

    def filings(self) -> list[Filing]:
        return [event for _, event in self.store.read("demo", kinds=("filing",)) if isinstance(event, Filing)]


@pytest.fixture
def filer(tmp_path: Path, demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Filer]:
    monkeypatch.setattr(web_password, "COST", 16)
    made = Filer(Path(shutil.copytree(demo_home, tmp_path / "home")))
    yield made
    made.store.close()


def test_what_is_open_is_acknowledged_by_name_and_the_return_is_filed_once_and_undone(filer: Filer) -> None:
    assert "/act/file?" in filer.client.get("/tax?book=demo&year=2025").text
    form = sent_by(filer.client.get(FILE).text)
    open_names = [name for name in form if name.startswith("ack:")]
    assert "ack:movement_unexplained:m1" in open_names
    status, page = filer.send({**form, "filed_on": "2026-04-14"})
    assert status == 422
    assert "settle it, or acknowledge it below" in read(page).text.lower()
    agreed = {**form, "filed_on": "2026-04-14", **dict.fromkeys(open_names, "yes")}
    status, preview = filer.send(agreed)
    text = read(preview).text
    assert status == 200, text[text.index("Nothing was") :]
    assert "The lines of the return" in text
    assert "Form 1040" in text
    assert tables(filer.client, preview) > 10
    assert "movement_unexplained:m1" in text
    assert filer.filings() == []
    assert not LawArchive(filer.home).folder.exists()  # a look keeps nothing
    first = filer.send(sent_by(preview))
    assert first[0] == 303
    assert filer.send(sent_by(preview)) == first
    (filing,) = filer.filings()
    assert set(filing.acknowledged) == {name.removeprefix("ack:") for name in open_names}
    assert filing.evidence is not None
    assert filing.law_files is not None
    LawArchive(filer.home).law(filing.law_files)
    answer = Evidence(filer.home).read(filing.evidence)
    again = lotwork(filer.home, "--book", "demo", "liability", "--year", "2025", "--up-to", str(filing.position),
                    "--law", "filed", "--json", code=1)  # fmt: skip
    assert again.out.encode() == answer
    assert "Filed" in read(filer.client.get("/tax?book=demo&year=2025").text).text
    status, page = filer.send({**agreed, "nonce": "ab" * 12})
    assert status == 422
    assert f"is filed with these figures already: {filing.id}" in read(page).text
    void = filer.client.get(f"/act/void?book=demo&event={filing.id}").text
    assert "counts no more" in read(void).text


@pytest.mark.parametrize("told", [{"filed_on": "2031-01-01"}, {"filed_on": "x"},
                                  {"ack:all": "yes", "ack:movement_unexplained:m2": "yes"}])  # fmt: skip
def test_what_cannot_be_filed_is_refused(filer: Filer, told: dict[str, str]) -> None:
    form = sent_by(filer.client.get(FILE).text)
    status, page = filer.send({**form, **told})
    assert status == 422, read(page).text
    assert filer.filings() == []


def test_a_year_that_goes_on_is_not_filed_and_nothing_is_recorded_with_amounts_hidden(filer: Filer) -> None:
    assert filer.client.get("/act/file?book=demo&year=2026").status_code == 404
    hidden = filer.client.get(f"{FILE}&incognito=1")
    assert hidden.status_code == 409
    assert "show them" in hidden.text
    form = sent_by(filer.client.get(FILE).text)
    assert filer.send({**form, "incognito": "1"})[0] == 409
    assert "/act/" not in filer.client.get("/costs?book=demo&incognito=1").text


def test_a_book_that_was_changed_on_the_disk_is_not_filed(filer: Filer) -> None:
    form = sent_by(filer.client.get(FILE).text)
    with closing(sqlite3.connect(filer.home / "ledger.sqlite")) as disk:
        guards = disk.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            disk.execute(f'DROP TRIGGER "{name}"')
        disk.execute(
            "UPDATE events SET payload = replace(payload, '\"quantity\":', '\"quantity\":1') WHERE kind = 'receipt'"
        )
        for _, guard in guards:
            disk.execute(guard)
        disk.commit()
    status, page = filer.send(form)
    assert (status, filer.filings()) == (500, [])
    assert "its content is not what was hashed when it was written" in read(page).text
