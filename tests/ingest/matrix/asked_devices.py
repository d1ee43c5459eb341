"""The places of devices and of the difficulty: meters and rigs of one's own, and a server that tells of a chain."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.ingest.matrix.grammar import Reads
from tests.ingest.matrix.looking import Source
from tests.ingest.meters.kit import AT, BY_NAME, Device, sample
from tests.ingest.mutations import Path as Way
from tests.ingest.wires import Asked, Said, Server, in_frames, in_messages, said

FIRST = datetime(2026, 3, 2, 6, tzinfo=UTC)
LATER = FIRST + timedelta(hours=20)
"""After the next midnight, so that a day is told."""
DRAWN_KWH = Decimal(20)
OF_RIGS = Path(__file__).parents[2] / "data" / "rigs"


# -- counters


def counter(name: str, device: Device) -> Server:
    """Return the device of the case called *name*."""
    return lambda _: said(BY_NAME[name].telling(device))


def of_counter(name: str, reads: Reads, **more: Any) -> Source:
    """Return the place of a device that tells where its counter stands: it was asked twenty hours before."""
    case = BY_NAME[name]
    return Source(
        name=name.replace(" ", "-"),
        of=case.kind,
        settings={**case.settings, **more.pop("settings", {})},
        before=lambda: counter(name, Device(watts=Decimal(1000))),
        server=lambda: counter(name, Device(kwh=Device.kwh + DRAWN_KWH, watts=Decimal(1000))),
        asked_before=FIRST,
        at=LATER,
        reads=reads,
        **more,
    )


def below_zero(*keys: str) -> Any:
    """Return what takes a number below zero where power may flow back."""

    def takes(at: Way, bad: Any) -> bool:
        return at[-1] in keys and bad == -1

    return takes


SWITCH = frozenset({"id", "source", "output", "voltage", "current", "by_minute", "minute_ts", "temperature"})
COUNTER_PLACES = (
    of_counter(
        "shelly switch",
        Reads(unread=SWITCH, takes=below_zero("apower"), may_miss=lambda at: at == ("ret_aenergy",)),
    ),
    of_counter(
        "tasmota",
        Reads(
            unread=frozenset({"Time", "Yesterday", "Today", "ApparentPower", "Factor", "Voltage", "Current"}),
            any_text=frozenset({"TotalStartTime"}),
            takes=lambda at, bad: below_zero("Power")(at, bad) or (at[-1], bad) == ("TotalStartTime", ""),
        ),
    ),
    of_counter(
        "kasa",
        Reads(unread=frozenset({"voltage_mv", "current_ma"}), takes=below_zero("power_mw")),
        settings={"host": "127.0.0.1"},
        knock=in_frames,
    ),
)


# -- meters that keep their past


ENTITY = "sensor.rig_plug_energy"
HOUR = 3_600
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
TWO_DAYS_ON = MIDNIGHT + timedelta(days=2, hours=1)


def home_assistant(days: int = 2) -> Server:
    """Return a Home Assistant that has kept so many days of a sensor, and one before."""
    begin = int(MIDNIGHT.timestamp()) - 24 * HOUR
    kept = [
        {"start": at * 1000, "end": (at + HOUR) * 1000, "sum": 10234.5 + number * 0.5}
        for number in range(24 * (days + 1))
        for at in (begin + number * HOUR,)
    ]

    def result(question: dict[str, Any]) -> Any:
        if question["type"] == "recorder/get_statistics_metadata":
            known = {"statistic_id": ENTITY, "has_sum": True, "unit_class": "energy"}
            return [{**known, "statistics_unit_of_measurement": "kWh"}]
        first, last = (datetime.fromisoformat(question[key]).timestamp() * 1000 for key in ("start_time", "end_time"))
        return {ENTITY: [row for row in kept if first <= row["start"] < last]}

    def answer(asked: Asked) -> Said:
        match asked.path:
            case "connect":
                return said({"type": "auth_required", "ha_version": "2026.11.1"})
            case "auth":
                return said({"type": "auth_ok", "ha_version": "2026.11.1"})
        question = asked.json
        return said({"id": question["id"], "type": "result", "success": True, "result": result(question)})

    return answer


def shelly_records(days: int = 2) -> Server:
    """Return a Shelly that has kept so many days, a record each hour, in the shape of the recorded answer."""
    shape = sample("shelly_em1data")
    first, end = int(MIDNIGHT.timestamp()), int((MIDNIGHT + timedelta(days=days)).timestamp())

    def answer(asked: Asked) -> Said:
        begin, until = max(int(asked.params["ts"]), first), min(int(asked.params["end_ts"]) + 1, end)
        rows = [[500.5, 499.0, 0.0] for _ in range(begin, until, HOUR)]
        return said({"keys": shape["keys"], "data": [{"ts": begin, "period": HOUR, "values": rows}]})

    return answer


NO_ROWS: tuple[Any, ...] = ([], {})
RECORDED_PLACES = (
    Source(
        name="home_assistant",
        of="home_assistant",
        settings={
            "base_url": "http://127.0.0.1:8123",
            "entity": ENTITY,
            "meter": "rigs",
            "start": "2026-03-02",
            "token_file": "ha.token",
        },
        server=home_assistant,
        before=lambda: home_assistant(1),
        at=TWO_DAYS_ON,
        reads=Reads(
            unread=frozenset({"ha_version", "statistics_unit_of_measurement"}),
            takes=lambda at, bad: (at[-1], bad) == ("sum", -1),
            may_miss=lambda at: at == ("result", ENTITY),
        ),
        knock=in_messages,
    ),
    Source(
        name="shelly-em1",
        of="shelly",
        settings={**AT, "component": "em1", "start": "2026-03-02"},
        server=shelly_records,
        before=lambda: shelly_records(1),
        at=TWO_DAYS_ON,
        reads=Reads(takes=lambda at, _bad: (at[-1] == 1 and at[:1] == ("data",)) or at == ("keys", 1)),
    ),
)


# -- rigs


def axeos(hours: int) -> Server:
    """Return a rig under AxeOS that has run so much longer than when it was recorded."""
    told = json.loads((OF_RIGS / "axeos_system_info.json").read_bytes())
    return lambda _: said({**told, "uptimeSeconds": told["uptimeSeconds"] + hours * HOUR})


READ_OF_A_RIG = frozenset({"power", "uptimeSeconds", "voltage", "current"})
AXEOS = Source(
    name="axeos",
    of="axeos",
    settings={"url": "http://192.168.1.50"},
    before=lambda: axeos(0),
    server=lambda: axeos(20),
    asked_before=FIRST,
    at=LATER,
    reads=Reads(
        unread=frozenset(json.loads((OF_RIGS / "axeos_system_info.json").read_bytes())) - READ_OF_A_RIG,
        takes=lambda at, bad: at[-1] in ("voltage", "current") and bad is None,
        may_miss=lambda at: at[-1] in ("voltage", "current"),
    ),
)


# -- the difficulty of a chain


EPOCH_SECONDS, BLOCKS = 14 * 86_400, 2016
EPOCH_BEGAN, EPOCH_HEIGHT = 1_764_000_000, 925_344
"""2025-11-24, and a height that begins an epoch."""


def difficulty(epochs: int = 7) -> Server:
    """Return a mempool that tells of so many adjustments, the newest first."""
    rows = [
        [EPOCH_BEGAN + number * EPOCH_SECONDS, EPOCH_HEIGHT + number * BLOCKS, 146472570619930.78 + number, 1.01]
        for number in reversed(range(epochs))
    ]
    return lambda _: said(rows)


DIFFICULTY = Source(
    name="difficulty",
    of="difficulty",
    settings={"start": "2025-12-20", "base_url": "https://mempool.example"},
    server=difficulty,
    before=lambda: difficulty(6),
    at=datetime(2026, 3, 6, 12, tzinfo=UTC),
    reads=Reads(takes=lambda at, _bad: at[-1] == 3),
)
DEVICE_PLACES = (*COUNTER_PLACES, *RECORDED_PLACES, AXEOS)
