"""A copy of the house that a test may add to: every room, and the tests that hold a new source to its recipe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.house import PACKAGE, ROOMS, ROOT, SINGLE_MODULES

KEPT = (*ROOMS, PACKAGE, "docs", "tests/architecture", "tests/ingest", "tests/data/pools")
KEPT_FILES = (*(f"{name}.py" for name in SINGLE_MODULES), "tests/__init__.py", "tests/drawing.py", "pyproject.toml")
OF_SOURCES = "tests/architecture/test_sources.py"
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


class HouseCopy:
    """A checkout of its own in *root*; what is run in it imports from it and from nowhere else."""

    def __init__(self, root: Path) -> None:
        self.root = root
        half_written = shutil.ignore_patterns("*.pyc.*")  # by another worker, while this one copies what was compiled
        for name in KEPT:
            shutil.copytree(ROOT / name, root / name, symlinks=True, ignore=half_written)
        for name in KEPT_FILES:
            shutil.copy(ROOT / name, root / name)

    def run(self, *words: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run Python with *words* in the copy; where *home* is given, the command `lotwork` over it."""
        command = ("-m", PACKAGE, "--home", str(home), *words) if home else words
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            env={name: value for name, value in os.environ.items() if name != NO_BYTECODE},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def check(self, *tests: str) -> str:
        """Return what *tests*, those of the sources where none are named, say of the copy; nothing where all pass."""
        told = self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *(tests or (OF_SOURCES,)))
        return "" if told.returncode == 0 else told.stdout + told.stderr

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def changed(self) -> set[str]:
        """Return every file of Python in which the copy differs from the house."""
        paths = {path.relative_to(self.root) for name in KEPT for path in (self.root / name).rglob("*.py")}
        return {
            str(path)
            for path in {*paths, *map(Path, KEPT_FILES)}
            if not (ROOT / path).is_file() or (ROOT / path).read_bytes() != (self.root / path).read_bytes()
        }
