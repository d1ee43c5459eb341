"""What every meter is tested with: a device in the process or on the loopback, and a ledger to record in."""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import msgspec

from lotwork.ingest.meters.kasa import crossed, uncrossed
from lotwork.ingest.ports import ReceiptSource
from lotwork.ingest.register import SOURCES
from lotwork.ledger.clock import SetClock
from lotwork.ledger.events import Energy, Profile
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from tests.ingest.pools.kit import KEY, Answers, PoolServer, World, context_of

SAMPLES = Path(__file__).parents[2] / "data" / "meters"
BEGIN = datetime(2026, 3, 2, 5, tzinfo=UTC)
"""Midnight in New York."""


def sample(name: str) -> Any:
    """Return the recorded answer called *name*."""
    return json.loads((SAMPLES / f"{name}.json").read_bytes())


@dataclass
class Device:
    """A meter: what it has counted, what it draws, and what flowed back, in kWh and watts."""

    kwh: Decimal = Decimal("812.345")
    watts: Decimal = Decimal(3200)
    fed_back: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class CounterCase:
    """A meter that tells where its counter stands."""

    name: str
    kind: str
    settings: dict[str, Any]
    telling: Callable[[Device], Any]
    places: int
    """Decimals of a kWh that it tells."""
    returns: bool = False
    """Whether it counts what flows back."""
    needed: tuple[tuple[str, ...], ...] = ()
    """The ways to what must be there, as it is."""


def switch(device: Device) -> Any:
    """Answer as a Shelly of the second generation."""
    told = sample("shelly_switch_status")
    back = {"total": float(device.fed_back * 1000), "by_minute": [0, 0, 0], "minute_ts": 1772323200}
    total = {**told["aenergy"], "total": float(device.kwh * 1000)}
    return {**told, "apower": float(device.watts), "aenergy": total, "ret_aenergy": back}


def relay(device: Device) -> Any:
    """Answer as a Shelly plug of the first generation, in watt minutes."""
    told = {"power": float(device.watts), "overpower": 0.0, "is_valid": True, "timestamp": 1772323200}
    return {**told, "counters": [1.0, 2.0, 3.0], "total": int(device.kwh * 60_000)}


def emeter(device: Device) -> Any:
    """Answer as a Shelly EM of the first generation."""
    told = {"power": float(device.watts), "reactive": 0.1, "pf": 0.9, "voltage": 241.0, "is_valid": True}
    return {**told, "total": float(device.kwh * 1000), "total_returned": float(device.fed_back * 1000)}


def tasmota(device: Device) -> Any:
    """Answer as Tasmota."""
    told = sample("tasmota_status8")
    energy = {**told["StatusSNS"]["ENERGY"], "Total": float(device.kwh), "Power": float(device.watts)}
    return {"StatusSNS": {**told["StatusSNS"], "ENERGY": energy}}


def kasa(device: Device) -> Any:
    """Answer as a Kasa plug, in watt hours."""
    told = {"voltage_mv": 241100, "current_ma": 13400, "power_mw": int(device.watts * 1000), "err_code": 0}
    return {"emeter": {"get_realtime": {**told, "total_wh": int(device.kwh * 1000)}}}


def kasa_of_old(device: Device) -> Any:
    """Answer as a Kasa plug of the first years, in kWh."""
    told = {"voltage": 241.1, "current": 13.4, "power": float(device.watts), "err_code": 0}
    return {"emeter": {"get_realtime": {**told, "total": float(device.kwh)}}}


AT = {"meter": "rigs", "base_url": "http://plug.example"}
COUNTERS = (
    CounterCase(
        name="shelly switch",
        kind="shelly",
        settings=AT,
        telling=switch,
        places=6,
        returns=True,
        needed=(("aenergy", "total"), ("apower",)),
    ),
    CounterCase(
        name="shelly pm1",
        kind="shelly",
        settings={**AT, "component": "pm1"},
        telling=switch,
        places=6,
        returns=True,
        needed=(("aenergy", "total"), ("apower",)),
    ),
    CounterCase(
        name="shelly relay",
        kind="shelly",
        settings={**AT, "component": "relay"},
        telling=relay,
        places=3,
        needed=(("total",), ("power",), ("is_valid",)),
    ),
    CounterCase(
        name="shelly emeter",
        kind="shelly",
        settings={**AT, "component": "emeter"},
        telling=emeter,
        places=6,
        returns=True,
        needed=(("total",), ("power",), ("is_valid",), ("total_returned",)),
    ),
    CounterCase(
        name="tasmota",
        kind="tasmota",
        settings=AT,
        telling=tasmota,
        places=6,
        needed=(("StatusSNS", "ENERGY", "Total"), ("StatusSNS", "ENERGY", "Power")),
    ),
    CounterCase(
        name="kasa",
        kind="kasa",
        settings={"meter": "rigs"},
        telling=kasa,
        places=3,
        needed=(("emeter", "get_realtime", "total_wh"), ("emeter", "get_realtime", "err_code")),
    ),
    CounterCase(
        name="kasa of old",
        kind="kasa",
        settings={"meter": "rigs"},
        telling=kasa_of_old,
        places=6,
        needed=(("emeter", "get_realtime", "total"), ("emeter", "get_realtime", "power")),
    ),
)
OF_RECORDS = ("home_assistant", "shelly")
"""Kinds that keep their past: test_home_assistant.py and test_shelly_records.py try each."""
BY_NAME = {case.name: case for case in COUNTERS}


