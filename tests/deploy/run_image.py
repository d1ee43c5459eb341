"""Run a built image as deploy/compose.yaml does: `python -m tests.deploy.run_image IMAGE.json ROOT FOLDER`, as root.

IMAGE.json is what `buildah inspect --type image` says, ROOT its unpacked root, FOLDER where its home is mounted. What
a runtime would do is done with unshare, mount, setpriv and chroot: a root nobody writes to, no capability, no new
privileges, /tmp and the home to write into, a network of its own that has the loopback alone. Ends with 1, in words,
where the image is not healthy, runs as root, can write elsewhere, or does not end with 0 on its stop signal.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

READY_SECONDS, END_SECONDS = 60, 30
INSIDE = """
set -eu
mount --make-rprivate /
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs -o size=256m,mode=1777 tmpfs "$1/tmp"
mount --bind "$2" "$1$3"
python3 -c 'import fcntl, socket, struct
one = socket.socket()
fcntl.ioctl(one, 0x8914, struct.pack("16sh", b"lo", 1))'
shift 3
exec "$@"
"""
"""Mounts, and the loopback up: $1 the root, $2 the home, $3 where it goes, then what runs."""


def fail(why: str) -> NoReturn:
    sys.exit(f"the image: {why}")


class Image(NamedTuple):
    """What the image says of itself, and where it is unpacked."""

    config: dict[str, Any]
    root: str

    @property
    def user(self) -> int:
        name = str(self.config.get("User") or "root").partition(":")[0]
        return int(name) if name.isdigit() and name != "0" else fail(f"it runs as {name!r}")

    def words(self, command: list[str]) -> list[str]:
        """Return *command* as the image's user without a right; chroot asks for one, so it comes first."""
        return [
            "chroot", self.root, "/usr/bin/env", "-i", *self.config["Env"],
            "setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", "--bounding-set=-all",
            "--inh-caps=-all", "--no-new-privs", *command,
        ]  # fmt: skip


def main(told: str, root: str, folder: str) -> None:
    image = Image(json.loads(Path(told).read_text(encoding="utf-8"))["Docker"]["config"], root)
    if folder not in image.config["Volumes"]:
        fail(f"it has no volume {folder}")
    with tempfile.TemporaryDirectory() as work:
        home, log = Path(work, "home"), Path(work, "log")
        home.mkdir(mode=0o700)
        os.chown(home, image.user, image.user)
        alone = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", INSIDE, "sh"]
        runs = image.words([*image.config["Entrypoint"], *image.config["Cmd"]])
        with log.open("wb") as out:
            daemon = subprocess.Popen([*alone, root, str(home), folder, *runs], stdout=out, stderr=out)
        try:
            watch(daemon, image, log)
        finally:
            daemon.kill()
            daemon.wait()


def first_of(daemon: subprocess.Popen[bytes]) -> int:
    """Return the process that unshare made: the first one inside, to which a runtime sends its signals."""
    for _ in range(200):
        children = Path(f"/proc/{daemon.pid}/task/{daemon.pid}/children").read_text(encoding="ascii").split()
        if children:
            return int(children[0])
        time.sleep(0.05)
    fail("it did not start")


def watch(daemon: subprocess.Popen[bytes], image: Image, log: Path) -> None:
    first = first_of(daemon)

    def within(*command: str) -> subprocess.CompletedProcess[bytes]:
        entered = ["nsenter", f"--target={first}", "--mount", "--net", "--pid", *image.words(list(command))]
        return subprocess.run(entered, capture_output=True, check=False, timeout=READY_SECONDS)

    kind, *check = (image.config.get("Healthcheck") or fail("it has no health check"))["Test"]
    if kind != "CMD":
        fail(f"its health check is no command but {kind}")
    for _ in range(2 * READY_SECONDS):
        asked = within(*check)
        if not asked.returncode or daemon.poll() is not None:
            break
        time.sleep(0.5)
    if asked.returncode:
        fail(f"it is not healthy: {asked.stderr.decode()[-500:]}\n{log.read_text(encoding='utf-8')[-3000:]}")
    for command, wanted in ((("lotwork", "head", "--json"), b'"head"'), (("lotwork", "--version"), b"lotwork")):
        answered = within(*command)
        if answered.returncode or wanted not in answered.stdout:
            fail(f"{command} says {answered.stdout!r} {answered.stderr!r}")
    for place in ("/x", "/etc/x", "/usr/x", "/opt/lotwork/x"):
        refused = within("touch", place)
        if b"Read-only" not in refused.stderr:
            fail(f"{place} is not on a read-only system: {refused.stderr!r}")
    told = within("grep", "-E", "^(Uid|CapEff|CapBnd|NoNewPrivs):", "/proc/1/status").stdout.decode().split("\n")
    rights = {name: value.split()[0] for name, _, value in (line.partition(":") for line in told if line)}
    if rights != {"Uid": str(image.user), "CapEff": "0" * 16, "CapBnd": "0" * 16, "NoNewPrivs": "1"}:
        fail(f"it has rights: {rights}")
    os.kill(first, signal.Signals[image.config["StopSignal"]])
    try:
        ended = daemon.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        fail(f"it still runs {END_SECONDS} s after its stop signal")
    if ended:
        fail(f"it ended with {ended}: {log.read_text(encoding='utf-8')[-2000:]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
