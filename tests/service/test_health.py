"""The machine pages: who may ask, and when the daemon calls itself ready."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from lotwork.ledger.clock import SetClock
from lotwork.service import health as health_pages
from lotwork.service.health import Health, is_own_host
from lotwork.service.metrics import Metrics
from tests.watching import section

SECTION = section("ocean")
NAME = ("main", "ocean")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def health(tmp_path: Path, clock: SetClock) -> Health:
    return Health(tmp_path, clock)


@pytest.fixture
def asking(health: Health) -> Iterator[TestClient]:
    pages = PlainTextResponse("the dashboard")
    with TestClient(health_pages.create(health, Metrics(), pages), base_url="http://127.0.0.1:8949") as client:
        yield client


def test_the_daemon_is_alive_before_it_is_ready(asking: TestClient, health: Health) -> None:
    assert asking.get("/healthz").status_code == 200
    answer = asking.get("/readyz")
    assert (answer.status_code, answer.json()["chain_verified"]) == (503, None)
    health.verified(None)
    assert (asking.get("/readyz").status_code, asking.get("/readyz").json()["ready"]) == (200, True)


def test_a_damaged_chain_is_not_ready(asking: TestClient, health: Health) -> None:
    health.verified("position 7: not what was hashed")
    assert asking.get("/readyz").status_code == 503
    assert asking.get("/healthz").status_code == 200


def test_a_disk_that_takes_no_writes_is_not_ready(
    asking: TestClient, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    health.verified(None)
    monkeypatch.setattr(health_pages, "FULL_BYTES", 1 << 62)
    answer = asking.get("/readyz")
    assert (answer.status_code, answer.json()["store_writable"]) == (503, False)


def test_a_home_that_is_gone_is_not_writable(clock: SetClock) -> None:
    assert not Health(Path("/nowhere/at/all"), clock).writable()


def test_ages_are_monotonic_and_a_clock_put_back_changes_none(health: Health, clock: SetClock) -> None:
    health.watch([SECTION])
    clock.move(3600)
    clock.instant -= timedelta(days=400)
    answered, silent = health.sources()[NAME]
    assert silent == timedelta(hours=1)
    assert answered.at is None
    health.answered(SECTION)
    assert health.sources()[NAME][1] == timedelta(0)


def test_a_source_that_goes_on_being_watched_keeps_its_silence_and_one_that_is_not_goes(
    health: Health, clock: SetClock
) -> None:
    health.watch([SECTION, section("old")])
    clock.move(60)
    health.failed(SECTION, "no answer")
    health.watch([SECTION])
    ((name, (answered, silent)),) = health.sources().items()
    assert (name, answered.trouble, silent) == (NAME, "no answer", timedelta(minutes=1))


def test_a_source_that_is_watched_no_more_is_not_brought_back_by_a_late_answer_or_trouble(
    asking: TestClient, health: Health
) -> None:
    health.watch([SECTION])
    health.watch([])
    health.answered(SECTION)
    health.failed(SECTION, "no answer")
    assert not health.watches(SECTION)
    assert health.last_answers() == {}
    assert asking.get("/readyz").json()["sources"] == {}


def test_a_source_put_back_under_the_name_of_a_former_one_begins_anew_and_hears_nothing_of_its_last_round(
    health: Health, clock: SetClock
) -> None:
    again = section("ocean")
    health.watch([SECTION])
    health.failed(SECTION, "no answer")
    clock.move(60)
    health.watch([again])
    health.answered(SECTION)
    health.failed(SECTION, "no answer")
    assert (health.watches(SECTION), health.watches(again)) == (False, True)
    answered, silent = health.sources()[NAME]
    assert (answered.at, answered.trouble, silent) == (None, None, timedelta(0))


def test_readiness_tells_each_sources_age_and_trouble(asking: TestClient, health: Health, clock: SetClock) -> None:
    health.watch([SECTION])
    health.answered(SECTION)
    clock.move(90)
    health.failed(SECTION, "no answer")
    told = asking.get("/readyz").json()["sources"]["main/ocean"]
    said = {"silent_seconds": 90, "last_success": "2026-11-22T00:00:00+00:00", "trouble": "no answer"}
    assert told == {**said, "next_poll": None}
    health.due = {NAME: clock.now()}.get
    assert asking.get("/readyz").json()["sources"]["main/ocean"]["next_poll"] == clock.now().isoformat()


def test_metrics_are_for_prometheus(asking: TestClient) -> None:
    answer = asking.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "lotwork_chain_verify_failures_total 0.0" in answer.text


def test_every_other_path_is_the_dashboards(asking: TestClient) -> None:
    assert asking.get("/income").text == "the dashboard"


OWN = ["127.0.0.1", "127.0.0.1:8949", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8949", "127.0.0.53:80"]
FOREIGN = [
    "evil.com", "127.0.0.1.evil.com", "localhost.evil.com", "evil.com:8949", "", ":", "127.0.0.1:", "127.0.0.1:x",
    "127.0.0.1:80:80", "::1", "[::1", "::1]", "[evil]", "[127.0.0.1.evil.com]", "0.0.0.0", "0", "192.168.1.5",  # noqa: S104 - a name that must be refused
    "10.0.0.1:8949", "169.254.169.254", "127.0.0.1@evil.com", "evil.com#127.0.0.1", "localhost/", "localhost ",
    "127.1", "2130706433", "0x7f.1", "\u0661\u0662\u0667.0.0.1", "127.0.0.1:\u0661", "localhost.", "lotwork.local",
]  # fmt: skip


@pytest.mark.parametrize("host", OWN)
def test_this_machine_may_ask(host: str) -> None:
    assert is_own_host(host)


@pytest.mark.parametrize("host", FOREIGN)
def test_another_name_may_not(host: str) -> None:
    assert not is_own_host(host)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/", "/nowhere"])
def test_a_page_that_points_its_own_name_here_gets_nothing(asking: TestClient, path: str) -> None:
    answer = asking.get(path, headers={"host": "evil.com"})
    assert answer.status_code == 400
    assert "lotwork_" not in answer.text


@pytest.mark.parametrize("mark", ["X-Forwarded-For", "Forwarded", "CF-Connecting-IP", "Via"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_machines_read_is_told_to_nobody_behind_a_proxy(health: Health, mark: str, path: str) -> None:
    """A proxy of this machine asks from 127.0.0.1, and nginx names that as the host too unless it is told otherwise."""
    app = health_pages.create(health, Metrics())
    with TestClient(app, base_url="http://127.0.0.1:8949", client=("127.0.0.1", 5)) as client:
        assert client.get(path).status_code != 403
        assert client.get(path, headers={mark: "203.0.113.9"}).status_code == 403
