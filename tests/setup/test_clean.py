"""`make clean` takes away what make, the tools and the tests have left, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.architecture.house import ROOT

A_HOME = "/home/"
"""The one thing that is ignored and is nobody's leavings."""


def left_behind(folder: Path) -> dict[str, Path]:
    """Lay into *folder* one file of each thing that .gitignore tells of; return where it lies, by its line there."""
    made = {}
    for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines():
        where = {"node_modules/": ".ci/evm/node_modules/"}.get(line, line)
        path = folder / where.lstrip("/").replace("*.", "some.").replace("*", ".worker")
        made[line] = path / "file" if line.endswith("/") else path
        made[line].parent.mkdir(parents=True, exist_ok=True)
        made[line].write_text("left")
    return made


def clean(folder: Path) -> None:
    shutil.copy(ROOT / "Makefile", folder)
    subprocess.run(["make", "--silent", "clean"], cwd=folder, check=True, capture_output=True)


def test_what_is_ignored_is_removed_but_a_home(tmp_path: Path) -> None:
    made = left_behind(tmp_path)
    clean(tmp_path)
    assert [line for line, path in made.items() if path.exists()] == [A_HOME]


def test_caches_of_every_room_are_removed_and_its_files_stay(tmp_path: Path) -> None:
    room = tmp_path / "ledger" / "storage"
    for path in (room / "log.py", room / "__pycache__" / "log.pyc", tmp_path / ".coverage", tmp_path / ".coveragerc"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("kept")
    clean(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [".coveragerc", "Makefile", "log.py"]


def test_whatever_is_removed_is_ignored_by_git(tmp_path: Path) -> None:
    """What is removed and not ignored would be committed one day."""
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\trm -rf .venv ")[2].partition("\tfind")[0]
    names = [".venv", *recipe.replace("\\\n", " ").replace("*", "worker").split()]
    assert ".hypothesis" in names
    for words in (("init", "--quiet"), ("config", "core.excludesFile", os.devnull)):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    asked = "".join(f"{name}/\n" for name in names)
    told = subprocess.run(["git", "check-ignore", "--stdin"], cwd=tmp_path, input=asked, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert told.stdout == asked
