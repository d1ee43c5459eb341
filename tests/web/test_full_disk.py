"""A full disk, a real one: an act is refused in words, and nothing of it is recorded until there is room."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOUNT = 'mount -t tmpfs -o size=2m none "$1" && exec "$2" -m tests.web.full_disk "$1"'


def test_an_act_on_a_full_disk_records_nothing_and_later_once(tmp_path: Path) -> None:
    """It is a file system of two megabytes, in a mount namespace that ends with the process."""
    words = ["unshare", "-Urm", "sh", "-c", MOUNT, "sh", str(tmp_path), sys.executable]
    try:
        ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if "unshare:" in ended.stderr or "mount:" in ended.stderr:
        pytest.skip(f"nobody may mount here: {ended.stderr.strip()}")
    assert ended.returncode == 0, ended.stderr
    told = [line for line in ended.stdout.splitlines() if "logged in" not in line]
    assert told == ["507 True 4 0", "507 True 4 0", "507 True 4 1", "303 False 5 1", "303 False 5 1"]
