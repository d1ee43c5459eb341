"""A process that has everything imported, and forks one worker a request, so that a hundred can be killed in seconds.

A request is one JSON line on stdin. {"home", "url", "failpoint", "polls", "out"} starts a worker, which appends what it
acknowledges to the file `out`, and is answered by its pid; {"wait": pid} is answered by its exit status. The ledger is
in the home, unless `url` names a server.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.failpoints import arm, hit
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.store import Batch, CursorMove, EventStore, Message
from tests.ledger.making import receipt

EVENTS_A_POLL = 3
DELIVERED_AGAIN = 3


def work(home: Path, url: str, polls: int, out: int) -> None:
    """Poll *polls* times a source that delivers its last events again, and acknowledge each poll."""

    def say(words: str) -> None:
        os.write(out, f"{words}\n".encode())

    database = Postgres(url) if url else None
    with EventStore.open(home, clock=SystemClock(), database=database) as store:
        for _ in range(polls):
            before = store.cursor("main", "ocean")
            first = int(before or 0) + 1
            last = first + EVENTS_A_POLL - 1
            events = map(receipt, range(max(1, first - DELIVERED_AGAIN), last + 1))
            move, told = CursorMove("ocean", before, str(last)), Message(f"m{last}", "s", "b")
            store.append(Batch("main", events, cursor=move, outbox=(told,)))
            say(str(last))
            for message in store.pending():
                hit("outbox.before_send")
                say(f"sent {message.id}")
                hit("outbox.after_send")
                store.mark_sent(message.id)
                hit("outbox.after_mark")


def child(request: dict[str, str]) -> int:
    """Do what *request* asks and return the exit status."""
    out = os.open(request["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        arm(request["failpoint"])
        work(Path(request["home"]), request.get("url", ""), int(request["polls"]), out)
    except BaseException:  # noqa: BLE001 - a child that failed says how, and its parent goes on
        os.write(out, traceback.format_exc().encode())
        return 1
    return 0


def main() -> None:
    """Answer requests until stdin ends."""
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                os._exit(child(request))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
