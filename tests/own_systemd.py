"""A real systemd, as the manager of one user, on a machine that may run none: in a mount namespace of its own.

It is never the machine's manager (PID 1): that one cleans /tmp when it starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.ending import end_with_us
from tests.patience import PATIENCE_SECONDS

SYSTEMD = next((each for each in ("/lib/systemd/systemd", "/usr/lib/systemd/systemd") if Path(each).exists()), "")
UP = ("running", "degraded")
"""What it says of itself once it is up; degraded where a unit of somebody else's failed."""
BOOTED = "mount -t tmpfs none /run && mkdir -p /run/systemd/system && echo ready >{ready} && exec {systemd} --user"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class OwnSystemd:
    """The manager, and commands run where it is to be seen."""

    def __init__(self, process: subprocess.Popen[bytes], environ: dict[str, str]) -> None:
        self.process = process
        self.environ = environ

    def run(self, *words: str | Path, environ: dict[str, str] | None = None) -> Ended:
        """Run *words* beside the manager, with its environment and *environ*."""
        as_root = () if os.geteuid() == 0 else ("--user", "--preserve-credentials")
        done = subprocess.run(
            ["nsenter", f"--target={self.process.pid}", "--mount", *as_root, "--wd=/", *map(str, words)],
            env=self.environ | (environ or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def lotwork(self, home: Path, *words: str, environ: dict[str, str] | None = None) -> Ended:
        """Run `lotwork` on *home* with the script of this environment."""
        return self.run(Path(sys.executable).with_name("lotwork"), "--home", home, *words, environ=environ)


@contextmanager
def own_systemd(folder: Path) -> Iterator[OwnSystemd]:
    """Start the manager of a user whose home is *folder*."""
    assert SYSTEMD, "systemd is missing: apt-get install systemd"
    runtime, ready = folder / "runtime", folder / "ready"
    runtime.mkdir(mode=0o700)
    environ = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    as_root = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    with (folder / "systemd.log").open("wb") as log:
        process = subprocess.Popen(
            ["unshare", *as_root, "--mount", "sh", "-c", BOOTED.format(ready=ready, systemd=SYSTEMD)],
            env=environ,
            stdout=log,
            stderr=log,
        )
    end_with_us(process.pid)
    try:
        manager = OwnSystemd(process, environ)
        _wait(manager, ready, folder / "systemd.log")
        yield manager
        manager.run("systemctl", "--user", "exit")
        process.wait(PATIENCE_SECONDS)
    finally:
        process.kill()
        process.wait()


def _wait(manager: OwnSystemd, ready: Path, log: Path) -> None:
    give_up = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < give_up and manager.process.poll() is None:
        if ready.exists() and manager.run("systemctl", "--user", "is-system-running").out.strip() in UP:
            return
        time.sleep(0.05)
    said = log.read_text(errors="replace")
    pytest.skip(f"the kernel of this machine lets nobody start a systemd of their own: {said.splitlines()[-1:]}")
