"""A Home Assistant that keeps its past, and the holes that a log shows, for the tests of meters."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.server import ServerConnection, serve

from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.projections.costs.meter_holes import Told, holes_of
from tests.ingest.meters.kit import (
    BEGIN,
    MeterWorld,
    meter_world,
    readings,
)
from tests.ingest.pools.kit import KEY

ENTITY = "sensor.rig_plug_energy"
HOUR = 3_600
KW = Decimal("3.2")


def holes(world: MeterWorld) -> list[tuple[str, str]]:
    """Return the holes that the log shows, whoever told of them."""
    told = [Told(datetime.fromisoformat(e.from_), datetime.fromisoformat(e.to), e) for e in readings(world)]
    return [(print_instant(hole.begin), print_instant(hole.end)) for hole in holes_of(told, ())]


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


def decimal(value: Any) -> Any:
    """Return *value* with exact decimals, as an answer is read."""
    return json.loads(json.dumps(value), parse_float=Decimal)
