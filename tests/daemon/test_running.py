"""The daemon as a real process: it begins once, watches, tells, and says why where it does not run."""

from __future__ import annotations

import json
import socket
import time
from datetime import datetime
from pathlib import Path
from urllib.error import URLError

import httpx2
import pytest

from lotwork.ledger.storage.verify import verify
from lotwork.service.web_password import set_password
from tests.another_time import another_time
from tests.daemon.process import RECEIPT, SPRING, THEN, Daemon, put, ready, run, write
from tests.mail_server import Inbox, mail_server
from tests.patience import PATIENCE_SECONDS
from tests.web.acting import sent_by


def test_a_first_start_writes_settings_serves_and_ends_clean(tmp_path: Path, started: list[Daemon]) -> None:
    home = tmp_path / "new"
    daemon = ready(home, started, LOTWORK_DAEMON__PORT="0")
    assert (home / "config.toml").stat().st_mode & 0o777 == 0o600
    told = daemon.logged("nothing is watched yet")["next"]
    assert told.startswith(f"lotwork source add, or add a source to {home}/config.toml; then kill -HUP ")
    assert daemon.get("/healthz") == (200, "ok\n")
    assert daemon.get("/readyz")[0] == 200
    assert "lotwork_outbox_pending" in daemon.get("/metrics")[1]
    assert daemon.get("/")[0] == 200
    assert daemon.get("/healthz", host="evil.com")[0] == 400
    set_password(home, "correct horse battery")
    record_a_bill(daemon.logged("serving")["url"])
    assert 'lotwork_events_total{source="",type="expense"} 1.0' in daemon.get("/metrics")[1]
    assert daemon.end() == 0
    assert verify(home).ok
    with pytest.raises((URLError, ConnectionError)):
        daemon.get("/healthz")


def record_a_bill(url: str) -> None:
    """Log in to the pages of a daemon and add a bill, as a person would; the daemon's own writer records it."""
    with httpx2.Client(base_url=url, headers={"Origin": url}, follow_redirects=False) as client:
        assert client.post("/login", data={"password": "correct horse battery"}).status_code == 303
        told = {**sent_by(client.get("/act/bill?book=main").text), "amount_usd": "12.50"}
        preview = client.post("/act/bill", data=told)
        assert preview.status_code == 200
        assert client.post("/act/bill", data=sent_by(preview.text)).status_code == 303


def test_a_file_laid_into_the_folder_is_recorded_counted_and_alerted(home: Path, started: list[Daemon]) -> None:
    write(home, "[alerts]\ndays_before = [365]\n")
    with another_time(SPRING):
        daemon = ready(home, started, THEN)
    put(home, RECEIPT)
    assert daemon.logged("recorded")["new"] == 1
    assert 'lotwork_events_total{source="",type="receipt"} 1.0' in daemon.get("/metrics")[1]
    queued = daemon.logged("alert queued")["alert_id"]
    assert queued.startswith("payment-due:main:")
    give_up = time.perf_counter() + PATIENCE_SECONDS
    while not [line for line in daemon.lines if line.get("alert_id") == queued and "body" in line]:
        assert time.perf_counter() < give_up, daemon.text
        time.sleep(0.05)
    page = json.loads(daemon.get("/readyz")[1])
    told = page["sources"]["main/receipts"]
    assert (page["pid"], told["trouble"]) == (daemon.process.pid, None)
    assert datetime.fromisoformat(told["last_success"]) <= datetime.fromisoformat(told["next_poll"])
    assert daemon.end() == 0


def test_a_file_that_cannot_be_let_in_is_named_and_holds_up_no_other(home: Path, started: list[Daemon]) -> None:
    put(home, {**RECEIPT, "quantity": "-1"}, name="a-bad.jsonl")
    put(home, RECEIPT, name="b-good.jsonl")
    daemon = ready(home, started)
    assert daemon.logged("recorded")["new"] == 2, "one is in suspense"
    assert "a-bad.jsonl:1: quantity" in daemon.logged("round failed")["why"]
    time.sleep(2.5)
    assert len([line for line in daemon.lines if line["event"] == "round failed"]) == 1
    assert "a-bad.jsonl" in json.loads(daemon.get("/readyz")[1])["sources"]["main/receipts"]["trouble"]
    assert daemon.end() == 0


def test_a_second_daemon_is_refused_with_the_first_ones_pid(home: Path, started: list[Daemon]) -> None:
    first = ready(home, started)
    second = run(home, started)
    assert second.ended() == 5
    assert f"pid {first.process.pid}" in second.text
    assert first.get("/healthz")[0] == 200


def test_a_port_that_is_taken_is_named(home: Path, started: list[Daemon]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        daemon = run(home, started, LOTWORK_DAEMON__PORT=str(port))
        assert daemon.ended() == 5
    assert f"127.0.0.1:{port} cannot be listened on" in daemon.text


def test_settings_that_cannot_be_used_are_told_with_their_lines(home: Path, started: list[Daemon]) -> None:
    write(home, "prot = 1\n")
    daemon = run(home, started)
    assert daemon.ended() == 3
    assert "config.toml:5: daemon.prot: unknown key: did you mean port?" in daemon.text


def test_systemd_hears_ready_alive_and_stopping(home: Path, started: list[Daemon], tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(PATIENCE_SECONDS)
        daemon = run(home, started, NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert listening.recv(1000).startswith(b"READY=1\nSTATUS=1 sources")
        assert daemon.logged("chain verified")["events"] == 0
        assert listening.recv(1000).startswith(b"WATCHDOG=1")
        assert daemon.end() == 0
        while not (last := listening.recv(1000)).startswith(b"STOPPING=1"):
            assert last.startswith(b"WATCHDOG=1")


def test_an_alert_comes_by_mail_once(home: Path, started: list[Daemon]) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        mail = (
            f'[alerts]\ndays_before = [365]\n[alerts.email]\nhost = "127.0.0.1"\nport = {port}\nstarttls = false\n'
            'sender = "a@example.org"\nrecipients = ["b@example.org"]\n'
        )
        write(home, mail)
        put(home, RECEIPT)
        for _ in range(2):
            with another_time(SPRING):
                daemon = ready(home, started, THEN)
            daemon.logged("alert queued")
            give_up = time.perf_counter() + PATIENCE_SECONDS
            while not inbox.letters:
                assert time.perf_counter() < give_up, daemon.text
                time.sleep(0.05)
            time.sleep(1.5)  # a round and a half, in which it would come again
            assert daemon.end() == 0
    ids = [str(letter["X-Lotwork-Alert-Id"]) for letter in inbox.letters]
    assert ids
    assert len(ids) == len(set(ids))
    assert all(name.startswith("payment-due:main:") for name in ids)
