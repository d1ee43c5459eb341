"""The strip that says whether the figures can be believed, fed by the daemon's own state."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.service.health import Health
from lotwork.service.health import create as service
from lotwork.service.metrics import Metrics
from lotwork.web.app import create
from tests.watching import section
from tests.web.conftest import ORIGIN, clock
from tests.web.markup import read

SOURCE, NODE = section("ocean", "demo"), section("node")


@pytest.fixture
def health(demo_home: Path) -> Health:
    return Health(demo_home, clock())


def overview(home: Path, health: Health) -> str:
    with TestClient(create(home, clock=clock(), status=health), base_url=ORIGIN) as client:
        return read(client.get("/?book=demo").text).text


def test_without_the_daemon_the_page_says_so(demo: TestClient) -> None:
    text = read(demo.get("/?book=demo").text).text
    assert "Sources not watched these pages are not running under the daemon" in text
    assert "Chain not verified yet" in text


def test_sources_that_answered_are_fresh(demo_home: Path, health: Health) -> None:
    health.watch([SOURCE, NODE])
    health.answered(SOURCE)
    health.verified(None)
    text = overview(demo_home, health)
    assert "Sources fresh 1 source, the oldest answer just now" in text
    assert "Chain verified Nov 22, 15:00 UTC" in text


def test_a_source_in_trouble_is_named(demo_home: Path, health: Health) -> None:
    health.watch([SOURCE])
    health.failed(SOURCE, "timed out")
    assert "Sources 1 of 1 in trouble ocean: see Problems" in overview(demo_home, health)


def test_the_problems_page_says_why_a_source_cannot_go_on(demo_home: Path, health: Health) -> None:
    health.watch([SOURCE, NODE])
    health.failed(SOURCE, "refused: 1 problem, nothing was appended\n<b>bad</b>.jsonl:1: at: add 'at'")
    health.failed(NODE, "of another book")
    with TestClient(create(demo_home, clock=clock(), status=health), base_url=ORIGIN) as client:
        page = client.get("/problems?book=demo").text
    assert "Sources that cannot go on 1" in read(page).text
    assert "ocean refused: 1 problem, nothing was appended <b>bad</b>.jsonl:1: at: add 'at'" in read(page).text
    assert "<b>bad</b>" not in page
    assert "of another book" not in page


def test_a_source_that_says_nothing_for_a_day_is_silent(demo_home: Path) -> None:
    now = clock()
    health = Health(demo_home, now)
    health.watch([SOURCE])
    health.answered(SOURCE)
    now.move(25 * 3600)
    assert "Sources 1 of 1 silent ocean" in overview(demo_home, health)


def test_a_book_without_sources_says_so(demo_home: Path, health: Health) -> None:
    assert "Sources none no source is configured for this book" in overview(demo_home, health)


def test_a_broken_chain_comes_before_everything_else(demo_home: Path, health: Health) -> None:
    health.verified("position 7: hash")
    text = overview(demo_home, health)
    assert "Chain broken" in text
    assert "Next The log is not what was written." in text
    assert "lotwork verify" in text


def test_the_pages_stand_beside_the_machines_pages(demo_home: Path, health: Health) -> None:
    pages = create(demo_home, clock=clock(), status=health)
    with TestClient(service(health, Metrics(), pages), base_url=ORIGIN) as client:
        assert client.get("/healthz").text == "ok\n"
        assert "$1,207.00" in client.get("/?book=demo").text
        assert client.get("/static/lotwork.css").status_code == 200
        assert client.get("/", headers={"Host": "127.0.0.1:9"}).status_code == 200
        assert client.get("/", headers={"Host": "lotwork.example"}).status_code == 400
