"""Another version of Lotwork, asked about a copy of this log: in its own environment, or a wheel's code in this one.

It is run as a program of its own, and sees nothing but the copy: what it writes, it writes there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import InputRefusedError, StorageError, UsageError
from lotwork.ledger.storage.evidence import FOLDER_NAME as EVIDENCE
from lotwork.ledger.storage.heads import heads_file, line_of, read_heads, replace_lines
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from lotwork.rules.law_archive import FOLDER_NAME as LAWS

PROGRAM = "lotwork"
SECONDS = 1800
"""So long it may think about one question: a million events take minutes."""
DONE = (0, 1)
"""The exit codes of a question that was answered."""


@dataclass(frozen=True, slots=True)
class Program:
    """How a version of Lotwork is called, and what its code is read from where that is no installation."""

    command: tuple[str, ...]
    code: Path | None = None

    def ask(self, home: Path, *words: str) -> tuple[int, str, str]:
        """Ask it over *home*; return its exit code, its standard output and the last line it said."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("LOTWORK_", "PYTHON"))}
        environ |= {"LOTWORK_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
        if self.code is not None:
            environ["PYTHONPATH"] = str(self.code)
        try:
            told = subprocess.run(  # noqa: S603 - the program that the person named
                [*self.command, *words], env=environ, cwd=home, stdin=subprocess.DEVNULL, capture_output=True,
                timeout=SECONDS, check=False,
            )  # fmt: skip
        except OSError as refused:
            raise InputRefusedError(f"{self.command[0]}: cannot be started ({refused})") from refused
        except subprocess.TimeoutExpired as slow:
            raise StorageError(f"{' '.join(words)} took the other version longer than {SECONDS} s") from slow
        said = told.stderr.decode(errors="replace").strip().splitlines()
        return told.returncode, told.stdout.decode(errors="replace"), said[-1] if said else ""

    def answer(self, home: Path, *words: str) -> Any:
        """Return the JSON that it answers; None where it does not answer, as where it lacks a year's law."""
        code, out, _ = self.ask(home, *words, "--json")
        try:
            return msgspec.json.decode(out) if code in DONE else None
        except msgspec.DecodeError:
            return None

    def version(self, home: Path) -> str:
        """Return what it calls itself; InputRefusedError where it does not run."""
        code, out, said = self.ask(home, "--version")
        if code or not out.startswith(PROGRAM):
            raise InputRefusedError(f"{self.command[0]}: is no Lotwork that runs here ({said or 'it says no word'})")
        return out.split()[-1]


def this_program() -> Program:
    """Return the Lotwork that runs."""
    return Program((sys.executable, "-P", "-m", PROGRAM))


@contextmanager
def program_at(place: str) -> Iterator[Program]:
    """Lend the Lotwork at *place*: a wheel, an environment, or the command itself.

    The code of a wheel runs with the libraries of this environment. Raises UsageError for what is none of these.
    """
    path = Path(place).expanduser()
    if path.suffix == ".whl" and os.access(path, os.R_OK) and path.is_file():
        with tempfile.TemporaryDirectory(prefix="lotwork-") as folder:
            try:
                with zipfile.ZipFile(path) as wheel:
                    wheel.extractall(folder)
            except (zipfile.BadZipFile, OSError) as broken:
                raise InputRefusedError(f"{place}: is no wheel that can be unpacked ({broken})") from broken
            yield Program((sys.executable, "-P", "-m", PROGRAM), code=Path(folder))
        return
    held = path / "bin" / PROGRAM
    command = held if os.access(held, os.X_OK) else path
    if not (os.access(command, os.X_OK) and command.is_file()):
        raise UsageError(
            f"--to {place[:60]}: is no wheel, no environment that holds {PROGRAM}, and no command: install that "
            "version beside this one and name its environment: python3 -m venv DIR; "
            f"DIR/bin/pip install {PROGRAM}==VERSION; lotwork upgrade-check --to DIR"
        )
    yield Program((str(command.absolute()),))


@contextmanager
def copy_of(log: EventLog, clock: Clock) -> Iterator[Path]:
    """Lend a home with what *log* holds now, its heads, its evidence and its law, and no settings; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lotwork-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        home.mkdir(mode=0o700)
        try:
            told = read_heads(log.home)  # before the copy: a head can only lag
            log.database.copy(home / FILE_NAME)
            heads = (line_of(head, clock.now().isoformat()) for _, head in sorted(told.items()))
            replace_lines(heads_file(home), b"".join(heads))
            for name in (EVIDENCE, LAWS):
                if (log.home / name).is_dir():
                    shutil.copytree(log.home / name, home / name)
        except OSError as refused:
            raise StorageError(f"{folder}: no copy could be made ({refused}): free space, and try again") from refused
        yield home