@dataclass
class KasaPlug:
    """A plug on the loopback that speaks TP-Link's first line; `bend` makes its answer wrong."""

    answer: Callable[[], Any]
    asked: list[Any] = field(default_factory=list)
    bend: Callable[[bytes], bytes] | None = None
    """Returns what is sent instead of the length and the crossed bytes, made of the plain ones."""


@contextmanager
def plugged(plug: KasaPlug) -> Iterator[int]:
    """Yield the port of *plug*."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError, struct.error):
                (length,) = struct.unpack(">I", self.request.recv(4))
                plug.asked.append(json.loads(uncrossed(self.request.recv(length))))
                body = json.dumps(plug.answer()).encode()
                told = struct.pack(">I", len(body)) + crossed(body)
                self.request.sendall(told if plug.bend is None else plug.bend(body))

    with listening(Handler) as port:
        yield port


@contextmanager
def listening(handler: type[BaseRequestHandler]) -> Iterator[int]:
    """Yield the port of the loopback at which *handler* answers."""
    server = ThreadingTCPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class MeterWorld(World):
    """A meter, and the plug on the loopback where it is one."""

    plug: KasaPlug | None = None

    def tell(self, value: Any) -> None:
        """Let the device answer *value*."""
        if self.plug is not None:
            self.plug.answer = lambda: value
        else:
            self.server.answer = lambda _: value


@contextmanager
def meter_world(
    kind: str,
    settings: dict[str, Any],
    answer: Answers,
    home: Path,
    *,
    now: datetime = BEGIN,
    zone: str = "America/New_York",
) -> Iterator[MeterWorld]:
    """Yield the meter that *settings* describe, in the book of a taxpayer in *zone*."""
    clock = SetClock(now)
    server = PoolServer(answer)
    with EventStore.open(home, clock=clock) as store:
        store.append(Batch("main", (Profile(id="me", at=datetime(2020, 1, 1, tzinfo=UTC), time_zone=zone),)))
        build = partial(built, kind, settings, server, store, clock, home)
        yield MeterWorld(build(), store, server, clock, build)


def built(
    kind: str, settings: dict[str, Any], server: PoolServer, store: EventStore, clock: SetClock, home: Path
) -> ReceiptSource:
    """Return the meter that *settings* describe; a secret is there where they name one."""
    (declared,) = (one for one in SOURCES if one.kind == kind)
    section = msgspec.convert({"name": kind, **settings}, declared.settings)
    context = context_of(server, store, clock, home)
    return declared.build(section, replace(context, reveal=lambda *named: KEY if any(named) else None))


@contextmanager
def counter_world(case: CounterCase, device: Device, home: Path, **more: Any) -> Iterator[MeterWorld]:
    """Yield a counter that tells of *device*; a Kasa plug stands on the loopback."""
    if case.kind != "kasa":
        with meter_world(case.kind, case.settings, lambda _: case.telling(device), home, **more) as world:
            yield world
        return
    plug = KasaPlug(lambda: case.telling(device))
    with plugged(plug) as port:
        settings = {**case.settings, "host": "127.0.0.1", "port": port, "deadline_seconds": 5}
        with meter_world(case.kind, settings, lambda _: None, home, **more) as world:
            world.plug = plug
            yield world


def readings(world: World) -> list[Energy]:
    """Return the readings that hold, in order of time."""
    found = [event for event in world.holding() if isinstance(event, Energy)]
    return sorted(found, key=lambda event: event.from_)


def hours(event: Energy) -> list[Decimal]:
    """Return the kWh of each hour of a reading."""
    return [Decimal(each) for each in (event.hourly or "").split()]


def alerts(world: World) -> list[str]:
    """Return what a person was told."""
    return [message.body for message in world.store.pending()]
