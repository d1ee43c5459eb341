"""`make fuzz`: every test that draws, with other draws in every round, until the time is over or one of them fails."""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys

from lotwork.ledger.clock import SystemClock
from tests.drawing import FUZZ, LATEST, ROUND

DRAWING = "hypothesis or seeded"
NOTHING_FAILED, NOTHING_RAN = 0, 5


def fuzz_round(seed: int, latest: float, workers: str, chosen: list[str]) -> int:
    """Run the tests that draw with *seed* until *latest* (monotonic seconds); return what pytest ended with."""
    command = [
        sys.executable, "-m", "pytest", "-q", "-x", "-rfE", "-m", DRAWING, "-n", workers, "--dist", "worksteal",
        "--hypothesis-profile", FUZZ, "--hypothesis-seed", str(seed), *chosen,
    ]  # fmt: skip
    return subprocess.run(command, check=False, env=os.environ | {ROUND: str(seed), LATEST: str(latest)}).returncode


def main() -> int:
    """Run rounds for as long as was said; return 0, or what the round that failed ended with."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10.0, help="how long to go on")
    asked.add_argument("--seed", type=int, help="one whole round with this seed, to see a failure again")
    asked.add_argument("--workers", default="2")
    asked.add_argument("chosen", nargs="*", help="files or tests; else all that draw")
    told = asked.parse_args()
    clock = SystemClock()
    latest = float("inf") if told.seed is not None else clock.monotonic() + told.minutes * 60
    rounds = 0
    while clock.monotonic() < latest:
        seed = secrets.randbelow(2**32) if told.seed is None else told.seed
        rounds += 1
        print(f"round {rounds}, seed {seed}", flush=True)  # noqa: T201 - what to write down
        ended = fuzz_round(seed, latest, told.workers, told.chosen)
        if ended == NOTHING_RAN:
            print("none of these tests draws")  # noqa: T201 - the same
            return ended
        if ended != NOTHING_FAILED:
            print(HOW_TO_REPLAY.format(seed=seed, variable=ROUND, profile=FUZZ), flush=True)  # noqa: T201 - the same
            return ended
        if told.seed is not None:
            break
    print(f"rounds: {rounds}, and nothing failed")  # noqa: T201 - the same
    return NOTHING_FAILED


HOW_TO_REPLAY = """
Failed in the round of seed {seed}. To see it again:
  the example   put the line @reproduce_failure(...) that stands above over the test, and run that test
  the test      {variable}={seed} .venv/bin/pytest --hypothesis-profile {profile} --hypothesis-seed {seed} TEST
  the round     make fuzz SEED={seed}
What was found belongs into the tests as an @example, or as a test of its own."""

if __name__ == "__main__":
    sys.exit(main())
