"""The books of a PostgreSQL server: answers as from a file, and each book asked once, however many homes see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lotwork.commands.books import places as places_module
from lotwork.ledger.errors import UnreachableError
from lotwork.ledger.storage.log import EventLog
from lotwork.service.ledger_place import open_log
from tests.commands.books.homes import MINED, PROFILE, books, cluster_of, everyone
from tests.commands.calling import Caller
from tests.postgres_server import Server

QUESTIONS = (("liability", "--year", "2025"), ("quarterly", "--year", "2026"), ("replay",))


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    with postgres.database() as name:
        yield postgres.url(name)


def answers(lotwork: Caller) -> list[dict[str, Any]]:
    """Return what all books of a home come to."""
    asked = (lotwork("all", *words, "--workers", "1", "--json", code=None).result for words in QUESTIONS)
    return [{key: value for key, value in each.items() if key != "books"} for each in asked]


def test_a_server_answers_as_the_file_did_and_a_home_that_only_sees_a_book_asks_nothing_of_it(
    homes: Caller, url: str
) -> None:
    homes.take(PROFILE | {"id": "hers", "book": "hers"}, MINED | {"id": "hers-too", "book": "hers", "quantity": "3"})
    in_file = answers(homes)
    assert {row["book"] for row in in_file[0]["rows"]} == {"hers", "main"}
    homes("ledger", "move", "--to", url)
    on_server = answers(homes)
    assert on_server == in_file
    assert [each["results_digest"] for each in on_server] == [each["results_digest"] for each in in_file]
    other = homes.beside("a-reader").home
    other.mkdir()
    (other / "config.toml").write_text(Path(homes.home / "config.toml").read_text(encoding="utf-8"), encoding="utf-8")
    told = everyone(homes, "all", *QUESTIONS[0], code=1)
    assert books(sorted(told["rows"], key=lambda row: row["home"])) == ["ann", "ann", "bob", "cleo"]
    assert everyone(homes, "books", code=1)["failures"] == []


def test_workers_answer_over_a_server_as_a_plain_loop_does(
    homes: Caller, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool's processes and a cluster's threads open the server themselves; the same rows and digest come back."""
    homes.take(PROFILE | {"id": "hers", "book": "hers"}, MINED | {"id": "hers-too", "book": "hers", "quantity": "3"})
    homes("ledger", "move", "--to", url)
    monkeypatch.undo()  # a worker's clock is the machine's
    words = ("all", "liability", "--year", "2025", "--law", "shipped")
    alone = everyone(homes, *words, code=1)
    assert books(alone["rows"]) == ["ann", "ann", "bob", "cleo"]

    def answered(*by: str) -> dict[str, Any]:
        result: dict[str, Any] = homes.all_over(*words, "--homes", homes.home.parent, *by, "--json", code=1).result
        return result

    assert answered("--workers", "2") == alone
    with cluster_of(2) as cluster:
        assert answered("--scheduler", cluster.scheduler_address) == alone


def test_a_server_is_asked_and_waited_for_once_however_many_homes_are_on_it(
    homes: Caller, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes("ledger", "move", "--to", url)
    for name in ("one", "two", "three"):
        other = homes.beside(name).home
        other.mkdir()
        (other / "config.toml").write_text(f'[ledger]\nurl = "{url}"\n', encoding="utf-8")
    opened: list[Path] = []

    def counted(home: Path, *, check_heads: bool = True) -> EventLog:
        opened.append(home)
        if is_away:
            raise UnreachableError("it is away")
        return open_log(home, check_heads=check_heads)

    monkeypatch.setattr(places_module, "open_log", counted)
    folder, is_away = homes.home.parent, False
    found = places_module.places(homes.home, folder, None)
    assert [(Path(each.home).name, each.book) for each in found.books] == [
        ("ann", "main"), ("bob", "main"), ("cleo", "main"),
    ]  # fmt: skip
    assert len(opened) == 3, "bob's file, cleo's, and the server of the other four"
    is_away, opened[:] = True, []
    assert len(places_module.places(homes.home, folder, None).unread) == 6
    assert len(opened) == 3
