"""One law for every meter that tells where its counter stands; each test runs over all of `COUNTERS`."""

from __future__ import annotations

import json
import os
import re
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork.ingest.asking.json_guard import JsonRefusedError, parse_json
from lotwork.ingest.meters import kasa as kasa_module
from lotwork.ingest.meters import shelly
from lotwork.ingest.meters import tasmota as tasmota_module
from lotwork.ingest.meters.kasa import crossed, uncrossed
from lotwork.ingest.meters.told import Count, MeterRefusedError
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from tests.drawing import stream
from tests.ingest import mutations
from tests.ingest.lies import lies
from tests.ingest.meters.kit import (
    AT,
    BY_NAME,
    COUNTERS,
    CounterCase,
    Device,
    KasaPlug,
    MeterWorld,
    alerts,
    counter_world,
    hours,
    meter_world,
    plugged,
    readings,
    sample,
    tasmota,
)
from tests.ingest.pools.kit import KEY
from tests.ingest.pools.test_every_pool import FAULTS

EVERY = pytest.mark.parametrize("case", COUNTERS, ids=lambda case: case.name)
OVER_HTTP = pytest.mark.parametrize(
    "case", [case for case in COUNTERS if case.kind != "kasa"], ids=lambda case: case.name
)
RETURNING = pytest.mark.parametrize("case", [case for case in COUNTERS if case.returns], ids=lambda case: case.name)
KW = Decimal("3.2")
POLLS = int(os.environ.get("LOTWORK_SOAK_POLLS", "40"))
"""How often each counter is asked, through 30 percent faults; LOTWORK_SOAK_POLLS says otherwise."""


def poll(world: MeterWorld, device: Device, minutes: int = 15, kwh: Decimal | None = None) -> None:
    """Let *minutes* pass in which the device draws its watts, or *kwh* in all, and look."""
    world.clock.instant += timedelta(minutes=minutes)
    device.kwh += device.watts / 1000 * minutes / 60 if kwh is None else kwh
    world.look()


@EVERY
def test_a_day_is_one_reading_of_its_hours(case: CounterCase, tmp_path: Path) -> None:
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        for minutes in (15, 30, *[60] * 23, 15):
            poll(world, device, minutes)
        assert readings(world) == []  # it is counted since the first look, and told when the day is over
        poll(world, device, 15)
        (day,) = readings(world)
        assert (day.from_, day.to, day.meter) == ("2026-03-02T05:15:00Z", "2026-03-03T05:00:00Z", "rigs")
        assert Decimal(day.kwh) == KW * Decimal("23.75")
        assert hours(day) == [KW * Decimal("0.75")] + [KW] * 23
        assert (day.doubt, day.evidence is None, alerts(world)) == (None, False, [])
        assert day.at == datetime(2026, 3, 3, 4, 59, 59, tzinfo=UTC)


@EVERY
def test_the_first_look_shows_the_counter_and_records_nothing(case: CounterCase, tmp_path: Path) -> None:
    with counter_world(case, Device(), tmp_path) as world:
        page = world.source.fetch_since(None)
        assert page.events == ()
        assert "the counter stands at 812.345 kWh" in str(page.left_out)
        assert "3200" in str(page.left_out)


@pytest.mark.parametrize(("first", "count"), [("2026-03-08T05:00:00+00:00", 23), ("2026-11-01T04:00:00+00:00", 25)])
def test_the_days_on_which_the_clocks_change_have_their_hours(first: str, count: int, tmp_path: Path) -> None:
    device = Device()
    with counter_world(COUNTERS[0], device, tmp_path, now=datetime.fromisoformat(first)) as world:
        world.look()
        for _ in range(count + 1):
            poll(world, device, 60)
        (day,) = readings(world)
        assert hours(day) == [KW] * count


@EVERY
def test_another_process_goes_on_where_one_ended(case: CounterCase, tmp_path: Path) -> None:
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        for _ in range(26):
            world.begin_anew()
            poll(world, device, 60)
            world.look()  # in the same second: nothing is told
        (day,) = readings(world)
        assert Decimal(day.kwh) == KW * 23


@EVERY
def test_three_days_without_a_look_are_one_amount_and_told(case: CounterCase, tmp_path: Path) -> None:
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        world.look()
        poll(world, device, 60)
        poll(world, device, 3 * 24 * 60)
        first, gap = readings(world)
        assert (hours(first), gap.hourly, Decimal(gap.kwh)) == ([KW], None, KW * 72)
        assert (gap.from_, gap.to) == ("2026-03-02T06:00:00Z", "2026-03-05T06:00:00Z")
        assert "told in one amount: not read for 3 days" in str(gap.note)
        assert "it was not read for 4320 minutes" in alerts(world)[0]


