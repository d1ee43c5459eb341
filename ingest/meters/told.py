"""The leaves of a meter's answer, read strictly, and energy as a whole number of its smallest part."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from lotwork.ingest.asking.json_guard import JsonValue

PARTS = 10**9
"""Smallest parts of a kWh that are counted: millionths of a Wh."""
THOUSANDTHS = 1000
"""Of a second, and of a watt."""
WATT_HOURS = PARTS // THOUSANDTHS
ITS_COUNTER = "its counter"
"""What is asked for, as messages name it."""
MOST_KWH = 10**9
"""More than any meter counts in its life."""
OLDEST_SECOND = int(datetime(2015, 1, 1, tzinfo=UTC).timestamp())
NEWEST_SECOND = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


class MeterRefusedError(ValueError):
    """A meter's answer does not have the shape that is known, or tells the impossible; its text is the reason."""


class Count(NamedTuple):
    """Where a counter stands."""

    parts: int
    """In 10**-9 kWh."""
    watts: Decimal | None = None
    """What is drawn just now, where the device says so."""
    fed_back: int = 0
    """The counter of what flowed back, likewise."""
    shown: str = ""
    """What the device itself said, with its unit."""


def inside(value: JsonValue, *keys: str) -> JsonValue:
    """Return what stands at the end of the way of *keys*; a device's own words of an error are told."""
    way = ""
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            from lotwork.ingest.asking.answer import own_words  # noqa: PLC0415 - httpx2, only where it is asked

            said = own_words(value)
            words = f": it says {said!r}" if said else ""
            raise MeterRefusedError(f"{way or 'the answer'} has no {key}{words}")
        value, way = value[key], key
    return value


def number(value: JsonValue, what: str, *, signed: bool = False) -> Decimal:
    """Return the number told as *what*."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise MeterRefusedError(f"{what} is no number")
    told = Decimal(value)
    if abs(told) > MOST_KWH * PARTS or (told < 0 and not signed):
        raise MeterRefusedError(f"{what} is {'below zero' if told < 0 else 'more than any meter counts'}")
    return told


def parts(value: JsonValue, what: str, each: int, *, signed: bool = False) -> int:
    """Return energy told as *what*, in a unit of *each* parts, in the smallest parts."""
    told = int((number(value, what, signed=signed) * each).to_integral_value(ROUND_HALF_EVEN))
    if abs(told) > MOST_KWH * PARTS:
        raise MeterRefusedError(f"{what} is more than any meter counts")
    return told


def instant(value: JsonValue, what: str, each: int = 1) -> int:
    """Return an instant told as *what*, in seconds since 1970 or so many parts *each* of one, in whole seconds."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or not OLDEST_SECOND * each <= value < NEWEST_SECOND * each
    ):
        raise MeterRefusedError(f"{what} is no instant of these years")
    if value % each:
        raise MeterRefusedError(f"{what} is no whole second")
    return value // each


def items(value: JsonValue, what: str) -> list[JsonValue]:
    """Return the list told as *what*."""
    if not isinstance(value, list):
        raise MeterRefusedError(f"{what} is no list")
    return value


def kwh(told: int) -> str:
    """Return so many smallest parts as kWh in plain decimal text."""
    text = f"{Decimal(told) / PARTS:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
