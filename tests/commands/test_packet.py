"""`lotwork packet`: built whole or not at all, from a sound log, with its drafts and filings told."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lotwork.packet.zip_writer import ZipWriter
from tests.commands.calling import Caller
from tests.commands.test_forms import LONG, ME, MINED, MORE, PRIOR, SHORT
from tests.projections.house import receipt

BOOK = (ME, PRIOR, MINED, MORE, LONG, SHORT)


def member(file: Path, name: str) -> Any:
    with zipfile.ZipFile(file) as opened:
        content = opened.read(name)
    return json.loads(content) if name.endswith(".json") else content.decode()


def sentences(told: dict[str, Any], kind: str) -> list[str]:
    return [each["words"] for each in told["sentences"] if each["kind"] == kind]


def test_what_is_built_is_verified_and_knows_its_head(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*BOOK)
    file = tmp_path / "packet.zip"
    built = lotwork("packet", "build", "--year", "2025", "--out", file, "--json").result
    assert (built["schema"], built["draft"], built["bytes"]) == ("lotwork.packet_build.v1", False, file.stat().st_size)
    told = lotwork("packet", "verify", file, "--head", built["head"], "--json").result
    assert (told["ok"], told["own_verifier"], sentences(told, "WRONG")) == (True, True, [])
    other = lotwork("packet", "verify", file, "--head", "0" * 64, "--json", code=4).result
    assert not other["ok"]
    assert "this is not the log you know of" in sentences(other, "WRONG")[0]
    assert lotwork("packet", "verify", tmp_path / "none.zip", code=2)
    assert "DRAFT" not in member(file, "README.txt")


def test_a_packet_of_an_open_year_is_a_draft_and_says_so_thrice(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*BOOK, receipt("pending", "2025-03-01", "1", None))
    file = tmp_path / "packet.zip"
    told = lotwork("packet", "build", "--year", "2025", "--out", file, code=1)
    assert "DRAFT: receipt_pending" in told.out
    assert "`lotwork --book main head` tells it" in told.out
    assert member(file, "manifest.json")["draft"]
    assert member(file, "README.txt").startswith("DRAFT: ")
    checked = lotwork("packet", "verify", file)
    assert "DRAFT: this packet is no final one: receipt_pending:pending is open" in checked.out
    (finding,) = member(file, "findings.json")["findings"]
    assert (finding["stops_filing"], finding["acknowledged_by"]) == (True, None)


def test_a_year_is_over_by_the_day_it_is_looked_at_on(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*BOOK)
    for day, draft in (("2025-12-31", True), ("2026-01-01", False)):
        file = tmp_path / f"{day}.zip"
        lotwork("packet", "build", "--year", "2025", "--out", file, "--on", day, code=None)
        assert member(file, "manifest.json")["draft"] == draft


def test_a_filed_year_is_packed_with_what_has_moved_since(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*BOOK, receipt("pending", "2025-03-01", "1", None))
    lotwork("file", "--year", "2025", "--acknowledge", "receipt_pending:pending")
    file = tmp_path / "packet.zip"
    lotwork("packet", "build", "--year", "2025", "--out", file, code=1)
    filed, told = member(file, "filed.json"), lotwork("packet", "verify", file, "--json").result
    assert (len(filed["filings"]), filed["moved"]) == (1, [])
    assert not member(file, "manifest.json")["draft"]
    (finding,) = member(file, "findings.json")["findings"]
    assert finding["acknowledged_by"] == filed["filings"][0]["id"]
    assert any("the exact answer kept as evidence has the same" in words for words in sentences(told, "ok"))
    lotwork.take({"kind": "year_facts", "id": "more", "at": "2025-06-01T00:00:00Z", "year": 2025, "wages_usd": "2000"})
    lotwork("packet", "build", "--year", "2025", "--out", file, "--overwrite", code=1)
    moved_lines = {(each["form"], each["line"]): each for each in member(file, "filed.json")["moved"]}
    wages = moved_lines["Form 1040", "1a"]
    assert (wages["filed_usd"], wages["now_usd"]) == ("1000.00", "2000.00")
    moved = lotwork("packet", "verify", file, "--json").result
    assert any("lines have moved since the return was filed" in words for words in sentences(moved, "note"))


def test_a_broken_log_is_never_packed(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*BOOK)
    with sqlite3.connect(lotwork.home / "ledger.sqlite") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE events SET payload = replace(payload, '40000.01', '40000.02')")
    database.close()
    refused = lotwork("packet", "build", "--year", "2025", "--out", tmp_path / "packet.zip", code=4)
    assert "no packet was made" in refused.err
    assert not list(tmp_path.glob("*.zip"))


def test_a_file_that_is_there_stays_unless_asked(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*BOOK)
    file = tmp_path / "packet.zip"
    file.write_bytes(b"mine")
    assert "--overwrite" in lotwork("packet", "build", "--year", "2025", "--out", file, code=3).err
    assert file.read_bytes() == b"mine"


def test_a_full_disk_leaves_no_half_packet(lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lotwork.take(*BOOK)

    def full(_: ZipWriter) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ZipWriter, "close", full)
    file, before = tmp_path / "packet.zip", sorted(tmp_path.iterdir())
    told = lotwork("packet", "build", "--year", "2025", "--out", file, code=None)
    assert told.code
    assert "no packet was made" in told.err
    assert sorted(tmp_path.iterdir()) == before


def test_an_empty_book_and_a_book_abroad_are_refused(lotwork: Caller, tmp_path: Path) -> None:
    lotwork("init", "--no-input")
    assert lotwork("packet", "build", "--year", "2025", "--out", tmp_path / "p.zip", code=None).code in (2, 3)
    lotwork.take({**ME, "jurisdiction": "de"})
    assert lotwork("packet", "build", "--year", "2025", "--out", tmp_path / "p.zip", code=2)


def test_a_pipe_is_refused_and_not_waited_for(lotwork: Caller, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "packet.zip")
    assert "is neither a file nor a folder" in lotwork("packet", "verify", tmp_path / "packet.zip", code=4).out
