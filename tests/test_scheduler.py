"""The daemon as a real process: it begins once, watches, tells, takes signals, and ends within seconds."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.batch import Batch, Message
from lotwork.ledger.storage.lock import writers_turn
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import EventStore
from tests.another_time import another_time
from tests.drawing import stream
from tests.ending import end_with_us
from tests.mail_server import Inbox, mail_server
from tests.patience import PATIENCE_SECONDS, SOON_SECONDS

ROOT = Path(__file__).parents[1]
START = "import sys; from pathlib import Path; from lotwork.scheduler import run; sys.exit(run(Path(sys.argv[1])))"
THEN = "from tests.another_time import schedule_then; schedule_then(); " + START
SPRING = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""A day on which the payments of a year whose law is out are still to come."""
RECEIPT = {
    "kind": "receipt",
    "at": "2026-02-01T12:00:00Z",
    "wallet": "cold",
    "asset": "BTC",
    "quantity": "1.00000000",
    "income": "pool_payout",
    "price_usd": "100000.00",
}
OPENER = build_opener(ProxyHandler({}))


class Daemon:
    """A daemon process over a home, and what it logs."""

    def __init__(self, home: Path, start: str = START, **environ: str) -> None:
        self.home = home
        self.lines: list[dict[str, Any]] = []
        self.text = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", start, str(home)],
            cwd=ROOT,
            env={**os.environ, **environ},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        end_with_us(self.process.pid)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.text += line
            if line.startswith("{"):
                self.lines.append(json.loads(line))

    def logged(self, event: str, *, count: int = 1, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Return the *count*-th log line that says *event*, waiting for it."""
        give_up = time.perf_counter() + seconds
        while time.perf_counter() < give_up:
            found = [line for line in list(self.lines) if line["event"] == event]
            if len(found) >= count:
                return found[count - 1]
            if self.process.poll() is not None and not self._reader.is_alive():
                break
            time.sleep(0.02)
        raise AssertionError(f"never logged {event!r} {count} times:\n{self.text}")

    def get(self, path: str, *, host: str | None = None) -> tuple[int, str]:
        """Return status and text of a page."""
        url = self.logged("serving")["url"]
        request = Request(url + path, headers={"Host": host} if host else {})  # noqa: S310 - our own address
        try:
            with OPENER.open(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def told(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM, *, seconds: float = 10) -> int:
        """Send a signal and return the exit code; the test fails where it takes longer than *seconds*."""
        self.told(number)
        return self.ended(seconds=seconds)

    def ended(self, *, seconds: float = PATIENCE_SECONDS) -> int:
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code


def end_all(daemons: list[Daemon]) -> None:
    """End every daemon, however the test went."""
    for daemon in daemons:
        if daemon.process.poll() is None:
            daemon.process.kill()
        daemon.ended()
        assert daemon.process.stderr is not None
        daemon.process.stderr.close()


@pytest.fixture
def started() -> Iterator[list[Daemon]]:
    """Daemons that are killed after the test, however it went."""
    daemons: list[Daemon] = []
    yield daemons
    for daemon in daemons:
        if daemon.process.poll() is None:
            daemon.process.kill()
        daemon.ended()
        assert daemon.process.stderr is not None
        daemon.process.stderr.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "inbox").mkdir(parents=True)
    write(folder)
    return folder


FOLDER = '[[sources.files]]\nname = "receipts"\nfolder = "inbox"\nevery_seconds = 1\n'
DAEMON = "[daemon]\nport = 0\nalerts_every_seconds = 1\nprices_every_seconds = 3600\n"


def write(home: Path, more: str = "", *, sources: str = FOLDER, daemon: str = DAEMON) -> None:
    (home / "config.toml").write_text(f"{daemon}{more}\n{sources}")


def put(home: Path, *events: dict[str, str], name: str = "one.jsonl", folder: str = "inbox") -> None:
    """Lay a finished file into a folder: written beside it, at rest for a while, and moved in."""
    beside = home / f"{name}.new"
    beside.write_text("".join(json.dumps(event) + "\n" for event in events))
    os.utime(beside, (1, 1))
    beside.rename(home / folder / name)


def run(home: Path, started: list[Daemon], start: str = START, **environ: str) -> Daemon:
    started.append(Daemon(home, start, **environ))
    return started[-1]


def ready(home: Path, started: list[Daemon], start: str = START, **environ: str) -> Daemon:
    daemon = run(home, started, start, **environ)
    daemon.logged("ready")
    return daemon


class Slow(ThreadingHTTPServer):
    """A pool that takes a request and does not answer it before it is told to; those before are in the order asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Silence)
        self.waiting: list[SimpleQueue[int]] = []
        self.over = threading.Event()

    @property
    def asked(self) -> int:
        return len(self.waiting)

    def let_go(self, number: int, status: int = 200) -> None:
        """Answer the request of that *number*: that the pool has nothing to tell, or with an error."""
        self.waiting[number].put(status)


