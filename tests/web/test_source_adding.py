"""A source added from a page: tested first, saved once by the code of the command, its secret in no page and no log."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from starlette.testclient import TestClient

from lotwork.config import FILE, load, write_default
from lotwork.ingest.asking.pace import Pace
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import StorageError
from lotwork.ledger.store import EventStore
from lotwork.service import web_password
from lotwork.service.source_table import put
from lotwork.service.web_password import set_password
from lotwork.web.app import create
from lotwork.web.source_adding import OwnSettings
from tests.commands.source.conftest import braiins
from tests.ingest.scripted_server import Reply, Script, serving
from tests.web.acting import HERE, PASSWORD, sent_by
from tests.web.conftest import ORIGIN, record
from tests.web.markup import read
from tests.web.tables import tables
from tests.web.views.made import PROFILE

SEED = f"{'abandon ' * 11}about"
"""The words of a seed that everybody knows."""
SECRET = "kzEnT0k3nOfTheMiner"
ADDRESS = "/act/source/braiins"


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a password and a turn cost nothing."""
    monkeypatch.setattr(web_password, "COST", 16)
    monkeypatch.setattr(Pace, "wait", lambda *_: None)


class Owner:
    """The pages of a home with settings, a browser that is logged in, and what the daemon was told."""

    def __init__(self, home: Path) -> None:
        self.home, self.learnt, self.taken_up = home, set[str](), 0
        record(home, PROFILE)
        set_password(home, PASSWORD)
        now = SetClock(datetime(2026, 3, 6, 12, tzinfo=UTC))
        self.store = EventStore.open(home, clock=now)
        settings = OwnSettings(
            load=lambda: load(home, environ={}), begin=lambda: write_default(home), learn=self.learnt.update,
            take_up=self._take_up,
        )  # fmt: skip
        app = create(home, clock=now, writer=lambda: self.store, settings=settings)
        self.client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
        self.client.post("/login", data={"password": PASSWORD}, headers=HERE)

    def _take_up(self) -> None:
        self.taken_up += 1

    def open(self, address: str = ADDRESS) -> dict[str, str]:
        return sent_by(self.client.get(address).text)

    def send(self, fields: dict[str, str], address: str = ADDRESS) -> tuple[int, str]:
        answer = self.client.post(address, data=fields, headers=HERE)
        return answer.status_code, answer.headers.get("location") or answer.text

    @property
    def settings(self) -> str:
        file = self.home / FILE
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def secrets(self) -> list[Path]:
        return sorted(self.home.glob("braiins*"))


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    made = Owner(tmp_path / "home")
    yield made
    made.store.close()


@pytest.fixture
def pool(owner: Owner) -> Iterator[Script]:
    """Serve what Braiins answered."""
    del owner
    with serving() as script:
        script.answer = braiins
        yield script


