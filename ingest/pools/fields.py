"""The leaves of a pool's answer, read strictly: each by its meaning, its unit and its form of time.

Missing money, time or id refuses the answer. A key that nobody declared is no reason to lose income: it is remembered,
and told to a person. Two spellings of one amount (0.1, "0.1", 1E-1) are one amount; a text where a number is due is
another API than the one that was declared, and is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal, TypeAlias, TypeVar

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.pools.bounds import ALL_BITCOIN_SATS, GENESIS, LATEST
from lotwork.ledger.public_form.hashrates import hashes_per_second
from lotwork.ledger.units import AmountError, scaled

Form: TypeAlias = Literal["text", "number", "either"]
"""How an amount is written in the JSON: "0.1", 0.1, or now so and now so."""

LARGEST_ID = 2**63
MILLI = 1000
"""Parts of a second, where an instant is told in milliseconds."""
MOST_PAGES = 2_000
"""A list with more pages has none that end."""
MOST_COINS = 10**13
"""More coins than any chain has; BTC has its own bound."""
_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,40})?", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,30}", re.ASCII)
_HEX = re.compile(r"(0x)?[0-9a-fA-F]{64}", re.ASCII)
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:-]{0,127}", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_CALENDAR_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

T = TypeVar("T")


class AnswerRefusedError(ValueError):
    """An answer does not have the shape that was declared, or tells the impossible; its text is the reason."""


class Fields:
    """One object of an answer, read key by key; `unknown` are the keys that nobody declared."""

    def __init__(self, value: JsonValue, what: str, ignored: Collection[str] = ()) -> None:
        if not isinstance(value, dict):
            raise AnswerRefusedError(f"{what} is not an object")
        self._value = value
        self._what = what
        self._read = {*ignored}

    @property
    def unknown(self) -> frozenset[str]:
        """The keys that were neither read nor declared, cut short."""
        return frozenset(key[:40] for key in self._value if key not in self._read)

    def has(self, key: str) -> bool:
        """Return whether *key* is there and says something."""
        self._read.add(key)
        return self._value.get(key) not in (None, "")

    def value(self, key: str) -> JsonValue:
        """Return what stands under *key*, which must be there."""
        self._read.add(key)
        if key not in self._value:
            raise AnswerRefusedError(f"{self._what} has no {key}")
        return self._value[key]

    def fields(self, key: str, ignored: Collection[str] = ()) -> Fields:
        """Return the object under *key*."""
        return Fields(self.value(key), f"{key} of {self._what}", ignored)

    def rows(self, key: str) -> list[JsonValue]:
        """Return the list under *key*."""
        return list_of(self.value(key), f"{key} of {self._what}")

    def text(self, key: str) -> str:
        """Return the text under *key*, which must say something."""
        told = self.value(key)
        if not isinstance(told, str) or not told.strip():
            raise self.refuse(key, "is no text")
        return told

    def word(self, key: str, words: Mapping[str, T]) -> T:
        """Return what the word under *key* means; one that is not among *words* is refused."""
        told = self.text(key)
        if told not in words:
            raise self.refuse(key, f"says {told[:40]!r}, a word we do not know")
        return words[told]

    def flag(self, key: str) -> bool:
        """Return the true or false under *key*."""
        told = self.value(key)
        if not isinstance(told, bool):
            raise self.refuse(key, "is neither true nor false")
        return told

    def numbered(self, key: str) -> str:
        """Return the id under *key*, which is a whole number, as text."""
        told = self.whole(key, least=1)
        if told > LARGEST_ID:
            raise self.refuse(key, "is no id")
        return str(told)

    def pages(self, key: str) -> int:
        """Return how many pages there are, told under *key*."""
        told = self.whole(key)
        if told > MOST_PAGES:
            raise self.refuse(key, f"is more than {MOST_PAGES}")
        return told

    def identity(self, key: str) -> str:
        """Return the id under *key*: a short text without spaces."""
        told = self.value(key)
        if not isinstance(told, str) or _ID.fullmatch(told) is None:
            raise self.refuse(key, "is no id")
        return told

    def txid(self, key: str, *, needed: bool = True) -> str | None:
        """Return the transaction under *key*: 64 hex digits, 0x before them or not; None where it may be absent."""
        if not needed and not self.has(key):
            return None
        told = self.value(key)
        if not isinstance(told, str) or _HEX.fullmatch(told) is None:
            raise self.refuse(key, "is no id of a transaction")
        return told.lower()

    def whole(self, key: str, *, least: int = 0, text: bool = False) -> int:
        """Return the whole number under *key*, also one written as a *text*."""
        told = self.value(key)
        if text and isinstance(told, str) and _WHOLE.fullmatch(told):
            told = int(told)
        if not isinstance(told, int) or isinstance(told, bool) or told < least:
            raise self.refuse(key, f"is no whole number from {least} on")
        return told

    def units(self, key: str, asset: str, decimals: int, *, text: bool = False) -> int:
        """Return an amount told in the smallest units of *asset*."""
        return self._bounded(key, self.whole(key, text=text), asset, decimals)

    def units_of(self, amount: int, key: str, asset: str, decimals: int) -> int:
        """Return *amount*, reckoned from what stands under *key*, which must not be more than all *asset*."""
        return self._bounded(key, amount, asset, decimals)

    def coins(
        self, key: str, asset: str, decimals: int, *, form: Form, fine: bool = False, signed: bool = False
    ) -> int:
        """Return an amount told in whole coins of *asset*, in its smallest units.

        What is finer than the smallest unit is refused, or cut off where the pool is known to be that *fine*.
        """
        told = self.value(key)
        plain = _plain(told, form)
        if plain is None:
            raise self.refuse(key, "is no amount of coins")
        if fine:
            coins, _, fraction = plain.partition(".")
            plain = f"{coins}.{fraction[:decimals]}" if fraction[:decimals] else coins
        try:
            amount = scaled(plain, decimals)
        except AmountError:
            raise self.refuse(key, f"is finer than {asset} can be") from None
        if amount < 0 and not signed:
            raise self.refuse(key, "is below zero")
        self._bounded(key, abs(amount), asset, decimals)
        return amount

    def share(self, key: str) -> Decimal:
        """Return a rate under *key*, as a fraction from 0 to below 1."""
        told = self.value(key)
        if isinstance(told, bool) or not isinstance(told, int | Decimal) or not 0 <= told < 1:
            raise self.refuse(key, "is no fraction")
        return Decimal(told)

    def rate(self, key: str, unit: str = "H/s") -> Decimal | None:
        """Return a hashrate told in *unit*, in hashes a second; None where it tells none: no money hangs on it."""
        told = self._value.get(key)
        self._read.add(key)
        plain = _plain(told, "either")
        try:
            return None if plain is None else hashes_per_second(f"{plain} {unit}")
        except AmountError:
            return None

    def seconds(self, key: str, *, text: bool = False, each: int = 1) -> datetime:
        """Return an instant told in seconds since 1970, or in so many parts *each* of one."""
        return self._instant(key, self.whole(key, text=text), each)

    def names_zone(self, key: str) -> bool:
        """Return whether the ISO text under *key* says by which clock it is."""
        found = _ISO.fullmatch(self.text(key))
        return found is not None and found.group(2) is not None

    def iso(self, key: str, zone: tzinfo = UTC) -> datetime:
        """Return an instant told as ISO text, by the clock of *zone* where it names none."""
        told = self.value(key)
        if isinstance(told, str) and _ISO.fullmatch(told):
            try:
                at = datetime.fromisoformat(told)
            except ValueError:
                raise self.refuse(key, "is no instant of the calendar") from None
            at = at if at.tzinfo else at.replace(tzinfo=zone)
            self._instant(key, int(at.timestamp()), 1)
            return at.astimezone(UTC)
        raise self.refuse(key, "is no instant as ISO text")

    def day(self, key: str, hours: int = 0) -> datetime:
        """Return the instant at which a day begins, told as 2026-03-02 by a clock *hours* ahead of UTC."""
        told = self.value(key)
        if not isinstance(told, str) or _CALENDAR_DAY.fullmatch(told) is None:
            raise self.refuse(key, "is no day")
        try:
            begins = datetime.fromisoformat(told).replace(tzinfo=UTC) - timedelta(hours=hours)
        except (ValueError, OverflowError):
            raise self.refuse(key, "is no day of the calendar") from None
        self._instant(key, int(begins.timestamp()), 1)
        return begins

    def refuse(self, key: str, why: str) -> AnswerRefusedError:
        """Return the error for what stands under *key*."""
        return AnswerRefusedError(f"{key} of {self._what} {why}")

    def _bounded(self, key: str, amount: int, asset: str, decimals: int) -> int:
        most = ALL_BITCOIN_SATS if asset == "BTC" else MOST_COINS * 10**decimals
        if amount > most:
            raise self.refuse(key, f"is more than all {asset}")
        return amount

    def _instant(self, key: str, told: int, each: int) -> datetime:
        if not GENESIS * each <= told < LATEST * each:
            raise self.refuse(key, "is no instant of bitcoin's lifetime")
        return datetime.fromtimestamp(told // each, UTC) + timedelta(seconds=told % each) / each


def named_short(words: str) -> str:
    """Return a name for a destination, an address or an invoice that does not give it away."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def list_of(value: JsonValue, what: str) -> list[JsonValue]:
    """Return *value*, which must be a list."""
    if not isinstance(value, list):
        raise AnswerRefusedError(f"{what} is not a list")
    return value


def _plain(told: JsonValue, form: Form) -> str | None:
    """Return an amount as plain decimal text, without the zeros behind it; None where it has not that *form*."""
    if isinstance(told, str) and form != "number" and _DECIMAL.fullmatch(told):
        text = told
    elif isinstance(told, int | Decimal) and not isinstance(told, bool) and form != "text":
        text = format(told, "f")
        if _DECIMAL.fullmatch(text) is None:
            return None
    else:
        return None
    return text.rstrip("0").rstrip(".") if "." in text else text
