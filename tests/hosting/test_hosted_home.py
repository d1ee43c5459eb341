"""One home among many, in this process: what it schedules and leaves open, and what it does when it cannot begin."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from lotwork.alerts.monitor import Monitor
from lotwork.alerts.payments import payments
from lotwork.alerts.rules import Situation
from lotwork.config import load
from lotwork.hosting.home_daemon import Round
from lotwork.hosting.host import IN_TROUBLE, KEPT, Kept
from lotwork.hosting.hosted_home import HostedHome, Means
from lotwork.hosting.served import OfHomes, state_of
from lotwork.hosting.servers import Servers
from lotwork.hosting.turns import Turn
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.errors import BusyError
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.service.readers import Reader
from lotwork.service.telling_place import TellingPlace, where_told
from tests.web.conftest import clock, record
from tests.web.views.made import FACTS, PROFILE, receipt

FOLDER = '[[sources.files]]\nname = "{name}"\nfolder = "inbox"\nbook = "{book}"\n'
OCEAN = (
    '[[sources.ocean]]\nname = "pool"\nwallet = "cold"\nstart = 2026-11-01\n'
    'address = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"\n'
    'base_url = "https://pool.example:8443/api"\n'
)


class Times:
    """A timetable that does nothing by itself."""

    def __init__(self) -> None:
        self.jobs: dict[str, tuple[Turn, Round, int]] = {}
        self.asked_for: list[str] = []

    def put(self, turn: Turn, work: Round, seconds: int) -> None:
        self.jobs[turn.name] = turn, work, seconds

    def take_away(self, name: str) -> None:
        self.jobs.pop(name, None)

    def soon(self, name: str) -> None:
        self.asked_for.append(name)

    def due(self, _name: str) -> datetime | None:
        return None

    def run(self, name: str) -> None:
        self.jobs[name][1]()


class Hosted:
    """A home with the books main and farm, kept."""

    def __init__(self, home: Path, sources: str) -> None:
        (home / "inbox").mkdir(parents=True)
        self.home, self.times = home, Times()
        self.write(sources)
        record(home, PROFILE, FACTS, receipt("r1", "2026-02-01"))
        record(home, PROFILE | {"id": "p2"}, receipt("r2", "2026-02-01"), book="farm")
        now = clock()
        self.place = TellingPlace(1, "127.0.0.1", 80)
        means = Means(now, Pace(now), self.times, Servers(now), payments, Scrubber(), self.place)
        self.daemon = HostedHome("ann", load(home, environ={}), means, Scrubber())

    def write(self, sources: str) -> None:
        (self.home / "config.toml").write_text(f"[prices]\nsources = []\n{sources}")

    @property
    def is_open(self) -> bool:
        """Whether this process has the ledger of the home open."""
        places = [place.readlink() for place in Path("/proc/self/fd").iterdir() if place.is_symlink()]
        return any(place.name.startswith("ledger.sqlite") and place.parent == self.home for place in places)


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Hosted]:
    made = Hosted(tmp_path / "ann", FOLDER.format(name="in", book="farm") + OCEAN)
    yield made
    made.daemon.end()


def test_a_source_has_the_turn_of_its_book_and_says_which_host_it_asks(hosted: Hosted) -> None:
    hosted.daemon.begin()
    turns = {name: turn for name, (turn, _, _) in hosted.times.jobs.items()}
    assert set(turns) == {
        f"ann/{name}"
        for name in (
            *("heads", "outbox", "verify", "backup", "poll:farm/in", "poll:main/pool"),
            *("alerts:farm", "alerts:main", "prices:farm", "prices:main"),
        )
    }
    assert (turns["ann/poll:farm/in"].book, turns["ann/poll:farm/in"].hosts) == ("ann/farm", frozenset())
    assert (turns["ann/poll:main/pool"].book, [*turns["ann/poll:main/pool"].hosts]) == ("ann/main", ["pool.example"])
    assert {name for name, turn in turns.items() if turn.reckons} == {
        "ann/alerts:farm",
        "ann/alerts:main",
        "ann/verify",
    }
    assert {turn.book for name, turn in turns.items() if ":" not in name} == {"ann/"}
    assert turns["ann/prices:farm"].book == turns["ann/alerts:farm"].book == "ann/farm"


def test_between_rounds_nothing_of_the_ledger_is_open_and_no_book_stays_folded(hosted: Hosted) -> None:
    hosted.daemon.begin()
    assert not hosted.is_open
    for name in ("heads", "alerts:main", "alerts:farm", "outbox", "poll:farm/in", "verify", "alerts:main"):
        hosted.times.run(f"ann/{name}")
        assert not hosted.is_open, name
    monitor = hosted.daemon.notifier._monitor
    assert monitor is not None
    assert monitor._books == {}
    briefs = hosted.daemon.notifier.briefs
    assert set(briefs) == {"main", "farm"}, "farm too, though nobody is told of it"
    assert briefs["main"].day.isoformat() == "2026-11-22"
    assert hosted.daemon.own_books() == {"main", "farm"}


def test_a_round_beside_another_leaves_the_ledger_open_for_it(hosted: Hosted) -> None:
    hosted.daemon.begin()
    inside, over = threading.Event(), threading.Event()

    def slow() -> None:
        hosted.daemon.store.head("main")
        inside.set()
        assert over.wait(10)
        hosted.daemon.store.head("main")

    thread = threading.Thread(target=hosted.daemon._at_rest_after(slow))
    thread.start()
    assert inside.wait(10)
    hosted.times.run("ann/outbox")
    assert hosted.is_open
    over.set()
    thread.join(10)
    assert not hosted.is_open


def test_settings_read_anew_take_up_what_is_new_and_take_away_what_is_gone(hosted: Hosted) -> None:
    hosted.daemon.begin()
    hosted.write(FOLDER.format(name="other", book="main") + '[[alerts.of]]\nbook = "farm"\n')
    hosted.daemon.reload()
    assert {name for name in hosted.times.jobs if "poll" in name} == {"ann/poll:main/other"}
    assert "ann/outbox:farm" in hosted.times.jobs
    hosted.write("[[sources.files]]\n")
    hosted.daemon.reload()
    assert "ann/poll:main/other" in hosted.times.jobs, "what cannot be used changes nothing"
    hosted.write(FOLDER.format(name="other", book="main"))
    hosted.daemon.reload()
    assert "ann/outbox:farm" not in hosted.times.jobs


def test_one_that_cannot_begin_holds_nothing_and_begins_once_it_can(hosted: Hosted) -> None:
    with DaemonLock.acquire(hosted.home), pytest.raises(BusyError, match="already running"):
        hosted.daemon.begin()
    assert hosted.times.jobs == {}
    assert not hosted.is_open
    hosted.daemon.begin()
    assert hosted.times.jobs
    assert where_told(hosted.home, "1") is not None
    hosted.daemon.end()
    assert hosted.times.jobs == {}
    assert where_told(hosted.home, "1") is None
    DaemonLock.acquire(hosted.home).release()


def test_what_is_told_of_a_home_is_told_to_the_token_that_lies_in_it(hosted: Hosted) -> None:
    hosted.daemon.begin()
    told = where_told(hosted.home, "1")
    assert told is not None
    assert hosted.place.home_of(told.token) == "ann"
    assert hosted.place.home_of(told.token[:-1]) is None
    assert where_told(hosted.home, "2") is None, "another process wrote it"
    assert (hosted.home / "daemon.told").stat().st_mode & 0o777 == 0o600
    seen = hosted.daemon.report_of(lambda book: book == "farm")
    assert list(seen["sources"]) == ["farm/in"]


def test_a_reader_of_one_book_has_the_state_and_the_figures_of_that_book_alone(hosted: Hosted) -> None:
    hosted.daemon.begin()
    hosted.times.run("ann/alerts:main")
    hosted.times.run("ann/alerts:farm")
    kept = Kept(hosted.home, state=KEPT, daemon=hosted.daemon)
    for books, hidden in ((("ann/farm",), "main"), (("ann/main",), "farm"), (("ann",), "nothing")):
        reader = Reader(name="eve", books=books)
        told = json.dumps(state_of("ann", kept, reader))
        registry = CollectorRegistry()
        registry.register(OfHomes([("ann", hosted.daemon, reader)]))
        figures = generate_latest(registry).decode()
        assert hidden not in told + figures
        assert f'lotwork_head_seq{{book="{"main" if hidden == "farm" else "farm"}",home="ann"}}' in figures
    kept.state, kept.trouble = IN_TROUBLE, "book main, position 3: it was changed"
    assert "position 3" not in json.dumps(state_of("ann", kept, Reader(name="eve", books=("ann/farm",))))
    assert "position 3" in json.dumps(state_of("ann", kept, Reader(name="eve", books=("ann",))))


def test_a_book_that_begins_is_looked_at_and_one_that_fails_keeps_no_other(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosted.daemon.begin()
    record(hosted.home, receipt("r3", "2026-02-01"), book="new")
    assert "ann/alerts:new" not in hosted.times.jobs
    hosted.times.run("ann/heads")
    assert "ann/alerts:new" in hosted.times.jobs
    see = Monitor.situation

    def failing(monitor: Monitor, book: str, fee: str | None = None) -> Situation:
        if book == "farm":
            raise ZeroDivisionError("a bug")
        return see(monitor, book, fee)

    monkeypatch.setattr(Monitor, "situation", failing)
    for name in ("farm", "main", "new"):
        hosted.times.run(f"ann/alerts:{name}")
    assert set(hosted.daemon.notifier.briefs) == {"main", "new"}
    assert 'job="alerts:farm",why="ZeroDivisionError"' in hosted.daemon.metrics.text().decode()
