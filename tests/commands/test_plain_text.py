"""Whatever a node, a pool or an old event says is plain text on the terminal, and repeats no password of ours."""

from __future__ import annotations

import json
import os
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import SourceRefusedError, is_seen, plain, plain_json, plain_lines
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from tests.commands.calling import Caller, Told
from tests.ledger.making import one_of_each_kind

STEERS = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp\u2066\u200b\u2029\u3164\x7f\r\x00"
FORGED = "lotwork: 8 events are as they were written"
SAID = f"{STEERS}\n{FORGED}\n"
PASSWORD = "correct-horse-0f3a"
READERS = (
    ("lots",), ("income", "--year", "2026"), ("gains", "--year", "2026"), ("expenses", "--year", "2026"),
    ("equipment", "--year", "2026"), ("quarterly", "--year", "2026"), ("liability", "--year", "2026"),
    ("liability", "--year", "2026", "--jurisdiction", "de"), ("replay",), ("verify",), ("head",), ("export",),
    ("doctor",), ("rules", "list"), ("rules", "missing", "--year", "2026"), ("reconcile", "broker", "--year", "2026"),
    ("reconcile", "pool", "--year", "2026"), ("file", "--year", "2025"), ("diff", "--filed", "2025"),
    ("plan", "sale", "0.01"), ("plan", "harvest"), ("plan", "set-aside"), ("plan", "structure"), ("plan", "activity"),
    ("plan", "year-end"), ("lots", "--book", f"her{STEERS[:-1]}"), ("poll", f"no{STEERS[:-1]}"), ("init",),
    (f"lo{STEERS[:-1]}",), ("add", "expense", f"x{STEERS[:-1]}=1"), ("import", f"no{STEERS[:-1]}.jsonl"),
    ("backup", "/nowhere/at/all"), ("restore", f"no{STEERS[:-1]}"), ("compute", "us"),
)  # fmt: skip


def unseen(told: Told) -> set[str]:
    """Return the letters of an answer that do something to a terminal."""
    return {letter for letter in told.out + told.err if letter != "\n" and not is_seen(letter)}


def hostile_events() -> Iterator[Any]:
    """Yield an event of every kind, each word of it hostile, as an old log may hold them."""
    for event in one_of_each_kind():
        changes = {}
        for name in event.__struct_fields__:
            value = getattr(event, name)
            if name in ("id", "source", "note", "wallet", "from_wallet", "to_wallet", "pool", "payer", "broker",
                        "reason", "usage", "meter", "no_market") and isinstance(value, str):  # fmt: skip
                changes[name] = value + STEERS
        yield msgspec.structs.replace(event, **changes)


@pytest.fixture
def old(lotwork: Caller) -> Caller:
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        for book in ("main", f"her{STEERS[:-1].translate(dict.fromkeys(range(32)))}"):
            store.append(Batch(book, tuple(hostile_events())))
    return lotwork


def test_no_command_prints_what_steers_a_terminal(old: Caller) -> None:
    for words in READERS:
        for more in ((), ("--json",)):
            told = old(*words, *more, code=None)
            assert unseen(told) == set(), words
            assert told.code != 70, told.err


def test_json_says_the_same_whatever_is_seen_of_it(old: Caller) -> None:
    lines = [json.loads(line) for line in old("export").out.splitlines()]
    assert any(STEERS in line.get("note", "") for line in lines)


