"""Instants as exports write them: ISO 8601 and what is near it, the words for zones, seconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from lotwork.ingest.sheets.table import SHOWN
from lotwork.ledger.public_form.parse_words import zone_named
from lotwork.ledger.units import AmountError

EPOCH, EPOCH_MS = "epoch", "epoch_ms"
HOURS = {
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "AKST": -9,
    "AKDT": -8,
    "HST": -10,
}
"""The zones of the United States by the words that name them, and those of nowhere."""
_ZONE = re.compile(r"^(.*[0-9APMapm])\s*(?:\b(?:UTC|GMT))?\s*([+-])([0-9]{2})(?::?([0-9]{2}))?$")
_WORD = re.compile(r"^(.*\S)\s+\(?([A-Z]{1,4})\)?$")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")
"""Where an instant in ISO 8601 has a time of day: a day alone is none, and an hour alone is cut off."""
_CUT = re.compile(r":[0-9]?(?![0-9])")
"""A minute or a second of one digit: the rest of it is cut off."""
_FIRST, _LAST = 315_532_800, 4_102_444_800


def read_instant(text: str, formats: Iterable[str], zone: str) -> datetime:
    """Return the instant in *text* in UTC: ISO 8601, or one of *formats*; where it names no zone, it is in *zone*.

    Raises AmountError, also for a time that the clocks of *zone* skipped or told twice.
    """
    if not text.isascii() or not text:
        raise _unread(text)
    ways = tuple(formats)
    if EPOCH in ways or EPOCH_MS in ways:
        return _epoch(text, thousandths=EPOCH_MS in ways)
    bare, offset = _zone_of(text)
    told = _read(bare, ways)
    if told is None:
        raise _unread(text)
    if told.tzinfo is not None:
        return told.astimezone(UTC)
    if offset is not None:
        return (told - offset).replace(tzinfo=UTC)
    return _in_zone(told, text, zone)


def clock_of(text: str, formats: Iterable[str]) -> datetime | None:
    """Return what the clock showed in *text*, where that names no zone; None where it does, or is no time."""
    ways = tuple(formats)
    if EPOCH in ways or EPOCH_MS in ways or not text.isascii():
        return None
    bare, offset = _zone_of(text)
    told = None if offset is not None else _read(bare, ways)
    return None if told is None or told.tzinfo is not None else told


def _unread(text: str) -> AmountError:
    reason = "it is empty" if not text else f"{text[:SHOWN]!r} is no time that is written here"
    return AmountError(reason, "export the file again, unchanged")


def _read(text: str, ways: Iterable[str]) -> datetime | None:
    if _CUT.search(text):
        return None
    if _ISO.match(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    for way in ways:
        try:
            return datetime.strptime(text, way)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
    return None


def _zone_of(text: str) -> tuple[str, timedelta | None]:
    """Return *text* without the zone behind it, and how far that is ahead of UTC."""
    word = _WORD.match(text)
    if word is not None and word[2] in HOURS:
        return word[1], timedelta(hours=HOURS[word[2]])
    number = _ZONE.match(text)
    if number is None or ":" not in number[1]:
        return text, None
    ahead = timedelta(hours=int(number[3]), minutes=int(number[4] or "0"))
    return number[1].strip(), -ahead if number[2] == "-" else ahead


def _in_zone(told: datetime, text: str, zone: str) -> datetime:
    if not zone:
        raise AmountError(
            f"{text[:SHOWN]!r} names no zone, nor does the file", "say it with --set zone=America/New_York"
        )
    named = zone_named(zone)
    first, second = (told.replace(tzinfo=named, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:
        raise AmountError(
            f"{text[:SHOWN]!r} is skipped or told twice when the clocks change in {zone}", "write it with its offset"
        )
    return first


def _epoch(text: str, *, thousandths: bool) -> datetime:
    if not re.fullmatch(r"[0-9]{9,13}", text):
        raise _unread(text)
    seconds = Decimal(text) / (1000 if thousandths else 1)
    if not _FIRST <= seconds < _LAST:
        raise AmountError(f"{text[:SHOWN]!r} is not between 1980 and 2100", "export the file again, unchanged")
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(seconds * 1_000_000))
