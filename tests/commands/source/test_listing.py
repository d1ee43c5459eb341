"""`lotwork source list` and `remove`: what the daemon tells, what the log tells, and what stays."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lotwork.config import FILE, load
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.service.daemon_told import ask
from tests.commands.calling import Caller
from tests.commands.source.test_adding import CANARY, add, everything, settings_of
from tests.ingest.scripted_server import Reply, Script, listening

LAST, NEXT = "2026-03-06T11:59:00+00:00", "2026-03-06T12:14:00+00:00"


@contextmanager
def daemon(home: Path, patch: pytest.MonkeyPatch, **page: object) -> Iterator[None]:
    """Be the daemon of *home*, whose page for machines says *page*."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/readyz"
            self.send_response(503)
            self.end_headers()
            self.wfile.write(json.dumps({"ready": False, "pid": os.getpid(), "sources": {}, **page}).encode())

        def log_message(self, *_args: object) -> None:
            pass

    with listening(Page) as url, DaemonLock.acquire(home):
        patch.setenv("LOTWORK_DAEMON__PORT", str(urlsplit(url).port))
        yield


def test_without_a_daemon_the_log_tells_when_a_source_last_moved_on(lotwork: Caller, pool: Script) -> None:
    add(lotwork, pool)
    (row,) = lotwork.rows("source", "list")
    assert (row["name"], row["kind"], row["book"]) == ("braiins", "braiins", "main")
    assert (row["last_success"], row["next_poll"], row["told_by"]) == (None, None, None)
    assert row["cannot_see"].startswith("the pool's fee and the gross")
    lotwork("poll", code=None)
    (row,) = lotwork.rows("source", "list")
    assert (row["last_success"], row["next_poll"], row["told_by"]) == ("2026-03-06T12:00:00Z", None, "log")
    assert "No daemon runs here" in lotwork("source", "list").out


