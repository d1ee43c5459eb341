"""Who really asks, where another server asks for them, and who sits at this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.config import load
from lotwork.service.reach import Reach
from lotwork.web.app import create
from lotwork.web.pages import NAV
from lotwork.web.proxied import asked_for
from lotwork.web.sessions import HERE, Sessions, SlowDownError
from lotwork.web.source_adding import OwnSettings
from tests.web.acting import PASSWORD, Owner, cheap_scrypt
from tests.web.conftest import ORIGIN

__all__ = ["cheap_scrypt"]

ACTS = (
    "/act/source", "/act/source/braiins", "/act/file?year=2025", "/act/bill", "/act/import", "/act/rig", "/act/paid",
    "/act/lots?wallet=cellar&asset=BTC", "/act/void?event=r1", "/event/r1", "/sell?quantity=0.001&price=90000",
)  # fmt: skip


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    made = Owner(tmp_path)
    yield made
    made.store.close()


@pytest.mark.parametrize(
    "mark", ["X-Forwarded-Server", "X-Forwarded-Port", "CF-Connecting-IP", "True-Client-IP", "X-Original-Host", "Via"]
)
def test_a_proxy_that_nobody_declared_is_known_by_any_mark_of_its_kind(owner: Owner, mark: str) -> None:
    with TestClient(owner.app, base_url=ORIGIN, follow_redirects=False, client=("127.0.0.1", 5)) as local:
        assert local.get("/").status_code == 200
        assert local.get("/", headers={mark: "203.0.113.9"}).status_code == 303


def test_a_trusted_proxy_that_tells_of_nobody_is_nobody_at_this_machine(tmp_path: Path) -> None:
    """One of this very machine that was set up without X-Forwarded-For would else open the pages to all it serves."""
    owner = Owner(tmp_path, Reach(allowed_hosts=("lotwork.example.org",), trusted_proxies=("127.0.0.0/8",)))
    with TestClient(owner.app, base_url=ORIGIN, follow_redirects=False, client=("127.0.0.1", 5)) as bare:
        assert bare.get("/").status_code == 303
        assert owner.log_in(bare) == 303
        assert bare.get("/").status_code == 200
    owner.store.close()


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        (["198.51.100.7", "203.0.113.9"], "203.0.113.9"), (["198.51.100.7, 203.0.113.9", "10.0.0.2"], "203.0.113.9"),
        (["203.0.113.9:40312"], "203.0.113.9"), (["[2001:db8::7]:443"], "2001:db8::7"),
        (["2001:DB8::7"], "2001:db8::7"),
        (["198.51.100.7, unknown"], "10.0.0.1"), (["", " , "], "10.0.0.1"), (["x" * 5000], "10.0.0.1"),
    ],
)  # fmt: skip
def test_who_asks_is_the_last_address_that_no_trusted_proxy_has(lines: list[str], client: str) -> None:
    """HAProxy writes its line behind the one that the client made up: the first line is anybody's word."""
    headers = [(b"host", b"lotwork.example.org"), *((b"x-forwarded-for", line.encode()) for line in lines)]
    scope = {"type": "http", "path": "/", "headers": headers, "client": ("10.0.0.1", 9)}
    assert asked_for(scope, Reach(trusted_proxies=("10.0.0.0/8",)))["client"][0] == client


def test_who_sits_at_this_machine_is_not_kept_waiting_by_the_tries_of_others(tmp_path: Path) -> None:
    owner = Owner(tmp_path, Reach(allowed_hosts=("lotwork.example.org",), trusted_proxies=("10.0.0.1",)))
    sessions = Sessions(tmp_path, owner.clock)
    for number in range(40):
        with suppress(SlowDownError):
            sessions.begin("wrong wrong wrong", f"203.0.113.{number}")
    with pytest.raises(SlowDownError):
        sessions.begin(PASSWORD, "198.51.100.7")
    assert sessions.begin(PASSWORD, HERE)
    owner.store.close()


def test_below_a_path_every_page_and_act_leads_below_it(tmp_path: Path) -> None:
    """Whether the proxy takes the path off or keeps it; what a form is sent to, and where an act leads, too."""
    reach = Reach(allowed_hosts=("lotwork.example.org",), trusted_proxies=("10.0.0.0/8",), path_prefix="/lotwork")
    owner = Owner(tmp_path, reach)
    settings = OwnSettings(
        load=lambda: load(tmp_path, environ={}), begin=lambda: None, learn=lambda _: None, take_up=lambda: None
    )
    app = create(tmp_path, clock=owner.clock, reach=reach, writer=lambda: owner.store, settings=settings)
    with TestClient(app, base_url=ORIGIN, follow_redirects=False, client=("127.0.0.1", 5)) as here:
        told = {"password": PASSWORD, "next": "/act/source"}
        answer = here.post("/lotwork/login", data=told, headers={"Origin": ORIGIN})
        assert answer.headers["location"] == "/lotwork/act/source"
        assert "Path=/lotwork/;" in answer.headers["set-cookie"]
        cookie = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
        for path in (*(path for path, _ in NAV), *ACTS):
            for address in (path, f"/lotwork{path}"):
                page = here.get(address, headers=cookie)  # a browser asks below the path, whatever the proxy passes on
                assert page.status_code == 200, address
                led = re.findall(r'(?:href|action)="([^"#]+)', page.text)
                assert led
                assert [each for each in led if not each.startswith("/lotwork/")] == [], address
    owner.store.close()
