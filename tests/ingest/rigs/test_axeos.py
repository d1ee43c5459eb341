"""A rig under AxeOS: every answer that cannot be right is refused, and days are what looks vouch for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.register import SOURCES
from lotwork.ingest.rigs.answer import Look
from lotwork.ingest.rigs.estimating import Estimator, Standing
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import EnergyEstimate, Profile
from lotwork.ledger.store import EventStore
from lotwork.ledger.zones import Calendar
from tests.ingest import mutations
from tests.ingest.pools.kit import PoolServer, context_of, reply
from tests.ingest.pools.test_every_pool import CHANGES_NOTHING, FAULTS

SAMPLE: dict[str, Any] = json.loads((Path(__file__).parents[2] / "data/rigs/axeos_system_info.json").read_bytes())
READ = frozenset({"power", "uptimeSeconds"})
NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
UTC_DAYS = Calendar()


class Rig:
    """A rig in the process, and the ledger that its days are recorded in."""

    def __init__(self, store: EventStore, server: PoolServer, clock: SetClock, home: Path, **more: Any) -> None:
        (declared,) = (one for one in SOURCES if one.kind == "axeos")
        section = msgspec.convert({"name": "axe", "url": "http://192.168.1.50", **more}, declared.settings)
        self.store, self.server, self.clock = store, server, clock
        self.context = context_of(server, store, clock, home)
        self.source = declared.build(section, self.context)

    def look(self, *, minutes: int = 0, **told: Any) -> int:
        self.clock.move(minutes * 60)
        if told:
            self.server.answer = lambda _: {**SAMPLE, **told}
        return watch_once(self.source, self.store)

    def days(self) -> list[tuple[str, str, str | None]]:
        events = (event for _, event in self.store.read("main") if isinstance(event, EnergyEstimate))
        return [(event.from_, event.kwh, event.hours) for event in events]


def told(answer: Any, _asked: Any) -> Any:
    """Return *answer*, bytes as they are."""
    return reply(answer) if isinstance(answer, bytes) else answer


@contextmanager
def rig(home: Path, **more: Any) -> Iterator[Rig]:
    clock = SetClock(NOW)
    with EventStore.open(home, clock=clock) as store:
        yield Rig(store, PoolServer(lambda _: SAMPLE), clock, home, **more)


def test_what_is_no_answer_is_no_event_and_moves_no_cursor(tmp_path: Path) -> None:
    body = json.dumps(SAMPLE).encode()
    with rig(tmp_path) as one:
        one.look()
        cursor = one.store.cursor("main", "axe")
        for name, fault in FAULTS.items():
            if name in CHANGES_NOTHING and b": 1" not in body:
                continue

            def answer(_asked: Any, fault: Callable[[bytes], Any] = fault) -> Any:
                return fault(body)

            one.server.answer = answer
            one.clock.move(300)
            with pytest.raises((SourceRefusedError, SourceUnreachableError)):
                pytest.fail(f"accepted: {name}: {one.look()} new")
            assert one.store.cursor("main", "axe") == cursor, name
            assert not one.days()
            one.context = context_of(one.server, one.store, one.clock, tmp_path)
            object.__setattr__(one.context, "pace", Pace(SystemClock(), gap_seconds=0))


def test_a_leaf_that_cannot_be_right_is_refused(tmp_path: Path) -> None:
    body = json.dumps(SAMPLE).encode()

    def matters(at: mutations.Path, bad: Any) -> bool:
        return (bool(READ & set(map(str, at))) and bad is not None) or (at[-1] in READ)

    wrong = [
        *mutations.leaves_gone_wrong(body, matters),
        *mutations.parts_missing(body, lambda at: at[-1] in READ),
    ]
    assert len(wrong) > 20
    with rig(tmp_path) as one:
        for what, payload in wrong:
            one.server.answer = partial(told, payload)
            with pytest.raises((SourceRefusedError, SourceUnreachableError)):
                pytest.fail(f"accepted: {what}: {one.look()}")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"power": 17500, "voltage": None}, "most_watts"),
        ({"power": 0.0175}, "another unit"),
        ({"power": 17.5, "voltage": 5, "current": 3.49}, "another unit"),
        ({"power": 17.5, "voltage": 5012500}, "another unit"),
        ({"uptimeSeconds": 212115000000}, "no count of seconds"),
        ({"uptimeSeconds": 1.5}, "no count of seconds"),
        ({"power": "17.5"}, "no number"),
    ],
)
def test_another_unit_is_refused_in_words(wrong: dict[str, Any], says: str, tmp_path: Path) -> None:
    with rig(tmp_path) as one, pytest.raises(SourceRefusedError, match=says):
        one.look(**wrong)


def test_another_device_at_the_address_is_refused(tmp_path: Path) -> None:
    with rig(tmp_path) as one:
        one.look(macAddr="AA:BB:CC:00:11:22")
        one.look(minutes=5, macAddr="aa:bb:cc:00:11:22", uptimeSeconds=212_415)
        for other in ({"macAddr": "AA:BB:CC:00:11:33"}, {"macAddr": ""}, {}):
            one.server.answer = partial(told, {**SAMPLE, **other})
            with pytest.raises(SourceRefusedError, match="another device"):
                one.look(minutes=5)


@pytest.mark.parametrize(
    "url",
    ["http://8.8.8.8", "http://[2606:4700::1111]:80", "ftp://192.168.1.50", "192.168.1.50", "http://u:p@10.0.0.1"],
)
def test_an_address_of_the_open_internet_or_none_at_all_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(msgspec.ValidationError), rig(tmp_path, url=url):
        pytest.fail("it was taken")


def test_nothing_of_an_answer_is_kept_but_watts_and_seconds(tmp_path: Path) -> None:
    with rig(tmp_path) as one:
        one.look(macAddr="AA:BB:CC:00:11:22", ssid="canary-net", stratumUser="bc1canary")
        one.look(minutes=1440, uptimeSeconds=400_000, macAddr="AA:BB:CC:00:11:22", ssid="canary-net")
        assert one.days()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"canary" not in kept
    assert b"00:11:22" not in kept


def test_a_day_of_looks_is_its_watts_by_its_hours(tmp_path: Path) -> None:
    with rig(tmp_path) as one:
        one.look(power=100, voltage=None, uptimeSeconds=500_000)
        for step in range(1, 24 * 12 * 2):
            one.look(minutes=5, power=100, voltage=None, uptimeSeconds=500_000 + step * 300)
        assert one.days() == [
            ("2026-03-06T00:00:00Z", "1.200", "12.00"),
            ("2026-03-07T00:00:00Z", "2.400", "24.00"),
        ]
        assert one.look() == 0


def test_the_time_before_a_restart_is_not_counted(tmp_path: Path) -> None:
    with rig(tmp_path) as one:
        one.look(power=100, voltage=None, uptimeSeconds=500_000)
        one.look(minutes=600, power=100, voltage=None, uptimeSeconds=3_600)
        one.look(minutes=180, power=100, voltage=None, uptimeSeconds=3_600 + 180 * 60)
        assert one.days() == [("2026-03-06T00:00:00Z", "0.300", "3.00")]


def test_an_uptime_that_vouches_for_days_without_a_look_is_believed_and_a_month_is_not(tmp_path: Path) -> None:
    with rig(tmp_path) as one:
        one.look(power=100, voltage=None, uptimeSeconds=500_000)
        one.look(minutes=1440 * 3, power=100, voltage=None, uptimeSeconds=500_000 + 86_400 * 3)
        assert [kwh for _, kwh, _ in one.days()] == ["1.200", "2.400", "2.400"]
        one.look(minutes=1440 * 40, power=100, voltage=None, uptimeSeconds=500_000 + 86_400 * 43)
        assert len(one.days()) == 4


def test_a_clock_that_was_put_back_counts_nothing_twice(tmp_path: Path) -> None:
    with rig(tmp_path) as one:
        one.look(power=100, voltage=None, uptimeSeconds=500_000)
        one.look(minutes=60, power=100, voltage=None, uptimeSeconds=503_600)
        one.look(minutes=-60, power=100, voltage=None, uptimeSeconds=503_700)
        one.look(minutes=60, power=100, voltage=None, uptimeSeconds=507_300)
        one.look(minutes=1440, power=100, voltage=None, uptimeSeconds=593_700)
        assert one.days()[0] == ("2026-03-06T00:00:00Z", "1.200", "12.00")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", "23.00"), ("2026-03-09", "24.00"), ("2026-11-01", "25.00")])
def test_a_day_is_the_taxpayers_also_where_the_clocks_change(day: str, hours: str) -> None:
    calendar = Calendar([Profile(id="p", at=NOW, time_zone="America/New_York")])
    begin = calendar.midnight(datetime.fromisoformat(day).date())
    estimator = Estimator(source="axe", rig="axe", meter=None, calendar=calendar)
    standing, _ = estimator.step(None, Look(1_000_000, 10**6, "r"), begin)
    end = begin + timedelta(hours=26)
    _, (event, *_) = estimator.step(standing, Look(1_000_000, 10**6 + 26 * 3_600, "r"), end)
    assert (event.hours, Decimal(event.kwh)) == (hours, Decimal(hours))


def test_a_rig_that_does_not_say_since_when_it_runs_is_believed_for_an_hour() -> None:
    estimator = Estimator(source="s", rig="s", meter=None, calendar=UTC_DAYS)
    standing, _ = estimator.step(None, Look(3_000_000, None, "r"), NOW)
    for minutes, ran in ((60, 3_600), (61, 0), (5, 300)):
        after, _ = estimator.step(standing, Look(3_000_000, None, "r"), NOW + timedelta(minutes=minutes))
        assert after.ran == ran


@given(gaps=st.lists(st.integers(1, 200_000), min_size=1, max_size=30), watts=st.integers(0, 5_000_000))
def test_however_it_is_asked_a_rig_that_never_stops_drew_its_watts_by_its_time(gaps: list[int], watts: int) -> None:
    estimator = Estimator(source="s", rig="s", meter=None, calendar=UTC_DAYS)
    at, up = NOW, 1_000_000
    standing, _ = estimator.step(None, Look(watts, up, "r"), at)
    ran, total = 0, Decimal(0)
    for gap in gaps:
        at, up = at + timedelta(seconds=gap), up + gap
        standing, days = estimator.step(standing, Look(watts, up, "r"), at)
        ran += sum(int(Decimal(day.hours or 0) * 3_600) for day in days)
        total += sum((Decimal(day.kwh) for day in days), Decimal(0))
        assert all(day.at <= at for day in days)
        assert len({day.id for day in days}) == len(days)
    whole = sum(gaps) * watts
    assert 0 <= whole - int(total * 3_600_000_000) - standing.parts <= 3_600_000 * (sum(gaps) // 86_400 + 2)


def test_a_cursor_that_nobody_wrote_is_refused(tmp_path: Path) -> None:
    with rig(tmp_path) as one:
        with pytest.raises(SourceRefusedError, match="cursor"):
            one.source.fetch_since("{]")
        assert one.source.fetch_since(msgspec.json.encode(Standing(1, 1)).decode()).events == ()
