"""The process that ccxt lives in: the real one asks a server on the loopback; others are not what they should be."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lotwork.ingest.exchanges import talk as talking
from lotwork.ingest.exchanges.source import build
from lotwork.ingest.exchanges.talk import Talk
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError
from tests.ingest.exchanges.kit import (
    SECRETS,
    Answers,
    BinanceUS,
    Kraken,
    bought_or_sold,
    expected,
    gemini_of_the_export,
    world,
)
from tests.ingest.exchanges.over_http import question_of
from tests.ingest.exchanges.test_coinbase import told as coinbase_told
from tests.ingest.scripted_server import Reply, Script, serving
from tests.patience import PATIENCE_SECONDS

KEY = {"apiKey": SECRETS["key.txt"], "secret": SECRETS["secret.txt"]}


def over_http(answer: Answers, script: Script, service: str) -> None:
    """Answer on *script* what *answer* says to the questions of ccxt's names."""

    def reply(path: str) -> Reply:
        return Reply(body=json.dumps(answer(*question_of(service, path, script))).encode())

    script.answer = reply


def everywhere(secret: str) -> Iterator[Path]:
    """Yield where *secret* stands in the words or the variables of a process."""
    for number in (each for each in Path("/proc").iterdir() if each.name.isdigit()):
        for path in (number / "cmdline", number / "environ"):
            with suppress(OSError):  # it may end meanwhile
                if secret.encode() in path.read_bytes():
                    yield path


@pytest.fixture(scope="module")
def pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    made = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    return made.strip().replace("\n", "\\n")


@pytest.mark.parametrize("service", ["kraken", "coinbase", "binanceus", "gemini"])
def test_the_real_ccxt_tells_what_was_told_in_the_process(
    service: str, tmp_path: Path, pem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    binance = BinanceUS()
    binance.trades["BTCUSD"] = [bought_or_sold(7, "BTCUSD", "2026-03-03 11:00:00", "sell", "0.02", "1700", "1", "USD")]
    answers: dict[str, tuple[Answers, int]] = {
        "kraken": (Kraken(size=5), len(expected("kraken-ledgers.csv")) + 1),
        "coinbase": (coinbase_told(size=4), len(expected("coinbase.csv")) + 1),
        "binanceus": (binance, 1),
        "gemini": (gemini_of_the_export(), 4),
    }
    answer, count = answers[service]
    if service == "gemini":
        monkeypatch.setitem(SECRETS, "key.txt", "account-0123456789abcdef")
    if service == "coinbase":
        monkeypatch.setitem(SECRETS, "key.txt", "organizations/00000000/apiKeys/11111111")
        monkeypatch.setitem(SECRETS, "secret.txt", pem)
    seen: list[Path] = []

    def watched(call: str, params: Any) -> Any:
        if not seen:
            seen.extend(everywhere(SECRETS["secret.txt"][:40]))
        return answer(call, params)

    with serving() as script, world(tmp_path, answer, service=service) as here:
        over_http(watched, script, service)
        section = here.section(base_url=script.url, allow_private=True)
        account = build(section, here.context())
        assert watch_once(account, here.store) == count
        signed = {name.lower() for headers in script.headers for name in headers}
        assert signed & {"api-sign", "authorization", "x-mbx-apikey", "x-gemini-signature"}
    assert seen == []
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRETS["secret.txt"][:40].encode() not in kept


MANY = b'{"error":[],"result":"' + b"a" * (11 * 1024 * 1024) + b'"}'
FAULTS: list[tuple[Reply, type[Exception], str]] = [
    (Reply(status=429, headers={"Retry-After": "120"}), SourceUnreachableError, "left alone for a while.*in 120 s"),
    (Reply(status=429), SourceUnreachableError, "left alone for a while.*in 60 s"),
    (Reply(body=b'{"error":["EAPI:Rate limit exceeded"]}'), SourceUnreachableError, "left alone.*Rate limit exceeded"),
    (Reply(body=b'{"error":["EAPI:Invalid nonce"]}'), SourceRefusedError, "clock of this machine.*Invalid nonce"),
    (Reply(body=b'{"error":["EAPI:Invalid key"]}'), SourceRefusedError, "does not take this key.*Invalid key"),
    (Reply(body=b'{"error":["EAPI:Invalid signature"]}'), SourceRefusedError, "Invalid signature"),
    (Reply(body=b'{"error":["EGeneral:Permission denied"]}'), SourceRefusedError, "may not see it|refuses"),
    (Reply(body=b'{"error":["EService:Unavailable"]}'), SourceUnreachableError, "did not answer.*Unavailable"),
    (Reply(status=502, body=b"<html>", media="text/html"), SourceUnreachableError, "did not answer"),
    (Reply(status=302, headers={"Location": "http://127.0.0.1:1/"}), SourceRefusedError, "elsewhere, with the key"),
    (Reply(body=MANY), SourceRefusedError, "sent more than 10 MiB"),
    (
        Reply(body=gzip.compress(b" " * (60 * 1024 * 1024), 1), headers={"Content-Encoding": "gzip"}),
        SourceRefusedError,
        "sent more than 10 MiB",
    ),
    (Reply(hang_up=True), SourceUnreachableError, "did not answer"),
    (Reply(body=b'{"error":["EGeneral:Temporary lockout"]}'), SourceUnreachableError, "left alone.*in 60 s.*lockout"),
    (Reply(body=b'{"error":["EService:Throttled: 17"]}'), SourceUnreachableError, "left alone.*in 60 s.*Throttled"),
    (Reply(body=b'{"error":["EService:Market in cancel_only mode"]}'), SourceUnreachableError, "answer.*cancel_only"),
    (Reply(status=520, body=b"<html>1015", media="text/html"), SourceUnreachableError, "did not answer.*1015"),
]


def test_each_failure_is_told_in_words_and_the_talk_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "FIRST_WAIT_SECONDS", 0.0)
    held: list[float] = []
    with serving() as script:
        options: dict[str, Any] = {"clock": SystemClock(), "deadline_seconds": 5, "base_url": script.url}
        with Talk("kraken-api", "kraken", KEY, **options, hold=held.append) as talk:
            for reply, kind, words in FAULTS:
                script.queue.extend([reply] * talking.ATTEMPTS)
                with pytest.raises(kind, match=words) as failed:
                    talk.ask("private_post_ledgers", {}, "ledgers")
                assert not any(secret in str(failed.value) for secret in SECRETS.values())
                assert script.url not in str(failed.value)
                script.queue.clear()
            for body in (b"not JSON", b"{}", b'{"error":[],"result":{"a":1.10}}', b'{"error":[],"result":NaN}', b"[]"):
                script.queue.append(Reply(body=body))
                assert talk.ask("private_post_ledgers", {}, "ledgers") == body, "the text comes back as it was sent"
            script.queue.extend([Reply(hang_up=True), Reply(body=b'{"error":[]}')])
            assert talk.ask("private_post_ledgers", {}, "ledgers") == b'{"error":[]}', "what may pass is asked again"
            with pytest.raises(SourceRefusedError, match="is not asked this"):
                talk.ask("private_post_withdraw", {}, "a withdrawal")
    assert held == [120.0, 60.0, 60.0, 60.0, 60.0]