def test_a_daemon_tells_last_success_next_poll_and_trouble(
    lotwork: Caller, pool: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(lotwork, pool)
    add(lotwork, pool, "--name", "other", "--set", "account=other")
    told = {"last_success": LAST, "next_poll": NEXT, "trouble": "rewards: status 503: asked again"}
    with daemon(lotwork.home, monkeypatch, sources={"main/braiins": told}):
        first, second = lotwork.rows("source", "list")
        shown = lotwork("source", "list").out
        assert lotwork("source", "list", "--json").result["daemon"] == str(os.getpid())
    assert (first["last_success"], first["next_poll"]) == ("2026-03-06T11:59:00Z", "2026-03-06T12:14:00Z")
    assert (first["told_by"], first["trouble"]) == ("daemon", "rewards: status 503: asked again")
    assert (second["told_by"], second["next_poll"]) == (None, None)
    assert "braiins did not answer: rewards: status 503" in shown
    assert f"kill -HUP {os.getpid()}" in shown
    assert all(len(line.rstrip()) <= 80 for line in shown.splitlines())


def test_the_page_of_another_daemon_is_not_believed(
    lotwork: Caller, pool: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(lotwork, pool)
    told = {"main/braiins": {"last_success": LAST, "next_poll": NEXT}}
    with daemon(lotwork.home, monkeypatch, pid=1, sources=told):
        (row,) = lotwork.rows("source", "list")
        assert (row["last_success"], row["told_by"]) == (None, None)
        assert "another daemon answers" in lotwork("source", "list").out
    for odd in ({"sources": 3}, {"pid": "x"}):
        with daemon(lotwork.home, monkeypatch, **odd):
            assert ask(lotwork.home, load(lotwork.home).settings.daemon).sources == {}
            assert "does not answer at 127.0.0.1:" in " ".join(lotwork("source", "list").out.split())


def test_what_was_told_stays_and_the_source_goes_on_where_it_was(lotwork: Caller, pool: Script) -> None:
    add(lotwork, pool)
    lotwork("poll", code=None)
    before = settings_of(lotwork)
    told = lotwork("source", "remove", "braiins").out
    assert "What it told stays recorded: 2 events of the book main.\n" in told
    assert "added again as braiins, it goes on from there" in told
    assert f"Its secret, {lotwork.home / 'braiins.token'}, is left where it is.\n" in told
    assert "did you mean" not in lotwork("source", "remove", "braiins", code=2).err
    again = ("--set", f"base_url={pool.url}", "--set", "allow_private=true", "--set", "wallet=cold")
    dated = ("--set", "account=own", "--set", "start=2026-03-01", "--secret-file", "braiins.token")
    lotwork("source", "add", "braiins", *again, *dated)
    assert settings_of(lotwork) == before
    assert "braiins (main): 0 new events" in lotwork("poll", "braiins", code=None).out


def test_the_secret_goes_only_where_it_is_said_and_nobody_else_has_it(lotwork: Caller, pool: Script) -> None:
    add(lotwork, pool)
    where = (
        "--set",
        f"base_url={pool.url}",
        "--set",
        "allow_private=true",
        "--set",
        "account=b",
        "--set",
        "wallet=cold",
    )
    lotwork("source", "add", "braiins", "--name", "second", *where, "--set", "start=2026-03-01", "--secret-file",
            "braiins.token")  # fmt: skip
    first = lotwork("source", "remove", "second", "--secret-too", "--json").result
    assert (first["removed_files"], first["secrets"]) == ([], [str(lotwork.home / "braiins.token")])
    last = lotwork("source", "remove", "braiins", "--secret-too", "--json").result
    assert last["removed_files"] == [str(lotwork.home / "braiins.token")]
    assert not (lotwork.home / "braiins.token").exists()
    assert CANARY not in str((first, last))


def test_a_name_of_two_books_is_that_of_the_book_that_is_meant(lotwork: Caller, pool: Script) -> None:
    add(lotwork, pool, "--book", "spouse")
    assert lotwork("source", "remove", "braiins", "--json").result["book"] == "spouse"
    add(lotwork, pool, "--book", "spouse", "--set", "key=env:X", code=2)
    for book in ("spouse", "mine"):
        (lotwork.home / "braiins.token").rename(lotwork.home / f"{book}.token")
        add(lotwork, pool, "--book", book)
    assert "--book" in lotwork("source", "remove", "braiins", code=2).err
    assert lotwork("source", "remove", "braiins", "--book", "mine", "--json").result["book"] == "mine"
    assert "did you mean 'braiins'?" in lotwork("source", "test", "braiinz", code=2).err


def test_settings_that_cannot_be_used_are_no_source_less(lotwork: Caller, pool: Script) -> None:
    add(lotwork, pool)
    broken = f"{settings_of(lotwork)}\n[nonsense]\n"
    (lotwork.home / FILE).write_text(broken, encoding="utf-8")
    before = everything(lotwork.home)
    for words in (("remove", "braiins"), ("list",), ("test",)):
        assert "unknown key" in lotwork("source", *words, code=3).err
    assert everything(lotwork.home) == before


def test_one_that_fails_is_told_with_its_reason_and_the_others_are_asked(lotwork: Caller, pool: Script) -> None:
    add(lotwork, pool)
    add(lotwork, pool, "--name", "other", "--set", "account=other")
    (lotwork.home / "other.token").chmod(0o640)
    told = lotwork("source", "test", code=1)
    assert "braiins (braiins, own): it answered: 2 receipts\n" in told.out
    assert "other (braiins): FAILED: others may read the secret" in told.out
    rows = lotwork("source", "test", "--json", code=1).result["sources"]
    assert [(row["name"], row["ok"], row["count"]) for row in rows] == [("braiins", True, 2), ("other", False, 0)]
    pool.answer = lambda _path: Reply(status=403, body=b'{"error": "forbidden"}')
    assert "FAILED" in lotwork("source", "test", "braiins", code=1).out
    assert not (lotwork.home / "quarantine").exists()


def test_nothing_configured_is_said(lotwork: Caller, unhurried: None) -> None:
    del unhurried
    assert "lotwork source add" in lotwork("source", "test").out
    assert "Nothing is watched yet: lotwork source add" in lotwork("source", "list").out
    assert lotwork.rows("source", "list") == []
