"""A book with channels of its own is told over these alone, and a channel that is down holds up no other book."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lotwork.alerts.delivery import Delivery
from lotwork.alerts.notifier import Notifier
from lotwork.alerts.payments import payments
from lotwork.alerts.rules import newer_ledger
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import IntegrityError, NewerFormatError
from lotwork.ledger.storage.batch import Batch, Message
from lotwork.ledger.store import EventStore
from lotwork.service.health import Health
from lotwork.service.metrics import Metrics
from lotwork.service.pending import Pending
from lotwork.service.recorder import Recorder
from lotwork.service.settings import Alerts, AlertsOf, Backup, Heads, Settings
from tests.alerts.test_delivery import Told
from tests.ledger.making import CREATED, open_store

CLOCK = SetClock(CREATED)
OF_ANN = Alerts(books=("main", "bob"), of=(AlertsOf(book="ann", silent_hours=1),))


class Voices:
    """A notifier of three books, of which ann has a channel of her own."""

    def __init__(self, store: EventStore) -> None:
        self.ours, self.hers = Told("ours"), Told("hers")
        self.health = Health(store.home, CLOCK, chain_ok=True)
        metrics = Metrics()
        self.notifier = Notifier((self.ours,), OF_ANN, self.health, metrics, CLOCK, scrub=str)
        self.notifier.attach(store, Recorder(store, metrics), Pending(store), payments)
        self.use()
        for book in ("main", "ann", "bob"):
            store.append(Batch(book, outbox=(Message(f"to:{book}", book, f"Book: {book}."),)))

    def use(self, *, of: bool = True) -> None:
        told = {"ann": (self.hers,)} if of else {}
        self.notifier.use((self.ours,), OF_ANN, Heads(), Backup(), told)


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    return open_store(tmp_path / "home")


def test_each_channel_takes_the_alerts_of_its_own_books_alone(store: EventStore) -> None:
    voices = Voices(store)
    voices.notifier.deliver()
    assert (sorted(voices.ours.taken), voices.hers.taken) == (["to:bob", "to:main"], [])
    voices.notifier.deliver("ann")
    voices.notifier.deliver("ann")
    assert (len(voices.ours.taken), voices.hers.taken) == (2, ["to:ann"])
    assert store.pending() == ()


def test_a_channel_that_is_down_holds_up_no_other_book(store: EventStore) -> None:
    voices = Voices(store)
    voices.hers.down = True
    voices.notifier.deliver("ann")
    voices.notifier.deliver()
    assert len(voices.ours.taken) == 2
    assert [each.id for each in store.pending()] == ["to:ann"]
    voices.hers.down, voices.ours.down = False, True
    CLOCK.move(60)
    voices.notifier.deliver("ann")
    assert voices.hers.taken == ["to:ann"]


def test_a_table_that_is_taken_out_gives_the_book_back_to_the_others(store: EventStore) -> None:
    voices = Voices(store)
    voices.use(of=False)
    voices.notifier.deliver("ann")  # a round that was due already
    voices.notifier.deliver()
    assert sorted(voices.ours.taken) == ["to:ann", "to:bob", "to:main"]
    assert voices.hers.taken == []


def test_a_damaged_ledger_is_told_to_everybody(store: EventStore) -> None:
    voices = Voices(store)
    voices.notifier.ledger_refused(IntegrityError("position 3 was changed"))
    assert voices.ours.taken == voices.hers.taken == ["chain-failure:log"]


def test_a_ledger_of_a_newer_lotwork_is_told_as_that_once_and_nothing_more_is_recorded(store: EventStore) -> None:
    voices = Voices(store)
    for _ in range(2):
        voices.notifier.ledger_refused(NewerFormatError("it has format 2: upgrade the program"))
    assert voices.ours.taken == voices.hers.taken == ["newer-ledger"]
    assert voices.health.chain_ok is False
    told = newer_ledger("it has format 2: upgrade the program")
    assert "install the Lotwork that wrote it" in told.body
    assert "restore" not in told.body + told.subject


def test_a_book_has_its_own_hours_and_the_others_keep_theirs() -> None:
    assert (OF_ANN.voice("ann").silent_hours, OF_ANN.voice("bob").silent_hours) == (1, 6)
    assert OF_ANN.all_books == ("main", "bob", "ann")


def test_two_tables_of_one_book_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="make them one"):
        msgspec.convert({"alerts": {"of": [{"book": "ann"}, {"book": "ann"}]}}, Settings)


def test_one_among_many_homes_is_named_in_what_is_told_and_in_its_id(store: EventStore) -> None:
    """Two homes with a book main and one webhook would else be one alert to whoever drops what it has heard."""
    channel = Told()
    store.append(Batch("main", outbox=(Message("payment-due:main:2026-Q4:7", "due", "Book: main.\n"),)))
    Delivery((channel,), CLOCK, store, whose="ann").deliver()
    assert channel.taken == ["ann/payment-due:main:2026-Q4:7"]
    assert channel.words == ["ann: due", "Book: main.\nHome: ann.\n"]
