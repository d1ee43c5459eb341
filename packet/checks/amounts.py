"""Amounts and time: whole base units and micro-dollars, the one division that rounds, and the taxpayer's days."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lotwork.packet.checks.telling import BrokenPacketError, Told, short

MILLION = 10**6
MOST_SCALE = 36
MOST_LETTERS_OF_AN_AMOUNT = 80
SCALES_BUILT_IN = {
    "BTC": 8, "LTC": 8, "DOGE": 8, "BCH": 8, "KAS": 8, "ZEC": 8, "ETH": 18, "ETC": 18, "USDT": 6, "USDC": 6,
}  # fmt: skip
TOKENS_BUILT_IN = ("USDT", "USDC")
BEGIN_OF_TIME = datetime(1970, 1, 1, tzinfo=timezone.utc)
ONE_MICROSECOND = timedelta(microseconds=1)
INSTANT_TEXT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,6}))?(Z|z|[+-]\d{2}:\d{2})", re.ASCII
)
DECIMAL_TEXT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)


def round_half_even(numerator: int, denominator: int) -> int:
    """Return the quotient, a half to the even number."""
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and quotient % 2):
        quotient += 1
    return quotient


def in_units(text: Any, decimals: int) -> int:
    """Return a decimal text as a whole number of its smallest units; what is finer is refused."""
    if not isinstance(text, str) or len(text) > MOST_LETTERS_OF_AN_AMOUNT or DECIMAL_TEXT.fullmatch(text) is None:
        raise ValueError(f"{text!r:.60} is no decimal text")
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > decimals:
        raise ValueError(f"{text} is finer than {decimals} decimals")
    return int(whole + fraction.ljust(decimals, "0"))


def in_words(units: int, decimals: int) -> str:
    """Return whole units as a decimal text with every decimal."""
    digits = str(abs(units)).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{text}" if units < 0 else text


def in_dollars(micros: int) -> str:
    """Return micro-dollars as a decimal text."""
    return in_words(micros, 6)


def worth(quantity: int, price: str, decimals: int) -> int:
    """Return what so many base units are worth at a price of a whole coin, in micro-dollars."""
    if len(price) > MOST_LETTERS_OF_AN_AMOUNT:
        raise ValueError("a price has too many digits")
    whole, _, fraction = price.partition(".")
    return round_half_even(quantity * int(whole + fraction) * MILLION, 10 ** (decimals + len(fraction)))


def read_instant(text: str) -> datetime:
    """Return the instant a text tells, in UTC."""
    matched = INSTANT_TEXT.fullmatch(text)
    if matched is None:
        raise ValueError(f"{text!r} is no instant")
    day, clock, part, zone = matched.groups()
    offset = "+00:00" if zone in "Zz" else zone
    seconds = clock if clock.count(":") > 1 else f"{clock}:00"
    told = datetime.fromisoformat(f"{day}T{seconds}.{(part or '').ljust(6, '0')}{offset}")
    return told.astimezone(timezone.utc)


def from_micros(at_us: int) -> datetime:
    """Return an instant told in microseconds since 1970."""
    return BEGIN_OF_TIME + at_us * ONE_MICROSECOND


class Scales:
    """How many decimals each coin has, and of what class it is: those built in, and those the events declare."""

    def __init__(self) -> None:
        self._decimals = dict(SCALES_BUILT_IN)
        self._classes = {name: "token" if name in TOKENS_BUILT_IN else "coin" for name in SCALES_BUILT_IN}

    def declare(self, told: Told) -> None:
        """Take what an `asset` event tells; another scale for one that is known is refused."""
        name = told["asset"]
        if not 0 <= told["decimals"] <= MOST_SCALE:
            raise BrokenPacketError("events.jsonl", f"the asset {short(name)} has a scale that none has")
        if self._decimals.setdefault(name, told["decimals"]) != told["decimals"]:
            raise BrokenPacketError("events.jsonl", f"the asset {short(name)} is told with two scales")
        if name not in SCALES_BUILT_IN:
            self._classes[name] = told.get("class", "coin")

    def decimals(self, asset: str) -> int:
        """Return how many decimals one coin has."""
        if asset not in self._decimals:
            raise BrokenPacketError("events.jsonl", f"no event declares the asset {short(asset)}")
        return self._decimals[asset]

    def class_of(self, asset: str) -> str | None:
        """Return the class of a coin: coin, token or security."""
        return self._classes.get(asset)

    def classes(self) -> set[str]:
        """Return every class there is."""
        return set(self._classes.values())

    def coins(self, quantity: int, asset: str) -> str:
        """Return base units in whole coins."""
        return in_words(quantity, self.decimals(asset))


class Days:
    """The taxpayer's days: in the zone of the profile in force; before the first profile, in its."""

    def __init__(self, moves: list[tuple[datetime, str]]) -> None:
        ordered = sorted(moves, key=lambda move: move[0])
        self._since = [at for at, _ in ordered]
        self._zones = [zone_of(name) for _, name in ordered] or [zone_of("UTC")]

    def zone(self, at: datetime) -> ZoneInfo | timezone:
        """Return the zone in force at an instant."""
        return self._zones[max(bisect_right(self._since, at) - 1, 0)]

    def day(self, at: datetime) -> date:
        """Return the day on which an instant falls."""
        return at.astimezone(self.zone(at)).date()

    def midnight(self, day: date) -> datetime:
        """Return the instant at which a day begins."""
        noon = datetime.combine(day, time(12), tzinfo=timezone.utc)
        return datetime.combine(day, time(), tzinfo=self.zone(noon)).astimezone(timezone.utc)

    def moment(self, text: str) -> datetime:
        """Return the instant that a text tells, which may be a day's midnight."""
        return read_instant(text) if "T" in text else self.midnight(date.fromisoformat(text))


def zone_of(name: str) -> ZoneInfo | timezone:
    """Return the time zone *name*; UTC needs no list of zones."""
    if name == "UTC":
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise BrokenPacketError(
            "this machine",
            f"has no time zone {short(name)}, without which no day can be told: install its time zones (on Windows "
            "`pip install tzdata`; on Linux the package tzdata), and verify again",
        ) from unknown
