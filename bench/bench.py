"""Measure Lotwork and its peers side by side, on one workload, in one run: `make bench`.

Every figure is CPU seconds of the whole process as the kernel counted them, the least of the runs; the ratio beside it
was taken in the same minutes on the same machine. Nothing here passes or fails: the tests never look at a clock.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench import peers
from bench.measure import Cost, exponent, least, run
from bench.workload import YEARS, gain_micros, steps, write_chosen_lots, write_events

ROOT = Path(__file__).resolve().parent.parent
LOTWORK = Path(sys.executable).with_name("lotwork")
FINDINGS_TOO = (0, 1)
ORDERS = ("fifo", "lifo", "hifo", "lofo")
SPECIFIC = "specific"
ONCE_FROM = 1_000_000
USUAL = 10_000
"""About what a miner with a daily payout or two has after some years."""


class Sized(NamedTuple):
    """What one size cost; `nothing` is what a replay of an empty home costs: starting, and no event."""

    events: int
    nothing: Cost
    file_mb: float
    costs: Mapping[str, Cost]
    append: Mapping[str, float]
    gains_agree: bool


class Plan(NamedTuple):
    """What is measured, and where."""

    folder: Path
    sizes: Sequence[int]
    peer_sizes: Sequence[int]
    times: int

    def times_at(self, size: int) -> int:
        """Return how often a measurement of *size* is repeated."""
        return 1 if size >= ONCE_FROM else self.times


def lotwork(home: Path, *words: str) -> Cost:
    """Run `lotwork WORDS` on *home*."""
    return run([LOTWORK, *words], environ={"LOTWORK_HOME": str(home)}, allowed=FINDINGS_TOO)


def measure(plan: Plan, size: int) -> Sized:
    """Measure one size: import, the bare read and the replay in turns, reports, methods, appends."""
    say(f"{size:,} events: writing the workload")
    events, home = plan.folder / f"{size}.jsonl", plan.folder / f"home-{size}"
    write_events(events, steps(size))
    times = plan.times_at(size)
    costs = {"import": imported(plan, size, home, [events])}
    say(f"{size:,} events: imported in {costs['import'].cpu:.2f} CPU s")
    pairs = [(bare(home), lotwork(home, "replay", "--from-zero", "--json")) for _ in range(times)]
    costs["bare read"] = least([pair[0] for pair in pairs])
    costs["replay"] = least([pair[1] for pair in pairs])
    for name, words in {
        "verify": ("verify",),
        "gains": ("gains", "--year", "2024", "--json"),
        "lots": ("lots", "--json"),
        "liability": ("liability", "--year", "2024", "--json"),
        "quarterly": ("quarterly", "--year", "2024", "--json"),
        "annualized": ("quarterly", "--year", "2024", "--annualized", "--json"),
    }.items():
        costs[name] = least([lotwork(home, *words) for _ in range(times)])
    agree = total_gain_micros(home) == gain_micros(steps(size), by_wallet=False)
    say(f"{size:,} events: replayed in {costs['replay'].cpu:.2f} CPU s, bare read {costs['bare read'].cpu:.2f}")
    costs |= methods(plan, size, events)
    costs["one more"] = one_more(home)
    append = json.loads(run([sys.executable, "-m", "bench.append", home], environ={"PYTHONPATH": str(ROOT)}).out)
    nothing = least([lotwork(plan.folder / "empty", "replay", "--from-zero", "--json") for _ in range(plan.times)])
    return Sized(size, nothing, events.stat().st_size / 1e6, costs, append, agree)


def imported(plan: Plan, size: int, home: Path, files: Iterable[Path]) -> Cost:
    """Import *files* into a new home, as often as this size is measured; the last home stays."""
    costs = []
    for _ in range(plan.times_at(size)):
        for old in sorted(home.glob("**/*"), reverse=True) if home.exists() else ():
            old.rmdir() if old.is_dir() else old.unlink()
        costs.append(lotwork(home, "import", *map(str, files)))
    return least(costs)


def bare(home: Path) -> Cost:
    """Read the rows of *home* with sqlite3 alone."""
    return run([sys.executable, "-S", ROOT / "bench" / "bare_read.py", home / "ledger.sqlite"])


def one_more(home: Path) -> Cost:
    """Keep a checkpoint, append one receipt, and replay what is new."""
    lotwork(home, "replay", "--json")
    words = ("wallet=cold", "asset=BTC", "quantity=0.001", "income=pool_payout", "price_usd=60000")
    lotwork(home, "add", "receipt", "id=one-more", "at=2024-12-31T23:00:00Z", *words)
    return lotwork(home, "replay", "--json")


def total_gain_micros(home: Path) -> int:
    """Return the gain of every year as `lotwork gains` tells it."""
    total = 0
    for year in YEARS:
        totals = json.loads(lotwork(home, "gains", "--year", str(year), "--json").out)["totals"]
        total += sum(int(totals[term]["gain_usd"].replace(".", "")) for term in ("short", "long"))
    return total


def methods(plan: Plan, size: int, events: Path) -> dict[str, Cost]:
    """Replay the same events in every lot order, and with every sale naming its lots."""
    costs = {}
    for order in (*ORDERS, SPECIFIC):
        home, first = plan.folder / f"home-{size}-{order}", plan.folder / f"{order}.jsonl"
        if order == SPECIFIC:
            write_chosen_lots(first, steps(size))
            lotwork(home, "import", str(first))
        else:
            election = {"kind": "election", "at": "2016-12-31T00:00:00Z", "from": "2016-12-31", "method": order}
            first.write_text(json.dumps(election) + "\n", encoding="utf-8")
            lotwork(home, "import", str(first), str(events))
        costs[order] = least([lotwork(home, "replay", "--from-zero", "--json") for _ in range(plan.times_at(size))])
        say(f"{size:,} events: {order} {costs[order].cpu:.2f} CPU s")
    return costs


def tables(plan: Plan, measured: Sequence[Sized], others: Sequence[peers.Peer]) -> str:
    """Return every figure as a page of Markdown."""
    return "\n".join(
        [
            f"# Measured {datetime.now(UTC):%Y-%m-%d}",
            "",
            machine(plan),
            "",
            "## Lotwork",
            *table(
                ("events", "import CPU s", "events/CPU s", "bare read", "replay", "replay / bare", "one more", "verify",
                 "gains", "liability", "quarterly", "annualized", "peak MiB import / replay", "gain = oracle"),
                [lotwork_row(each) for each in measured],
            ),
            "",
            "## Growth of CPU with size, above what an empty home costs (1 is linear)",
            *table(
                ("from", "to", "import", "bare read", "replay", *ORDERS, SPECIFIC),
                [growth_row(before, after) for before, after in itertools.pairwise(measured)],
            ),
            "",
            "## Replay by lot order, CPU s (and against FIFO)",
            *table(("events", *ORDERS, SPECIFIC), [methods_row(each) for each in measured]),
            "",
            "## One durable append, ms (wall)",
            *table(
                ("history", "p50", "p99", "fdatasync p50", "fdatasync p99", "p50 ratio"),
                [append_row(each) for each in measured],
            ),
            "",
            "## The command itself",
            *table(("command", "CPU ms"), command_rows(plan)),
            "",
            "## Peers, whole process, file to report",
            *table(
                ("program", "events", "CPU s", "peak MiB", "gain USD", "oracle USD", "CPU / Lotwork's import + gains"),
                [peer_row(each, measured) for each in others],
            ),
            "",
        ]
    )  # fmt: skip


def machine(plan: Plan) -> str:
    """Return what the figures were taken on."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
         if line.startswith("model name")), platform.machine())  # fmt: skip
    return (
        f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"load {os.getloadavg()[0]:.1f} at the end. CPU seconds of whole processes, the least of {plan.times} runs "
        f"(of one from {ONCE_FROM:,} events on). The workload is bench/workload.py's."
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    return [
        "",
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def lotwork_row(each: Sized) -> tuple[str, ...]:
    """Return the row of one size."""
    cost = each.costs
    return (
        f"{each.events:,}",
        f"{cost['import'].cpu:.2f}",
        f"{each.events / cost['import'].cpu:,.0f}",
        *(f"{cost[name].cpu:.2f}" for name in ("bare read", "replay")),
        f"{cost['replay'].cpu / cost['bare read'].cpu:.1f}",
        *(f"{cost[name].cpu:.2f}" for name in ("one more", "verify", "gains", "liability", "quarterly", "annualized")),
        f"{cost['import'].peak_mib:.0f} / {cost['replay'].peak_mib:.0f}",
        "yes" if each.gains_agree else "NO",
    )


def growth_row(before: Sized, after: Sized) -> tuple[str, ...]:
    """Return the growth exponents between two sizes."""
    names = ("import", "bare read", "replay", *ORDERS, SPECIFIC)
    sizes = (before.events, after.events)
    pairs = [
        (before.costs[name].cpu - fixed, after.costs[name].cpu - fixed)
        for name in names
        for fixed in (0 if name == "bare read" else before.nothing.cpu,)
    ]
    return (f"{sizes[0]:,}", f"{sizes[1]:,}", *(f"{exponent(sizes, pair):.2f}" for pair in pairs))


def methods_row(each: Sized) -> tuple[str, ...]:
    """Return what each lot order cost, and its ratio to FIFO."""
    fifo = each.costs["fifo"].cpu
    costs = [each.costs[name].cpu for name in (*ORDERS, SPECIFIC)]
    return (f"{each.events:,}", *(f"{cost:.2f} ({cost / fifo:.2f})" for cost in costs))


def append_row(each: Sized) -> tuple[str, ...]:
    """Return what one append took on top of this history."""
    took = each.append
    names = ("p50_ms", "p99_ms", "bare_p50_ms", "bare_p99_ms")
    return (f"{each.events:,}", *(f"{took[name]:.3f}" for name in names), f"{took['p50_ms'] / took['bare_p50_ms']:.1f}")


def command_rows(plan: Plan) -> list[tuple[str, str]]:
    """Return what the command costs before it does anything, and one question on a small ledger."""
    size = USUAL if USUAL in plan.sizes else plan.sizes[0]
    home = plan.folder / f"home-{size}"
    asked = (("--help",), ("--version",), ("quarterly", "--year", "2024"), ("gains", "--year", "2024"), ("lots",))
    return [
        (
            f"`lotwork {' '.join(words)}`" + ("" if words[0].startswith("-") else f" on {size:,} events"),
            f"{1000 * least([lotwork(home, *words) for _ in range(5)]).cpu:.0f}",
        )
        for words in asked
    ]


def peer_row(peer: peers.Peer, measured: Sequence[Sized]) -> tuple[str, ...]:
    """Return the row of one peer at one size."""
    ours = next((each.costs for each in measured if each.events == peer.size), None)
    ratio = "" if ours is None else f"{peer.cost.cpu / (ours['import'].cpu + ours['gains'].cpu):.0f}"
    return (
        peer.name,
        f"{peer.size:,}",
        f"{peer.cost.cpu:.2f}",
        f"{peer.cost.peak_mib:.0f}",
        peer.gain_usd,
        peer.oracle_usd,
        ratio,
    )


def compare(plan: Plan) -> list[peers.Peer]:
    """Run the peers at each of their sizes."""
    if not plan.peer_sizes:
        return []
    programs, told = peers.install(), []
    for size in plan.peer_sizes:
        happened = list(steps(size))
        for program in (peers.rp2, peers.beancount):
            told.append(program(programs, plan.folder, happened, 1 if size > plan.peer_sizes[0] else plan.times))
            say(f"{told[-1].name} at {size:,}: {told[-1].cost.cpu:.2f} CPU s")
    return told


def say(words: str) -> None:
    """Tell the person who waits."""
    print(words, file=sys.stderr, flush=True)


def whole_numbers(text: str) -> list[int]:
    """Read "10000,100000"."""
    return [int(part) for part in text.split(",") if part]


def main() -> None:
    """Measure, print the page, and keep it beside this file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--sizes", type=whole_numbers, default=[10_000, 100_000])
    parser.add_argument("--peers-at", type=whole_numbers, default=[1_000, 10_000])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "bench")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lotwork-bench-") as folder:
        plan = Plan(Path(folder), asked.sizes, asked.peers_at, asked.times)
        measured = [measure(plan, size) for size in plan.sizes]
        page = tables(plan, measured, compare(plan))
    print(page)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / f"results-{datetime.now(UTC):%Y-%m-%d}.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
