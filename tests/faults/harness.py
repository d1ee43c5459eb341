"""Running a command of Lotwork with one of its calls to the disk failing, done by half, or its last."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the draws of tests
from typing import Any, NamedTuple, Self

from lotwork.ledger.clock import SetClock
from lotwork.ledger.storage.backup import backup
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch
from tests.faults.memory import MEMORY
from tests.faults.simulation import Schedule
from tests.ledger.making import CREATED, filled, open_store, receipts
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
NONE, FAIL, SHORT, KILL, KILLED, FAIL_ON, READ_ONLY, _, KILL_SOON = range(9)
ACTIONS = {
    "EIO": (FAIL, errno.EIO),
    "ENOSPC": (FAIL, errno.ENOSPC),
    "EIO for ever": (FAIL_ON, errno.EIO),
    "ENOSPC for ever": (FAIL_ON, errno.ENOSPC),
    "a short write": (SHORT, 0),
    "kill -9 before": (KILL, 0),
    "kill -9 after": (KILLED, 0),
}
PLAIN_ENDS = {0, 5}
"""Done, or the disk refused: what a command may end with whatever the disk does."""
KILLED_BY = -9


def shim(folder: Path) -> Path:
    """Compile the shim into *folder*."""
    made = folder / "shim.so"
    compiler = next((found for name in ("cc", "gcc") if (found := shutil.which(name))), None)
    assert compiler, "no C compiler: apt-get install --no-install-recommends gcc libc6-dev (or run `make parts`)"
    source = Path(__file__).parent / "shim.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl", "-lpthread"], check=True)
    return made


class Run(NamedTuple):
    """One run that ended."""

    code: int
    said: str
    calls: int
    call: str
    """The call that was hit."""


class Worker:
    """Where the runs come from: one process under the shim, everything imported, that forks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "LD_PRELOAD": str(shim(folder)), "NO_COLOR": "1"},
        )  # fmt: skip
        self._runs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate(timeout=PATIENCE_SECONDS)

    def _ask(self, **request: object) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def simulate(self, schedule: Schedule, broken: str = "") -> tuple[list[str], list[str]]:
        """Run *schedule*; return what was wrong, and what came to pass."""
        wrong, story = self._ask(simulate=asdict(schedule) | {"broken": broken})
        return wrong, story

    def run(
        self, root: Path, *words: object, job: str = "command", how: int = NONE, at: int = 0, error: int = 0,
        trace: Path | None = None,
    ) -> Run:  # fmt: skip
        """Run *job* with *words*; its call number *at* to files below *root* is hit, or none is."""
        self._runs += 1
        out = self.folder / f"{self._runs}.out"
        pid = self._ask(
            root=str(root), words=[*map(str, words)], job=job, fault=[how, at, error], out=str(out),
            trace=str(trace or ""),
        )  # fmt: skip
        code = self._ask(wait=pid)
        said = out.read_text(errors="replace") if out.exists() else ""
        out.unlink(missing_ok=True)
        counted = re.search(r"\ncounted (\d+)\nfailed (.*)\n$", said)
        return Run(
            code, said[: counted.start()] if counted else said, int(counted[1]) if counted else 0,
            counted[2] if counted else "",
        )  # fmt: skip


@dataclass(frozen=True)
class Workload:
    """A command, the folder it finds, and how many events stand in the home before and after it."""

    name: str
    words: tuple[str, ...]
    prepare: Callable[[Path], None]
    old: int
    new: int
    beside: bool = False
    """Whether a reader has the ledger open meanwhile."""


def nothing(_root: Path) -> None:
    pass


