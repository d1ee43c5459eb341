"""Whichever call to the disk fails, is done by half or is the last: the old or the new, and what is said is so.

Here a sample of them is hit, and others in each round of `make fuzz`; `python -m tests.faults.whole` hits every one.
"""

from __future__ import annotations

import os
import shutil
from itertools import islice
from pathlib import Path

import pytest

from lotwork.ledger.storage.verify import verify
from tests.drawing import ROUND, stream
from tests.faults.harness import ACTIONS, KILLED, KILLED_BY, NONE, WORKLOADS, Bench, Workload, after, to_be_killed

STEP = 3 if ROUND in os.environ else 16
"""Of so many calls one is hit."""


@pytest.mark.faults
@pytest.mark.seeded
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_a_call_that_fails_leaves_the_old_or_the_new(bench: Bench, workload: Workload) -> None:
    chance = stream(9)
    calls = bench.calls(workload)
    assert calls > 30
    for action in ACTIONS:
        for at in range(1 + chance.randrange(STEP), calls + 1, STEP):
            bench.hit(workload, action, at)


@pytest.mark.faults
@pytest.mark.seeded
def test_kills_at_any_moment_leave_the_old_or_the_new(bench: Bench) -> None:
    chance = stream(10)
    ends = [bench.kill(workload, chance).code for workload in islice(to_be_killed(chance), 24)]
    assert ends.count(KILLED_BY) > 6


@pytest.mark.faults
def test_the_harness_finds_what_the_former_restore_lost(bench: Bench) -> None:
    """Killed beside a reader, the restore of release 0.1.0 left a ledger without its last events."""
    (workload,) = (each for each in WORKLOADS if each.beside)
    lost = 0
    for at in range(30, 60, 2):
        root = bench.root(workload)
        bench.run(root, workload, KILLED, at, job="former_restore")
        found = verify(root / "home")
        lost += not found.ok or found.head.position not in {workload.old, workload.new}
        shutil.rmtree(root.parent)
    assert lost > 0


def test_the_harness_counts_and_hits_what_it_says(bench: Bench, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    done = bench.worker.run(root, "--home", root / "home", "init", "--no-input", how=NONE)
    assert (done.code, done.call) == (0, "")
    shutil.rmtree(root)
    root.mkdir()
    hit = bench.worker.run(root, "--home", root / "home", "init", "--no-input", how=1, at=1, error=28)
    assert (hit.code, hit.call) == (5, "mkdir /home")
    assert "No space left on device" in hit.said
    assert after(root) == 0
