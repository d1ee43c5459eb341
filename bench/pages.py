"""How the pages hold under a crowd: `python -m bench.pages`, on a made-up book, against the real daemon.

200 connections say nothing, 20 send a letter now and then, and 300 clients ask for one page at the same moment, while
`/healthz` is asked all the time. It prints how many were answered, after how long, and the longest wait for health.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SILENT, DRIPPING, CLIENTS = 200, 20, 300
PAGES = ("/?book=demo", "/tax?book=demo&year=2025")
PATIENCE_SECONDS = 300


def ask(port: int, path: str) -> bytes:
    """Return the whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as one:
        one.sendall(request(port, path))
        answer = b""
        while part := one.recv(65536):
            answer += part
    return answer


def request(port: int, path: str) -> bytes:
    """Return a request for *path*."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()


async def crowd(port: int, path: str) -> int:
    """Ask for *path* as all clients at once; return how many had it."""

    async def one() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(port, path))
        answer = await reader.read()
        writer.close()
        return answer

    answers = await asyncio.gather(*(one() for _ in range(CLIENTS)), return_exceptions=True)
    return sum(isinstance(answer, bytes) and answer.startswith(b"HTTP/1.1 200 ") for answer in answers)


def measure(port: int, path: str) -> str:
    """Return what one crowd met, in words."""
    over = threading.Event()
    waits: list[float] = []

    def look_after_health() -> None:
        while not over.wait(0.05):
            begun = time.perf_counter()
            if ask(port, "/healthz").startswith(b"HTTP/1.1 200 "):
                waits.append(time.perf_counter() - begun)

    def drip(one: socket.socket) -> None:
        for letter in request(port, "/" + "x" * 4000):
            if over.wait(0.05):
                return
            try:
                one.sendall(bytes([letter]))
            except OSError:
                return

    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(SILENT + DRIPPING)]
    for one in silent[SILENT:]:
        threading.Thread(target=drip, args=(one,), daemon=True).start()
    health = threading.Thread(target=look_after_health)
    health.start()
    begun = time.perf_counter()
    answered = asyncio.run(crowd(port, path))
    seconds = time.perf_counter() - begun
    over.set()
    health.join()
    for one in silent:
        one.close()
    return (
        f"{path}: {answered} of {CLIENTS} in {seconds:.1f} s; /healthz {len(waits)} times, {max(waits):.2f} s at worst"
    )


def main() -> None:
    """Run the daemon on a made-up book and measure each page."""
    with tempfile.TemporaryDirectory() as folder:
        home = str(Path(folder, "home"))
        lotwork = [sys.executable, "-m", "lotwork", "--home", home]
        subprocess.run([*lotwork, "demo"], check=True, stdout=subprocess.DEVNULL)
        log = Path(folder, "log")
        with log.open("w") as out:
            daemon = subprocess.Popen([*lotwork, "run", "--port", "0"], stderr=out)
        try:
            port = port_of(log)
            for page in PAGES:
                print(measure(port, page), flush=True)
        finally:
            daemon.terminate()
            daemon.wait()


def port_of(log: Path) -> int:
    """Wait until the daemon is ready and return its port, from its *log*."""
    while True:
        for line in log.read_text().splitlines():
            told = json.loads(line)
            if told["event"] == "ready":
                return int(told["url"].rpartition(":")[2])
        time.sleep(0.1)


if __name__ == "__main__":
    main()
