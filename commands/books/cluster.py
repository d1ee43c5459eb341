"""Many books asked by the workers of a Dask scheduler: where one machine is outgrown (docs/adr/0033).

Every worker has the same Lotwork installed, and reaches the homes under the same names: a shared folder, or settings
that name the PostgreSQL server. Dask carries what the pool of one machine carries, and nothing else of it is used.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from lotwork.commands.books.asking import Ask, AskBooks, Item, Told, ask_books, failed
from lotwork.commands.books.running import BATCHES_AHEAD, DIED, Batch, batches
from lotwork.ledger.errors import StorageError, UnreachableError, UsageError

INSTALL = "a cluster is asked through Dask: install it with `pip install 'lotwork[cluster]'`"
LOST = "the scheduler was lost meanwhile: with --out, what was answered is kept, and the same words go on from there"
SECONDS = 10.0
"""How long a scheduler may take to answer."""
SCHEMES, ENCRYPTED = ("tcp", "tls", "ws", "wss"), ("tls", "wss")
NAME_IT = "start one with `dask scheduler`, or name the address it tells, as in tcp://host:8786"


def on_cluster(ask: Ask, items: Sequence[Item], address: str, *, work: AskBooks = ask_books) -> Iterator[Told]:
    """Yield what becomes of each book, asked by the workers of the scheduler at *address*, as they come to it."""
    try:
        import distributed  # noqa: PLC0415 - an extra: only who names a scheduler loads it
    except ImportError as missing:
        raise UsageError(f"--scheduler {address}: {INSTALL}") from missing
    dask: Any = distributed  # its functions are not typed
    _check_address(address, dask)
    try:
        client = dask.Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as silent:
        raise UnreachableError(f"--scheduler {address}: no scheduler answers there ({silent}): {NAME_IT}") from silent
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise UnreachableError(f"--scheduler {address}: it has no workers: start some with `dask worker {address}`")
        running = dask.as_completed(loop=client.loop)
        yield from _asked(client, running, ask, deque(batches(items, threads)), threads, work)


def _check_address(address: str, dask: Any) -> None:
    """Raise UsageError where *address* is none, UnreachableError where nothing listens there: Dask says it late."""
    try:
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme not in SCHEMES or not host or not port or "@" in parts.netloc or parts.path.strip("/"):
        raise UsageError(f"--scheduler: that is no address of a scheduler: {NAME_IT}")
    if parts.scheme in ENCRYPTED and dask.Security().get_connection_args("client").get("ssl_context") is None:
        raise UsageError(f"--scheduler {address}: it is encrypted, and Dask's own settings name no certificate "
                         "(distributed.comm.tls): name them there")  # fmt: skip
    try:
        socket.create_connection((host, port), SECONDS).close()
    except (OSError, UnicodeError) as silent:
        raise UnreachableError(f"--scheduler {address}: nothing answers there ({silent}): {NAME_IT}") from silent


def _asked(
    client: Any, running: Any, ask: Ask, left: deque[Batch], threads: int, work: AskBooks
) -> Iterator[Told]:  # fmt: skip
    """Hand over so many batches at a time, and take back what they tell."""
    of: dict[Any, Batch] = {}

    def hand_over() -> None:
        batch = left.popleft()
        future = client.submit(work, ask, batch, pure=False, retries=0)
        of[future.key] = batch
        running.add(future)

    for _ in range(min(len(left), threads * BATCHES_AHEAD)):
        hand_over()
    for future in running:
        batch = of.pop(future.key)
        if future.cancelled():
            raise UnreachableError(LOST)
        trouble = future.exception()
        if trouble is None:
            yield from future.result()
        elif len(batch) > 1:
            left.extend((item,) for item in batch)
        else:
            yield failed(ask, batch[0].place, StorageError(f"{DIED} ({type(trouble).__name__})"))
        future.release()
        while left and len(of) < threads * BATCHES_AHEAD:
            hand_over()
