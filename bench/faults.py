"""How many looks and questions each source needs to record what happened, where its questions fail by chance.

A source that is not done within so many looks is told with what it has recorded by then.

`python -m bench.faults [--payments 400]`; the worlds are those of tests/ingest/test_progress.py.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.ingest.test_progress import MOST_LOOKS, WORLDS, Watch


def main() -> None:
    """Print a row for each source and rate."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--payments", type=int, default=400)
    given = asked.parse_args()
    print("| source | questions that fail | recorded | looks | questions | evidence on the disk, named by none |")
    print("|---|---|---|---|---|---|")
    for kind in WORLDS:
        for percent in (0, 30, 70):
            with tempfile.TemporaryDirectory() as folder:
                watch = Watch(kind, Path(folder) / "home" / "home")
                watch.world.grow(given.payments)
                watch.world.rate = percent / 100
                while watch.recorded() < given.payments and watch.looks < MOST_LOOKS:
                    watch.look()
                orphans = len(set(watch.evidence.kept()) - watch.named())
                row = (kind, f"{percent} %", watch.recorded(), watch.looks, watch.world.asked, orphans)
                watch.store.close()
            print(f"| {' | '.join(map(str, row))} |", flush=True)


if __name__ == "__main__":
    main()
