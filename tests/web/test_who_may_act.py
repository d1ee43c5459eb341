"""Who may act from a page, how a session begins and ends, and who reads from elsewhere."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.ledger.clock import SetClock
from lotwork.service.reach import Reach
from lotwork.service.web_password import set_password
from lotwork.web.app import create
from lotwork.web.sessions import COOKIE, IDLE_SECONDS, LONGEST_SECONDS, Sessions
from tests.web.acting import BILL, HERE, PASSWORD, Owner, cheap_scrypt, sent_by  # noqa: F401 - the fixture
from tests.web.conftest import ORIGIN, clock, record
from tests.web.markup import read
from tests.web.views.made import PROFILE


def test_a_reader_without_rights_sees_no_button_and_may_do_nothing(owner: Owner) -> None:
    for path in ("/costs", "/quarterly", "/problems", "/event/m1"):
        answer = owner.client.get(path)
        assert answer.status_code == 200
        assert "/act/" not in answer.text
        assert "/login?" in answer.text
    assert owner.client.get("/act/bill").status_code == 403
    for act in ("bill", "void", "nothing"):
        assert owner.send(act, {**BILL, "csrf": "x", "step": "record"})[0] == 403
    assert owner.client.post("/logout", headers=HERE).status_code == 403
    assert owner.position == 4


def test_the_password_opens_a_session_that_only_this_site_may_use(owner: Owner) -> None:
    answer = owner.client.post("/login", data={"password": PASSWORD, "next": "/costs?year=2026"}, headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/costs?year=2026")
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert "/act/bill" in owner.client.get("/costs").text


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "", "/login?next=/"]
)
def test_a_login_leads_nowhere_else(owner: Owner, place: str) -> None:
    answer = owner.client.post("/login", data={"password": PASSWORD, "next": place}, headers=HERE)
    assert answer.headers["location"] == "/"


def test_a_wrong_password_is_logged_and_slowed_down_and_the_right_one_waits_too(
    owner: Owner, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [owner.log_in(password="wrong " * 3) for _ in range(3)] == [403, 403, 403]
    told = capsys.readouterr().out + caplog.text
    assert told.count("a wrong password for the pages") == 3
    assert "wrong wrong" not in told
    assert owner.log_in() == 429
    owner.clock.move(2)
    assert owner.log_in(password="wrong again") == 403
    owner.clock.move(1)
    assert owner.log_in() == 429
    owner.clock.move(2)
    assert owner.log_in() == 303


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": "http://127.0.0.1:3000"},
                                     {**HERE, "Sec-Fetch-Site": "cross-site"}])  # fmt: skip
def test_a_form_comes_from_these_pages_or_is_refused(logged_in: Owner, headers: dict[str, str]) -> None:
    fields = {**logged_in.open("/act/bill"), **BILL}
    assert logged_in.client.post("/act/bill", data=fields, headers=headers).status_code == 403
    assert logged_in.client.post("/login", data={"password": PASSWORD}, headers=headers).status_code == 403


@pytest.mark.parametrize("csrf", ["", "guess", "\N{BULLET}"])
def test_a_form_without_the_token_of_its_session_does_nothing(logged_in: Owner, csrf: str) -> None:
    fields = {**logged_in.open("/act/bill"), **BILL, "step": "record", "csrf": csrf}
    assert logged_in.send("bill", fields)[0] == 403
    other = logged_in.browser()
    logged_in.log_in(other)
    assert logged_in.send("bill", {**fields, "csrf": logged_in.open("/act/bill", other)["csrf"]})[0] == 403
    assert logged_in.position == 4


@pytest.mark.parametrize("seconds", [IDLE_SECONDS + 1, LONGEST_SECONDS + 1])
def test_a_session_ends_by_itself(logged_in: Owner, seconds: int) -> None:
    logged_in.clock.move(seconds)
    assert logged_in.client.get("/act/bill").status_code == 403


def test_a_form_that_came_back_after_its_record_books_nothing_twice_and_may_tell_another(logged_in: Owner) -> None:
    """A browser's way back restores the form with all that was in it, the name of what it recorded too."""
    form = {**logged_in.open("/act/bill"), **BILL}
    first = logged_in.send("bill", sent_by(logged_in.send("bill", form)[1]))
    assert (first[0], logged_in.position) == (303, 5)
    assert logged_in.send("bill", form) == first  # the preview is asked for again
    status, page = logged_in.send("bill", {**form, "amount_usd": "77.00"})
    assert (status, logged_in.position) == (200, 5)
    assert "This form was recorded already, and that stays." in read(page).text
    again = sent_by(page)
    assert again["nonce"] != form["nonce"]
    status, place = logged_in.send("bill", again)
    assert (status, logged_in.position, place != first[1]) == (303, 6, True)
    assert logged_in.send("bill", {**form, "step": "record", "amount_usd": "78"})[0] == 409
    void = {**logged_in.open("/act/void?event=r1"), "reason": "a slip"}
    gone = logged_in.send("void", sent_by(logged_in.send("void", void)[1]))
    assert logged_in.send("void", void) == gone
    assert logged_in.position == 7


