"""A figure of the law: a number or a table, its title, unit and citation, and each version with its first day.

The unit decides the shape. A figure that is indexed for inflation, or fixed anew each year, says nothing about a
later year: each of its versions ends with its calendar year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, cast, get_args

import msgspec

from lotwork.ledger.events import FilingStatus
from lotwork.ledger.units import MOST_MONEY
from lotwork.rules.errors import FigureShapeError

Enactment: TypeAlias = Literal["enacted", "announced", "projected"]
STATUSES: tuple[FilingStatus, ...] = get_args(FilingStatus)

SHAPES: Mapping[str, Any] = MappingProxyType(
    {
        "usd": Decimal,
        "fraction": Decimal,
        "years": Decimal,
        "months": Decimal,
        "days count": Decimal,
        "square feet": Decimal,
        "usd by filing status": dict[FilingStatus, Decimal],
        "usd list by filing status": dict[FilingStatus, tuple[Decimal, ...]],
        "usd row by filing status": dict[FilingStatus, tuple[Decimal, ...]],
        "cny": Decimal,
        "jpy": Decimal,
        "eur": Decimal,
        "cny list": tuple[Decimal, ...],
        "jpy list": tuple[Decimal, ...],
        "eur list": tuple[Decimal, ...],
        "numbers by name": dict[str, Decimal],
        "fractions": tuple[Decimal, ...],
        "fractions by quarter": tuple[Decimal, ...],
        "factors": tuple[Decimal, ...],
        "percent list by class": dict[str, tuple[Decimal, ...]],
        "switch": bool,
        "day": date,
        "days": tuple[date, ...],
        "text": str,
        "texts": tuple[str, ...],
        "days of the year": tuple[str, ...],
        "text by name": dict[str, str],
    }
)
"""The units a figure may have, and the shape each gives its value."""
WHOLE = frozenset({"years", "months", "days count"})
MOST: Mapping[str, int] = MappingProxyType(
    {
        "fraction": 2, "fractions": 2, "fractions by quarter": 2, "factors": 100, "percent list by class": 100,
        "years": 200, "months": 1_200, "days count": 10_000,
    }
)  # fmt: skip
"""The largest number of a unit: a percentage written where a fraction is due is refused, not computed with."""
BY_QUARTER = "fractions by quarter"
"""What is told quarter by quarter: a version has the rate of the quarter it begins with, and of those after it as far
as they are known; its year has no others."""
LISTS = ("fractions", BY_QUARTER, "factors", "cny list", "jpy list", "eur list")
QUARTERS = 4
QUARTER_MONTHS = 3
MOST_DECIMALS = 12
NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)


class Version(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A figure's value from one day on, who enacted it, where it was read and how sure that reading is."""

    from_: date
    value: Any
    status: Enactment
    source: str
    confidence: str
    until: date | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure as its file tells it: what it is, and its versions in order of time."""

    title: str
    unit: str
    cite: str
    in_force: tuple[Version, ...]
    indexed: bool = False
    note: str | None = None
    introduced: date | None = None
    """The first day the law has such a figure, where it is a new one: before it no formula asks."""
    expired: date | None = None
    """The first day the law has it no longer: from it no formula asks. `until` of a version says less: that what holds
    from that day is not told yet."""

    def is_law(self, day: date) -> bool:
        """Say whether the law has this figure on *day* at all, known or not."""
        return (self.introduced is None or day >= self.introduced) and (self.expired is None or day < self.expired)

    def on(self, day: date) -> Version | None:
        """Return the version in force on *day*; the latest wins, and of one day the one added last."""
        found: Version | None = None
        for version in self.in_force:
            if version.from_ > day or (self.indexed and version.from_.year != day.year):
                continue
            if found is None or version.from_ >= found.from_:
                found = version
        if found is None or (found.until is not None and day >= found.until):
            return None
        if self.unit == BY_QUARTER and quarter_of(day) - quarter_of(found.from_) >= len(found.value):
            return None
        return found


def quarter_of(day: date) -> int:
    """Return the quarter of the calendar year that *day* lies in, 1 to 4."""
    return (day.month - 1) // QUARTER_MONTHS + 1


def first_of_quarter(day: date) -> date:
    """Return the first day of the quarter that *day* lies in."""
    return date(day.year, (quarter_of(day) - 1) * QUARTER_MONTHS + 1, 1)


def told_from(value: tuple[Decimal, ...], first: date, known: Version | None) -> tuple[Decimal, ...]:
    """Return the rates from the quarter of *first* on: *value*, and after it what the version *known* then tells.

    Raises ValueError for a day that begins no quarter, and for more rates than the year has quarters left.
    """
    left = QUARTERS - quarter_of(first) + 1
    if first != first_of_quarter(first):
        raise ValueError(f"a rate is one of a calendar quarter, which {first} does not begin: write its first day")
    if not 0 < len(value) <= left:
        raise ValueError(f"the value is a list of {len(value)}: give 1 to {left}, one for each quarter from {first} on")
    place = 0 if known is None else quarter_of(first) - quarter_of(known.from_)
    return value if known is None else (*value, *known.value[place + len(value) :])


class Figure(msgspec.Struct, frozen=True):
    """A figure in force on one day."""

    path: str
    value: Any
    title: str
    unit: str
    cite: str
    source: str
    status: Enactment
    confidence: str
    from_: date

    @property
    def citation(self) -> str:
        """The statute and the release the value was read in."""
        return f"{self.cite} ({self.source})"

    def amount(self) -> Decimal:
        """Return the one number this figure is."""
        return cast("Decimal", self._as(Decimal, "one number"))

    def amounts(self) -> tuple[Decimal, ...]:
        """Return the list of numbers this figure is."""
        return cast("tuple[Decimal, ...]", self._of(*LISTS))

    def by_status(self, status: FilingStatus) -> Decimal:
        """Return the amount for a filing status."""
        return cast("Decimal", self._of("usd by filing status")[status])

    def tops(self, status: FilingStatus) -> tuple[Decimal, ...]:
        """Return the bracket tops for a filing status, lowest first."""
        return cast("tuple[Decimal, ...]", self._of("usd list by filing status")[status])

    def row(self, status: FilingStatus) -> tuple[Decimal, ...]:
        """Return the amounts for a filing status, one for each row of a table, in any order of size."""
        return cast("tuple[Decimal, ...]", self._of("usd row by filing status")[status])

    def numbers(self) -> Mapping[str, Decimal]:
        """Return the number this figure has for each name."""
        return cast("Mapping[str, Decimal]", self._of("numbers by name"))

    def percents(self, recovery_class: str) -> tuple[Decimal, ...]:
        """Return the table column of a recovery class, a percentage a recovery year."""
        table = cast("Mapping[str, tuple[Decimal, ...]]", self._of("percent list by class"))
        if recovery_class not in table:
            raise FigureShapeError(f"{self.path} has no class {recovery_class!r}: it has {', '.join(table)}")
        return table[recovery_class]

    def day(self) -> date:
        """Return the one day this figure is."""
        return cast("date", self._as(date, "a day"))

    def days(self) -> tuple[date, ...]:
        """Return the list of days this figure is."""
        return cast("tuple[date, ...]", self._of("days"))

    def switch(self) -> bool:
        """Return whether the rule is on."""
        return cast("bool", self._as(bool, "a switch"))

    def text(self) -> str:
        """Return the words this figure is."""
        return cast("str", self._as(str, "a text"))

    def texts(self) -> tuple[str, ...]:
        """Return the list of words this figure is."""
        return cast("tuple[str, ...]", self._of("texts", "days of the year"))

    def names(self) -> Mapping[str, str]:
        """Return the words this figure has for each name."""
        return cast("Mapping[str, str]", self._of("text by name"))

    def _as(self, kind: type, words: str) -> object:
        if not isinstance(self.value, kind):
            raise FigureShapeError(f"{self.path} is measured in {self.unit!r}: it is not {words}")
        return self.value

    def _of(self, *units: str) -> Any:
        if self.unit not in units:
            raise FigureShapeError(f"{self.path} is measured in {self.unit!r}, not in {' or '.join(units)}")
        return self.value


def shaped(value: object, unit: str, *, strict: bool = True) -> Any:
    """Return *value* in the shape of *unit*, frozen; raise ValueError in plain words where it has another."""
    if unit not in SHAPES:
        raise ValueError(f"unit {unit!r} is not known; one of: {', '.join(SHAPES)}")
    if strict and _holds_number_text(value, SHAPES[unit]):
        raise ValueError("a number stands in quotes: write it bare")
    try:
        made = msgspec.convert(value, SHAPES[unit], strict=strict)
    except msgspec.ValidationError as refused:
        raise ValueError(f"value is not {unit!r}: {refused}") from refused
    _check_texts(value, SHAPES[unit])
    for number in _numbers(made):
        _check_number(number, unit)
    if unit == "days of the year":
        for day in made:
            _check_day_of_year(day)
    if unit == "usd list by filing status":
        for tops in made.values():
            if list(tops) != sorted(set(tops)):
                raise ValueError("the tops of a status rise from each to the next: write the lowest first")
    if unit.endswith("by filing status") and set(made) != set(STATUSES):
        raise ValueError(f"every filing status must stand in the table: {', '.join(STATUSES)}")
    return MappingProxyType(made) if isinstance(made, dict) else made


def _check_number(number: Decimal, unit: str) -> None:
    """Refuse what no law can mean, and what no formula could compute with."""
    most = MOST.get(unit, MOST_MONEY)
    if not number.is_finite() or not 0 <= number <= most:
        raise ValueError(f"{number!s:.40} is no number of the unit {unit!r}: it lies between 0 and {most}")
    places = number.as_tuple().exponent
    if unit in WHOLE and number != number.to_integral_value():
        raise ValueError(f"{number!s:.40} is not whole: {unit} are counted")
    if isinstance(places, int) and -places > MOST_DECIMALS:
        raise ValueError(f"{number!s:.40} is finer than {MOST_DECIMALS} decimals: round it as the law does")


def _check_day_of_year(day: str) -> None:
    """Refuse what is not a month and a day that every year has."""
    try:
        datetime.strptime(f"2023-{day}", "%Y-%m-%d")  # noqa: DTZ007 - a day, no instant
    except ValueError as broken:
        raise ValueError(f"{day[:40]!r} is no day of every year: write it like 03-31") from broken


def _check_texts(value: object, shape: Any) -> None:
    """Refuse a number as text that is not plain digits, such as full-width ones, or digits with underscores."""
    if "Decimal" not in repr(shape):
        return
    for text in _leaves(value):
        if isinstance(text, str) and NUMBER.fullmatch(text) is None:
            raise ValueError(f"{text[:40]!r} is not a number: write plain digits, like 0.9235")


def _numbers(value: object) -> Iterator[Decimal]:
    return (number for number in _leaves(value) if isinstance(number, Decimal))


def _leaves(value: object) -> Iterator[object]:
    """Yield what *value* holds, however deep."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _holds_number_text(value: object, shape: Any) -> bool:
    """Say whether text stands where a number is due; msgspec alone would read it as a decimal."""
    return "Decimal" in repr(shape) and any(isinstance(leaf, str) for leaf in _leaves(value))
