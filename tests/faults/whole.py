"""The long form of the tests of faults: `.venv/bin/python -m tests.faults.whole` prints what docs/reliability.md tells.

Every call to the disk of every workload is hit in every way; 500 processes are killed at moments by chance, half of
them polls that record; 3,000 images of power cuts; a bit of every byte that a file begins with; 10,000 schedules of
two writers; every word of a litecoind and of an anvil changed; 300 malformed files of each profile; each source killed
at every place; 10,000 polls of pools through faults; 1,000 scripts of reorganisations on a litecoind and 5,000 on a
model chain, through node, Electrum and Esplora alike, and 200 worlds held against Bitcoin Core's rules; each source at
three rates of faults; the pages under a crowd. `--seed` draws the same again; another seed, other moments.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the draws of tests

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as drawn_from

from lotwork.ledger.clock import SystemClock
from tests.faults.every_byte import HEADER_BYTES, every_byte, pristine
from tests.faults.harness import ACTIONS, KILLED_BY, WORKLOADS, Bench, benched, to_be_killed
from tests.faults.memory import MEMORY
from tests.faults.power_cuts import CUTS, UNSYNCED, lost
from tests.faults.schedules import SCHEDULES
from tests.faults.simulation import Schedule
from tests.ingest.bitcoin import test_every_word as bitcoin
from tests.ingest.bitcoin import test_servers as servers
from tests.ingest.bitcoin.worlds import trios
from tests.ingest.evm import test_every_word as evm
from tests.ingest.pools.test_soak import REMEMBERING
from tests.oracles import test_kernel as kernel

PARTS = (
    *("calls", "kills", "power", "bytes", "schedules", "words", "matrix", "polls", "reorganisations", "sources"),
    "pages",
)
OF_A_NODE = 50
"""Scripts that one litecoind lives through."""
POLLS, MOST_PAYLOADS = 10_000, 600
"""Polls of all pools together, or of one; payloads of each source, of which a profile gets a half."""
SOAK = "test_whatever_happens_on_the_way_the_end_is_what_the_pool_says"
TURN = re.compile(r"writer \d, before it does .*: ([a-zA-Z ]+) \d+")


def every_call(bench: Bench) -> None:
    """Hit every call in every way."""
    for workload in WORKLOADS:
        calls = bench.calls(workload)
        ends: Counter[str] = Counter()
        for action in ACTIONS:
            for at in range(1, calls + 1):
                done = bench.hit(workload, action, at)
                ends["killed" if done.code < 0 else f"exit {done.code}"] += 1
        tell(f"{workload.name}: {calls} calls, {calls * len(ACTIONS)} runs, {told(ends)}, nothing lost")


def kills(bench: Bench, count: int, chance: Random) -> None:
    """Kill at moments by chance, until so many died before they came to their end; half of them are polls."""
    ends: Counter[str] = Counter()
    for workload in to_be_killed(chance):
        done = bench.kill(workload, chance)
        ends[("a poll" if workload.name == "poll" else "another") if done.code == KILLED_BY else "ended before"] += 1
        if ends["a poll"] + ends["another"] == count:
            break
    tell(f"kill -9: {told(ends)}, nothing lost")


def bytes_changed(chance: Random) -> None:
    """Change a bit of every byte that a file begins with."""
    for name in HEADER_BYTES:
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            ends = every_byte(pristine(Path(folder), name), name, chance)
        tell(f"a bit of every byte, {name}: {ends.total()} bytes, {told(ends)}")


def power_cuts(bench: Bench, count: int, chance: Random) -> None:
    """Draw *count* images, spread over the workloads; those of a ledger that is not synced must be found wrong."""
    for cut in CUTS:
        wrong = lost(bench, cut, count // len(CUTS), chance)
        tell(f"power cut, {cut.name}: {count // len(CUTS)} images, {len(wrong)} wrong")
        if wrong:
            raise AssertionError("\n".join(wrong[:5]))
    wrong = lost(bench, UNSYNCED, 200, chance)
    tell(f"power cut, {UNSYNCED.name}: 200 images, {len(wrong)} wrong, as they must be")
    assert wrong


def schedules(bench: Bench, count: int, seed: int) -> None:
    """Let two writers follow *count* schedules; the first that goes wrong is made as short as it goes and told."""
    came: Counter[str] = Counter()

    @drawn_from(seed)
    @settings(
        max_examples=count, deadline=None, database=None, phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(SCHEDULES)
    def follow(schedule: Schedule) -> None:
        wrong, story = bench.worker.simulate(schedule)
        came["schedules"] += 1
        for line in story:
            turn = TURN.fullmatch(line)
            came[turn[1] if turn else line.split('"')[1]] += 1
        assert not wrong, "\n".join([*wrong, *story])

    follow()
    tell(f"two writers: {told(came)}, nothing lost")


def words() -> None:
    """Change every word that a node says, and every byte of a block, one at a time."""
    with tempfile.TemporaryDirectory() as folder:
        tell(
            "litecoind: {} words changed, {} refused, none believed".format(*bitcoin.believe_no_lie(Path(folder), list))
        )
    for prove_logs in (False, True):
        counted = evm.believe_no_lie(list, prove_logs=prove_logs)
        tell("anvil, prove_logs {}: {} words changed, {} refused, none believed".format(prove_logs, *counted))


def tested(*paths: str, **environ: str) -> None:
    """Run the tests of *paths* in another length."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths],
        env={**os.environ, **environ},
        check=True,
        capture_output=True,
        text=True,
    )
    tell(f"{' '.join(paths)}, {environ}: {told.stdout.splitlines()[-1]}")


