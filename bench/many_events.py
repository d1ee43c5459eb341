"""A book of ten million events, once: imported, replayed, and asked one question, from zero and one event later.

`python -m bench.many_events [--events 10000000] [--folder DIR]`. The workload (bench/workload.py) is streamed into a
file, which is gone once it is imported; what is printed goes to a file too, and only its size is told. CPU seconds of
whole processes, peak memory, and bytes on the disk. It refuses a disk that might not hold it, and a digest that is not
the same from zero and from a checkpoint. A page is kept in bench/.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from bench.measure import Cost
from bench.program import ROOT, YEAR, bare, imported, lotwork, one_receipt, warm
from bench.shown import keep, load, machine, say, table, today
from bench.workload import steps, write_events

BYTES_AN_EVENT = 2_500
"""Of disk, at most: the file, the ledger with its indexes and its write-ahead log, and the checkpoints."""
QUESTION = ("quarterly", "--year", YEAR, "--json")
MIB, GB = 2**20, 1e9


class Step(NamedTuple):
    """One step: what it was, its cost, and what the folder of the run holds after it."""

    name: str
    cost: Cost
    bytes_after: int


def held(folder: Path) -> int:
    """Return the bytes that *folder* takes on the disk."""
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())


def measure(folder: Path, events: int) -> list[Step]:
    """Go through the steps; SystemExit where two digests of one book differ."""
    file, home, done = folder / "events.jsonl", folder / "home", []

    def note(name: str, cost: Cost) -> None:
        done.append(Step(name, cost, held(folder)))
        say(f"{name}: {cost.cpu:,.1f} CPU s, {cost.peak_mib:,.0f} MiB; {done[-1].bytes_after / GB:.1f} GB on the disk")

    say(f"writing {events:,} events")
    write_events(file, steps(events))
    note("import", imported(home, [file]))
    file.unlink()
    note("bare read, the file of the workload gone", bare(home))
    into = folder / "answer.json"
    note("replay --from-zero", lotwork(home, "replay", "--from-zero", "--json", into=into))
    whole = digest(into)
    shutil.rmtree(home / "checkpoints", ignore_errors=True)
    note("quarterly, no checkpoint kept", lotwork(home, *QUESTION, into=into))
    say(f"the answer is {into.stat().st_size / MIB:,.1f} MiB")
    into.unlink()
    note("one receipt appended", one_receipt(home, "one-more"))
    note("quarterly, one event later", lotwork(home, *QUESTION, into=into))
    note("replay, from the checkpoint", lotwork(home, "replay", "--json", into=into))
    kept = digest(into)
    note("replay --from-zero, of the same", lotwork(home, "replay", "--from-zero", "--json", into=into))
    if kept != digest(into) or kept == whole:
        raise SystemExit("the digests from a checkpoint and from zero differ, or the receipt changed nothing")
    return done


def digest(answer: Path) -> str:
    """Return the digest of the state that a replay came to, from what it printed: more than is held at once."""
    with answer.open(encoding="utf-8") as lines:
        return next(line for line in lines if line.startswith(' "state_digest": '))


def page(events: int, done: list[Step], load_before: float) -> str:
    """Return the page."""
    return "\n".join(
        [
            f"# Measured {today()}: {events:,} events",
            "",
            machine(load_before),
            "CPU seconds of whole processes, one run each. The digest of the state is the same from the checkpoint and",
            "from zero, else there is no page.",
            *table(
                ("step", "CPU s", "µs an event", "peak MiB", "GB on the disk after it"),
                [
                    (step.name, f"{step.cost.cpu:,.2f}", f"{1e6 * step.cost.cpu / events:.2f}",
                     f"{step.cost.peak_mib:,.0f}", f"{step.bytes_after / GB:.2f}")
                    for step in done
                ],
            ),
            "",
        ]
    )  # fmt: skip


def main() -> None:
    """Look at the disk, measure, print the page and keep it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="where the book lies while it is measured  [default: the system's]")
    parser.add_argument("--out", type=Path, default=ROOT / "bench")
    asked, load_before = parser.parse_args(), load()
    with tempfile.TemporaryDirectory(prefix="lotwork-many-", dir=asked.folder) as name:
        free, needed = shutil.disk_usage(name).free, BYTES_AN_EVENT * asked.events
        if free < needed:
            raise SystemExit(f"{needed / GB:.0f} GB may be needed, {free / GB:.0f} are free: name another --folder")
        warm(Path(name) / "warm")
        shutil.rmtree(Path(name) / "warm")
        done = measure(Path(name), asked.events)
    keep(page(asked.events, done, load_before), asked.out, f"events-{asked.events}")


if __name__ == "__main__":
    main()