class Silence(BaseHTTPRequestHandler):
    """One request that is not answered, unless it is let go."""

    server: Slow

    def do_GET(self) -> None:
        waiting: SimpleQueue[int] = SimpleQueue()
        self.server.waiting.append(waiting)
        while not self.server.over.is_set():
            with suppress(Empty):
                status = waiting.get(timeout=0.05)
                first, last = map(int, self.path.split("/")[-2:])
                body = json.dumps({"result": {"start_ts": first, "end_ts": last, "earnings": [], "payouts": []}})
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())
                return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def slow() -> Iterator[Slow]:
    server = Slow()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def hung(server: Slow, name: str = "hung") -> str:
    return (
        f'[[sources.ocean]]\nname = "{name}"\naddress = "bc1qexample"\nwallet = "cold"\nstart = 2026-11-01\n'
        f'base_url = "http://127.0.0.1:{server.server_address[1]}"\nallow_private = true\nevery_seconds = 1\n'
    )


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
    assert daemon.end() == 0
    assert verify(home).ok
    with pytest.raises((URLError, ConnectionError)):
        daemon.get("/healthz")


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
    assert daemon.logged("recorded")["new"] == 1
    assert "a-bad.jsonl:1: quantity" in daemon.logged("round failed")["why"]
    time.sleep(2.5)
    assert len([line for line in daemon.lines if line["event"] == "round failed"]) == 1
    assert "a-bad.jsonl" in json.loads(daemon.get("/readyz")[1])["sources"]["main/receipts"]["trouble"]
    assert daemon.end() == 0


@pytest.mark.seeded
@pytest.mark.parametrize("attempt", range(5))
def test_told_to_end_at_any_moment_it_ends_with_0_and_loses_nothing(
    attempt: int, home: Path, started: list[Daemon]
) -> None:
    for number in range(5):
        put(home, *({**RECEIPT, "id": f"{number}-{line}"} for line in range(20)), name=f"{number}.jsonl")
    daemon = run(home, started)
    daemon.logged("serving")
    time.sleep(attempt * 0.3 + stream(attempt).uniform(0, 0.3))
    begun = time.perf_counter()
    assert daemon.end(signal.SIGINT if attempt % 2 else signal.SIGTERM) == 0
    assert time.perf_counter() - begun < 10
    found = verify(home)
    assert found.ok, found.message
    with EventLog.open(home) as log:
        recorded = [event.id for _, event in log.read("main")]
        told = json.loads(log.cursor("main", "receipts") or "[]")
    assert len(recorded) == len(set(recorded)) == 20 * len(told)


def test_told_to_end_again_and_again_it_ends_with_0(home: Path, started: list[Daemon]) -> None:
    daemon = Daemon(home)
    started.append(daemon)
    daemon.logged("ready")
    while daemon.process.poll() is None:
        daemon.told(signal.SIGTERM)
        daemon.told(signal.SIGHUP)
        time.sleep(0.002)
    assert daemon.ended() == 0


