"""Acting from a page: once, by one writer, seen before it is done, and undone again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from lotwork.ledger.errors import BusyError, FencedError
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.storage.evidence import Evidence
from lotwork.rules.us.no_expense import refused
from tests.web.acting import BILL, HERE, MOVED, Owner, cheap_scrypt, sent_by  # noqa: F401 - the fixture
from tests.web.conftest import record
from tests.web.markup import read
from tests.web.views.made import receipt


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


def test_the_day_of_a_bill_is_the_day_where_the_taxpayer_lives(logged_in: Owner) -> None:
    move = {"kind": "profile", "id": "moved", "at": "2026-01-01T12:00:00Z", "time_zone": "Pacific/Auckland"}
    record(logged_in.home, move)
    logged_in.do("bill", "/act/bill", **BILL)
    assert "Apr 2, 2026" in read(logged_in.client.get("/costs").text).text


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


@pytest.mark.parametrize(("refused", "status"), [(BusyError, 409), (FencedError, 503)])
def test_a_ledger_that_another_process_holds_has_not_moved_on(
    logged_in: Owner, monkeypatch: pytest.MonkeyPatch, refused: type[BusyError], status: int
) -> None:
    _, preview = logged_in.send("bill", {**logged_in.open("/act/bill"), **BILL})

    def held(*_: Batch) -> object:
        raise refused("another process is writing: nothing was appended")

    with monkeypatch.context() as locked:
        locked.setattr(logged_in.store, "append", held)
        told, page = logged_in.send("bill", sent_by(preview))
    assert (told, logged_in.position) == (status, 4)
    assert "nother process is writing" in page
    assert "moved on" not in page
    assert logged_in.send("bill", sent_by(page if status == 409 else preview))[0] == 303
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
