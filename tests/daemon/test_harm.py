"""The daemon as a real process: a damaged ledger stops it or its recording, and no secret leaves it."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.batch import Batch, Message
from lotwork.ledger.store import EventStore
from tests.daemon.process import FOLDER, RECEIPT, Daemon, put, ready, run, write


def flip_a_bit(home: Path) -> None:
    """Damage the first line of heads.log."""
    content = bytearray((home / "heads.log").read_bytes())
    content[9] ^= 128
    (home / "heads.log").write_bytes(content)


def test_a_damaged_ledger_stops_the_daemon_with_4_and_is_told_over_every_channel(
    home: Path, started: list[Daemon]
) -> None:
    put(home, RECEIPT)
    daemon = ready(home, started)
    daemon.logged("recorded")
    assert daemon.end() == 0
    heads = (home / "heads.log").read_bytes()
    for harm, words in ((flip_a_bit, "heads.log:1: this line is not a head"), (damage, "position 1")):
        harm(home)
        again = run(home, started)
        assert again.ended() == 4
        told = again.logged("The ledger is damaged: recording has stopped")
        assert told["alert_id"].startswith("chain-failure:")
        assert words in told["body"]
        (home / "heads.log").write_bytes(heads)


def test_a_ledger_of_a_newer_lotwork_is_told_as_that_and_not_as_damaged(home: Path, started: list[Daemon]) -> None:
    put(home, RECEIPT)
    daemon = ready(home, started)
    daemon.logged("recorded")
    assert daemon.end() == 0
    for change in ("user_version = 0", "user_version = 2"):
        with closing(sqlite3.connect(home / "ledger.sqlite")) as connection:
            connection.execute(f"PRAGMA {change}")
        again = run(home, started)
        assert again.ended() == 4
        is_newer = change.endswith("2")
        words = "A newer Lotwork wrote the ledger: nothing is recorded by this one"
        words = words if is_newer else "The ledger is damaged: recording has stopped"
        told = again.logged(words)
        assert told["alert_id"] == ("newer-ledger" if is_newer else "chain-failure:log")
        assert ("upgrade the program" in told["body"], "`lotwork restore`" in told["body"]) == (is_newer, not is_newer)


def test_damage_found_while_it_runs_stops_the_recording_but_not_the_pages(home: Path, started: list[Daemon]) -> None:
    write(home, "verify_every_seconds = 2\n")
    put(home, RECEIPT)
    daemon = ready(home, started)
    daemon.logged("recorded")
    damage(home)
    daemon.logged("The ledger is damaged: recording has stopped")
    put(home, {**RECEIPT, "id": "too late"}, name="late.jsonl")
    daemon.logged("chain verified")
    time.sleep(2)
    assert len([line for line in daemon.lines if line["event"] == "recorded"]) == 1
    status, body = daemon.get("/readyz")
    assert (status, json.loads(body)["chain_verified"]) == (503, False)
    assert "lotwork_chain_verify_failures_total 0.0" not in daemon.get("/metrics")[1]
    assert daemon.get("/healthz")[0] == 200
    assert len([line for line in daemon.lines if line.get("alert_id", "").startswith("chain-failure")]) == 1
    assert daemon.end() == 0


def damage(home: Path) -> None:
    """Change a recorded event behind the guards' back."""
    with closing(sqlite3.connect(home / "ledger.sqlite")) as connection:
        (guards,) = zip(*connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'"), strict=True)
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE events SET payload = replace(payload, 'cold', 'hot')")
        for guard in guards:
            connection.execute(guard)
        connection.commit()


def test_no_secret_of_the_settings_is_logged_stored_or_kept(home: Path, started: list[Daemon]) -> None:
    canaries = {name: f"canary-{name}-{index}7f3a" for index, name in enumerate(("node", "smtp", "hook", "evm"))}
    for name, secret in canaries.items():
        content = f"http://127.0.0.1:9/{secret}?key={secret}" if name in ("hook", "evm") else secret
        (home / f"{name}.secret").write_text(content)
        (home / f"{name}.secret").chmod(0o600)
    bitcoin = (
        '[[sources.bitcoin_node]]\nname = "node"\nurl = "http://127.0.0.1:9"\nuser = "me"\nstart_height = 1\n'
        'password_file = "node.secret"\nevery_seconds = 1\n[[sources.bitcoin_node.wallets]]\nwallet = "cold"\n'
        'watch = ["bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh"]\n'
    )
    evm = (
        '[[sources.evm_node]]\nname = "evm"\nchain_id = 1\nurl_file = "evm.secret"\nstart_height = 1\n'
        'every_seconds = 1\n[[sources.evm_node.wallets]]\nwallet = "hot"\n'
        'watch = ["0x00000000000000000000000000000000000000aa"]\n'
    )
    alerts = (
        '[alerts]\ndays_before = [365]\n[alerts.email]\nhost = "127.0.0.1"\nport = 9\nstarttls = false\nuser = "me"\n'
        'password_file = "smtp.secret"\nsender = "a@example.org"\nrecipients = ["b@example.org"]\n'
        '[alerts.webhook]\nurl_file = "hook.secret"\nallow_private = true\n'
    )
    write(home, alerts, sources=FOLDER + bitcoin + evm)
    put(home, RECEIPT)
    with EventStore.open(home, clock=SystemClock()) as store:
        store.append(Batch("main", outbox=(Message("due-1", "Payment due", "1,200 USD in 7 days"),)))
    daemon = ready(home, started)
    daemon.logged("round failed", count=2)
    daemon.logged("alert not delivered", count=2)
    pages = "".join(daemon.get(path)[1] for path in ("/readyz", "/metrics", "/", "/nowhere"))
    command_line = Path(f"/proc/{daemon.process.pid}/cmdline").read_text()
    assert daemon.end() == 0
    kept = [path for path in home.rglob("*") if path.is_file() and path.suffix != ".secret"]
    for secret in canaries.values():
        assert secret not in daemon.text
        assert secret not in pages + command_line
        assert [path.name for path in kept if secret.encode() in path.read_bytes()] == []
    by_lotwork = [path for path in kept if path.name not in {"config.toml", "one.jsonl"}]
    assert len(by_lotwork) >= 4
    assert [path.name for path in by_lotwork if path.stat().st_mode & 0o077] == []
