"""Tasmota plugs: a counter in kWh, asked over the device's own web page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.meters.settings import AskedSection
from lotwork.ingest.meters.told import PARTS, Count, MeterRefusedError, inside, number, parts
from lotwork.ingest.ports import ReceiptSource

if TYPE_CHECKING:
    from lotwork.ingest.asking.json_guard import JsonValue
    from lotwork.ingest.context import BuildContext

STATUS_OF_SENSORS = "Status 8"


class TasmotaSection(AskedSection, frozen=True, kw_only=True):
    """`[[sources.tasmota]]`: a plug with Tasmota."""


def read_counter(value: JsonValue) -> Count:
    """Return where the counter stands, as the answer to `Status 8` says."""
    if isinstance(value, dict) and "WARNING" in value:
        raise MeterRefusedError("it wants its password: put it into password_file")
    energy = inside(value, "StatusSNS", "ENERGY")
    total, watts = inside(energy, "Total"), inside(energy, "Power")
    if isinstance(total, list) or isinstance(watts, list):
        raise MeterRefusedError("it tells several channels: read them through Home Assistant")
    since = inside(energy, "TotalStartTime")
    if not isinstance(since, str) or not since.isprintable():
        raise MeterRefusedError("TotalStartTime is no text")
    drawn = number(watts, "Power", signed=True)
    return Count(parts(total, "Total", PARTS), drawn, 0, f"it says {total} kWh since {since[:40]}")


def build(section: TasmotaSection, context: BuildContext) -> ReceiptSource:
    """Return the counter that *section* describes."""
    from lotwork.ingest.meters.over_http import counter_over_http  # noqa: PLC0415 - only where it is asked

    password = context.reveal(section.password, section.password_file)
    client = context.client(
        section.name,
        allow_private=section.allow_private,
        deadline_seconds=section.deadline_seconds,
        gap_seconds=0,
    )
    known = {} if password is None else {"user": "admin", "password": password}
    return counter_over_http(
        section,
        context,
        client,
        url=f"{section.base_url}/cm",
        params={"cmnd": STATUS_OF_SENSORS, **known},
        read=read_counter,
    )


SOURCE = DeclaredSource(
    kind="tasmota",
    word=lambda _section: Word(is_proven=False, says="on the word of a meter of your own"),
    label="Tasmota plugs",
    settings=TasmotaSection,
    build=build,
    example="""\
[[sources.tasmota]]           # a plug with Tasmota on your own network
name = "tasmota"
base_url = "http://192.168.1.51"
meter = "rigs"                # the name that its tariffs bear
""",
    units="kWh (`Total`), to as many decimals as the device tells: `EnergyRes 5` tells the most",
    times="""\
the instant at which it is asked, by the clock of this machine: the device's own time names no zone, and is not read""",
    docs="""\
The counter `Total` is asked every `every_seconds` (900), and what it rose by is spread over the time between two looks,
an hour at most. `password_file` holds the password of its web page, where it has one; it stands in the question, and
over http a device is asked in your own network alone. `Today` and `Yesterday` are by the device's clock, and are not
read.
""",
    cannot_see="""\
what was used before it was first asked, or between the last look and a reset (`EnergyReset`); a device of several
channels. See [power.md](power.md) for what is done about gaps and resets.
""",
)
