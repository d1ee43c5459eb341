"""A daemon as a real process over a home, and a pool that keeps it waiting."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from tests.ending import end_with_us
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
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
FOLDER = '[[sources.files]]\nname = "receipts"\nfolder = "inbox"\nevery_seconds = 1\n'
DAEMON = "[daemon]\nport = 0\nalerts_every_seconds = 1\nprices_every_seconds = 3600\n"


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


def hung(server: Slow, name: str = "hung") -> str:
    return (
        f'[[sources.ocean]]\nname = "{name}"\naddress = "bc1qexample"\nwallet = "cold"\nstart = 2026-11-01\n'
        f'base_url = "http://127.0.0.1:{server.server_address[1]}"\nallow_private = true\nevery_seconds = 1\n'
    )
