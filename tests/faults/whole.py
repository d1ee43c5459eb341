"""The long form of the tests of faults: `.venv/bin/python -m tests.faults.whole` prints what docs/reliability.md tells.

Every call to the disk of every workload is hit in every way; 500 kills at moments by chance, half of them in polls
that record; 3,000 images of power cuts. `--seed` draws the same again; another seed, other moments.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections import Counter
from random import Random  # noqa: TID251 - seeded: the draws of tests

from lotwork.ledger.clock import SystemClock
from tests.faults.harness import ACTIONS, WORKLOADS, Bench, benched
from tests.faults.power_cuts import CUTS, UNSYNCED, lost


def every_call(bench: Bench) -> None:
    """Hit every call in every way."""
    for workload in WORKLOADS:
        calls = bench.calls(workload)
        ends: Counter[str] = Counter()
        for action in ACTIONS:
            for at in range(1, calls + 1):
                done = bench.hit(workload, action, at)
                ends["killed" if done.code < 0 else f"exit {done.code}"] += 1
        tell(f"{workload.name}: {calls} calls, {calls * len(ACTIONS)} runs, {dict(ends)}, nothing lost")


def kills(bench: Bench, count: int, chance: Random) -> None:
    """Kill at moments by chance of the later part, where a command writes; half of them in polls."""
    polls = [workload for workload in WORKLOADS if workload.name == "poll"]
    others = [workload for workload in WORKLOADS if workload.name != "poll" and not workload.beside]
    stood: Counter[str] = Counter()
    for number in range(count):
        workload = chance.choice(polls if number % 2 else others)
        stands = bench.kill(workload, 0.3 + chance.random() * 0.8)
        stood["the new" if stands == workload.new and workload.old != workload.new else "the old"] += 1
    tell(f"kill -9 at {count} moments, half of them in polls: {dict(stood)} stood, nothing lost")


def power_cuts(bench: Bench, count: int, chance: Random) -> None:
    """Draw *count* images, spread over the workloads; IMAGES of one that syncs nothing show that they would tell."""
    for cut in CUTS:
        wrong = lost(bench, cut, count // len(CUTS), chance)
        tell(f"power cut, {cut.name}: {count // len(CUTS)} images, {len(wrong)} wrong")
        if wrong:
            raise AssertionError("\n".join(wrong[:5]))
    wrong = lost(bench, UNSYNCED, 200, chance)
    tell(f"power cut, {UNSYNCED.name}: 200 images, {len(wrong)} wrong, as they must be")
    assert wrong


def tell(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - what the command is for


def main() -> int:
    """Do all three; return 0 where nothing was lost."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int)
    asked.add_argument("--kills", type=int, default=500)
    asked.add_argument("--images", type=int, default=3000)
    told = asked.parse_args()
    seed = secrets.randbelow(2**32) if told.seed is None else told.seed
    tell(f"seed {seed}")
    began = SystemClock().monotonic()
    with benched() as bench:
        every_call(bench)
        kills(bench, told.kills, Random(seed))  # noqa: S311 - draws what is tried
        power_cuts(bench, told.images, Random(seed))  # noqa: S311 - the same
    tell(f"{SystemClock().monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