@EVERY
def test_a_counter_that_fell_is_in_doubt_and_told(case: CounterCase, tmp_path: Path) -> None:
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        world.look()
        poll(world, device, 60)
        device.kwh = Decimal(0)
        for minutes in (30, *[60] * 24):
            poll(world, device, minutes)
        before, doubted, after = readings(world)
        assert (before.doubt, doubted.doubt, after.doubt) == (None, "counter_fell", None)
        assert (Decimal(before.kwh), Decimal(doubted.kwh)) == (KW, KW / 2)
        assert (doubted.from_, doubted.to) == ("2026-03-02T06:00:00Z", "2026-03-02T06:30:00Z")
        assert after.from_ == "2026-03-02T06:30:00Z"
        (told,) = alerts(world)
        assert "the counter fell from 815.545 to 1.6 kWh" in told


@EVERY
def test_a_counter_that_lost_what_it_had_not_saved_counts_nothing_twice(case: CounterCase, tmp_path: Path) -> None:
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        world.look()
        poll(world, device, 30)
        device.kwh -= Decimal("0.6")
        for _ in range(3):
            poll(world, device, 5, Decimal(0))
        assert len(alerts(world)) == 1
        assert "it lost what it had not saved" in alerts(world)[0]
        for minutes in (15, *[60] * 25):
            poll(world, device, minutes)
        assert {event.doubt for event in readings(world)} == {None}
        (day,) = readings(world)
        assert Decimal(day.kwh) == KW * Decimal("23.75") - Decimal("0.6")  # a quarter of an hour in which it rested


def test_a_counter_that_passes_its_end_counts_on(tmp_path: Path) -> None:
    device = Device(kwh=Decimal("9999.5"))
    settings = {**AT, "wraps_at_kwh": 10_000}
    with meter_world("tasmota", settings, lambda _: tasmota(device), tmp_path) as world:
        world.look()
        for _ in range(25):
            device.kwh = (device.kwh + KW) % 10_000
            poll(world, device, 60, Decimal(0))
        (day,) = readings(world)
        assert (Decimal(day.kwh), alerts(world)) == (KW * 24, [])


@EVERY
@pytest.mark.parametrize("times", [60, 1000])
def test_a_counter_in_another_unit_is_in_doubt(case: CounterCase, times: int, tmp_path: Path) -> None:
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        world.look()
        poll(world, device, 30)
        device.kwh *= times
        for minutes in (30, *[60] * 24):
            poll(world, device, minutes)
        doubts = {event.doubt for event in readings(world)}
        assert doubts == {None, "counter_jumped"}
        assert sum(Decimal(event.kwh) for event in readings(world) if event.doubt is None) <= KW * 25
        assert len(alerts(world)) == 1


@EVERY
def test_a_counter_that_fell_because_of_another_unit_is_in_doubt(case: CounterCase, tmp_path: Path) -> None:
    device = Device(kwh=Decimal(812_345))
    with counter_world(case, device, tmp_path) as world:
        world.look()
        device.kwh = Decimal("812.345")
        poll(world, device, 30)
        poll(world, device, 30)
        (doubted,) = readings(world)
        assert doubted.doubt == "counter_fell"
        assert doubted.kwh == "0"  # it cannot have counted 812 in half an hour


@EVERY
def test_a_counter_that_hardly_moves_beside_what_is_drawn_is_in_doubt(case: CounterCase, tmp_path: Path) -> None:
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        world.look()
        for _ in range(25):
            poll(world, device, 60, Decimal("0.002"))
        (day,) = readings(world)  # one, however often it was asked
        assert day.doubt == "counter_jumped"
        assert len(alerts(world)) == 1


@RETURNING
def test_power_that_flows_back_puts_its_day_in_doubt(case: CounterCase, tmp_path: Path) -> None:
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        world.look()
        for number in range(49):
            device.fed_back += Decimal("0.5") if number == 10 else Decimal(0)
            poll(world, device, 60)
        first, second = readings(world)
        assert (first.doubt, second.doubt) == ("flowed_back", None)
        assert "0.5 kWh flowed back" in str(first.note)


@EVERY
def test_a_rig_that_rests_is_no_fault(case: CounterCase, tmp_path: Path) -> None:
    device = Device(watts=Decimal(2))
    with counter_world(case, device, tmp_path) as world:
        world.look()
        for number in range(25):
            device.watts = Decimal(2) if number < 15 else Decimal(3200)
            poll(world, device, 60)
        assert [event.doubt for event in readings(world)] == [None]
        assert alerts(world) == []


# -- what is wrong is refused


