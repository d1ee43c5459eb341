"""Whatever ends a command is one JSON object under `--json`: its error, its message, and the exit code it keeps."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import click
import pytest

from lotwork import cli
from tests.command_tree import command_of, commands
from tests.commands.calling import Caller, Told
from tests.projections.house import receipt

EVERY = list(commands())
NEEDS = {
    "year": ("2025",),
    "quantity": ("0.1",),
    "before": ("shipped",),
    "path": ("us/self_employment/oasdi_rate",),
    "file": ("march.backup",),
    "out": ("forms",),
    "asset": ("BTC",),
    "instant": ("2025-01-01T00:00Z",),
    "blank": ("f8949.pdf",),
    "words": ("liability", "--year", "2025"),
}
"""What stands for that without which a command of a book is not called."""
OF_NO_BOOK = {
    *("init", "demo", "run", "poll", "import", "add", "source add", "source remove", "source list", "source test"),
    *("service install", "service status", "service uninstall", "alert test", "ledger init", "ledger move", "restore"),
    *("map list", "map show", "compute", "doctor", "api token", "web password", "web reader", "packet verify",
    "packet stamp", "official map", "official fill"),
}  # fmt: skip
"""They make the book they are told, or ask none."""
REFUSED = [
    (3, "add", "expense", "category=rent", "amount_usd=much", "at=2025-01-01"),
    (3, "add", "recipt"),
    (2, "add", "payment", "year=2026", "--revise"),
    (3, "compute", "us"),
    (3, "compute", "us-state"),
    (3, "import", "nowhere.csv"),
    (2, "income", "--year", "MMXXV"),
    (2, "income", "--year", "12"),
    (2, "lots", "--at", "yesterday"),
    (2, "ledger", "move", "--to", "elsewhere"),
    (3, "restore", "no-backup"),
    (3, "rules", "show", "us/no/such"),
    (2, "source", "add", "nothing-known"),
    (2, "export", "koinly"),
]


def error_of(told: Told, code: int) -> dict[str, Any]:
    """Return the one object on standard output; a person is told on standard error still."""
    result = told.result
    assert result["schema"] == "lotwork.error.v1"
    assert result["ok"] is False
    assert result["error"]
    assert (told.code, result["exit_code"]) == (code, code)
    assert result["message"] == result["message"].strip() != ""
    assert "\n" not in result["message"]
    assert told.err.strip()
    return result


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_a_wrong_option_of_every_command(lotwork: Caller, words: tuple[str, ...]) -> None:
    for way in (("--json", *words, "--no-such"), (*words, "--no-such", "--json")):
        error = error_of(lotwork(*way, code=2), 2)
        assert (error["error"], error["problems"]) == ("UsageError", [])
        assert "--no-such" in error["message"]


def needs(words: tuple[str, ...]) -> list[click.Parameter]:
    return [each for each in command_of(words).params if each.required]


@pytest.mark.parametrize("words", [words for words in EVERY if needs(words)], ids=" ".join)
def test_what_a_command_cannot_do_without(lotwork: Caller, words: tuple[str, ...]) -> None:
    assert error_of(lotwork(*words, "--json", code=2), 2)["message"].startswith("Missing ")


@pytest.mark.parametrize("words", [words for words in EVERY if " ".join(words) not in OF_NO_BOOK], ids=" ".join)
def test_a_book_that_is_not_there(lotwork: Caller, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lotwork.home.parent)
    lotwork.take(receipt("a", "2025-01-01", "1"))
    given = [
        word
        for each in needs(words)
        for word in (*((each.opts[0],) if isinstance(each, click.Option) else ()), *NEEDS[each.name or ""])
    ]
    error = error_of(lotwork("--book", "mian", *words, *given, "--json", code=2), 2)
    assert error["error"] == "BookNotFoundError"
    assert "did you mean 'main'?" in error["message"]


def test_none_is_excused_that_is_no_command() -> None:
    assert set(map(" ".join, EVERY)) >= OF_NO_BOOK


@pytest.mark.parametrize("words", REFUSED, ids=str)
def test_input_that_is_refused(lotwork: Caller, words: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lotwork.home.parent)
    lotwork.take(receipt("a", "2025-01-01", "1"))
    error_of(lotwork(*words[1:], "--json", given="no json", code=words[0]), words[0])


@pytest.mark.parametrize("words", [(), ("service",), ("plan",), ("nosuch",), ("lots", "--home")], ids=str)
def test_a_call_that_names_no_command_or_half_an_option(lotwork: Caller, words: tuple[str, ...]) -> None:
    assert error_of(lotwork("--json", *words, code=2), 2)["error"] == "UsageError"


ENDS = [
    (click.exceptions.Abort(), "Stopped", 130),
    (OSError(errno.ENOSPC, "No space left on device"), "StorageError", 5),
    (MemoryError(), "StorageError", 5),
    (ZeroDivisionError("by nothing"), "Bug", 70),
]


@pytest.mark.parametrize(("raised", "error", "code"), ENDS, ids=str)
def test_what_ends_a_command_from_without(
    lotwork: Caller, monkeypatch: pytest.MonkeyPatch, raised: BaseException, error: str, code: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(cli, "_stop_printing", lambda: None)
    monkeypatch.setattr(cli.lotwork, "main", fail)
    assert error_of(lotwork("rules", "list", "--json", code=code), code)["error"] == error


def test_without_json_standard_output_stays_empty(lotwork: Caller, tmp_path: Path) -> None:
    for words in (("lots", "--no-such"), ("import", tmp_path / "nowhere.csv"), ("nosuch",)):
        assert lotwork(*words, code=None).out == ""
