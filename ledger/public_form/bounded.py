"""Numbers from outside, bounded before they are made: no text of a few letters may fill the memory or stop the clock.

"1e999990" is eight letters and a million digits. Whatever reads a number that somebody else wrote, in JSON, in a line
of events, in settings, reads it here. What the public form itself takes as an amount is narrower (`units.scaled`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

LONGEST_NUMBER = 78
"""Digits of the largest unsigned 256-bit number; whatever is longer is no amount of anything."""
LARGEST_EXPONENT = 40
EXPONENT_DIGITS = 3
SHOWN_LETTERS = 40


class NumberRefusedError(ValueError):
    """A number is beyond any amount; its text is the reason."""


def whole(text: str) -> int:
    """Return the whole number that *text* writes in digits."""
    if len(text) > LONGEST_NUMBER + 1:
        raise NumberRefusedError(f"a number has {len(text)} digits")
    return int(text)


def decimal(text: str) -> Decimal:
    """Return the decimal number that *text* writes, exactly."""
    mantissa, _, exponent = text.lower().partition("e")
    if (
        len(mantissa) > LONGEST_NUMBER + 2
        or len(exponent) > EXPONENT_DIGITS
        or abs(int(exponent or "0")) > LARGEST_EXPONENT
    ):
        raise NumberRefusedError(f"the number {text[:SHOWN_LETTERS]} is beyond any amount")
    number = Decimal(text)
    if not number.is_finite():
        raise NumberRefusedError(f"{text[:SHOWN_LETTERS]} is not a number")
    return number


def read_toml(text: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """Return the tables of *text*; TOMLDecodeError, as for all that is no TOML, where a number is beyond any amount."""
    import tomllib  # noqa: PLC0415 - a line of events needs none

    def bounded(word: str) -> Any:
        decimal(word.replace("_", ""))
        return parse_float(word)

    try:
        tables = tomllib.loads(text, parse_float=bounded)
        for number in _wholes(tables):
            if abs(number) >= 10**LONGEST_NUMBER:
                raise NumberRefusedError(f"a number has more than {LONGEST_NUMBER} digits")
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as beyond:
        raise tomllib.TOMLDecodeError(str(beyond).partition(";")[0]) from None
    return tables


def _wholes(value: Any) -> Iterator[int]:
    """Yield the whole numbers in *value*, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, int):
            yield one
