"""Every alert reaches every channel at least once, with one id, whatever dies or refuses meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lotwork.alerts.channels import NotDeliveredError
from lotwork.alerts.delivery import LONGEST_WAIT_SECONDS, Delivery, wait_seconds
from lotwork.ledger.clock import SetClock
from lotwork.ledger.storage.batch import Batch, Message
from lotwork.ledger.store import EventStore

ROOT = Path(__file__).parents[2]
ALERT = Message("payment-due:main:2026-Q4:7", "subject", "body")
OTHER = Message("source-silent:main:ocean:x", "subject", "body")


class Told:
    """A channel that keeps what it took, and refuses while it is down."""

    def __init__(self, name: str = "told") -> None:
        self.name = name
        self.taken: list[str] = []
        self.words: list[str] = []
        self.asked = 0
        self.down = False

    def send(self, message: Message) -> None:
        self.asked += 1
        if self.down:
            raise NotDeliveredError(f"{self.name} is down")
        self.taken.append(message.id)
        self.words += [message.subject, message.body]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2027, 1, 8, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: SetClock) -> Iterator[EventStore]:
    with EventStore.open(tmp_path, clock=clock) as opened:
        yield opened


def test_what_a_source_said_is_plain_text_in_every_alert(store: EventStore, clock: SetClock) -> None:
    channel = Told()
    delivery = Delivery([channel], clock, store)
    hostile = "\x1b[2J\x9b\u202e\u2066\u200b\u3164"
    store.append(Batch("main", outbox=(Message("kept", f"a{hostile}\nb", f"one {hostile}\ntwo {hostile}\n"),)))
    delivery.deliver()
    delivery.tell_now(Message("urgent", f"a{hostile}\nb", f"one {hostile}\ntwo {hostile}\n"))
    codes = "\\x1b[2J\\x9b\\u202e\\u2066\\u200b\\u3164"
    assert channel.words == [f"a{codes}\\nb", f"one {codes}\ntwo {codes}\n"] * 2


def test_an_alert_is_told_once_to_every_channel(store: EventStore, clock: SetClock) -> None:
    one, other = Told("one"), Told("other")
    delivery = Delivery((one, other), clock, store)
    store.append(Batch("main", outbox=(ALERT,)))
    store.append(Batch("main", outbox=(ALERT,)))
    assert [delivery.deliver(), delivery.deliver()] == [1, 0]
    assert one.taken == other.taken == [ALERT.id]
    assert store.pending() == ()


def test_a_channel_that_is_down_does_not_keep_the_others_from_the_alert_nor_makes_them_tell_it_twice(
    store: EventStore, clock: SetClock
) -> None:
    up, down = Told("up"), Told("down")
    down.down = True
    delivery = Delivery((up, down), clock, store)
    store.append(Batch("main", outbox=(ALERT, OTHER)))
    assert delivery.deliver() == 0
    assert sorted(up.taken) == sorted((ALERT.id, OTHER.id))
    down.down = False
    clock.move(31)
    assert delivery.deliver() == 2
    assert sorted(down.taken) == sorted(up.taken) == sorted((ALERT.id, OTHER.id))


def test_a_provider_down_for_a_day_is_asked_ever_less_and_gets_everything_in_the_end(
    store: EventStore, clock: SetClock
) -> None:
    channel = Told()
    channel.down = True
    delivery = Delivery((channel,), clock, store)
    for hour in range(24):
        store.append(Batch("main", outbox=(Message(f"alert:{hour}", "s", "b"),)))
        for _ in range(60):
            clock.move(60)
            delivery.deliver()
    assert channel.asked < 24 * 32
    channel.down = False
    clock.move(LONGEST_WAIT_SECONDS)
    delivery.deliver()
    assert sorted(channel.taken) == sorted(f"alert:{hour}" for hour in range(24))
    assert store.pending() == ()


def test_a_new_process_tells_again_what_was_not_marked(store: EventStore, clock: SetClock) -> None:
    channel = Told()
    store.append(Batch("main", outbox=(ALERT,)))
    Delivery((channel,), clock, store).send(ALERT)
    Delivery((channel,), clock, store).deliver()
    assert channel.taken == [ALERT.id, ALERT.id]


def test_what_is_told_past_the_outbox_is_told_once_and_until_it_is_taken(clock: SetClock) -> None:
    channel = Told()
    channel.down = True
    delivery = Delivery((channel,), clock)
    delivery.tell_now(ALERT)
    delivery.tell_now(ALERT)
    assert channel.asked == 1
    channel.down = False
    clock.move(60)
    assert delivery.deliver() == 1
    assert delivery.deliver() == 0
    assert channel.taken == [ALERT.id]


def test_the_wait_doubles_and_has_an_end() -> None:
    assert [wait_seconds(failures) for failures in (0, 1, 2)] == [30, 60, 120]
    assert wait_seconds(10_000) == LONGEST_WAIT_SECONDS


SENDER = """
import sys
from pathlib import Path
from lotwork.alerts.delivery import Delivery
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.store import EventStore
home = Path(sys.argv[1])
class ToFile:
    name = "file"
    def send(self, message):
        with open(home / "told", "a") as told:
            told.write(message.id + chr(10))
with EventStore.open(home, clock=SystemClock()) as store:
    Delivery((ToFile(),), SystemClock(), store).deliver()
"""


@pytest.mark.faults
@pytest.mark.parametrize("place", ["outbox.before_send", "outbox.after_send", "outbox.after_mark"])
def test_killed_round_the_sending_an_alert_is_told_at_least_once_with_the_same_id(
    place: str, tmp_path: Path, clock: SetClock
) -> None:
    with EventStore.open(tmp_path, clock=clock) as store:
        store.append(Batch("main", outbox=(ALERT, OTHER)))
    command = [sys.executable, "-c", SENDER, str(tmp_path)]
    killed = subprocess.run(command, cwd=ROOT, env={**os.environ, "LOTWORK_FAILPOINT": f"{place}:kill"}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    told = (tmp_path / "told").read_text().split()
    assert set(told) == {ALERT.id, OTHER.id}
    assert len(told) == (3 if place == "outbox.after_send" else 2)
    with EventStore.open(tmp_path, clock=clock) as store:
        assert store.pending() == ()
