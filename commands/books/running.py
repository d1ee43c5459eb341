"""Many books asked by one process or by several of this machine: the pool of the standard library.

A task is a batch of books, so that what a task costs is shared by many. A worker that dies, for want of memory as a
rule, takes a batch with it: those books are asked again one by one, and only the one that kills its worker fails.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from threading import Thread
from typing import TypeAlias, TypeVar

from lotwork.commands.books.asking import Ask, AskBooks, Item, Told, ask_books, failed
from lotwork.ledger.errors import StorageError

MOST_IN_A_BATCH = 16
BATCHES_A_WORKER = 4
"""At least so many, where there are books enough: the last worker to end keeps nobody waiting for long."""
BATCHES_AHEAD = 2
"""Batches a worker that are handed over before they are needed: none waits, and memory stays flat."""
DIED = "its worker ended without a word, by want of memory as a rule: allow it more, or ask with fewer --workers"

Batch: TypeAlias = tuple[Item, ...]
T = TypeVar("T")


def workers_here() -> int:
    """Return how many processes this one may use at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batches(items: Sequence[T], workers: int) -> list[tuple[T, ...]]:
    """Return *items* in batches, small enough that each of the *workers* gets several."""
    size = min(MOST_IN_A_BATCH, max(1, len(items) // (workers * BATCHES_A_WORKER)))
    return [tuple(items[begin : begin + size]) for begin in range(0, len(items), size)]


def by_itself(ask: Ask, items: Sequence[Item], *, work: AskBooks = ask_books) -> Iterator[Told]:
    """Yield what becomes of each book, asked here one after the other."""
    for item in items:
        yield from work(ask, (item,))


def in_pool(ask: Ask, items: Sequence[Item], workers: int, *, work: AskBooks = ask_books) -> Iterator[Told]:
    """Yield what becomes of each book, asked by so many *workers*, as they come to it."""
    left = deque(batches(items, workers))
    while left:
        lost: list[Batch] = []
        yield from _until_broken(ask, left, lost, workers, work)
        for item in (item for batch in lost for item in batch):
            yield _alone(ask, item, work)


def _until_broken(
    ask: Ask, left: deque[Batch], lost: list[Batch], workers: int, work: AskBooks
) -> Iterator[Told]:  # fmt: skip
    """Yield the answers to the batches that are *left*; where a worker dies, those it may have had are *lost*."""
    pool = _pool(workers)
    running: dict[Future[list[Told]], Batch] = {}
    try:
        while (left and not lost) or running:
            while left and not lost and len(running) < workers * BATCHES_AHEAD:
                batch = left.popleft()
                try:
                    with _interrupted_later():
                        running[pool.submit(work, ask, batch)] = batch
                except BrokenProcessPool:
                    lost.append(batch)
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                batch = running.pop(future)
                try:
                    told = future.result()
                except BrokenProcessPool:
                    lost.append(batch)
                else:
                    yield from told
    finally:
        _end(pool)


def _alone(ask: Ask, item: Item, work: AskBooks) -> Told:
    """Return what becomes of a book whose worker may have died of it, in a process that nobody shares."""
    pool = _pool(1)
    try:
        with _interrupted_later():
            asked = pool.submit(work, ask, (item,))
        (told,) = asked.result()
    except BrokenProcessPool:
        return failed(ask, item.place, StorageError(DIED))
    finally:
        _end(pool)
    return told


def _pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool whose processes are forked from one that has loaded the commands and has no thread."""
    context = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")
    if hasattr(context, "set_forkserver_preload"):
        context.set_forkserver_preload([ask_books.__module__])
        _begin_server()
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)


def _end(pool: ProcessPoolExecutor) -> None:
    """Let the batches that run come to their end; who is interrupted once more waits no longer, and leaves no worker.

    One that still begins would print that what it shares with this process is gone.
    """
    try:
        pool.shutdown(wait=True, cancel_futures=True)
    finally:
        for worker in multiprocessing.active_children():
            worker.kill()


def _begin_server() -> None:
    """Start the process that workers are forked from, deaf to Ctrl-C from its first moment.

    What it loads and what a worker begins with takes a second, in which it would print where it was interrupted.
    """
    resource_tracker.ensure_running()  # which would let the signal through again
    with _interrupted_later():
        forkserver.ensure_running()


@contextmanager
def _interrupted_later() -> Iterator[None]:
    """Be interrupted when what is within is done: workers that half begin miss what this process takes away."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Leave it to the process that asks to be interrupted, and end with it where it is killed.

    Interrupted, it lets the batches that run come to their end; killed, it can tell nobody.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # what it starts may be interrupted
    Thread(target=_end_with_who_asks, name="parent", daemon=True).start()


def _end_with_who_asks() -> None:
    asking = multiprocessing.parent_process()
    if asking is not None:
        asking.join()
        os._exit(1)