def test_a_hung_source_starves_nobody_and_does_not_delay_the_end(home: Path, started: list[Daemon], slow: Slow) -> None:
    write(home, sources=FOLDER + "".join(hung(slow, f"hung-{number}") for number in range(5)))
    daemon = ready(home, started)
    for number in range(4):
        put(home, {**RECEIPT, "id": f"r{number}"}, name=f"{number}.jsonl")
        daemon.logged("recorded", count=number + 1, seconds=SOON_SECONDS)
    give_up = time.perf_counter() + PATIENCE_SECONDS
    while slow.asked < 5:  # one host is asked once a second
        assert time.perf_counter() < give_up
        time.sleep(0.05)
    status, body = daemon.get("/readyz")
    assert (status, json.loads(body)["sources"]["main/hung-0"]["last_success"]) == (200, None)
    assert "still_running" in daemon.get("/metrics")[1]
    late = [line["job"] for line in daemon.lines if line["event"] == "still at the last round"]
    assert late.count("poll:main/hung-0") == 1, "a round that takes long is told of once"
    begun = time.perf_counter()
    assert daemon.end() == 0
    assert time.perf_counter() - begun < 10
    assert len(daemon.logged("left behind within a round; their cursors stand where they were")["jobs"]) == 5


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


def test_good_settings_are_taken_over_on_sighup_and_bad_ones_are_not(home: Path, started: list[Daemon]) -> None:
    daemon = ready(home, started)
    write(home, "prot = 1\n")
    daemon.told(signal.SIGHUP)
    refused = daemon.logged("the settings were not reloaded; the old ones stay in force")
    assert "did you mean port?" in refused["why"]
    put(home, RECEIPT)
    daemon.logged("recorded")
    (home / "other").mkdir()
    write(home, sources=FOLDER.replace('"receipts"', '"second"').replace('"inbox"', '"other"'))
    daemon.told(signal.SIGHUP)
    daemon.logged("settings reloaded")
    put(home, {**RECEIPT, "id": "in the other folder"}, name="new.jsonl", folder="other")
    assert daemon.logged("recorded", count=2)["source"] == "second"
    assert list(json.loads(daemon.get("/readyz")[1])["sources"]) == ["main/second"]
    assert daemon.end() == 0


def reloaded(daemon: Daemon, sources: str) -> None:
    """Write other sources into the settings, and wait until they are in force."""
    write(daemon.home, sources=sources)
    before = len([line for line in daemon.lines if line["event"] == "settings reloaded"])
    daemon.told(signal.SIGHUP)
    daemon.logged("settings reloaded", count=before + 1)


def known(daemon: Daemon) -> dict[str, Any]:
    """Return what the daemon says of the source called pool."""
    told: dict[str, Any] = json.loads(daemon.get("/readyz")[1])["sources"]["main/pool"]
    return told


def asked(slow: Slow, count: int) -> None:
    """Wait until the pool was asked *count* times."""
    give_up = time.perf_counter() + PATIENCE_SECONDS
    while slow.asked < count:
        assert time.perf_counter() < give_up
        time.sleep(0.02)


EDITED = "every_seconds = 1", "every_seconds = 2"
CLEAN = {"last_success": None, "trouble": None}
GONE = "a round under settings that are gone failed"


@pytest.mark.parametrize("change", ["edited in place", "removed and put back"])
def test_a_late_failure_of_the_round_before_a_change_counts_for_nothing(
    change: str, home: Path, started: list[Daemon], slow: Slow
) -> None:
    pool = hung(slow, "pool")
    write(home, sources=pool)
    daemon = ready(home, started)
    asked(slow, 1)
    if change == "removed and put back":
        reloaded(daemon, FOLDER)
    reloaded(daemon, pool.replace(*EDITED) if change == "edited in place" else pool)
    asked(slow, 2)
    slow.let_go(0, 403)
    assert daemon.logged(GONE)["job"] == "poll:main/pool"
    assert CLEAN.items() <= known(daemon).items()
    assert 'job="poll:main/pool",why="Source' not in daemon.get("/metrics")[1]
    slow.let_go(1)
    asked(slow, 3)
    assert known(daemon)["last_success"] is not None
    assert daemon.end() == 0


