"""Reading a home or a book that is not there ends with exit 2 and the near name, never with nothing to pay."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.calling import Caller
from tests.projections.house import receipt

A = receipt("a", "2025-01-01", "1")
READING = [
    ("lots",),
    ("income", "--year", "2025"),
    ("gains", "--year", "2025"),
    ("expenses", "--year", "2025"),
    ("equipment", "--year", "2025"),
    ("quarterly", "--year", "2025"),
    ("liability", "--year", "2025"),
    ("liability", "--year", "2025", "--jurisdiction", "de"),
    ("plan", "sale", "1"),
    ("plan", "set-aside"),
    ("plan", "harvest"),
    ("plan", "structure"),
    ("reconcile", "broker", "--year", "2025"),
    ("reconcile", "pool", "--year", "2025"),
    ("file", "--year", "2025"),
    ("diff", "--filed", "2025"),
    ("rules", "list"),
    ("rules", "show", "us/self_employment/oasdi_rate"),
    ("rules", "missing", "--year", "2025"),
    ("rules", "diff", "shipped"),
    ("replay",),
    ("verify",),
    ("head",),
    ("export",),
    ("doctor",),
]


OF_SETTINGS = [("source", "list"), ("source", "test"), ("source", "remove", "ocean")]
"""Commands that read what the settings of a home say, whatever its book."""


@pytest.mark.parametrize("words", READING + OF_SETTINGS, ids=" ".join)
def test_a_home_that_is_not_there_is_refused_with_the_name_that_was_meant(
    lotwork: Caller, words: tuple[str, ...]
) -> None:
    lotwork.take(A)
    meant, lotwork.home = lotwork.home, lotwork.home.with_name("hoem")
    told = lotwork(*words, code=2)
    assert f"hoem: holds no ledger: did you mean {meant}?" in told.err
    assert told.out == ""
    assert not lotwork.home.exists()


@pytest.mark.parametrize("words", [words for words in READING if words[0] != "doctor"], ids=" ".join)
@pytest.mark.parametrize("name", ["mian", "Main", "alice"])
def test_a_book_that_is_not_there_is_refused_with_those_that_are(
    lotwork: Caller, words: tuple[str, ...], name: str
) -> None:
    lotwork.take(A)
    told = lotwork("--book", name, *words, code=2)
    meant = "here are main" if name == "alice" else "did you mean 'main'? here are main"
    assert f"holds no book '{name}': {meant}" in told.err
    assert told.out == ""


def test_the_main_book_is_not_there_where_only_another_is(lotwork: Caller) -> None:
    lotwork.take(A | {"book": "demo"})
    assert "holds no book 'main': here are demo" in lotwork("liability", "--year", "2025", code=2).err


def test_where_the_demo_is_not_there_the_command_that_builds_it_is_told(lotwork: Caller) -> None:
    lotwork.take(A)
    told = lotwork("file", "--year", "2025", "--book", "demo", "--dry-run", code=2)
    assert told.err.endswith("holds no book 'demo': here are main; `lotwork demo` builds it\n")


def test_a_home_that_the_environment_names_is_refused_too(
    lotwork: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lotwork.take(A)
    monkeypatch.setenv("LOTWORK_HOME", str(tmp_path / "homme"))
    lotwork.home = tmp_path / "homme"
    assert "did you mean" in lotwork("income", "--year", "2025", code=2).err


def test_a_backup_of_no_ledger_is_refused(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.home = tmp_path / "nowhere"
    assert "holds no ledger" in lotwork("backup", tmp_path / "copy", code=2).err
    assert not (tmp_path / "copy").exists()


NAMES = [
    ("nicehsh.csv", "nicehash.csv"),
    ("NiceHash.csv", "nicehash.csv"),
    ("mine.jsnl", "mine.jsonl"),
    ("bank.ofx", "bank.qfx"),
]


@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--explore",)])
@pytest.mark.parametrize(("name", "meant"), NAMES)
def test_a_file_that_is_not_there_is_told_with_the_name_that_was_meant(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str, more: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / meant).touch()
    told = lotwork("import", name, *more, code=3).err
    assert told.rstrip().endswith(f"there is no file {name} here: did you mean {meant}?")
    folder = tmp_path / "bills"
    assert f"there is no folder {folder}" in lotwork("import", folder / name, *more, code=3).err
    folder.mkdir()
    told = lotwork("import", folder / name, *more, code=3).err
    assert told.rstrip().endswith(f"there is no file {name} in {folder}: check its name")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("bill.csv.map.toml", "bills.csv.map.toml"), ("Bank.toml", "bank.toml"), ("ocean-payout", "ocean-payouts")],
)
def test_a_map_that_is_not_there_is_told_with_the_name_that_was_meant(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("bills.csv.map.toml", "bank.toml"):
        (tmp_path / file).touch()
    (tmp_path / "bills.csv").write_text("Date,Amount\n2026-03-01,10\n", encoding="utf-8")
    told = lotwork("import", "bills.csv", "--map", name, code=3).err
    assert told.splitlines()[1:] == [f"{name}: map: there is no such map here: did you mean {meant}?"]
    assert "one of generic-1099-da" in lotwork("import", "bills.csv", "--map", "x.y", code=3).err


def test_a_backup_that_is_not_there_is_told_with_the_name_that_was_meant(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "march.backup").touch()
    assert "did you mean march.backup?" in lotwork("restore", "marc.backup", code=3).err


@pytest.mark.parametrize("option", ["--dry-run", "--revise", "--at=2026-01-01", "-n"])
def test_add_says_which_option_it_has_not(lotwork: Caller, option: str) -> None:
    told = lotwork("add", "payment", "year=2026", option, code=2).err
    assert f"`lotwork add` has no option {option.partition('=')[0]}: " in told


def test_a_home_begun_and_empty_is_read(lotwork: Caller) -> None:
    assert lotwork.rows("lots") == []
