"""The small words of the public form: instants, days, zones, shares, whole numbers and names.

Each function takes what JSON gave and returns the typed value, or raises AmountError with a reason and a remedy.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from lotwork.ledger.errors import OF_THE_MACHINE, UsageError
from lotwork.ledger.units import MOST_DIGITS, AmountError, scaled, zero_unsigned

LONGEST_TEXT = 4096
EARLIEST_YEAR = 1980
LATEST_YEAR = 2199
TAX_YEARS = range(2009, 2101)
"""The years whose tax can be asked for: the first coin was mined in 2009."""
SHARE_DECIMALS = 12
MOST_WHOLE = 10**12 - 1

_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:)(\d{2})(?:\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_CLOCK = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EXACT = Context(prec=MOST_DIGITS)
_WHOLE = re.compile(r"[0-9]{1,12}", re.ASCII)


def parse_instant(value: Any) -> datetime:
    """Return an RFC 3339 instant in UTC, to the microsecond; a leap second is the last instant before it."""
    matched = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if matched is None:
        raise AmountError(f"{str(value)[:40]!r} is not an instant with an offset", _with_offset(value))
    day, minute, second, offset = matched.groups()
    text = f"{day}T{minute}59.999999{offset}" if second == "60" else value
    try:
        instant = datetime.fromisoformat(text.upper())
        if instant.tzinfo is not UTC:
            instant = instant.astimezone(UTC)
    except (ValueError, OverflowError) as broken:
        raise AmountError(f"{value!r} is no instant of the calendar ({broken})", "correct the date") from broken
    _check_year(instant.year, value)
    return instant


def _with_offset(told: Any) -> str:
    """Return how what was *told* of an instant is written with what it lacks, its hour or its offset alone."""
    clock = _CLOCK.fullmatch(told) if isinstance(told, str) else None
    if clock:
        instant = f"{clock[1]}T{clock[2]}{clock[3] or ':00'}"
        return f'add its offset, like "{instant}Z" in UTC, or "{instant}-05:00" in the winter of New York'
    return f'write RFC 3339, like "{told}T12:00:00Z"' if is_day(told) else 'write RFC 3339, like "2026-01-10T12:00:00Z"'


def print_instant(instant: datetime) -> str:
    """Return *instant* in UTC as the public form writes it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def is_day(value: Any) -> TypeGuard[str]:
    """Say if *value* is written as a day alone is, though the calendar may have none of that name."""
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def parse_day(value: Any) -> date:
    """Return an ISO day of the taxpayer's calendar."""
    if not is_day(value):
        raise AmountError(f"{str(value)[:40]!r} is not a day", 'write it like "2025-01-31"')
    try:
        day = date.fromisoformat(value)
    except ValueError as broken:
        raise AmountError(f"{value!r} is no day of the calendar ({broken})", "correct the date") from broken
    _check_year(day.year, value)
    return day


def _check_year(year: int, value: str) -> None:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise AmountError(f"{value!r} lies outside {EARLIEST_YEAR} to {LATEST_YEAR}", "correct the year")


def check_tax_year(year: object, named: str) -> int:
    """Return *year*, which was given as *named*, where it is one whose tax can be asked for; else UsageError."""
    if isinstance(year, bool) or not isinstance(year, int) or year not in TAX_YEARS:
        raise UsageError(f"{named} {year!r}: name a year from {TAX_YEARS[0]} to {TAX_YEARS[-1]}")
    return year


def parse_moment(value: Any) -> str:
    """Return a day or an instant, as canonical text; a day means its midnight in the taxpayer's zone."""
    if is_day(value):
        return parse_day(value).isoformat()
    return print_instant(parse_instant(value))


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """Return the time zone *name* of the IANA data base."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as broken:  # ZoneInfoNotFoundError is a KeyError
        if isinstance(broken, OSError) and broken.errno in OF_THE_MACHINE:
            raise  # it says nothing of the name
        raise AmountError(f"{name!r} is not a time zone", 'write an IANA name, like "America/New_York"') from broken


def parse_zone(value: Any) -> str:
    """Return the name of a time zone that exists."""
    name = parse_text(value)
    zone_named(name)
    return name


def parse_text(value: Any) -> str:
    """Return a name or a remark: normalised, without control characters, not empty."""
    if not isinstance(value, str):
        raise AmountError(f"{str(value)[:40]!r} is not a text", "write it in quotes")
    if value.isascii() and value.isprintable() and 0 < len(value) <= LONGEST_TEXT and not value.isspace():
        return value
    text = unicodedata.normalize("NFC", value)
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise AmountError("the text is empty or too long", f"write 1 to {LONGEST_TEXT} characters")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise AmountError(f"{text[:40]!r} holds control characters", "remove them")
    return text


def parse_whole(value: Any) -> int:
    """Return a whole number that is no amount: a year, a height, an output's index."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_WHOLE:
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise AmountError(f"{str(value)[:40]!r} is not a whole number", "write digits only")


def parse_count(value: Any, most: int) -> int:
    """Return a small number of persons or months."""
    count = parse_whole(value)
    if count > most:
        raise AmountError(f"{count} are too many", f"write 0 to {most}")
    return count


def parse_year(value: Any) -> int:
    """Return a tax year."""
    year = parse_whole(value)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise AmountError(f"{year} is not a tax year", 'write it like 2026 or "2026"')
    return year


def parse_boolean(value: Any) -> bool:
    """Return true or false, as JSON or as a word."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise AmountError(f"{str(value)[:40]!r} is neither true nor false", "write true or false")


def parse_choice(value: Any, choices: tuple[str, ...]) -> str:
    """Return *value* where it is one of *choices*."""
    if value not in choices:
        raise AmountError(f"{str(value)[:40]!r} is not known here", f"say one of {', '.join(choices)}")
    return choices[choices.index(value)]


def parse_share(value: str) -> str:
    """Return a share between 0 and 1 as canonical text."""
    share = scaled(value, SHARE_DECIMALS)
    if not 0 <= share <= 10**SHARE_DECIMALS:
        raise AmountError(f"{value} is not a share", 'write 0 to 1, like "0.9" for 90 percent')
    return _plain(value)


def parse_number(value: str) -> str:
    """Return a measured number, 0 or more, as canonical text."""
    if scaled(value, SHARE_DECIMALS) < 0:
        raise AmountError(f"{value} is below zero", "a meter never runs backwards")
    return _plain(value)


def _plain(text: str) -> str:
    number = zero_unsigned(Decimal(text).normalize(_EXACT))
    return f"{number:f}"
