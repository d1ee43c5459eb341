"""What a process cost: its CPU seconds, wall seconds and peak memory, as the kernel counted them."""

from __future__ import annotations

import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

LAUNCHER = Path(__file__).with_name("launch.py")
COMPILED_ONCE = {"PYTHONDONTWRITEBYTECODE": ""}
"""Whatever the shell says, Python keeps what it compiled: to compile its modules anew triples what a process costs."""


class Cost(NamedTuple):
    """One run of one process, with everything it started and waited for."""

    cpu: float
    wall: float
    peak_mib: float
    out: str


def run(
    words: Sequence[str | Path],
    *,
    environ: Mapping[str, str] | None = None,
    allowed: Sequence[int] = (0,),
    into: Path | None = None,
) -> Cost:
    """Run *words* to their end and return what they cost; SystemExit where they fail, or are no program here.

    What they print is in the cost, or goes *into* a file, where it may be more than memory holds.
    """
    whole = {**os.environ, **COMPILED_ONCE, **(environ or {})}
    if shutil.which(words[0], path=whole.get("PATH")) is None:
        raise SystemExit(f"{words[0]} is not there, or is no program: install it, or name another to be measured")
    with (
        tempfile.NamedTemporaryFile("r", prefix="lotwork-cost-", encoding="ascii") as report,
        into.open("wb") if into else nullcontext(subprocess.PIPE) as printed,
    ):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-S", "-E", LAUNCHER, report.name, *map(str, words)],
            env=whole,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            check=False,
        )
        wall = time.perf_counter() - began
        out = (done.stdout or b"").decode(errors="replace")
        if done.returncode not in allowed:
            raise SystemExit(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{out[-2000:]}")
        cpu, peak_mib = map(float, report.read().split())
    return Cost(cpu, wall, peak_mib, out)


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the run in the middle by CPU; of an even count the lower of the two."""
    return sorted(costs, key=lambda cost: cost.cpu)[(len(costs) - 1) // 2]


def exponent(sizes: tuple[int, int], costs: tuple[float, float]) -> float:
    """Return how cost grows with size between two measurements: 1 is linear, 2 quadratic, nan lost in the noise."""
    if min(costs) <= 0:
        return math.nan
    return math.log(costs[1] / costs[0]) / math.log(sizes[1] / sizes[0])


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the *percent*-th percentile of *values*."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
