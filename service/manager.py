"""The systemd that is asked: a user's own manager, or the machine's."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lotwork.ledger.errors import StorageError
from lotwork.service.unit import NAME

BOOTED = Path("/run/systemd/system")
"""There where systemd runs the machine: sd_booted(3)."""
MACHINE_FOLDER = Path("/etc/systemd/system")
ANSWER_SECONDS = 90
START_SECONDS = 660
SHOWN = (
    "LoadState", "ActiveState", "SubState", "UnitFileState", "MainPID", "NRestarts", "Result", "ExecMainStatus",
    "StatusText",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Manager:
    """One of the two managers; everything it is asked goes through `systemctl`."""

    of_user: bool

    @property
    def file(self) -> Path:
        """Where our unit stands."""
        if not self.of_user:
            return MACHINE_FOLDER / NAME
        config = os.environ.get("XDG_CONFIG_HOME")
        return (Path(config) if config else Path.home() / ".config") / "systemd" / "user" / NAME

    @property
    def flags(self) -> str:
        """What a command to paste needs beside `systemctl` or `journalctl`."""
        return " --user" if self.of_user else ""

    @property
    def status(self) -> str:
        """The command that shows a person how it stands."""
        return f"systemctl{self.flags} status {NAME}"

    def check_there(self) -> None:
        """Raise StorageError where there is no such manager, and say what is to be done without."""
        if not BOOTED.is_dir() or shutil.which("systemctl") is None:
            raise StorageError(
                "systemd does not run this machine: let what starts your services run `lotwork run` (a container's "
                "command, an init script); `lotwork service install --print` shows the unit all the same"
            )
        if self.of_user and not os.environ.get("XDG_RUNTIME_DIR"):
            raise StorageError(
                "this session has no manager of its own (XDG_RUNTIME_DIR is not set): log in as the user itself, by "
                "ssh or at the console, not with su or sudo"
            )

    def ask(self, *words: str, seconds: float = ANSWER_SECONDS) -> subprocess.CompletedProcess[str]:
        """Return what `systemctl` says to *words*."""
        command = ("systemctl", *(("--user",) if self.of_user else ()), "--no-ask-password", *words)
        try:
            return _run(*command, seconds=seconds)
        except subprocess.TimeoutExpired as late:
            raise StorageError(f"systemctl {words[0]}: no answer in {seconds:.0f} s: look at `{self.status}`") from late

    def do(self, *words: str, seconds: float = ANSWER_SECONDS) -> None:
        """Have *words* done; raise StorageError with what systemd says where it cannot."""
        done = self.ask(*words, seconds=seconds)
        if done.returncode:
            said = " ".join(done.stderr.split()) or "it failed and does not say why"
            raise StorageError(f"systemctl {' '.join(words)}: {said}")

    def shown(self) -> Mapping[str, str]:
        """Return the properties of our unit, by name."""
        done = self.ask("show", NAME, f"--property={','.join(SHOWN)}")
        pairs = (line.partition("=") for line in done.stdout.splitlines())
        return {name: value for name, _, value in pairs}


def check_unit(file: Path, *, of_user: bool) -> None:
    """Raise StorageError with what systemd finds wrong with the unit in *file*, where it can be asked."""
    if shutil.which("systemd-analyze") is None:
        return
    done = _run("systemd-analyze", *(("--user",) if of_user else ()), "verify", str(file))
    if done.returncode:
        raise StorageError(f"{file}: systemd would not take it: {done.stderr.strip()}")


def lingers(user: str) -> bool:
    """Say if *user*'s manager runs while nobody is logged in; where that cannot be asked, it is taken for granted."""
    if shutil.which("loginctl") is None:
        return True
    done = _run("loginctl", "show-user", user, "--property=Linger", "--value")
    return done.returncode != 0 or done.stdout.strip() == "yes"


def remove(file: Path) -> None:
    """Take *file* out; raise StorageError where it cannot be."""
    try:
        file.unlink()
    except OSError as refused:
        raise StorageError(f"{file}: cannot be taken out ({refused})") from refused


def _run(*words: str, seconds: float = ANSWER_SECONDS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=seconds)  # noqa: S603 - ours
