"""Chance in the tests: the same draws in every run, and others in each round of `make fuzz`, which can be replayed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.drawing import FUZZ, ROUND, SAME, seeded, stream

ROOT = Path(__file__).parents[1]
DRAWS = """
from hashlib import sha256
from hypothesis import given, settings, strategies as st
from tests.drawing import stream
drawn = []
@settings(max_examples=30)
@given(st.lists(st.integers()), st.text())
def test_draw(numbers, text):
    drawn.append((numbers, text))
def test_tell():
    print("DRAWN", sha256(repr(drawn).encode()).hexdigest(), stream(7).random())
"""
FAILS = """
from hypothesis import given, strategies as st
@given(st.integers())
def test_fails(number):
    assert number < 1000
"""


def drawn_by(folder: Path, *options: str, more: str = "", **environ: str) -> str:
    """Return what two small tests draw when they run alone in *folder*, in a process of their own."""
    file = folder / "test_draws.py"
    file.write_text(more + DRAWS)
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "_hypothesis_pytestplugin", *options, file], cwd=folder,
        env={**bare(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environ}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    (line,) = [line for line in told.stdout.splitlines() if "DRAWN" in line]
    return line.partition("DRAWN")[2]


def bare() -> dict[str, str]:
    """Return an environment that is in no round of `make fuzz`."""
    left_out = {ROUND, "LOTWORK_FUZZ_LATEST"}
    known = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**known, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "-p tests.conftest"}


def test_every_run_draws_the_same_whatever_ran_before_and_whatever_is_imported(tmp_path: Path) -> None:
    first = drawn_by(tmp_path)
    (tmp_path / "numbers_of_ours.py").write_text("A, B, C = 184_500, 10_453, 987_654_321\nWORD = 'a word of ours'\n")
    assert drawn_by(tmp_path, more="import numbers_of_ours\n", CI="true", PYTHONHASHSEED="7") == first


def test_a_round_of_make_fuzz_draws_others_and_its_seed_draws_them_again(tmp_path: Path) -> None:
    one, again, other = (
        drawn_by(tmp_path, "--hypothesis-profile", FUZZ, "--hypothesis-seed", seed, **{ROUND: seed}) for seed in "112"
    )
    assert one == again != other


def test_make_fuzz_ends_at_a_failure_and_says_how_to_see_it_again(tmp_path: Path) -> None:
    file = tmp_path / "test_fails.py"
    file.write_text(FAILS)
    told = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--minutes", "1", "--workers", "0", str(file)],
        cwd=ROOT, env=bare(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 1, told.stdout + told.stderr
    assert "number=1000" in told.stdout
    assert "@reproduce_failure(" in told.stdout
    assert "make fuzz SEED=" in told.stdout


@pytest.mark.skipif(ROUND in os.environ, reason="a round of make fuzz has its own profile")
def test_no_data_base_of_examples_no_deadline_and_no_slowness_decides_a_run() -> None:
    assert settings.get_current_profile_name() == SAME
    now = settings()
    assert (now.derandomize, now.database, now.deadline, now.print_blob) == (True, None, None, True)
    assert HealthCheck.too_slow in now.suppress_health_check


@given(st.integers())
def test_a_seed_is_itself_outside_a_round(seed: int) -> None:
    if ROUND not in os.environ:
        assert seeded(f"a/{seed}") == f"a/{seed}"
        assert stream(seed).random() == stream(seed).random()