@pytest.fixture
def told(owner: Owner, pool: Script, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the form of the pool as a person fills it in, which asks the one that is served."""
    monkeypatch.setattr("lotwork.web.source_adding.put", to(pool.url))
    return {**owner.open(), "key:wallet": "cold", "key:start": "2026-03-01", "secret:key": SECRET}


def to(url: str) -> Any:
    """Return what puts an answer into a table, and the place of the pool that is served beside it."""

    def beside(values: dict[str, Any], settings: Any, name: str, words: str) -> None:
        put(values, settings, name, words)
        values |= {"base_url": url, "allow_private": True}

    return beside


def test_a_source_is_tested_then_saved_once_and_taken_up(owner: Owner, told: dict[str, str], pool: Script) -> None:
    with structlog.testing.capture_logs() as logged:
        status, preview = owner.send(told)
        text = read(preview).text
        assert status == 200, text
        assert "It told 2 receipts" in text or "receipts" in text
        assert "First 2026-03-0" in text
        assert tables(owner.client, preview) == 1
        assert "[[sources.braiins]]" in text
        assert "braiins.token" in text
        assert owner.secrets() == []
        assert "[[sources.braiins]]\n" not in owner.settings.replace("# [[", "")
        assert owner.taken_up == 0
        save = sent_by(preview)
        first = owner.send(save)
        assert owner.send(save) == first  # pressed twice
    assert first == (303, "/act/source?book=main&year=2026&added=braiins")
    assert owner.taken_up == 1
    (file,) = owner.secrets()
    assert file.read_text(encoding="utf-8") == f"{SECRET}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    section: Any
    (section,) = load(owner.home, environ={}).settings.sources.of("braiins")
    assert (section.name, section.wallet, section.key_file) == ("braiins", "cold", "braiins.token")
    page = owner.client.get(first[1]).text
    assert tables(owner.client, page) == 1
    assert "braiins is added" in read(page).text
    assert "To take one out: lotwork source remove NAME" in read(page).text
    assert "a folder of files, lotwork source add files" in read(page).text
    assert SECRET in owner.learnt
    for words in (preview, page, owner.settings, str(logged), str(pool.asked)):
        assert SECRET not in words
    assert owner.store.head("main").position == 1  # nothing is recorded by that


def test_a_form_that_came_back_after_it_was_saved_saves_another_or_says_why_not(
    owner: Owner, told: dict[str, str]
) -> None:
    assert owner.send(sent_by(owner.send(told)[1]))[0] == 303
    assert "braiins" in read(owner.send(told)[1]).text
    assert owner.send(told)[0] == 422  # the name is taken
    status, preview = owner.send({**told, "key:name": "braiins-two"})
    assert status == 200
    assert owner.send(sent_by(preview)) == (303, "/act/source?book=main&year=2026&added=braiins-two")
    assert owner.settings.count("\n[[sources.braiins]]") == 2


def test_a_test_that_fails_keeps_the_answers_and_saves_nothing(
    owner: Owner, told: dict[str, str], pool: Script
) -> None:
    pool.answer = lambda _: Reply(status=403, body=f"no such key {SECRET}".encode())
    status, page = owner.send(told)
    assert status == 422
    assert "Nothing was saved" in read(page).text
    assert SECRET not in page
    assert owner.secrets() == []
    again = sent_by(page)
    assert again["key:wallet"] == "cold"
    assert "typed already" in page
    pool.answer = braiins
    status, preview = owner.send({**again, "secret:key": ""})  # the secret was kept, and nowhere shown
    assert status == 200, read(preview).text
    assert owner.send(sent_by(preview))[0] == 303
    assert owner.secrets()[0].read_text(encoding="utf-8") == f"{SECRET}\n"


def test_what_was_not_tested_is_not_saved(owner: Owner, told: dict[str, str]) -> None:
    _, one = owner.send(told)
    _, two = owner.send({**told, "key:wallet": "warm"})  # the same form, in another tab
    assert owner.send(sent_by(one))[0] == 409
    assert owner.secrets() == []
    assert owner.send({**sent_by(two), "tested": "0" * 64})[0] == 409
    assert owner.send({**owner.open(), "step": "save"})[0] == 409
    assert owner.send(sent_by(two))[0] == 303


def test_a_name_that_another_took_meanwhile_is_refused(owner: Owner, told: dict[str, str]) -> None:
    one = owner.send(told)[1]
    other = owner.send({**told, "nonce": "ab" * 12})[1]
    assert owner.send(sent_by(one))[0] == 303
    before = owner.settings
    status, page = owner.send(sent_by(other))
    assert status == 409
    assert "is called braiins already" in read(page).text
    assert owner.settings == before


def test_a_full_disk_leaves_neither_secret_nor_table_and_the_second_try_is_one(
    owner: Owner, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save = sent_by(owner.send(told)[1])
    before = owner.settings

    def full(*_: object) -> None:
        raise StorageError("the settings cannot be written (No space left on device): nothing was saved")

    with monkeypatch.context() as broken:
        broken.setattr("lotwork.service.source_adding.save", full)
        status, page = owner.send(save)
    assert status == 409
    assert "No space left on device" in read(page).text
    assert (owner.settings, owner.secrets(), owner.taken_up) == (before, [], 0)
    assert owner.send(save)[0] == 303
    assert len(load(owner.home, environ={}).settings.sources.of("braiins")) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"key:name": "../../etc/cron"}, {"key:name": ""}, {"key:wallet": ""}, {"key:start": "soon"}, {"secret:key": ""},
     {"secret:key": "two\nlines"}, {"key:wallet": SEED}, {"nonce": "1"}],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anybody_is_asked(
    owner: Owner, told: dict[str, str], pool: Script, wrong: dict[str, str]
) -> None:
    status, page = owner.send({**told, **wrong})
    assert status in (409, 422), page
    assert pool.asked == []
    assert owner.secrets() == []
    assert SEED not in page


def test_keys_that_the_form_does_not_ask_are_not_taken(owner: Owner, told: dict[str, str]) -> None:
    forged = {"key:book": "other", "key:every_seconds": "1", "key:key_file": "/etc/shadow", "key:key": "env:HOME"}
    _, preview = owner.send({**told, **forged})
    for words in ("book = ", "every_seconds", "shadow", "env:"):
        assert words not in read(preview).text


def test_no_home_address_is_asked_where_it_is_not_allowed(owner: Owner) -> None:
    fields = {**owner.open("/act/source/esplora"), "key:url": "http://127.0.0.1:9/api", "key:wallets.wallet": "cold",
              "key:wallets.watch": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"}  # fmt: skip
    for url in (
        "http://127.0.0.1:9/api",
        "https://192.168.1.9/api",
        "https://[::1]/api",
        "http://blockstream.info/api",
    ):
        status, page = owner.send({**fields, "key:url": url}, "/act/source/esplora")
        assert status in (409, 422)
        text = read(page).text
        assert "is not on the public internet" in text or "must begin with https://" in text, text
    assert owner.client.get("/act/source/files").status_code == 404


def test_who_is_not_logged_in_sees_no_source_and_adds_none(owner: Owner, told: dict[str, str]) -> None:
    stranger = TestClient(owner.client.app, base_url=ORIGIN, follow_redirects=False)
    assert stranger.get("/act/source").status_code == 403
    assert stranger.get(ADDRESS).status_code == 403
    assert stranger.post(ADDRESS, data=told, headers=HERE).status_code == 403
    assert owner.client.post(ADDRESS, data=told).status_code == 403  # of no origin
    assert owner.send({**told, "csrf": "forged"})[0] == 403
    assert "/act/source" in owner.client.get("/costs").text
    assert "/act/source" not in stranger.get("/costs").text
