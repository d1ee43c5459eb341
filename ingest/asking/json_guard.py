"""JSON from strangers: exact numbers, no second meaning, no depth that breaks the reader.

Python's own reader keeps the last of two equal keys, takes NaN for a number, rounds decimals to a float and can be
driven out of its stack. Each of these is refused here, once, for every source.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TypeAlias

from lotwork.ledger.public_form.bounded import NumberRefusedError, decimal, whole

JsonValue: TypeAlias = "bool | int | Decimal | str | list[JsonValue] | dict[str, JsonValue] | None"

DEEPEST = 64


class JsonRefusedError(ValueError):
    """Bytes are not JSON that may be believed; its text is the reason."""


def parse_json(body: bytes, *, deepest: int = DEEPEST) -> JsonValue:
    """Return the value *body* holds, decimals exact; raise JsonRefusedError with the reason it is refused.

    *deepest* is how many lists and objects may stand in one another.
    """
    try:
        value: JsonValue = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=decimal,
            parse_int=whole,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as broken:
        raise JsonRefusedError(f"it is not UTF-8 (byte {broken.start})") from None
    except json.JSONDecodeError as broken:
        raise JsonRefusedError(f"it is not JSON ({broken.msg} at character {broken.pos})") from None
    except NumberRefusedError as beyond:
        raise JsonRefusedError(str(beyond)) from None
    except RecursionError:
        raise JsonRefusedError(f"it is nested deeper than {deepest}") from None
    _check(value, deepest)
    return value


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise JsonRefusedError("a key stands twice in one object")
    return value


def _constant(word: str) -> JsonValue:
    raise JsonRefusedError(f"{word} is not a number")


def _check(value: JsonValue, deepest: int) -> None:
    """Refuse what is nested too deep and text that could not be written down again; walks without recursion."""
    level = [value]
    for _ in range(deepest):
        below: list[JsonValue] = []
        for item in level:
            if isinstance(item, str):
                _check_text(item)
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, dict):
                below.extend(item)
                below.extend(item.values())
        if not below:
            return
        level = below
    raise JsonRefusedError(f"it is nested deeper than {deepest}")


def _check_text(text: str) -> None:
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise JsonRefusedError("a text holds half a character (a lone surrogate)") from None
    if "\x00" in text:
        raise JsonRefusedError("a text holds a NUL character")
