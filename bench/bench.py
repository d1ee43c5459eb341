"""Measure Lotwork and its peers side by side, on one workload, in one run: `make bench`.

Every figure is CPU seconds of the whole process, with all it started, as the kernel counted them, the median of the
runs; the ratio beside it was taken in the same minutes on the same machine. Nothing here passes or fails by a clock.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench import beside
from bench.beside import Compared, total_gain_micros
from bench.measure import Cost, exponent, middle, run
from bench.program import ROOT, bare, imported, lotwork, one_receipt, warm
from bench.shown import keep, load, machine, names, say, table, today, whole_numbers
from bench.workload import gain_micros, steps, write_chosen_lots, write_events

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
    times: int

    def times_at(self, size: int) -> int:
        """Return how often a measurement of *size* is repeated."""
        return 1 if size >= ONCE_FROM else self.times


def measure(plan: Plan, size: int) -> Sized:
    """Measure one size: import, the bare read and the replay in turns, reports, methods, appends."""
    say(f"{size:,} events: writing the workload")
    events, home = plan.folder / f"{size}.jsonl", plan.folder / f"home-{size}"
    write_events(events, steps(size))
    times = plan.times_at(size)
    costs = {"import": middle([imported(home, [events]) for _ in range(times)])}
    say(f"{size:,} events: imported in {costs['import'].cpu:.2f} CPU s")
    pairs = [(bare(home), lotwork(home, "replay", "--from-zero", "--json")) for _ in range(times)]
    costs["bare read"] = middle([pair[0] for pair in pairs])
    costs["replay"] = middle([pair[1] for pair in pairs])
    for name, words in {
        "verify": ("verify",),
        "gains": ("gains", "--year", "2024", "--json"),
        "lots": ("lots", "--json"),
        "liability": ("liability", "--year", "2024", "--json"),
        "quarterly": ("quarterly", "--year", "2024", "--json"),
        "annualized": ("quarterly", "--year", "2024", "--annualized", "--json"),
    }.items():
        costs[name] = middle([lotwork(home, *words) for _ in range(times)])
    agree = total_gain_micros(home) == gain_micros(steps(size), by_wallet=False)
    say(f"{size:,} events: replayed in {costs['replay'].cpu:.2f} CPU s, bare read {costs['bare read'].cpu:.2f}")
    costs |= methods(plan, size, events)
    costs["one more"] = one_more(home)
    append = json.loads(run([sys.executable, "-m", "bench.append", home], environ={"PYTHONPATH": str(ROOT)}).out)
    lotwork(plan.folder / "empty", "init")
    nothing = middle([lotwork(plan.folder / "empty", "replay", "--from-zero", "--json") for _ in range(plan.times)])
    return Sized(size, nothing, events.stat().st_size / 1e6, costs, append, agree)


def one_more(home: Path) -> Cost:
    """Keep a checkpoint, append one receipt, and replay what is new."""
    lotwork(home, "replay", "--json")
    one_receipt(home, "one-more")
    return lotwork(home, "replay", "--json")


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
        costs[order] = middle([lotwork(home, "replay", "--from-zero", "--json") for _ in range(plan.times_at(size))])
        say(f"{size:,} events: {order} {costs[order].cpu:.2f} CPU s")
    return costs


def tables(plan: Plan, measured: Sequence[Sized], others: Compared, load_before: float) -> str:
    """Return every figure as a page of Markdown."""
    return "\n".join(
        [
            f"# Measured {today()}",
            "",
            machine(load_before),
            f"CPU seconds of whole processes, the median of {plan.times} runs (of one from {ONCE_FROM:,} events on).",
            "The workload is bench/workload.py's.",
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
            *beside.tables(others),
        ]
    )  # fmt: skip


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
            f"{1000 * middle([lotwork(home, *words) for _ in range(5)]).cpu:.0f}",
        )
        for words in asked
    ]


def main() -> None:
    """Measure, print the page, and keep it beside this file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--sizes", type=whole_numbers, default=[10_000, 100_000])
    parser.add_argument("--peers-at", type=whole_numbers, default=[1_000, 10_000, 100_000])
    parser.add_argument("--peers", type=names, default=[], help="these alone; one that is not here is an error")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "bench")
    asked, load_before = parser.parse_args(), load()
    with tempfile.TemporaryDirectory(prefix="lotwork-bench-") as folder:
        plan = Plan(Path(folder), asked.sizes, asked.times)
        times = {size: plan.times_at(size) for size in asked.peers_at}
        warm(plan.folder)
        others = beside.compare(plan.folder, asked.peers_at, asked.peers, times)
        page = tables(plan, [measure(plan, size) for size in plan.sizes], others, load_before)
    keep(page, asked.out, "results")


if __name__ == "__main__":
    main()
