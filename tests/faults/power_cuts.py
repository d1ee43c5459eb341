"""The workloads whose power is cut, and what must stand afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random  # noqa: TID251 - seeded: the draws of tests

from tests.faults.harness import WORKLOADS, Bench, Workload, after
from tests.faults.power import Disk, images, record

OF = {workload.name: workload for workload in WORKLOADS}
BATCHES, EVENTS = 40, 3


@dataclass(frozen=True)
class Cut:
    """A job, the folder it finds, and whether so many events may stand there after the last acknowledged words."""

    name: str
    begins: Workload
    may_stand: Callable[[int, str], bool]
    job: str = "command"


def _appended(begun: int) -> Callable[[int, str], bool]:
    def may_stand(stands: int, acknowledged: str) -> bool:
        least = int(acknowledged) if acknowledged.isdigit() else begun
        least = begun + BATCHES * EVENTS if acknowledged.startswith("exit") else least
        return stands >= least and (stands - begun) % EVENTS == 0

    return may_stand


def _old_or_new(workload: Workload) -> Callable[[int, str], bool]:
    return lambda stands, acknowledged: stands == workload.new or (stands == workload.old and not acknowledged)


CUTS = (
    Cut("appending to a new ledger", OF["init"], _appended(0), job="append"),
    Cut("appending to one that is there", OF["import"], _appended(20), job="append"),
    *(Cut(name, OF[name], _old_or_new(OF[name])) for name in ("init", "import", "poll", "restore")),
)
UNSYNCED = Cut("appending without a sync", OF["init"], _appended(0), job="append_unsynced")


def lost(bench: Bench, cut: Cut, count: int, chance: Random) -> list[str]:
    """Cut the power of *cut* at *count* moments; return what was wrong with each image that was not as it must be."""
    root = bench.root(cut.begins)
    begun, trace = Disk.of(root), bench.folder / "trace"
    words = bench.words(cut.begins, root) if cut.job == "command" else [f"{root}/home", BATCHES, EVENTS]
    done = bench.worker.run(root, *words, job=cut.job, trace=trace)
    assert done.code == 0, done.said
    wrong = []
    for image in images(begun, record(trace), count, bench.folder, chance):
        where = f"{cut.name}, the power cut after call {image.calls}, acknowledged {image.acknowledged!r}"
        try:
            stands = after(image.place)
        except Exception as refused:  # noqa: BLE001 - whatever keeps the ledger from being opened is what is looked for
            wrong.append(f"{where}: {refused!r}")
        else:
            if not cut.may_stand(stands, image.acknowledged):
                wrong.append(f"{where}: {stands} events")
    trace.unlink()
    return wrong
