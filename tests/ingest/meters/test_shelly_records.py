"""A meter that keeps its past: a Shelly that tells minute by minute."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.meters.recorded_source import RecordedSource
from lotwork.ingest.meters.shelly import read_records
from lotwork.ingest.meters.told import MeterRefusedError
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from tests.ingest import mutations
from tests.ingest.meters.kit import (
    AT,
    BEGIN,
    MeterWorld,
    alerts,
    hours,
    meter_world,
    readings,
    sample,
)
from tests.ingest.meters.recorded import HOUR, HomeAssistant, decimal, holes, watched
from tests.ingest.pools.test_every_pool import FAULTS
from tests.ingest.wires import Asked


@dataclass
class Shelly:
    """A Pro EM in the process: what it recorded by the minute, in watt hours, from an instant on."""

    minutes: dict[int, Decimal] = field(default_factory=dict)
    fed_back: dict[int, Decimal] = field(default_factory=dict)
    most: int = 100
    """Records of one answer."""
    phases: tuple[str, ...] = ("",)

    def use(self, begin: datetime, count: int, watt_hours: str = "50") -> None:
        """Record *count* minutes from *begin* on."""
        for minute in range(count):
            self.minutes[int(begin.timestamp()) + 60 * minute] = Decimal(watt_hours)

    def __call__(self, asked: Asked) -> Any:
        """Answer a question for records."""
        first, last = int(asked.params["ts"]), int(asked.params["end_ts"])
        found = [at for at in sorted(self.minutes) if first <= at <= last]
        blocks: list[dict[str, Any]] = []
        for at in found[: self.most]:
            if not blocks or at != blocks[-1]["ts"] + 60 * len(blocks[-1]["values"]):
                blocks.append({"ts": at, "period": 60, "values": []})
            used, back = float(self.minutes[at]), float(self.fed_back.get(at, Decimal(0)))
            blocks[-1]["values"].append([value for _ in self.phases for value in (used, 1.5, back)])
        kinds = ("total_act_energy", "fund_act_energy", "total_act_ret_energy")
        keys = [f"{phase}{kind}" for phase in self.phases for kind in kinds]
        more = {"next_record_ts": found[self.most]} if len(found) > self.most else {}
        return {"keys": keys, "data": blocks, **more}


EM1 = {**AT, "component": "em1", "start": "2026-03-02"}


@contextmanager
def recording(shelly: Callable[[Asked], Any], path: Path, **more: Any) -> Iterator[MeterWorld]:
    """Yield a Shelly that keeps records, watched from March 2 on."""
    with meter_world("shelly", {**EM1, **more}, shelly, path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        yield world


def test_the_minutes_of_a_day_are_its_hours(tmp_path: Path) -> None:
    shelly = Shelly()
    shelly.use(BEGIN, 26 * 60)
    with recording(shelly, tmp_path) as world:
        assert world.look() == 1
        (day,) = readings(world)
        assert (hours(day), day.from_, day.to) == ([Decimal(3)] * 24, "2026-03-02T05:00:00Z", "2026-03-03T05:00:00Z")
        assert len(world.server.asked) == 15  # four hours at most, and a hundred records at most
        assert world.server.asked[0].path == "/rpc/EM1Data.GetData"
        assert (world.look(), alerts(world)) == (0, [])


def test_the_phases_of_a_meter_are_added_up(tmp_path: Path) -> None:
    shelly = Shelly(phases=("a_", "b_", "c_"))
    shelly.use(BEGIN, 24 * 60)
    with recording(shelly, tmp_path, component="em") as world:
        world.look()
        assert hours(readings(world)[0]) == [Decimal(9)] * 24
        assert world.server.asked[0].path == "/rpc/EMData.GetData"


def test_minutes_without_a_record_are_told_and_a_hole_is_none_of_the_day(tmp_path: Path) -> None:
    shelly = Shelly()
    shelly.use(BEGIN, 24 * 60)
    for minute in (*range(100, 103), *range(600, 720)):
        del shelly.minutes[int(BEGIN.timestamp()) + 60 * minute]
    with recording(shelly, tmp_path) as world:
        world.look()
        before, after = readings(world)
        assert (before.to, after.from_) == ("2026-03-02T15:00:00Z", "2026-03-02T17:00:00Z")
        assert before.note == "3 minutes without a record"
        assert Decimal(before.kwh) + Decimal(after.kwh) == Decimal("0.05") * (24 * 60 - 123)
        (told,) = alerts(world)
        assert "nothing is recorded from 2026-03-02T15:00:00Z to 2026-03-02T17:00:00Z" in told
        assert world.suspense() == []
        assert holes(world) == [("2026-03-02T15:00:00Z", "2026-03-02T17:00:00Z")]


def test_a_hole_that_a_meter_fills_later_is_none(tmp_path: Path) -> None:
    shelly = Shelly()
    shelly.use(BEGIN, 24 * 60)
    whole = dict(shelly.minutes)
    for minute in (*range(600, 720), *range(900, 960)):
        del shelly.minutes[int(BEGIN.timestamp()) + 60 * minute]
    with recording(shelly, tmp_path) as world:
        assert isinstance(world.source, RecordedSource)
        world.source = replace(world.source, reading=world.source.reading._replace(overlap=2))
        assert (world.look(), world.look()) == (3, 0)
        assert [begin[11:16] for begin, _ in holes(world)] == ["15:00", "20:00"]
        shelly.minutes = {at: told for at, told in whole.items() if at < int(BEGIN.timestamp()) + 60 * 900} | {
            at: told for at, told in whole.items() if at >= int(BEGIN.timestamp()) + 60 * 960
        }
        world.look()
        assert [begin[11:16] for begin, _ in holes(world)] == ["20:00"]


@pytest.mark.parametrize("days", [0, 1, 3])
def test_a_hole_over_midnights_is_found_though_each_look_reads_a_day(days: int, tmp_path: Path) -> None:
    shelly = Shelly()
    shelly.use(BEGIN, (days + 2) * 24 * 60)
    for minute in range(23 * 60, (days + 1) * 24 * 60 + 3 * 60):
        del shelly.minutes[int(BEGIN.timestamp()) + 60 * minute]
    with recording(shelly, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(days=days + 2, hours=1)
        world.look()
        (hole,) = holes(world)
        assert hole == ("2026-03-03T04:00:00Z", f"2026-03-0{days + 3}T08:00:00Z")


def test_months_that_a_home_assistant_lost_before_the_first_look_are_a_hole(tmp_path: Path) -> None:
    home = HomeAssistant()
    begin = datetime(2025, 1, 1, 5, tzinfo=UTC)
    home.use(begin - timedelta(hours=1), 100 * 24 + 1)
    for hour in range(20 * 24, 65 * 24):
        del home.sums[int(begin.timestamp()) + hour * HOUR]
    with watched(home, tmp_path, start="2025-01-01") as world:
        world.clock.instant = begin + timedelta(days=100, hours=1)
        world.look()
        assert holes(world) == [("2025-01-21T05:00:00Z", "2025-03-07T06:00:00Z")], "an hour more: its sum began anew"


def test_power_that_flows_back_puts_its_day_in_doubt(tmp_path: Path) -> None:
    shelly = Shelly()
    shelly.use(BEGIN, 24 * 60)
    shelly.fed_back = {int(BEGIN.timestamp()) + 60 * minute: Decimal(20) for minute in range(500, 600)}
    with recording(shelly, tmp_path) as world:
        world.look()
        (day,) = readings(world)
        assert (day.doubt, day.note) == ("flowed_back", "2 kWh flowed back")


def test_what_was_forgotten_before_it_was_asked_for_is_told(tmp_path: Path) -> None:
    shelly = Shelly()
    shelly.use(BEGIN + timedelta(days=3), 24 * 60)
    with recording(shelly, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(days=4, hours=1)
        told: list[str] = []
        from lotwork.ingest.watch import watch_once  # noqa: PLC0415 - to hear what is left out

        assert watch_once(world.source, world.store, tell=told.append) == 2
        assert told == [f"nothing is recorded before 2026-03-0{day}" for day in (3, 4, 5)]
        (one,) = world.suspense()
        assert one.subject == "meter rigs, from 2026-03-02T05:00:00Z to 2026-03-05T05:00:00Z"
        assert (one.at, "set `start`" in one.remedy) == (BEGIN, True)
        world.begin_anew()
        assert (world.look(), world.suspense()) == (0, [one]), "told once"
        assert isinstance(world.source, RecordedSource)
        world.source = replace(world.source, start=world.source.start + timedelta(days=3))
        world.clock.instant += timedelta(days=1)
        shelly.use(BEGIN + timedelta(days=4), 24 * 60)
        world.look()
        assert world.suspense() == []


def test_a_meter_that_began_within_two_days_of_its_start_is_asked_nothing_of(tmp_path: Path) -> None:
    home = HomeAssistant()
    home.use(BEGIN + timedelta(hours=40), 60)
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(days=4, hours=1)
        world.look()
        assert (world.suspense(), len(readings(world)) > 1) == ([], True)


def test_a_fault_of_a_shelly_records_nothing_and_moves_nothing(tmp_path: Path) -> None:
    shelly = Shelly()
    shelly.use(BEGIN, 24 * 60)
    with recording(shelly, tmp_path) as world:
        for fault, bend in FAULTS.items():
            world.begin_anew()
            world.server.answer = lambda asked, bend=bend: bend(json.dumps(shelly(asked)).encode())  # type: ignore[misc] # one of its own
            with pytest.raises((SourceRefusedError, SourceUnreachableError)):
                world.look()
            assert world.store.cursor("main", "shelly") is None, fault
        assert readings(world) == []


MATTERS = {"ts", "period", "next_record_ts"}


def test_a_bent_record_is_refused() -> None:
    shelly = Shelly(most=3)
    shelly.use(BEGIN, 24 * 60)
    begin = int(BEGIN.timestamp())
    whole = shelly(Asked(path="", params={"ts": str(begin), "end_ts": str(begin + 599)}))
    body = json.dumps(whole).encode()
    places = (0, 2)

    def matters(way: mutations.Path, _bad: Any) -> bool:
        return way[-1] in MATTERS - {"next_record_ts"} or (
            (way[-2:-1] == ("values",) or way[-1] in places) and "keys" not in way
        )

    refused = 0
    for what, bent in mutations.leaves_gone_wrong(body, matters):
        with pytest.raises(MeterRefusedError):
            read_records(json.loads(bent, parse_float=Decimal), "em1")
        refused += bool(what)
    assert refused > 80
    for change in (
        {**whole, "keys": whole["keys"][:2]},
        {**whole, "keys": [*whole["keys"], "more"]},
        {**whole, "keys": ["total_act_energy", "total_act_energy", "total_act_ret_energy"]},
        {**whole, "data": {}},
        {**whole, "next_record_ts": "soon"},
    ):
        with pytest.raises(MeterRefusedError):
            read_records(decimal(change), "em1")


@pytest.mark.parametrize(
    "change",
    [
        lambda told: {**told, "data": told["data"] * 2},
        lambda told: {**told, "data": [{**told["data"][0], "ts": told["data"][0]["ts"] - 60}, *told["data"]]},
    ],
)
def test_records_that_stand_twice_are_refused(change: Callable[[Any], Any], tmp_path: Path) -> None:
    shelly = Shelly()
    shelly.use(BEGIN - timedelta(hours=1), 26 * 60)
    with recording(lambda asked: change(shelly(asked)), tmp_path) as world:
        with pytest.raises(SourceRefusedError, match="not in order of time"):
            world.look()
        assert readings(world) == []


def test_a_wrong_unit_is_in_doubt(tmp_path: Path) -> None:
    shelly = Shelly()
    shelly.use(BEGIN, 24 * 60, "50000")
    with recording(shelly, tmp_path) as world:
        world.look()
        assert [event.doubt for event in readings(world)] == ["counter_jumped"]


def test_the_recorded_answer_of_a_shelly_is_read() -> None:
    spans, more = read_records(decimal(sample("shelly_em1data")), "em1")
    assert [(span.begin, span.end, span.parts) for span in spans] == [
        (1_772_323_200, 1_772_323_260, 53_570_000),
        (1_772_323_260, 1_772_323_320, 53_560_000),
    ]
    assert more == 1_772_323_320


@pytest.mark.parametrize("words", [{"component": "em1"}, {"start": "2026-01-01"}, {"channel": -1}])
def test_settings_that_cannot_be_are_refused(words: dict[str, Any], tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"start|channel"),
        meter_world("shelly", {**AT, **words}, lambda _: None, tmp_path),
    ):
        pass
