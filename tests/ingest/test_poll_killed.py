"""A poll killed at every named place: asked again, the ledger is that of a poll nobody killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lotwork.ingest.pools.ocean import Ocean
from lotwork.ingest.pools.ocean_section import OceanSection
from lotwork.ingest.register import SOURCES
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.failpoints import NAMES, VARIABLE, arm
from lotwork.ledger.store import EventStore
from tests.ingest.exchanges.kit import Kraken, world
from tests.ingest.matrix.asked_pools import TRUE_ADDRESS
from tests.ingest.matrix.exempt import EXEMPT
from tests.ingest.matrix.looking import Source
from tests.ingest.matrix.places import SOURCE_PLACES
from tests.ingest.scripted_server import Reply, Script, client_of, serving
from tests.ingest.wires import Said

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "tests" / "data" / "external"
NOW = datetime(2026, 6, 21, 12, tzinfo=UTC)
PLACES = [name for name in NAMES if name.startswith(("append.", "heads.", "evidence."))]
POLL = "import sys; from tests.ingest.test_poll_killed import poll; poll(*sys.argv[1:])"


def poll(home: str, url: str) -> int:
    """Look at the pool once, as the daemon does; runs in a process of its own as well as here."""
    clock = SetClock(NOW)
    store = EventStore.open(Path(home), clock=clock)
    source = Ocean(
        section=OceanSection(
            name="ocean", address=TRUE_ADDRESS, wallet="cold", start=date(2026, 5, 1), base_url=f"{url}/v1"
        ),
        client=client_of("ocean", clock=clock),
        evidence=Evidence(Path(home)),
        recognition=lambda _at: "on_credit",
        log=store,
    )
    try:
        return watch_once(source, store)
    finally:
        store.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Script]:
    earnpay = json.loads((RECORDED / "ocean_earnpay.json").read_bytes())["result"]

    def answer(path: str) -> Reply:
        first, last = (int(part) for part in path.split("/")[-2:])
        kept = {
            name: [item for item in earnpay[name] if first <= seconds(item["ts"]) <= last]
            for name in ("earnings", "payouts")
        }
        return Reply(body=json.dumps({"result": kept}).encode())

    with serving() as script:
        script.answer = answer
        yield script


def seconds(told: str) -> int:
    return int(told) if told.isdigit() else int(datetime.fromisoformat(told).replace(tzinfo=UTC).timestamp())


def told(home: Path) -> tuple[list[tuple[str, str | None]], str | None]:
    store = EventStore.open(home, clock=SetClock(NOW))
    try:
        events = [(event.id, event.evidence) for _, event in store.read("main")]
        evidence = Evidence(home)
        assert all(evidence.read(digest) for _, digest in events if digest)
        return sorted(events, key=str), store.cursor("main", "ocean")
    finally:
        store.close()


@pytest.mark.faults
@pytest.mark.parametrize("place", PLACES)
def test_a_poll_killed_here_loses_nothing_and_counts_nothing_twice(place: str, server: Script, tmp_path: Path) -> None:
    unharmed, killed = tmp_path / "unharmed", tmp_path / "killed"
    assert poll(str(unharmed), server.url) == 9
    done = subprocess.run(
        [sys.executable, "-c", POLL, str(killed), server.url],
        cwd=ROOT,
        env={**os.environ, VARIABLE: f"{place}:kill"},
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-500:]
    poll(str(killed), server.url)
    assert told(killed) == told(unharmed)
    assert poll(str(killed), server.url) == 0


FIRST, LATER = "a first scan", "a poll"
RECURRING = Source(
    name="recurring",
    of="recurring",
    settings={"category": "rent", "amount_usd": "850.00", "day": 1, "start": "2026-01-01"},
    server=lambda: lambda _: Said(),
    at=NOW,
)
"""A rule, which asks nobody."""
KILLED_PLACES = (*SOURCE_PLACES, RECURRING)
KILLED = [(place, when) for place in KILLED_PLACES for when in (FIRST, *([LATER] if place.before else []))]
EVERY_PLACE = "LOTWORK_EVERY_PLACE" in os.environ
"""Whether each source is killed at every place; else each at some, all of them between them."""
SOME = 3


@pytest.mark.faults
@pytest.mark.parametrize(("source", "when"), KILLED, ids=lambda one: one if isinstance(one, str) else one.name)
def test_a_source_killed_at_every_place_ends_in_the_same_ledger(source: Source, when: str, tmp_path: Path) -> None:
    def begun(name: str) -> Path:
        home = tmp_path / name
        EventStore.open(home, clock=SetClock(NOW)).close()
        if when == LATER and source.before is not None:
            assert source.poll(home, source.before(), source.asked_before) > 0 or source.asked_before
        return home

    unharmed = begun("unharmed")
    new = source.poll(unharmed, source.server())
    assert new > 0 or source.of == "solo_pool" or (source.asked_before and when == FIRST), "it began to count"
    killed = 0
    begin = KILLED.index((source, when))
    places = PLACES if EVERY_PLACE else [PLACES[(begin + SOME * number) % len(PLACES)] for number in range(SOME)]
    for place in places:
        home = begun(place)
        ended = in_a_process_of_its_own(lambda home=home, place=place: killed_at(place, source, home))  # type: ignore[misc] # mypy reads no default of a lambda
        killed += ended == signal.SIGKILL
        source.poll(home, source.server())
        assert kept(home) == kept(unharmed), place
        assert source.poll(home, source.server()) == 0
    assert killed >= (len(places) - 1 if new else 0)


def killed_at(place: str, source: Source, home: Path) -> None:
    """Look at *source* until *place*, and no further."""
    arm(f"{place}:kill")
    source.poll(home, source.server())


def in_a_process_of_its_own(work: Callable[[], None]) -> int:
    """Do *work* in a copy of this process; return the signal that ended it, 0 where none did."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def kept(home: Path) -> list[str]:
    """Return every event, to the last word, and every cursor."""
    with EventStore.open(home, clock=SetClock(NOW)) as store:
        evidence = Evidence(home)
        events = [event for _, event in store.read("main")]
        assert all(evidence.read(event.evidence) for event in events if event.evidence)
        cursors = [str(store.cursor("main", kind)) for kind in sorted({one.of for one in KILLED_PLACES})]
        return [*map(repr, events), *cursors]


def test_whatever_is_declared_is_killed_here_or_told_why_not() -> None:
    assert {one.kind for one in SOURCES} == {place.of for place in KILLED_PLACES} | {*EXEMPT, "files"}
    assert all(one.killed for one in EXEMPT.values())


@pytest.mark.faults
@pytest.mark.parametrize("place", PLACES if EVERY_PLACE else PLACES[::4])
def test_an_exchange_killed_at_a_place_ends_in_the_same_ledger(place: str, tmp_path: Path) -> None:
    def look(name: str) -> list[str]:
        with world(tmp_path / name, Kraken()) as here:
            here.look()
            return [*map(repr, here.events()), str(here.store.cursor("main", "exchange-api"))]

    def killed_there() -> None:
        with world(tmp_path / "killed", Kraken()) as here:
            arm(f"{place}:kill")
            here.look()

    unharmed = look("unharmed")
    assert len(unharmed) > 2
    EventStore.open(tmp_path / "killed", clock=SetClock(NOW)).close()
    assert in_a_process_of_its_own(killed_there) == signal.SIGKILL
    assert look("killed") == unharmed
    assert look("killed") == unharmed
