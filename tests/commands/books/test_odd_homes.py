"""Homes with odd names, links, wrecks and namesakes: none is passed over, asked twice or drawn over another's."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import BinaryIO

import pytest

from lotwork.commands.books import kept
from lotwork.commands.books.asking import Ask
from lotwork.commands.books.cluster import on_cluster
from lotwork.commands.books.running import in_pool
from lotwork.ledger.errors import UnreachableError, UsageError
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from tests.commands.books.homes import books, everyone, lines, told
from tests.commands.books.test_running import items
from tests.commands.calling import Caller

LIABILITY = ("all", "liability", "--year", "2025")
FORMS = ("all", "forms", "--format", "8949", "--year", "2025")


@pytest.mark.parametrize("name", ["with space", "new\nline", "語", "-dash", ".hidden", "=1+1", "esc\x1b[31m"])
def test_a_home_is_asked_whatever_it_is_called(homes: Caller, name: str) -> None:
    homes.home.rename(homes.home.with_name(name))
    rows = everyone(homes, *LIABILITY, code=1)["rows"]
    assert sorted(books(rows)) == sorted([name, "bob", "cleo"])
    out = told(homes, *LIABILITY, code=1).out
    assert "\x1b" not in out
    assert len([line for line in out.splitlines() if "main" in line]) == 3


@pytest.mark.parametrize("name", [b"\xff", b"caf\xe9", b"a\xc3"])
def test_a_name_that_is_no_text_is_told_and_stops_no_other(homes: Caller, name: bytes) -> None:
    homes.home.rename(homes.home.with_name(os.fsdecode(name)))
    result = everyone(homes, *LIABILITY, code=2)
    assert books(result["rows"]) == ["bob", "cleo"]
    (failure,) = result["failures"]
    assert "no UTF-8" in failure["message"]
    assert "\\x" in told(homes, *LIABILITY, code=2).out
    assert "no UTF-8" in homes.all_over("books", "--homes", homes.home.parent / os.fsdecode(name), code=2).err


def test_a_ledger_that_two_links_lead_to_owes_once(homes: Caller, tmp_path: Path) -> None:
    before = everyone(homes, *LIABILITY, code=1)
    cleo = homes.home.with_name("cleo")
    cleo.rename(tmp_path / "elsewhere")
    for name in ("cleo", "link", "third"):
        homes.home.with_name(name).symlink_to(tmp_path / "elsewhere")
    (homes.home.parent / "hard").mkdir()
    (homes.home.parent / "hard" / FILE_NAME).hardlink_to(tmp_path / "elsewhere" / FILE_NAME)
    after = everyone(homes, *LIABILITY, code=1)
    assert (after["books"], after["owed_usd"]) == (before["books"], before["owed_usd"])


def _emptied(home: Path) -> None:
    (home / FILE_NAME).write_bytes(b"")


def _gone(home: Path) -> None:
    (home / FILE_NAME).unlink()


def _a_folder(home: Path) -> None:
    (home / FILE_NAME).unlink()
    (home / FILE_NAME).mkdir()


def _led_nowhere(home: Path) -> None:
    shutil.rmtree(home)
    home.symlink_to("nowhere")


@pytest.mark.parametrize("wreck", [_emptied, _gone, _a_folder, _led_nowhere])
def test_a_home_that_lost_its_ledger_is_not_passed_over(homes: Caller, wreck: object) -> None:
    assert callable(wreck)
    wreck(homes.home)
    for words in (LIABILITY, ("books",)):
        result = everyone(homes, *words, code=None)
        assert books(result["failures"]) == ["ann"]
        assert sorted(books(result["rows"])) == ["bob", "cleo"]


def test_a_folder_that_nobody_can_look_into_is_told(homes: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.is_dir

    def look(path: Path) -> bool:
        if path.name == "ann":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "is_dir", look)
    assert sorted(books(everyone(homes, *LIABILITY, code=1)["rows"])) == ["ann", "bob", "cleo"]


def test_settings_that_cannot_be_used_are_told_with_what_is_wrong(homes: Caller) -> None:
    homes.home.joinpath("config.toml").write_text('[ledger]\nurl = "postgresql://a:sup3r@h/x"\n', encoding="utf-8")
    (failure,) = everyone(homes, *LIABILITY, code=3)["failures"]
    assert "password" in failure["message"]
    assert "sup3r" not in failure["message"]


def test_homes_of_one_name_do_not_draw_over_each_other(homes: Caller, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told(homes, *FORMS, "--out", out, code=None)
    drawn = {path: path.read_bytes() for path in out.rglob("*.csv")}
    others = Caller.beside(homes, "x").home.parent.with_name("others")
    shutil.copytree(homes.home.with_name("cleo"), others / "ann")
    ended = homes.all_over(*FORMS, "--homes", others, "--workers", "1", "--out", out, code=2)
    assert "another" in ended.out
    assert {path: path.read_bytes() for path in out.rglob("*.csv")} == drawn
    homes.all_over(*FORMS, "--homes", others, "--workers", "1", "--out", tmp_path / "own", code=None)
    assert (tmp_path / "own" / "ann" / "main" / "book.txt").is_file()


def test_parquet_is_written_again_and_again(homes: Caller, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    for _ in range(3):
        everyone(homes, *LIABILITY, "--out", tmp_path / "out", "--parquet", code=1)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "liability-2025.jsonl", "liability-2025.parquet",
    ]  # fmt: skip


@pytest.mark.parametrize("words", [b"\xff\xfe\n", b"null\n", b'{"home": 1}\n', b"[" * 5000 + b"\n", b"\x00" * 100])
def test_lines_that_are_not_ours_are_no_answers(homes: Caller, tmp_path: Path, words: bytes) -> None:
    (tmp_path / "out").mkdir()
    for name in ("liability-2025.jsonl", "liability-2025.part.jsonl"):
        (tmp_path / "out" / name).write_bytes(words)
    assert everyone(homes, *LIABILITY, "--out", tmp_path / "out", code=1)["asked"] == 3
    assert len(lines(tmp_path / "out" / "liability-2025.jsonl")) == 3


@pytest.mark.parametrize("inside", ["", "in/it"])
def test_results_go_into_no_file(homes: Caller, tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert "no folder" in told(homes, *LIABILITY, "--out", tmp_path / "file" / inside, code=2).err


def test_a_run_that_waited_for_the_end_of_another_writes_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other takes its file away between this one's opening and its lock."""
    other, real = kept.Kept(tmp_path, "replay"), fcntl.flock
    other.finish(())

    def flock(file: BinaryIO, how: int) -> None:
        other.close()
        real(file, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    ours = kept.Kept(tmp_path, "replay")
    assert (tmp_path / "replay.part.jsonl").stat().st_ino == os.fstat(ours._out.fileno()).st_ino
    ours.close()


@pytest.mark.parametrize(
    "address",
    ["nonsense", "tcp://", "tls://127.0.0.1:8786", "http://127.0.0.1:80", "tcp://u:sup3r@h:1", "inproc://", ""],
)
def test_what_is_no_address_of_a_scheduler_is_said_at_once(address: str) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError) as refused:
        next(on_cluster(Ask("replay", (), None, (), None, is_kept=False, program=""), items(1), address))
    assert "sup3r" not in str(refused.value)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "tcp://no-such-host.invalid:8786"])
def test_a_scheduler_that_nobody_runs_is_said_at_once(address: str) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UnreachableError, match="nothing answers there"):
        next(on_cluster(Ask("replay", (), None, (), None, is_kept=False, program=""), items(1), address))


def blocked(_ask: Ask, _batch: object) -> list[str]:
    """Tell which signals the process that this one was forked from is deaf to."""
    status = Path(f"/proc/{os.getppid()}/status").read_text(encoding="utf-8")
    return [line for line in status.splitlines() if line.startswith("SigBlk")]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell which signals are blocked")
def test_the_server_of_the_workers_is_deaf_to_an_interruption_from_its_first_moment() -> None:
    ask = Ask("replay", (), None, (), None, is_kept=False, program="")
    (line,) = in_pool(ask, items(1), 1, work=blocked)  # type: ignore[arg-type] # it tells of the process, not of a book
    assert int(str(line).split()[1], 16) & 2