@contextmanager
def node(error: dict[str, Any]) -> Iterator[str]:
    """Serve a node that answers everything with *error*."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"result": None, "error": error, "id": 1}, ensure_ascii=False).encode()
            self.send_response(500)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def watch(home: Path, url: str) -> None:
    (home / "node.password").write_text(PASSWORD)
    (home / "node.password").chmod(0o600)
    (home / "config.toml").write_text(
        f'[prices]\nsources = []\n[[sources.bitcoin_node]]\nname = "node"\nurl = "{url}"\nstart_height = 1\n'
        'user = "miner"\npassword_file = "node.password"\n[[sources.bitcoin_node.wallets]]\nwallet = "cold"\n'
        'watch = ["bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"]\n'
    )


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_nodes_words_are_one_plain_line_without_our_password(lotwork: Caller, how: tuple[str, ...]) -> None:
    login = "bWluZXI6Y29ycmVjdC1ob3JzZS0wZjNh"  # miner:correct-horse-0f3a
    with node({"code": -1, "message": f"{SAID} {PASSWORD} Basic {login} {PASSWORD.encode().hex()}"}) as url:
        watch(lotwork.home, url)
        told = lotwork("poll", *how, code=6)
    assert unseen(told) == set()
    assert "gnp" in told.out + told.err
    assert FORGED not in told.out.splitlines() + told.err.splitlines()
    for secret in (PASSWORD, login, PASSWORD.encode().hex()):
        assert secret not in told.out + told.err


def test_a_stranger_is_not_repeated_without_end() -> None:
    assert len(str(SourceRefusedError("a" * 1_000_000))) < 2100


def test_a_bug_tells_no_secret_and_steers_nothing(lotwork: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    with node({"code": -1, "message": "no"}) as url:
        watch(lotwork.home, url)

        def fail(*_: object, **__: object) -> None:
            raise RuntimeError(f"http://miner:{PASSWORD}@node/{SAID}")

        monkeypatch.setattr("lotwork.service.sources.watched", fail)
        monkeypatch.setitem(os.environ, "LOTWORK_DEBUG", "1")
        told = lotwork("poll", code=70)
    assert "Traceback" in told.err
    assert unseen(told) == set()
    assert PASSWORD not in told.out + told.err


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("plain", "plain"),
        ("é 冷 ❤️ \u00a0 \u3000", "é 冷 ❤️ \u00a0 \u3000"),
        ("a\nb", "a\\nb"),
        ("\x1b[0m", "\\x1b[0m"),
        ("\x9b", "\\x9b"),
        ("\u202e\u2066\u200b\ufeff", "\\u202e\\u2066\\u200b\\ufeff"),
        ("\u3164", "\\u3164"),
        ("\ud800", "\\ud800"),
        ("\U000e0061", "\\U000e0061"),
    ],
)  # fmt: skip
def test_what_is_not_seen_is_shown_as_its_code(words: str, shown: str) -> None:
    assert plain(words) == shown
    assert plain_lines(f"{words}\n{words}") == shown.replace("\\n", "\n") + "\n" + shown.replace("\\n", "\n")


@pytest.mark.parametrize("letter", ["\x1b", "\x7f", "\x9b", "\u202e", "\U000e0061", "\u3164", "é"])
def test_json_keeps_its_value(letter: str) -> None:
    told = msgspec.json.encode({"note": f"a{letter}b"})
    assert json.loads(plain_json(told)) == {"note": f"a{letter}b"}
    assert {each for each in plain_json(told).decode() if not is_seen(each)} == set()


RECEIPT = {
    "kind": "receipt", "id": "r", "at": "2026-02-01T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "1",
    "income": "pool_payout", "price_usd": "100000",
}  # fmt: skip


def test_a_book_is_not_begun_under_a_name_that_hides_something(lotwork: Caller) -> None:
    line = RECEIPT | {"book": "he\u200br"}
    assert "book: 'he\\u200br' holds a letter that nobody sees" in lotwork.take(line, code=3).err
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        store.append(Batch("he\u200br", tuple(one_of_each_kind())))
    assert "book he\\u200br: 1 appended" in lotwork.take(line).out  # an old one goes on


@pytest.mark.parametrize("key", ["wallet", "pool"])
def test_settings_name_nothing_that_hides_something(lotwork: Caller, key: str) -> None:
    watch(lotwork.home, "http://127.0.0.1:9")
    file = lotwork.home / "config.toml"
    named = f'{key} = "co\u202eld"' if key == "wallet" else f'wallet = "cold"\n{key} = "co\u202eld"'
    file.write_text(file.read_text().replace('wallet = "cold"', named))
    told = lotwork("poll", code=3)
    assert f"sources.bitcoin_node[0].wallets[0].{key}: " in told.err
    assert unseen(told) == set()


@pytest.mark.parametrize(
    "name", ["x\x1b[31m", 'x\n[constants]\nwallet = "evil"\n#', "x\u202egpj", "x\x85y\u2028z", "x\r\x07", "x\x7f\x9b"]
)
def test_a_map_is_written_in_plain_text_whatever_the_file_is_called(
    lotwork: Caller, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(lotwork.home.parent)
    file, column = Path(f"{name}.csv"), f"amount {name.splitlines()[0]}"
    file.write_text(f"when,{column}\n2026-01-01,1\n", encoding="utf-8")
    lotwork("import", file, "--explore")
    written = Path(f"{name}.csv.map.toml").read_bytes().decode()
    told = tomllib.loads(written)
    assert "evil" not in told["constants"].values()
    assert column.strip() in told["columns"].values()
    assert plain_lines(written) == written
