"""Twenty-five secrets, in every spelling a stranger may repeat them in, and every place where words are left: none."""

from __future__ import annotations

import io
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.alerts.channels import LogChannel
from lotwork.alerts.delivery import Delivery
from lotwork.alerts.rules import Alert
from lotwork.commands import telling
from lotwork.ingest.asking.quarantine import Quarantine
from lotwork.ingest.context import Answers
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import SetClock
from lotwork.ledger.storage.backup import backup
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.store import EventStore
from lotwork.service import health as health_pages
from lotwork.service import logs
from lotwork.service.health import Health
from lotwork.service.metrics import Metrics
from lotwork.web.app import create
from tests.ingest.test_scrubbing import CODED, SPELLINGS
from tests.ledger.making import receipt
from tests.watching import section

CLOCK = SetClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
ODD = 'aB3$/+ "\\é'
CANARIES = tuple(f"canary{number:02d}{ODD[number % 10]}{number * 7919}x" for number in range(25))
FORMS = ("{}", "https://mainnet.example/v3/{}", "http://miner:{}@node.example:8332/", "https://hook.example/?token={}")
"""What a settings file holds: the secret itself, or an address whose part it is."""


def told(number: int) -> str:
    """Return the secret as the settings name it."""
    form = FORMS[number % len(FORMS)]
    plain = CANARIES[number]
    safe = form == "{}" or not set(plain) & set('/ "\\?#@')
    return (form if safe else "{}").format(plain)


def said(canary: str) -> str:
    """Return all that a stranger may say of it."""
    return " | ".join(f"({spelled(canary).rstrip('=')})" for spelled in {**SPELLINGS, **CODED}.values())


NEEDLES = tuple(
    (f"{canary}: {name}", spelled(canary).strip("\"'=").encode())
    for canary in CANARIES
    for name, spelled in {**SPELLINGS, **CODED}.items()
)


def left_in(words: bytes) -> list[str]:
    """Return which secrets can be read in *words*, and how."""
    return [name for name, needle in NEEDLES if needle in words]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    handler = logs.ScrubbedHandler(stream, Scrubber(map(told, range(25))))
    root.handlers[:], root.level = [handler], logging.INFO
    yield stream
    root.handlers[:], root.level = before


def test_no_canary_is_left_anywhere(tmp_path: Path, log: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    secrets = tuple(map(told, range(25)))
    scrub = Scrubber(secrets)
    home = tmp_path / "home"
    sinks: dict[str, bytes] = {}
    with EventStore.open(home, clock=CLOCK) as store:
        health = Health(home, CLOCK)
        watched = [section(f"source{number}") for number in range(25)]
        health.watch(watched)
        answers, quarantine = Answers(home, scrub), Quarantine(home, secrets=secrets)
        delivery = Delivery([LogChannel()], CLOCK, store)
        telling.hush(secrets)
        for number, canary in enumerate(CANARIES):
            words = said(canary)
            assert left_in(words.encode()), "the search would find it"
            logging.getLogger("any").error("%s %s", canary, words)
            answers.keep(f'{{"said": "{words}"}}'.encode())
            quarantine.keep("pool", words, words, words.encode())
            alert = Alert(f"id{number}", "code", words, words).message(scrub)
            store.append(Batch("main", [receipt(number + 1)], outbox=(alert,)))
            health.failed(watched[number], scrub(words))
            telling.tell(words)
            telling.tell(telling.without_secrets(words), err=True)
        delivery.deliver()
        backup(store, tmp_path / "b.tar", clock=CLOCK)
        client = TestClient(
            health_pages.create(health, Metrics(), create(home, clock=CLOCK, status=health)),
            base_url="http://127.0.0.1:8949",
        )
        with client:
            for page in ("/readyz", "/problems", "/", "/metrics"):
                sinks[page] = client.get(page).content
        with closing(sqlite3.connect(ledger_file(home))) as database:
            sinks["outbox"] = repr(database.execute("SELECT * FROM outbox").fetchall()).encode()
    telling.hush_no_more()
    sinks["log"] = log.getvalue().encode()
    printed = capsys.readouterr()
    sinks["terminal"] = (printed.out + printed.err).encode()
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for path, content in files.items():
        kind = path.relative_to(tmp_path).parts[:2][-1]
        sinks[kind] = sinks.get(kind, b"") + content
    assert {name: left for name, content in sinks.items() if (left := left_in(content))} == {}
    assert sinks.keys() >= {"evidence", "quarantine", "ledger.sqlite", "b.tar"}
    assert all(
        b"[redacted]" in sinks[name] for name in ("log", "terminal", "outbox", "evidence", "quarantine", "b.tar")
    )
