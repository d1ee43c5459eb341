"""How many instructions each step takes, held against what was recorded: `make bench-guard`.

A miner's book of 5,000 events (bench/miner.py) is imported, replayed and asked under valgrind, which counts what the
processor was told to do: the same on a machine that is busy and on one that is not. Of each step the same step over a
book of a few events is subtracted, so that what is held is the events and not the start. No clock is looked at, chance
is seeded, what Python compiles is compiled before, and the processes live on one day. `--record` writes it anew.

Another minor release of Python has other counts: that is said, and nothing is compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.miner import lines, write_lines
from bench.program import FINDINGS_TOO, ROOT
from bench.shown import say
from tests.another_time import AHEAD

RECORDED = ROOT / "bench" / "guard.json"
EVENTS, FEW = 5_000, 300
TOLERANCE_PERCENT = 5
TODAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
VALGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
COUNTED = re.compile(r"I\s+refs:\s+([\d,]+)")
STEPS: Mapping[str, Sequence[str]] = {
    "import": ("import",),
    "replay from zero": ("replay", "--from-zero", "--json"),
    "liability": ("liability", "--year", "2024", "--json"),
    "quarterly": ("quarterly", "--year", "2024", "--json"),
    "lots, one event after a checkpoint": ("lots", "--json"),
}
FROM_A_CHECKPOINT = "lots, one event after a checkpoint"
ONE_MORE = {
    "kind": "receipt", "id": "one-more", "at": "2024-12-31T18:00:00+00:00", "wallet": "hot", "asset": "BTC",
    "quantity": "0.001", "income": "pool_payout", "pool": "ocean", "price_usd": "60000",
}  # fmt: skip


class Book:
    """A book of so many events, in a folder: its file, its home, and a home with a checkpoint and one event more."""

    def __init__(self, folder: Path, events: int) -> None:
        folder.mkdir()
        self.folder, self.file = folder, folder / "events.jsonl"
        self.fresh, self.kept = folder / "fresh", folder / "kept"
        write_lines(self.file, lines(events))
        one = folder / "one.jsonl"
        write_lines(one, [ONE_MORE])
        lotwork(self.fresh, "import", str(self.file))
        shutil.copytree(self.fresh, self.kept)
        lotwork(self.kept, "replay", "--json")
        lotwork(self.kept, "import", str(one))
        for step, words in STEPS.items():
            if step != "import":
                lotwork(self.copied(self.kept, "compiled"), *words)

    def copied(self, home: Path, name: str) -> Path:
        """Return a copy of *home*: what a step writes reaches no other step."""
        copy = self.folder / name
        if copy.exists():
            shutil.rmtree(copy)
        return shutil.copytree(home, copy)

    def count(self, step: str) -> int:
        """Return the instructions of *step*, start and all."""
        words = [*STEPS[step]]
        if step == "import":
            return counted(self.folder / "imported", *words, str(self.file))
        return counted(self.copied(self.kept if step == FROM_A_CHECKPOINT else self.fresh, step), *words)


def environ(home: Path) -> dict[str, str]:
    """Return an environment in which nothing is left to chance."""
    ahead = (TODAY - datetime.now(UTC)).total_seconds()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LOTWORK"))}
    return kept | {"PYTHONHASHSEED": "0", "LOTWORK_HOME": str(home), AHEAD: str(ahead)}


def lotwork(home: Path, *words: str) -> None:
    """Run `lotwork WORDS` on *home*, on the day of all counts."""
    _run([sys.executable, "-m", "tests.another_time", *words], environ(home))


def counted(home: Path, *words: str) -> int:
    """Return the instructions of `lotwork WORDS` on *home*."""
    log = home.with_name(f"{home.name}.log")
    own = environ(home) | {"PYTHONDONTWRITEBYTECODE": "1"}
    _run([*VALGRIND, f"--log-file={log}", sys.executable, "-m", "tests.another_time", *words], own)
    [told] = COUNTED.findall(log.read_text(encoding="utf-8"))
    return int(told.replace(",", ""))


def _run(words: Sequence[str], own: Mapping[str, str]) -> None:
    done = subprocess.run(words, env=own, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in FINDINGS_TOO:
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def counts(workers: int) -> dict[str, int]:
    """Return the instructions of every step over EVENTS, less those over FEW."""
    with tempfile.TemporaryDirectory(prefix="lotwork-guard-") as folder, ThreadPoolExecutor(workers) as pool:
        many, few = Book(Path(folder) / "many", EVENTS), Book(Path(folder) / "few", FEW)
        asked = {step: (pool.submit(many.count, step), pool.submit(few.count, step)) for step in STEPS}
        told = {}
        for step, (whole, start) in asked.items():
            told[step] = whole.result() - start.result()
            say(f"{step}: {told[step] / 1e6:,.1f} million instructions ({whole.result() / 1e6:,.1f} with the start)")
    return told


def setting() -> dict[str, str]:
    """Return what counts depend on beside the program."""
    version = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return {
        "python": ".".join(map(str, sys.version_info[:2])),
        "machine": platform.machine(),
        "release": platform.python_version(),
        "valgrind": version,
    }


def differences(recorded: Mapping[str, int], now: Mapping[str, int]) -> tuple[list[str], bool]:
    """Return what became of each step, in words, and whether one takes more than is let pass."""
    told, more = [], False
    for step in dict.fromkeys((*recorded, *now)):
        if step not in recorded or step not in now:
            told.append(f"{step}: {'not recorded' if step in now else 'recorded, and no step any more'}: record anew")
            more = True
            continue
        change, let_pass = 100 * (now[step] - recorded[step]), TOLERANCE_PERCENT * recorded[step]
        word = "as recorded" if abs(change) <= let_pass else "MORE" if change > 0 else "less, record anew"
        more = more or change > let_pass
        percent = change / recorded[step]
        told.append(f"{step}: {recorded[step] / 1e6:,.1f} -> {now[step] / 1e6:,.1f} million, {percent:+.1f} %: {word}")
    return told, more


def not_comparable(recorded: Mapping[str, Any], here: Mapping[str, str]) -> str:
    """Return why counts of *here* say nothing beside those *recorded*; nothing where they do."""
    for name in ("python", "machine"):
        if recorded[name] != here[name]:
            return f"recorded with {name} {recorded[name]}, and here is {here[name]}: nothing was compared"
    return ""


def main() -> None:
    """Count, and compare or record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--record", action="store_true", help="write the counts anew")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    if not shutil.which("valgrind"):
        raise SystemExit("valgrind is not here, which counts: on Debian or Ubuntu, sudo apt-get install valgrind")
    here = setting()
    if asked.record:
        told = {**here, "events": EVENTS, "few": FEW, "instructions": counts(asked.workers)}
        RECORDED.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        return
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    if why := not_comparable(recorded, here):
        say(why)
        return
    if recorded != recorded | here:
        say(f"recorded with Python {recorded['release']} and {recorded['valgrind']}, here are {here['release']} and "
            f"{here['valgrind']}: a small difference may be theirs")  # fmt: skip
    told_lines, more = differences(recorded["instructions"], counts(asked.workers))
    print("\n".join(told_lines))
    if more:
        raise SystemExit(f"more than {TOLERANCE_PERCENT} % more: mend it, or say why and `make bench-guard RECORD=1`")


if __name__ == "__main__":
    main()
