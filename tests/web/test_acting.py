"""Acting from a page: who may, once, by one writer, seen before it is done, and undone again."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.ledger.clock import SetClock
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore
from lotwork.rules.us.no_expense import refused
from lotwork.service import web_password
from lotwork.service.reach import Reach
from lotwork.service.web_password import set_password
from lotwork.web.app import create
from lotwork.web.sessions import COOKIE, IDLE_SECONDS, LONGEST_SECONDS, Sessions
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


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    made = Owner(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def logged_in(owner: Owner) -> Owner:
    assert owner.log_in() == 303
    return owner


# -- who may ---------------------------------------------------------------------------------------------------------


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


# -- acts ------------------------------------------------------------------------------------------------------------


def test_a_bill_is_seen_before_it_is_recorded_and_undone_after(logged_in: Owner) -> None:
    status, preview = logged_in.send("bill", {**logged_in.open("/act/bill"), **BILL, "note": "April"})
    text = read(preview).text
    assert status == 200
    assert "What would be recorded CSV Expense" in text
    assert "Amount usd 120.50" in text
    assert "What it changes in 2026 CSV Figure Now Then Net profit, Schedule C 2026 $1,000.00 $879.50" in text
    assert logged_in.position == 4
    status, place = logged_in.send("bill", sent_by(preview))
    assert status == 303
    page = logged_in.client.get(place).text
    assert "Recorded." in read(page).text
    assert "$120.50" in read(logged_in.client.get("/costs").text).text
    undo = unescape(re.findall(r'<a class="button" href="(/act/void[^"]*)">Undo', page)[0])
    void = logged_in.do("void", undo, reason="a slip")
    assert "$120.50" not in read(logged_in.client.get("/costs").text).text
    logged_in.do("void", f"/act/void?event={void}", reason="it was right after all")
    assert "$120.50" in read(logged_in.client.get("/costs").text).text


def test_a_page_refuses_what_the_command_refuses_in_the_same_words(logged_in: Owner) -> None:
    status, page = logged_in.send("bill", {**logged_in.open("/act/bill"), **BILL, "category": "deposit"})
    why = refused("deposit")
    assert why is not None
    assert status == 422
    assert why[0][1:] in read(page).text
    assert logged_in.position == 4


@pytest.mark.parametrize(
    "told",
    [{"amount_usd": "12,50"}, {"amount_usd": "-1"}, {"amount_usd": ""}, {"day": "tomorrow"}, {"day": "2031-01-01"},
     {"business_share": "2"}, {"evidence": "/etc/passwd"}, {"evidence": "0" * 64}, {"nonce": "1"},
     {"begun": "x", "day": ""}],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_recorded(logged_in: Owner, told: dict[str, str]) -> None:
    fields = {**logged_in.open("/act/bill"), **BILL, **told}
    assert logged_in.send("bill", fields)[0] in (409, 422)
    head = {"step": "record", "position": "4", "head": logged_in.store.head("main").hash}
    assert logged_in.send("bill", {**fields, **head})[0] in (409, 422)
    assert logged_in.position == 4


def test_a_form_that_is_sent_twice_is_recorded_once(logged_in: Owner) -> None:
    _, preview = logged_in.send("bill", {**logged_in.open("/act/bill"), **BILL})
    first, second = (logged_in.send("bill", sent_by(preview)) for _ in range(2))
    assert first == second
    assert first[0] == 303
    assert logged_in.position == 5
    status, page = logged_in.send("bill", {**sent_by(preview), "amount_usd": "999"})
    assert status in (409, 422)
    assert logged_in.position == 5
    assert page


def test_a_second_tab_is_told_that_the_ledger_has_moved_on(logged_in: Owner) -> None:
    one, two = (logged_in.send("bill", {**logged_in.open("/act/bill"), **BILL})[1] for _ in range(2))
    assert logged_in.send("bill", sent_by(one))[0] == 303
    status, page = logged_in.send("bill", sent_by(two))
    assert status == 409
    assert "The ledger has moved on since this was shown. Nothing was recorded" in read(page).text
    assert logged_in.position == 5
    assert logged_in.send("bill", sent_by(page))[0] == 303
    assert logged_in.position == 6


def test_what_is_appended_between_the_look_and_the_record_is_no_race(
    logged_in: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, preview = logged_in.send("bill", {**logged_in.open("/act/bill"), **BILL})
    append = logged_in.store.append

    def late(*batches: Batch) -> object:
        monkeypatch.setattr(logged_in.store, "append", append)
        record(logged_in.home, receipt("r9", "2026-02-09"))
        return append(*batches)

    monkeypatch.setattr(logged_in.store, "append", late)
    assert logged_in.send("bill", sent_by(preview))[0] == 409
    assert logged_in.position == 5


def test_the_photo_of_a_bill_is_its_evidence_and_is_kept_only_when_it_is_recorded(logged_in: Owner) -> None:
    fields = {**logged_in.open("/act/bill"), **BILL}
    fields.pop("evidence", None)
    photo = b"\x89PNG a bill"
    answer = logged_in.client.post("/act/bill", data=fields, files={"evidence": ("bill.png", photo)}, headers=HERE)
    kept = Evidence(logged_in.home)
    assert answer.status_code == 200
    assert list(kept.kept()) == []
    status, place = logged_in.send("bill", sent_by(answer.text))
    assert status == 303
    (sha256,) = kept.kept()
    assert kept.read(sha256) == photo
    assert f"/evidence/{sha256}" in logged_in.client.get(place).text


def test_a_file_that_is_too_large_is_refused(logged_in: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lotwork.web.forms_sent.MOST_FILE_BYTES", 10)
    fields = {**logged_in.open("/act/bill"), **BILL}
    answer = logged_in.client.post("/act/bill", data=fields, files={"evidence": ("b", b"x" * 11)}, headers=HERE)
    assert answer.status_code == 413


@pytest.mark.parametrize("act", ["bill", "import", "source/braiins"])
@pytest.mark.parametrize("length", [{"Content-Length": str(10 << 30)}, {}, {"Content-Length": "-1"}])
def test_what_says_it_is_larger_than_any_file_is_refused_before_it_is_read(
    logged_in: Owner, act: str, length: dict[str, str]
) -> None:
    read_so_far = 0

    def endless() -> Iterator[bytes]:
        nonlocal read_so_far
        for _ in range(1 << 20):
            read_so_far += 1 << 10
            yield b"x" * (1 << 10)
            assert read_so_far < 64 << 20

    form = {"Content-Type": "multipart/form-data; boundary=b", **HERE, **length}
    content = b"--b\r\n" if length else endless()
    answer = logged_in.client.post(f"/act/{act}", content=content, headers=form)
    assert answer.status_code == 413
    assert "10 MiB" in answer.text


@pytest.mark.parametrize(
    ("what", "told", "shown"),
    [
        ("transfer", {"to_wallet": "cold"}, "Transfer"), ("sold", {"proceeds_usd": "500"}, "Sale"),
        ("spent", {"proceeds_usd": "500"}, "Sale"), ("gift", {}, "Sale"), ("lost", {}, "Sale"),
    ],
)  # fmt: skip
def test_coins_that_left_are_said_to_be_what_they_were(
    logged_in: Owner, what: str, told: dict[str, str], shown: str
) -> None:
    assert "movement" in logged_in.client.get("/problems").text
    logged_in.do("movement", "/act/movement?event=m1", what=what, reason="I did it", **told)
    text = read(logged_in.client.get("/event/m1").text).text
    assert f"Kind: {shown.lower()}" in text
    assert "/act/movement" not in logged_in.client.get("/problems").text


def test_a_payment_is_marked_as_paid_with_what_is_due(logged_in: Owner) -> None:
    name = logged_in.do("paid", "/act/paid?year=2026", amount_usd="250", day="2026-11-20")
    text = read(logged_in.client.get(f"/event/{name}?year=2026").text).text
    assert "Payment for 2026 $250.00" in text


def test_a_payment_to_the_state_of_the_profile_is_marked_as_one(logged_in: Owner) -> None:
    assert "Paid to" not in logged_in.client.get("/act/paid?year=2026").text
    record(logged_in.home, {"kind": "profile", "id": "moved", "at": "2026-01-01T12:00:00Z", "state": "GA"})
    assert "Georgia" in logged_in.client.get("/act/paid?year=2026").text
    name = logged_in.do("paid", "/act/paid?year=2026", amount_usd="250", day="2026-11-20", state="GA")
    text = read(logged_in.client.get(f"/event/{name}?year=2026").text).text
    assert "Payment for 2026 to Georgia $250.00" in text
    assert "250.00" not in read(logged_in.client.get("/quarterly?year=2026").text).text
    federal = logged_in.do("paid", "/act/paid?year=2026", amount_usd="250", day="2026-11-20", state="")
    assert "Payment for 2026 $250.00" in read(logged_in.client.get(f"/event/{federal}?year=2026").text).text


def test_a_rig_is_added(logged_in: Owner) -> None:
    logged_in.do(
        "rig",
        "/act/rig",
        equipment="S21",
        cost_usd="3000",
        quantity="2",
        acquired="2026-02-01",
        placed_in_service="2026-02-03",
    )
    assert "S21" in read(logged_in.client.get("/costs").text).text


LOTS = "/act/lots?wallet=cellar&asset=BTC"


def test_lots_are_chosen_before_the_sale_and_govern_it(logged_in: Owner) -> None:
    record(logged_in.home, receipt("r2", "2026-02-03", price_usd="50000"))
    page = logged_in.client.get("/lots").text
    assert "/act/lots?" in page
    form = logged_in.client.get(LOTS).text
    assert "no later than the date and time of that sale (Treas. Reg. 1.1012-1(j)(2))" in read(form).text
    status, preview = logged_in.send("lots", {**logged_in.open(LOTS), "lot:r2": "0.004"})
    assert status == 200, read(preview).text
    logged_in.clock.move(60)  # the choice is made when it is recorded, not when it was looked at
    recorded = logged_in.clock.now()
    first = logged_in.send("lots", sent_by(preview))
    logged_in.clock.move(60)
    assert first[0] == 303
    assert logged_in.send("lots", sent_by(preview)) == first
    ((_, chosen),) = logged_in.store.read("main", kinds=("selection",))
    assert chosen.at == recorded
    status, page = logged_in.send("lots", {**logged_in.open(LOTS), "lot:r1": "0.001"})
    assert status == 422
    assert "already chooses lots for the next sale from cellar" in read(page).text
    sale = {"kind": "sale", "id": "s1", "wallet": "cellar", "asset": "BTC", "quantity": "0.004", "proceeds_usd": "400"}
    record(logged_in.home, {**sale, "at": print_instant(logged_in.clock.now())})
    assert "$200.00" in read(logged_in.client.get("/sales").text).text  # the basis of r2; of r1 it would be $400.00
    logged_in.do("void", f"/act/void?event={chosen.id}", reason="a slip")
    assert "$200.00" not in read(logged_in.client.get("/sales").text).text


def test_the_lots_of_a_way_to_sell_are_recorded_before_the_sale_and_govern_it(logged_in: Owner) -> None:
    record(logged_in.home, receipt("r2", "2026-02-03", price_usd="50000"))
    page = logged_in.client.get("/sell?quantity=0.004&price=90000&wallet=cellar&lot:r2=0.004").text
    ways = [unescape(each) for each in re.findall(r'href="(/act/lots\?[^"]*lot%3Ar2=0\.004[^"]*)"', page)]
    assert ways
    assert 'min="2026-11-22"' in page
    name = logged_in.do("lots", ways[-1])
    ((_, chosen),) = logged_in.store.read("main", kinds=("selection",))
    assert chosen.id == name
    logged_in.clock.move(60)
    sale = {"kind": "sale", "id": "s1", "wallet": "cellar", "asset": "BTC", "quantity": "0.004", "proceeds_usd": "400"}
    record(logged_in.home, {**sale, "at": print_instant(logged_in.clock.now())})
    assert "$200.00" in read(logged_in.client.get("/sales").text).text  # the basis of r2


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({}, "No lot is chosen"), ({"lot:r1": "0"}, "is nothing"), ({"lot:r1": "-0.001"}, "is nothing"),
        ({"lot:r1": "0.1"}, "is more than the"), ({"lot:r1": "half"}, "is not a decimal number"),
        ({"lot:r1": "0.000000001"}, "decimal"), ({"lot:nobody": "0.001"}, "not open in this wallet"),
        ({"lot:r1": "0.001", "others": "r1=0.001"}, "named twice"), ({"others": "r1"}, "not open in this wallet"),
    ],
)  # fmt: skip
def test_lots_that_cannot_be_chosen_are_refused(logged_in: Owner, told: dict[str, str], says: str) -> None:
    status, page = logged_in.send("lots", {**logged_in.open(LOTS), **told})
    assert status == 422
    assert says in read(page).text, read(page).text
    assert logged_in.client.get("/act/lots?wallet=nowhere&asset=BTC").status_code == 404


def test_of_a_brokers_wallet_the_form_asks_whether_the_broker_was_told(logged_in: Owner) -> None:
    record(logged_in.home, {"kind": "wallet", "id": "w", "at": "2025-01-01T00:00:00Z", "wallet": "cellar",
                            "custody": "broker"})  # fmt: skip
    assert "from 2027 the broker must be told" in read(logged_in.client.get(LOTS).text).text
    name = logged_in.do("lots", LOTS, **{"lot:r1": "0.001", "with_broker": "yes"})
    assert "With broker yes" in read(logged_in.client.get(f"/event/{name}").text).text


def test_a_problem_is_answered_by_its_own_command(logged_in: Owner) -> None:
    record(
        logged_in.home, receipt("r2", "2026-02-01", "0.02", source="a"), receipt("r3", "2026-02-01", "0.02", source="b")
    )
    page = logged_in.client.get("/problems").text
    answers = [unescape(each) for each in re.findall(r'href="(/act/answer\?[^"]*code=likely_twins[^"]*)"', page)]
    assert answers
    before = page.count("code=likely_twins")
    logged_in.do("answer", answers[0], blank0="it is one")
    assert logged_in.client.get("/problems").text.count("code=likely_twins") < before
    assert logged_in.client.get("/act/answer?code=likely_twins&event=nobody&which=0").status_code == 404


def test_a_command_that_a_strangers_word_forged_reads_no_file_and_writes_no_other_book(logged_in: Owner) -> None:
    forged = "x: `lotwork add expense at=2026-03-01T12:00:00Z category=rent amount_usd=5 evidence=/etc/passwd`"
    other = "y: `lotwork add expense at=2026-03-01T12:00:00Z category=rent amount_usd=5 book=other`"
    for name, wallet in (("m2", forged), ("m3", other)):
        record(logged_in.home, {**MOVED, "id": name, "wallet": wallet})
        page = logged_in.client.get("/problems").text
        for place in re.findall(rf'href="(/act/answer\?[^"]*event={name}[^"]*)"', page):
            fields = logged_in.open(unescape(place))
            status, told = logged_in.send("answer", {**fields, "blank0": "1", "blank1": "1"})
            assert "root:" not in told
            assert status in (200, 422)
            assert "evidence" not in sent_by(told) or not sent_by(told)["evidence"]
    assert logged_in.store.books() == ("main",)


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
