"""The edge of the program: streams that are closed or full, homes nobody has, and a newer ledger."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.calling import Caller
from tests.commands.conftest import lotwork as lotwork  # noqa: PLC0414 - the fixture, also here
from tests.projections.house import receipt

ROOT = Path(__file__).parents[1]


def shell(home: Path, words: str) -> subprocess.CompletedProcess[str]:
    """Run `lotwork` in a shell of its own, so that its streams can be what *words* make them."""
    command = f'"{sys.executable}" -m lotwork --home "{home}" {words}'
    return subprocess.run(
        ["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.parametrize("words", ["rules list", "--json rules list", "--help", "export jsonl", "--json lots"])
def test_a_full_standard_output_is_no_bug(tmp_path: Path, words: str) -> None:
    (tmp_path / "e.jsonl").write_text('{"kind":"wallet","at":"2025-01-01T00:00:00Z","wallet":"w"}', encoding="utf-8")
    assert shell(tmp_path / "home", f'import "{tmp_path / "e.jsonl"}"').returncode == 0
    told = shell(tmp_path / "home", f"{words} > /dev/full")
    assert told.returncode == 5
    assert "No space left on device" in told.stderr
    assert "bug" not in told.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_standard_stream_is_no_bug_and_no_file_takes_its_place(tmp_path: Path, closed: str) -> None:
    add = "add expense at=2025-03-01T12:00:00Z category=rent amount_usd=1"
    assert shell(tmp_path / "home", f"--json {add} {closed}").returncode == 0
    assert shell(tmp_path / "home", "verify").stdout.startswith("1 events are as they were written")


INTERRUPTED = """
import os, runpy, signal, sys


class Interrupts:
    def find_spec(self, name, path, target=None):
        if name == sys.argv[-1]:
            sys.argv.pop()
            os.kill(os.getpid(), signal.SIGINT)


sys.meta_path.insert(0, Interrupts())
runpy.run_module("lotwork", run_name="__main__", alter_sys=False)
"""


@pytest.mark.parametrize("loads", ["lotwork.cli", "click", "click.core", "msgspec", "lotwork.commands.upkeep"])
def test_who_is_interrupted_while_the_command_is_loaded_says_so_and_leaves_no_trace(tmp_path: Path, loads: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, "--home", str(tmp_path / "home"), "head", "--json", loads]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (told.returncode, told.stderr.strip()) == (130, "lotwork: stopped")
    assert json.loads(told.stdout)["error"] == "Stopped"


@pytest.mark.parametrize("words", [("lots",), ("poll",)])
def test_a_home_of_nobody_is_told(lotwork: Caller, words: tuple[str, ...]) -> None:
    lotwork.home = Path("~nobody-is-called-this/x")
    assert "name the folder in full" in lotwork(*words, code=2).err


def test_a_variable_that_is_no_text_is_told(lotwork: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTWORK_DAEMON__PORT", "\udcff")
    assert "$LOTWORK_DAEMON__PORT: (value): it is not UTF-8: set it as UTF-8 text" in lotwork("poll", code=3).err


@pytest.mark.parametrize("words", [("head",), ("lots",), ("export", "jsonl"), ("verify",), ("import", "none.jsonl")])
def test_a_ledger_of_a_newer_format_is_not_read_as_if_it_were_known(lotwork: Caller, words: tuple[str, ...]) -> None:
    lotwork.take(receipt("a", "2025-01-01", "1"))
    with sqlite3.connect(lotwork.home / "ledger.sqlite") as database:
        database.execute("PRAGMA user_version = 9")
    database.close()
    (lotwork.home.parent / "none.jsonl").touch()
    told = lotwork(*(str(lotwork.home.parent / word) if word.endswith(".jsonl") else word for word in words), code=4)
    assert "format 9, and this Lotwork knows 1: upgrade the program" in told.err + told.out


def test_doctor_tells_of_a_guard_that_is_gone(lotwork: Caller) -> None:
    lotwork.take(receipt("a", "2025-01-01", "1"))
    database = sqlite3.connect(lotwork.home / "ledger.sqlite")
    (guard,) = database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchone()
    database.execute(f"DROP TRIGGER {guard}")
    database.close()
    assert f"were changed or removed ({guard})" in lotwork("doctor", code=1).out


@pytest.mark.parametrize("how", [(), ("--dry-run",)])
@pytest.mark.parametrize("book", ["x" * 65, " main"])
def test_a_book_without_a_name_is_refused_at_its_line(lotwork: Caller, how: tuple[str, ...], book: str) -> None:
    file = lotwork.home.parent / "b.jsonl"
    line = {"kind": "wallet", "at": "2025-01-01T00:00:00Z", "wallet": "w", "book": book}
    file.write_text(json.dumps(line), encoding="utf-8")
    told = lotwork("import", file, *how, code=3)
    assert "b.jsonl:1: book: " in told.err
    assert "give 1 to 64 printable characters" in told.err
