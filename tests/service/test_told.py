"""A signal sets its event, whatever the main thread is at when it comes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from lotwork.service import told
from tests.patience import PATIENCE_SECONDS

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)


class Held(threading.Event):
    """An event that nobody sets while its lock is held."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def set(self) -> None:
        with self.lock:
            super().set()


@pytest.fixture(autouse=True)
def orders() -> Iterator[dict[signal.Signals, threading.Event]]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    events = {number: threading.Event() for number in NUMBERS}
    told.listen(events)
    yield events
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_sets_its_event_and_no_other(
    orders: dict[signal.Signals, threading.Event], number: signal.Signals
) -> None:
    signal.raise_signal(number)
    assert orders[number].wait(PATIENCE_SECONDS)
    assert [other for other, event in orders.items() if event.is_set()] == [number]


def test_a_signal_that_comes_while_its_event_is_held_is_heard() -> None:
    """`Event.wait` and `Event.set` hold a lock for a moment; a handler that waits for it there waits for good."""
    held = Held()
    told.listen({signal.SIGTERM: held})
    with held.lock:
        for _ in range(1000):
            signal.raise_signal(signal.SIGTERM)
        assert not held.is_set()
    assert held.wait(PATIENCE_SECONDS)


def test_a_signal_that_is_ignored_ends_nothing(orders: dict[signal.Signals, threading.Event]) -> None:
    told.ignore(orders)
    for number in NUMBERS:
        signal.raise_signal(number)
    assert not any(event.is_set() for event in orders.values())
