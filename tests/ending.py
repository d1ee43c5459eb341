"""No server outlives the tests that started it, also where these were killed: a watcher waits for the end of a pipe.

The watcher is one small process for each process that starts servers, in a session of its own. It is told which
processes to end; when whoever told it is gone, however that came, it ends those that still run, and takes their folders
away. A number that the system gave to another process meanwhile is known by when that one started.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

WATCHER = r"""
import json, os, shutil, sys, time

def started(pid):
    try:
        with open(f"/proc/{pid}/stat") as told:
            state, *rest = told.read().rpartition(")")[2].split()
        return None if state == "Z" else rest[18]
    except OSError:
        return None

ours = [json.loads(line) for line in sys.stdin]
still = [(pid, since) for pid, since, number, folder in ours if started(pid) == since]
for pid, since, number, folder in ours:
    if (pid, since) in still:
        os.kill(pid, number)
until = time.monotonic() + 20
while time.monotonic() < until and any(started(pid) == since for pid, since in still):
    time.sleep(0.02)
for pid, since, number, folder in ours:
    if folder and (pid, since) in still:
        shutil.rmtree(folder, ignore_errors=True)
"""
_watchers: dict[int, subprocess.Popen[str]] = {}


def end_with_us(pid: int, number: signal.Signals = signal.SIGKILL, folder: Path | None = None) -> None:
    """Let *pid* get the signal *number* when this process is gone, and take *folder* away once it has ended."""
    watcher = _watchers.get(os.getpid())  # who was forked tells a watcher of its own
    if watcher is None:
        watcher = _watchers[os.getpid()] = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", WATCHER], stdin=subprocess.PIPE, text=True, start_new_session=True
        )
    try:
        since = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except FileNotFoundError:
        return  # it has ended already, and whoever waits for it says why
    assert watcher.stdin is not None
    watcher.stdin.write(f'[{pid}, "{since}", {int(number)}, "{folder or ""}"]\n')
    watcher.stdin.flush()
