from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from lotwork.service.reach import Reach
from lotwork.service.strict_headers import HEADERS
from lotwork.web.guard import STATIC, is_known_host
from tests.web.conftest import ORIGIN

ADDRESSES = (
    "/", "/income", "/lots", "/quarterly", "/problems", "/income.csv", "/quarterly.ics", "/static/lotwork.css",
    "/nowhere", "/static/../app.py", "/?book=nobody",
)  # fmt: skip
FOREIGN_HOSTS = (
    "evil.example", "evil.example:8000", "127.0.0.1.evil.example:8000", "localhost.evil.example:8000",
    "evil.example#127.0.0.1:8000", "127.0.0.1@evil.example:8000", "evil.example:127.0.0.1", "127.0.0.1:0",
    "localhost:x", "127.0.0.1:100000", "localhost:", "127.0.0.1:8000:8000", "0.0.0.0:8000", "10.0.0.1:8000",
    "192.168.1.1:8000", "2130706433:8000", "0x7f.1:8000", "127.1:8000", "127.0.0.2:8000", "[::]:8000",
    "[::ffff:127.0.0.1]:8000", "[::1", "::1", "::1:8000", "[::1]:", "localhost.:8000", " 127.0.0.1:8000x",
    "127.0.0.1:8000,evil.example", "lotwork.local:8000", "127.0.0.1:08000", "",
)  # fmt: skip


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000", "127.0.0.1", "[::1]", "localhost:9999"]
)
def test_this_machine_is_let_in_by_each_of_its_names_on_any_port_a_tunnel_gives_it(demo: TestClient, host: str) -> None:
    assert demo.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_any_other_host_is_refused_before_a_page_is_made(demo: TestClient, host: str) -> None:
    answer = demo.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "BTC" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_another_name_is_let_in_where_the_settings_say_so() -> None:
    reach = Reach(allowed_hosts=("lotwork.example.org",))
    assert is_known_host("lotwork.example.org", reach)
    assert is_known_host("LOTWORK.example.org:443", reach)
    assert not is_known_host("lotwork.example.org", Reach())
    assert not is_known_host("www.lotwork.example.org", reach)
    assert not is_known_host("lotwork.example.org.evil.example", reach)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_strict_headers(demo: TestClient, address: str) -> None:
    answer = demo.get(address)
    expected = HEADERS | STATIC if address.startswith("/static/") and answer.status_code == 200 else HEADERS
    for name, value in expected.items():
        assert answer.headers.get_list(name) == [value], name


def test_the_policy_lets_nothing_run_and_nothing_from_elsewhere_in() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy.pop("default-src") == "'none'"
    assert "script-src" not in policy
    assert {source for sources in policy.values() for source in sources.split()} == {"'self'", "'none'", "data:"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("address", ["/", "/problems", "/income.csv", "/static/lotwork.css"])
def test_nothing_but_reading_is_possible(demo: TestClient, method: str, address: str) -> None:
    answer = demo.request(method, address)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_head_answers_without_a_body(demo: TestClient) -> None:
    answer = demo.head("/")
    assert answer.status_code == 200
    assert answer.content == b""


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    ],
)
def test_a_request_that_another_site_makes_is_refused(demo: TestClient, headers: dict[str, str]) -> None:
    assert demo.get("/", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ORIGIN},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "style"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    ],
)
def test_a_person_who_opens_a_page_or_follows_a_link_is_let_in(demo: TestClient, headers: dict[str, str]) -> None:
    assert demo.get("/", headers=headers).status_code == 200
