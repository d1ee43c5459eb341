"""Lotwork and its peers in turns, on one miner: file to gains, CPU of whole processes, the median of the rounds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.measure import Cost, run
from bench.peers import PEERS, MissingError, Peer, Question
from bench.program import imported, lotwork
from bench.shown import say, table
from bench.workload import MICROS, YEARS, gain_micros, steps, write_events

AGREES_WITHIN_USD = 0.01
"""What a program that keeps cents or floats may be off for a sale."""


class Beside(NamedTuple):
    """One program at one size: its rounds, Lotwork's in the same minutes, and both totals."""

    peer: Peer
    size: int
    theirs: Sequence[Cost]
    ours: Sequence[float]
    gain_usd: float
    oracle_usd: float
    sales: int

    @property
    def cpu(self) -> float:
        """Return the median of its CPU seconds."""
        return median(cost.cpu for cost in self.theirs)

    @property
    def agrees(self) -> bool:
        """Return whether its gain is the oracle's, but for the rounding of each sale."""
        return abs(self.gain_usd - self.oracle_usd) <= AGREES_WITHIN_USD * self.sales


class Compared(NamedTuple):
    """All programs at all sizes, the release of each, and why one was left out."""

    rows: Sequence[Beside]
    versions: Mapping[str, str]
    left_out: Sequence[str]


def compare(folder: Path, sizes: Sequence[int], names: Sequence[str], times: Mapping[int, int]) -> Compared:
    """Run every program of *names*, or all that are here, at each of *sizes* it is asked at, as often as *times* say.

    SystemExit where one that was named is not here.
    """
    versions, left_out = {}, []
    for name in names or PEERS:
        if name not in PEERS:
            raise SystemExit(f"no program {name!r}: there are {', '.join(PEERS)}")
        try:
            versions[name] = PEERS[name].version()
        except MissingError as missing:
            if names:
                raise SystemExit(str(missing)) from missing
            left_out.append(f"{name} was left out: {missing}.")
    rows = []
    for size in sizes:
        asked = {name: PEERS[name] for name in versions if size <= PEERS[name].most}
        if asked:
            rows += at_size(folder, size, asked, times[size])
    return Compared(rows, versions, left_out)


def at_size(folder: Path, size: int, asked: Mapping[str, Peer], times: int) -> list[Beside]:
    """Let Lotwork and each program answer in turns, *times* rounds."""
    happened, events, home = list(steps(size)), folder / "beside.jsonl", folder / "home-beside"
    write_events(events, happened)
    questions: dict[str, Question] = {name: peer.ask(folder, happened) for name, peer in asked.items()}
    totals = {by: gain_micros(happened, by_wallet=by) / MICROS for by in (True, False)}
    sales = sum(step.kind == "sale" for step in happened)
    del happened
    ours: list[float] = []
    theirs: dict[str, list[Cost]] = {name: [] for name in asked}
    for _ in range(times):
        ours.append(imported(home, [events]).cpu + lotwork(home, "gains", "--year", "2024", "--json").cpu)
        for name, question in questions.items():
            theirs[name].append(run(question.words, environ=question.environ))
            say(f"{name} at {size:,}: {theirs[name][-1].cpu:.2f} CPU s, Lotwork {ours[-1]:.2f}")
    if total_gain_micros(home) / MICROS != totals[False]:
        raise SystemExit(f"Lotwork's gain of {size:,} events is not the oracle's")
    told = {name: question.gain_usd(theirs[name][-1].out) for name, question in questions.items()}
    return [
        Beside(peer, size, theirs[name], ours, told[name], totals[peer.by_wallet], sales)
        for name, peer in asked.items()
    ]


def total_gain_micros(home: Path) -> int:
    """Return the gain of every year as `lotwork gains` tells it."""
    total = 0
    for year in YEARS:
        totals = json.loads(lotwork(home, "gains", "--year", str(year), "--json").out)["totals"]
        total += sum(int(totals[term]["gain_usd"].replace(".", "")) for term in ("short", "long"))
    return total


def tables(compared: Compared) -> list[str]:
    """Return the part of the page that tells of the peers."""
    programs = {name: PEERS[name] for name in compared.versions}
    return [
        "## Peers, whole process, file to the gain of all sales",
        "",
        "In turns with Lotwork's `import` and `gains --year 2024 --json`, the median of the rounds. Lotwork's total is",
        "the oracle's of one pool over all wallets to the micro-dollar, else there is no page.",
        *table(
            ("program", "events", "CPU s", "Lotwork's", "to Lotwork's", "peak MiB", "gain USD", "oracle USD", "agrees"),
            map(row, compared.rows),
        ),
        "",
        *(f"- {name} {compared.versions[name]} ({peer.title}): {peer.lacks}." for name, peer in programs.items()),
        *(f"- {each}" for each in compared.left_out),
        "- Lotwork keeps each event in a durable log of hashes, and gives lots, terms, findings and rows of Form 8949.",
        "",
    ]


def row(each: Beside) -> tuple[str, ...]:
    """Return the row of one program at one size."""
    ours = median(each.ours)
    return (
        each.peer.title,
        f"{each.size:,}",
        f"{each.cpu:.2f}",
        f"{ours:.2f}",
        f"{each.cpu / ours:.2f}",
        f"{max(cost.peak_mib for cost in each.theirs):.0f}",
        f"{each.gain_usd:.6f}",
        f"{each.oracle_usd:.6f} ({'by wallet' if each.peer.by_wallet else 'one pool'})",
        "yes" if each.agrees else "NO",
    )
