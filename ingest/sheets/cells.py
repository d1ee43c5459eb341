"""What stands in the cells of an export: numbers and times, as spreadsheets and other programs write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from lotwork.ingest.sheets.column_map import ColumnMap
from lotwork.ingest.sheets.table import SHOWN
from lotwork.ledger.public_form.parse_words import print_instant, zone_named
from lotwork.ledger.units import MONTHS, ZERO, AmountError
from lotwork.ledger.zones import noon_of

MOST_DIGITS = 60
GROUP = 3
_SHORTENED = re.compile(r"[0-9]\.([0-9]{2}|[0-9]{5})E\+([0-9]{2})", re.ASCII)
"""A number as a spreadsheet shows it that has no room, or is told to: with so many figures, and no more."""
NUMBER = re.compile(r"([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,2}))?|\.[0-9]+", re.ASCII)
_MONEY_IN_THOUSANDS = re.compile(r"[^0-9]*[1-9][0-9]{0,2}[.,][0-9]{3}[^0-9]*", re.ASCII)
_ORDERED = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})\b", re.ASCII)
_EPOCH = re.compile(r"[0-9]{9,13}(\.[0-9]+)?", re.ASCII)


def parse_number(text: str, *, decimal: str = ".", thousands: str = "") -> Decimal:
    """Return the number a spreadsheet wrote: "$1,234.50", "(12.00)", "1.234,50-", "1.2E-05"; all of it, exactly."""
    plain = text.strip().replace("\u2212", "-").replace("\u00a0", " ")
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        negative, plain = True, plain[1:-1].strip()
    if plain.endswith("-"):
        plain = f"-{plain[:-1].strip()}"
    if plain[:1] in ("-", "+"):
        negative, plain = negative != (plain[0] == "-"), plain[1:].strip()
    plain = plain.removeprefix("$").removeprefix("USD").removesuffix("USD").strip()
    if thousands:
        plain = _ungrouped(text, plain, decimal, thousands)
    if decimal == ",":
        if "." in plain:
            raise AmountError(f"{text[:SHOWN]!r} has a point", 'say thousands = "." in the map, or decimal = "."')
        plain = plain.replace(",", ".")
    if NUMBER.fullmatch(plain) is None or len(plain) > MOST_DIGITS:
        raise AmountError(f"{text[:SHOWN]!r} is not a number", "check decimal and thousands in the map")
    shown = _SHORTENED.fullmatch(plain)
    if shown is not None and len(shown[1]) < int(shown[2]):
        words = "a spreadsheet left out its last figures"
        raise AmountError(f"{text[:SHOWN]!r}: {words}", "export the file again, and do not save it in between")
    number = Decimal(plain)
    return -number if negative and number else number


def _ungrouped(text: str, plain: str, decimal: str, thousands: str) -> str:
    """Return *plain* without its grouping; a group that is not of three digits, or comes after a 0, is none."""
    whole, point, fraction = plain.partition(decimal)
    first, *groups = whole.split(thousands)
    if any(len(group) != GROUP for group in groups) or (groups and not (1 <= len(first) <= GROUP and first[0] != "0")):
        reason = f"{text[:SHOWN]!r} is not grouped in thousands by {thousands!r}"
        raise AmountError(reason, "check decimal and thousands in the map")
    return "".join((first, *groups)) + point + fraction


def refuse_a_third_decimal(cell: str, column_map: ColumnMap) -> None:
    """Refuse an amount of money such as 1.100, which is a thousand or one by whether the sign in it groups.

    A bank tells cents, and where a map says what groups in thousands, the other sign is known.
    """
    if not column_map.thousands and _MONEY_IN_THOUSANDS.fullmatch(cell):
        raise AmountError(
            f"{cell[:SHOWN]!r} may be in thousands", "say thousands, and decimal, in the map, or write it with cents"
        )


def read_time(cell: str, column_map: ColumnMap) -> datetime | date:
    """Return the time a cell tells; a day alone stays a day."""
    if column_map.date_format in ("epoch", "epoch_ms"):
        return _epoch(cell, milliseconds=column_map.date_format == "epoch_ms")
    try:
        if not cell.isascii() and any(letter.isdigit() and not letter.isascii() for letter in cell):
            raise ValueError  # noqa: TRY301 - the reader of dates would take them for digits
        if column_map.date_format != "iso":
            told = datetime.strptime(cell, column_map.date_format)  # noqa: DTZ007 - the zone follows
            has_hour = any(mark in column_map.date_format for mark in ("%H", "%I", "%X", "%c", "%T"))
        else:
            told = datetime.fromisoformat(cell)
            has_hour = len(cell) > len("2026-01-31")
    except (ValueError, re.error):
        asked = "an ISO date" if column_map.date_format == "iso" else column_map.date_format
        raise AmountError(f"{cell[:SHOWN]!r} is not {asked}", _how_it_is_dated(cell)) from None
    if not has_hour:
        return told.date()
    return _in_zone(told, cell, column_map)


def _how_it_is_dated(cell: str) -> str:
    """Return what to say in the map; of two orders that both fit it is not guessed which."""
    figures = _ORDERED.match(cell)
    if figures is None:
        return "say its date_format in the map"
    first, mark, second, year = figures.groups()
    long = "%Y" if len(year) > len("26") else "%y"
    ways = [f'"{mark.join((*order, long))}"' for order in (("%m", "%d"), ("%d", "%m"))]
    month, day = (int(part) <= MONTHS for part in (first, second))
    fitting = [way for way, fits in zip(ways, (month, day), strict=True) if fits]
    if len(fitting) == len(ways):
        return f"say its date_format in the map: {ways[0]} has the month first, {ways[1]} the day"
    return f"say its date_format in the map, such as {fitting[0]}" if fitting else "say its date_format in the map"


def names_zone(cell: str) -> bool:
    """Say if a time names its zone."""
    with suppress(ValueError):
        return datetime.fromisoformat(cell).tzinfo is not None
    return cell.endswith("Z")


def _in_zone(told: datetime, cell: str, column_map: ColumnMap) -> datetime:
    """Return *told* in UTC; a time that the clocks skipped or told twice is not guessed."""
    if told.tzinfo is not None:
        return told.astimezone(UTC)
    zone = zone_named(column_map.zone)
    first, second = (told.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:
        raise AmountError(
            f"{cell[:SHOWN]!r} is skipped or told twice when the clocks change in {column_map.zone}",
            "write it with its offset",
        )
    return first


def _epoch(cell: str, *, milliseconds: bool) -> datetime:
    number = Decimal(cell) if _EPOCH.fullmatch(cell) else ZERO
    seconds = number / 1000 if milliseconds else number
    if not 315_532_800 <= seconds < 4_102_444_800:  # noqa: PLR2004 - 1980 to 2100
        raise AmountError(f"{cell[:SHOWN]!r} is not a count of {'milli' if milliseconds else ''}seconds", "check it")
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(seconds * 1_000_000))


def _as_instant(told: datetime | date, column_map: ColumnMap) -> str:
    """Return an instant; a day alone is its noon in the map's zone."""
    if isinstance(told, datetime):
        return print_instant(told)
    return print_instant(noon_of(told, zone_named(column_map.zone)))


def _as_day(told: datetime | date, column_map: ColumnMap) -> str:
    if isinstance(told, datetime):
        return told.astimezone(zone_named(column_map.zone)).date().isoformat()
    return told.isoformat()


def _as_moment(told: datetime | date, _column_map: ColumnMap) -> str:
    return print_instant(told) if isinstance(told, datetime) else told.isoformat()


TIMES_READ: Mapping[str, Callable[[datetime | date, ColumnMap], str]] = {
    "instant": _as_instant,
    "day": _as_day,
    "moment": _as_moment,
}
