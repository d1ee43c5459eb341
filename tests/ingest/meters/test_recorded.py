"""Meters that keep their past: Home Assistant over a real websocket, and a Shelly that tells minute by minute."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from socketserver import BaseRequestHandler
from typing import Any

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.server import ServerConnection, serve

from lotwork.ingest.asking.addresses import AddressRefusedError
from lotwork.ingest.meters.home_assistant import read_statistics
from lotwork.ingest.meters.recorded_source import RecordedSource
from lotwork.ingest.meters.shelly import read_records
from lotwork.ingest.meters.told import MeterRefusedError
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Correction
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.projections.costs.meter_holes import Told, holes_of
from tests.ingest import mutations
from tests.ingest.meters.kit import (
    AT,
    BEGIN,
    MeterWorld,
    alerts,
    hours,
    listening,
    meter_world,
    readings,
    sample,
)
from tests.ingest.pools.kit import KEY
from tests.ingest.pools.test_every_pool import FAULTS
from tests.ingest.wires import Asked
from tests.patience import PATIENCE_SECONDS

ENTITY = "sensor.rig_plug_energy"
HOUR = 3_600
KW = Decimal("3.2")


def holes(world: MeterWorld) -> list[tuple[str, str]]:
    """Return the holes that the log shows, whoever told of them."""
    told = [Told(datetime.fromisoformat(e.from_), datetime.fromisoformat(e.to), e) for e in readings(world)]
    return [(print_instant(hole.begin), print_instant(hole.end)) for hole in holes_of(told, ())]


# -- Home Assistant


@dataclass
class HomeAssistant:
    """A Home Assistant on the loopback: the hours it keeps, as (start in seconds, sum in kWh)."""

    sums: dict[int, Decimal] = field(default_factory=dict)
    unit_class: str = "energy"
    bend: Callable[[ServerConnection, dict[str, Any], dict[str, Any]], bool] | None = None
    """May send something else than the result of a question; returns whether it did."""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def use(self, begin: datetime, count: int, kwh: Decimal = KW) -> None:
        """Keep *count* hours from *begin* on, in each of which *kwh* were used."""
        total = max(self.sums.values(), default=Decimal("10234.51"))
        for hour in range(count):
            total += kwh
            self.sums[int(begin.timestamp()) + hour * HOUR] = total

    def rows(self, begin: str, end: str) -> list[dict[str, Any]]:
        """Return the hours from *begin* to before *end*."""
        first, last = (datetime.fromisoformat(text).timestamp() for text in (begin, end))
        return [
            {"start": at * 1000, "end": (at + HOUR) * 1000, "sum": float(total)}
            for at, total in sorted(self.sums.items())
            if first <= at < last
        ]

    def result(self, question: dict[str, Any]) -> Any:
        """Return the result of *question*."""
        if question["type"] == "recorder/get_statistics_metadata":
            known = {"statistic_id": ENTITY, "has_sum": True, "unit_class": self.unit_class}
            return [{**known, "statistics_unit_of_measurement": "kWh"}] if self.unit_class else []
        assert question["units"] == {"energy": "kWh"}
        rows = self.rows(question["start_time"], question["end_time"])
        return {ENTITY: rows} if rows else {}

    def __call__(self, line: ServerConnection) -> None:
        """Serve one connection."""
        with suppress(WebSocketException):
            line.send(json.dumps({"type": "auth_required", "ha_version": "2026.11.1"}))
            told = json.loads(line.recv())
            if told != {"type": "auth", "access_token": KEY}:
                line.send(json.dumps({"type": "auth_invalid", "message": f"Invalid token {told}"}))
                return
            line.send(json.dumps({"type": "auth_ok", "ha_version": "2026.11.1"}))
            for message in line:
                question = json.loads(message)
                self.asked.append(question)
                told = {"id": question["id"], "type": "result", "success": True, "result": self.result(question)}
                if self.bend is None or not self.bend(line, question, told):
                    line.send(json.dumps({"type": "event", "id": 99}))
                    line.send(json.dumps(told))


@contextmanager
def assistant(home: HomeAssistant) -> Iterator[int]:
    """Yield the port of *home*."""
    with serve(home, "127.0.0.1", 0, max_size=None, compression=None, close_timeout=0.1) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield int(server.socket.getsockname()[1])
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def watched(home: HomeAssistant, path: Path, **more: Any) -> Iterator[MeterWorld]:
    """Yield the sensor of *home*, watched from March 2 on."""
    settings = {"meter": "rigs", "entity": ENTITY, "start": "2026-03-02", "token_file": "ha.token", **more}
    with (
        assistant(home) as port,
        meter_world(
            "home_assistant", {"base_url": f"http://127.0.0.1:{port}", **settings}, lambda _: None, path
        ) as world,
    ):
        yield world


def two_days() -> HomeAssistant:
    """Return one that knows the sensor since the day before, and two days more."""
    home = HomeAssistant()
    home.use(BEGIN - timedelta(hours=24), 24 * 3)
    return home


def test_each_day_is_one_reading_of_the_hours_that_are_kept(tmp_path: Path) -> None:
    home = two_days()
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=48, minutes=40)
        assert world.look() == 2
        first, second = readings(world)
        assert (first.from_, first.to) == ("2026-03-02T05:00:00Z", "2026-03-03T05:00:00Z")
        assert hours(first) == hours(second) == [KW] * 24
        assert (Decimal(first.kwh), first.doubt, first.meter) == (KW * 24, None, "rigs")
        assert world.look() == 0
        world.begin_anew()
        assert world.look() == 0
        assert alerts(world) == []


def test_a_day_is_told_when_it_is_over(tmp_path: Path) -> None:
    home = two_days()
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=24, minutes=20)
        assert world.look() == 0
        world.clock.instant = BEGIN + timedelta(hours=24, minutes=40)
        assert world.look() == 1


def test_years_back_are_read_by_the_month(tmp_path: Path) -> None:
    home = HomeAssistant()
    begin = datetime(2025, 1, 1, 5, tzinfo=UTC)
    home.use(begin - timedelta(hours=1), 425 * 24 + 1)
    with watched(home, tmp_path, start="2025-01-01") as world:
        world.clock.instant = begin + timedelta(days=425, hours=1)
        assert world.look() == 425
        asked = [each for each in home.asked if each["type"] == "recorder/statistics_during_period"]
        assert len(asked) == 15
        assert sum(Decimal(event.kwh) for event in readings(world)) == KW * 425 * 24
        assert sorted({len(hours(event)) for event in readings(world)}) == [23, 24, 25]


def test_hours_it_did_not_record_come_in_one_amount(tmp_path: Path) -> None:
    home = two_days()
    for hour in range(30, 40):
        del home.sums[int((BEGIN - timedelta(hours=24)).timestamp()) + hour * HOUR]
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        world.look()
        before, gap, after = readings(world)
        assert (len(hours(before)), gap.hourly, Decimal(gap.kwh), len(hours(after))) == (6, None, KW * 11, 7)
        assert "told in one amount: not read for 11 hours" in str(gap.note)


def test_what_it_tells_otherwise_within_two_days_is_corrected(tmp_path: Path) -> None:
    home = two_days()
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        world.look()
        late = int(BEGIN.timestamp()) + 7 * HOUR
        home.sums = {at: total + (1 if at >= late else 0) for at, total in home.sums.items()}
        world.clock.instant += timedelta(hours=1)
        assert world.look() == 1
        (day,) = readings(world)
        assert (Decimal(day.kwh), hours(day)[7]) == (KW * 24 + 1, KW + 1)
        assert sum(isinstance(event, Correction) for event in world.events()) == 1
        assert world.look() == 0


def test_hours_that_were_missing_and_come_late_take_the_place_of_the_amount(tmp_path: Path) -> None:
    home = two_days()
    whole = dict(home.sums)
    for hour in range(30, 40):
        del home.sums[int((BEGIN - timedelta(hours=24)).timestamp()) + hour * HOUR]
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        world.look()
        assert len(readings(world)) == 3
        home.sums = whole
        world.clock.instant += timedelta(hours=1)
        world.look()
        (day,) = readings(world)
        assert hours(day) == [KW] * 24


def test_what_is_recorded_days_late_is_read_when_it_comes(tmp_path: Path) -> None:
    home = HomeAssistant()
    home.use(BEGIN - timedelta(hours=24), 24 + 30)
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25 + 24 * 2)
        world.look()
        assert [len(hours(event)) for event in readings(world)] == [24, 6]
        assert alerts(world) == []
        world.clock.instant += timedelta(hours=24 * 7)
        assert (world.look(), world.look()) == (1, 0)
        assert ["nothing is recorded since 2026-03-03T11:00:00Z" in told for told in alerts(world)] == [True]
        assert [one.subject for one in world.suspense()] == ["meter rigs, since 2026-03-03T11:00:00Z"]
        home.use(BEGIN + timedelta(hours=30), 24 * 9)
        world.look()
        assert [len(hours(event)) for event in readings(world)[:9]] == [24] * 6 + [23] + [24] * 2
        assert len(alerts(world)) == 1
        assert world.suspense() == []


@pytest.mark.parametrize("left", [0, 1, 30])
def test_what_it_no_longer_keeps_takes_nothing_back(left: int, tmp_path: Path) -> None:
    home = two_days()
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        world.look()
        home.sums = dict(sorted(home.sums.items())[:left])
        world.clock.instant += timedelta(hours=1)
        assert world.look() == 0
        assert len(readings(world)) == 1


def test_a_sum_that_falls_is_in_doubt(tmp_path: Path) -> None:
    home = two_days()
    fell = int(BEGIN.timestamp()) + 7 * HOUR
    home.sums = {at: total - (10 if at >= fell else 0) for at, total in home.sums.items()}
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        world.look()
        assert [event.doubt for event in readings(world)] == [None, "flowed_back", None]
        assert Decimal(readings(world)[1].kwh) == 0
        assert "6.8 kWh less than before" in str(readings(world)[1].note)


def test_an_hour_in_another_unit_is_in_doubt(tmp_path: Path) -> None:
    home = two_days()
    home.use(BEGIN + timedelta(hours=48), 24, KW * 1000)
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=73)
        world.look()
        assert [event.doubt for event in readings(world)] == [None, None, "counter_jumped"]


def result_of(bent: Any) -> Callable[[ServerConnection, dict[str, Any], dict[str, Any]], bool]:
    """Return what answers *bent* instead of the hours."""

    def bend(line: ServerConnection, question: dict[str, Any], told: dict[str, Any]) -> bool:
        if question["type"] == "recorder/get_statistics_metadata":
            return False
        line.send(bent(told) if callable(bent) else bent)
        return True

    return bend


def altered(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[dict[str, Any]], str]:
    """Return what tells the hours as *change* makes them."""
    return lambda told: json.dumps({**told, "result": {ENTITY: change(told["result"][ENTITY])}})


WRONG: dict[str, Any] = {
    "no JSON": "{",
    "nothing": "",
    "a text": '"ok"',
    "a list": "[]",
    "binary": b"\xff\x00",
    "nested": "[" * 9_000 + "]" * 9_000,
    "a key twice": '{"id": 2, "id": 2, "type": "result", "success": true, "result": {}}',
    "refused": lambda told: json.dumps(
        {"id": told["id"], "type": "result", "success": False, "error": {"code": "unknown_command", "message": "no"}}
    ),
    "no success": lambda told: json.dumps({"id": told["id"], "type": "result", "result": {}}),
    "no object": lambda told: json.dumps({**told, "result": [1]}),
    "no rows": altered(lambda _: {"a": 1}),
    "not a number": altered(lambda rows: [{**rows[0], "sum": float("nan")}, *rows[1:]]),
    "beyond any number": altered(lambda rows: [{**rows[0], "sum": 10**80}, *rows[1:]]),
    "without a sum": altered(lambda rows: [{"start": row["start"], "end": row["end"]} for row in rows]),
    "sums of nothing": altered(lambda rows: [{**rows[0], "sum": None}, *rows[1:]]),
    "sums as text": altered(lambda rows: [{**row, "sum": str(row["sum"])} for row in rows]),
    "twice": altered(lambda rows: [*rows, *rows]),
    "a row twice": altered(lambda rows: [rows[0], *rows]),
    "out of order": altered(lambda rows: [*rows[5:], *rows[:5]]),
    "shifted": altered(lambda rows: [{**row, "start": row["start"] + 1_000} for row in rows]),
    "in seconds": altered(
        lambda rows: [{**row, "start": row["start"] // 1000, "end": row["end"] // 1000} for row in rows]
    ),
    "days": altered(lambda rows: [{**row, "end": row["start"] + 86_400_000} for row in rows]),
    "ISO text": altered(lambda rows: [{**row, "start": "2026-03-02T05:00:00+00:00"} for row in rows]),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_records_nothing_and_moves_nothing(wrong: str, tmp_path: Path) -> None:
    home = two_days()
    home.bend = result_of(WRONG[wrong])
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        with pytest.raises(SourceRefusedError, match="nothing was recorded"):
            world.look()
        assert (readings(world), world.store.cursor("main", "home_assistant")) == ([], None)


def test_a_connection_that_breaks_is_asked_again(tmp_path: Path) -> None:
    def hang_up(line: ServerConnection, _question: Any, _told: Any) -> bool:
        line.close()
        return True

    def be_silent(_line: ServerConnection, _question: Any, _told: Any) -> bool:
        return True

    def chatter(line: ServerConnection, _question: Any, _told: Any) -> bool:
        for number in range(101):
            line.send(json.dumps({"type": "event", "id": number}))
        return True

    def flood(line: ServerConnection, _question: Any, _told: Any) -> bool:
        line.send("x" * (11 * 1024 * 1024))
        return True

    home = two_days()
    for bend, error, seconds in (
        (hang_up, SourceUnreachableError, PATIENCE_SECONDS),
        (be_silent, SourceUnreachableError, 1),
        (flood, SourceUnreachableError, PATIENCE_SECONDS),
        (chatter, SourceRefusedError, PATIENCE_SECONDS),
    ):
        home.bend = bend
        with watched(home, tmp_path / bend.__name__, deadline_seconds=int(seconds)) as world:
            world.clock.instant = BEGIN + timedelta(hours=25)
            with pytest.raises(error):
                world.look()
            assert readings(world) == []
            if bend is not be_silent:
                home.bend = None
                assert world.look() == 1


def test_a_token_that_is_not_known_is_told_and_repeated_nowhere(tmp_path: Path) -> None:
    home = two_days()
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        world.source.reading.ask.args[1].token = "another-token"  # type: ignore[attr-defined] # of this source alone
        with pytest.raises(SourceRefusedError, match="it does not know the token") as told:
            world.look()
        assert "another-token" not in str(told.value)


def test_the_token_stands_in_no_file(tmp_path: Path) -> None:
    def repeat(line: ServerConnection, _question: Any, told: dict[str, Any]) -> bool:
        line.send(json.dumps({**told, "you": KEY}))
        return True

    home = two_days()
    home.bend = repeat
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        assert world.look() == 1
        written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert KEY.encode() not in written


@pytest.mark.parametrize(("unit", "words"), [("power", "no counter of energy"), ("", "keeps no statistics")])
def test_a_sensor_that_counts_no_energy_is_refused_with_what_to_do(unit: str, words: str, tmp_path: Path) -> None:
    home = two_days()
    home.unit_class = unit
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        with pytest.raises(SourceRefusedError, match=words):
            world.look()


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", SourceRefusedError),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", SourceRefusedError),
        (b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n", SourceRefusedError),
        (b"HTTP/1.1 302 Found\r\nLocation: ws://10.0.0.1/x\r\nContent-Length: 0\r\n\r\n", SourceRefusedError),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", SourceUnreachableError),
        (b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", SourceUnreachableError),
        (b"SSH-2.0-OpenSSH_9.2\r\n", SourceRefusedError),
        (b"", SourceUnreachableError),
    ],
)
def test_what_is_no_home_assistant_is_told(told: bytes, error: type[Exception], tmp_path: Path) -> None:
    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.request.sendall(told)

    settings = {"meter": "rigs", "entity": ENTITY, "start": "2026-03-02", "token_file": "t", "deadline_seconds": 5}
    with (
        listening(Handler) as port,
        meter_world(
            "home_assistant", {**settings, "base_url": f"http://127.0.0.1:{port}"}, lambda _: None, tmp_path
        ) as world,
    ):
        world.clock.instant = BEGIN + timedelta(hours=25)
        with pytest.raises(error):
            world.look()


def test_a_token_is_sent_to_no_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lotwork.ingest.asking import patience as module  # noqa: PLC0415 - only here is it bent

    home = two_days()
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(hours=25)
        monkeypatch.setattr(module, "check_address", lambda *_a, **_k: (_ for _ in ()).throw(AddressRefusedError("no")))
        with pytest.raises(ConfigError, match="base_url: no: correct it"):
            world.look()


def test_the_recorded_answer_of_home_assistant_is_read() -> None:
    answer = sample("homeassistant_statistics")["result"]
    begin = 1_772_323_200
    (span,) = read_statistics(decimal(answer), ENTITY, begin, begin + 2 * HOUR)
    assert (span.begin, span.end, span.parts) == (begin + HOUR, begin + 2 * HOUR, 3_207_000_000)


def decimal(value: Any) -> Any:
    """Return *value* with exact decimals, as an answer is read."""
    return json.loads(json.dumps(value), parse_float=Decimal)


# -- a Shelly that keeps records


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
