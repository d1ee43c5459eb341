"""The daemon tells elsewhere where each book ends, holds the log against that, and lets a webhook hear it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lotwork.alerts.channels import NotDeliveredError
from lotwork.alerts.notifier import Notifier
from lotwork.alerts.payments import payments
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.storage.batch import Message
from lotwork.ledger.storage.heads import heads_file, look
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch, EventStore
from lotwork.service.health import Health
from lotwork.service.metrics import Metrics
from lotwork.service.recorder import Recorder
from lotwork.service.rounds import Rounds
from lotwork.service.settings import Alerts, Backup, Heads
from tests.ledger.making import CREATED, open_store, receipts

CLOCK = SetClock(CREATED)
QUIET = Alerts(books=("another",))


class Hook:
    """A webhook that keeps what it hears."""

    name = "webhook"

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.is_deaf = False

    def send(self, message: Message) -> None:
        if self.is_deaf:
            raise NotDeliveredError("webhook: no answer")
        self.heard.append(message)


class Telling:
    """A notifier over a store of three events, with a file elsewhere and a webhook."""

    def __init__(self, store: EventStore, folder: Path) -> None:
        self.hook, self.file = Hook(), folder / "disk" / "heads"
        self.store, self.health = store, Health(store.home, CLOCK)
        metrics = Metrics(self.health.last_answers)
        recorder = Recorder(store, metrics)
        self.rounds = Rounds(store, recorder, self.health, metrics, CLOCK, stop=lambda: False)
        self.notifier = Notifier((self.hook,), QUIET, self.health, metrics, CLOCK, scrub=str)
        self.notifier.attach(store, recorder, self.rounds.pending, payments)
        self.notifier.use((self.hook,), QUIET, Heads(also=(f"file:{self.file}", "webhook")), Backup())
        store.append(Batch("main", receipts(1, 3)))

    def check(self) -> None:
        self.rounds.check_chain(self.notifier.held_against)


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    (tmp_path / "disk").mkdir()
    with open_store(tmp_path / "home") as store:
        yield Telling(store, tmp_path)


def test_where_a_book_ends_is_told_when_it_has_moved(telling: Telling) -> None:
    telling.check()
    telling.notifier.look()
    told = look(telling.file)
    assert told.told == {"main": telling.store.head("main")}
    telling.file.unlink()
    telling.notifier.look()
    assert not telling.file.exists(), "nothing moved"
    telling.store.append(Batch("main", receipts(4, 4)))
    telling.notifier.look()
    assert look(telling.file).told["main"].position == 4


def test_a_place_that_was_not_reached_is_told_again(telling: Telling) -> None:
    telling.check()
    telling.file.parent.rmdir()
    telling.notifier.look()
    telling.file.parent.mkdir()
    telling.notifier.look()
    assert look(telling.file).told["main"].position == 3


def test_the_webhook_hears_each_head_that_was_verified(telling: Telling) -> None:
    telling.check()
    (heard,) = telling.hook.heard
    assert heard.id == "head/main/3"
    assert heard.body == f"3 {telling.store.head('main').hash}"
    telling.hook.is_deaf = True
    telling.check()


def test_a_rollback_of_the_whole_home_stops_the_daemon(telling: Telling) -> None:
    telling.check()
    telling.store.close()
    old = ledger_file(telling.store.home).read_bytes(), heads_file(telling.store.home).read_bytes()
    telling.store.append(Batch("main", receipts(4, 9)))
    telling.notifier.look()
    telling.store.close()
    ledger_file(telling.store.home).write_bytes(old[0])
    heads_file(telling.store.home).write_bytes(old[1])
    assert verify(telling.store.home).ok
    with pytest.raises(IntegrityError, match=r"disk/heads tells of 9: 6 events are missing"):
        telling.check()
    assert len(telling.hook.heard) == 1


def backed_up(telling: Telling, then: str | None) -> None:
    folder = telling.file.parent / "backups"
    folder.mkdir(exist_ok=True)
    telling.health.verified(None)
    telling.notifier.use((telling.hook,), QUIET, Heads(), Backup(folder=str(folder), then=then))
    telling.notifier.back_up()


def test_a_backup_is_made_and_carried_away_once(telling: Telling, tmp_path: Path) -> None:
    for _ in range(2):
        backed_up(telling, f"cp -t {tmp_path}")
    (made,) = (telling.file.parent / "backups").iterdir()
    assert (tmp_path / made.name).read_bytes() == made.read_bytes()
    assert not telling.store.pending()


def test_a_backup_that_was_not_carried_away_is_told_and_tried_again(telling: Telling, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(StorageError, match="was made, and false did not take it"):
            backed_up(telling, "false")
    (alert,) = telling.store.pending()
    assert alert.subject == "No backup of the ledger was made"
    backed_up(telling, f"cp -t {tmp_path}")
    (made,) = (telling.file.parent / "backups").iterdir()
    assert (tmp_path / made.name).exists()


def test_of_a_folder_that_is_not_there_an_alert_tells_once_a_day(telling: Telling, tmp_path: Path) -> None:
    telling.health.verified(None)
    telling.notifier.use((telling.hook,), QUIET, Heads(), Backup(folder=str(tmp_path / "not mounted")))
    for _ in range(3):
        with pytest.raises(StorageError, match="backups cannot be kept there"):
            telling.notifier.back_up()
    (alert,) = telling.store.pending()
    assert "not mounted" in alert.body


def test_of_a_damaged_ledger_no_backup_is_made(telling: Telling, tmp_path: Path) -> None:
    telling.health.verified("row 3 is not what was written")
    telling.notifier.use((telling.hook,), QUIET, Heads(), Backup(folder=str(tmp_path / "not mounted")))
    telling.notifier.back_up()
    assert not telling.store.pending()
