"""Read a node's chain into an empty ledger and print, as JSON, what it cost: `scan.py HOME KIND URL SETTINGS`.

It uses nothing that another commit's sources had not, so that `bench.nodes --beside` can measure those too.
"""

from __future__ import annotations

import http.client
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from lotwork.ingest.ports import ReceiptSource
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore

messages = [0]


def count(connection: Any, *words: Any, putrequest: Any = http.client.HTTPConnection.putrequest, **more: Any) -> None:
    """Send the first line of a request, and count it."""
    messages[0] += 1
    putrequest(connection, *words, **more)


def source_of(kind: str, settings: dict[str, Any], store: EventStore, home: Path) -> ReceiptSource:
    """Return the source that *settings* describe."""
    evidence = Evidence(home)
    if kind == "bitcoin_node":
        from lotwork.ingest.bitcoin.node import BitcoinNode  # noqa: PLC0415 - one of two
        from lotwork.ingest.bitcoin.section import BitcoinSection  # noqa: PLC0415 - the same

        password = settings.pop("password")
        section = msgspec.convert(settings, BitcoinSection)
        return BitcoinNode(section, store, SystemClock(), password=password, evidence=evidence)
    from lotwork.ingest.evm.node import EvmNode  # noqa: PLC0415 - one of two
    from lotwork.ingest.evm.section import EvmSection  # noqa: PLC0415 - the same

    return EvmNode(msgspec.convert(settings, EvmSection), store, SystemClock(), keep=evidence.keep)


def main(home: Path, kind: str, settings: dict[str, Any]) -> None:
    """Print what a whole scan and a look without news cost."""
    setattr(http.client.HTTPConnection, "putrequest", count)  # noqa: B010 - mypy takes no method for another
    with EventStore.open(home, clock=SystemClock()) as store:
        source = source_of(kind, settings, store, home)
        began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        events = watch_once(source, store)
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
        scanned, messages[0] = messages[0], 0
        quiet = time.perf_counter()
        watch_once(source, store)
        quiet = time.perf_counter() - quiet
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    told = {"events": events, "messages": scanned, "wall": wall, "cpu": cpu, "quiet_messages": messages[0]}
    print(json.dumps(told | {"quiet_wall": quiet}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]))
