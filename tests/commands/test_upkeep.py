"""Keeping the ledger: verify, head, backup, restore, doctor."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import StorageError
from lotwork.ledger.events import Correction
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore
from tests.commands.calling import Caller
from tests.ledger.making import filled
from tests.projections.house import receipt

LEDGER = Path(__file__).parents[1] / "data" / "first_ledger.jsonl"
A = receipt("a", "2025-01-01", "1")


def tamper(home: Path, sql: str) -> None:
    """Change the database as no writer of ours could: past its guards, which stand again afterwards."""
    with closing(sqlite3.connect(home / "ledger.sqlite", isolation_level=None)) as database:
        guards = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        database.execute(sql)
        for _, guard in guards:
            database.execute(guard)


def test_a_sound_ledger_verifies(lotwork: Caller) -> None:
    lotwork("import", LEDGER)
    told = lotwork("verify", "--json").result
    assert told.keys() >= {"ok", "events", "head", "first_bad"}
    assert (told["ok"], told["events"], told["first_bad"]) == (True, 8, None)
    assert "8 events are as they were written" in lotwork("verify").out


def test_verify_names_the_heads_of_the_books_there_are_where_there_is_no_main(lotwork: Caller) -> None:
    """A head of 0 and zeros said of a book that is not there is nothing to write down."""
    lotwork.take(A | {"book": "rigs"}, A | {"book": "hers"})
    told = lotwork("verify").out
    ends = [re.escape(lotwork("head", "--book", book).out.split()[-1]) for book in ("hers", "rigs")]
    assert re.fullmatch(
        rf"2 events are as they were written; hers ends at 1, {ends[0]}; rigs ends at 1, {ends[1]}\n", told
    )
    assert "hers" not in lotwork("verify", "--book", "rigs").out
    lotwork.take(A | {"id": "b"})
    assert re.fullmatch(r"3 events are as they were written; main ends at 1, \w{64}\n", lotwork("verify").out)


def test_a_changed_event_is_found_by_its_position(lotwork: Caller) -> None:
    lotwork("import", LEDGER)
    tamper(lotwork.home, "UPDATE events SET payload = replace(payload, '90000', '80000') WHERE position = 2")
    told = lotwork("verify", "--json", code=4).result
    assert (told["ok"], told["first_bad"]) == (False, 2)
    assert lotwork("verify", code=4).err.startswith("lotwork: ")


def test_a_piece_of_evidence_that_is_not_what_was_kept_is_found(lotwork: Caller) -> None:
    lotwork.take(receipt("r", "2025-03-01", "1"))
    kept = Evidence(lotwork.home)
    name = kept.keep(b"the pool's statement")
    lotwork("verify")
    (kept.folder / name[:2] / name).write_bytes(b"the pool's statemenT")
    told = lotwork("verify", "--json", code=4).result
    assert (told["ok"], told["first_bad"], name in told["message"]) == (False, None, True)


def test_a_tail_cut_off_is_told_by_every_reader(lotwork: Caller) -> None:
    lotwork("import", LEDGER)
    tamper(lotwork.home, "DELETE FROM events WHERE position = 8")
    for words in (("verify",), ("lots",), ("head",), ("gains", "--year", "2025")):
        assert lotwork(*words, code=4).err


def test_a_head_is_where_the_log_ends(lotwork: Caller) -> None:
    assert lotwork("head", "--json").result["position"] == 0
    lotwork.take(A)
    told = lotwork("head", "--json").result
    assert lotwork("head").out == f"main 1 {told['head']}\n"


def test_a_backup_brings_everything_back(lotwork: Caller, tmp_path: Path) -> None:
    (tmp_path / "bill.pdf").write_bytes(b"a bill")
    lotwork.take(A | {"evidence": "bill.pdf"})
    head = lotwork("head").out
    told = lotwork("backup", tmp_path / "kept.backup", "--json").result
    assert (told["events"], told["evidence"]) == (1, 1)
    assert "1 events and 1 pieces of evidence, verified" in lotwork("backup", tmp_path / "again.backup").out
    lotwork.home = tmp_path / "new"
    assert lotwork("restore", tmp_path / "kept.backup", "--json").result["events"] == 1
    assert lotwork("head").out == head
    assert lotwork("verify", "--json").result["ok"] is True


def test_an_older_backup_is_not_put_over_a_newer_ledger_by_mistake(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(A)
    lotwork("backup", tmp_path / "old.backup")
    lotwork.take(receipt("b", "2025-01-02", "1"))
    assert "--allow-older" in lotwork("restore", tmp_path / "old.backup", code=None).err
    assert lotwork("head", "--json").result["position"] == 2
    told = lotwork("restore", tmp_path / "old.backup", "--allow-older").out
    assert re.search(r"1 events are back, as of \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", told)
    assert lotwork("head", "--json").result["position"] == 1


@pytest.mark.parametrize("content", [b"", b"no backup", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_backup_is_refused_and_changes_nothing(
    lotwork: Caller, tmp_path: Path, content: bytes
) -> None:
    lotwork.take(A)
    head = lotwork("head").out
    (tmp_path / "bad.backup").write_bytes(content)
    assert lotwork("restore", tmp_path / "bad.backup", code=None).code in (3, 4)
    assert lotwork("restore", tmp_path / "missing.backup", code=None).code in (2, 3, 4, 5)
    assert lotwork("head").out == head


def test_the_doctor_looks_at_an_empty_home_and_at_a_full_one(lotwork: Caller) -> None:
    assert lotwork("doctor", "--json").result["ok"] is True
    lotwork("init", "--no-input")
    lotwork.take(A)
    told = lotwork("doctor", "--json").result
    assert {"name", "ok", "detail", "remedy"} <= told["checks"][0].keys()
    assert "settings" in {check["name"] for check in told["checks"]}


def test_the_doctor_says_what_to_mend(lotwork: Caller) -> None:
    lotwork("init", "--no-input")
    (setting,) = lotwork.home.glob("*.toml")
    setting.write_text("colour = [", encoding="utf-8")
    told = lotwork("doctor", code=1)
    assert "MEND  settings: " in told.out
    assert lotwork("doctor", "--json", code=1).result["ok"] is False


def test_the_doctor_misses_a_secret_the_settings_name(lotwork: Caller) -> None:
    lotwork("init", "--no-input")
    (setting,) = lotwork.home.glob("*.toml")
    setting.write_text('[alerts.email]\nhost = "smtp.example.org"\nuser = "me"\npassword_file = "smtp.password"\n'
                       'sender = "me@example.org"\nrecipients = ["me@example.org"]\n', encoding="utf-8")  # fmt: skip
    assert "smtp.password" in lotwork("doctor", code=1).out
    secret = lotwork.home / "smtp.password"
    secret.write_text("hunter2")
    secret.chmod(0o644)
    assert "smtp.password" in lotwork("doctor", code=1).out
    secret.chmod(0o600)
    lotwork("doctor")


def lose(lotwork: Caller) -> str:
    """Delete the one piece of evidence, and return its digest."""
    (kept,) = Evidence(lotwork.home).kept()
    shutil.rmtree(lotwork.home / "evidence")
    return kept


def with_a_bill(lotwork: Caller) -> None:
    (lotwork.home.parent / "bill.pdf").write_bytes(b"a bill")
    lotwork.take(A | {"evidence": "bill.pdf"}, A | {"id": "b", "book": "her"})


def test_evidence_that_was_deleted_is_told_by_every_command_of_upkeep(lotwork: Caller, tmp_path: Path) -> None:
    with_a_bill(lotwork)
    lotwork("backup", tmp_path / "whole.backup")
    lotwork("verify")
    kept = lose(lotwork)
    said = f"1 event names evidence that is not kept: book main, position 1 (a) names {kept}: put each back as "
    told = lotwork("verify", "--json", code=4).result
    assert (told["ok"], told["first_bad"], said in told["message"]) == (False, None, True)
    assert f"lotwork: {said}" in lotwork("verify", code=4).err
    assert lotwork("backup", tmp_path / "b.backup", "--json", code=4).result["evidence_lost"] == 1
    assert said in lotwork("backup", tmp_path / "c.backup", code=4).err
    doctor = {check["name"]: check for check in lotwork("doctor", "--json", code=1).result["checks"]}
    assert (doctor["evidence"]["ok"], kept in doctor["evidence"]["detail"]) == (False, True)
    assert said in lotwork("restore", tmp_path / "b.backup", code=4).err
    lotwork("restore", tmp_path / "whole.backup", "--allow-older")
    lotwork("verify")
    doctor = {check["name"]: check for check in lotwork("doctor", "--json", code=None).result["checks"]}
    assert doctor["evidence"]["ok"]


def test_lost_evidence_is_put_back_by_its_name(lotwork: Caller) -> None:
    with_a_bill(lotwork)
    kept = lose(lotwork)
    (lotwork.home / "evidence" / kept[:2]).mkdir(parents=True)
    (lotwork.home / "evidence" / kept[:2] / kept).write_bytes(b"a bill")
    lotwork("verify")


@pytest.mark.parametrize(
    "answer",
    [
        {"kind": "void", "target": "old"},
        {"kind": "correction", "target": "old", "set": {"evidence": hashlib.sha256(b"a bill").hexdigest()}},
    ],
)
def test_a_digest_that_an_old_log_made_up_is_told_until_it_is_answered(
    lotwork: Caller, answer: dict[str, object]
) -> None:
    with_a_bill(lotwork)
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        (_, told), *_ = store.read("main")
        store.append(Batch("main", [msgspec.structs.replace(told, id="old", evidence="ab" * 32)]))
    assert f"position 2 (old) names {'ab' * 32}" in lotwork("verify", code=4).err
    lotwork.take({"at": "2026-01-01T00:00:00Z", "reason": "it never was", **answer})
    lotwork("verify")


def test_what_a_correction_sets_is_asked_for_too(lotwork: Caller) -> None:
    with_a_bill(lotwork)
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        change = Correction(id="c", at=at, target="a", reason="r", set_={"evidence": "cd" * 32})
        store.append(Batch("main", [change]))
    told = lotwork("verify", code=4).err
    assert f"1 event names evidence that is not kept: book main, position 2 (c) names {'cd' * 32}" in told


def test_of_a_flood_of_lost_evidence_the_first_are_named(lotwork: Caller) -> None:
    files = [lotwork.home.parent / f"{number}.pdf" for number in range(8)]
    for file in files:
        file.write_text(file.name)
    lotwork.take(*(A | {"id": file.stem, "evidence": file.name} for file in files))
    shutil.rmtree(lotwork.home / "evidence")
    told = lotwork("verify", code=4).err
    assert told.startswith("lotwork: 8 events name evidence that is not kept: ")
    assert "; and 3 more: put each back" in told


def test_what_cannot_be_seen_afterwards_does_not_unsay_what_was_done(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_call: object) -> NoReturn:
        raise StorageError("the disk refused: nothing was appended")

    filled(lotwork.home, 3)
    lotwork("backup", tmp_path / "b.tar")
    monkeypatch.setattr("lotwork.commands.upkeep.lost_in", refused)
    lotwork("backup", tmp_path / "other.tar", code=5)
    assert not (tmp_path / "other.tar").exists()
    restored = lotwork("--home", tmp_path / "new", "restore", tmp_path / "b.tar", code=5)
    assert "3 events are back" in restored.out
    assert "nothing was" not in restored.err