def test_a_form_of_a_session_that_ended_is_shown_again_and_recorded_once(logged_in: Owner) -> None:
    form = {**logged_in.open("/act/bill"), **BILL}
    preview = sent_by(logged_in.send("bill", form)[1])
    logged_in.clock.move(IDLE_SECONDS + 1)
    status, says = logged_in.send("bill", preview)
    assert (status, "open /login, then go back to the form and send it again" in read(says).text) == (403, True)
    logged_in.log_in()
    for old in (form, preview):
        status, page = logged_in.send("bill", old)
        assert (status, logged_in.position) == (403, 4)
        assert "This form is of a session that has ended; it has recorded nothing." in read(page).text
        assert "What would be recorded CSV Expense" in read(page).text
    status, place = logged_in.send("bill", sent_by(page))
    assert (status, logged_in.position) == (303, 5)
    assert logged_in.send("bill", preview) == (303, place)
    assert logged_in.position == 5
    assert logged_in.send("bill", {**preview, "nonce": "odd"})[0] == 403


def test_what_a_session_held_is_gone_once_it_has_ended_though_nobody_asks_with_it(tmp_path: Path) -> None:
    set_password(tmp_path, PASSWORD)
    moved = clock()
    sessions = Sessions(tmp_path, moved)
    token = sessions.begin(PASSWORD, "here")
    session = sessions.of(token)
    assert session is not None
    session.keep(b"a statement")
    held = weakref.ref(session.files)
    del session
    for seconds, is_there in ((IDLE_SECONDS, True), (1, False)):
        moved.move(seconds)
        assert sessions.of(None) is None  # somebody else, or a page that is read without a login
        assert (held() is not None) is is_there


def test_a_session_in_use_ends_too_after_half_a_day(logged_in: Owner) -> None:
    for _ in range(12):
        logged_in.clock.move(3600)
        assert logged_in.client.get("/act/bill").status_code == 200
    logged_in.clock.move(10)
    assert logged_in.client.get("/act/bill").status_code == 403


def test_a_session_ends_with_logging_out_and_with_the_password(logged_in: Owner) -> None:
    token = logged_in.client.cookies[COOKIE]
    csrf = logged_in.open("/act/bill")["csrf"]
    assert logged_in.client.post("/logout", data={"csrf": csrf}, headers=HERE).status_code == 303
    assert logged_in.client.get("/act/bill", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 403
    logged_in.log_in()
    set_password(logged_in.home, "another one altogether")
    assert logged_in.client.get("/act/bill").status_code == 403


def test_without_a_writer_nobody_may_act(tmp_path: Path) -> None:
    record(tmp_path, PROFILE)
    set_password(tmp_path, PASSWORD)
    client = TestClient(create(tmp_path, clock=clock(), writer=lambda: None), base_url=ORIGIN, follow_redirects=False)
    client.post("/login", data={"password": PASSWORD}, headers=HERE)
    preview = client.post("/act/bill", data={**sent_by(client.get("/act/bill").text), **BILL}, headers=HERE)
    answer = client.post("/act/bill", data=sent_by(preview.text), headers=HERE)
    assert answer.status_code == 503
    assert "records nothing now" in answer.text


# -- from elsewhere --------------------------------------------------------------------------------------------------


def test_beyond_this_machine_nobody_reads_without_the_password(tmp_path: Path) -> None:
    reach = Reach(allowed_hosts=("lotwork.example.org",), trusted_proxies=("10.0.0.1",), path_prefix="/tax")
    owner = Owner(tmp_path, reach)
    name = {"Host": "lotwork.example.org"}
    proxied = {
        **name,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.9",
        "Origin": "https://lotwork.example.org",
    }
    with TestClient(owner.app, base_url=ORIGIN, follow_redirects=False, client=("10.0.0.1", 5)) as client:
        answer = client.get("/tax/costs?year=2026", headers=name)
        assert (answer.status_code, answer.headers["location"]) == (303, "/tax/login?next=/costs%3Fyear%3D2026")
        answer = client.get("/tax/event/what%3Fx%3D1%23z?year=2026", headers=name)
        assert answer.headers["location"] == "/tax/login?next=/event/what%253Fx%253D1%2523z%3Fyear%3D2026"
        assert client.get("/evidence/00", headers=name).status_code == 303
        assert client.get("/tax/static/lotwork.css", headers=name).status_code == 200
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
        login = client.get("/tax/login?next=/costs", headers=name).text
        assert 'action="/tax/login"' in login
        answer = client.post("/tax/login", data={"password": PASSWORD, "next": "/costs"}, headers=proxied)
        assert (answer.status_code, answer.headers["location"]) == (303, "/tax/costs")
        assert "Secure" in answer.headers["set-cookie"]
        assert "Path=/tax/" in answer.headers["set-cookie"]
        token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
        page = client.get("/tax/costs", headers={**proxied, "Cookie": f"{COOKIE}={token}"}).text
        links = read(page).links()[1:]
        assert links
        assert all(link.startswith("/tax/") for link in links)
    with TestClient(owner.app, base_url=ORIGIN, follow_redirects=False, client=("127.0.0.1", 5)) as local:
        assert local.get("/").status_code == 200
        assert local.get("/", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 303
        assert local.get("/", headers=name).status_code == 303
    with TestClient(owner.app, base_url=ORIGIN, follow_redirects=False, client=("203.0.113.9", 5)) as stranger:
        assert stranger.get("/").status_code == 303  # though it says that it asks 127.0.0.1
        forged = {"X-Forwarded-For": "127.0.0.1", "Host": "127.0.0.1:8000"}
        assert stranger.get("/", headers=forged).status_code == 303
    owner.store.close()


def test_a_clock_of_its_own_counts_for_each_client(owner: Owner) -> None:
    far = TestClient(owner.app, base_url=ORIGIN, follow_redirects=False, client=("203.0.113.9", 5))
    assert [owner.log_in(far, "wrong " * 3) for _ in range(4)] == [403, 403, 403, 429]
    assert owner.log_in() == 303
    assert isinstance(owner.clock, SetClock)
