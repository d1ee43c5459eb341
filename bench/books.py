"""Many books asked by a plain loop, by the pool of the standard library and by Dask: CPU of whole process trees.

`python -m bench.books HOMES --rounds 3` asks every home in the folder HOMES (`--make N --events M` makes them) one
question in each way, in turn, and prints a row a way: CPU seconds of every process that took part, seconds, CPU a
book over the plain loop, how many times as fast, the peak of a worker's memory, and the digest of all answers.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.workload import steps, write_events

LOTWORK = Path(sys.executable).with_name("lotwork")
DASK = Path(sys.executable).with_name("dask")
QUESTION = "replay --from-zero"
MIB = 1024
EACH = 0.25
"""Seconds between two looks at the memory of the workers."""


class Run(NamedTuple):
    """One way, once: CPU and wall seconds, the peak of the largest process in MiB, and the digest of the answers."""

    cpu: float
    wall: float
    peak: float
    digest: str
    memory: tuple[float, ...]
    """The memory of the largest worker over time, in MiB."""


def make(homes: Path, count: int, events: int) -> None:
    """Make so many homes, each of another seed, unless they are there; a core makes one at a time."""
    homes.mkdir(parents=True, exist_ok=True)

    def one(number: int) -> None:
        home, file = homes / f"miner-{number:05d}", homes / f"events-{number}.jsonl"
        if not home.exists():
            write_events(file, steps(events, seed=number + 1))
            part = home.with_name(f"{home.name}.part")
            shutil.rmtree(part, ignore_errors=True)
            subprocess.run([LOTWORK, "--home", part, "import", file], check=True, capture_output=True)
            part.rename(home)
            file.unlink()

    with ThreadPoolExecutor(os.cpu_count()) as makers:
        list(makers.map(one, range(count)))


def ask(question: str, homes: Path, *words: str, servers: Sequence[subprocess.Popen[bytes]] = ()) -> Run:
    """Ask all *homes*, and add up what that cost in this process's children and in the *servers*."""
    seen: list[float] = []
    before, of_servers = resource.getrusage(resource.RUSAGE_CHILDREN), sum(map(_cpu, servers))
    of_workers: dict[int, float] = {}
    began = time.monotonic()
    with subprocess.Popen(
        [LOTWORK, "all", *question.split(), "--homes", homes, "--json", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        ended = threading.Event()
        roots = [process.pid, *(each.pid for each in servers)]
        watching = threading.Thread(target=lambda: seen.extend(_watch(roots, ended, of_workers)))
        watching.start()
        out, err = process.communicate()
        ended.set()
        watching.join()
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(out)
    if told.get("failures") or "results_digest" not in told:
        raise SystemExit(err.decode() + str(told.get("failures", told))[:2000])
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    family = {pid: each for pid, each in of_workers.items() if pid not in roots} if not servers else {}
    cpu = own + sum(family.values()) + sum(map(_cpu, servers)) - of_servers
    return Run(cpu, wall, max(seen, default=0.0), told["results_digest"], tuple(seen))


def _watch(roots: Sequence[int], ended: threading.Event, cpu: dict[int, float]) -> Iterator[float]:
    """Yield the memory of the largest process below *roots* until they end, and note the CPU of each in *cpu*.

    Whom the pool starts is a child of its server, which ends after us: no one is told what it took.
    """
    while not ended.wait(EACH):
        family = _family(roots)
        cpu.update({pid: used for pid in family if (used := _used(pid))})
        yield max(map(_memory, family), default=0.0)


def _family(roots: Sequence[int]) -> set[int]:
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            children[int(stat.read_text().rpartition(")")[2].split()[1])].append(int(stat.parent.name))
        except OSError:
            continue
    found, left = set(), list(roots)
    while left:
        pid = left.pop()
        found.add(pid)
        left.extend(children[pid])
    return found


def _memory(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB / MIB
    except OSError:
        return 0.0


def _cpu(server: subprocess.Popen[bytes]) -> float:
    """Return the CPU seconds of a server and of the processes it has."""
    return sum(map(_used, _family([server.pid])))


def _used(pid: int) -> float:
    """Return the CPU seconds of a process; none where it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def cluster(workers: int, folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Run a scheduler and so many workers, each a process with one thread; lend its address and the processes.

    Of no workers nothing is run.
    """
    if not workers:
        yield "", []
        return
    file = folder / "scheduler.json"
    started = [
        subprocess.Popen([DASK, "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", file,
                          "--no-dashboard", "--dashboard-address", "127.0.0.1:0"], stderr=subprocess.DEVNULL)
    ]  # fmt: skip
    while not file.exists():
        time.sleep(EACH)
    address = json.loads(file.read_text())["address"]
    started += [
        subprocess.Popen([DASK, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                          "--local-directory", folder], stderr=subprocess.DEVNULL)
        for _ in range(workers)
    ]  # fmt: skip
    time.sleep(5)
    try:
        yield address, started
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGINT)
            process.wait()
        file.unlink(missing_ok=True)


def in_words(name: str, books: int, runs: Sequence[Run], loop: Sequence[Run]) -> str:
    """Return what one way cost, beside the *loop*."""
    cpu, wall = (statistics.median(getattr(run, field) for run in runs) for field in ("cpu", "wall"))
    over = 1000 * (cpu - statistics.median(run.cpu for run in loop)) / books
    times = statistics.median(run.wall for run in loop) / wall
    memory = runs[-1].memory or (0.0,)
    tenth = max(1, len(memory) // 10)
    return (
        f"{name}: CPU {cpu:.1f} s, {1000 * cpu / books:.1f} ms a book, over the loop {over:.1f} ms; wall {wall:.1f} s, "
        f"{times:.2f}x; memory after a tenth {memory[tenth - 1]:.0f}, at the end {memory[-tenth]:.0f}, "
        f"peak {max(run.peak for run in runs):.0f} MiB; digest {runs[0].digest[:12]}"
    )


def main() -> None:
    """Ask in every way, in turn, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("homes", type=Path)
    parser.add_argument("--make", type=int, default=0)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--ask", default=QUESTION)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ways", default="loop,pool,dask")
    told = parser.parse_args()
    make(told.homes, told.make, told.events)
    books = sum(1 for _ in told.homes.glob("*/ledger.sqlite"))
    runs: dict[str, list[Run]] = defaultdict(list)
    with cluster(told.workers if "dask" in told.ways else 0, told.homes.parent) as (address, servers):
        ways = {
            "loop": lambda: ask(told.ask, told.homes, "--workers", "1"),
            "pool": lambda: ask(told.ask, told.homes, "--workers", str(told.workers)),
            "dask": lambda: ask(told.ask, told.homes, "--scheduler", address, servers=servers),
        }
        for _ in range(told.rounds):
            for name in told.ways.split(","):
                runs[name].append(ways[name]())
    print(f"{books} books, {told.ask}, {told.workers} workers, {told.rounds} rounds; load {os.getloadavg()}")
    loop = runs.get("loop") or next(iter(runs.values()))
    for name, each in runs.items():
        print(in_words(name, books, each, loop))
    if len({run.digest for each in runs.values() for run in each}) != 1:
        raise SystemExit("the answers differ")


if __name__ == "__main__":
    main()
