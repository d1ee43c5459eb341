"""What a shell is offered: commands, kinds and keys, maps, books and sources, as click asks the program for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from lotwork.cli import COMMANDS, lotwork
from lotwork.ledger.codec import KINDS
from tests.ledger.making import filled

FOLDER = '[[sources.files]]\nname = "bills"\nfolder = "inbox"\n[[sources.files]]\nname = "books"\nfolder = "other"\n'


def offered(*words: str) -> list[str]:
    *before, incomplete = words
    asked = BashComplete(lotwork, {}, "lotwork", "_LOTWORK_COMPLETE")
    return [each.value for each in asked.get_completions(before, incomplete)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    filled(tmp_path, 2, "main")
    filled(tmp_path, 2, "second")
    (tmp_path / "config.toml").write_text(FOLDER, encoding="utf-8")
    return tmp_path


def test_commands_and_kinds_and_their_keys() -> None:
    assert offered("") == list(COMMANDS)
    assert offered("inc") == ["income"]
    assert offered("add", "") == sorted(KINDS)
    assert offered("add", "expense", "cat") == ["category="]
    assert "amount_usd=" in offered("add", "expense", "category=rent", "")
    assert "category=" not in offered("add", "expense", "category=rent", "")
    assert offered("add", "expense", "category=re") == []
    assert offered("add", "no-kind", "x") == []
    assert offered("source", "add", "sh") == ["shelly"]
    assert offered("source", "add", "2m") == ["2miners"]
    assert offered("source", "add", "prices.coing") == ["prices.coingecko"]


def test_maps_that_come_along_and_those_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coin-mine.toml").write_text("")
    assert offered("import", "--map", "coin-") == ["coin-mine.toml"]
    assert "coinbase" in offered("map", "show", "coin")


def test_books_and_sources_of_the_home_that_is_named(home: Path) -> None:
    at = ("--home", str(home))
    assert offered(*at, "--book", "") == ["main", "second"]
    assert offered("lots", *at, "--book", "s") == ["second"]
    assert offered(*at, "poll", "b") == ["bills", "books"]
    assert offered(*at, "source", "remove", "bil") == ["bills"]


@pytest.mark.parametrize("spoiled", ["[[sources", "", None])
def test_where_nothing_can_be_had_nothing_is_offered_and_nothing_said(
    tmp_path: Path, spoiled: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if spoiled is not None:
        (tmp_path / "config.toml").write_text(spoiled, encoding="utf-8")
    at = ("--home", str(tmp_path))
    assert offered(*at, "--book", "") == []
    assert offered(*at, "poll", "") == []
    assert capsys.readouterr() == ("", "")
    assert not (tmp_path / "ledger.sqlite").exists()
