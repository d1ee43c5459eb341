"""`lotwork upgrade-check`: what the log is written in, and what another version, run over a copy, makes of it."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs

from lotwork.ledger.codec import SCHEMA_VERSION
from lotwork.ledger.storage.rows import event_hash
from lotwork.ledger.storage.sqlite.connection import ledger_file
from tests.architecture.house import PACKAGE, ROOT
from tests.commands.calling import Caller
from tests.ledger.storage.test_store_golden import GOLDEN, Line, lines_of
from tests.projections.house import receipt

ME = {"kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single", "time_zone": "UTC",
      "activity": "business", "jurisdiction": "us"}  # fmt: skip
MINED = receipt("a", "2025-01-01", "1", "90000")
MOVING = (ROOT / "docs" / "moving.md").read_text(encoding="utf-8")
OF_SYSTEMD = {"service uninstall --user", "service install --user"}
"""Run under a real systemd by tests/commands/test_service.py."""


def wheel(folder: Path, edited: Mapping[str, tuple[str, str]]) -> Path:
    """Return the code of this Lotwork as the wheel of a version of its own, with some words of it *edited*."""
    file = folder / "lotwork-9.9.9-py3-none-any.whl"
    left = dict(edited)
    with zipfile.ZipFile(file, "w") as made:
        for path in walk(ROOT / PACKAGE):
            name = str(path.relative_to(ROOT))
            content = path.read_bytes()
            if name in left:
                before, after = left.pop(name)
                assert before.encode() in content, name
                content = content.replace(before.encode(), after.encode(), 1)
            made.writestr(name, content)
        made.writestr("lotwork-9.9.9.dist-info/METADATA", "Metadata-Version: 2.1\nName: lotwork\nVersion: 9.9.9\n")
    assert not left
    return file


def walk(folder: Path) -> list[Path]:
    """Return every file that a wheel holds; the rooms are links."""
    found: list[Path] = []
    for path in folder.iterdir():
        if path.is_dir() and path.name != "__pycache__":
            found += walk(path)
        elif path.suffix in (".py", ".toml"):
            found.append(path)
    return found


def test_what_the_log_is_written_in_is_told(lotwork: Caller) -> None:
    lotwork.take(ME, MINED)
    told = lotwork("upgrade-check", "--json").result
    assert (told["ok"], told["events"], told["schema_versions"], told["formats"]) == (True, 2, {"2": 2}, [1])
    assert told["reads_schema_version"] >= 2
    assert told["then"] is None
    assert "it opens this log" in lotwork("upgrade-check").out


def test_a_home_of_other_books_alone_is_asked_as_a_whole(lotwork: Caller) -> None:
    lotwork("--book", "other", "add", "profile", "at=2024-01-01T00:00:00Z", "filing_status=single", "time_zone=UTC")
    lotwork("--book", "other", "add", "profile", "at=2025-01-01T00:00:00Z", "filing_status=mfj")
    assert "it opens this log" in lotwork("upgrade-check").out
    assert lotwork("upgrade-check", "--json").result["events"] == 2
    assert "no book 'othr': did you mean 'other'?" in lotwork("upgrade-check", "--book", "othr", code=2).err


def test_a_version_that_moves_a_figure_is_told_with_its_law_and_each_line(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(ME, MINED)
    before = {path: path.read_bytes() for path in lotwork.home.rglob("*") if path.is_file()}
    other = wheel(tmp_path, {"lotwork/rules/us/self_employment.toml": ("value = 0.124", "value = 0.125")})
    told = lotwork("upgrade-check", "--to", other, "--json", code=1).result
    assert (told["ok"], told["then"]["opens"], told["then"]["version"]) == (False, True, "9.9.9")
    assert told["now"]["law"] != told["then"]["law"]
    assert told["years_compared"] == {"main": [2025]}
    lines = {(row["form"], row["line"]): (row["now_usd"], row["then_usd"]) for row in told["moved"]}
    oasdi = [(now, then) for (form, _), (now, then) in lines.items() if form == "Schedule SE"]
    assert oasdi
    assert all(now is not None and then is not None and float(now) < float(then) for now, then in oasdi)
    assert {path: path.read_bytes() for path in before} == before


def test_a_version_that_does_not_read_the_log_is_told_with_its_own_words(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(ME, MINED)
    other = wheel(tmp_path, {"lotwork/ledger/codec.py": ("SCHEMA_VERSION = 2", "SCHEMA_VERSION = 1")})
    told = lotwork("upgrade-check", "--to", other, "--json", code=1).result
    assert (told["ok"], told["then"]["opens"], told["moved"]) == (False, False, [])
    assert "version 2" in told["then"]["message"]


def test_what_is_no_version_is_refused_with_how_to_have_one(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(MINED)
    assert "pip install lotwork==VERSION" in lotwork("upgrade-check", "--to", "0.2.0", code=2).err
    (tmp_path / "x.whl").write_text("no zip")
    assert "is no wheel" in lotwork("upgrade-check", "--to", tmp_path / "x.whl", code=3).err
    (tmp_path / "lotwork").write_text("#!/bin/sh\necho something else\n")
    (tmp_path / "lotwork").chmod(0o755)
    assert "is no Lotwork that runs here" in lotwork("upgrade-check", "--to", tmp_path / "lotwork", code=3).err


def test_a_damaged_log_is_shown_to_no_other_version(lotwork: Caller) -> None:
    lotwork.take(MINED)
    (lotwork.home / "heads.log").write_text("main 7 " + "0" * 64 + " 2026-01-01T00:00:00+00:00\n")
    assert lotwork("upgrade-check", code=4).out == ""


def lay(lotwork: Caller, golden: Path) -> int:
    """Write a golden log into an empty ledger as it was written then, with its head; return how many events it has."""
    begun, lines = lines_of(golden)
    book = (begun.book, begun.ledger, begun.format_version, begun.created_us, bytes.fromhex(begun.genesis))
    with closing(sqlite3.connect(ledger_file(lotwork.home))) as ledger, ledger:
        ledger.execute("INSERT INTO books VALUES (?, ?, ?, ?, ?)", book)
    put(lotwork.home, begun.genesis, *lines)
    lotwork("verify", "--renew-heads")
    return len(lines)


def put(home: Path, before: str, *lines: Line) -> None:
    """Write lines behind the hash *before*, each with its own."""
    previous, latest = bytes.fromhex(before), 0
    with closing(sqlite3.connect(ledger_file(home))) as ledger, ledger:
        for line in lines:
            latest = max(latest, line.at_us)
            told = ("main", line.position, line.id, line.kind, line.schema_version, line.at_us)
            after = event_hash((*told, line.source, line.txid, line.recorded_us, line.payload, previous))
            values = (*told, latest, line.source, line.txid, line.recorded_us, line.payload, previous, after)
            ledger.execute(f"INSERT INTO events VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608 - ours
            previous = after


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda file: file.stem)
def test_a_log_of_each_former_version_is_opened(lotwork: Caller, golden: Path) -> None:
    lotwork("init")
    events = lay(lotwork, golden)
    told = lotwork("upgrade-check", "--json").result
    assert (told["ok"], told["events"], told["formats"]) == (True, events, [1])
    assert sum(told["schema_versions"].values()) == events


def test_a_log_of_a_newer_version_is_not_opened_and_says_what_to_do(lotwork: Caller) -> None:
    lotwork("init")
    position = lay(lotwork, GOLDEN[-1])
    last = lines_of(GOLDEN[-1])[1][-1]
    tomorrow = structs.replace(last, position=position + 1, id="of-tomorrow", schema_version=SCHEMA_VERSION + 1)
    put(lotwork.home, last.hash, tomorrow)
    refused = lotwork("upgrade-check", code=4)
    assert "upgrade the program" in refused.err
    assert "opens this log" not in refused.out


def test_a_log_without_an_event_is_told_so(lotwork: Caller) -> None:
    lotwork("init")
    shown = lotwork("upgrade-check").out
    assert shown.startswith("The log has no event yet.")
    assert "it opens this log" in shown


def test_the_commands_that_move_a_home_do_so(lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of docs/moving.md, in its order, on two homes."""
    monkeypatch.chdir(tmp_path)
    lotwork.take(ME, MINED)
    (block, moved, _) = re.findall(r"```\n(.*?)```", MOVING, re.DOTALL)
    there = lotwork.beside("there")
    ran, head = [], ""
    for line in (*block.splitlines(), *moved.splitlines()):
        words = line.removeprefix("lotwork ").removeprefix("--home /srv/lotwork ")
        if words in OF_SYSTEMD:
            continue
        told = (there if "--home" in line else lotwork)(*words.split())
        ran.append(words.split()[0])
        if words == "head":
            assert told.out == (head := head or told.out)
        if "--print" in words:
            assert str(there.home) in told.out
    assert ran == ["head", "backup", "restore", "head", "verify", "doctor", "service"]
    assert there("income", "--year", "2025", "--json").result["rows"] == lotwork.rows("income", "--year", "2025")
