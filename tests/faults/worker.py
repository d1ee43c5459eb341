"""A process under the shim (shim.c) that has everything imported and forks, so that a run costs milliseconds.

A request is one JSON line on stdin, and is answered by the child's pid, or, {"wait": pid}, by its exit status; a
schedule ({"simulate": …}) by what was wrong and what came to pass (simulation.py).
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from lotwork import cli
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.sqlite import connection as sqlite
from lotwork.ledger.store import Batch, EventStore
from tests.faults.former_restore import former_restore
from tests.faults.memory import MEMORY
from tests.faults.simulated_process import Crew
from tests.faults.simulation import Schedule, Simulation, Turn
from tests.ledger.making import receipts

SHIM = ctypes.CDLL(None)
CREW = Crew()


def command(*words: str) -> int:
    """Run the command line in this process; return its exit code."""
    try:
        cli.main(words)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def append(home: str, batches: str, events: str) -> int:
    """Append *batches* of *events* each, and say after each what is acknowledged."""
    many = int(events)
    with EventStore.open(Path(home), clock=SystemClock()) as store:
        begun = store.head("main").position
        for number in range(int(batches)):
            first = begun + number * many + 1
            (done,) = store.append(Batch("main", receipts(first, first + many - 1)))
            say(str(done.head.position))
    return 0


def append_unsynced(home: str, batches: str, events: str) -> int:
    """Do the same without a word to the disk: what the harness must find."""
    unsynced = (pragma.replace("synchronous = EXTRA", "synchronous = OFF") for pragma in sqlite.WRITERS)
    vars(sqlite)["WRITERS"] = tuple(unsynced)
    return append(home, batches, events)


JOBS: dict[str, Callable[..., int]] = {
    "command": command,
    "append": append,
    "append_unsynced": append_unsynced,
    "former_restore": former_restore,
}


def say(words: str) -> None:
    """Acknowledge *words*: on standard output, and in the record of what was done."""
    print(words, flush=True)  # noqa: T201 - the acknowledgement
    SHIM.faults_note(words.encode())


def child(request: dict[str, str], how: int, at: int, error: int) -> int:
    """Do what *request* asks under the fault it names, and return the exit code."""
    out = os.open(request["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    SHIM.faults_arm(request["root"].encode(), how, ctypes.c_longlong(at), error, request["trace"].encode())
    try:
        code = JOBS[request["job"]](*request["words"])
        SHIM.faults_note(f"exit {code}".encode())
    except BaseException:  # noqa: BLE001 - a child that failed says how, and its parent goes on
        traceback.print_exc()
        code = 99
    SHIM.faults_counted.restype = ctypes.c_longlong
    SHIM.faults_last.restype = ctypes.c_char_p
    told = f"\ncounted {SHIM.faults_counted()}\nfailed {SHIM.faults_last().decode()}\n"
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(1, told.encode())
    return code


def simulate(
    programs: list[list[str]], turns: list[tuple[int, str, int]], answers: list[str], broken: str
) -> tuple[list[str], list[str]]:
    """Run a schedule; return what was wrong, and what came to pass."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        schedule = Schedule(tuple(map(tuple, programs)), tuple(Turn(*turn) for turn in turns), tuple(answers))
        simulation = Simulation(schedule, Path(folder), CREW, broken)
        wrong = simulation.run()
    return [each.replace(folder, "") for each in wrong], [each.replace(folder, "") for each in simulation.story]


def warm_up() -> None:
    """Import what the commands import, by running them once where it hurts nobody."""
    kept, away = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(away, 1)
    os.dup2(away, 2)
    with tempfile.TemporaryDirectory() as folder:
        home, other = f"{folder}/home", f"{folder}/other"
        line = '{"kind": "profile", "at": "2025-01-01", "jurisdiction": "us", "filing_status": "single"}\n'
        watched = Path(folder, "watched")
        watched.mkdir()
        (watched / "a.jsonl").write_text(line)
        os.utime(watched / "a.jsonl", (0, 0))
        command("--home", home, "init", "--no-input")
        with Path(home, "config.toml").open("a") as settings:
            settings.write(f'\n[[sources.files]]\nname = "f"\nfolder = "{watched}"\n')
        command("--home", home, "import", str(watched / "a.jsonl"))
        command("--home", home, "poll")
        command("--home", home, "backup", f"{folder}/b")
        command("--home", other, "restore", f"{folder}/b")
    sys.stdout.flush()
    os.dup2(kept, 1)


def main() -> None:
    """Answer requests until stdin ends."""
    warm_up()
    gc.collect()
    gc.freeze()  # children that collect would copy all of it
    for line in sys.stdin:
        request = json.loads(line)
        answer: object
        if "simulate" in request:
            answer = json.dumps(simulate(**request["simulate"]))
        elif "wait" in request:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                os._exit(child(request, *request["fault"]))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    CREW.disband()


if __name__ == "__main__":
    main()
