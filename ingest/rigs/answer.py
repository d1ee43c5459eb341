"""What a rig says of itself at one look, read strictly: watts, seconds since it began, and who it is.

Nothing else is kept: the answer of a rig names the wallet it mines to and the network it is in.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import NamedTuple

from lotwork.ingest.asking.json_guard import JsonValue

MOST_UPTIME_SECONDS = 20 * 366 * 86_400
WATT_PARTS = 1000
"""Watts are counted in thousandths."""
MILLI = Decimal(1000)
UNITS_APART = 50
"""Volts times amperes are the watts, but for what a supply loses; so many times more or less is another unit."""


class RigRefusedError(ValueError):
    """An answer does not have the shape that is known, or tells the impossible; its text is the reason."""


class Look(NamedTuple):
    """What a rig said."""

    watt_thousandths: int
    uptime_seconds: int | None
    """Since when it runs; None where it does not say."""
    rig: str
    """Which device answered, as a digest; empty where it does not say."""


def axeos(value: JsonValue, most_watts: int) -> Look:
    """Return what AxeOS says under /api/system/info; raises RigRefusedError.

    `power` is in watts, `voltage` in millivolts, `current` in milliamperes, `uptimeSeconds` in seconds (ESP-Miner's
    openapi.yaml, SystemInfo).
    """
    if not isinstance(value, dict):
        raise RigRefusedError("the answer is not an object")
    watts = _number(value, "power")
    volts, amperes = (_number(value, key) if value.get(key) is not None else None for key in ("voltage", "current"))
    if volts and amperes and watts:
        reckoned = volts * amperes / MILLI / MILLI
        if not watts / UNITS_APART <= reckoned <= watts * UNITS_APART:
            raise RigRefusedError("power is not what voltage and current come to: one is in another unit")
    rig = value.get("macAddr")
    if rig is not None and not isinstance(rig, str):
        raise RigRefusedError("macAddr is no text")
    return look(watts, _uptime(value.get("uptimeSeconds"), "uptimeSeconds", needed=True), rig or "", most_watts)


def pyasic(value: JsonValue, most_watts: int) -> Look:
    """Return what pyasic read: `wattage` in watts, `uptime` in seconds or null, `mac`; raises RigRefusedError."""
    if not isinstance(value, dict):
        raise RigRefusedError("the answer is not an object")
    if "error" in value:
        raise RigRefusedError(f"pyasic says: {str(value['error'])[:200]}")
    if value.get("wattage") is None:
        raise RigRefusedError("this rig does not say what it draws: leave it to a meter")
    mac = value.get("mac")
    if mac is not None and not isinstance(mac, str):
        raise RigRefusedError("mac is no text")
    uptime = _uptime(value.get("uptime"), "uptime", needed=False)
    return look(_number(value, "wattage"), uptime, mac or "", most_watts)


def look(watts: Decimal, uptime: int | None, rig: str, most_watts: int) -> Look:
    """Return the look of *watts*, checked against the most that the rig may draw."""
    if watts > most_watts:
        raise RigRefusedError(
            f"it says {watts:.10g} W, and most_watts is {most_watts}: it is in another unit, or another rig"
        )
    digest = hashlib.sha256(rig.strip().casefold().encode()).hexdigest()[:16] if rig.strip() else ""
    return Look(int(watts * WATT_PARTS), uptime, digest)


def _number(value: dict[str, JsonValue], key: str) -> Decimal:
    told = value.get(key)
    if isinstance(told, bool) or not isinstance(told, int | Decimal):
        raise RigRefusedError(f"{key} is no number")
    if told < 0:
        raise RigRefusedError(f"{key} is below zero")
    return Decimal(told)


def _uptime(told: JsonValue, key: str, *, needed: bool) -> int | None:
    if told is None and not needed:
        return None
    if isinstance(told, Decimal) and told == told.to_integral_value():
        told = int(told)
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told <= MOST_UPTIME_SECONDS:
        raise RigRefusedError(f"{key} is no count of seconds")
    return told