def ledger(root: Path) -> None:
    """Make a home with settings, 20 events and a piece of evidence, and beside it files that can be let in."""
    home = root / "home"
    filled(home, 20)
    Evidence(home).keep(b"kept before")
    watched = root.parent / "watched"
    watched.mkdir(exist_ok=True)
    (watched / "bill.txt").write_text("a bill")
    line = {"kind": "expense", "at": "2025-03-01T00:00:00Z", "category": "electricity", "amount_usd": "12.50"}
    lines = [line | {"id": "e1", "evidence": "bill.txt"}, line | {"id": "e2", "note": "another"}]
    (watched / "more.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    os.utime(watched / "more.jsonl", (0, 0))
    settings = f'[prices]\nsources = []\n\n[[sources.files]]\nname = "files"\nfolder = "{watched}"\n'
    (home / "config.toml").write_text(settings)
    (home / "config.toml").chmod(0o600)


def backed_up(root: Path) -> None:
    """Make the same, and a backup of it."""
    ledger(root)
    with EventLog.open(root / "home") as log:
        backup(log, root / "b.tar", clock=SetClock(CREATED))


def backed_up_before(root: Path) -> None:
    """Make the same, and five events more since."""
    backed_up(root)
    with open_store(root / "home") as store:
        store.append(Batch("main", receipts(21, 25)))


WORKLOADS = (
    Workload(
        "init",
        ("init", "--no-input", "--filing-status", "single", "--activity", "business", "--time-zone", "America/Denver"),
        nothing, old=0, new=1,
    ),
    Workload("import", ("import", "{watched}/more.jsonl"), ledger, old=20, new=22),
    Workload("poll", ("poll",), ledger, old=20, new=22),
    Workload("backup", ("backup", "{root}/new.tar"), ledger, old=20, new=20),
    Workload("restore", ("restore", "{root}/b.tar", "--allow-older"), backed_up_before, old=25, new=20),
    Workload(
        "restore beside a reader", ("restore", "{root}/b.tar", "--allow-older"), backed_up, old=25, new=20,
        beside=True,
    ),
)  # fmt: skip


def to_be_killed(chance: Random) -> Iterator[Workload]:
    """Yield workloads without end, every other one a poll that records."""
    polls = [workload for workload in WORKLOADS if workload.name == "poll"]
    others = [workload for workload in WORKLOADS if workload.name != "poll" and not workload.beside]
    for number in count():
        yield chance.choice(polls if number % 2 else others)


@contextmanager
def benched() -> Iterator[Bench]:
    """Lend a bench in memory, where there is such a place: the order of calls is tried, and no disk is kept busy."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        with Worker(folder) as worker:
            yield Bench(folder, worker)


class Bench:
    """A worker, and the folders its workloads begin with, made once."""

    def __init__(self, folder: Path, worker: Worker) -> None:
        (folder / "made").mkdir()
        self.worker = worker
        self._made: dict[str, Path] = {}
        self._calls: dict[str, int] = {}
        self.folder = folder
        self._runs = 0

    def root(self, workload: Workload) -> Path:
        """Return a fresh folder as *workload* finds it."""
        key = workload.prepare.__name__
        if key not in self._made:
            self._made[key] = self.folder / "made" / key
            self._made[key].mkdir()
            workload.prepare(self._made[key])
        self._runs += 1
        root = self.folder / f"run-{self._runs}" / "root"
        shutil.copytree(self._made[key], root)
        return root

    def calls(self, workload: Workload) -> int:
        """Return how many calls *workload* makes to the disk when none fails; what it does is looked at."""
        if workload.name not in self._calls:
            root = self.root(workload)
            done = self.run(root, workload)
            assert (done.code, after(root)) == (0, workload.new), done.said
            shutil.rmtree(root.parent)
            self._calls[workload.name] = done.calls
        return self._calls[workload.name]

    def hit(self, workload: Workload, action: str, at: int) -> Run:
        """Run *workload* with its call *at* hit by *action*; assert that nothing is lost and what it says is so."""
        how, error = ACTIONS[action]
        root = self.root(workload)
        done = self.run(root, workload, how, at, error)
        where = f"{workload.name}, {action} at call {at} ({done.call}): {done.said}"
        if how in {KILL, KILLED}:
            assert done.code == KILLED_BY, where
        else:
            assert done.code in PLAIN_ENDS, where
            assert "Traceback" not in done.said, where
            assert "a bug" not in done.said, where
            assert done.code == 0 or "lotwork: " in done.said, where
        stands = after(root)
        assert stands in {workload.old, workload.new}, where
        if done.code == 0:
            assert stands == workload.new, where
        if how == SHORT:
            assert done.code == 0, where
        if "nothing was appended" in done.said or "nothing was replaced" in done.said:
            assert stands == workload.old, where
        if "in its place" in done.said or "decided on" in done.said:
            assert stands == workload.new, where
        if workload.name == "backup":
            self._check_backup(root, done)
        shutil.rmtree(root.parent)
        return done

    def kill(self, workload: Workload, chance: Random) -> Run:
        """Run *workload* and kill it a moment after a call by chance; assert that the old or the new stands, whole."""
        root = self.root(workload)
        at, micros = 1 + chance.randrange(self.calls(workload)), int(10 ** chance.uniform(0, 4))
        done = self.run(root, workload, KILL_SOON, at, micros)
        where = f"{workload.name}, kill -9 {micros} us after call {at}: {done.said}"
        stands = after(root)
        assert done.code in {0, KILLED_BY}, where
        assert stands in {workload.old, workload.new}, where
        assert stands == workload.new or done.code != 0, where
        shutil.rmtree(root.parent)
        return done

    def words(self, workload: Workload, root: Path) -> list[str]:
        """Return the command of *workload* for the folder *root*."""
        watched = self.folder / "made" / "watched"
        return ["--home", f"{root}/home", *(word.format(root=root, watched=watched) for word in workload.words)]

    def run(
        self, root: Path, workload: Workload, how: int = NONE, at: int = 0, error: int = 0, *, job: str = "command"
    ) -> Run:
        """Run *workload* in *root*, or another *job* on its home and backup, beside a reader where it has one."""
        words = self.words(workload, root) if job == "command" else [f"{root}/home", f"{root}/b.tar"]
        if not workload.beside:
            return self.worker.run(root, *words, job=job, how=how, at=at, error=error)
        with EventLog.open(root / "home") as reader:
            assert reader.head("main").position == 20  # open before the writer, who so leaves the write-ahead log
            with open_store(root / "home") as store:
                store.append(Batch("main", receipts(21, 25)))
            begun = reader.read("main")
            next(begun)
            done = self.worker.run(root, *words, job=job, how=how, at=at, error=error)
            assert len(list(begun)) == workload.old - 1
        return done

    def _check_backup(self, root: Path, done: Run) -> None:
        """Assert that a backup that has its name is whole, and that one was made where the command says so."""
        file = root / "new.tar"
        assert file.exists() or done.code != 0, done.said
        if file.exists():
            again = self.worker.run(root.parent, "--home", root.parent / "fresh", "restore", file)
            assert (again.code, after(root.parent, "fresh")) == (0, 20), again.said
        assert not file.exists() or done.code != 5 or "did not confirm" in done.said, done.said


def after(root: Path, name: str = "home") -> int:
    """Return how many events stand in the home, whole and fit to be gone on with; 0 where there is none."""
    home = root / name
    found = verify(home)
    assert found.ok, found.message
    assert not list(Evidence(home).damaged())
    if home.exists():
        with open_store(home) as store:
            for _, event in store.read("main"):
                digest = getattr(event, "evidence", None)
                assert digest is None or Evidence(home).read(digest)
            assert store.append(Batch("main", receipts(900, 900)))[0].head.position == found.head.position + 1
        assert verify(home).ok
        assert not (home / ".restored").exists()
    return found.head.position