@pytest.mark.parametrize("change", ["edited in place", "removed and put back"])
def test_a_late_answer_to_the_round_before_a_change_counts_for_nothing(
    change: str, home: Path, started: list[Daemon], slow: Slow
) -> None:
    pool = hung(slow, "pool")
    write(home, sources=pool + FOLDER)
    daemon = ready(home, started)
    asked(slow, 1)
    slow.let_go(0, 403)
    daemon.logged("round failed")
    asked(slow, 2)
    assert "403" in known(daemon)["trouble"]
    if change == "removed and put back":
        reloaded(daemon, FOLDER)
    reloaded(daemon, (pool.replace(*EDITED) if change == "edited in place" else pool) + FOLDER)
    asked(slow, 3)
    assert CLEAN.items() <= known(daemon).items(), "the new one begins with clean health"
    slow.let_go(1)
    put(home, RECEIPT)
    daemon.logged("recorded")
    assert CLEAN.items() <= known(daemon).items()
    with EventLog.open(home) as log:
        assert log.cursor("main", "pool") is None, "what was asked for under other settings is not recorded"
        slow.let_go(2)
        give_up = time.perf_counter() + PATIENCE_SECONDS
        while log.cursor("main", "pool") is None:
            assert time.perf_counter() < give_up
            time.sleep(0.05)
    assert daemon.end() == 0


def test_a_source_that_was_not_edited_keeps_its_round_and_its_health(
    home: Path, started: list[Daemon], slow: Slow
) -> None:
    pool = hung(slow, "pool")
    write(home, sources=pool)
    daemon = ready(home, started)
    asked(slow, 1)
    slow.let_go(0, 403)
    daemon.logged("round failed")
    asked(slow, 2)
    silent = known(daemon)["silent_seconds"]
    time.sleep(2.5)
    reloaded(daemon, pool + FOLDER)
    put(home, RECEIPT)
    daemon.logged("recorded")
    assert slow.asked == 2, "its round goes on, and no other beside it"
    assert "403" in known(daemon)["trouble"]
    assert known(daemon)["silent_seconds"] >= silent + 2
    slow.let_go(1)
    asked(slow, 3)
    assert known(daemon)["last_success"] is not None
    assert known(daemon)["trouble"] is None
    assert GONE not in daemon.text
    assert daemon.end() == 0


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
    import sqlite3  # noqa: PLC0415 - only this test looks behind the store
    from contextlib import closing  # noqa: PLC0415 - the same

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


def test_another_writer_that_keeps_its_turn_does_not_delay_the_end(home: Path, started: list[Daemon]) -> None:
    daemon = ready(home, started)
    with writers_turn(home, SystemClock()):
        put(home, RECEIPT)
        time.sleep(1.5)
        begun = time.perf_counter()
        assert daemon.end() == 0
        assert time.perf_counter() - begun < 10
    assert verify(home).ok


SLOW_PAGE = (
    "import time; from lotwork.service.metrics import Metrics; Metrics.text = lambda _: time.sleep(60) or b''; " + START
)


def test_a_page_that_takes_for_ever_does_not_delay_the_end(home: Path, started: list[Daemon]) -> None:
    started.append(Daemon(home, SLOW_PAGE))
    daemon = started[-1]
    daemon.logged("ready")
    host, port = daemon.logged("serving")["url"].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as asking:
        asking.sendall(f"GET /metrics HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        time.sleep(0.5)
        begun = time.perf_counter()
        assert daemon.end() == 0
        assert time.perf_counter() - begun < 10
    daemon.logged("ended")


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
