"""An owner before the pages of a home, with a writer, for the tests of what is done from a page."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.ledger.store import EventStore
from lotwork.service import web_password
from lotwork.service.reach import Reach
from lotwork.service.web_password import set_password
from lotwork.web.app import create
from tests.web.conftest import ORIGIN, clock, record
from tests.web.markup import read
from tests.web.views.made import FACTS, PROFILE, receipt

PASSWORD = "correct horse battery"
HERE = {"Origin": ORIGIN}
MOVED = {
    "kind": "movement",
    "id": "m1",
    "at": "2026-03-01T12:00:00Z",
    "wallet": "cellar",
    "asset": "BTC",
    "quantity": "0.004",
}
BILL = {"category": "electricity", "amount_usd": "120.50", "day": "2026-04-02"}


@pytest.fixture(autouse=True)
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a try cost nothing: what it costs is no matter here."""
    monkeypatch.setattr(web_password, "COST", 16)


class Owner:
    """The pages of a home, with a writer as the daemon has one, and a browser."""

    def __init__(self, home: Path, reach: Reach | None = None) -> None:
        self.home, self.clock = home, clock()
        record(home, PROFILE, FACTS, receipt("r1", "2026-02-01"), MOVED)
        set_password(home, PASSWORD)
        self.store = EventStore.open(home, clock=self.clock)
        self.app = create(home, clock=self.clock, reach=reach, writer=lambda: self.store)
        self.client = self.browser()

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=ORIGIN, follow_redirects=False)

    def log_in(self, client: TestClient | None = None, password: str = PASSWORD) -> int:
        answer = (client or self.client).post("/login", data={"password": password, "next": "/costs"}, headers=HERE)
        return answer.status_code

    def open(self, address: str, client: TestClient | None = None) -> dict[str, str]:
        """Return what the form at *address* sends when nothing is changed in it."""
        answer = (client or self.client).get(address)
        assert answer.status_code == 200, answer.text
        return sent_by(answer.text)

    def send(self, act: str, fields: dict[str, str], client: TestClient | None = None) -> tuple[int, str]:
        answer = (client or self.client).post(f"/act/{act}", data=fields, headers=HERE)
        return answer.status_code, answer.headers.get("location") or answer.text

    def do(self, act: str, address: str, **told: str) -> str:
        """Do the whole act; return the id of what was recorded."""
        status, preview = self.send(act, {**self.open(address), **told})
        assert status == 200, re.findall("mended.*", read(preview).text)
        status, place = self.send(act, sent_by(preview))
        assert status == 303, read(place).text
        found = re.match(r"/event/([^?]+)\?", place)
        assert found
        return found[1]

    @property
    def position(self) -> int:
        return self.store.head("main").position


def sent_by(page: str) -> dict[str, str]:
    """Return the fields of the form of an act on *page*."""
    form = page[page.index('<form class="act') :].partition("</form>")[0]
    told = dict(re.findall(r'<input [^>]*name="([^"]*)" value="([^"]*)"', form))
    for name, options in re.findall(r'<select name="([^"]*)">(.*?)</select>', form, re.DOTALL):
        told[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return {name: unescape(value) for name, value in told.items()}
