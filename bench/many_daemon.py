"""The daemon of many homes, measured: 50 or 500 of them against a local server of which one host hangs.

    python -m bench.many_daemon --homes 50 --hung 5 --every 5 --seconds 60

Each home asks a pool of OCEAN's kind on a host of its own (a host is asked once a second, whoever asks); those that
hang ask one host, which takes a question and never answers. What is told: how late the polls of the others were, the
threads, the memory and the CPU of the daemon.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.request import urlopen

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable

HUNG = "127.200.0.1"
CLOCK = SystemClock()
SETTINGS = """[daemon]
alerts_every_seconds = 60
[prices]
sources = []
[[sources.ocean]]
name = "pool"
address = "{name}"
wallet = "cold"
start = 2026-11-01
base_url = "http://{host}:{port}"
allow_private = true
every_seconds = {every}
"""


class Pool(ThreadingHTTPServer):
    """A pool on every address of the loopback that notes when it was asked, and on one host answers nobody."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self) -> None:
        super().__init__(("0.0.0.0", 0), Answer)  # noqa: S104 - a test of this machine, for a minute
        self.asked: defaultdict[str, list[float]] = defaultdict(list)
        self.over = threading.Event()


class Answer(BaseHTTPRequestHandler):
    """One question."""

    server: Pool

    def do_GET(self) -> None:
        """Note when it was asked, and answer that nothing was earned; or never."""
        parts, host = self.path.split("/"), self.connection.getsockname()[0]
        self.server.asked[host].append(CLOCK.monotonic())
        if host == HUNG:
            self.server.over.wait()
            return
        first, last = map(int, parts[-2:])
        told = json.dumps({"result": {"start_ts": first, "end_ts": last, "earnings": [], "payouts": []}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(pool: Pool) -> Iterator[Pool]:
    """Answer within."""
    thread = threading.Thread(target=pool.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield pool
    finally:
        pool.over.set()
        pool.shutdown()
        pool.server_close()


def make(folder: Path, homes: int, hung: int, every: int, port: int, events: int) -> None:
    """Make *homes* of a few *events*, of which the first *hung* ask the host that hangs."""
    table = AssetTable()
    receipts = [
        parse_event({"kind": "receipt", "id": f"r{n}", "at": f"2026-{n % 11 + 1:02}-01T12:00:00Z", "wallet": "cold",
                     "asset": "BTC", "quantity": "0.01", "income": "pool_payout", "price_usd": "90000"}, table, "made")
        for n in range(events)
    ]  # fmt: skip
    for number in range(homes):
        home = folder / f"miner{number:04}"
        home.mkdir(mode=0o700)
        host = HUNG if number < hung else f"127.1.{number // 200}.{number % 200 + 1}"
        (home / "config.toml").write_text(SETTINGS.format(name=f"a{number:04}", host=host, port=port, every=every))
        with EventStore.open(home, clock=CLOCK) as store:
            store.append(Batch("main", tuple(receipts)))


def status(pid: int) -> tuple[int, float]:
    """Return the threads of a process, and its memory in MiB."""
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return int(told["Threads"]), int(told["VmRSS"].split()[0]) / 1024


def main() -> None:
    """Measure, and print what was found as JSON."""
    asks = argparse.ArgumentParser(description=__doc__)
    for name, default in (("homes", 50), ("hung", 5), ("every", 5), ("seconds", 60), ("events", 1000), ("warm", 20)):
        asks.add_argument(f"--{name}", type=int, default=default)
    said = asks.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="many-"))
    with served(Pool()) as pool:
        make(folder, said.homes, said.hung, said.every, pool.server_address[1], said.events)
        (folder / "config.toml").write_text("[daemon]\nport = 0\n")
        daemon = subprocess.Popen(
            [sys.executable, "-m", "lotwork", "run", "--homes", str(folder)],
            stderr=subprocess.PIPE, text=True, env={**os.environ, "LOTWORK_HOME": str(folder / "none")},
        )  # fmt: skip
        try:
            print(json.dumps(measured(daemon, pool, said), indent=1))
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(20)
            shutil.rmtree(folder)


def measured(daemon: subprocess.Popen[str], pool: Pool, said: argparse.Namespace) -> dict[str, object]:
    """Return what was found of a daemon that runs so many seconds once every home is kept."""
    lines: list[str] = []
    threading.Thread(target=lambda: lines.extend(daemon.stderr or ()), daemon=True).start()
    begun = CLOCK.monotonic()
    while sum('"kept"' in line for line in list(lines)) < said.homes:
        CLOCK.sleep(0.1)
        if daemon.poll() is not None or CLOCK.monotonic() - begun > 600:  # noqa: PLR2004 - ten minutes
            raise SystemExit("".join(lines[-20:]))
    kept_after = CLOCK.monotonic() - begun
    CLOCK.sleep(said.warm)  # the first rounds are spread over a while, and each book is folded once
    pool.asked.clear()
    threads, most = 0, 0.0
    over = CLOCK.monotonic() + said.seconds
    while CLOCK.monotonic() < over:
        now, memory = status(daemon.pid)
        threads, most = max(threads, now), max(most, memory)
        CLOCK.sleep(0.5)
    hung = len(pool.asked.pop(HUNG, ()))
    late = sorted(later - one - said.every for asked in pool.asked.values() for one, later in pairwise(asked))
    url = next(json.loads(line)["url"] for line in lines if '"serving"' in line)
    with urlopen(f"{url}/readyz") as answer:  # noqa: S310 - our own address
        turns = json.load(answer)["turns"]
    cpu = sum(map(float, Path(f"/proc/{daemon.pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return {
        "homes": said.homes, "hung": said.hung, "every": said.every, "seconds": said.seconds, "events": said.events,
        "all_kept_after_seconds": round(kept_after, 1),
        "polls_of_the_others": sum(map(len, pool.asked.values())),
        "books_polled": len(pool.asked), "polls_of_the_hung": hung,
        "late_seconds_p50": round(late[len(late) // 2], 2), "late_seconds_p99": round(late[int(len(late) * 0.99)], 2),
        "late_seconds_most": round(late[-1], 2),
        "threads_most": threads, "rss_mib_most": round(most), "turns": turns,
        "cpu_seconds": round(cpu / os.sysconf("SC_CLK_TCK"), 1), "of_wall_seconds": round(CLOCK.monotonic() - begun),
        "descriptors": len(list(Path(f"/proc/{daemon.pid}/fd").iterdir())),
        "limit": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }  # fmt: skip


if __name__ == "__main__":
    main()