@OVER_HTTP
def test_a_fault_records_nothing_and_moves_nothing(case: CounterCase, tmp_path: Path) -> None:
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        world.look()
        poll(world, device, 60)
        stood = world.store.cursor("main", case.kind)
        body = json.dumps(case.telling(device)).encode()
        body = re.sub(rb'("[tT]otal": )', rb"\g<1>1", body)  # a number to bend
        for fault, bend in FAULTS.items():
            world.begin_anew()  # a host that asked for silence is left alone by one process
            world.server.answer = lambda _, bend=bend: bend(body)  # type: ignore[misc] # one of its own each time
            world.clock.instant += timedelta(seconds=15)
            with pytest.raises((SourceRefusedError, SourceUnreachableError)) as told:
                world.look()
            assert KEY not in str(told.value), fault
            assert world.store.cursor("main", case.kind) == stood, fault
        assert readings(world) == []


@EVERY
def test_what_must_be_there_and_is_not_is_refused(case: CounterCase, tmp_path: Path) -> None:
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        world.look()
        stood = world.store.cursor("main", case.kind)
        whole = case.telling(device)
        bent = [
            mutations.replaced(whole, way, bad)
            for way in case.needed
            for bad in mutations.BAD_LEAVES
            if not ("ower" in way[-1] and bad == -1) and not (way[-1] == "is_valid" and bad is True)
        ]
        bent += [mutations.without(whole, way[:depth]) for way in case.needed for depth in range(1, len(way) + 1)]
        for wrong in bent:
            world.tell(wrong)
            world.clock.instant += timedelta(minutes=1)
            with pytest.raises((SourceRefusedError, SourceUnreachableError)):
                world.look()
            assert world.store.cursor("main", case.kind) == stood


@EVERY
def test_whatever_is_told_is_read_or_refused_in_words(case: CounterCase) -> None:
    read: dict[str, Callable[[Any], Count]] = {
        "shelly": partial(shelly.read_counter, component=str(case.settings.get("component", "switch"))),
        "tasmota": tasmota_module.read_counter,
        "kasa": kasa_module.read_counter,
    }
    body = json.dumps(case.telling(Device())).encode()
    bent = [
        *mutations.leaves_gone_wrong(body, lambda *_: True),
        *mutations.parts_missing(body, lambda _: True),
        *mutations.text_gone_wrong(body),
        *((f"lie {number}", json.dumps(lie).encode()) for number, lie in enumerate(lies(json.loads(body)))),
    ]
    refused = 0
    for what, wrong in bent:
        try:
            count = read[case.kind](parse_json(wrong))
        except (JsonRefusedError, MeterRefusedError):
            refused += 1
        else:
            assert count.parts >= 0, what
    assert len(bent) > 150
    assert refused > 90


def plainly(body: bytes) -> bytes:
    """Return *body* as a plug sends it."""
    return struct.pack(">I", len(body)) + crossed(body)


BENT: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "half of a length": lambda _: b"\0\0",
    "cut": lambda body: plainly(body)[: len(body) // 2],
    "too long": lambda _: struct.pack(">I", 10**9),
    "not crossed": lambda body: struct.pack(">I", len(body)) + body,
    "HTML": lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n<html>",
    "not a number": lambda body: plainly(body.replace(b'"total_wh": ', b'"x": NaN, "total_wh": ')),
    "a key twice": lambda body: plainly(body.replace(b"{", b'{"k": 1, "k": 2, ', 1)),
    "beyond any number": lambda body: plainly(body.replace(b'"total_wh": ', b'"total_wh": 1' + b"1" * 90)),
    "an error": lambda _: plainly(b'{"emeter": {"get_realtime": {"err_code": -1, "err_msg": "no emeter"}}}'),
    "no emeter": lambda _: plainly(b'{"emeter": {"err_code": -1, "err_msg": "module not support"}}'),
    "nested": lambda _: plainly(b"[" * 9_000 + b"]" * 9_000),
    "a text": lambda _: plainly(b'"ok"'),
}


@pytest.mark.parametrize("fault", BENT)
def test_a_fault_of_a_kasa_plug_records_nothing_and_moves_nothing(fault: str, tmp_path: Path) -> None:
    with counter_world(BY_NAME["kasa"], Device(), tmp_path) as world:
        world.look()
        stood = world.store.cursor("main", "kasa")
        assert world.plug is not None
        world.plug.bend = BENT[fault]
        world.clock.instant += timedelta(minutes=15)
        with pytest.raises((SourceRefusedError, SourceUnreachableError)):
            world.look()
        assert world.store.cursor("main", "kasa") == stood


def test_a_socket_of_a_strip_is_asked_by_its_id(tmp_path: Path) -> None:
    plug = KasaPlug(lambda: BY_NAME["kasa"].telling(Device()))
    with plugged(plug) as port:
        settings = {"meter": "rigs", "host": "127.0.0.1", "port": port, "child": "8006AB00"}
        with meter_world("kasa", settings, lambda _: None, tmp_path) as world:
            world.look()
    assert plug.asked == [{"context": {"child_ids": ["8006AB00"]}, "emeter": {"get_realtime": {}}}]


