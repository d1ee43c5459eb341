"""A file that is dropped on a page: what each row becomes is what `lotwork import` makes of it, recorded once."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from lotwork.ledger.errors import BusyError
from lotwork.ledger.events import Correction
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.storage.evidence import Evidence
from lotwork.web.sessions import IDLE_SECONDS
from lotwork.web.uploaded import LONGEST_NAME
from tests.commands.calling import Caller
from tests.ingest.profiles.exports import CHOSEN, FOLDER, SAID
from tests.web.acting import HERE, MOVED, Owner, cheap_scrypt, sent_by  # noqa: F401 - the fixture
from tests.web.conftest import record
from tests.web.markup import read
from tests.web.views.made import FACTS, PROFILE, receipt

AT = "/act/import"
ROWS = ("at,wallet,asset,quantity,income,price_usd", "2026-02-03T12:00:00Z,cellar,BTC,0.01,pool_payout,100000",
        "2026-02-04T12:00:00Z,cellar,BTC,0.02,pool_payout,100000")  # fmt: skip
RECEIPTS = "\n".join(ROWS).encode()
PRESET = {"map": "generic-receipts"}


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    made = Owner(tmp_path)
    assert made.log_in() == 303
    yield made
    made.store.close()


def drop(owner: Owner, name: str, content: bytes, **told: str) -> tuple[int, str]:
    """Choose a file on the page; return what the page then shows."""
    fields = {**owner.open(AT), **told}
    fields.pop("file", None)
    answer = owner.client.post(AT, data=fields, files={"file": (name, content)}, headers=HERE)
    return answer.status_code, answer.text


def confirm(owner: Owner, page: str) -> tuple[int, str]:
    return owner.send("import", sent_by(page))


def exported(lotwork: Caller) -> list[dict[str, object]]:
    return [json.loads(line) for line in lotwork("export").out.splitlines()]


def test_a_file_becomes_what_the_command_makes_of_it(
    owner: Owner, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Caller(owner.home, capsys, monkeypatch)
    lotwork = ours.beside("other")
    record(lotwork.home, PROFILE, FACTS, receipt("r1", "2026-02-01"), MOVED)
    for name in ("strike.csv", "electrum.csv", "koinly.csv", "bank.ofx", "green-button.xml", "cointracker.csv"):
        said = SAID.get(name, {})
        words = [word for key, value in said.items() for word in ("--set", f"{key}={value}")]
        chosen = CHOSEN.get(name, "")
        lotwork("import", str(FOLDER / name), *(["--map", chosen] if chosen else []), *words, code=None)
        told = "; ".join(f"{key}={value}" for key, value in said.items())
        status, page = drop(owner, name, (FOLDER / name).read_bytes(), says=told, map=chosen)
        assert status == 200, read(page).text
        assert confirm(owner, page)[0] == 303, name
    assert exported(ours) == exported(lotwork)


def test_a_preview_tells_of_every_row_and_records_nothing(owner: Owner) -> None:
    name = "electrum.csv"
    status, page = drop(owner, name, (FOLDER / name).read_bytes(), says="zone=America/New_York")
    text = read(page).text
    assert status == 200
    assert "electrum.csv:3 Mar 2, 2026" in text
    assert "your word is needed: coins that came in are no income by themselves, line 2" in text
    assert "rows left out" in text
    assert "What it changes in 2026" in text
    assert owner.position == 4
    assert list(Evidence(owner.home).kept()) == []


def test_twice_is_once_and_another_time_is_known_already_and_it_is_undone_as_one(owner: Owner) -> None:
    _, page = drop(owner, "r.csv", RECEIPTS, **PRESET)
    assert "2 new events, 0 known already" in read(page).text
    first, second = confirm(owner, page), confirm(owner, page)
    assert first == second
    assert first == (303, f"{AT}?year=2026&after=4&upto=6") or first[1].endswith("after=4&upto=6")
    assert owner.position == 6
    status, again = drop(owner, "renamed.csv", RECEIPTS, **PRESET)
    assert (status, owner.position) == (200, 6)
    assert "0 new events, 2 known already. " in read(again).text
    assert "Nothing of it is new" in read(again).text
    done = owner.client.get(first[1]).text
    assert "Recorded. 2 events" in read(done).text
    undo = unescape(re.findall(r'href="(/act/takeout[^"]*)">Undo', done)[0])
    owner.do("takeout", undo, reason="the wrong file")
    assert owner.position == 8
    assert owner.client.get(undo).status_code == 404
    status, page = drop(owner, "r.csv", RECEIPTS, **PRESET)
    assert status == 200


def test_a_form_that_came_back_with_another_file_records_that_one(owner: Owner) -> None:
    form = {**owner.open(AT), **PRESET}
    form.pop("file", None)

    def dropped(content: bytes) -> tuple[int, str]:
        page = owner.client.post(AT, data=form, files={"file": ("r.csv", content)}, headers=HERE).text
        return confirm(owner, page)

    first = dropped(RECEIPTS)
    second = dropped(RECEIPTS.replace(b"2026-02-0", b"2026-03-0"))
    assert [place.partition("&after=")[2] for _, place in (first, second)] == ["4&upto=6", "6&upto=8"]
    assert owner.position == 8


@pytest.mark.parametrize(
    ("name", "content", "told", "says"),
    [
        ("r.csv", RECEIPTS, {}, "nobody knows its columns"),
        ("r.csv", RECEIPTS.replace(b"0.02", b"two"), PRESET, "r.csv:3"),
        ("r.csv", RECEIPTS.replace(b"2026-02-04", b"2031-02-04"), PRESET, "r.csv:3"),
        ("r.csv", b"", PRESET, "choose it again"),
        ("r.csv", RECEIPTS, {"map": "/etc/passwd"}, "reads no file of this machine"),
        ("r.csv", RECEIPTS, {"map": "../generic-receipts"}, "reads no file of this machine"),
        ("electrum.csv", (FOLDER / "electrum.csv").read_bytes(), {"says": "zona=UTC"}, "did you mean zone"),
        ("a.jsonl", json.dumps(receipt("x", "2026-03-01", evidence="/etc/passwd")).encode(), {}, "a.jsonl:1"),
        ("a.jsonl", json.dumps(receipt("x", "2026-03-01", book="other")).encode(), {}, "in its own book"),
        ("a.jsonl", b'{"kind": "filing", "id": "f9"}', {}, "filing is not written by hand"),
        ("a.jsonl", json.dumps(receipt("r1", "2026-03-01")).encode(), {}, "a.jsonl:1"),
        ("a.jsonl", b"\x00\xff\n", {}, "a.jsonl:1"),
    ],
)  # fmt: skip
def test_what_the_command_refuses_is_refused_with_its_place(
    owner: Owner, name: str, content: bytes, told: dict[str, str], says: str
) -> None:
    status, page = drop(owner, name, content, **told)
    assert status == 422
    assert says in read(page).text, read(page).text
    head = {"step": "record", "position": "4", "head": owner.store.head("main").hash}
    assert owner.send("import", {**sent_by(page), **head})[0] == 422
    assert owner.position == 4


def test_what_a_file_does_not_say_is_asked_in_a_field_of_its_own(owner: Owner) -> None:
    name = "chase-checking.csv"
    status, page = drop(owner, name, (FOLDER / name).read_bytes())
    assert {"set_category", "set_only"} <= set(re.findall('name="(set_[a-z]+)"', page)), read(page).text
    fields = sent_by(page)
    status, page = owner.send("import", {**fields, "set_only": "power co", "set_category": "electricity"})
    assert status == 200, read(page).text
    assert "Expense, electricity, $412.80" in read(page).text
    assert confirm(owner, page)[0] == 303


def test_where_the_ledger_has_moved_on_a_new_preview_is_shown(owner: Owner) -> None:
    _, page = drop(owner, "r.csv", RECEIPTS, **PRESET)
    record(owner.home, receipt("r9", "2026-02-09"))
    status, again = confirm(owner, page)
    assert status == 409
    assert "The ledger has moved on since this was shown. Nothing was recorded" in read(again).text
    assert owner.position == 5
    assert confirm(owner, again)[0] == 303
    assert owner.position == 7


def test_nothing_but_what_was_previewed_is_recorded(owner: Owner) -> None:
    _, page = drop(owner, "r.csv", RECEIPTS, **PRESET)
    other = sent_by(drop(owner, "r.csv", RECEIPTS.replace(b"0.02", b"0.03"), **PRESET)[1])
    seen = sent_by(page)
    assert owner.send("import", {**seen, "file": other["file"]})[0] == 409
    assert owner.send("import", {**seen, "digest": other["digest"]})[0] == 409
    assert owner.send("import", {**seen, "file": "0" * 64})[0] == 422
    assert owner.send("import", {**seen, "nonce": "1"})[0] == 422
    assert owner.position == 4


def test_what_is_appended_between_the_look_and_the_record_is_no_race(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, page = drop(owner, "r.csv", RECEIPTS, **PRESET)
    append = owner.store.append

    def late(*batches: Batch) -> object:
        monkeypatch.setattr(owner.store, "append", append)
        record(owner.home, receipt("r9", "2026-02-09"))
        return append(*batches)

    monkeypatch.setattr(owner.store, "append", late)
    assert confirm(owner, page)[0] == 409
    assert owner.position == 5


def test_a_ledger_that_another_process_holds_has_not_moved_on(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    _, page = drop(owner, "r.csv", RECEIPTS, **PRESET)

    def held(*_: Batch) -> object:
        raise BusyError("the ledger is held")

    with monkeypatch.context() as locked:
        locked.setattr(owner.store, "append", held)
        status, again = confirm(owner, page)
    assert (status, owner.position) == (409, 4)
    assert "Another process is writing in the ledger. Nothing was recorded" in read(again).text
    assert confirm(owner, again)[0] == 303


def test_known_rows_that_say_otherwise_are_corrected_only_when_asked_to(owner: Owner) -> None:
    assert confirm(owner, drop(owner, "r.csv", RECEIPTS, **PRESET)[1])[0] == 303
    more = RECEIPTS.replace(b"price_usd", b"price_usd,note").replace(b"100000\n", b"100000,\n") + b",late"
    status, page = drop(owner, "r.csv", more, **PRESET)
    assert status == 200
    assert "Known rows that say otherwise now" in read(page).text
    assert owner.position == 6
    status, page = owner.send("import", sent_by(page))
    assert status == 200
    assert "1 new event" in read(page).text
    assert confirm(owner, page)[0] == 303
    (last,) = (event for _, event in owner.store.read("main", after=6))
    assert isinstance(last, Correction)
    assert last.set_ == {"note": "late"}


@pytest.mark.parametrize("name", ["../../etc/r.csv", "C:\\books\\r.csv", "\u202er.csv", "<b>.csv", "a" * 999 + ".csv"])
def test_a_file_has_the_last_part_of_its_name_and_lies_nowhere(
    owner: Owner, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = tmp_path / "scratch"
    empty.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(empty))
    monkeypatch.delattr("os.memfd_create", raising=False)
    status, page = drop(owner, name, RECEIPTS, **PRESET)
    assert status == 200
    kept = sent_by(page)["file_name"]
    assert kept.endswith(".csv")
    assert len(kept) <= LONGEST_NAME
    assert not set("/\\\u202e") & set(kept.replace("\\u202e", ""))
    assert "<b>" not in page
    assert list(empty.iterdir()) == []


def test_who_is_not_logged_in_brings_in_nothing(owner: Owner) -> None:
    stranger = owner.browser()
    assert stranger.get(AT).status_code == 403
    fields = {**owner.open(AT), "step": "record"}
    assert stranger.post(AT, data=fields, headers=HERE).status_code == 403
    assert owner.send("import", {**fields, "csrf": "x"})[0] == 403
    assert "/act/import" not in stranger.get("/costs").text
    assert "/act/import" in owner.client.get("/costs").text


def test_a_form_of_a_session_that_ended_is_shown_again_and_its_file_asked_for(owner: Owner) -> None:
    begun = {**owner.open(AT), **PRESET}
    begun.pop("file", None)
    preview = sent_by(drop(owner, "r.csv", RECEIPTS, **PRESET)[1])
    owner.clock.move(IDLE_SECONDS + 1)
    assert owner.send("import", preview)[0] == 403
    assert owner.log_in() == 303
    status, page = owner.send("import", preview)
    assert (status, "he file is not here any more: choose it again" in read(page).text) == (403, True)
    answer = owner.client.post(AT, data=begun, files={"file": ("r.csv", RECEIPTS)}, headers=HERE)
    assert (answer.status_code, owner.position) == (403, 4)
    assert "This form is of a session that has ended; it has recorded nothing." in read(answer.text).text
    assert confirm(owner, answer.text)[0] == 303
    assert owner.position == 6
    assert confirm(owner, answer.text)[0] == 303
    assert owner.position == 6


def test_a_file_that_is_too_large_is_refused(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lotwork.web.forms_sent.MOST_FILE_BYTES", 10)
    assert drop(owner, "r.csv", RECEIPTS, **PRESET)[0] == 413
