"""The leaves of an exchange's answer, read strictly, as text: what amounts and words mean, the profiles say once.

A stranger wrote them: what is missing, of another kind or another form refuses the answer, and no default is made up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from lotwork.ingest.asking.json_guard import JsonValue

Table: TypeAlias = Mapping[str, JsonValue]
_ID = re.compile(r"[!-~]{1,128}")
_NUMBER = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,24})?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_HASH = re.compile(r"(0x)?[0-9a-fA-F]{64}")
EARLIEST, LATEST = datetime(2009, 1, 3, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
A_THOUSANDTH = 1000
"""Of a second: what instants are told in that name milliseconds."""


class AnswerRefusedError(Exception):
    """An answer must not be believed; its text is the reason."""


def table(value: JsonValue, what: str) -> Table:
    """Return *value*, which must be an object."""
    if not isinstance(value, dict):
        raise AnswerRefusedError(f"{what} is no object")
    return value


def rows_of(value: JsonValue, what: str) -> list[Table]:
    """Return *value*, which must be a list of objects."""
    if not isinstance(value, list):
        raise AnswerRefusedError(f"{what} is no list")
    return [table(each, f"a row of {what}") for each in value]


def text(row: Table, key: str) -> str:
    """Return the text under *key*, which must say something."""
    told = row.get(key)
    if not isinstance(told, str) or not told.strip():
        raise AnswerRefusedError(f"{key} is no text")
    return told.strip()


def word(row: Table, key: str) -> str:
    """Return the text under *key*; empty where it is left out, null or empty."""
    told = row.get(key)
    if told is None:
        return ""
    if not isinstance(told, str):
        raise AnswerRefusedError(f"{key} is no text")
    return told.strip()


def identity(row: Table, key: str) -> str:
    """Return the id under *key*: a short text without spaces, or a whole number."""
    told = row.get(key)
    if isinstance(told, int) and not isinstance(told, bool) and told >= 0:
        told = str(told)
    if not isinstance(told, str) or _ID.fullmatch(told) is None:
        raise AnswerRefusedError(f"{key} is no id")
    return told


def number(row: Table, key: str) -> str:
    """Return the number under *key* as plain text, however it is written there."""
    told = row.get(key)
    if isinstance(told, int | Decimal) and not isinstance(told, bool):
        told = f"{Decimal(told):f}"
    if not isinstance(told, str) or _NUMBER.fullmatch(told) is None:
        raise AnswerRefusedError(f"{key} is no number")
    return told


def whole(row: Table, key: str) -> int:
    """Return the whole number under *key*, also one written as a text."""
    told = number(row, key)
    if "." in told:
        raise AnswerRefusedError(f"{key} is no whole number")
    return int(told)


def amount(row: Table, key: str) -> Decimal:
    """Return the number under *key*, exactly."""
    return Decimal(number(row, key))


def flag(row: Table, key: str) -> bool:
    """Return the true or false under *key*."""
    told = row.get(key)
    if not isinstance(told, bool):
        raise AnswerRefusedError(f"{key} is neither true nor false")
    return told


def seconds(row: Table, key: str, *, each: int = 1) -> datetime:
    """Return an instant told as a number of seconds since 1970, or of so many parts *each* of one."""
    told = amount(row, key)
    if not 0 <= told < LATEST.timestamp() * each:
        raise AnswerRefusedError(f"{key} is no instant")
    return _lived(datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(told * 1_000_000 / each)), key)


def iso(row: Table, key: str) -> datetime:
    """Return an instant told as ISO text, in UTC where it names no zone."""
    told = word(row, key)
    if _ISO.fullmatch(told) is None:
        raise AnswerRefusedError(f"{key} is no instant")
    try:
        at = datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", told))
    except ValueError:
        raise AnswerRefusedError(f"{key} is no instant of the calendar") from None
    return _lived((at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC), key)


def _lived(at: datetime, key: str) -> datetime:
    if not EARLIEST <= at < LATEST:
        raise AnswerRefusedError(f"{key} is no instant of bitcoin's lifetime")
    return at


def txid(told: str) -> str:
    """Return *told* where it is a transaction's id; empty where it is another word, as of a payment by Lightning."""
    return told if _HASH.fullmatch(told) else ""


def clock_of(at: datetime) -> str:
    """Return an instant as exports write it: to the second, in UTC."""
    return f"{at.replace(microsecond=0):%Y-%m-%d %H:%M:%S} UTC"