ODD = {
    "it ends": ("import sys; sys.exit(3)", SourceUnreachableError, "ended by itself .code 3."),
    "it is killed": ("import os; os.kill(os.getpid(), 9)", SourceUnreachableError, "ended by itself .signal 9."),
    "it says no JSON": ("print('hello', flush=True); input()", SourceRefusedError, "nobody understands"),
    "it answers another question": ("print('{\"id\": 7}', flush=True)", SourceRefusedError, "nobody understands"),
    "it says more than was agreed": (
        "print('{\"id\": 0, \"more\": 1}', flush=True); input()", SourceRefusedError, "nobody understands",
    ),
    "it has no end": (
        "import sys\nwhile True: sys.stdout.write('a' * 65536)", SourceRefusedError, "nobody understands",
    ),
    "it is silent": ("import time; time.sleep(60)", SourceUnreachableError, "did not answer within"),
    "ccxt is not there": ("print('{\"id\": 0, \"error\": \"NotInstalled\"}')", ConfigError, r"lotwork\[exchanges\]"),
    "ccxt is broken": ("print('{\"id\": 0, \"error\": \"AttributeError\"}')", ConfigError, "cannot be used"),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_a_child_that_is_not_what_it_should_be_is_a_look_that_failed(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, kind, words = ODD[what]
    (tmp_path / "odd_child.py").write_text(script)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(talking, "CHILD", "odd_child")
    monkeypatch.setattr(talking, "START_SECONDS", 0.3)
    monkeypatch.setattr(talking, "LONGEST_LINE", 1 << 20)
    if what != "it is silent":
        monkeypatch.setattr(talking, "START_SECONDS", PATIENCE_SECONDS)
    with (
        pytest.raises(kind, match=words),
        Talk("kraken-api", "kraken", KEY, clock=SystemClock(), deadline_seconds=1),
    ):
        raise AssertionError("it was believed")


def test_without_the_extra_the_core_says_how_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with world(tmp_path, Kraken()) as here, pytest.raises(ConfigError, match=r"pip install 'lotwork\[exchanges\]'"):
        here.account()


def test_the_core_never_imports_ccxt() -> None:
    words = (
        "import sys, lotwork.ingest.exchanges.account, lotwork.ingest.exchanges.houses; print('ccxt' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout == "False\n"
