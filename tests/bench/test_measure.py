"""What a process cost is told only of one that ran."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.measure import run


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "lotwork"
    with pytest.raises(SystemExit, match="lotwork is not there"):
        run([missing, "--help"], allowed=(0, 1))
    missing.touch(mode=0o600)
    with pytest.raises(SystemExit, match="or is no program"):
        run([missing, "--help"], allowed=(0, 1))


def test_what_a_program_prints_is_in_its_cost() -> None:
    cost = run(["sh", "-c", "echo told; exit 3"], allowed=(3,))
    assert cost.out == "told\n"
    assert cost.peak_mib > 0
