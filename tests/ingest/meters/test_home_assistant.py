"""A meter that keeps its past: Home Assistant, over a real websocket."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from socketserver import BaseRequestHandler
from typing import Any

import pytest
from websockets.sync.server import ServerConnection

from lotwork.ingest.asking.addresses import AddressRefusedError
from lotwork.ingest.meters.home_assistant import read_statistics
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Correction
from tests.ingest.meters.kit import (
    BEGIN,
    alerts,
    hours,
    listening,
    meter_world,
    readings,
    sample,
)
from tests.ingest.meters.recorded import ENTITY, HOUR, KW, HomeAssistant, decimal, two_days, watched
from tests.ingest.pools.kit import KEY
from tests.patience import PATIENCE_SECONDS


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


def test_a_look_by_a_clock_that_was_ahead_keeps_no_day_out_once_it_is_right(tmp_path: Path) -> None:
    home = HomeAssistant()
    home.use(BEGIN, 24)
    with watched(home, tmp_path) as world:
        world.clock.instant = BEGIN + timedelta(days=400)
        world.look()
        assert len(readings(world)) == 1
        home.use(BEGIN + timedelta(days=1), 24)
        world.clock.instant = BEGIN + timedelta(hours=48, minutes=40)
        world.look()
        assert len(readings(world)) == 2
        assert world.look() == 0


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