def matrix() -> None:
    """Give each source, market and profile its malformed payloads, and kill each source at every place."""
    tested("tests/ingest/matrix", LOTWORK_PAYLOADS=str(MOST_PAYLOADS))
    tested("tests/ingest/test_poll_killed.py", LOTWORK_EVERY_PLACE="1")


def polls(pool: str | None) -> None:
    """Ask all pools together so often through faults, or one alone."""
    asked = POLLS if pool else -(-POLLS // len(REMEMBERING))
    where = "tests/ingest/pools/test_soak.py"
    tested(f"{where}{f'::{SOAK}[{pool}]' if pool else ''}", LOTWORK_SOAK_POLLS=str(asked))


def reorganisations(scripts: int, worlds: int, by_rules: int) -> None:
    """Follow scripts of reorganisations on a litecoind and on the model chain, and hold some against the rules."""
    counted: Counter[str] = Counter()
    for begin in range(0, scripts, OF_A_NODE):
        with tempfile.TemporaryDirectory() as folder, servers.running(Path(folder)) as chain:
            some = range(begin, min(begin + OF_A_NODE, scripts))
            counted += servers.follow_scripts(Path(folder), chain, some)
    tell(f"litecoind, by node, Electrum and Esplora: {told(counted)}, all as a fresh scan")
    tell(f"the model chain, by all three: {told(trios(range(worlds)))}, all as a fresh scan")
    counted = Counter()
    for begin in range(0, by_rules, OF_A_NODE):
        counted += kernel.agree(range(begin, min(begin + OF_A_NODE, by_rules)))
    tell(f"Bitcoin Core's rules: {told(counted)}, all agreed")


def measured(module: str) -> None:
    """Run a measurement of bench/, which prints its own table."""
    subprocess.run([sys.executable, "-m", module], check=True)


def told(counted: Counter[str]) -> str:
    """Return *counted* in words."""
    return ", ".join(f"{number} {what}" for what, number in counted.most_common())


def tell(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - what the command is for


def main() -> int:
    """Do all of it; return 0 where nothing was lost."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int)
    asked.add_argument("--kills", type=int, default=500)
    asked.add_argument("--images", type=int, default=3000)
    asked.add_argument("--schedules", type=int, default=10_000)
    asked.add_argument("--scripts", type=int, default=1_000)
    asked.add_argument("--worlds", type=int, default=5_000)
    asked.add_argument("--by-rules", type=int, default=200)
    asked.add_argument("--pool", choices=[case.name for case in REMEMBERING], help="of the polls, all at this one")
    asked.add_argument("--only", choices=PARTS, help="this part alone")
    options = asked.parse_args()
    seed = secrets.randbelow(2**32) if options.seed is None else options.seed
    tell(f"seed {seed}")
    clock = SystemClock()
    began = clock.monotonic()
    with benched() as bench:
        parts: dict[str, Callable[[Random], None]] = {
            "calls": lambda _: every_call(bench),
            "kills": lambda chance: kills(bench, options.kills, chance),
            "power": lambda chance: power_cuts(bench, options.images, chance),
            "bytes": bytes_changed,
            "schedules": lambda _: schedules(bench, options.schedules, seed),
            "words": lambda _: words(),
            "matrix": lambda _: matrix(),
            "polls": lambda _: polls(options.pool),
            "reorganisations": lambda _: reorganisations(options.scripts, options.worlds, options.by_rules),
            "sources": lambda _: measured("bench.faults"),
            "pages": lambda _: measured("bench.pages"),
        }
        for part in PARTS if options.only is None else (options.only,):
            parts[part](Random(seed))  # noqa: S311 - draws what is tried
    tell(f"{clock.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