def test_a_plug_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    settings = {"meter": "rigs", "host": "127.0.0.1", "port": 1, "deadline_seconds": 2}
    with (
        meter_world("kasa", settings, lambda _: None, tmp_path) as world,
        pytest.raises(SourceUnreachableError, match="through Home Assistant"),
    ):
        world.look()


def test_crossing_goes_both_ways() -> None:
    assert crossed(b'{"emeter"').hex() == "d0f297fa9feb8efcde"  # as public readers of the line cross it
    assert uncrossed(crossed(bytes(range(256)))) == bytes(range(256))


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("shelly_switch_status", "shelly", "812.345678 kWh (it says 812345.678 Wh); 3214.2 W are drawn"),
        ("tasmota_status8", "tasmota", "812.345 kWh (it says 812.345 kWh since 2025-06-01T00:00:00); 3214 W are drawn"),
    ],
)
def test_the_recorded_answers_are_read(name: str, kind: str, words: str, tmp_path: Path) -> None:
    with meter_world(kind, AT, lambda _: sample(name), tmp_path) as world:
        assert words in str(world.source.fetch_since(None).left_out)


def test_the_password_of_a_plug_is_in_no_message_and_no_file(tmp_path: Path) -> None:
    device = Device()
    settings = {**AT, "password_file": "plug.password"}
    with meter_world("tasmota", settings, lambda _: tasmota(device), tmp_path) as world:
        world.look()
        assert world.server.asked[0].params == {"cmnd": "Status 8", "user": "admin", "password": KEY}
        world.server.answer = lambda asked: {"WARNING": f"Need user=admin&password={asked.params['password']}"}
        world.clock.instant += timedelta(minutes=15)
        with pytest.raises(SourceRefusedError, match="it wants its password") as told:
            world.look()
        assert KEY not in str(told.value)
        written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert KEY.encode() not in written


def test_a_password_of_the_first_generation_goes_with_each_question(tmp_path: Path) -> None:
    settings = {**AT, "password_file": "p", "component": "relay"}
    with meter_world("shelly", settings, lambda _: BY_NAME["shelly relay"].telling(Device()), tmp_path) as world:
        world.look()
        assert world.server.asked[0].headers["authorization"].startswith("Basic ")
        assert world.server.asked[0].path == "/meter/0"


@pytest.mark.parametrize(
    "words",
    [
        {"business_share": "2"},
        {"business_share": "half"},
        {"most_kw": 0},
        {"every_seconds": 3600},
        {"wraps_at_kwh": 0},
        {"meter": ""},
        {"base_url": "ftp://plug"},
        {"base_url": "http://admin:secret@plug"},
        {"password_file": "a", "password": "env:B"},
    ],
)
def test_settings_that_cannot_be_are_refused(words: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "plug", **AT, **words}, tasmota_module.TasmotaSection)


def test_a_cursor_of_another_source_is_refused(tmp_path: Path) -> None:
    with (
        counter_world(COUNTERS[0], Device(), tmp_path) as world,
        pytest.raises(SourceRefusedError, match="another source's"),
    ):
        world.source.fetch_since('{"lists": {}}')


@pytest.mark.seeded
@EVERY
def test_whatever_happens_on_the_way_what_was_counted_is_told_once(case: CounterCase, tmp_path: Path) -> None:
    """Faults, long silences and other processes: what is told, and what goes on, is what the counter rose by."""
    chance = stream(41)
    device = Device()
    with counter_world(case, device, tmp_path) as world:
        world.look()
        begun = device.kwh
        answer, plug = world.server.answer, world.plug
        for _ in range(POLLS):
            minutes = chance.choice((5, 15, 15, 45, 200, 1500))
            device.watts = Decimal(chance.choice((2, 900, 3200)))
            world.clock.instant += timedelta(minutes=minutes)
            device.kwh += (device.watts * minutes / 60_000).quantize(Decimal("0.001"))
            if chance.random() < 0.3:
                world.tell({"error": "busy"})
                with pytest.raises(SourceRefusedError):
                    world.look()
                world.server.answer = answer
                if plug is not None:
                    plug.answer = lambda: case.telling(device)
                continue
            if chance.random() < 0.2:
                world.begin_anew()
            world.look()
        world.clock.instant += timedelta(days=2)
        world.look()
        told: list[Any] = readings(world)
        assert sum(Decimal(event.kwh) for event in told) == device.kwh - begun
        assert {event.doubt for event in told} == {None}
        assert [event.to for event in told[:-1]] == [event.from_ for event in told[1:]]
        assert told[0].from_ == "2026-03-02T05:00:00Z"
