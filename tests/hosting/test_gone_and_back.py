"""A home that goes and comes back under its name: what is left of the one before takes nothing from the new one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lotwork.alerts.payments import payments
from lotwork.hosting.host import KEPT, LOOK_SECONDS, Host
from lotwork.hosting.turns import Turn
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import SetClock
from lotwork.service.telling_place import where_told
from tests.web.conftest import clock, record
from tests.web.views.made import receipt

FOLDER = '[prices]\nsources = []\n[[sources.files]]\nname = "receipts"\nfolder = "inbox"\n'


class ByHand:
    """A host whose turns are taken when the test says so, in whatever order."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.clock = folder, clock()
        self.waiting: dict[str, Callable[[], None]] = {}
        self.host = Host(folder, self.clock, Scrubber(), payments=payments, where=("127.0.0.1", 80))

        def take(turn: Turn, work: Callable[[], None]) -> None:
            self.waiting[turn.name] = work

        monkeypatch.setattr(self.host.turns, "take", take)

    def make(self, name: str) -> None:
        (self.folder / name / "inbox").mkdir(parents=True)
        (self.folder / name / "config.toml").write_text(FOLDER)
        record(self.folder / name, receipt("r1", "2026-02-01"))

    def look(self) -> None:
        self.clock.move(LOOK_SECONDS)
        self.host.look()

    def do(self, name: str) -> None:
        self.waiting.pop(name)()

    def jobs(self) -> set[str]:
        return {job.id for job in self.host.timetable.scheduler.get_jobs()}


@pytest.fixture
def by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ByHand]:
    made = ByHand(tmp_path, monkeypatch)
    assert isinstance(made.clock, SetClock)
    yield made
    made.host._close_all()


@pytest.mark.parametrize("order", [("ann/ begin", "ann/ end"), ("ann/ end", "ann/ begin")])
def test_a_home_that_comes_back_before_the_last_one_has_ended_keeps_its_rounds(
    by_hand: ByHand, order: tuple[str, str]
) -> None:
    by_hand.make("ann")
    by_hand.look()
    by_hand.do("ann/ begin")
    jobs = by_hand.jobs()
    assert "ann/poll:main/receipts" in jobs
    shutil.rmtree(by_hand.folder / "ann")
    by_hand.look()
    by_hand.make("ann")
    by_hand.look()
    for each in order:
        by_hand.do(each)
    assert by_hand.host.homes["ann"].state == KEPT
    assert by_hand.jobs() == jobs
    told = where_told(by_hand.folder / "ann", str(by_hand.host.place._at[0]))
    assert told is not None
    assert by_hand.host.place.home_of(told.token) == "ann"


def test_of_a_home_that_went_for_good_no_round_is_left(by_hand: ByHand) -> None:
    by_hand.make("ann")
    by_hand.look()
    by_hand.do("ann/ begin")
    shutil.rmtree(by_hand.folder / "ann")
    by_hand.look()
    by_hand.do("ann/ end")
    assert by_hand.jobs() == set()
    assert not (by_hand.folder / "ann").exists()
